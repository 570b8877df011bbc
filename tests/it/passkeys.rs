//! Passkeys over https: made, used alone, removed; and what a stranger learns of them, which is nothing.

use parlor::domain::access::Actor;
use parlor::service::people;

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::authenticator::Authenticator;
use crate::harness::http::{Answer, Door};

/// The appliance under a name, without which there are no passkeys.
fn named(app: &TestApp) -> Door {
    app.door.named("localhost")
}

/// With the first one come recovery codes, on a page of their own.
async fn add(who: &Operator, device: &mut Authenticator, name: &str) {
    let page = who.browser.get("/account/passkeys").await.expect(200);
    let csrf = page.field("csrf").unwrap();
    let options = who.browser.post("/account/passkeys/challenge", &[("csrf", &csrf)]).await.expect(200).body;
    let answer = device.create(&options, &who.browser.door.origin());
    let added = who.browser.post("/account/passkeys", &[("csrf", &csrf), ("name", name), ("answer", &answer)]).await;
    assert!(added.status == 200 || added.status == 303, "{}", added.gist());
}

/// Where the first form goes that removes one.
fn removal_in(page: &Answer) -> String {
    let at = page.body.find("/removal\"").unwrap_or_else(|| panic!("{}", page.gist()));
    page.body[..at].rsplit('"').next().unwrap().to_owned() + "/removal"
}

/// Tries to come in with nothing but the device.
async fn enter(door: &Door, device: &mut Authenticator) -> (Operator, Answer) {
    let who = Operator::at_the_door(door, "nobody@clinic.example", None);
    let page = who.browser.get("/login").await.expect(200);
    let csrf = page.field("csrf").unwrap();
    let options = who.browser.post("/login/passkey/challenge", &[("csrf", &csrf)]).await.expect(200).body;
    let answer = device.get(&options, &door.origin());
    let answer = who.browser.post("/login/passkey", &[("csrf", &csrf), ("next", "/account/sessions"), ("answer", &answer)]).await;
    (who, answer)
}

#[tokio::test]
async fn a_passkey_is_made_and_signs_in_alone() {
    let app = TestApp::start().await;
    let door = named(&app);
    let anna = Operator::signed_in(&door, ADMIN, PASSWORD).await;
    let mut device = Authenticator::new();
    add(&anna, &mut device, "Telephone").await;
    assert!(anna.browser.get("/account/passkeys").await.expect(200).body.contains("Telephone"));
    let (again, answer) = enter(&door, &mut device).await;
    assert_eq!(answer.expect_done().location(), "/account/sessions");
    let page = again.browser.get("/account/sessions").await.expect(200);
    assert!(page.body.contains("with a passkey"), "{}", page.gist());
    assert!(again.browser.get("/account/passkeys").await.expect(200).body.contains("last used"));
}

#[tokio::test]
async fn a_removed_or_disabled_or_unknown_one_reads_like_a_wrong_password() {
    let app = TestApp::start().await;
    let door = named(&app);
    let email = app.employ("bert", &[&app.site]);
    let bert = Operator::signed_in(&door, &email, PASSWORD).await;
    let (mut first, mut second) = (Authenticator::new(), Authenticator::new());
    add(&bert, &mut first, "First").await;
    add(&bert, &mut second, "Second").await;
    let wrong = Operator::at_the_door(&door, &email, None).sign_in("not the password at all").await.expect(422);
    let said = "E-mail address or password is wrong.";
    assert!(wrong.body.contains(said), "{}", wrong.gist());

    let page = bert.browser.get("/account/passkeys").await.expect(200);
    bert.browser.submit("/account/passkeys", &removal_in(&page), &[]).await.expect_done();
    let (_, refused) = enter(&door, &mut first).await;
    assert!(refused.expect(422).body.contains(said));

    let mut unknown = Authenticator::new();
    unknown.user_handle.clone_from(&second.user_handle);
    let (_, refused) = enter(&door, &mut unknown).await;
    assert!(refused.expect(422).body.contains(said));

    people::disable(&app.app.ctx(&Actor::Host), app.operator_id(&email)).unwrap();
    let (_, refused) = enter(&door, &mut second).await;
    assert!(refused.expect(422).body.contains(said));
}

/// Has the password taken, and shows the passkey where the second step is asked for.
async fn second_step(who: &Operator, device: &mut Authenticator) -> Answer {
    let halfway = who.sign_in(PASSWORD).await.expect_done();
    assert!(halfway.location().starts_with("/login/code"), "{}", halfway.location());
    assert_eq!(who.browser.get("/console").await.status, 303, "half signed in is not signed in");
    let page = who.browser.get(halfway.location()).await.expect(200);
    assert!(page.body.contains("data-passkey"), "{}", page.gist());
    let csrf = page.field("csrf").unwrap();
    let options = who.browser.post("/login/code/passkey", &[("csrf", &csrf)]).await.expect(200).body;
    let answer = device.get(&options, &who.browser.door.origin());
    who.browser.post("/login/code", &[("csrf", &csrf), ("next", "/console"), ("answer", &answer)]).await
}

#[tokio::test]
async fn a_passkey_is_the_second_step_after_the_password() {
    let app = TestApp::start().await;
    let door = named(&app);
    let mut device = Authenticator::new();
    add(&Operator::signed_in(&door, ADMIN, PASSWORD).await, &mut device, "Telephone").await;
    let anna = Operator::at_the_door(&door, ADMIN, None);
    second_step(&anna, &mut device).await.expect_done();
    let page = anna.browser.get("/account/sessions").await.expect(200);
    assert!(page.body.contains("with a password and a passkey"), "{}", page.gist());
    // A stranger's device, and hers with another's place in the counter.
    let mut other = Authenticator::new();
    other.user_handle.clone_from(&device.user_handle);
    let refused = second_step(&Operator::at_the_door(&door, ADMIN, None), &mut other).await.expect(422);
    assert!(refused.body.contains("This passkey was not accepted"), "{}", refused.gist());
    device.counter = 0;
    second_step(&Operator::at_the_door(&door, ADMIN, None), &mut device).await.expect(422);
    let alerts = anna.browser.get("/admin/alerts").await;
    assert!(alerts.status == 404 || alerts.body.contains("passkey"), "{}", alerts.gist());
}

#[tokio::test]
async fn a_passkey_confirms_what_asks_for_a_proof_and_open_lines_go_on() {
    let app = TestApp::start().await;
    let door = named(&app);
    let mut anna = Operator::signed_in(&door, ADMIN, PASSWORD).await;
    let mut device = Authenticator::new();
    add(&anna, &mut device, "Telephone").await;
    anna.connect().await;
    let csrf = anna.csrf().await;
    let page = anna.browser.get("/account/passkeys").await.expect(200);
    let removal = removal_in(&page);
    app.advance(std::time::Duration::from_secs(6 * 60)).await;
    let asked = anna.browser.post(&removal, &[("csrf", &csrf)]).await.expect(403);
    assert!(asked.body.contains("Confirm that it is you") && asked.body.contains("data-passkey"), "{}", asked.gist());
    let options = anna.browser.post("/account/proof/passkey", &[("csrf", &csrf)]).await.expect(200).body;
    let answer = device.get(&options, &door.origin());
    let fields = [("csrf", csrf.as_str()), ("to", &removal), ("is_form", "on"), ("answer", &answer)];
    anna.browser.post("/account/proof", &fields).await.expect(200);
    // The token of a page that stood open all the while is still good, and so is its line.
    anna.browser.post(&removal, &[("csrf", &csrf)]).await.expect_done();
    anna.send_frame(&serde_json::json!({"t": "available", "on": false})).await;
    anna.expect("an answer on the same line", |frame| frame["t"] == "available").await;
    // The same answer once more confirms nothing.
    app.advance(std::time::Duration::from_secs(6 * 60)).await;
    anna.browser.post("/account/proof", &fields).await.expect(422);
}

#[tokio::test]
async fn at_an_address_there_are_none_and_the_page_says_so() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let page = admin.browser.get("/account/passkeys").await.expect(200);
    assert!(page.body.contains("under the host name"), "{}", page.gist());
    let csrf = page.field("csrf").or(page.meta("csrf")).unwrap_or_default();
    admin.browser.post("/account/passkeys/challenge", &[("csrf", &csrf)]).await.expect(403);
    let stranger = app.stranger();
    let page = stranger.browser.get("/login").await.expect(200);
    assert!(!page.body.contains("data-passkey"), "{}", page.gist());
}

#[tokio::test]
async fn a_challenge_wants_our_own_page() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    assert_eq!(stranger.browser.post("/login/passkey/challenge", &[]).await.status, 403);
    assert_eq!(stranger.browser.post("/login/passkey", &[("answer", "{}")]).await.status, 403);
}

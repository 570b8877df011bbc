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

async fn add(who: &Operator, device: &mut Authenticator, name: &str) -> Answer {
    let page = who.browser.get("/account/passkeys").await.expect(200);
    let csrf = page.field("csrf").unwrap();
    let options = who.browser.post("/account/passkeys/challenge", &[("csrf", &csrf)]).await.expect(200).body;
    let answer = device.create(&options, &who.browser.door.origin());
    who.browser.post("/account/passkeys", &[("csrf", &csrf), ("name", name), ("answer", &answer)]).await
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
    add(&anna, &mut device, "Telephone").await.expect_done();
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
    add(&bert, &mut first, "First").await.expect_done();
    add(&bert, &mut second, "Second").await.expect_done();
    let wrong = Operator::at_the_door(&door, &email, None).sign_in("not the password at all").await.expect(422);
    let said = "E-mail address or password is wrong.";
    assert!(wrong.body.contains(said), "{}", wrong.gist());

    let page = bert.browser.get("/account/passkeys").await.expect(200);
    let at = page.body.find("/removal\"").unwrap();
    let path = page.body[..at].rsplit('"').next().unwrap().to_owned() + "/removal";
    bert.browser.submit("/account/passkeys", &path, &[]).await.expect_done();
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

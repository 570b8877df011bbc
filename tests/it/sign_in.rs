//! Coming in, step by step: codes, recovery, a second factor that everybody has to have, links for forgotten passwords, and the page that
//! asks who one is.

use std::time::Duration;

use parlor::domain::access::Actor;
use parlor::domain::factor::{Factors, Totp, TotpSecret};
use parlor::domain::time::Timestamp;
use parlor::service::Clock;
use parlor::service::sign_in::reset;
use zeroize::Zeroizing;

use crate::harness::actors::{Admin, Operator};
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::http::{Answer, Browser};
use crate::harness::mailbox::Mailbox;

const NEW: &str = "lantern pebble orchid";

/// What an authenticator with this secret shows now.
pub fn code_of(app: &TestApp, secret: &[u8]) -> String {
    code_at(app.app.now(), secret)
}

fn code_at(now: Timestamp, secret: &[u8]) -> String {
    let totp = totp_rs::Builder::new().with_secret(secret.to_vec()).build().unwrap();
    totp.generate(u64::try_from(now.as_millis()).unwrap() / 1_000).to_string()
}

/// Gives somebody an authenticator, without the pages for it.
pub fn give_totp(app: &TestApp, email: &str) -> Vec<u8> {
    let secret = b"twenty bytes of a key".to_vec();
    let totp = Totp { secret: TotpSecret(Zeroizing::new(secret.clone())), since: app.app.now(), last_step: 0 };
    let mut batch = app.app.store.batch();
    batch.put_factors(app.operator_id(email), &Factors { totp: Some(totp), ..Factors::default() });
    app.app.store.commit(batch).wait().unwrap();
    secret
}

/// Adds an authenticator on the pages, as a person does; the secret, and the recovery codes that come with it.
pub async fn enrol(app: &TestApp, who: &Operator) -> (Vec<u8>, Vec<String>) {
    let (secret, typed, codes) = enrol_at(who, app.app.now()).await;
    app.markers.note(&typed);
    for code in &codes {
        app.markers.note(code);
    }
    (secret, codes)
}

/// The same in a process of its own, which goes by the machine's clock: the recovery codes.
pub async fn enrol_now(who: &Operator) -> Vec<String> {
    enrol_at(who, parlor::serve::SystemClock.now()).await.2
}

async fn enrol_at(who: &Operator, now: Timestamp) -> (Vec<u8>, String, Vec<String>) {
    let page = who.browser.get("/account/authenticator").await.expect(200);
    let at = page.body.find("id=\"secret\">").unwrap() + 12;
    let typed: String = page.body[at..].chars().take_while(|c| *c != '<').filter(|c| *c != ' ').collect();
    assert!(page.body.contains("<svg class=\"qr\"") && !page.body.contains("data:image"), "drawn, and nothing to fetch");
    let secret = data_encoding::BASE32_NOPAD.decode(typed.as_bytes()).unwrap();
    let fields = [("csrf", page.field("csrf").unwrap()), ("code", code_at(now, &secret))];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = who.browser.post("/account/authenticator", &fields).await.expect(200);
    let codes: Vec<_> = answer.body.split("<li><code>").skip(1).map(|it| it[..14].to_owned()).collect();
    assert_eq!(codes.len(), 10, "{}", answer.gist());
    (secret, typed, codes)
}

async fn enter_code(browser: &Browser, code: &str) -> Answer {
    browser.submit("/login/code?next=/account", "/login/code", &[("code", code), ("next", "/account")]).await
}

#[tokio::test]
async fn an_authenticator_is_added_and_asked_for_from_then_on() {
    let app = TestApp::start().await;
    let elsewhere = app.admin().await;
    let admin = app.admin().await;
    let before = admin.browser.get("/account/second-factor").await.expect(200);
    assert!(before.body.contains("Set up an app"), "{}", before.gist());
    let (secret, codes) = enrol(&app, &admin).await;
    assert!(admin.browser.get("/account/second-factor").await.expect(200).body.contains("<strong>10</strong> are left"));
    assert_eq!(elsewhere.browser.get("/console").await.status, 303, "sessions that began without it have ended");

    app.advance(Duration::from_secs(60)).await;
    let door = Operator::at_the_door(&app.door, ADMIN, None);
    let first = door.sign_in(PASSWORD).await.expect_done();
    assert!(first.location().starts_with("/login/code"), "{}", first.location());
    let cookies: Vec<_> = first.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap().to_owned()).collect();
    assert!(cookies.iter().all(|it| !it.starts_with("__Host-parlor=")), "no session: {cookies:?}");
    let half = cookies.iter().find(|it| it.starts_with("__Host-parlor-half=")).unwrap();
    for part in ["Secure", "HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=300"] {
        assert!(half.contains(part), "{half}");
    }
    assert_eq!(door.browser.get("/console").await.status, 303, "and it opens nothing");

    let wrong = enter_code(&door.browser, "000000").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("This code is wrong") && !wrong.body.contains("000000"), "{}", wrong.gist());
    let code = code_of(&app, &secret);
    let done = enter_code(&door.browser, &code).await.expect_done();
    assert_eq!(done.location(), "/account");
    door.browser.get("/console").await.expect(200);

    // The same code again, at another door.
    let other = Operator::at_the_door(&app.door, ADMIN, None);
    other.sign_in(PASSWORD).await.expect_done();
    assert_eq!(enter_code(&other.browser, &code).await.status, 422, "good once");
    let recovered = enter_code(&other.browser, &codes[0].to_uppercase()).await.expect_done();
    assert_eq!(recovered.location(), "/account/second-factor?recovered");
    let page = other.browser.get(recovered.location()).await.expect(200);
    assert!(page.body.contains("You signed in with a recovery code") && page.body.contains("<strong>9</strong> are left"));
    let third = Operator::at_the_door(&app.door, ADMIN, None);
    third.sign_in(PASSWORD).await.expect_done();
    assert_eq!(enter_code(&third.browser, &codes[0]).await.status, 422, "used");
}

#[tokio::test]
async fn fifty_guesses_side_by_side_are_five_at_most() {
    let app = TestApp::start().await;
    give_totp(&app, ADMIN);
    let mut doors = Vec::new();
    for _ in 0..5 {
        let door = Operator::at_the_door(&app.door, ADMIN, None);
        door.sign_in(PASSWORD).await.expect_done();
        let csrf = door.browser.get("/login/code").await.expect(200).field("csrf").unwrap();
        doors.push((door, csrf));
    }
    let guesses = (0..50).map(|n| {
        let (door, csrf) = &doors[n % doors.len()];
        let guess = format!("{n:06}");
        let (browser, csrf) = (door.browser.clone(), csrf.clone());
        tokio::spawn(async move { browser.post("/login/code", &[("csrf", &csrf), ("code", &guess)]).await.status.as_u16() })
    });
    let mut looked_at = 0;
    for guess in guesses.collect::<Vec<_>>() {
        looked_at += usize::from(guess.await.unwrap() == 422);
    }
    assert!((1..=5).contains(&looked_at), "{looked_at} were looked at");
    // Its owner's own next try waits like the others, and is not shut out for good.
    app.advance(Duration::from_secs(3_600)).await;
    let door = Operator::at_the_door(&app.door, ADMIN, None);
    door.sign_in(PASSWORD).await.expect_done();
    enter_code(&door.browser, &code_of(&app, b"twenty bytes of a key")).await.expect_done();
}

#[tokio::test]
async fn five_wrong_codes_or_five_minutes_lead_back_to_the_password() {
    let app = TestApp::start().await;
    give_totp(&app, ADMIN);
    let door = Operator::at_the_door(&app.door, ADMIN, None);
    door.sign_in(PASSWORD).await.expect_done();
    app.clock.advance(Duration::from_secs(301));
    let late = door.browser.get("/login/code").await.expect_done();
    assert!(late.location().starts_with("/login?again"), "{}", late.location());
    let page = door.browser.get(late.location()).await.expect(200);
    assert!(page.body.contains("Start again with your password"), "{}", page.gist());
}

/// An app where the administrator asks these roles for a second factor.
async fn asked_of(app: &TestApp, roles: &[&str]) -> (Admin, Vec<u8>) {
    let admin = app.admin().await;
    let refused = save_policy(&admin, roles).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Add a second factor to your own account first"), "{}", refused.gist());
    let (secret, _) = enrol(app, &admin).await;
    save_policy(&admin, roles).await.expect_done();
    (admin, secret)
}

async fn save_policy(admin: &Admin, roles: &[&str]) -> Answer {
    let mut fields: Vec<_> = roles.iter().map(|role| ("second_factor", *role)).collect();
    fields.extend([("idle_minutes", "15"), ("absolute_hours", "12"), ("dormant_days", "90")]);
    admin.browser.submit("/admin/security/sign-in", "/admin/security/sign-in", &fields).await
}

#[tokio::test]
async fn who_has_to_have_one_gets_no_further_than_the_page_for_it() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let ticket = bert.ticket().await;
    let csrf = bert.csrf().await;
    asked_of(&app, &["operator"]).await;
    let (code, _) = bert.expect_end().await;
    assert_eq!(code, 1012, "the open socket ends and may come again");
    for path in ["/console", "/account", "/console/canned", "/admin"] {
        let answer = bert.browser.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account/second-factor"), "{path}");
    }
    let answer = bert.browser.post_json("/live/ticket", &serde_json::json!({}), &[("x-parlor-csrf", &csrf)]).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (403, Some("second_factor_needed")));
    let mut line = bert.open_line().await;
    line.send(&serde_json::json!({"t": "hello", "v": 1, "ticket": ticket, "after": {}})).await;
    let changed = bert.browser.post("/account/password", &[("csrf", &csrf)]).await;
    assert_eq!(changed.location(), "/account/second-factor");
    let page = bert.browser.get("/account/second-factor").await.expect(200);
    assert!(page.body.contains("Your organisation asks you for a second factor"), "{}", page.gist());

    let (secret, _) = enrol(&app, &bert).await;
    bert.browser.get("/console").await.expect(200);
    bert.drop_line();
    bert.connect().await;
    // Without one they cannot be any more, and it is they who are asked from now on.
    let kept = bert.browser.submit("/account/second-factor", "/account/authenticator/removal", &[]).await;
    assert_eq!(kept.status, 422);
    assert!(kept.body.contains("Add another one first"), "{}", kept.gist());
    app.advance(Duration::from_secs(60)).await;
    let door = Operator::at_the_door(&app.door, "bert@clinic.example", None);
    assert!(door.sign_in(PASSWORD).await.expect_done().location().starts_with("/login/code"));
    enter_code(&door.browser, &code_of(&app, &secret)).await.expect_done();
}

#[tokio::test]
async fn an_administrator_takes_away_a_lost_factor_and_its_owner_adds_another() {
    let app = TestApp::start().await;
    let bert = app.operator_of("bert", &[&app.site]).await;
    enrol(&app, &bert).await;
    let admin = app.admin().await;
    let person = format!("/admin/people/{}", app.operator_id("bert@clinic.example"));
    let page = admin.browser.get(&person).await.expect(200);
    assert!(page.body.contains("Remove their second factor"), "{}", page.gist());
    admin.browser.submit(&person, &format!("{person}/second-factor/removal"), &[]).await.expect_done();
    assert_eq!(bert.browser.get("/console").await.status, 303);
    let door = Operator::at_the_door(&app.door, "bert@clinic.example", None);
    assert_eq!(door.sign_in(PASSWORD).await.expect_done().location(), "/console");
}

#[tokio::test]
async fn the_page_that_asks_who_one_is_loses_nothing_that_was_typed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let csrf = admin.browser.get("/admin/people/new").await.expect(200).field("csrf").unwrap();
    app.advance(Duration::from_secs(301)).await;
    let typed = [
        ("csrf", csrf.as_str()),
        ("name", "Clara <b>Klug</b> & Co"),
        ("email", "clara@clinic.example"),
        ("role", "operator"),
        ("capacity", "3"),
        ("sites", app.site.as_str()),
        ("client_secret", "must not be written into a page"),
    ];
    app.markers.note("Clara <b>Klug</b> & Co");
    app.markers.note("clara@clinic.example");
    let asked = admin.browser.post("/admin/people/new", &typed).await;
    assert_eq!(asked.status, 403);
    assert!(asked.body.contains("Confirm that it is you") && asked.body.contains("who works here"), "{}", asked.gist());
    assert!(!asked.body.contains("must not be written") && !asked.body.contains("<b>Klug"), "{}", asked.body);
    assert_eq!(asked.field("kept.name").as_deref(), Some("Clara <b>Klug</b> & Co"));

    let proof = |page: &Answer, password: &str| {
        let mut fields: Vec<(String, String)> = Vec::new();
        for name in ["csrf", "to", "is_form", "kept.name", "kept.email", "kept.role", "kept.capacity", "kept.sites", "left_out"] {
            fields.push((name.to_owned(), page.field(name).unwrap_or_else(|| panic!("{name}: {}", page.body))));
        }
        fields.push(("password".to_owned(), password.to_owned()));
        fields
    };
    let send = async |fields: &[(String, String)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        admin.browser.post("/account/proof", &fields).await
    };
    let wrong = send(&proof(&asked, "not the password")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("This is not your password") && !wrong.body.contains("not the password\""));
    assert_eq!(wrong.field("kept.email").as_deref(), Some("clara@clinic.example"), "kept after a wrong password too");

    let proved = send(&proof(&wrong, PASSWORD)).await.expect(200);
    assert_eq!(proved.field("name").as_deref(), Some("Clara <b>Klug</b> & Co"));
    assert!(proved.body.contains("action=\"/admin/people/new\"") && proved.body.contains("name=\"client_secret\""));
    assert!(!proved.body.contains("data-go-on"), "a secret has to be typed once more");
    let renewed = proved.headers.get_all("set-cookie").iter().any(|it| it.to_str().unwrap().starts_with("__Host-parlor="));
    assert!(renewed, "the session goes on under another secret");
    let fields: Vec<_> =
        ["csrf", "name", "email", "role", "capacity", "sites"].map(|name| (name, proved.field(name).unwrap())).into();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let invited = admin.browser.post("/admin/people/new", &fields).await.expect(200);
    assert!(invited.body.contains("/join#"), "{}", invited.gist());
    // For five minutes nobody asks again; then a page that shows a secret asks before it does.
    admin.browser.get("/account/authenticator").await.expect(200);
    app.advance(Duration::from_secs(301)).await;
    let asked = admin.browser.get("/account/authenticator").await;
    assert_eq!(asked.status, 403);
    let fields = [("csrf", asked.field("csrf").unwrap()), ("to", asked.field("to").unwrap()), ("password", PASSWORD.to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(admin.browser.post("/account/proof", &fields).await.expect_done().location(), "/account/authenticator");
}

#[tokio::test]
async fn a_proof_leaves_other_tabs_and_sockets_alone_and_the_old_secret_behind() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    admin.connect().await;
    let mut maria = app.visitor("maria").await;
    let csrf = admin.csrf().await;
    app.clock.advance(Duration::from_secs(301));
    let asked = admin.browser.get("/account/authenticator").await;
    let fields = [("csrf", asked.field("csrf").unwrap()), ("to", "/account".to_owned()), ("password", PASSWORD.to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    admin.browser.post("/account/proof", &fields).await.expect_done();
    // The page that stood open before still may, and its socket goes on.
    let it = maria.start("does anybody still read this?").await.conversation;
    admin.sees_row(&it, "waiting").await;
    let saved = admin.browser.post("/admin/security/confirmation", &[("csrf", &csrf)]).await;
    assert_eq!(saved.status, 422, "taken, and answered: {}", saved.gist());
    let api = [("accept", "application/json"), ("x-parlor-csrf", csrf.as_str())];
    app.clock.advance(Duration::from_secs(301));
    let mut request = admin.browser.request(reqwest::Method::POST, "/admin/security/sign-in").form(&[("csrf", csrf.as_str())]);
    for (name, value) in api.into_iter().chain([("origin", app.door.origin().as_str()), ("sec-fetch-site", "same-origin")]) {
        request = request.header(name, value);
    }
    let answer = Browser::answer(request).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (403, Some("proof_needed")), "scripts are told so");
}

async fn app_with(mailbox: &Mailbox) -> TestApp {
    let settings = mailbox.settings.clone();
    TestApp::with_config(move |config| {
        config.mail = Some(settings);
        config.public_url = Some("https://chat.clinic.example".to_owned());
    })
    .await
}

async fn deliver(app: &TestApp) {
    let post = app.app.post.clone().expect("a mail server is set up");
    parlor::jobs::letters::deliver(&app.app, &*post).await.unwrap();
}

fn token_in(text: &str, path: &str) -> String {
    let at = text.find(&format!("https://chat.clinic.example{path}#")).unwrap_or_else(|| panic!("no link: {text}"));
    text[at..].split('#').nth(1).unwrap().chars().take_while(char::is_ascii_alphanumeric).collect()
}

async fn forgotten(app: &TestApp, email: &str) -> Answer {
    Browser::new(&app.door).submit("/login/forgotten", "/login/forgotten", &[("email", email)]).await
}

async fn choose(browser: &Browser, token: &str, password: &str) -> Answer {
    browser.submit("/login/password", "/login/password", &[("token", token), ("password", password)]).await
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_in_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let app = app_with(&mailbox).await;
    app.markers.note(NEW);
    let session = app.admin().await;
    // Whoever asks is answered alike.
    let (known, unknown) = (forgotten(&app, ADMIN).await, forgotten(&app, "nobody.at.all@clinic.example").await);
    assert_eq!((known.status, known.location()), (unknown.status, unknown.location()));
    assert_eq!(known.location(), "/login/forgotten?asked");
    let page = app.stranger().browser.get(known.location()).await.expect(200);
    assert!(page.body.contains("If there is an account with this address"), "{}", page.gist());
    deliver(&app).await;
    let received = mailbox.received();
    assert_eq!((received.len(), received[0].to.as_str()), (1, ADMIN));
    let token = token_in(&received[0].text, "/login/password");
    app.markers.note(&token);

    let browser = Browser::new(&app.door);
    let weak = choose(&browser, &token, "passwordpassword").await;
    assert_eq!(weak.status, 422);
    assert!(!weak.body.contains("passwordpassword"));
    assert_eq!(choose(&browser, &token, NEW).await.expect_done().location(), "/console");
    browser.get("/console").await.expect(200);
    assert_eq!(session.browser.get("/console").await.status, 303, "all other sessions have ended");
    let again = choose(&Browser::new(&app.door), &token, "another lantern pebble").await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("not valid any more"), "{}", again.gist());
    assert_ne!(Operator::at_the_door(&app.door, ADMIN, None).sign_in(PASSWORD).await.status, 303);
    deliver(&app).await;
    let received = mailbox.received();
    assert!(received[1].text.contains("Your password was changed") && !received[1].text.contains("http"), "{}", received[1].text);
}

#[tokio::test]
async fn a_link_never_leads_around_the_second_factor_and_does_not_last() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let app = app_with(&mailbox).await;
    app.markers.note(NEW);
    let secret = give_totp(&app, ADMIN);
    mailbox.busy.store(1, std::sync::atomic::Ordering::SeqCst);
    forgotten(&app, ADMIN).await.expect_done();
    deliver(&app).await;
    assert!(mailbox.received().is_empty(), "the server was busy");
    app.advance(Duration::from_secs(60)).await;
    deliver(&app).await;
    let first = token_in(&mailbox.received()[0].text, "/login/password");
    forgotten(&app, ADMIN).await.expect_done();
    deliver(&app).await;
    let second = token_in(&mailbox.received()[1].text, "/login/password");
    assert_eq!(choose(&Browser::new(&app.door), &first, NEW).await.status, 422, "the newer one has taken its place");

    let door = Operator::at_the_door(&app.door, ADMIN, None);
    let chosen = choose(&door.browser, &second, NEW).await.expect_done();
    assert!(chosen.location().starts_with("/login/code"), "{}", chosen.location());
    assert_eq!(door.browser.get("/console").await.status, 303);
    enter_code(&door.browser, &code_of(&app, &secret)).await.expect_done();
    door.browser.get("/console").await.expect(200);

    let link = reset::begin_for(&app.app.ctx(&Actor::Host), app.operator_id(ADMIN)).unwrap();
    app.advance(Duration::from_secs(30 * 60)).await;
    assert_eq!(choose(&Browser::new(&app.door), link.token.expose(), "another lantern pebble").await.status, 422);
}

#[tokio::test]
async fn without_mail_the_page_says_whom_to_ask() {
    let app = TestApp::start().await;
    let page = app.stranger().browser.get("/login/forgotten").await.expect(200);
    assert!(page.body.contains("sends no mail") && page.body.contains("parlor user reset"), "{}", page.gist());
    assert!(page.field("email").is_none());
    let asked = forgotten_by_hand(&app).await;
    assert_eq!(asked.status, 200, "and takes nothing");
}

async fn forgotten_by_hand(app: &TestApp) -> Answer {
    let browser = Browser::new(&app.door);
    let csrf = browser.get("/login").await.expect(200).field("csrf").unwrap();
    browser.post("/login/forgotten", &[("csrf", &csrf), ("email", ADMIN)]).await
}

#[tokio::test]
async fn an_invitation_by_mail_is_seen_by_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let app = app_with(&mailbox).await;
    let admin = app.admin().await;
    app.markers.note("clara@clinic.example");
    let fields = [("name", "Clara Klug"), ("email", "clara@clinic.example"), ("role", "operator"), ("all_sites", "on")];
    let done = admin.browser.submit("/admin/people/new", "/admin/people/new", &fields).await.expect_done();
    let page = admin.browser.get(done.location()).await.expect(200);
    assert!(page.body.contains("on its way by mail") && !page.body.contains("/join#"), "{}", page.gist());
    deliver(&app).await;
    let token = token_in(&mailbox.received()[0].text, "/join");
    app.markers.note(&token);
    let clara = Browser::new(&app.door);
    clara.submit("/join", "/join", &[("token", &token), ("password", PASSWORD)]).await.expect_done();
    clara.get("/console").await.expect(200);
    let again = Browser::new(&app.door).submit("/join", "/join", &[("token", &token), ("password", NEW)]).await;
    assert_eq!(again.status, 422, "once");
}

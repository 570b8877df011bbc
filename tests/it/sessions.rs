//! Being signed in: how it begins, how long it lasts, and how fast it ends.

use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::http::{Answer, Browser};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_read_the_same() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let mut bodies = Vec::new();
    for (email, password) in [(ADMIN, "not the password at all"), ("nobody@clinic.example", PASSWORD)] {
        let answer = stranger.browser.submit("/login", "/login", &[("email", email), ("password", password)]).await;
        assert!(answer.status.is_client_error() || answer.status == 200, "{}", answer.status);
        assert!(!answer.body.contains(password), "a password is never shown again");
        assert!(answer.headers.get("set-cookie").is_none_or(|cookie| !cookie.to_str().unwrap().starts_with("__Host-parlor=")));
        bodies.push((answer.status, answer.body.replace(email, "EMAIL")));
    }
    assert_eq!(bodies[0].0, bodies[1].0);
    assert!(bodies[0].1.contains("wrong"), "{}", bodies[0].1);
    assert_eq!(bodies[0].1.replace(char::is_alphanumeric, "").len(), bodies[1].1.replace(char::is_alphanumeric, "").len());
}

#[tokio::test]
async fn the_cookie_is_as_strict_as_cookies_get() {
    let app = TestApp::start().await;
    let admin = crate::harness::actors::Operator::at_the_door(&app.door, ADMIN, None);
    let answer = admin.sign_in(PASSWORD).await.expect_done();
    let cookie = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .find(|value| value.starts_with("__Host-parlor="))
        .expect("a session");
    for part in ["Secure", "HttpOnly", "Path=/", "SameSite="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("SameSite=None"), "{cookie}");
    // What is stored is the hash of it: the secret itself stands nowhere.
    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    app.markers.note(secret);
}

#[tokio::test]
async fn a_quiet_session_ends_after_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let bert = app.operator_of("bert", &[&app.site]).await;
    for _ in 0..4 {
        app.advance(MINUTE * 14).await;
        bert.browser.get("/console").await.expect(200);
    }
    app.advance(MINUTE * 16).await;
    let answer = bert.browser.get("/console").await;
    assert_eq!(answer.status, 303, "{}", answer.gist());
    assert!(answer.location().starts_with("/login"), "{}", answer.location());
}

#[tokio::test]
async fn even_a_busy_session_ends_after_twelve_hours() {
    let app = TestApp::start().await;
    let bert = app.operator_of("bert", &[&app.site]).await;
    for _ in 0..72 {
        app.advance(MINUTE * 10 - Duration::from_secs(1)).await;
        bert.browser.get("/console").await.expect(200);
    }
    app.advance(MINUTE * 10).await;
    assert_eq!(bert.browser.get("/console").await.status, 303);
}

#[tokio::test]
async fn signing_out_reaches_the_open_socket() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("is this line still being read?").await.conversation;
    bert.sees_row(&it, "waiting").await;
    let answer = bert.browser.submit("/account", "/logout", &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.gist());
    let (code, bye) = bert.expect_end().await;
    assert_eq!((code, bye.unwrap()["code"].as_str()), (1008, Some("signed_out")));
    assert_eq!(bert.browser.get("/console").await.status, 303);
}

#[tokio::test]
async fn a_session_that_ran_out_takes_its_socket_along() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    app.advance(MINUTE * 16).await;
    let (code, _) = bert.expect_end().await;
    assert_eq!(code, 1008);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let mut first = app.operator("bert").await;
    let second = crate::harness::actors::Operator::signed_in(&app.door, &first.email.clone(), PASSWORD).await;
    let fields = [("current_password", PASSWORD), ("new_password", "walnut ferry thunder"), ("password", "walnut ferry thunder")];
    app.markers.note("walnut ferry thunder");
    second.browser.submit("/account", "/account/password", &fields).await.expect_done();

    let (code, _) = first.expect_end().await;
    assert_eq!(code, 1008);
    assert_eq!(first.browser.get("/console").await.status, 303);
    second.browser.get("/console").await.expect(200);
    // The old password is worth nothing now, the new one is.
    let door = crate::harness::actors::Operator::at_the_door(&app.door, &first.email, None);
    assert_ne!(door.sign_in(PASSWORD).await.status, 303);
    door.sign_in("walnut ferry thunder").await.expect_done();
}

#[tokio::test]
async fn guessing_is_slowed_down_but_nobody_is_locked_out_for_good() {
    let app = TestApp::start().await;
    let email = app.employ("bert", &[&app.site.clone()]);
    let door = crate::harness::actors::Operator::at_the_door(&app.door, &email, None);
    let mut slowed = false;
    for _ in 0..12 {
        slowed |= door.sign_in("a wrong password again").await.body.contains("Too many attempts");
    }
    assert!(slowed, "twelve guesses in a row were all looked at");
    app.advance(Duration::from_secs(3_600)).await;
    door.sign_in(PASSWORD).await.expect_done();
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let page = admin.browser.get("/admin/privacy").await.expect(200);
    let csrf = page.field("csrf").unwrap();
    let path = "/admin/privacy/purge";
    let send = async |origin: &str, site: &str, csrf: &str| {
        let request = admin
            .browser
            .request(reqwest::Method::POST, path)
            .header("origin", origin)
            .header("sec-fetch-site", site)
            .form(&[("csrf", csrf), ("confirm", "on")]);
        Browser::answer(request).await.status.as_u16()
    };
    let own = app.door.origin();
    assert_eq!(send("https://evil.example", "cross-site", &csrf).await, 403);
    assert_eq!(send(&own, "cross-site", &csrf).await, 403);
    assert_eq!(send(&own, "same-site", &csrf).await, 403);
    assert_eq!(send(&own, "same-origin", "wrong").await, 403);
    assert_eq!(send(&own, "same-origin", "").await, 403);
    // Somebody else's token does not fit either.
    let bert = app.operator_of("bert", &[&app.site]).await;
    let others = bert.csrf().await;
    assert_eq!(send(&own, "same-origin", &others).await, 403);
    assert_eq!(send(&own, "same-origin", &csrf).await, 303);
}

#[tokio::test]
async fn after_signing_in_nobody_is_led_away() {
    let app = TestApp::start().await;
    for (next, expected) in [("/admin/sites", "/admin/sites"), ("https://evil.example/", "/"), ("//evil.example", "/")] {
        let admin = crate::harness::actors::Operator::at_the_door(&app.door, ADMIN, None);
        let fields = [("email", ADMIN), ("password", PASSWORD), ("next", next)];
        let answer = admin.browser.submit("/login", "/login", &fields).await.expect_done();
        assert!(answer.location().starts_with(expected) && !answer.location().starts_with("//"), "{}", answer.location());
        assert!(!answer.location().contains("evil"), "{}", answer.location());
    }
}

#[tokio::test]
async fn a_session_made_up_or_of_another_appliance_is_none() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    for cookie in ["a", &"a".repeat(52), "", "../../etc"] {
        let request =
            stranger.browser.request(reqwest::Method::GET, "/console").header("cookie", format!("__Host-parlor={cookie}"));
        let answer = Browser::answer(request).await;
        assert!(answer.status == 303 || answer.status == 401, "{cookie}: {}", answer.status);
    }
    let answer = stranger.browser.post_json("/live/ticket", &json!({}), &[("cookie", "__Host-parlor=a")]).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn who_tries_too_often_is_told_when_to_come_back() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let guess = async || stranger.browser.submit("/login", "/login", &[("email", ADMIN), ("password", "not the password")]).await;
    for _ in 0..parlor::domain::limits::SIGN_IN_BURST {
        assert_eq!(guess().await.status, 422);
    }
    let answer = guess().await;
    assert_eq!(answer.status, 429, "{}", answer.gist());
    assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{}", answer.header("retry-after"));
    assert!(answer.body.contains("Too many attempts") && answer.field("csrf").is_some(), "the form is still there");
}

/// The addresses of the forms that end one session each, in the order in which the page lists them.
fn closures(page: &Answer, base: &str) -> Vec<String> {
    let starts = page.body.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let one = |path: &&str| path.starts_with(&format!("{base}/ses_")) && path.ends_with("/closure");
    starts.filter(one).map(str::to_owned).collect()
}

async fn signed_in_again(app: &TestApp, who: &Operator) -> Operator {
    Operator::signed_in(&app.door, &who.email, PASSWORD).await
}

#[tokio::test]
async fn one_of_ones_sessions_is_ended_and_its_socket_with_it() {
    let app = TestApp::start().await;
    let mut lost = app.operator("bert").await;
    let here = signed_in_again(&app, &lost).await;
    let page = here.browser.get("/account/sessions").await.expect(200);
    assert!(page.body.contains("This session") && page.body.contains("127.0.0.1"), "{}", page.gist());
    let forms = closures(&page, "/account/sessions");
    assert_eq!(forms.len(), 1, "the one that is looked from has no form of its own");
    here.browser.submit("/account/sessions", &forms[0], &[]).await.expect_done();
    let (code, bye) = ends_at_once(&mut lost).await;
    assert_eq!((code, bye.as_str()), (1008, "signed_out"));
    assert_eq!(lost.browser.get("/console").await.status, 303);
    here.browser.get("/console").await.expect(200);
    assert_eq!(here.browser.submit("/account", &forms[0], &[]).await.status, 404, "it has ended");
}

/// Waits for the end of the line, which has to come within a second.
async fn ends_at_once(who: &mut Operator) -> (u16, String) {
    let asked_at = std::time::Instant::now();
    let (code, bye) = who.expect_end().await;
    assert!(asked_at.elapsed() < Duration::from_secs(1), "{:?}", asked_at.elapsed());
    (code, bye.map(|bye| bye["code"].as_str().unwrap().to_owned()).unwrap_or_default())
}

#[tokio::test]
async fn all_ones_other_sessions_end_sockets_and_polls_alike() {
    let app = TestApp::start().await;
    let mut socket = app.operator("bert").await;
    let mut poll = signed_in_again(&app, &socket).await.polling();
    poll.connect().await;
    let here = signed_in_again(&app, &socket).await;
    here.browser.submit("/account/sessions", "/account/sessions/closure", &[]).await.expect_done();
    for line in [&mut socket, &mut poll] {
        assert_eq!(ends_at_once(line).await.1, "signed_out");
        assert_eq!(line.browser.get("/console").await.status, 303);
    }
    here.browser.get("/console").await.expect(200);
}

#[tokio::test]
async fn an_administrator_ends_somebodys_sessions_and_nobody_else_does() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut poll = signed_in_again(&app, &bert).await.polling();
    poll.connect().await;
    let carla = app.operator_of("carla", &[&app.site]).await;
    let admin = app.admin().await;
    let person = format!("/admin/people/{}", app.operator_id(&bert.email));
    let forms = closures(&admin.browser.get(&person).await.expect(200), &format!("{person}/sessions"));
    assert_eq!(forms.len(), 2);
    let all = format!("{person}/sessions/closure");
    for path in [&forms[0], &all] {
        assert_eq!(carla.browser.submit("/account", path, &[]).await.status, 404, "{path}");
    }
    bert.browser.get("/console").await.expect(200);
    admin.browser.submit(&person, &all, &[]).await.expect_done();
    for line in [&mut bert, &mut poll] {
        assert_eq!(ends_at_once(line).await.1, "signed_out");
        assert_eq!(line.browser.get("/console").await.status, 303);
    }
    admin.browser.get("/console").await.expect(200);
}

#[tokio::test]
async fn disabling_and_another_role_reach_polls_and_sockets_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut bert = app.operator("bert").await;
    let mut poll = signed_in_again(&app, &bert).await.polling();
    poll.connect().await;
    let person = format!("/admin/people/{}", app.operator_id(&bert.email));
    let fields = [("name", "Bert of the clinic"), ("role", "supervisor"), ("sites", app.site.as_str())];
    admin.browser.submit(&person, &person, &fields).await.expect_done();
    for line in [&mut bert, &mut poll] {
        assert_eq!(ends_at_once(line).await.1, "restart", "they come back with what they may now");
        line.connect().await;
    }
    admin.browser.submit(&person, &format!("{person}/disablement"), &[]).await.expect_done();
    for line in [&mut bert, &mut poll] {
        assert_eq!(ends_at_once(line).await.1, "signed_out");
        assert_eq!(line.browser.get("/console").await.status, 303);
    }
}

#[tokio::test]
async fn what_comes_by_itself_keeps_no_session_alive() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut busy = signed_in_again(&app, &bert).await;
    busy.connect().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("is anybody still at the desk?").await.conversation;
    // What the pages ask for without anybody: parts that are drawn anew, tickets, polls.
    for _ in 0..2 {
        app.advance(MINUTE * 7).await;
        let part = bert.browser.request(reqwest::Method::GET, &format!("/console/conversations/{it}"));
        let part = part.header("accept", "application/json").header("x-parlor-part", "1");
        assert_eq!(Browser::answer(part).await.status, 200);
        bert.line().send_raw(Message::Ping("still here".into())).await;
        busy.send_frame(&json!({"t": "active"})).await;
        // Frames of one line are heard in order: once this one is answered, the one before was taken in.
        busy.send_frame(&json!({"t": "resume", "conversation": it, "after": 0})).await;
        busy.expect("what was missed", |frame| frame["t"] == "event" && frame["conversation"] == it.as_str()).await;
    }
    app.advance(MINUTE * 2).await;
    let (code, _) = bert.expect_end().await;
    assert_eq!(code, 1008);
    assert_eq!(bert.browser.get("/console").await.status, 303);
    busy.browser.get("/console").await.expect(200);
}

#[tokio::test]
async fn a_browser_that_signed_in_is_known_by_a_cookie_that_opens_nothing() {
    let app = TestApp::start().await;
    let admin = Operator::at_the_door(&app.door, ADMIN, None);
    let answer = admin.sign_in(PASSWORD).await.expect_done();
    let all = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookie = all.into_iter().find(|value| value.starts_with("__Host-parlor-device=")).expect("a known browser");
    for part in ["Secure", "HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=7776000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let pair = cookie.split(';').next().unwrap();
    let stranger = app.stranger();
    let request = stranger.browser.request(reqwest::Method::GET, "/console").header("cookie", pair);
    assert_eq!(Browser::answer(request).await.status, 303);
}

#[tokio::test]
async fn a_shorter_time_ends_the_sockets_that_are_over_it_at_once() {
    let app = TestApp::start().await;
    let mut quiet = app.operator("bert").await;
    let mut poll = signed_in_again(&app, &quiet).await.polling();
    poll.connect().await;
    // No timer runs: what ends them is the change itself.
    app.clock.advance(MINUTE * 6);
    let mut busy = signed_in_again(&app, &quiet).await;
    busy.connect().await;
    let admin = app.admin().await;
    let path = "/admin/security/sign-in";
    let fields = [("idle_minutes", "5"), ("absolute_hours", "12"), ("dormant_days", "90")];
    admin.browser.submit(path, path, &fields).await.expect_done();
    for line in [&mut quiet, &mut poll] {
        assert_eq!(ends_at_once(line).await.1, "signed_out");
        assert_eq!(line.browser.get("/console").await.status, 303);
    }
    busy.browser.get("/console").await.expect(200);
    let page = busy.browser.get("/account/sessions").await.expect(200);
    assert!(page.body.contains("5 minutes without activity"), "{}", page.gist());
}

#[tokio::test]
async fn who_hammers_an_account_does_not_shut_its_owner_out() {
    let app = TestApp::start().await;
    let email = app.employ("bert", &[&app.site]);
    let own = Operator::signed_in(&app.door, &email, PASSWORD).await;
    own.browser.submit("/account", "/logout", &[]).await.expect_done();
    // From the very same address, as in an office.
    let mut last = 0;
    for _ in 0..30 {
        last = Operator::at_the_door(&app.door, &email, None).sign_in("a wrong password again").await.status.as_u16();
    }
    assert_eq!(last, 429);
    let another = Operator::at_the_door(&app.door, &email, None);
    assert_eq!(another.sign_in(PASSWORD).await.status, 429, "a browser that nobody has signed in with");
    own.sign_in(PASSWORD).await.expect_done();
}

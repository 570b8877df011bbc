//! Haste, and worse: who asks too often is told when to come back, and nobody else notices.

use std::time::Duration;

use parlor::domain::audit::AuditAction;
use parlor::domain::network::Network;
use reqwest::Method;
use serde_json::json;

use crate::harness::actors::{Admin, Visitor};
use crate::harness::app::{ADMIN, PASSWORD, TestApp, address};
use crate::harness::http::{Answer, Browser};

const PROXY: &str = "127.0.0.9";

async fn behind_a_proxy() -> TestApp {
    TestApp::with_config(|config| config.trusted_proxies = vec![Network::parse(PROXY).unwrap()]).await
}

/// Somebody elsewhere in the world.
fn from(app: &TestApp, far: &str) -> Browser {
    Browser::from_address(&app.door, address(PROXY)).with_header("x-forwarded-for", far)
}

async fn tries(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.submit("/login", "/login", &[("email", email), ("password", password)]).await
}

#[track_caller]
fn waits(answer: &Answer, code: u16) -> u64 {
    assert_eq!(answer.status, code, "{}", answer.gist());
    let seconds = answer.header("retry-after").parse().expect("a number of seconds");
    assert!(seconds > 0);
    seconds
}

async fn alerts(admin: &Admin) -> String {
    admin.browser.get("/admin/security/alerts").await.expect(200).body
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let app = behind_a_proxy().await;
    let crowd = from(&app, "203.0.113.7");
    let ask = async |browser: &Browser| {
        let path = format!("/widget/{}/session", app.site);
        browser.post_json(&path, &json!({"origin": app.door.origin()}), &[("accept", "application/json")]).await
    };
    for _ in 0..100 {
        ask(&crowd).await.expect(200);
    }
    let refused = ask(&crowd).await;
    assert_eq!(waits(&refused, 429), 3);
    assert_eq!((refused.json()["code"].as_str(), refused.json()["n"].as_u64()), (Some("rate_limited"), Some(3)));
    ask(&from(&app, "203.0.113.8")).await.expect(200);
    app.clock.advance(Duration::from_secs(3));
    ask(&crowd).await.expect(200);
    // Who reads a page gets words, and may be anybody at that address but somebody signed in.
    let admin = Admin(app.admin().await.0);
    for _ in 0..1_000 {
        if crowd.get("/healthz").await.status != 200 {
            break;
        }
    }
    let page = crowd.get("/login").await;
    waits(&page, 429);
    assert!(page.header("content-type").starts_with("text/html") && page.body.contains("Try again in"), "{}", page.gist());
    assert!(page.headers.contains_key("content-security-policy"));
    admin.browser.get("/admin").await.expect(200);
}

#[tokio::test]
async fn of_fifty_guesses_at_the_same_moment_five_are_looked_at() {
    let app = behind_a_proxy().await;
    tries(&from(&app, "198.51.100.1"), ADMIN, PASSWORD).await.expect_done();
    let guesses = (0..50).map(|n| {
        let browser = from(&app, &format!("203.0.{n}.1"));
        tokio::spawn(async move { tries(&browser, ADMIN, "a guess of fifty characters").await.status.as_u16() })
    });
    let guesses: Vec<_> = guesses.collect();
    let (mut looked_at, mut sent_away) = (0, 0);
    for guess in guesses {
        match guess.await.unwrap() {
            422 => looked_at += 1,
            429 => sent_away += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((looked_at, sent_away), (5, 45));
    let rows = app.app.store.audit_rows(None, 1_000).unwrap();
    let wrong = rows.iter().filter(|row| row.action == AuditAction::SignInRefused).count();
    assert_eq!(wrong, 5, "one row for each that was looked at");
    waits(&tries(&from(&app, "203.0.200.1"), ADMIN, PASSWORD).await, 429);
    // Its owner comes from where they came from before; everybody else's account is not touched.
    tries(&from(&app, "198.51.100.1"), ADMIN, PASSWORD).await.expect_done();
    let bert = app.employ("bert", &[&app.site]);
    tries(&from(&app, "203.0.200.1"), &bert, PASSWORD).await.expect_done();
    app.clock.advance(Duration::from_secs(30));
    tries(&from(&app, "203.0.201.1"), ADMIN, PASSWORD).await.expect_done();
}

#[tokio::test]
async fn who_sprays_is_kept_out_for_a_time_and_nobody_else() {
    let app = behind_a_proxy().await;
    let bert = app.employ("bert", &[&app.site]);
    let spraying = from(&app, "2001:db8:1:2::7");
    for n in 0..10 {
        tries(&spraying, &format!("name-{n}@clinic.example"), "a guess of fifty characters").await.expect(422);
    }
    let neighbour = from(&app, "2001:db8:1:2::99");
    let page = neighbour.get("/login").await;
    assert_eq!(waits(&page, 429), 900);
    assert!(page.body.contains("let it in sooner"), "{}", page.gist());
    assert_eq!(neighbour.get("/no/such/page").await.status, 429);
    // Visitors at that address still chat, and other addresses still sign in.
    Visitor::ask_token(&neighbour, &app.site, &app.door.origin()).await.expect(200);
    neighbour.get(&format!("/chat/{}", app.site)).await.expect(200);
    tries(&from(&app, "2001:db8:1:3::7"), &bert, PASSWORD).await.expect_done();

    let admin = Admin(app.admin().await.0);
    let page = alerts(&admin).await;
    assert!(page.contains("Passwords are tried for many accounts") && page.contains("2001:db8:1:2::/64"), "{page}");
    assert!(!page.contains("name-3@"), "never what was typed");
    admin
        .browser
        .submit("/admin/security/alerts", "/admin/security/bans/removal", &[("address", "2001:db8:1:2::")])
        .await
        .expect_done();
    neighbour.get("/login").await.expect(200);
    admin.browser.submit("/admin/security/alerts", "/admin/security/alerts/acknowledgement", &[]).await.expect_done();
    assert!(alerts(&admin).await.contains("Nothing that nobody has seen"));
}

#[tokio::test]
async fn who_looks_for_open_doors_is_kept_out_and_comes_back_by_waiting() {
    let app = behind_a_proxy().await;
    let scanner = from(&app, "203.0.113.66");
    for n in 0..25 {
        scanner.get(&format!("/wp-admin/{n}.php")).await.expect(404);
    }
    waits(&scanner.get("/login").await, 429);
    scanner.get("/widget.js").await.expect(200);
    app.advance(Duration::from_secs(900)).await;
    scanner.get("/login").await.expect(200);
    // Whoever works here and sits behind such an address gets in with the browser that they always use.
    let bert = app.employ("bert", &[&app.site]);
    let known = from(&app, "198.51.100.1");
    tries(&known, &bert, PASSWORD).await.expect_done();
    let scanner = from(&app, "203.0.113.68");
    for n in 0..25 {
        scanner.get(&format!("/wp-admin/{n}.php")).await.expect(404);
    }
    waits(&scanner.get("/login").await, 429);
    known.with_header("x-forwarded-for", "203.0.113.68").get("/console").await.expect(200);
    // Ids of the chat are another matter: then the chat is closed as well.
    let curious = from(&app, "203.0.113.67");
    for n in 0..25 {
        let refused = curious.get(&format!("/widget/sit_{}", format!("{n:a>26}").replace(['0', '1', '8', '9'], "b"))).await;
        assert!(refused.status == 404 || n > 20, "{}", refused.status);
    }
    curious.get("/widget.js").await.expect(200);
}

#[tokio::test]
async fn staff_who_ask_for_what_is_not_theirs_are_noticed_and_not_kept_out() {
    let app = behind_a_proxy().await;
    let bert = app.employ("bert", &[&app.site]);
    let browser = from(&app, "198.51.100.9");
    tries(&browser, &bert, PASSWORD).await.expect_done();
    for n in 0..20 {
        browser.get(&format!("/admin/sites/{n}")).await.expect(404);
    }
    browser.get("/console").await.expect(200);
    let admin = Admin(app.admin().await.0);
    let page = alerts(&admin).await;
    assert!(page.contains("Somebody signed in asks for what is not theirs") && page.contains("bert of the clinic"), "{page}");
}

#[tokio::test]
async fn a_limit_is_changed_on_its_page_and_holds_at_once() {
    let app = behind_a_proxy().await;
    let admin = Admin(app.admin().await.0);
    let path = "/admin/security/limits/visitors";
    let page = admin.browser.get("/admin/security/limits").await.expect(200);
    assert!(page.body.contains("100 at once, then 1,200 an hour"), "{}", page.gist());
    let wrong = admin.browser.submit(path, path, &[("burst", "1"), ("per_hour", "many")]).await.expect(422);
    assert!(wrong.body.contains("Choose a number from 20 to 5000."), "{}", wrong.gist());
    admin.browser.submit(path, path, &[("burst", "20"), ("per_hour", "240")]).await.expect_done();
    let crowd = from(&app, "203.0.113.7");
    for _ in 0..20 {
        Visitor::ask_token(&crowd, &app.site, &app.door.origin()).await.expect(200);
    }
    assert_eq!(waits(&Visitor::ask_token(&crowd, &app.site, &app.door.origin()).await, 429), 15);
    let page = admin.browser.get("/admin/security/limits").await.expect(200);
    assert!(page.body.contains("Changed. Usually 100 at once"), "{}", page.gist());
    admin.browser.submit(path, &format!("{path}/removal"), &[]).await.expect_done();
    Visitor::ask_token(&crowd, &app.site, &app.door.origin()).await.expect(200);
    // Five minutes later a proof is asked for.
    app.clock.advance(Duration::from_secs(301));
    let late = admin.browser.submit(path, path, &[("burst", "20"), ("per_hour", "240")]).await;
    assert_ne!(late.location(), "/admin/security/limits?saved", "{}", late.gist());
    assert!(parlor_limits_are_usual(&app));
}

fn parlor_limits_are_usual(app: &TestApp) -> bool {
    app.app.store.house().precautions.limits.is_empty()
}

#[tokio::test]
async fn on_a_socket_the_refusal_says_how_long_and_the_chat_goes_on() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    for n in 0..5 {
        let chat = maria.start(&format!("question {n}")).await;
        maria.end(&chat.conversation).await;
    }
    let refused = maria.start_with("one too many", json!({})).await.unwrap_err();
    assert_eq!(refused.code, "rate_limited");
    app.clock.advance(Duration::from_secs(60));
    let chat = maria.start("and now").await;
    maria.send(&chat.conversation, "goes on").await;
}

#[tokio::test]
async fn connections_are_counted_before_anybody_says_hello() {
    let app = behind_a_proxy().await;
    let crowd = from(&app, "203.0.113.7");
    let mut refused = None;
    for _ in 0..400 {
        let request = crowd
            .request(Method::POST, "/live/ticket")
            .header("origin", app.door.origin())
            .header("sec-fetch-site", "same-origin")
            .json(&json!({"site": app.site}));
        let answer = Browser::answer(request).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 401);
    }
    assert_eq!(waits(&refused.expect("a limit"), 429), 1);
}

//! The first minutes: by browser with a one-time token, and unattended from the command line.

use parlor::domain::access::Actor;
use parlor::domain::network::Network;
use parlor::service::setup;

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp, address};
use crate::harness::http::{Answer, Browser};
use crate::harness::process;

fn form(token: &str) -> Vec<(&str, &str)> {
    vec![
        ("token", token),
        ("organisation", "Clinic Nord"),
        ("admin_name", "Anna Admin"),
        ("admin_email", ADMIN),
        ("password", PASSWORD),
        ("site_name", "Clinic Nord website"),
        ("origins", "https://www.clinic.example"),
    ]
}

async fn send(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    browser.submit("/setup", "/setup", fields).await
}

#[tokio::test]
async fn before_setup_there_is_nothing_but_setup() {
    let app = TestApp::not_set_up().await;
    let here = Browser::new(&app.door);
    for path in ["/", "/login", "/console", "/admin", "/demo", "/widget.js", "/account", "/join"] {
        let answer = here.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/setup"), "{path}");
    }
    for path in ["/setup", "/healthz", "/readyz", "/ca.crt"] {
        here.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn setup_is_done_from_this_machine_only() {
    let app = {
        let change = Box::new(|config: &mut parlor::config::Config| {
            config.trusted_proxies = vec![Network::parse("127.0.0.9").unwrap()];
        });
        TestApp::begin(crate::harness::app::Beginning { set_up: false, change, ..Default::default() }).await
    };
    let far = Browser::from_address(&app.door, address("127.0.0.9")).with_header("x-forwarded-for", "203.0.113.7");
    for path in ["/", "/setup", "/login", "/console", "/widget.js"] {
        let answer = far.get(path).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    far.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn the_token_sets_up_once_and_ends_with_the_snippet() {
    let app = TestApp::not_set_up().await;
    let token = setup::begin(&app.app.ctx(&Actor::Host)).unwrap();
    app.markers.note(token.expose());
    let here = Browser::new(&app.door);

    let page = here.get("/setup").await.expect(200);
    for words in ["the key file", "data.key", "nothing can be recovered by anybody", "parlor key kit"] {
        assert!(page.body.contains(words), "{words}: {}", page.gist());
    }

    let wrong = send(&here, &form("wrong")).await;
    assert_ne!(wrong.status, 303);
    assert!(app.app.store.house().organisation.is_none());

    let done = send(&here, &form(token.expose())).await.expect_done();
    let page = here.get(done.location()).await.expect(200);
    assert!(page.body.contains("widget.js") && page.body.contains("sit_") && page.body.contains("/demo"), "{}", page.gist());
    // The token is used up, and setup is over.
    let again = here.get("/setup").await;
    assert!(again.status == 303 || again.status == 404, "{}", again.status);
    let admin = Operator::signed_in(&app.door, ADMIN, PASSWORD).await;
    admin.browser.get("/admin").await.expect(200);
    let system = admin.browser.get("/admin/system").await.expect(200);
    assert!(system.body.contains("What opens everything") && system.body.contains("The same since"), "{}", system.gist());
    assert_eq!(here.get("/demo").await.status, 200);
}

#[tokio::test]
async fn a_form_that_failed_says_why_beside_each_field() {
    let app = TestApp::not_set_up().await;
    let token = setup::begin(&app.app.ctx(&Actor::Host)).unwrap();
    let here = Browser::new(&app.door);
    let mut fields = form(token.expose());
    for (name, value) in &mut fields {
        match *name {
            "password" => *value = "qwertyuiopasdfgh",
            "admin_email" => *value = "anna at clinic",
            "origins" => *value = "www.clinic.example/path",
            _ => {}
        }
    }
    let answer = send(&here, &fields).await;
    assert_eq!(answer.status, 422, "{}", answer.gist());
    for sentence in ["first that an attacker tries", "does not look like an e-mail address", "without a path"] {
        assert!(answer.body.contains(sentence), "{sentence}: {}", answer.gist());
    }
    let summary = &answer.body[answer.body.find("things need another look").unwrap()..];
    let places: Vec<_> = ["#admin_email", "#password", "#origins"].map(|link| summary.find(link).unwrap()).into();
    assert!(places.is_sorted(), "in the order of the page");
    assert!(answer.body.contains("anna at clinic") && !answer.body.contains("qwertyuiopasdfgh"));
    // The same form, mended, works with the same token.
    send(&here, &form(token.expose())).await.expect_done();
}

#[tokio::test]
async fn guessing_the_token_ends_it() {
    let app = TestApp::not_set_up().await;
    let token = setup::begin(&app.app.ctx(&Actor::Host)).unwrap();
    let here = Browser::new(&app.door);
    for _ in 0..parlor::domain::limits::SETUP_ATTEMPTS {
        assert_ne!(send(&here, &form("guess")).await.status, 303);
    }
    assert_ne!(send(&here, &form(token.expose())).await.status, 303, "the real one is worthless now");
}

#[tokio::test]
async fn unattended_setup_before_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let done = process::set_up(&data);
    assert_eq!(done.site.len(), 30, "{}", done.site);
    let server = process::Server::start(&data, &[]);
    let door = server.door().await;
    let admin = Operator::signed_in(&door, process::ADMIN, process::PASSWORD).await;
    let page = admin.browser.get(&format!("/admin/sites/{}", done.site)).await.expect(200);
    assert!(page.body.contains("Clinic Nord website"));
    server.stop();
    // Once is enough.
    let again = process::parlor()
        .args(["setup", "--organisation", "Clinic Nord", "--admin-name", "Anna", "--admin-email", process::ADMIN])
        .args(["--site", "Clinic Nord", "--origin", "https://www.clinic.example"])
        .arg("--data-dir")
        .arg(&data)
        .arg("--admin-password-file")
        .arg(data.with_extension("password"))
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1), "{}", process::said(&again));
    assert!(process::said(&again).contains("set up already"), "{}", process::said(&again));
}

#[tokio::test]
async fn the_first_start_prints_an_address_that_sets_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = process::Server::start(&folder.path().join("data"), &[]);
    let line = server.says("/setup#");
    let token: String = line[line.find("/setup#").unwrap() + 7..].chars().take_while(char::is_ascii_alphanumeric).collect();
    let browser = server.browser().await;
    send(&browser, &form(&token)).await.expect_done();
    // The next start has nothing to set up.
    let data = folder.path().join("data");
    server.stop();
    let server = process::Server::start(&data, &[]);
    assert!(!server.heard.iter().any(|line| line.contains("/setup#")), "{:?}", server.heard);
    Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
}

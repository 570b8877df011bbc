//! Under which names the appliance answers: its own, and no others, whatever is asked for.

use super::has_all_headers;
use crate::harness::app::TestApp;
use crate::harness::process::{self, Server};
use crate::harness::raw::{Raw, Said};

async fn asked(app: &TestApp, host: &str, target: &str) -> Said {
    let mut raw = Raw::open(&app.door).await;
    raw.send(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n")).await;
    let said = raw.hear().await.expect("an answer");
    has_all_headers(&said);
    said
}

#[tokio::test]
async fn it_answers_to_its_own_names_alone() {
    let app = TestApp::with_config(|config| {
        config.public_url = Some("https://chat.clinic.example".to_owned());
        config.names = vec!["desk.clinic.example".to_owned(), "203.0.113.9".to_owned()];
    })
    .await;
    let port = app.addresses[0].port();
    for own in [
        format!("127.0.0.1:{port}"),
        "localhost".to_owned(),
        "[::1]:443".to_owned(),
        "chat.clinic.example".to_owned(),
        "CHAT.clinic.example.:8443".to_owned(),
        "desk.clinic.example".to_owned(),
        "203.0.113.9".to_owned(),
    ] {
        assert_eq!(asked(&app, &own, "/healthz").await.status, 200, "{own}");
    }
    for path in
        ["/healthz", "/readyz", "/login", "/admin", "/widget.js", "/assets/nothing", "/live/ticket", "/ca.crt", "/nowhere"]
    {
        let said = asked(&app, "evil.example", path).await;
        assert_eq!(said.status, 421, "{path}");
        assert!(!said.body.contains("evil.example") && !said.head.contains("evil.example"), "{path} repeats it");
        assert_eq!(said.header("set-cookie"), None);
    }
    for (host, target, status) in [
        ("127.0.0.1", "https://127.0.0.1/healthz", 200),
        ("127.0.0.1", "https://evil.example/healthz", 400),
        ("evil.example", "https://127.0.0.1/healthz", 400),
        ("evil.example", "https://evil.example/healthz", 421),
        ("chat.clinic.example@evil.example", "/healthz", 421),
        ("chat.clinic.example.evil.example", "/healthz", 421),
        ("", "/healthz", 421),
        ("127.0.0.1:x", "/healthz", 421),
    ] {
        assert_eq!(asked(&app, host, target).await.status, status, "{host} {target}");
    }
    // The old version of HTTP may leave the name out, and then nobody knows who is meant.
    let mut raw = Raw::open(&app.door).await;
    raw.send("GET /healthz HTTP/1.0\r\n\r\n").await;
    assert_eq!(raw.hear_to_the_end().await[0].status, 400);
}

#[tokio::test]
async fn the_way_to_https_leads_nowhere_else() {
    let app = TestApp::with_config(|config| config.redirect_listen = vec!["127.0.0.1:0".parse().unwrap()]).await;
    let port = app.addresses[0].port();
    for (host, expected) in [("127.0.0.1:80", Some(format!("https://127.0.0.1:{port}/a?b"))), ("evil.example", None)] {
        let mut raw = Raw::in_clear(app.redirect_addresses[0]).await;
        raw.send(format!("GET /a?b HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        let said = raw.hear_to_the_end().await;
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].header("location").map(str::to_owned), expected);
        assert_eq!(said[0].status, if expected.is_some() { 308 } else { 421 });
        assert!(said[0].header("content-security-policy").is_some() && said[0].header("x-content-type-options").is_some());
        assert!(!said[0].head.contains("evil"));
    }
    let mut raw = Raw::in_clear(app.redirect_addresses[0]).await;
    raw.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\nX: y\r\n\r\n").await;
    assert_eq!(raw.hear_to_the_end().await[0].status, 400);
}

#[tokio::test]
async fn rescue_mode_is_as_strict() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    process::set_up(&data);
    std::fs::remove_file(data.join("watermark")).unwrap();
    let server = Server::start(&data, &[]);
    assert!(server.heard.iter().any(|line| line.contains("rescue mode")), "{:?}", server.heard);
    crate::harness::install_crypto();
    let ask = async |host: &'static str| {
        let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().build().unwrap();
        let url = format!("https://127.0.0.1:{}/healthz", server.port);
        client.get(url).header("host", host).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask("localhost").await, 200);
    assert_eq!(ask("evil.example").await, 421);
}

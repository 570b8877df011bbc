//! More than fits, of everything: each is answered as it should be, with all headers, and the appliance goes on.

use parlor::domain::limits;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::has_all_headers;
use crate::harness::app::TestApp;
use crate::harness::line::{Heard, Line};
use crate::harness::raw::Raw;

async fn status_of(app: &TestApp, request: String) -> u16 {
    let mut raw = Raw::open(&app.door).await;
    raw.send(request).await;
    let said = raw.hear().await.expect("an answer");
    has_all_headers(&said);
    said.status
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n{headers}\r\n")
}

#[tokio::test]
async fn heads_have_their_limits() {
    let app = TestApp::start().await;
    let long = |count: usize| "a".repeat(count);
    let line = limits::REQUEST_LINE_BYTES;
    assert_eq!(status_of(&app, get(&format!("/{}", long(line - 100)), "")).await, 404);
    assert_eq!(status_of(&app, get(&format!("/{}", long(line + 1)), "")).await, 414);
    assert_eq!(status_of(&app, get(&format!("/?{}", long(line * 100)), "")).await, 414);
    assert_eq!(status_of(&app, long(line * 100)).await, 414);
    let many = |count: usize| "X-A: b\r\n".repeat(count);
    assert_eq!(status_of(&app, get("/nowhere", &many(limits::HEADERS - 2))).await, 404);
    assert_eq!(status_of(&app, get("/nowhere", &many(limits::HEADERS))).await, 431);
    assert_eq!(status_of(&app, get("/nowhere", &many(100_000))).await, 431);
    let header = |count: usize| format!("X-A: {}\r\n", long(count));
    assert_eq!(status_of(&app, get("/nowhere", &header(limits::HEAD_BYTES - 200))).await, 404);
    assert_eq!(status_of(&app, get("/nowhere", &header(limits::HEAD_BYTES))).await, 431);
    assert_eq!(status_of(&app, get("/nowhere", &header(4 << 20))).await, 431);
    let cookies = |count: usize| format!("Cookie: {}\r\n", (0..count).map(|n| format!("c{n}=v")).collect::<Vec<_>>().join("; "));
    assert_eq!(status_of(&app, get("/nowhere", &cookies(1_000))).await, 404);
    assert_eq!(status_of(&app, get("/nowhere", &cookies(10_000))).await, 431);
    assert_eq!(status_of(&app, "GET / HTTP/2.0\r\nHost: 127.0.0.1\r\n\r\n".to_owned()).await, 505);
    assert_eq!(status_of(&app, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()).await, 505);
    assert_eq!(status_of(&app, "POST /login HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".to_owned()).await, 411);
    app.stranger().browser.get("/login").await.expect(200);
}

#[tokio::test]
async fn bodies_have_their_limits() {
    let app = TestApp::start().await;
    let post = |kind: &str, body: &str| {
        let head = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nAccept: text/html";
        format!("{head}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(status_of(&app, post(form, &"a".repeat(limits::FORM_BYTES + 1))).await, 413);
    // As many fields as fit are only fields, none of which is the token.
    assert_eq!(status_of(&app, post(form, &"a=&".repeat(limits::FORM_BYTES / 3))).await, 403);
    // One that is announced and never comes.
    let announced = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999999\r\n\r\n";
    let mut raw = Raw::open(&app.door).await;
    raw.send(announced).await;
    raw.send("a".repeat(1 << 20)).await;
    assert!(raw.hear().await.expect("an answer").status >= 400);

    let stranger = app.stranger();
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let ask = |body: String| {
        stranger
            .browser
            .request(reqwest::Method::POST, "/live/ticket")
            .header("content-type", "application/json")
            .header("origin", stranger.browser.door.origin())
            .body(body)
    };
    let answer = crate::harness::http::Browser::answer(ask(deep)).await.expect(400);
    assert_eq!(answer.json()["code"], "bad_request");
    crate::harness::http::Browser::answer(ask("1".repeat(limits::FORM_BYTES + 1))).await.expect(413);
}

#[tokio::test]
async fn frames_have_their_limits() {
    let app = TestApp::start().await;
    let deep = json!({"t": "hello", "v": 1, "ticket": "x".repeat(limits::FRAME_BYTES)}).to_string();
    let nested = format!("{}{}", "[".repeat(8_000), "]".repeat(8_000));
    for (message, expected) in [
        (Message::text(deep), 1009),
        (Message::text("x".repeat(1 << 20)), 1009),
        (Message::text(nested), 1008),
        (Message::binary(vec![0; 10]), 1003),
    ] {
        let mut line = Line::socket(&app.door, &app.door.origin(), None).await.unwrap();
        line.send_raw(message).await;
        loop {
            match line.hear().await {
                Heard::Frame(frame) => assert_eq!(frame["t"], "bye"),
                Heard::Closed { code, .. } => break assert_eq!(code, expected),
            }
        }
    }
}

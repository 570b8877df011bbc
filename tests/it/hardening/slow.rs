//! Whoever holds a place by being slow loses it: in the handshake, in the headers, in the body, in taking the answer, and over a socket that says
//! nothing. The limits are short here, and nobody sleeps: each line has to end.

use std::time::{Duration, Instant};

use super::has_all_headers;
use crate::harness::app::TestApp;
use crate::harness::line::{Heard, Line};
use crate::harness::raw::Raw;
use crate::harness::world::{DEADLINE, must_come};

const SHORT: Duration = Duration::from_millis(400);
const GET: &str = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

#[tokio::test]
async fn a_slow_handshake_is_cut() {
    let app = TestApp::with_config(|config| config.patience.head = SHORT).await;
    let mut raw = Raw::in_clear(app.addresses[0]).await;
    // The first bytes of a ClientHello.
    raw.send([22, 3, 1, 1, 0, 1, 0]).await;
    assert!(raw.has_ended_within(DEADLINE).await);
    // One who says nothing at all.
    let mut silent = Raw::in_clear(app.addresses[0]).await;
    assert!(silent.has_ended_within(DEADLINE).await);
}

/// Says one byte now and then, until the line ends; how long that took.
async fn trickle(raw: &mut Raw, bytes: &[u8]) -> Duration {
    let began = Instant::now();
    for byte in bytes.iter().cycle() {
        if !raw.send([*byte]).await || raw.has_ended_within(SHORT / 8).await {
            break;
        }
        assert!(began.elapsed() < DEADLINE, "it goes on for ever");
    }
    began.elapsed()
}

#[tokio::test]
async fn slow_headers_are_cut_and_so_are_those_of_the_second_request() {
    let app = TestApp::with_config(|config| config.patience.head = SHORT).await;
    let mut raw = Raw::open(&app.door).await;
    raw.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ").await;
    let said = raw.hear_to_the_end().await;
    assert_eq!(said.iter().map(|it| it.status).collect::<Vec<_>>(), [408]);
    has_all_headers(&said[0]);

    let mut second = Raw::open(&app.door).await;
    second.send(GET).await;
    assert_eq!(second.hear().await.unwrap().status, 200);
    // A line that is kept for later costs nothing, so it may be silent for longer than that.
    assert!(!second.has_ended_within(SHORT * 2).await);
    second.send("GET /healthz HTTP/1.1\r\nHo").await;
    assert_eq!(second.hear_to_the_end().await.iter().map(|it| it.status).collect::<Vec<_>>(), [408]);

    // A byte now and then wins no time.
    let mut trickling = Raw::open(&app.door).await;
    trickling.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ").await;
    assert!(trickle(&mut trickling, b"a").await < SHORT * 4);

    // Who opens a line and never says a word is let go without one.
    let mut silent = Raw::open(&app.door).await;
    assert!(silent.hear_to_the_end().await.is_empty());
}

#[tokio::test]
async fn a_slow_body_is_cut() {
    let app = TestApp::with_config(|config| config.patience.body = SHORT).await;
    let begun = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n\
        Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=";
    let mut raw = Raw::open(&app.door).await;
    raw.send(begun).await;
    let said = raw.hear_to_the_end().await;
    assert_eq!(said.iter().map(|it| it.status).collect::<Vec<_>>(), [408]);
    has_all_headers(&said[0]);
}

#[tokio::test]
async fn whoever_takes_no_answer_is_cut() {
    let app = TestApp::with_config(|config| config.patience.write = SHORT).await;
    let mut raw = Raw::open_taking(&app.door, Some(16 * 1024)).await;
    let many = "GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(64);
    let writing = async { while raw.send(&many).await {} };
    must_come("the end of a line whose reader does not read", writing).await;
    // Everybody else is served as ever.
    app.stranger().browser.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn a_socket_that_says_no_hello_is_closed() {
    let app = TestApp::with_config(|config| config.patience.hello = SHORT).await;
    let mut line = Line::socket(&app.door, &app.door.origin(), None).await.unwrap();
    loop {
        match line.hear().await {
            Heard::Frame(frame) => assert_eq!(frame["t"], "bye"),
            Heard::Closed { code, .. } => break assert_eq!(code, 1001),
        }
    }
}

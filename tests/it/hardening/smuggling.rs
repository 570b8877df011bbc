//! Requests that two programs would read in two ways: each is answered once, with 400, and then the connection is over.

use super::has_all_headers;
use crate::harness::app::TestApp;
use crate::harness::raw::{Raw, Said};

/// What an attacker wants to be taken for a second request.
const SECOND: &str = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

async fn answers(app: &TestApp, bytes: &str) -> Vec<Said> {
    let mut raw = Raw::open(&app.door).await;
    raw.send(bytes).await;
    raw.hear_to_the_end().await
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_not_read_at_all() {
    let app = TestApp::start().await;
    let post = |headers: &str, body: &str| format!("POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n\r\n{body}");
    let te = "Transfer-Encoding: chunked";
    let body = format!("0\r\n\r\n{SECOND}");
    let cases = [
        ("both lengths", post(&format!("Content-Length: 5\r\n{te}"), &body)),
        ("both, the other way round", post(&format!("{te}\r\nContent-Length: 5"), &body)),
        ("two lengths", post("Content-Length: 0\r\nContent-Length: 40", SECOND)),
        ("the same length twice", post("Content-Length: 0\r\nContent-Length: 0", SECOND)),
        ("a list of lengths", post("Content-Length: 0, 0", SECOND)),
        ("a length with a sign", post("Content-Length: +0", SECOND)),
        ("a negative length", post("Content-Length: -1", SECOND)),
        ("a length in hexadecimal", post("Content-Length: 0x0", SECOND)),
        ("a length with a space", post("Content-Length: 0 0", SECOND)),
        ("no length where there should be one", post("Content-Length:", SECOND)),
        ("a length beyond all numbers", post("Content-Length: 18446744073709551616", SECOND)),
        ("two encodings", post(&format!("{te}\r\n{te}"), &body)),
        ("a list of encodings", post("Transfer-Encoding: chunked, identity", &body)),
        ("an encoding before it", post("Transfer-Encoding: gzip, chunked", &body)),
        ("an encoding nobody knows", post("Transfer-Encoding: xchunked", &body)),
        ("identity", post("Transfer-Encoding: identity", &body)),
        ("quoted", post("Transfer-Encoding: \"chunked\"", &body)),
        ("a space before the colon", post("Transfer-Encoding : chunked", &body)),
        ("a tab before the colon", post("Transfer-Encoding\t: chunked", &body)),
        ("a vertical tab", post("Transfer-Encoding: \x0bchunked", &body)),
        ("a form feed at the end", post("Transfer-Encoding: chunked\x0c", &body)),
        ("a zero byte in a value", post("Transfer-Encoding: chun\0ked", &body)),
        ("a zero byte in a name", post("Transfer-\0Encoding: chunked", &body)),
        ("a continued line", post("X-One: 1\r\n Transfer-Encoding: chunked", &body)),
        ("an encoding on a continued line", post("Transfer-Encoding:\r\n chunked", &body)),
        ("a header without a colon", post("Transfer-Encoding chunked", &body)),
        ("a header without a name", post(": chunked", &body)),
        ("a bare line feed between headers", post("X-One: 1\nTransfer-Encoding: chunked", &body)),
        ("a bare line feed at the end", format!("POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\n\n{SECOND}")),
        ("a bare carriage return", post("X-One: 1\rTransfer-Encoding: chunked", &body)),
        ("two carriage returns", post("X-One: 1\r\r\nContent-Length: 0", SECOND)),
        (
            "a length and an upgrade",
            format!(
                "GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 5\r\n\r\n{SECOND}"
            ),
        ),
        ("chunks in the old version", format!("POST /login HTTP/1.0\r\nHost: 127.0.0.1\r\n{te}\r\n\r\n{body}")),
        ("two hosts", format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n{SECOND}")),
        ("no host", format!("GET /healthz HTTP/1.1\r\nAccept: */*\r\n\r\n{SECOND}")),
        ("two spaces", format!("GET  /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{SECOND}")),
        ("a space in the address", format!("GET /health z HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{SECOND}")),
        ("a zero byte in the address", format!("GET /health\0z HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{SECOND}")),
        ("no version", format!("GET /healthz\r\n\r\n{SECOND}")),
        ("a tunnel", format!("CONNECT / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{SECOND}")),
        ("two empty lines before", format!("\r\n\r\n{SECOND}")),
        ("nonsense", format!("\u{1}\u{2}\u{3}\r\n\r\n{SECOND}")),
    ];
    for (what, bytes) in cases {
        let said = answers(&app, &bytes).await;
        assert_eq!(said.iter().map(|it| it.status).collect::<Vec<_>>(), [400], "{what}");
        assert_eq!(said[0].header("connection"), Some("close"), "{what}");
        assert!(said[0].header("content-security-policy").is_some(), "{what}: {}", said[0].head);
        has_all_headers(&said[0]);
    }
}

#[tokio::test]
async fn chunks_are_sizes_and_bytes_and_nothing_else() {
    let app = TestApp::start().await;
    let post = |body: &str| {
        let head = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nTransfer-Encoding: chunked";
        format!("{head}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n{body}{SECOND}")
    };
    for body in [
        "5;a=b\r\nx=abc\r\n0\r\n\r\n",
        "5;\r\nx=abc\r\n0\r\n\r\n",
        "5;a\nb\r\nx=abc\r\n0\r\n\r\n",
        "5 \r\nx=abc\r\n0\r\n\r\n",
        "5\nx=abc\r\n0\r\n\r\n",
        "5\r\nx=abc\n0\r\n\r\n",
        "5\r\nx=abcXX0\r\n\r\n",
        "0x5\r\nx=abc\r\n0\r\n\r\n",
        "+5\r\nx=abc\r\n0\r\n\r\n",
        "-1\r\nx=abc\r\n0\r\n\r\n",
        "\r\nx=abc\r\n0\r\n\r\n",
        "fffffffff\r\nx=abc\r\n0\r\n\r\n",
        "5\r\nx=abc\r\n0\r\nX-Trailer: 1\r\n\r\n",
        "5\r\nx=abc\r\n0\r\nContent-Length: 9\r\n\r\n",
        "5\r\nx=abc\r\n0\r\n\n",
    ] {
        let said = answers(&app, &post(body)).await;
        assert_eq!(said.iter().map(|it| it.status).collect::<Vec<_>>(), [400], "{body:?}");
    }
    // Said properly it is a form like any other, and what follows is a request like any other.
    let mut raw = Raw::open(&app.door).await;
    raw.send(post("5\r\nx=abc\r\n0\r\n\r\n")).await;
    assert_eq!(raw.hear().await.unwrap().status, 403, "a form without its token");
    assert_eq!(raw.hear().await.unwrap().body, "ok\n");
}

#[tokio::test]
async fn what_can_be_read_in_one_way_is_read_however_it_comes() {
    let app = TestApp::start().await;
    let three = format!("\r\n{SECOND}GET /healthz HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n{SECOND}");
    let mut whole = Raw::open(&app.door).await;
    whole.send(&three).await;
    let mut bytewise = Raw::open(&app.door).await;
    for byte in three.as_bytes() {
        assert!(bytewise.send([*byte]).await);
    }
    for raw in [&mut whole, &mut bytewise] {
        for _ in 0..3 {
            assert_eq!(raw.hear().await.unwrap().body, "ok\n");
        }
    }
}

#[tokio::test]
async fn a_good_request_before_a_bad_one_has_its_answer() {
    let app = TestApp::start().await;
    let said = answers(&app, &format!("{SECOND}GET /nowhere\n\n{SECOND}")).await;
    assert_eq!(said.iter().map(|it| it.status).collect::<Vec<_>>(), [200, 400]);
}

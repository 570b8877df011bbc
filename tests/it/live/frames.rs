//! The framing of RFC 6455 on the true endpoint, byte by byte. What the Autobahn suite asks of the socket beyond this is asked of an
//! echo behind the same code (`tests/bars socket`).

use std::net::SocketAddr;
use std::sync::Arc;

use parlor::domain::limits;
use rustls::pki_types::ServerName;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::harness::actors::Visitor;
use crate::harness::app::TestApp;
use crate::harness::world::must_come;

const TEXT: u8 = 0x81;
const PART: u8 = 0x01;
const LAST_PART: u8 = 0x80;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;

/// A frame as a client has to send it.
fn frame(first: u8, body: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x5a, 0x01, 0xff, 0x80];
    let mut bytes = vec![first];
    match u16::try_from(body.len()) {
        Ok(short @ ..=125) => bytes.push(0x80 | short as u8),
        Ok(long) => bytes.extend([&[0xfe][..], &long.to_be_bytes()].concat()),
        Err(_) => bytes.extend([&[0xff][..], &(body.len() as u64).to_be_bytes()].concat()),
    }
    bytes.extend(MASK);
    bytes.extend(body.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(CLOSE, &[&code.to_be_bytes(), reason].concat())
}

struct Raw(TlsStream<TcpStream>);

impl Raw {
    async fn open(app: &TestApp) -> Self {
        crate::harness::install_crypto();
        let door = &app.door;
        let stream = TcpStream::connect(SocketAddr::new(door.host, door.port)).await.unwrap();
        let name = ServerName::IpAddress(door.host.into());
        let mut stream = TlsConnector::from(Arc::clone(&door.tls)).connect(name, stream).await.unwrap();
        let origin = door.origin();
        let host = origin.trim_start_matches("https://");
        let request = format!(
            "GET /live HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(must_come("the answer to the handshake", stream.read_u8()).await.unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        assert!(head.starts_with("http/1.1 101 ") && head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
        assert!(!head.contains("sec-websocket-extensions"), "{head}");
        Self(stream)
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// First byte and body of the next frame.
    async fn next(&mut self) -> (u8, Vec<u8>) {
        must_come("a frame", async {
            let first = self.0.read_u8().await.unwrap();
            let length = match self.0.read_u8().await.unwrap() {
                126 => usize::from(self.0.read_u16().await.unwrap()),
                short @ ..126 => usize::from(short),
                _ => panic!("the server masks, or speaks too long"),
            };
            let mut body = vec![0; length];
            self.0.read_exact(&mut body).await.unwrap();
            (first, body)
        })
        .await
    }

    /// The code of the next close frame, whatever is said before; and then nothing, at once: the server is the one who hangs up.
    async fn close_code(&mut self) -> Option<u16> {
        let body = loop {
            if let (CLOSE, body) = self.next().await {
                break body;
            }
        };
        let _ = self.0.write_all(&close(1000, b"")).await;
        let mut rest = Vec::new();
        let _ = must_come("the end of the connection", self.0.read_to_end(&mut rest)).await;
        assert!(rest.is_empty(), "{rest:?}");
        body.first_chunk().map(|code| u16::from_be_bytes(*code))
    }
}

async fn hello(app: &TestApp) -> Vec<u8> {
    let ticket = Visitor::new(&app.door, &app.site, "maria").await.ticket().await;
    json!({"t": "hello", "v": 1, "ticket": ticket, "after": {}}).to_string().into_bytes()
}

/// What a client must not send, and the code that it is told.
fn faults() -> Vec<(&'static str, Vec<u8>, u16)> {
    let long = vec![b'x'; limits::FRAME_BYTES + 1];
    let half = &long[..limits::FRAME_BYTES / 2 + 1];
    vec![
        ("not masked", [&[TEXT, 5][..], b"hello"].concat(), 1002),
        ("first reserved bit", frame(TEXT | 0x40, b"x"), 1002),
        ("second reserved bit", frame(TEXT | 0x20, b"x"), 1002),
        ("third reserved bit", frame(PING | 0x10, b"x"), 1002),
        ("reserved opcode 3", frame(0x83, b"x"), 1002),
        ("reserved opcode 11", frame(0x8b, b"x"), 1002),
        ("a ping in parts", frame(0x09, b"x"), 1002),
        ("a ping too long", frame(PING, &[b'x'; 126]), 1002),
        ("a close too long", frame(CLOSE, &[[3, 232].as_slice(), &[b'x'; 124]].concat()), 1002),
        ("a close of one byte", frame(CLOSE, &[3]), 1002),
        ("going on with nothing", frame(LAST_PART, b"x"), 1002),
        ("a message within a message", [frame(PART, b"x"), frame(TEXT, b"y")].concat(), 1002),
        ("a length longer than need be", vec![TEXT, 0xfe, 0, 5], 1002),
        ("a length of more than 63 bits", vec![TEXT, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002),
        ("close code 999", close(999, b""), 1002),
        ("close code 1005", close(1005, b""), 1002),
        ("close code 1006", close(1006, b""), 1002),
        ("close code 1015", close(1015, b""), 1002),
        ("close code 5000", close(5000, b""), 1002),
        ("a reason that is no UTF-8", close(1000, &[0xff, 0xfe]), 1002),
        ("a text that is no UTF-8", frame(TEXT, &[b'{', 0xc3, 0x28]), 1007),
        ("a surrogate", frame(TEXT, &[0xed, 0xa0, 0x80]), 1007),
        ("a letter cut off", [frame(PART, &[0xe2, 0x82]), frame(LAST_PART, b"x")].concat(), 1007),
        ("binary", frame(BINARY, b"x"), 1003),
        ("too long", frame(TEXT, &long), 1009),
        ("too long in parts", [frame(PART, half), frame(LAST_PART, half)].concat(), 1009),
        ("a terabyte announced", vec![TEXT, 0xff, 0, 0, 1, 0, 0, 0, 0, 0], 1009),
    ]
}

#[tokio::test]
async fn what_breaks_the_rules_is_told_which_and_let_go() {
    let app = TestApp::start().await;
    for (what, bytes, code) in faults() {
        let mut raw = Raw::open(&app).await;
        raw.send(&bytes).await;
        assert_eq!(raw.close_code().await, Some(code), "{what}, before hello");
        let mut raw = Raw::open(&app).await;
        // The first frames are heard, although they arrive with the fault.
        raw.send(&[frame(TEXT, &hello(&app).await), bytes].concat()).await;
        let (first, body) = raw.next().await;
        assert!(first == TEXT && body.starts_with(b"{\"t\":\"welcome\""), "{what}: {}", String::from_utf8_lossy(&body));
        assert_eq!(raw.close_code().await, Some(code), "{what}, after hello");
    }
    let mut maria = app.visitor("maria").await;
    maria.start("and others talk as before").await;
}

#[tokio::test]
async fn parts_and_pings_come_in_any_order() {
    let app = TestApp::start().await;
    let mut raw = Raw::open(&app).await;
    let hello = hello(&app).await;
    let (one, two) = hello.split_at(7);
    let talk =
        [frame(PART, one), frame(PING, b"there?"), frame(0x00, b""), frame(PONG, b"unasked"), frame(LAST_PART, two)].concat();
    for byte in &talk {
        raw.send(std::slice::from_ref(byte)).await;
    }
    assert_eq!(raw.next().await, (PONG, b"there?".to_vec()));
    let (first, body) = raw.next().await;
    assert!(first == TEXT && body.starts_with(b"{\"t\":\"welcome\""));
}

#[tokio::test]
async fn a_close_is_answered_and_the_server_hangs_up() {
    let app = TestApp::start().await;
    for (bytes, code) in [
        (close(1000, b"bye"), Some(1000)),
        (close(1001, b""), Some(1001)),
        (close(4321, b""), Some(4321)),
        (frame(CLOSE, b""), None),
    ] {
        for greeted in [false, true] {
            let mut raw = Raw::open(&app).await;
            if greeted {
                raw.send(&frame(TEXT, &hello(&app).await)).await;
            }
            raw.send(&bytes).await;
            assert_eq!(raw.close_code().await, code);
        }
    }
}

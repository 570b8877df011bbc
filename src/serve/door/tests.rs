//! What the door hands on, what it refuses, and that both do not depend on how the bytes come.

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::*;

const GET: &str = "GET /a?b=c HTTP/1.1\r\nHost: desk\r\n\r\n";
const FORM: &str = "POST /login HTTP/1.1\r\nHost: desk\r\nContent-Length: 5\r\n\r\nx=abc";
const CHUNKED: &str =
    "POST /x HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
const SOCKET: &str = "GET /live HTTP/1.1\r\nHost: desk\r\nUpgrade: WebSocket\r\n\r\n";

/// What the library sees, and what the client hears besides, who says all this at once and goes. No more than a piece of it is on its
/// way at any time.
async fn through(bytes: &[u8], piece: usize) -> (Vec<u8>, String) {
    let (client, server) = duplex(piece.max(1));
    let (mut reads, mut writes) = tokio::io::split(client);
    let saying = async {
        // Whoever is refused may find the line closed.
        let _ = writes.write_all(bytes).await;
        let _ = writes.shutdown().await;
    };
    let hearing = async {
        let mut heard = String::new();
        reads.read_to_string(&mut heard).await.unwrap();
        heard
    };
    let looking = async {
        let mut door = Door::new(server, None, Patience::default());
        let mut seen = Vec::new();
        door.read_to_end(&mut seen).await.unwrap();
        door.shutdown().await.unwrap();
        seen
    };
    let ((), heard, seen) = tokio::join!(saying, hearing, looking);
    (seen, heard)
}

#[tokio::test]
async fn what_can_be_read_in_one_way_passes_unchanged() {
    for text in [
        GET.to_owned(),
        [GET, FORM, CHUNKED, FORM, GET].concat(),
        [FORM, SOCKET, "\u{81}anything\r\n\n\0 at all"].concat(),
        "OPTIONS * HTTP/1.1\r\nHost: desk\r\n\r\n".to_owned(),
        "GET HTTPS://desk/ HTTP/1.0\r\nX-Empty:\r\nX: \t spaced out \t\r\n\r\n".to_owned(),
    ] {
        for piece in [1, 7, text.len()] {
            assert_eq!(through(text.as_bytes(), piece).await, (text.clone().into_bytes(), String::new()));
        }
    }
    // One empty line between requests is left out.
    let (seen, heard) = through(format!("{GET}\r\n{GET}").as_bytes(), 1).await;
    assert_eq!((String::from_utf8(seen).unwrap(), heard.as_str()), (GET.repeat(2), ""));
}

#[tokio::test]
async fn what_is_refused_is_answered_once_everything_before_it_is_done() {
    for (bad, status) in [("GET / HTTP/1.1\nHost: desk\n\n", 400), ("GET / HTTP/3.0\r\nHost: desk\r\n\r\n", 505)] {
        let (seen, heard) = through(format!("{GET}{bad}{GET}").as_bytes(), 3).await;
        assert_eq!(seen, GET.as_bytes());
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")) && heard.matches("\r\nDate: ").count() == 1, "{heard}");
    }
    // In the middle of a body the handler that waits for it answers.
    let (seen, heard) = through(CHUNKED.replace("3\r\nabc", "3\r\nabcd").as_bytes(), 1).await;
    assert!(seen.ends_with(b"abc") && heard.is_empty());
}

#[tokio::test]
async fn the_rest_of_a_refused_request_is_read_away() {
    let (client, server) = duplex(1024);
    let mut door = Door::new(server, None, Patience::default());
    let (mut reads, mut writes) = tokio::io::split(client);
    let client = tokio::spawn(async move {
        // More than the line holds: whoever is not listened to cannot listen either.
        let more = format!("nonsense\n{}", "x".repeat(100_000));
        let sent = writes.write_all(more.as_bytes()).await.is_ok();
        writes.shutdown().await.unwrap();
        let mut heard = String::new();
        reads.read_to_string(&mut heard).await.unwrap();
        (sent, heard)
    });
    assert_eq!(door.read(&mut [0; 64]).await.unwrap(), 0);
    door.shutdown().await.unwrap();
    drop(door);
    let (sent, heard) = client.await.unwrap();
    assert!(sent && heard.starts_with("HTTP/1.1 400 "), "{heard}");
}

proptest! {
    /// Nothing is changed, nothing is left out but one empty line, and it is the same however the bytes are cut.
    #[test]
    fn what_comes_through_is_a_beginning_of_what_was_said(
        mut text in proptest::collection::vec(
            prop_oneof![Just(GET), Just(FORM), Just(CHUNKED), Just(SOCKET), Just("\r\n"), Just("0\r\n\r\n"), Just("\0")], 0..6
        ).prop_map(|parts| parts.concat().into_bytes()),
        spoilt in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        piece in 1_usize..64,
    ) {
        for (at, byte) in spoilt {
            if !text.is_empty() {
                let at = at.index(text.len());
                text[at] = byte;
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (whole, cut) = runtime.block_on(async { (through(&text, text.len()).await, through(&text, piece).await) });
        let status = |heard: &str| heard.split(' ').nth(1).unwrap_or_default().to_owned();
        prop_assert_eq!(&whole.0, &cut.0);
        prop_assert_eq!(status(&whole.1), status(&cut.1));
        let mut said = text.as_slice();
        for byte in &whole.0 {
            while said.first().is_some_and(|next| next != byte) && said.starts_with(b"\r\n") {
                said = &said[2..];
            }
            prop_assert_eq!(said.first(), Some(byte));
            said = &said[1..];
        }
    }
}

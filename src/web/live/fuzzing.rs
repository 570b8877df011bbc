//! What comes in on the live channel, for the fuzz targets (`tests/fuzz`). Not in the product.

use actix_web::dev;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpRequest};
use actix_ws::AggregatedMessage;
use futures_util::{FutureExt as _, stream};
use std::net::{IpAddr, Ipv4Addr};

use super::commands::Command;
use super::frame_heads::{Found, Heads, watched};
use crate::domain::file::{FileKind, FileRef};
use crate::domain::id::FileId;
use crate::domain::limits;
use crate::web::extract::Peer;

/// The bytes of a socket, in pieces of one length: what arrives of them is a command or is refused, and never longer than allowed.
pub(in crate::web) fn socket(piece: usize, bytes: &[u8]) {
    assert_eq!(passed(bytes, bytes.len()), passed(bytes, piece), "where the pieces end makes no difference");

    let pieces: Vec<_> = bytes.chunks(piece.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let mut payload: dev::Payload = dev::Payload::Stream { payload: Box::pin(stream::iter(pieces)) };
    let request = handshake();
    let found = Found::default();
    let opened = async {
        let body = Payload::from_request(&request, &mut payload).await.ok()?;
        let body = watched(&request, body, limits::FRAME_BYTES, found.clone()).await.ok()?;
        actix_ws::handle(&request, body).ok()
    };
    let Some(Some((_response, _session, stream))) = opened.now_or_never() else { return };
    let stream = stream.max_frame_size(limits::FRAME_BYTES).aggregate_continuations();
    let mut stream = stream.max_continuation_size(limits::FRAME_BYTES);
    // Between two frames there is nothing for a moment; a piece may be less than one.
    for _ in 0..bytes.len().saturating_mul(2) {
        let message = match stream.recv().now_or_never() {
            None => continue,
            Some(Some(Ok(message))) => message,
            Some(Some(Err(_)) | None) => break,
        };
        match message {
            AggregatedMessage::Text(text) => {
                assert!(text.len() <= limits::FRAME_BYTES);
                command(&text);
            }
            AggregatedMessage::Binary(bytes) => assert!(bytes.len() <= limits::FRAME_BYTES),
            AggregatedMessage::Ping(bytes) | AggregatedMessage::Pong(bytes) => assert!(bytes.len() <= 125),
            AggregatedMessage::Close(_) => break,
        }
    }
}

/// How many bytes come before a fault, if there is one.
fn passed(bytes: &[u8], piece: usize) -> usize {
    let mut heads = Heads::new(limits::FRAME_BYTES);
    let mut at = 0;
    for mut piece in bytes.chunks(piece.max(1)) {
        while !piece.is_empty() {
            match heads.frame(piece) {
                Ok(sound) => {
                    at += sound;
                    piece = piece.get(sound..).unwrap_or_default();
                }
                Err((sound, _)) => return at + sound,
            }
        }
    }
    at
}

fn handshake() -> HttpRequest {
    let headers = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    headers.into_iter().fold(TestRequest::get(), TestRequest::insert_header).to_http_request()
}

pub(in crate::web) fn command(text: &str) {
    if let Ok(command) = serde_json::from_str::<Command>(text) {
        let _ = command.names();
        let _ = command.is_of_a_person();
    }
}

/// What is said of a file before it comes: its name goes into another header again, and breaks out of nothing.
pub(in crate::web) fn announcement(lines: &[&[u8]]) {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(HeaderName::from_static("x-parlor-conversation"), HeaderValue::from_static("cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa"));
    headers.insert(HeaderName::from_static("x-parlor-id"), HeaderValue::from_static("a"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("5"));
    for (name, line) in ["x-parlor-name", "content-length", "x-parlor-id", "x-parlor-conversation"].into_iter().zip(lines) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    let Ok(sending) = super::files::announced(&headers, Peer(IpAddr::V4(Ipv4Addr::LOCALHOST))) else { return };
    assert!(sending.bytes <= limits::FILE_BYTES);
    let file = FileRef { id: FileId::from_bytes([1; 16]), name: sending.name, kind: FileKind::Other, bytes: 1 };
    let header = super::files::disposition(&file);
    assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && header.matches('"').count() == 2);
}

//! Files over real HTTP: what goes in, who gets it out, and that it goes when the chat does.

use std::io::{Cursor, Write};
use std::net::TcpStream;
use std::sync::Arc;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use parlor::domain::audit::AuditAction;
use parlor::domain::limits;
use parlor::domain::retention::RetentionClass;
use serde_json::json;

use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::TestApp;
use crate::harness::files::{Incoming, Outgoing};

/// A chat between Maria and Otto on a site that allows files.
async fn chat() -> (TestApp, Visitor, Operator, String) {
    let app = TestApp::start().await;
    app.change_site(|site| {
        site.switches.visitor_files = true;
        site.switches.operator_files = true;
    });
    let mut otto = app.operator("otto").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("a talk with something to show").await.conversation;
    otto.accept(&it).await;
    (app, maria, otto, it)
}

/// The file of the event that just came, by its id.
async fn shown(chat: &mut crate::harness::chat::Chat, conversation: &str) -> serde_json::Value {
    chat.hears_kind(conversation, "file").await["file"].clone()
}

#[tokio::test]
async fn a_file_goes_from_one_side_to_the_other_and_is_gone_after_the_close() {
    let (app, mut maria, mut otto, it) = chat().await;
    let content = b"findings that nobody else may ever read, page by page. ".repeat(20_000);
    let file = Outgoing { conversation: &it, id: "f1", name: "../Befund \"Röntgen\".pdf", content: &content };
    let told = file.of_visitor(&maria).await.expect(200).json();
    let event = otto.hears_kind(&it, "file").await;
    assert_eq!((&event["seq"], &event["from"], event["id"].is_null()), (&told["seq"], &json!("visitor"), true));
    assert_eq!((&event["file"]["name"], &event["file"]["bytes"]), (&json!("Befund _Röntgen_.pdf"), &json!(content.len())));
    let mine = maria.hears_kind(&it, "file").await;
    assert_eq!(mine["id"], "f1", "its own window knows which one arrived");
    // The same once more is the same event.
    assert_eq!(file.of_visitor(&maria).await.expect(200).json()["seq"], told["seq"]);

    let id = event["file"]["id"].as_str().unwrap();
    let got = Incoming::to_operator(&otto, &it, id).await;
    assert_eq!((got.status, got.content.len(), got.content == content), (200, content.len(), true));
    assert_eq!(got.header("content-type"), "application/octet-stream");
    assert_eq!(
        got.header("content-disposition"),
        "attachment; filename=\"Befund _R_ntgen_.pdf\"; filename*=UTF-8''Befund%20_R%C3%B6ntgen_.pdf"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(got.header(name), value, "{name}");
    }
    assert_eq!(Incoming::to_visitor(&maria, &it, id).await.content, content);

    // Another visitor, somebody of another site, a made-up id: all the same answer.
    let other = app.add_site("Another practice");
    let olga = app.operator_of("olga", &[&other]).await;
    let vera = app.visitor("vera").await;
    assert_eq!(Incoming::to_operator(&olga, &it, id).await.status, 404);
    assert_eq!(Incoming::to_visitor(&vera, &it, id).await.status, 404);
    assert_eq!(Incoming::to_visitor(&maria, &it, "fil_aaaaaaaaaaaaaaaaaaaaaaaaaa").await.status, 404);
    assert_eq!(file.of_visitor(&vera).await.status, 404);

    otto.close(&it).await;
    for _ in 0..2 {
        assert_eq!(Incoming::to_operator(&otto, &it, id).await.status, 404);
        assert_eq!(Incoming::to_visitor(&maria, &it, id).await.status, 404);
        app.run_due_jobs().await;
    }
    let rows = app.app.store.audit_rows(None, 20).unwrap();
    let erased = |action: &AuditAction| matches!(action, AuditAction::Purged(it) if it.class == RetentionClass::Attachments);
    assert_eq!(rows.iter().filter(|row| erased(&row.action)).count(), 1);
    assert_eq!(app.app.store.files_left_behind(), []);
}

#[tokio::test]
async fn a_photograph_arrives_without_the_place_where_it_was_taken() {
    let (_app, mut maria, mut otto, it) = chat().await;
    let photograph = with_place(&drawn(ImageFormat::Jpeg));
    assert!(memchr::memmem::find(&photograph, b"52.5200N").is_some());
    let file = Outgoing { conversation: &it, id: "f1", name: "holiday.jpeg", content: &photograph };
    file.of_operator(&otto).await.expect(200);
    let told = shown(&mut maria, &it).await;
    assert_eq!((&told["name"], &told["width"], &told["height"]), (&json!("holiday.jpg"), &json!(48), &json!(32)));
    let got = Incoming::to_visitor(&maria, &it, told["id"].as_str().unwrap()).await;
    assert_eq!((got.status, got.header("content-type")), (200, "image/jpeg"));
    assert!(got.header("content-disposition").starts_with("inline; "));
    assert!(memchr::memmem::find(&got.content, b"52.5200N").is_none() && memchr::memmem::find(&got.content, b"Exif").is_none());
    assert_eq!(image::load_from_memory(&got.content).unwrap().width(), 48);

    // A picture that is a page as well is only a picture afterwards.
    let polyglot = [&drawn(ImageFormat::Gif)[..], b"<script>alert(document.domain)</script>"].concat();
    let file = Outgoing { conversation: &it, id: "f2", name: "x.html", content: &polyglot };
    file.of_visitor(&maria).await.expect(200);
    otto.hears_kind(&it, "file").await;
    let told = shown(&mut otto, &it).await;
    let got = Incoming::to_operator(&otto, &it, told["id"].as_str().unwrap()).await;
    assert_eq!((&told["name"], got.header("content-type")), (&json!("x.png"), "image/png"));
    assert!(memchr::memmem::find(&got.content, b"<script>").is_none());
    // And one that only says it were a picture is refused, with a word for its window.
    let file = Outgoing { conversation: &it, id: "f3", name: "x.png", content: b"\x89PNG\r\n\x1a\n<script>" };
    assert_eq!(file.of_visitor(&maria).await.expect(422).json()["code"], "picture_unreadable");
    let page = Outgoing { conversation: &it, id: "f4", name: "page.html", content: b"<script>alert(1)</script>" };
    page.of_visitor(&maria).await.expect(200);
    let told = shown(&mut otto, &it).await;
    let got = Incoming::to_operator(&otto, &it, told["id"].as_str().unwrap()).await;
    assert_eq!(got.header("content-type"), "application/octet-stream");
    assert!(got.header("content-disposition").starts_with("attachment; "));
}

#[tokio::test]
async fn what_is_not_allowed_or_not_announced_rightly_is_refused() {
    let (app, maria, otto, it) = chat().await;
    app.change_site(|site| site.switches = Default::default());
    let file = Outgoing { conversation: &it, id: "f1", name: "x.txt", content: b"x" };
    for answer in [file.of_visitor(&maria).await, file.of_operator(&otto).await] {
        assert_eq!(answer.expect(403).json()["code"], "file_not_allowed");
    }
    let bearer = format!("Bearer {}", maria.token);
    let shown = [("authorization", bearer.as_str()), ("x-parlor-site", maria.site.as_str())];

    for (name, value, expected) in [
        ("content-type", "text/plain", 400),
        ("x-parlor-conversation", "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa", 404),
        ("x-parlor-conversation", "nonsense", 404),
        ("x-parlor-id", "not an id!", 400),
    ] {
        let mut request = file.by(&maria.browser, &shown).build().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(maria.browser.execute(request).await, expected, "{name}: {value}");
    }
    for name in ["sec-fetch-site", "x-parlor-name", "authorization"] {
        let mut request = file.by(&maria.browser, &shown).build().unwrap();
        request.headers_mut().remove(name);
        let status = maria.browser.execute(request).await;
        assert!([400, 401, 403].contains(&status), "without {name}: {status}");
    }
}

#[tokio::test]
async fn who_is_asked_for_a_file_may_send_one() {
    let (app, mut maria, mut otto, it) = chat().await;
    app.change_site(|site| site.switches.visitor_files = false);
    otto.does("request_file", &it, json!({})).await;
    maria.hears_kind(&it, "file_requested").await;
    let file = Outgoing { conversation: &it, id: "f1", name: "x.txt", content: b"x" };
    file.of_visitor(&maria).await.expect(200);
    let second = Outgoing { id: "f2", ..file };
    second.of_visitor(&maria).await.expect(403);
}

#[tokio::test]
async fn a_line_that_drops_in_the_middle_leaves_nothing_and_the_same_file_can_be_sent_again() {
    let (mut app, maria, mut otto, it) = chat().await;
    let content = b"this half arrives and that half does not ".repeat(30_000);
    let half = content[..content.len() / 2].to_vec();
    let head = format!(
        "POST /live/files HTTP/1.1\r\nHost: {}:{}\r\nSec-Fetch-Site: same-origin\r\nAuthorization: Bearer {}\r\nX-Parlor-Site: {}\r\n\
         X-Parlor-Conversation: {it}\r\nX-Parlor-Id: f1\r\nX-Parlor-Name: half.txt\r\nContent-Type: application/octet-stream\r\n\
         Content-Length: {}\r\n\r\n",
        app.door.host,
        app.door.port,
        maria.token,
        maria.site,
        content.len()
    );
    let door = app.door.clone();
    tokio::task::spawn_blocking(move || {
        let mut config = (*door.tls).clone();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let mut tls = rustls::ClientConnection::new(Arc::new(config), door.host.into()).unwrap();
        let mut tcp = TcpStream::connect((door.host, door.port)).unwrap();
        let mut stream = rustls::Stream::new(&mut tls, &mut tcp);
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&half).unwrap();
        stream.flush().unwrap();
    })
    .await
    .unwrap();
    let file = Outgoing { conversation: &it, id: "f1", name: "half.txt", content: &content };
    file.of_visitor(&maria).await.expect(200);
    let told = shown(&mut otto, &it).await;
    assert_eq!(Incoming::to_operator(&otto, &it, told["id"].as_str().unwrap()).await.content, content);
    // A start finds the chat with its file, and nothing of the half.
    app.restart();
    let mut otto = Operator::signed_in(&app.door, "otto@clinic.example", crate::harness::app::PASSWORD).await;
    otto.connect().await;
    assert_eq!(Incoming::to_operator(&otto, &it, told["id"].as_str().unwrap()).await.content, content);
    let too_large = Outgoing { id: "f2", content: &vec![7; usize::try_from(limits::FILE_BYTES).unwrap() + 1], ..file };
    let csrf = otto.csrf().await;
    // It may be told while the bytes are still on their way.
    if let Ok(answer) = too_large.by(&otto.browser, &[("x-parlor-csrf", &csrf)]).send().await {
        assert_eq!(answer.status().as_u16(), 413);
    }
}

fn drawn(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(48, 32, |x, y| Rgb([(x * 5) as u8, (y * 7) as u8, 90]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG with an EXIF segment that tells a place.
fn with_place(jpeg: &[u8]) -> Vec<u8> {
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0GPS 52.5200N 13.4050E";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat()
}

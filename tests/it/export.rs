//! Everything taken along: from the command line, where it is cut off and goes on, and as an archive from the admin panel.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Output;

use reqwest::Method;
use serde_json::Value;

use crate::harness::actors::Visitor;
use crate::harness::app::TestApp;
use crate::harness::process::{self, Server, parlor, said};

const MARKER: &str = "=the rash on my left arm is back";

fn export(data: &Path, out: &Path, more: &[&str]) -> Output {
    parlor().args(["export", "account"]).arg(out).args(more).arg("--data-dir").arg(data).output().unwrap()
}

#[tokio::test]
async fn an_export_that_was_cut_off_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let site = process::set_up(&data).site;
    let server = Server::start(&data, &[]);
    let mut visitor = Visitor::new(&server.door().await, &site, "maria").await;
    visitor.connect().await;
    let talk = visitor.start(MARKER).await.conversation;
    visitor.end(&talk).await;
    let first = export(&data, &out, &[]);
    assert!(first.status.success() && said(&first).contains("ABOUT.md"), "{}", said(&first));
    let names: Vec<_> = fs::read_dir(&out).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.ends_with(".part")), "{names:?}");
    let events = fs::read_to_string(out.join("events-0001-of-0001.jsonl")).unwrap();
    assert!(events.contains(MARKER) && events.contains(&talk));
    assert!(fs::read_to_string(out.join("events-0001-of-0001.csv")).unwrap().contains("'=the rash"));
    assert!(!names.iter().any(|name| name.starts_with("submissions")));

    // As if it had been cut off in the middle of these two: one has no name yet, the other is half there.
    let list = out.join("export.json");
    let mut listed: Value = serde_json::from_str(&fs::read_to_string(&list).unwrap()).unwrap();
    for file in listed["files"].as_array_mut().unwrap() {
        if file["name"].as_str().unwrap().starts_with("events") {
            file["sha256"] = Value::Null;
        }
    }
    fs::write(&list, listed.to_string()).unwrap();
    fs::remove_file(out.join("events-0001-of-0001.csv")).unwrap();
    fs::write(out.join("events-0001-of-0001.jsonl.part"), "{\"half").unwrap();
    fs::remove_file(out.join("events-0001-of-0001.jsonl")).unwrap();
    // It goes on while nothing runs, too.
    assert!(server.stop().success());
    let people = fs::metadata(out.join("people.csv")).unwrap().modified().unwrap();
    let again = export(&data, &out, &[]);
    assert!(again.status.success() && said(&again).contains("from before"), "{}", said(&again));
    assert_eq!(fs::read_to_string(out.join("events-0001-of-0001.jsonl")).unwrap(), events);
    assert!(out.join("events-0001-of-0001.csv").exists() && !out.join("events-0001-of-0001.jsonl.part").exists());
    assert_eq!(fs::metadata(out.join("people.csv")).unwrap().modified().unwrap(), people, "what was whole stays");

    let other = export(&data, &out, &["--submissions"]);
    assert!(other.status.code() == Some(1) && said(&other).contains("without submissions"), "{}", said(&other));
    fs::remove_file(&list).unwrap();
    let foreign = export(&data, &out, &[]);
    assert!(foreign.status.code() == Some(1) && said(&foreign).contains("is not empty"), "{}", said(&foreign));
}

#[tokio::test]
async fn the_archive_of_the_panel_is_whole_and_on_record() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    maria.connect().await;
    let talk = maria.start(MARKER).await.conversation;
    let admin = app.admin().await;
    let page = admin.browser.get("/admin/privacy/export").await.expect(200);
    let csrf = page.field("csrf").unwrap();
    let bytes = async |part: &str| {
        let request = admin.browser.request(Method::POST, "/admin/privacy/export/file");
        let request = request.header("origin", admin.browser.door.origin()).header("sec-fetch-site", "same-origin");
        let answer = request.header("accept", "text/html").form(&[("csrf", csrf.as_str()), ("part", part)]).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["accept-ranges"], "none", "the same bytes never come twice, so nobody goes on in the middle");
        answer.bytes().await.unwrap()
    };
    let mut whole = zip::ZipArchive::new(Cursor::new(bytes("").await)).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        whole.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert!(text("events-0001-of-0001.jsonl").contains(&talk) && text("ABOUT.md").contains("settings"));
    let audit = text("audit.jsonl");
    assert!(audit.contains("Exported everything"), "on record before it left: {audit}");
    let settings = zip::ZipArchive::new(Cursor::new(bytes("settings").await)).unwrap();
    assert!(settings.file_names().all(|name| !name.unwrap().starts_with("events")));
    let half = zip::ZipArchive::new(Cursor::new(bytes("0001-of-0002").await)).unwrap();
    assert_eq!(half.len(), 5);
    let wrong = [("part", "0009-of-0002")];
    admin.browser.submit("/admin/privacy/export", "/admin/privacy/export/file", &wrong).await.expect(404);
}

//! What is on record, over the network: rows in words, files that hold, refusals that are counted, and no word that anybody typed.

use std::fs;
use std::path::Path;

use parlor::domain::audit::{AuditAction, Outcome};
use serde_json::{Value, json};

use crate::harness::actors::Operator;
use crate::harness::app::TestApp;
use crate::harness::process::{ADMIN, PASSWORD, Server, parlor, said, set_up};

const MARKER: &str = "the rash on my left arm is back";

fn command(data: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = parlor().args(words).arg("--data-dir").arg(data).output().unwrap();
    (output.status.code(), said(&output))
}

#[tokio::test]
async fn the_log_is_read_filtered_and_exported_and_says_no_word_of_a_chat() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    maria.connect().await;
    let talk = maria.start_with(MARKER, json!({})).await.unwrap().conversation;
    let mut admin = app.admin().await;
    admin.connect().await;
    admin.accept(&talk).await;
    for _ in 0..3 {
        admin.browser.get(&format!("/console/conversations/{talk}")).await.expect(200);
    }
    admin.send(&talk, "we have seen such a rash").await;
    admin.close(&talk).await;
    admin.browser.get(&format!("/console/conversations/{talk}")).await.expect(200);
    let page = admin.browser.get("/admin/audit").await.expect(200);
    for words in ["Opened a chat", "Read a closed chat", "Signed in with a password", "Started", &talk] {
        assert!(page.body.contains(words), "{words}: {}", page.gist());
    }
    let opened = |rows: &str| rows.matches("Opened a chat").count();
    assert_eq!(opened(&page.body), 1, "once in a session");

    let found =
        admin.browser.submit("/admin/audit", "/admin/audit/rows", &[("about", &talk), ("kind", "reading")]).await.expect(200);
    assert!(found.body.contains("Read a closed chat") && !found.body.contains("Signed in with"), "{}", found.gist());
    let wrong = admin.browser.submit("/admin/audit", "/admin/audit/rows", &[("address", "nowhere")]).await.expect(422);
    assert!(wrong.body.contains("Write an address or a network"), "{}", wrong.gist());
    let csv = admin.browser.submit("/admin/audit", "/admin/audit/file", &[("format", "csv")]).await.expect(200);
    assert!(csv.body.starts_with("row,time (UTC)"), "{}", csv.gist());
    let file = admin.browser.submit("/admin/audit", "/admin/audit/file", &[("format", "json")]).await.expect(200);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.json");
    fs::write(&path, &file.body).unwrap();
    let verify = || {
        let output = parlor().args(["verify", "log"]).arg(&path).output().unwrap();
        (output.status.code(), said(&output))
    };
    let (code, told) = verify();
    assert!(code == Some(0) && told.contains("whole:"), "{told}");
    fs::write(&path, file.body.replacen("\"result\": \"done\"", "\"result\": \"refused\"", 1)).unwrap();
    let (code, told) = verify();
    assert!(code == Some(3) && told.contains("Row 1 was altered"), "{told}");
    for text in [&page.body, &csv.body, &file.body] {
        for word in [MARKER, "such a rash", "maria"] {
            assert!(!text.contains(word), "{word} is in the log");
        }
    }
    // Row by row, as they are kept.
    for row in app.app.store.audit_rows(None, 10_000).unwrap() {
        let said = format!("{row:?}");
        assert!(!said.contains("rash") && !said.contains("maria") && !said.contains(PASSWORD), "{said}");
    }
}

#[tokio::test]
async fn what_is_refused_is_on_record_and_a_flood_of_it_is_counted() {
    let app = TestApp::start().await;
    let bert = app.operator("bert").await;
    for _ in 0..5 {
        bert.browser.get("/admin/people").await.expect(404);
    }
    // A form without the token of its session.
    bert.browser.post("/account/password", &[("csrf", "wrong")]).await.expect(403);
    let rows = |action: &AuditAction| {
        let rows = app.app.store.audit_rows(None, 10_000).unwrap();
        rows.into_iter()
            .filter(|row| row.action == *action && row.outcome == Outcome::Refused)
            .map(|row| row.times)
            .collect::<Vec<_>>()
    };
    let denied = AuditAction::AccessDenied(parlor::domain::audit::Area::Admin);
    app.app.store.commit(app.app.store.batch()).wait().unwrap();
    assert_eq!((rows(&denied), rows(&AuditAction::Forged)), (vec![1], vec![1]));
    app.run_due_jobs().await;
    assert_eq!(rows(&denied), [4, 1], "the rest of the minute is one row");
}

#[tokio::test]
async fn the_command_line_names_a_broken_log_and_exports_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    set_up(&data);
    let server = Server::start(&data, &[]);
    Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
    let out = folder.path().join("log.json");
    let (code, told) = command(&data, &["audit", "export", "--out", out.to_str().unwrap()]);
    assert!(code == Some(0) && told.contains("rows written to"), "{told}");
    assert_eq!(parlor().args(["verify", "log"]).arg(&out).output().unwrap().status.code(), Some(0));
    assert!(server.stop().success());
    let (code, told) = command(&data, &["verify", "audit", "--json"]);
    let whole: Value = serde_json::from_str(&told).unwrap();
    assert!(code == Some(0) && whole["whole"] == true, "{told}");
    // The head says more than there is: as if rows had been cut off.
    let head = fs::read(data.join("audit.head")).unwrap();
    assert!(head.len() >= 512);
    fs::write(data.join("audit.head"), vec![0; head.len()]).unwrap();
    let server = Server::start(&data, &[]);
    let (code, told) = command(&data, &["verify", "audit"]);
    assert!(code == Some(0), "a head that is gone is made anew: {told}");
    let admin = Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
    let page = admin.browser.get("/admin/audit").await.expect(200);
    assert!(page.body.contains("Found the head of this log missing"), "{}", page.gist());
    assert!(server.stop().success());
}

//! Proof of what was erased: a file that anybody can check, from the admin panel and from the command line.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::harness::actors::{Operator, Visitor};
use crate::harness::process::{self, ADMIN, PASSWORD, Server, parlor, said};

const MARKER: &str = "the rash on my left arm is back";

fn command(data: &Path, words: &[&str]) -> Output {
    parlor().args(words).arg("--data-dir").arg(data).output().unwrap()
}

fn verify(file: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = parlor().args(["verify", "receipts"]).arg(file).args(more).output().unwrap();
    (output.status.code(), said(&output))
}

/// Says something, leaves, and has it erased from the command line.
async fn talk_and_erase(server: &Server, data: &Path, site: &str, who: &str) {
    let mut visitor = Visitor::new(&server.door().await, site, who).await;
    visitor.connect().await;
    let it = visitor.start(MARKER).await.conversation;
    visitor.end(&it).await;
    let output = command(data, &["purge", "--all-closed"]);
    assert!(output.status.success() && said(&output).starts_with('1'), "{}", said(&output));
}

#[tokio::test]
async fn receipts_are_handed_out_and_whatever_is_done_to_them_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let site = process::set_up(&data).site;
    let server = Server::start(&data, &[]);
    talk_and_erase(&server, &data, &site, "maria").await;
    talk_and_erase(&server, &data, &site, "tom").await;

    // Running and stopped, from the panel and from the command line: the same receipts.
    let key = said(&command(&data, &["receipts", "key"])).trim().to_owned();
    let out = |name: &str| folder.path().join(name);
    let export = |name: &str| command(&data, &["receipts", "export", "--out", out(name).to_str().unwrap()]);
    let running = export("running.json");
    assert!(running.status.success() && said(&running).contains(&key), "{}", said(&running));
    let admin = Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
    let page = admin.browser.get("/admin/privacy/receipts").await.expect(200);
    assert!(page.body.contains(&key) && page.body.contains("By hand, the host’s command line"), "{}", page.gist());
    let file = admin.browser.get("/admin/privacy/receipts/file").await.expect(200);
    fs::write(out("panel.json"), &file.body).unwrap();
    assert!(server.stop().success());
    assert!(export("stopped.json").status.success());
    let mut contents = Vec::new();
    for name in ["running.json", "panel.json", "stopped.json"] {
        let (code, told) = verify(&out(name), &["--public-key", &key]);
        assert!(code == Some(0) && told.contains("whole: 2 receipts, 2 chats"), "{name}: {told}");
        let text = fs::read_to_string(out(name)).unwrap();
        assert!(!text.contains(MARKER) && !text.contains("cnv_") && !text.contains("Anna"), "{text}");
        contents.push(serde_json::from_str::<Value>(&text).unwrap()["receipts"].clone());
    }
    assert!(contents.windows(2).all(|pair| pair[0] == pair[1]));
    let again = export("stopped.json");
    assert_eq!(again.status.code(), Some(1), "nothing is written over: {}", said(&again));

    // One count made smaller: named by its row, and the exit code tells as well.
    let text = fs::read_to_string(out("panel.json")).unwrap();
    let row = contents[0][0]["row"].as_u64().unwrap();
    fs::write(out("altered.json"), text.replacen("\"drawers\": 1", "\"drawers\": 0", 1)).unwrap();
    let (code, told) = verify(&out("altered.json"), &["--public-key", &key]);
    assert!(code == Some(3) && told.contains(&format!("fault 1: Row {row}:")), "{told}");
    let (code, told) = verify(&out("panel.json"), &["--public-key", &"0f".repeat(32)]);
    assert!(code == Some(3) && told.contains("another key"), "{told}");
    let (code, told) = verify(&out("panel.json"), &["--json"]);
    assert!(code == Some(0) && told.contains("\"whole\":true"), "{told}");
    assert_eq!(verify(&out("missing.json"), &[]).0, Some(1));
}

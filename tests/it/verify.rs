//! `parlor verify`: running or stopped it says what it looked at, and its exit code tells whether that is whole.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::actors::Visitor;
use crate::harness::process::{Server, parlor, said, set_up};

const MARKER: &str = "the rash on my left arm is back";

fn verify(data: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = parlor().arg("verify").args(words).arg("--data-dir").arg(data).output().unwrap();
    (output.status.code(), said(&output))
}

#[tokio::test]
async fn it_looks_at_everything_running_or_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let site = set_up(&data).site;
    let server = Server::start(&data, &[]);
    let mut visitor = Visitor::new(&server.door().await, &site, "maria").await;
    visitor.connect().await;
    let it = visitor.start(MARKER).await.conversation;
    visitor.end(&it).await;
    let mut tom = Visitor::new(&server.door().await, &site, "tom").await;
    tom.connect().await;
    tom.start(MARKER).await;
    for is_running in [true, false] {
        let (code, told) = verify(&data, &[]);
        assert!(code == Some(0) && told.trim_end().ends_with("whole"), "running {is_running}: {told}");
        assert!(told.contains("1 open conversations") && told.contains("1 closed conversations"), "{told}");
        assert!(!told.contains(MARKER) && !told.contains("maria"), "{told}");
        let (code, told) = verify(&data, &["--json"]);
        let json: Value = serde_json::from_str(&told).unwrap();
        assert!(code == Some(0) && json["whole"] == true && json["checked"]["sites"] == 1, "{json}");
        let (code, told) = verify(&data, &["audit"]);
        assert!(code == Some(0) && told.contains("audit rows") && !told.contains("sites"), "{told}");
        if is_running {
            server.signal("TERM");
        }
    }
    drop(server);
    fs::remove_file(data.join("watermark")).unwrap();
    let (code, told) = verify(&data, &[]);
    assert!(code == Some(3) && told.contains("watermark"), "{told}");
    let (code, told) = verify(&data, &["--json"]);
    let json: Value = serde_json::from_str(&told).unwrap();
    assert!(code == Some(3) && json["whole"] == false && json["faults"][0].as_str().unwrap().contains("watermark"), "{json}");
}

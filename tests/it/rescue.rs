//! Rescue mode, through the real binary: damage is said aloud and nothing is touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use parlor::domain::event::EventKind;
use parlor::domain::time::Timestamp;
use parlor::store::{Wish, rescue};
use parlor::vault::RootKey;

use crate::harness::actors::Visitor;
use crate::harness::app::TestApp;
use crate::harness::disk;
use crate::harness::process::{Server, parlor, said, set_up};

/// A data directory that was in use, with something said in it.
async fn used(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    let site = set_up(&data).site;
    let server = Server::start(&data, &[]);
    let mut visitor = Visitor::new(&server.door().await, &site, "maria").await;
    visitor.connect().await;
    visitor.start("the rash on my left arm is back").await;
    assert!(server.stop().success());
    data
}

/// The log of the database, wherever its generation lies.
fn log_of_sled(data: &Path) -> PathBuf {
    disk::files(data).into_iter().find(|path| path.ends_with("db")).unwrap()
}

fn flip(path: &Path, from: usize, to: usize) {
    let mut bytes = fs::read(path).unwrap();
    let end = to.min(bytes.len());
    bytes[from..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
    fs::write(path, bytes).unwrap();
}

/// Asks without cookies and without looking at the certificate, as a person does who clicks the warning away.
async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    crate::harness::install_crypto();
    let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().build().unwrap();
    let mut request = client.get(format!("https://127.0.0.1:{}{path}", server.port)).header("accept", "text/html");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn damage_is_said_aloud_and_nothing_is_touched() {
    type Harm = fn(&Path);
    let harms: [(&str, Harm, &str); 4] = [
        ("no database", |data| fs::remove_file(log_of_sled(data)).unwrap(), "database is missing"),
        ("no watermark", |data| fs::remove_file(data.join("watermark")).unwrap(), "watermark"),
        ("no tip", |data| fs::remove_file(data.join("tip")).unwrap(), "tip of the key tree"),
        ("a torn tip", |data| flip(&data.join("tip"), 0, 8_192), "tip of the key tree"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let whole = used(folder.path()).await;
    for (name, harm, words) in harms {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        disk::copy(&whole, &data);
        fs::copy(whole.with_extension("key"), data.with_extension("key")).unwrap();
        harm(&data);
        let before = disk::snapshot(place.path());

        let mut server = Server::start(&data, &[]);
        assert!(server.heard.iter().any(|line| line.contains("rescue mode")), "{name}: {:?}", server.heard);
        server.says("parlor rescue");
        let (status, page) = get(&server, "/console", &[]).await;
        assert!(status == 503 && page.contains(words), "{name}: {page}");
        let (status, page) = get(&server, "/", &[("x-forwarded-for", "203.0.113.7")]).await;
        assert!(status == 503 && page.contains("Closed for maintenance") && !page.contains(words), "{name}: {page}");
        assert_eq!(get(&server, "/healthz", &[]).await.0, 200);
        assert_eq!(get(&server, "/readyz", &[]).await.0, 503);
        assert_eq!(get(&server, "/widget.js", &[]).await.0, 200);
        assert_eq!(get(&server, "/widget/sit_aaaaaaaaaaaaaaaaaaaaaaaaaa", &[]).await.0, 503);

        // Meanwhile nobody else may touch it either, and stopped it tells scripts by its exit code.
        assert_eq!(server.stop().code(), Some(3), "{name}");
        let purge = parlor().args(["purge", "--data-dir"]).arg(&data).output().unwrap();
        assert_eq!(purge.status.code(), Some(3), "{name}: {}", said(&purge));
        let after = disk::snapshot(place.path());
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{name}: files came or went");
        assert!(before == after, "{name}: something was changed");
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_again_after_a_rescue() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path()).await;
    fs::remove_file(data.join("watermark")).unwrap();
    fs::remove_file(data.join("generation")).unwrap();
    let rescue = || parlor().args(["rescue", "--data-dir"]).arg(&data).output().unwrap();

    // While it says what is wrong, nobody mends under its feet.
    let server = Server::start(&data, &[]);
    let busy = rescue();
    assert_eq!(busy.status.code(), Some(4), "{}", said(&busy));
    assert_eq!(server.stop().code(), Some(3));

    let done = rescue();
    assert!(done.status.success() && said(&done).contains("Nothing is lost"), "{}", said(&done));
    assert!(said(&done).contains(".damaged"), "{}", said(&done));
    let server = Server::start(&data, &[]);
    assert!(!server.heard.iter().any(|line| line.contains("rescue mode")), "{:?}", server.heard);
    let verify = parlor().args(["verify", "--data-dir"]).arg(&data).output().unwrap();
    assert!(verify.status.success() && said(&verify).contains("1 open conversations"), "{}", said(&verify));
    server.stop();

    // Without the tip there is no key to anything, and no promise either.
    fs::remove_file(data.join("tip")).unwrap();
    let hopeless = rescue();
    assert!(hopeless.status.code() == Some(3) && said(&hopeless).contains("parlor restore"), "{}", said(&hopeless));
}

#[tokio::test]
async fn a_snapshot_made_in_its_turn_and_the_journal_bring_everything_back() {
    let mut app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let before = maria.start("said before the snapshot was made").await.conversation;
    app.advance(Duration::from_secs(60)).await;
    assert!(app.data_dir().join("snapshots").is_dir(), "a timer makes it");
    maria.send(&before, "said after the snapshot was made").await;
    // Twice started, the journal does not go back to the first commit any more.
    app.restart();
    app.stop();
    fs::remove_file(log_of_sled(&app.data_dir())).unwrap();
    let root = RootKey::from_bytes(*b"the root key of this test's own ");
    let rescued = rescue(&app.data_dir(), &root, Wish::KeepAll, Timestamp::from_millis(0)).unwrap();
    assert!(rescued.in_force && rescued.lost.is_empty() && rescued.from.contains("snapshot"), "{rescued:#?}");
    app.restart();
    let events = app.app.store.events(before.parse().unwrap(), 0, 100).unwrap();
    let texts = events.iter().filter_map(|event| match &event.kind {
        EventKind::Message(text) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(texts.collect::<Vec<_>>(), ["said before the snapshot was made", "said after the snapshot was made"]);
}

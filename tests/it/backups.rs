//! Backups with the real binary: made while people write, restored with everything purged again, refused when anything is wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::harness::actors::{Operator, Visitor};
use crate::harness::process::{self, ADMIN, PASSWORD, Server, parlor, said};
use crate::harness::source::root;

const MARKER: &str = "the rash on my left arm is back";

fn command(data: &Path, words: &[&str]) -> Output {
    parlor().args(words).arg("--data-dir").arg(data).output().unwrap()
}

fn done(data: &Path, words: &[&str]) -> String {
    let output = command(data, words);
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    said(&output)
}

/// What `parlor export` writes, by conversation: the texts that were said.
fn exported(data: &Path) -> BTreeMap<String, Vec<String>> {
    let output = command(data, &["export", "--out", "-"]);
    assert!(output.status.success(), "{}", said(&output));
    let mut found = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let events = line["events"].as_array().unwrap();
        let texts = events.iter().filter_map(|event| event["text"].as_str()).map(ToOwned::to_owned).collect();
        found.insert(line["id"].as_str().unwrap().to_owned(), texts);
    }
    found
}

/// Every file of a directory with what is in it.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

struct House {
    folder: tempfile::TempDir,
    data: PathBuf,
    site: String,
}

impl House {
    fn set_up() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let site = process::set_up(&data).site;
        Self { folder, data, site }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    async fn visitor(&self, server: &Server, who: &str) -> Visitor {
        let mut visitor = Visitor::new(&server.door().await, &self.site, who).await;
        visitor.connect().await;
        visitor
    }

    /// Says something and leaves.
    async fn talk(&self, server: &Server, who: &str) -> String {
        let mut visitor = self.visitor(server, who).await;
        let it = visitor.start(&format!("{MARKER}, {who}")).await.conversation;
        visitor.end(&it).await;
        it
    }
}

#[tokio::test]
async fn what_was_acknowledged_before_a_backup_is_in_it_while_people_write() {
    let house = House::set_up();
    let server = Server::start(&house.data, &["--visitor-burst", "100000"]);
    let mut maria = house.visitor(&server, "maria").await;
    let it = maria.start("message 0").await.conversation;
    let mut before = vec!["message 0".to_owned()];
    for number in 1..40 {
        maria.send(&it, &format!("message {number}")).await;
        before.push(format!("message {number}"));
    }
    // The command runs beside, and she goes on writing.
    let (data, file) = (house.data.clone(), house.file("one.parlor"));
    let backup = std::thread::spawn(move || done(&data, &["backup", "--to", &file]));
    for number in 40..80 {
        maria.send(&it, &format!("message {number}")).await;
    }
    assert!(backup.join().unwrap().contains("1 conversations backed up"));
    assert!(server.stop().success());
    assert_eq!(exported(&house.data)[&it].len(), 80);

    let told = done(&house.data, &["restore", &house.file("one.parlor")]);
    assert!(told.contains("Restored 1 conversations") && told.contains("shred -u"), "{told}");
    let restored = exported(&house.data);
    assert_eq!(restored[&it][..40], before, "every message acknowledged before the backup is there, in order");
    // What was replaced is kept as it was.
    let kept = fs::read_dir(house.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.to_string_lossy().contains("data.replaced-")).collect();
    assert_eq!(kept.len(), 1);
    let key = format!("file:{}", house.file("data.key"));
    let replaced = command(&kept[0], &["export", "--root-key", &key, "--out", "-"]);
    assert!(said(&replaced).contains("message 79"), "{}", said(&replaced));
    // It serves, and nobody is signed in from before.
    let server = Server::start(&house.data, &[]);
    let admin = Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
    admin.browser.get("/console").await.expect(200);
}

#[tokio::test]
async fn what_was_erased_after_a_backup_stays_erased() {
    let house = House::set_up();
    let server = Server::start(&house.data, &[]);
    let (gone, also_gone) = (house.talk(&server, "maria").await, house.talk(&server, "tom").await);
    done(&house.data, &["backup", "--to", &house.file("old.parlor")]);
    assert!(done(&house.data, &["purge", "--all-closed"]).starts_with('2'));
    let kept = house.talk(&server, "li").await;
    done(&house.data, &["tombstones", "export", "--out", &house.file("tombstones.parlor")]);
    done(&house.data, &["backup", "--to", &house.file("new.parlor")]);
    assert!(server.stop().success());

    // From the data that is replaced, which still knows.
    let told = done(&house.data, &["restore", &house.file("old.parlor")]);
    assert!(told.contains("2 that had been erased since were erased again"), "{told}");
    assert_eq!(exported(&house.data), BTreeMap::new());

    // On a new machine nothing knows, unless it is told.
    let key = format!("file:{}", house.file("data.key"));
    let elsewhere = |name: &str, more: &[&str]| {
        let at = house.folder.path().join(name);
        let (old, new) = (house.file("old.parlor"), house.file("new.parlor"));
        let file = if more.contains(&"the newer one") { new } else { old };
        let mut words = vec!["restore", &file, "--root-key", &key];
        words.extend(more.iter().filter(|word| **word != "the newer one"));
        done(&at, &words);
        let output = command(&at, &["export", "--root-key", &key, "--out", "-"]);
        said(&output)
    };
    let untold = elsewhere("untold", &[]);
    assert!(untold.contains(&gone) && untold.contains(&also_gone), "the backup held them: {untold}");
    for (name, file) in [("by-file", "tombstones.parlor"), ("by-backup", "new.parlor")] {
        let told = elsewhere(name, &["--tombstones", &house.file(file)]);
        assert!(!told.contains(&gone) && !told.contains(&also_gone), "{file}: {told}");
    }
    let newer = elsewhere("newer", &["the newer one"]);
    assert!(newer.contains(&kept) && !newer.contains(&gone), "{newer}");
}

#[tokio::test]
async fn what_was_put_on_hold_after_a_backup_is_held_after_its_restore() {
    let house = House::set_up();
    let server = Server::start(&house.data, &[]);
    let it = house.talk(&server, "maria").await;
    done(&house.data, &["backup", "--to", &house.file("old.parlor")]);
    let admin = Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
    let (page, hold) = ("/admin/privacy/holds", [("on", "chat"), ("chat", it.as_str()), ("reason", "The court of Kiel asks")]);
    admin.browser.submit(page, page, &hold).await.expect_done();
    assert!(server.stop().success());
    done(&house.data, &["restore", &house.file("old.parlor")]);
    assert_eq!(done(&house.data, &["purge", "--all-closed"]).trim(), "0 erased, 1 kept by a legal hold");
    assert!(exported(&house.data).contains_key(&it));
}

#[tokio::test]
async fn whatever_is_wrong_with_a_backup_the_data_stays_untouched() {
    let house = House::set_up();
    let server = Server::start(&house.data, &[]);
    house.talk(&server, "maria").await;
    done(&house.data, &["backup", "--to", &house.file("good.parlor")]);
    let busy = command(&house.data, &["restore", &house.file("good.parlor")]);
    assert_eq!(busy.status.code(), Some(4), "{}", said(&busy));
    assert!(server.stop().success());

    let good = fs::read(house.file("good.parlor")).unwrap();
    assert!(!good.windows(MARKER.len()).any(|window| window == MARKER.as_bytes()), "nothing stands in clear");
    let key = done(&house.data, &["receipts", "key"]).trim().to_owned();
    done(&house.data, &["backup", "verify", &house.file("good.parlor")]);
    let before = contents(&house.data);
    let mut wrong = vec![Vec::new(), good[..good.len() / 2].to_vec(), good[..good.len() - 1].to_vec()];
    for at in (0..good.len()).step_by(good.len() / 6) {
        let mut flipped = good.clone();
        flipped[at] ^= 4;
        wrong.push(flipped);
    }
    for (number, bytes) in wrong.iter().enumerate() {
        fs::write(house.file("wrong.parlor"), bytes).unwrap();
        let refused = command(&house.data, &["restore", &house.file("wrong.parlor")]);
        assert_eq!(refused.status.code(), Some(3), "{number}: {}", said(&refused));
        assert!(said(&refused).contains("Nothing was changed"), "{}", said(&refused));
        let checked = parlor().args(["backup", "check", &house.file("wrong.parlor"), "--public-key", &key]).output().unwrap();
        assert_eq!(checked.status.code(), Some(3), "{number}: {}", said(&checked));
    }
    // Another root key, another installation, another kind of file.
    let other = House::set_up();
    let key = format!("file:{}", other.file("data.key"));
    let refused = command(&house.data, &["restore", &house.file("good.parlor"), "--root-key", &key]);
    assert!(refused.status.code() == Some(3) && said(&refused).contains("root key does not fit"), "{}", said(&refused));
    let refused = command(&other.data, &["restore", &house.file("good.parlor")]);
    assert!(refused.status.code() == Some(1) && said(&refused).contains("another installation"), "{}", said(&refused));
    let refused = command(&house.data, &["restore", root().join("Cargo.toml").to_str().unwrap()]);
    assert!(refused.status.code() == Some(3) && said(&refused).contains("not a file of Parlor"), "{}", said(&refused));
    assert_eq!(contents(&house.data), before, "not a byte was changed");
    let beside = fs::read_dir(house.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(beside.into_iter().all(|name| !name.starts_with("data.r") && !name.starts_with("data.l")), "nothing is left beside");
}

#[tokio::test]
async fn backups_are_made_by_themselves_rehearsed_and_shown() {
    let house = House::set_up();
    let place = house.folder.path().join("backups");
    fs::create_dir(&place).unwrap();
    let directory = place.to_str().unwrap();
    let server = Server::start(&house.data, &[]);
    let admin = Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
    let page = admin.browser.get("/admin/backups").await.expect(200);
    assert!(page.body.contains("No place for backups is set"), "{}", page.gist());
    assert!(server.stop().success());

    let made = done(&house.data, &["backup", "--backup-directory", directory]);
    assert!(made.contains("backed up to parlor-"), "{made}");
    let told = done(&house.data, &["backup", "verify", "--backup-directory", directory]);
    assert!(told.contains("can be restored"), "{told}");
    let server = Server::start(&house.data, &["--backup-directory", directory]);
    let admin = Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
    let page = admin.browser.get("/admin/backups").await.expect(200);
    let names = fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    assert_eq!(names.len(), 1);
    assert!(page.body.contains(&names[0]) && page.body.contains("Restored, opened and verified"), "{}", page.gist());
    let form = admin.browser.submit("/admin/backups", "/admin/backups", &[]).await;
    form.expect(303);
    assert!(server.stop().success());
    assert!(!house.data.join("rehearsal").exists(), "the scratch directory is gone");

    // One that is damaged is noticed, and said where an administrator looks.
    for entry in fs::read_dir(&place).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    let failed = command(&house.data, &["backup", "verify", "--backup-directory", directory]);
    assert!(failed.status.code() == Some(1) && said(&failed).contains("damaged"), "{}", said(&failed));
    let server = Server::start(&house.data, &["--backup-directory", directory]);
    let admin = Operator::signed_in(&server.door().await, ADMIN, PASSWORD).await;
    let page = admin.browser.get("/admin/backups").await.expect(200);
    assert!(page.body.contains("It failed."), "{}", page.gist());
}

//! A start that is refused says why and changes nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;

fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    files
}

/// A closed store with something in it, changed by `damage`; returns why it does not open.
fn refused(damage: impl FnOnce(&Path, &mut RootKey)) -> OpenError {
    let house = House::new();
    house.conversation(1, &["first"]);
    let House { dir, mut root, store, told } = house;
    store.close();
    let data = data(dir.path());
    damage(&data, &mut root);
    let before = files(&data);
    let error = open(&data, &root, &told).err().unwrap();
    assert_eq!(files(&data), before, "nothing was changed");
    assert!(error.to_string().ends_with('.'), "{error}");
    error
}

#[test]
fn another_root_key_is_refused() {
    let error = refused(|_, root| *root = RootKey::generate().unwrap());
    assert!(matches!(error, OpenError::WrongKey(_)));
    assert_eq!(error.exit_code(), 1);
}

#[test]
fn a_newer_format_is_refused() {
    let error = refused(|data, root| {
        let bytes = std::fs::read(data.join("tip")).unwrap();
        let mut tip = crate::vault::TipHeader::read(&bytes[..512]).unwrap().open(root).unwrap();
        tip.format = FORMAT + 1;
        tip.epoch += 1;
        std::fs::write(data.join("tip"), tip.slot(root).unwrap()).unwrap();
    });
    assert!(matches!(error, OpenError::NewerFormat { found, known: FORMAT, .. } if found == FORMAT + 1), "{error}");
}

#[test]
fn a_lost_tip_or_watermark_or_database_is_damage() {
    for file in ["tip", "watermark", "generation", "index-1/db"] {
        let error = refused(|data, _| std::fs::remove_file(data.join(file)).unwrap());
        assert!(matches!(error, OpenError::Damaged { .. }), "{file}: {error}");
        assert_eq!(error.exit_code(), 3);
    }
}

#[test]
fn two_torn_copies_of_the_tip_are_damage() {
    let error = refused(|data, _| {
        let mut bytes = std::fs::read(data.join("tip")).unwrap();
        bytes[60] ^= 1;
        bytes[4_096 + 60] ^= 1;
        std::fs::write(data.join("tip"), bytes).unwrap();
    });
    assert!(matches!(error, OpenError::Damaged { .. }));
}

#[test]
fn one_torn_copy_of_the_tip_is_mended() {
    let house = House::new();
    let id = house.conversation(1, &["first"]);
    house.store.close();
    for at in [60, 4_096 + 60] {
        let path = house.data_dir().join("tip");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let store = open(&house.data_dir(), &house.root, &house.told).unwrap();
        assert_eq!(store.events(id, 0, 9).unwrap().len(), 1);
        store.close();
        let bytes = std::fs::read(&path).unwrap();
        for at in [0, 4_096] {
            assert!(crate::vault::TipHeader::read(&bytes[at..at + 512]).is_some());
        }
    }
}

/// Puts sled back to how it was at some close.
fn roll_back(data: &Path, old: &[u8]) {
    std::fs::write(data.join("index-1/db"), old).unwrap();
    for entry in std::fs::read_dir(data.join("index-1")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("snap") {
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_database_behind_the_journal_catches_up_and_one_too_far_behind_is_damage() {
    let house = House::new();
    house.conversation(1, &["first"]);
    let House { dir, root, store, told } = house;
    store.close();
    let data = data(dir.path());
    let old = std::fs::read(data.join("index-1/db")).unwrap();
    for row in 1..=2 {
        let store = open(&data, &root, &told).unwrap();
        let mut batch = store.batch();
        batch.audit(at(1), AuditActor::Host, AuditAction::AllowlistReset);
        store.commit(batch).wait().unwrap();
        store.close();
        roll_back(&data, &old);
        let opened = open(&data, &root, &told);
        if row == 1 {
            // The journal still has what came behind.
            let store = opened.unwrap();
            assert_eq!(store.audit_rows(None, 9).unwrap().len(), 1);
            store.close();
        } else {
            let error = opened.err().unwrap();
            assert!(matches!(&error, OpenError::Damaged { what, .. } if what.contains("missing")), "{error}");
        }
    }
}

/// Changes sled behind the store's back: as when a damaged page falls back to an older version of itself.
fn meddle(data: &Path, change: impl FnOnce(&sled::Db)) {
    super::files::wait_for_release(&data.join("index-1/db"));
    let db = super::generation::open(data, 1).unwrap();
    change(&db);
    db.flush().unwrap();
}

#[test]
fn records_that_sled_lost_or_kept_in_an_older_version_are_missed() {
    let house = House::new();
    let id = house.conversation(1, &["one", "two", "three"]);
    let House { dir, root, store, told } = house;
    store.close();
    let data = data(dir.path());
    let last = Table::Events.key(&tables::event_key(id, 3));
    let mut taken = None;
    meddle(&data, |db| taken = db.remove(&last).unwrap());
    let error = open(&data, &root, &told).err().unwrap();
    assert!(matches!(&error, OpenError::Damaged { what, .. } if what.contains("missing")), "{error}");
    meddle(&data, |db| drop(db.insert(&last, taken.unwrap()).unwrap()));
    open(&data, &root, &told).unwrap().close();

    let node = Table::Keys.key(&crate::vault::NodeAt { level: 0, index: 0, epoch: 1 }.key());
    meddle(&data, |db| drop(db.insert(node, vec![1; 2_077]).unwrap()));
    assert!(matches!(open(&data, &root, &told), Err(OpenError::Damaged { .. })));
}

/// A layer that was half taken over: what is in it may be there or not, and everything else has to be as it was.
#[test]
fn a_checkpoint_that_was_cut_short_is_no_damage() {
    let house = House::new();
    let one = house.conversation(1, &["one"]);
    let House { dir, root, store, told } = house;
    store.close();
    let data = data(dir.path());
    let before = dir.path().join("before");
    super::erasure::copy(&data.join("index-1"), &before);
    let store = open(&data, &root, &told).unwrap();
    let index = &store.shared.index;
    let mut batch = store.batch();
    let open_one = store.open_conversation(one).unwrap();
    add(&mut batch, &mut open_one.lock(), "two");
    batch.audit(at(1), AuditActor::Host, AuditAction::AllowlistReset);
    store.commit(batch).wait().unwrap();
    let event = Table::Events.key(&tables::event_key(one, 2));
    let written = index.get(&event).unwrap().unwrap();
    store.close();
    let said = |db: &sled::Db| {
        let stored = db.get(Table::Meta.key(tables::META_CHECK)).unwrap().unwrap();
        digest::Digest::decode(&stored).unwrap()
    };
    let mut after = None;
    meddle(&data, |db| after = Some(said(db)));

    // As it was before, with what the checkpoint writes first, and one of its records.
    for is_other_touched in [false, true] {
        std::fs::remove_dir_all(data.join("index-1")).unwrap();
        super::erasure::copy(&before, &data.join("index-1"));
        meddle(&data, |db| {
            let rest = said(db).but_for(after.unwrap().but_for);
            db.insert(Table::Meta.key(tables::META_CHECK), &rest.encode()).unwrap();
            db.insert(&event, &written).unwrap();
            if is_other_touched {
                db.remove(Table::Heads.key(one.as_bytes())).unwrap();
            }
        });
        let opened = open(&data, &root, &told);
        if is_other_touched {
            assert!(matches!(opened, Err(OpenError::Damaged { .. })));
        } else {
            let store = opened.unwrap();
            assert_eq!((store.events(one, 0, 9).unwrap().len(), store.audit_rows(None, 9).unwrap().len()), (2, 1));
            store.close();
        }
    }
}

#[test]
fn a_journal_that_lost_its_end_or_its_beginning_is_damage() {
    for keep in [0, 4_096] {
        let error = refused(|data, _| {
            for entry in std::fs::read_dir(data.join("journal")).unwrap() {
                let path = entry.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                std::fs::write(&path, &bytes[..keep]).unwrap();
            }
        });
        assert!(matches!(&error, OpenError::Damaged { what, .. } if what.contains("journal")), "{error}");
    }
}

#[test]
fn a_second_instance_is_told_to_wait() {
    let house = House::new();
    let error = open(&house.data_dir(), &house.root, &house.told).err().unwrap();
    assert!(matches!(error, OpenError::Busy(_)));
    assert_eq!(error.exit_code(), 4);
    drop(house.again());
}

#[test]
fn a_first_start_that_was_cut_short_starts_again() {
    let dir = tempfile::tempdir().unwrap();
    let (data, root, told) = (data(dir.path()), RootKey::generate().unwrap(), Arc::default());
    open(&data, &root, &told).unwrap().close();
    let bytes = std::fs::read(data.join("tip")).unwrap();
    let mut tip = crate::vault::TipHeader::read(&bytes[..512]).unwrap().open(&root).unwrap();
    tip.state = crate::vault::TipState::New;
    std::fs::write(data.join("tip"), tip.slot(&root).unwrap()).unwrap();
    std::fs::write(data.join("index-1/db"), b"half").unwrap();
    std::fs::remove_file(data.join("watermark")).unwrap();
    let store = open(&data, &root, &told).unwrap();
    assert_eq!(store.audit_rows(None, 9).unwrap(), []);
    store.close();
    assert!(is_initialised(&data));
    open(&data, &root, &told).unwrap().close();
}

/// The power went while the very first bytes were on their way.
#[test]
fn a_tip_that_was_never_written_is_no_installation_yet() {
    let dir = tempfile::tempdir().unwrap();
    let (data, root, told) = (data(dir.path()), RootKey::generate().unwrap(), Arc::default());
    std::fs::create_dir(&data).unwrap();
    for bytes in [0, 4_608] {
        std::fs::write(data.join("tip"), vec![0; bytes]).unwrap();
        open(&data, &root, &told).unwrap().close();
        std::fs::remove_dir_all(&data).unwrap();
        std::fs::create_dir(&data).unwrap();
    }
}

#[test]
fn a_new_directory_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a/b");
    assert!(!is_initialised(&data));
    let store = open(&data, &RootKey::generate().unwrap(), &Arc::default()).unwrap();
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    drop(store);
}

#[test]
fn a_place_that_cannot_be_used_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let error = open(&file.join("data"), &RootKey::generate().unwrap(), &Arc::default()).err().unwrap();
    assert!(matches!(&error, OpenError::Unusable { path, .. } if path.starts_with(&file)), "{error}");
}

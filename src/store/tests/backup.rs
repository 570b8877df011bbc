//! Copies of everything: what is in them, who can read them, and what is made of them.

use std::collections::BTreeMap;

use super::*;
use crate::store::image::ImageReader;
use crate::vault::container::{ContainerError, Kind, Unopened, check};
use crate::vault::{Key, SigningKey};

fn signer() -> SigningKey {
    SigningKey::from_seed(&Key::from_bytes([5; 32])).unwrap()
}

fn copy(house: &House, kind: Kind) -> (Vec<u8>, Copied) {
    house.store.back_up(kind, signer(), at(1_000), Vec::new()).unwrap()
}

fn restored(file: &[u8], root: &RootKey, into: &Path) -> Result<Restored, RestoreError> {
    restore(Unopened::begin(file)?.open(root)?, into, root, |_, _| {})
}

/// Everything that a directory holds, by name.
fn hashed(dir: &Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn a_restored_installation_is_the_same_as_of_its_backup_and_goes_on() {
    let house = House::new();
    let long = "\u{1f600}".repeat(4_000);
    let (one, two) = (house.conversation(1, &["a", &long]), house.conversation(2, &["b"]));
    house.close(two, 20);
    house.purge(&[house.conversation(3, &["purged before"])]);
    let (file, copied) = copy(&house, Kind::Backup);
    let later = house.conversation(4, &["behind the backup"]);
    assert_eq!((copied.drawers, copied.audit_rows), (2, 1));
    assert_eq!(check(file.as_slice(), &signer().public()).unwrap().1.plain_bytes, copied.bytes);

    let other = tempfile::tempdir().unwrap();
    let into = other.path().join("restored");
    let it = restored(&file, &house.root, &into).unwrap();
    assert_eq!((it.commit, it.drawers, it.audit_rows), (copied.commit, 2, 1));
    let told = Arc::default();
    for round in 0..2 {
        let store = open(&into, &house.root, &told).unwrap();
        let texts = |id| store.events(id, 0, usize::MAX).unwrap().iter().map(text_of).collect::<Vec<_>>();
        assert_eq!((texts(one), texts(two)), (vec!["a".to_owned(), long.clone()], vec!["b".to_owned()]));
        assert_eq!(texts(later), [""; 0]);
        assert_eq!(store.closed().map(|closed| closed.id).collect::<Vec<_>>(), [two]);
        // It takes new ones, and purges.
        let mut batch = store.batch();
        let head = head(10 + round);
        let open = batch.start_conversation(&head);
        add(&mut batch, &mut open.lock(), "new");
        store.commit(batch).wait().unwrap();
        store.purge(purge_of(&[head.id])).wait().unwrap();
        store.close();
    }
    assert_eq!(house.texts(later), ["behind the backup"], "the installation that it was made of is as it was");
}

#[test]
fn a_backup_is_whole_while_others_write_and_purge() {
    let house = House::new();
    let kept = house.conversation(1, &["kept"]);
    let files: Vec<_> = std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for number in 2..60 {
                let id = house.conversation(number, &["a", "b", "c"]);
                if number % 3 == 0 {
                    house.purge(&[id]);
                }
            }
        });
        let files = (0..6).map(|_| copy(&house, Kind::Backup)).collect();
        writing.join().unwrap();
        files
    });
    for (file, copied) in files {
        let other = tempfile::tempdir().unwrap();
        let into = other.path().join("restored");
        restored(&file, &house.root, &into).unwrap();
        let store = open(&into, &house.root, &Arc::default()).unwrap();
        let texts: Vec<_> = store.events(kept, 0, 9).unwrap().iter().map(text_of).collect();
        assert_eq!(texts, ["kept"]);
        let drawers = store.shared.catalogue.read().len();
        assert!(copied.drawers == drawers || copied.drawers == drawers + 1, "a purge under way is finished at the opening");
        store.close();
    }
}

#[test]
fn what_is_wrong_with_a_backup_leaves_no_installation() {
    let house = House::new();
    house.conversation(1, &["a"]);
    let (file, _) = copy(&house, Kind::Backup);
    let other = tempfile::tempdir().unwrap();
    let refused = |file: &[u8], root: &RootKey| {
        let into = other.path().join("restored");
        let error = restored(file, root, &into).unwrap_err();
        assert!(!is_initialised(&into) || tip_of(&into).unwrap().is_none());
        let _ = std::fs::remove_dir_all(&into);
        error
    };
    let stranger = RootKey::generate().unwrap();
    assert!(matches!(refused(&file, &stranger), RestoreError::Container(ContainerError::WrongKey)));
    for at in (0..file.len()).step_by(file.len() / 40 + 1) {
        let mut changed = file.clone();
        changed[at] ^= 0x20;
        refused(&changed, &house.root);
        refused(&file[..at], &house.root);
    }
    let (snapshot, _) = copy(&house, Kind::Snapshot);
    assert!(matches!(refused(&snapshot, &house.root), RestoreError::OtherKind));
}

#[test]
fn a_snapshot_on_this_disk_keeps_no_top_key() {
    let house = House::new();
    house.conversation(1, &["a"]);
    let (backup, _) = copy(&house, Kind::Backup);
    let (snapshot, _) = copy(&house, Kind::Snapshot);
    let top = |file: &[u8]| {
        let reader = Unopened::begin(file).unwrap().open(&house.root).unwrap();
        ImageReader::begin(reader).unwrap().facts().top.as_ref().map(|top| *top.expose())
    };
    let in_force = *house.store.shared.top.read().key.expose();
    assert_eq!(top(&backup), Some(in_force));
    assert_eq!(top(&snapshot), None);
}

#[test]
fn two_directories_change_places_in_one_step() {
    let dir = tempfile::tempdir().unwrap();
    let (new, old) = (dir.path().join("new"), dir.path().join("old"));
    let make = |at: &Path, what: &str| {
        std::fs::create_dir(at).unwrap();
        std::fs::write(at.join("file"), what).unwrap();
    };
    make(&new, "new");
    let before = hashed(&new);
    assert!(!exchange(&new, &old).unwrap(), "nothing was there");
    assert_eq!(hashed(&old).into_values().collect::<Vec<_>>(), before.into_values().collect::<Vec<_>>());
    make(&new, "newer");
    assert!(exchange(&new, &old).unwrap());
    assert_eq!(std::fs::read_to_string(old.join("file")).unwrap(), "newer");
    assert_eq!(std::fs::read_to_string(new.join("file")).unwrap(), "new");
}

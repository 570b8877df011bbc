//! Mending: everything comes back while a snapshot or the whole journal is there; otherwise exactly what is missing is named, and nothing
//! is put in force unasked.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::*;
use crate::store::{Rescued, Wish, rescue};
use crate::vault::SigningKey;

/// A house with a past, closed: ten conversations, of which every third is closed and the last one erased.
fn lived(snapshot_after: Option<u8>) -> Closed {
    let house = House::new();
    for number in 1..=10 {
        let id = house.conversation(number, &["hello", "again"]);
        if number % 3 == 0 {
            house.close(id, i64::from(number));
        }
        if snapshot_after == Some(number) {
            let signer = SigningKey::from_seed(&Key::from_bytes([5; 32])).unwrap();
            house.store.make_snapshot(&house.data_dir(), signer, at(5)).unwrap();
        }
    }
    house.purge(&[ConversationId::from_bytes([9; 16])]);
    house.store.close();
    let House { dir, root, store, told } = house;
    drop(store);
    Closed { dir, root, told }
}

struct Closed {
    dir: tempfile::TempDir,
    root: RootKey,
    told: Arc<Mutex<Vec<News>>>,
}

impl Closed {
    fn data_dir(&self) -> PathBuf {
        data(self.dir.path())
    }

    fn rescue(&self, wish: Wish) -> Rescued {
        rescue(&self.data_dir(), &self.root, wish, at(77)).unwrap()
    }

    fn open(self) -> House {
        let store = open(&self.data_dir(), &self.root, &self.told).unwrap();
        House { dir: self.dir, root: self.root, store, told: self.told }
    }

    fn is_damaged(&self) -> bool {
        matches!(open(&self.data_dir(), &self.root, &self.told), Err(OpenError::Damaged { .. }))
    }

    fn find(&self, name: &str) -> PathBuf {
        let mut waiting = vec![self.data_dir()];
        while let Some(path) = waiting.pop() {
            for entry in fs::read_dir(path).unwrap() {
                let path = entry.unwrap().path();
                if path.file_name().unwrap() == name {
                    return path;
                }
                if path.is_dir() {
                    waiting.push(path);
                }
            }
        }
        panic!("there is no {name}")
    }

    fn segments(&self) -> Vec<PathBuf> {
        let mut found: Vec<_> = fs::read_dir(self.data_dir().join("journal"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|it| it == "seg"))
            .collect();
        found.sort();
        found
    }
}

fn scramble(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes.iter_mut().step_by(7).for_each(|byte| *byte ^= 0x5a);
    fs::write(path, bytes).unwrap();
}

/// All that was acknowledged is there, the erased stays erased, and verify finds nothing.
#[track_caller]
fn is_all_there(house: &House) {
    for number in 1..=10 {
        let expected: &[&str] = if number == 9 { &[] } else { &["hello", "again"] };
        assert_eq!(house.texts(ConversationId::from_bytes([number; 16])), expected, "{number}");
    }
    let mut faults = Vec::new();
    let verdict = house.store.verify(Scope::Everything, &mut |seen| {
        if let Seen::Fault(sentence) = seen {
            faults.push(sentence);
        }
        ControlFlow::Continue(())
    });
    assert_eq!((verdict.unwrap().faults, faults), (0, Vec::<String>::new()));
}

#[test]
fn a_lost_database_comes_back_from_snapshot_and_journal() {
    for harm in [|it: &Closed| fs::remove_file(it.find("db")).unwrap(), |it: &Closed| scramble(&it.find("db"))] {
        for snapshot_after in [Some(4), None] {
            let closed = lived(snapshot_after);
            harm(&closed);
            let rescued = closed.rescue(Wish::KeepAll);
            assert_eq!((rescued.lost.as_slice(), rescued.in_force, rescued.audit_rows), (&[][..], true, 1), "{rescued:?}");
            assert_eq!(rescued.from.contains("snapshot"), snapshot_after.is_some(), "{}", rescued.from);
            assert!(rescued.kept[0].ends_with("index-1.damaged") && rescued.kept[0].exists());
            let house = closed.open();
            is_all_there(&house);
            let five = house.conversation(50, &["goes on"]);
            let house = house.again();
            assert_eq!(house.texts(five), ["goes on"]);
            is_all_there(&house);
        }
    }
}

#[test]
fn small_files_that_are_lost_are_made_again() {
    for name in ["watermark", "generation"] {
        let closed = lived(Some(4));
        fs::remove_file(closed.find(name)).unwrap();
        assert!(closed.is_damaged(), "{name}");
        assert_eq!(closed.rescue(Wish::KeepAll).lost, [""; 0], "{name}");
        is_all_there(&closed.open());
    }
}

#[test]
fn exactly_what_the_journal_lacks_is_named_and_nothing_is_replaced_unasked() {
    let closed = lived(Some(4));
    fs::remove_file(closed.find("db")).unwrap();
    // The body of one frame: those behind it are sealed upon its tag, which is whole.
    let mut broken = None;
    for segment in closed.segments() {
        let mut bytes = fs::read(&segment).unwrap();
        // The first commit behind the snapshot, which began the fifth conversation.
        if let Some((commit, at)) = frames(&bytes).into_iter().find(|(commit, _)| *commit == 7) {
            bytes[at + 60] ^= 1;
            fs::write(&segment, bytes).unwrap();
            broken = Some(commit);
        }
    }
    let broken = broken.unwrap();

    let before = listing(&closed.data_dir());
    let rescued = closed.rescue(Wish::KeepAll);
    assert!(!rescued.in_force && rescued.lost.contains(&format!("Commit {broken} is missing.")), "{rescued:#?}");
    assert_eq!(listing(&closed.data_dir()), before);
    assert!(closed.is_damaged());

    let rescued = closed.rescue(Wish::AcceptLoss);
    let five = ConversationId::from_bytes([5; 16]);
    assert!(rescued.in_force && rescued.lost.len() == 2 && rescued.lost[1].contains(&five.to_string()), "{rescued:#?}");
    let house = closed.open();
    for number in (1..=10).filter(|number| ![5, 9].contains(number)) {
        assert_eq!(house.texts(ConversationId::from_bytes([number; 16])), ["hello", "again"]);
    }
    assert!(house.store.conversation(five).unwrap().is_none());
    let newest = house.store.audit_rows(None, 1).unwrap().pop().unwrap();
    assert!(matches!(newest.action, AuditAction::Rescued { losses } if losses as usize == rescued.lost.len()));
    // It goes on, and is whole in itself.
    house.conversation(60, &["after"]);
    let house = house.again();
    let verdict = house.store.verify(Scope::Everything, &mut |seen| panic_at_fault(&seen)).unwrap();
    assert_eq!(verdict.faults, 0);
}

#[test]
fn without_snapshot_and_journal_whatever_opens_is_kept() {
    let closed = lived(None);
    fs::remove_dir_all(closed.data_dir().join("journal")).unwrap();
    assert!(closed.is_damaged());
    let rescued = closed.rescue(Wish::KeepAll);
    assert_eq!((rescued.lost.as_slice(), rescued.in_force), (&[][..], true), "sled had all of it: {rescued:#?}");
    is_all_there(&closed.open());
}

#[test]
fn without_the_tip_nothing_is_promised() {
    let closed = lived(Some(4));
    scramble(&closed.find("tip"));
    let refused = rescue(&closed.data_dir(), &closed.root, Wish::AcceptLoss, at(77));
    assert!(matches!(refused, Err(crate::store::RescueError::NoTip(_))));
}

fn panic_at_fault(seen: &Seen) -> ControlFlow<()> {
    assert!(!matches!(seen, Seen::Fault(_)), "{seen:?}");
    ControlFlow::Continue(())
}

/// Commit numbers of the frames in a segment, and where each begins.
fn frames(bytes: &[u8]) -> Vec<(u64, usize)> {
    let (mut found, mut at) = (Vec::new(), 4_096);
    loop {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        if length == 0 {
            return found;
        }
        found.push((u64::from_be_bytes(bytes[at + 4..at + 12].try_into().unwrap()), at));
        at += 28 + length;
    }
}

fn listing(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

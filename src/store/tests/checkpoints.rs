//! Sled follows the journal, is copied and compacted, and nobody who reads or writes notices.

use std::collections::BTreeMap;

use super::*;
use crate::store::checkpoint::LAYER_BYTES;
use crate::store::{CopyHead, Sink};

/// Enough text for some layers, in several conversations.
fn fill(house: &House, numbers: std::ops::Range<u8>) {
    let text = "x".repeat(1_000);
    for number in numbers {
        house.conversation(number, &[text.as_str(); 12]);
    }
}

fn check(house: &House, numbers: std::ops::Range<u8>) {
    for number in numbers {
        assert_eq!(house.texts(head(number).id), vec!["x".repeat(1_000); 12], "conversation {number}");
    }
}

fn commit_in_sled(house: &House) -> u64 {
    let found = house.store.shared.index.sled().unwrap().get(Table::Meta.key(tables::META_COMMIT)).unwrap().unwrap();
    u64::from_be_bytes(found[..].try_into().unwrap())
}

/// Returns when the thread has done what was asked before, and has brought sled up to date.
fn wait_for_the_thread(house: &House) {
    let (done, waited) = std::sync::mpsc::channel();
    house.store.shared.checkpoints.is_due();
    house.store.shared.checkpoints.push(Box::new(move |_| done.send(()).unwrap())).unwrap();
    waited.recv().unwrap();
}

#[test]
fn sled_follows_and_the_journal_is_cleared() {
    let house = House::new();
    fill(&house, 1..30);
    const { assert!(29 * 12 * 1_000 > 8 * LAYER_BYTES) };
    wait_for_the_thread(&house);
    assert!(commit_in_sled(&house) > 0);
    let files = std::fs::read_dir(house.data_dir().join("journal")).unwrap();
    let segments = files.filter(|file| file.as_ref().unwrap().path().extension().is_some()).count();
    assert!(segments <= 3, "{segments} segments are left");
    check(&house, 1..30);
    let house = house.again();
    check(&house, 1..30);
}

#[derive(Default)]
struct Copied {
    head: Option<CopyHead>,
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Sink for Copied {
    fn begin(&mut self, head: CopyHead) -> std::io::Result<()> {
        self.head = Some(head);
        Ok(())
    }

    fn pair(&mut self, key: &[u8], value: &[u8]) -> std::io::Result<()> {
        assert!(self.pairs.insert(key.to_vec(), value.to_vec()).is_none());
        Ok(())
    }
}

#[test]
fn a_copy_holds_exactly_what_was_there_at_its_commit() {
    let house = House::new();
    fill(&house, 1..4);
    house.purge(&[head(1).id]);
    let copy = house.store.copy_out(Copied::default()).unwrap();
    let about = copy.head.unwrap();
    assert_eq!((about.drawers, about.audit_rows, about.epoch), (2, 1, 2));
    assert!(copy.pairs.values().map(Vec::len).sum::<usize>() > 24_000);
    let listed: BTreeMap<Vec<u8>, Vec<u8>> = house
        .store
        .shared
        .index
        .scan(&[])
        .unwrap()
        .map(|entry| entry.map(|(key, value)| (key.to_vec(), value.to_vec())).unwrap())
        .collect();
    assert!(copy.pairs == listed);
    // After a start the counts are known, too.
    let house = house.again();
    let again = house.store.copy_out(Copied::default()).unwrap();
    let head = again.head.unwrap();
    assert_eq!((head.commit, head.drawers, head.audit_rows), (about.commit, 2, 1));
}

#[test]
fn compacting_gives_space_back_and_loses_nothing() {
    let house = House::new();
    fill(&house, 1..100);
    let before = house.store.compact().unwrap().after;
    house.purge(&(1..90).map(|number| head(number).id).collect::<Vec<_>>());
    // The thread may have found by itself that it is worth it.
    let done = house.store.compact().unwrap();
    assert!(done.after < before / 2, "{before} bytes before, {done:?}");
    let generation = generation::read(&house.data_dir()).unwrap().unwrap();
    assert!(generation > 1);
    assert_eq!(generation::list(&house.data_dir()).unwrap(), [generation]);
    check(&house, 90..100);
    fill(&house, 100..103);
    let house = house.again();
    check(&house, 90..103);
    assert_eq!(house.store.open_conversations().len(), 13);
    assert_eq!(house.store.audit_rows(None, 9).unwrap().len(), 1);
    house.store.compact().unwrap();
    let house = house.again();
    check(&house, 90..103);
}

#[test]
fn compacting_goes_on_while_people_write() {
    let house = House::new();
    fill(&house, 1..60);
    std::thread::scope(|scope| {
        let compacting = scope.spawn(|| {
            for _ in 0..3 {
                house.store.compact().unwrap();
            }
        });
        let mut number = 60;
        while !compacting.is_finished() && number < 250 {
            fill(&house, number..number + 1);
            house.purge(&[head(number - 59).id]);
            number += 1;
        }
        compacting.join().unwrap();
        check(&house, number - 59..number);
        for gone in 1..number - 59 {
            assert_eq!(house.store.conversation(head(gone).id).unwrap(), None);
        }
    });
    let open = house.store.open_conversations().len();
    let house = house.again();
    assert_eq!(house.store.open_conversations().len(), open);
}

#[test]
fn a_compaction_that_was_cut_short_is_cleared_away() {
    let house = House::new();
    fill(&house, 1..3);
    house.store.close();
    let left = house.data_dir().join("index-2");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join("db"), b"half").unwrap();
    let house = house.again();
    assert!(!left.exists());
    check(&house, 1..3);
}

#[test]
fn what_a_failing_disk_left_is_copied_before_it_is_trusted() {
    let house = House::new();
    fill(&house, 1..3);
    house.store.close();
    generation::distrust(&house.data_dir());
    let house = house.again();
    wait_for_the_thread(&house);
    assert_eq!(generation::read(&house.data_dir()).unwrap(), Some(2));
    assert!(!generation::is_distrusted(&house.data_dir()));
    check(&house, 1..3);
    let house = house.again();
    assert_eq!(generation::read(&house.data_dir()).unwrap(), Some(2));
    check(&house, 1..3);
}

//! Purged means gone: from every answer, from every file, and for somebody who holds the root key and every old state of the
//! disk.

use super::attacker::Attacker;
use super::*;
use crate::vault::{Tip, TipHeader, TipState};

const MARKER: &str = "Zebra-Marker-4711";

#[test]
fn a_purge_takes_everything_and_nothing_else() {
    let house = House::new();
    let long = "\u{1f600}".repeat(4_000);
    let (one, two, three) = (house.conversation(1, &["a", &long]), house.conversation(2, &["b"]), house.conversation(3, &["c"]));
    house.close(one, 10);
    house.close(two, 20);
    assert_eq!(house.texts(one).len(), 2);
    // Open ones can be erased too, what is named twice counts once, and what does not exist is passed over.
    house.purge(&[one, three, one, ConversationId::from_bytes([99; 16])]);
    let mut house = house;
    for _ in 0..2 {
        for gone in [one, three] {
            assert_eq!(house.texts(gone), [""; 0]);
            assert_eq!(house.store.conversation(gone).unwrap(), None);
            assert!(house.store.open_conversation(gone).is_none());
        }
        assert_eq!(house.store.conversation_of(&[1; 32]), None);
        assert_eq!(house.store.conversation_of(&[3; 32]), None);
        assert_eq!(house.store.conversation_of(&[2; 32]), Some(two));
        assert_eq!(house.store.closed().map(|closed| closed.id).collect::<Vec<_>>(), [two]);
        assert_eq!(house.texts(two), ["b"]);
        let rows = house.store.audit_rows(None, 10).unwrap();
        assert_eq!(rows.len(), 1);
        let (rule, class) = (PurgeRule::Policy, RetentionClass::Transcripts);
        let receipt = PurgeReceipt { site: site(), rule, class, drawers: 2, events: 3, epoch: Some(2) };
        assert_eq!(rows[0].action, AuditAction::Purged(receipt));
        house = house.again();
    }
    let purged: Vec<_> = house.told.lock().iter().map(|news| matches!(news, News::Purged { .. })).collect();
    assert_eq!(purged, [true, true]);
    // The slots are free again and take new conversations.
    let four = house.conversation(4, &["d"]);
    house.purge(&[two]);
    assert_eq!(house.again().texts(four), ["d"]);
}

#[test]
fn what_comes_too_late_for_a_purged_conversation_is_not_written() {
    let house = House::new();
    let id = house.conversation(1, &["a"]);
    let open = house.store.open_conversation(id).unwrap();
    let mut batch = house.store.batch();
    let event = add(&mut batch, &mut open.lock(), "late");
    let news = News::Event { conversation: Arc::new(head(1)), event: Arc::new(event), after: 0, origin: None };
    batch.tell(news);
    house.purge(&[id]);
    house.told.lock().clear();
    house.store.commit(batch).wait().unwrap();
    assert!(house.told.lock().is_empty(), "nobody hears of it");
    let attacker = Attacker::new(&house);
    assert_eq!(attacker.opened().len(), 0);
    assert_eq!(house.again().texts(id), [""; 0]);
}

#[test]
fn many_conversations_purge_and_leave_the_rest() {
    let house = House::new();
    let ids: Vec<_> = (0..600_u32).map(|number| start(&house, number)).collect();
    let (gone, kept): (Vec<_>, Vec<_>) = ids.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let gone: Vec<_> = gone.into_iter().map(|(_, id)| *id).collect();
    house.purge(&gone);
    let rows = house.store.audit_rows(None, 10).unwrap();
    let counts: u32 = rows
        .iter()
        .map(|row| match row.action {
            AuditAction::Purged(receipt) => receipt.drawers,
            _ => 0,
        })
        .sum();
    assert_eq!((rows.len(), counts), (1, 300), "one receipt for all");
    let house = house.again();
    assert!(gone.iter().all(|id| house.store.conversation(*id).unwrap().is_none()));
    for (_, id) in kept {
        assert_eq!(house.texts(*id), ["hello"]);
    }
}

fn start(house: &House, number: u32) -> ConversationId {
    let mut id = [7; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    let mut token_index = [0; 32];
    token_index[..4].copy_from_slice(&number.to_be_bytes());
    let head = Conversation { id: ConversationId::from_bytes(id), token_index, ..head(1) };
    let mut batch = house.store.batch();
    let open = batch.start_conversation(&head);
    add(&mut batch, &mut open.lock(), "hello");
    drop(house.store.commit(batch));
    head.id
}

#[test]
fn no_text_and_no_name_is_ever_on_the_disk_in_clear() {
    let house = House::new();
    let id = house.conversation(1, &[MARKER]);
    assert_eq!(house.texts(id), [MARKER], "it is readable through the store");
    let mut batch = house.store.batch();
    batch.put_site(&Site::new(site(), Name::parse("Clinic Zebra").unwrap(), vec![], at(1)));
    batch.put_secret("authority", b"Zebra secret");
    house.store.commit(batch).wait().unwrap();
    for words in [MARKER, "Zebra", "Maria", "Marker"] {
        assert!(!Attacker::new(&house).sees(words.as_bytes()), "{words}");
    }
}

#[test]
fn somebody_with_the_root_key_and_the_disk_cannot_open_what_was_purged() {
    let house = House::new();
    let mut before = Vec::new();
    let (doomed, live) = (house.conversation(1, &["doomed words", "doomed too"]), house.conversation(2, &["live words"]));
    house.close(doomed, 5);
    house.close(live, 6);
    before.push(Attacker::new(&house));
    // The attack works: before the purge it opens both.
    let opened = before[0].opened();
    assert!(opened.contains(&"doomed words".to_owned()) && opened.contains(&"live words".to_owned()), "{opened:?}");
    house.purge(&[doomed]);
    let other = house.conversation(3, &["other words"]);
    house.close(other, 7);
    before.push(Attacker::new(&house));
    assert!(before[1].opened().contains(&"other words".to_owned()));
    assert!(!before[1].opened().contains(&"doomed words".to_owned()));
    house.purge(&[other]);
    // Every old state of the database that lies about on the disk, but not of the tip, which was overwritten in place.
    let mut attacker = Attacker::new(&house);
    before.iter().for_each(|old| attacker.adds_database_of(old));
    let opened = attacker.opened();
    assert!(opened.contains(&"live words".to_owned()), "the attack still works: {opened:?}");
    assert!(!opened.iter().any(|text| text.contains("doomed") || text.contains("other")), "{opened:?}");
    // After a new start, too, and with the purged slots taken again.
    let house = house.again();
    house.conversation(4, &["new words"]);
    let mut attacker = Attacker::new(&house);
    before.iter().for_each(|old| attacker.adds_database_of(old));
    let opened = attacker.opened();
    assert!(opened.contains(&"new words".to_owned()) && opened.contains(&"live words".to_owned()));
    assert!(!opened.iter().any(|text| text.contains("doomed") || text.contains("other")), "{opened:?}");
}

#[test]
fn a_purge_that_stopped_among_its_removals_is_finished() {
    let house = House::new();
    let [one, two, three] = [1, 2, 3].map(|number| house.conversation(number, &["words"]));
    house.close(one, 5);
    let House { dir, root, store, told } = house;
    let data = data(dir.path());
    store.close();
    drop(store);
    half_way(&data, &root, |eraser| {
        let (record, top) = eraser.write_new_keys(&[one, two], &purge_of(&[])).unwrap().unwrap();
        eraser.flip(record.epoch, top, &[one, two], None).unwrap();
        // One slot is cleared, the other is not, and the record is there.
        let cleared = vec![record.doomed[0].slot];
        eraser.submit(Contents { cleared, ..Contents::default() }).unwrap();
    });
    for _ in 0..2 {
        let store = open(&data, &root, &told).unwrap();
        assert_eq!((store.conversation(one).unwrap(), store.conversation(two).unwrap()), (None, None));
        assert_eq!(store.events(three, 0, 9).unwrap().len(), 1);
        assert_eq!(store.audit_rows(None, 9).unwrap().len(), 1);
        let tombstones = store.tombstones().unwrap();
        assert_eq!(tombstones.iter().map(|it| it.drawers.len()).collect::<Vec<_>>(), [2]);
        assert_eq!(store.shared.index.scan(&[Table::Purges.tag()]).unwrap().count(), 0);
        store.close();
    }
    // No place is given out twice.
    let store = open(&data, &root, &told).unwrap();
    let slots: std::collections::BTreeSet<_> = (0..200).map(|_| store.shared.take_slot().unwrap().0).collect();
    assert_eq!(slots.len(), 200);
    store.close();
}

/// A purge that needs many parts for its record, and many pieces.
#[test]
fn a_large_purge_comes_back_whole_from_its_record() {
    let house = House::new();
    let ids: Vec<_> = (0..2_000_u32).map(|number| start(&house, number)).collect();
    let House { dir, root, store, told } = house;
    let data = data(dir.path());
    store.close();
    drop(store);
    half_way(&data, &root, |eraser| {
        let (record, top) = eraser.write_new_keys(&ids[..1_500], &purge_of(&[])).unwrap().unwrap();
        eraser.flip(record.epoch, top, &ids[..1_500], None).unwrap();
    });
    let store = open(&data, &root, &told).unwrap();
    assert_eq!(store.open_count(), 500);
    assert_eq!(store.tombstones().unwrap()[0].drawers.len(), 1_500);
    let rows = store.audit_rows(None, 9).unwrap();
    assert!(matches!(rows[0].action, AuditAction::Purged(receipt) if receipt.drawers == 1_500 && receipt.events == 1_500));
    store.close();
}

/// Copies the data directory as it is while the store runs: what a crash at this moment would leave.
pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_crash_in_a_purge_loses_no_live_drawer_and_revives_no_purged_one() {
    let house = House::new();
    let (doomed, live) = (house.conversation(1, &["doomed"]), house.conversation(2, &["live"]));
    house.close(doomed, 5);
    let House { dir, root, store, told } = house;
    let data = data(dir.path());
    store.close();
    drop(store);
    let tip_before = std::fs::read(data.join("tip")).unwrap();

    // Step 1 alone, as the eraser does it: new versions and the record of the purge are written, the tip is the old one.
    let (record, top, installation, journal) = half_way(&data, &root, |eraser| {
        let (record, top) = eraser.write_new_keys(&[doomed], &purge_of(&[])).unwrap().unwrap();
        (record, top, eraser.shared.installation, eraser.journal_key.clone())
    });
    let crashed = dir.path().join("before-flip");
    copy(&data, &crashed);
    assert_eq!(std::fs::read(crashed.join("tip")).unwrap(), tip_before);
    for _ in 0..2 {
        let store = open(&crashed, &root, &told).unwrap();
        assert_eq!(store.events(doomed, 0, 9).unwrap().len(), 1, "before the flip nothing has happened");
        assert_eq!(store.events(live, 0, 9).unwrap().len(), 1);
        assert_eq!(store.audit_rows(None, 9).unwrap(), []);
        store.close();
    }
    // It can be purged again after that, under the same epoch.
    let store = open(&crashed, &root, &told).unwrap();
    store.purge(purge_of(&[doomed])).wait().unwrap();
    assert_eq!(store.events(live, 0, 9).unwrap().len(), 1);
    store.close();

    // After the flip of the first slot, at any point of the scrubbing, and after both.
    let tip = Tip { format: FORMAT, state: TipState::InForce, installation, epoch: record.epoch, top, journal };
    for scrubbed in [0, 100, 512] {
        let crashed = dir.path().join(format!("after-flip-{scrubbed}"));
        copy(&data, &crashed);
        let mut bytes = tip_before.clone();
        bytes[..512].copy_from_slice(&tip.slot(&root).unwrap());
        bytes[4_096..4_096 + scrubbed].copy_from_slice(&tip.slot(&root).unwrap()[..scrubbed]);
        std::fs::write(crashed.join("tip"), &bytes).unwrap();
        for _ in 0..2 {
            let store = open(&crashed, &root, &told).unwrap();
            assert_eq!(store.conversation(doomed).unwrap(), None, "after the flip it is gone");
            assert_eq!(store.closed().count(), 0);
            assert_eq!(store.events(live, 0, 9).unwrap().len(), 1);
            assert_eq!(store.audit_rows(None, 9).unwrap().len(), 1, "with its audit row, once");
            store.close();
        }
        let bytes = std::fs::read(crashed.join("tip")).unwrap();
        for at in [0, 4_096] {
            assert_eq!(TipHeader::read(&bytes[at..at + 512]).unwrap().epoch, record.epoch, "no copy of the old top key is left");
        }
    }
}

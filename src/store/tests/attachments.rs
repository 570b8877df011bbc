//! Files of conversations: whole or not there, in a drawer of their own, and destroyed with its key while the transcript stays.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::attacker::Attacker;
use super::*;
use crate::domain::file::{FileKind, FileRef};
use crate::domain::text::FileName;
use crate::store::attachments::CHUNK_BYTES;
use crate::vault::SigningKey;
use crate::vault::container::{Kind, Unopened};

pub(super) fn file_id(number: u8) -> FileId {
    FileId::from_bytes([number; 16])
}

fn place(house: &House, of: ConversationId) -> NewDrawer {
    let id = ConversationId::from_bytes(of.as_bytes().map(|byte| byte ^ 0xff));
    NewDrawer { site: site(), of, id, earlier: earlier(house, of) }
}

fn earlier(house: &House, of: ConversationId) -> Vec<FileId> {
    house.store.open_conversation(of).unwrap().lock().files.iter().map(|(file, _)| *file).collect()
}

/// Bytes that all differ a little, so that no piece can stand for another.
pub(super) fn bytes(words: &str, length: usize) -> Vec<u8> {
    words.bytes().cycle().zip((0_u32..).flat_map(u32::to_be_bytes)).flat_map(|(one, two)| [one, two]).take(length).collect()
}

/// What `service` does with a file, in short.
pub(super) fn send(house: &House, of: ConversationId, number: u8, content: &[u8]) {
    let mut file = house.store.begin_file(&place(house, of), file_id(number)).unwrap();
    content.chunks(10_000).for_each(|part| file.write(part).unwrap());
    file.finish().unwrap();
    let open = house.store.open_conversation(of).unwrap();
    let mut open = open.lock();
    open.last += 1;
    let name = FileName::parse("x-ray.bin").unwrap();
    let kind = EventKind::File(FileRef { id: file_id(number), name, kind: FileKind::Other, bytes: file.bytes() });
    let event = Event { seq: open.last, at: at(9), author: Author::Visitor, kind, client_id: None };
    open.note_file(&event);
    let mut batch = house.store.batch();
    batch.put_file(&file);
    batch.put_event(of, &event);
    house.store.commit(batch).wait().unwrap();
    file.keep();
}

fn read(house: &House, of: ConversationId, number: u8) -> Option<Vec<u8>> {
    let mut reader = house.store.file(of, file_id(number)).unwrap()?;
    let mut all = Vec::new();
    while let Some(piece) = reader.piece().unwrap() {
        all.extend(piece);
    }
    assert_eq!(all.len() as u64, reader.bytes());
    Some(all)
}

fn records(house: &House) -> usize {
    house.store.shared.index.scan(&[Table::Files.tag()]).unwrap().count()
}

fn faults(house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    let watch = &mut |seen| {
        if let Seen::Fault(sentence) = seen {
            faults.push(sentence);
        }
        ControlFlow::Continue(())
    };
    house.store.verify(Scope::Everything, watch).unwrap();
    faults
}

fn erase_left_behind(house: &House) {
    let drawers: Vec<_> = house.store.files_left_behind().into_iter().map(|(_, drawer)| drawer).collect();
    house.purge(&drawers);
}

#[test]
fn a_file_of_any_length_comes_back_also_after_a_start() {
    let mut house = House::new();
    let (one, two) = (house.conversation(1, &["a"]), house.conversation(2, &["b"]));
    let lengths = [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 48 * CHUNK_BYTES, 1_000_001];
    for (number, length) in (1..).zip(lengths) {
        send(&house, one, number, &bytes("first", length));
    }
    send(&house, two, 1, &bytes("second", 5_000));
    for _ in 0..2 {
        for (number, length) in (1..).zip(lengths) {
            assert_eq!(read(&house, one, number).unwrap(), bytes("first", length), "{length} bytes");
        }
        assert_eq!(read(&house, two, 1).unwrap(), bytes("second", 5_000));
        assert_eq!((read(&house, two, 2), read(&house, ConversationId::from_bytes([9; 16]), 1)), (None, None));
        assert_eq!(house.store.open_conversation(one).unwrap().lock().files.len(), lengths.len());
        assert_eq!(faults(&house), [""; 0]);
        assert_eq!((house.store.open_count(), house.store.shared.index.mark().drawers), (2, 2), "drawers of files are no chats");
        house = house.again();
    }
    house.store.compact().unwrap();
    assert_eq!(read(&house, one, 6).unwrap(), bytes("first", 1_000_001));
}

#[test]
fn what_never_came_to_its_end_leaves_nothing_behind() {
    let house = House::new();
    let one = house.conversation(1, &["a"]);
    send(&house, one, 1, b"whole");
    assert_eq!(records(&house), 2);
    // Given up: the first one was written to in pieces, the second one not at all.
    for length in [500_000, 10] {
        let mut file = house.store.begin_file(&place(&house, one), file_id(2)).unwrap();
        file.write(&bytes("gone", length)).unwrap();
        drop(file);
        house.store.commit(house.store.batch()).wait().unwrap();
        assert_eq!(records(&house), 2);
    }
    // Killed: nobody gave it up.
    let mut file = house.store.begin_file(&place(&house, one), file_id(3)).unwrap();
    file.write(&bytes("killed", 500_000)).unwrap();
    file.finish().unwrap();
    file.keep();
    assert!(records(&house) > 100);
    assert_eq!((read(&house, one, 3), faults(&house)), (None, vec![]));
    let house = house.again();
    assert_eq!((records(&house), read(&house, one, 1).unwrap()), (2, b"whole".to_vec()));
}

#[test]
fn files_go_when_the_chat_closes_and_the_transcript_stays() {
    let house = House::new();
    let (one, two) = (house.conversation(1, &["words that stay"]), house.conversation(2, &["b"]));
    send(&house, one, 1, &bytes("FILE of one", 300_000));
    send(&house, one, 2, b"short");
    send(&house, two, 1, b"other");
    assert_eq!(house.store.files_left_behind(), []);
    let mut reader = house.store.file(one, file_id(1)).unwrap().unwrap();
    assert!(reader.piece().unwrap().is_some());
    let mut late = house.store.begin_file(&place(&house, one), file_id(4)).unwrap();
    late.write(b"too late").unwrap();
    house.close(one, 20);
    // At once nobody reads or writes any more.
    assert!(matches!(reader.piece(), Err(StoreError::Gone)));
    assert!(matches!(late.finish(), Err(StoreError::Gone)));
    assert!(house.store.file(one, file_id(1)).unwrap().is_none());
    let left = house.store.files_left_behind();
    assert_eq!((left.len(), left[0].0), (1, site()));
    house.told.lock().clear();
    erase_left_behind(&house);
    let mut house = house;
    for _ in 0..2 {
        assert_eq!((house.store.files_left_behind(), records(&house)), (vec![], 2));
        assert_eq!(house.texts(one)[0], "words that stay");
        assert_eq!((read(&house, one, 1), read(&house, two, 1).unwrap()), (None, b"other".to_vec()));
        let rows = house.store.audit_rows(None, 9).unwrap();
        let (rule, class) = (PurgeRule::Policy, RetentionClass::Attachments);
        let receipt = PurgeReceipt { site: site(), rule, class, drawers: 1, events: 2, epoch: Some(2) };
        assert_eq!((rows.len(), rows[0].action.clone()), (1, AuditAction::Purged(receipt)));
        assert_eq!(house.store.tombstones().unwrap()[0].drawers.len(), 1);
        assert_eq!(faults(&house), [""; 0]);
        house = house.again();
    }
    assert!(!house.told.lock().iter().any(|news| matches!(news, News::Purged { .. })), "no chat was erased");
    // Its slot is free for others.
    let slots: BTreeSet<_> = (0..100).map(|_| house.store.shared.take_slot().unwrap().0).collect();
    assert_eq!(slots.len(), 100);
}

#[test]
fn a_purge_of_the_conversation_takes_its_files_along() {
    let house = House::new();
    let (open, closed, other) = (house.conversation(1, &["a"]), house.conversation(2, &["b"]), house.conversation(3, &["c"]));
    for id in [open, closed, other] {
        send(&house, id, 1, b"content");
    }
    house.close(closed, 5);
    house.purge(&[open, closed]);
    let house = house.again();
    assert_eq!((records(&house), read(&house, other, 1).unwrap()), (2, b"content".to_vec()));
    let receipts: Vec<_> = house.store.audit_rows(None, 9).unwrap().into_iter().map(|row| row.event.action).collect();
    let (rule, drawers, epoch) = (PurgeRule::Policy, 2, Some(2));
    let receipt = |class, events| AuditAction::Purged(PurgeReceipt { site: site(), rule, class, drawers, events, epoch });
    assert_eq!(receipts, [receipt(RetentionClass::Attachments, 2), receipt(RetentionClass::Transcripts, 4)]);
    assert_eq!(house.store.tombstones().unwrap()[0].drawers.len(), 4);
    assert_eq!(faults(&house), [""; 0]);
}

#[test]
fn an_erasure_that_stopped_after_its_flip_is_finished() {
    let house = House::new();
    let one = house.conversation(1, &["stays"]);
    send(&house, one, 1, &bytes("gone", 9_000_000));
    house.close(one, 5);
    let drawer = house.store.files_left_behind()[0].1;
    let House { dir, root, store, told } = house;
    let data = data(dir.path());
    store.close();
    drop(store);
    half_way(&data, &root, |eraser| {
        let (record, top) = eraser.write_new_keys(&[drawer], &purge_of(&[])).unwrap().unwrap();
        eraser.flip(record.epoch, top, &[drawer], None).unwrap();
    });
    let store = open(&data, &root, &told).unwrap();
    let house = House { dir, root, store, told };
    assert_eq!((records(&house), house.store.files_left_behind().len()), (0, 0));
    assert_eq!(house.store.audit_rows(None, 9).unwrap().len(), 1);
    assert_eq!((house.texts(one)[0].as_str(), faults(&house)), ("stays", vec![]));
}

#[test]
fn what_is_missing_of_a_file_is_found_and_a_rescue_says_so() {
    let house = House::new();
    let one = house.conversation(1, &["a"]);
    for number in 1..=3 {
        send(&house, one, number, &bytes("content", 20_000));
    }
    let drawer = place(&house, one).id;
    let key = |number: u8, chunk: Option<u32>| {
        let chunk = chunk.map(u32::to_be_bytes);
        Table::Files.key(&[&drawer.as_bytes()[..], &[number; 16], chunk.as_ref().map_or(&[], |it| &it[..])].concat())
    };
    let sled = house.store.shared.index.sled().unwrap();
    house.store.compact().unwrap();
    drop(sled);
    // One lacks a piece, the other one everything.
    let gone: Vec<_> = [key(1, Some(3)), key(2, None)].into_iter().chain((0..5).map(|chunk| key(2, Some(chunk)))).collect();
    let mark = house.store.shared.index.mark();
    house.store.shared.index.apply(gone.iter().map(|key| (key.clone(), None)).collect(), mark);
    let named = faults(&house);
    assert!(named.len() == 1 && named[0].contains("drawer of files"), "{named:?}");
    assert_eq!(read(&house, one, 3).unwrap(), bytes("content", 20_000));
    // The journal does not know of it, but sled does.
    let House { dir, root, store, told } = house;
    store.close();
    drop(store);
    let data = data(dir.path());
    std::fs::remove_dir_all(data.join("journal")).unwrap();
    let rescued = rescue(&data, &root, Wish::AcceptLoss, at(7)).unwrap();
    assert_eq!(rescued.lost.len(), 2, "{rescued:#?}");
    let store = open(&data, &root, &told).unwrap();
    let house = House { dir, root, store, told };
    assert_eq!((read(&house, one, 1), read(&house, one, 2)), (None, None));
    assert_eq!((read(&house, one, 3).unwrap(), faults(&house)), (bytes("content", 20_000), vec![]));
}

#[test]
fn a_backup_holds_files_and_a_restored_chat_whose_files_went_takes_new_ones() {
    let house = House::new();
    let one = house.conversation(1, &["a"]);
    send(&house, one, 1, &bytes("content", 20_000));
    let signer = SigningKey::from_seed(&Key::from_bytes([5; 32])).unwrap();
    let (backup, copied) = house.store.back_up(Kind::Backup, signer, at(5), Vec::new()).unwrap();
    assert_eq!(copied.drawers, 1);
    let House { dir, root, store, told } = house;
    store.close();
    drop(store);
    let into = data(dir.path()).with_file_name("restored");
    restore(Unopened::begin(&backup[..]).unwrap().open(&root).unwrap(), &into, &root, |_, _| {}).unwrap();
    std::fs::rename(&into, data(dir.path()).with_file_name("data.restored")).unwrap();
    std::fs::remove_dir_all(data(dir.path())).unwrap();
    std::fs::rename(data(dir.path()).with_file_name("data.restored"), data(dir.path())).unwrap();
    let store = open(&data(dir.path()), &root, &told).unwrap();
    let house = House { dir, root, store, told };
    assert_eq!((read(&house, one, 1).unwrap(), faults(&house)), (bytes("content", 20_000), vec![]));
    // As if a tombstone had named them.
    let drawer = place(&house, one).id;
    assert_eq!(house.store.site_of_drawer(drawer), Some(site()));
    house.purge(&[drawer]);
    assert_eq!((read(&house, one, 1), faults(&house)), (None, vec![]));
    send(&house, one, 2, b"new");
    let house = house.again();
    assert_eq!((read(&house, one, 1), read(&house, one, 2).unwrap(), faults(&house)), (None, b"new".to_vec(), vec![]));
}

#[test]
fn no_byte_of_a_file_is_ever_on_the_disk_in_clear() {
    let house = House::new();
    let one = house.conversation(1, &["a"]);
    let content = b"Zebra-Marker-4711 in a file ".repeat(2_000);
    send(&house, one, 1, &content);
    assert_eq!(read(&house, one, 1).unwrap(), content);
    for words in ["Zebra-Marker-4711", "x-ray.bin"] {
        assert!(!Attacker::new(&house).sees(words.as_bytes()), "{words}");
    }
}

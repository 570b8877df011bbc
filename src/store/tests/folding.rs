//! A conversation that closes becomes one transcript, and reads as it did before.

use super::*;
use crate::store::tables::Table;

/// How many values the index holds of a table.
fn count(house: &House, table: Table) -> usize {
    house.store.shared.index.scan(&[table.tag()]).unwrap().count()
}

fn close_with_last_words(house: &House, id: ConversationId, millis: i64, words: &str) {
    let open = house.store.open_conversation(id).unwrap();
    let mut open = open.lock();
    assert!(open.head.close(at(millis)));
    let mut batch = house.store.batch();
    batch.put_conversation(&open.head);
    add(&mut batch, &mut open, words);
    house.store.commit(batch).wait().unwrap();
}

#[test]
fn closing_folds_head_and_events_into_one_transcript() {
    let house = House::new();
    let long = "\u{1f600}".repeat(4_000);
    let id = house.conversation(1, &["first", &long, "third"]);
    let other = house.conversation(2, &["other"]);
    assert_eq!((count(&house, Table::Heads), count(&house, Table::Transcripts)), (2, 0));
    close_with_last_words(&house, id, 9, "last words");
    let mut house = house;
    for _ in 0..2 {
        assert_eq!((count(&house, Table::Heads), count(&house, Table::Events), count(&house, Table::Transcripts)), (1, 1, 1));
        assert_eq!(house.texts(id), ["first", &long, "third", "last words"]);
        assert_eq!(house.store.events(id, 2, 1).unwrap().iter().map(|event| event.seq).collect::<Vec<_>>(), [3]);
        assert_eq!(house.store.events(id, 4, 9).unwrap(), []);
        let head = house.store.conversation(id).unwrap().unwrap();
        assert_eq!((head.closed_at(), head.visitor.name.unwrap().as_str()), (Some(at(9)), "Maria Marker"));
        assert!(house.store.open_conversation(id).is_none());
        assert_eq!(house.texts(other), ["other"]);
        house = house.again();
    }
    house.purge(&[id, other]);
    for table in [Table::Heads, Table::Events, Table::Transcripts, Table::Catalogue] {
        assert_eq!(count(&house, table), 0, "{}", table.name());
    }
}

#[test]
fn a_conversation_may_start_and_close_in_one_group() {
    let house = House::new();
    let mut batch = house.store.batch();
    let open = batch.start_conversation(&head(1));
    {
        let mut open = open.lock();
        add(&mut batch, &mut open, "hello");
        assert!(open.head.close(at(5)));
        batch.put_conversation(&open.head);
        add(&mut batch, &mut open, "good-bye");
    }
    house.store.commit(batch).wait().unwrap();
    let house = house.again();
    assert_eq!(house.texts(head(1).id), ["hello", "good-bye"]);
    assert_eq!(house.store.open_count(), 0);
    assert_eq!((count(&house, Table::Heads), count(&house, Table::Events)), (0, 0));
}

#[test]
fn the_longest_conversation_folds() {
    let house = House::new();
    let id = house.conversation(1, &[]);
    let open = house.store.open_conversation(id).unwrap();
    let mut batch = house.store.batch();
    for _ in 0..crate::domain::limits::EVENTS_PER_CONVERSATION {
        let text = format!("message {}", open.lock().last);
        add(&mut batch, &mut open.lock(), &text);
    }
    house.store.commit(batch).wait().unwrap();
    house.close(id, 7);
    let house = house.again();
    assert_eq!(count(&house, Table::Events), 0);
    let events = house.store.events(id, 19_998, 9).unwrap();
    assert_eq!(events.iter().map(text_of).collect::<Vec<_>>(), ["message 19998", "message 19999"]);
    house.purge(&[id]);
    assert_eq!(count(&house, Table::Transcripts), 0);
}

/// One that would hold up the writer for long is kept as it is, and goes like all others.
#[test]
fn a_conversation_too_large_to_fold_is_kept_as_it_is() {
    let house = House::new();
    let text = "\u{1f600}".repeat(4_000);
    let id = house.conversation(1, &[]);
    let open = house.store.open_conversation(id).unwrap();
    for _ in 0..6 {
        let mut batch = house.store.batch();
        (0..100).for_each(|_| drop(add(&mut batch, &mut open.lock(), &text)));
        house.store.commit(batch).wait().unwrap();
    }
    house.close(id, 7);
    assert_eq!((count(&house, Table::Heads), count(&house, Table::Transcripts)), (1, 0));
    let house = house.again();
    assert_eq!(house.texts(id).len(), 600);
    assert_eq!(house.store.conversation(id).unwrap().unwrap().closed_at(), Some(at(7)));
    assert_eq!(house.store.open_count(), 0);
    house.purge(&[id]);
    assert_eq!((count(&house, Table::Heads), count(&house, Table::Events)), (0, 0));
}

#[test]
fn whoever_reads_while_it_closes_sees_all_of_it() {
    let house = House::new();
    let ids: Vec<_> = (1..=60).map(|number| house.conversation(number, &["one", "two", "three"])).collect();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    for id in &ids {
                        assert_eq!(house.texts(*id), ["one", "two", "three"]);
                        assert!(house.store.conversation(*id).unwrap().is_some());
                    }
                }
            });
        }
        ids.iter().for_each(|id| house.close(*id, 5));
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(house.store.closed_count(), ids.len());
}

#[test]
fn what_comes_after_the_close_is_refused() {
    let house = House::new();
    let id = house.conversation(1, &["first"]);
    let open = house.store.open_conversation(id).unwrap();
    house.close(id, 5);
    let mut batch = house.store.batch();
    add(&mut batch, &mut open.lock(), "too late");
    assert!(matches!(house.store.commit(batch).wait(), Err(StoreError::Gone)));
    assert_eq!(house.texts(id), ["first"]);
}

/// Takes a value out of the index while the store is closed, and lets the digest say that all is well.
fn lose(house: House, key: &[u8]) -> Result<Store, OpenError> {
    let House { dir, root, store, told } = house;
    store.close();
    {
        let sled = crate::store::generation::open(&data(dir.path()), 1).unwrap();
        sled.remove(key).unwrap().unwrap();
        let commit = sled.get(Table::Meta.key(crate::store::tables::META_COMMIT)).unwrap().unwrap();
        crate::store::generation::complete(&sled, u64::from_be_bytes(commit[..].try_into().unwrap())).unwrap();
    }
    open(&data(dir.path()), &root, &told)
}

#[test]
fn an_open_conversation_with_a_gap_or_without_a_head_is_damage() {
    let event = |seq| Table::Events.key(&crate::store::tables::event_key(head(1).id, seq));
    for (key, what) in [(event(2), "lacks its event 2"), (Table::Heads.key(head(1).id.as_bytes()), "has no head")] {
        let house = House::new();
        let id = house.conversation(1, &["first", "second", "third"]);
        let error = lose(house, &key).err().unwrap();
        let said = format!("{id} {what}");
        assert!(matches!(&error, OpenError::Damaged { what, .. } if what.contains(&said)), "{error}");
    }
}

#[test]
fn a_lost_part_of_a_transcript_is_noticed_by_its_reader_alone() {
    let house = House::new();
    let words = ["one", "two"];
    let (lost, whole) = (house.conversation(1, &words), house.conversation(2, &words));
    house.close(lost, 1);
    house.close(whole, 2);
    let store = lose(house, &Table::Transcripts.key(&[&lost.as_bytes()[..], &[0, 0]].concat())).unwrap();
    assert!(matches!(store.events(lost, 0, 9), Err(StoreError::Damaged(_))));
    assert!(matches!(store.conversation(lost), Err(StoreError::Damaged(_))));
    assert_eq!(store.events(whole, 0, 9).unwrap().len(), 2);
}

//! Acknowledged means written, in order, and nothing is heard of before.

use super::*;

const THREADS: u8 = 8;
const EVENTS: u32 = 200;

#[test]
fn many_threads_commit_and_each_conversation_keeps_its_order() {
    let house = House::new();
    let ids: Vec<_> = (1..=THREADS).map(|number| house.conversation(number, &[])).collect();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            for id in &ids {
                let store = house.store.clone();
                scope.spawn(move || {
                    for _ in 0..EVENTS / 2 {
                        let open = store.open_conversation(*id).unwrap();
                        let mut batch = store.batch();
                        let commit = {
                            let mut open = open.lock();
                            let text = format!("number {}", open.last + 1);
                            let event = Arc::new(add(&mut batch, &mut open, &text));
                            batch.tell(News::Event { conversation: Arc::new(open.head.clone()), event, after: 0, origin: None });
                            store.commit(batch)
                        };
                        commit.wait().unwrap();
                    }
                });
            }
        }
    });
    // Told in order, each once.
    for id in &ids {
        let told = house.told.lock();
        let seqs = told.iter().filter_map(|news| match news {
            News::Event { conversation, event, .. } if conversation.id == *id => Some(event.seq),
            _ => None,
        });
        assert!(seqs.eq(1..=EVENTS));
    }
    let house = house.again();
    for id in ids {
        let events = house.store.events(id, 0, usize::MAX).unwrap();
        assert!(events.iter().map(|event| event.seq).eq(1..=EVENTS), "without gaps");
        assert!(events.iter().all(|event| text_of(event) == format!("number {}", event.seq)));
    }
}

/// Whoever is told of an event finds it in the journal's file.
#[test]
fn nothing_is_told_before_the_journal_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let (data, root) = (data(dir.path()), RootKey::generate().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = {
        let (data, root, seen) = (data.clone(), root.clone(), Arc::clone(&seen));
        move |news| {
            let News::Event { conversation, event, .. } = news else { return };
            let bytes = std::fs::read(data.join("tip")).unwrap();
            let tip = crate::vault::TipHeader::read(&bytes[..512]).unwrap().open(&root).unwrap();
            let wanted = Table::Events.key(&tables::event_key(conversation.id, event.seq));
            let mut is_there = false;
            journal::read(&data.join(journal::NAME), &tip.journal, &tip.installation, 0, |_, writes| {
                is_there |= writes.iter().any(|(key, value)| *key == wanted && value.is_some());
                Ok(())
            })
            .unwrap();
            seen.lock().push(is_there);
        }
    };
    let store = Store::open(&data, &root, Box::new(told)).unwrap();
    let mut batch = store.batch();
    let open = batch.start_conversation(&head(1));
    for text in ["one", "two"] {
        let event = add(&mut batch, &mut open.lock(), text);
        batch.tell(News::Event { conversation: Arc::new(head(1)), event: Arc::new(event), after: 0, origin: None });
    }
    store.commit(batch).wait().unwrap();
    store.close();
    assert_eq!(*seen.lock(), [true, true]);
}

#[test]
fn a_batch_that_was_not_committed_leaves_no_trace() {
    let house = House::new();
    let mut batch = house.store.batch();
    let open = batch.start_conversation(&head(1));
    add(&mut batch, &mut open.lock(), "never");
    drop(batch);
    assert!(house.store.open_conversation(head(1).id).is_none());
    assert_eq!(house.store.conversation_of(&[1; 32]), None);
    // Its place is taken by the next.
    let id = house.conversation(2, &["now"]);
    let house = house.again();
    assert_eq!(house.texts(id), ["now"]);
    assert_eq!(house.store.open_conversations().len(), 1);
}

#[test]
fn after_a_failed_write_nothing_is_written_or_told_any_more() {
    let house = House::new();
    let id = house.conversation(1, &["first"]);
    house.store.shared.trouble.store(Some(Arc::new("the disk is full".to_owned())));
    assert_eq!(house.store.not_writable().as_deref(), Some("the disk is full"));
    let mut batch = house.store.batch();
    add(&mut batch, &mut house.store.open_conversation(id).unwrap().lock(), "second");
    batch.tell(News::Allowlist);
    assert!(matches!(house.store.commit(batch).wait(), Err(StoreError::NotWritable(_))));
    assert!(matches!(house.store.purge(purge_of(&[id])).wait(), Err(StoreError::NotWritable(_))));
    assert!(house.told.lock().is_empty());
    assert_eq!(house.texts(id), ["first"], "reading goes on");
}

#[test]
fn a_closed_store_refuses_and_says_so() {
    let house = House::new();
    let id = house.conversation(1, &["first"]);
    house.store.close();
    let mut batch = house.store.batch();
    batch.audit(at(1), AuditActor::Host, AuditAction::AllowlistReset);
    assert!(matches!(house.store.commit(batch).wait(), Err(StoreError::Closed)));
    assert!(matches!(house.store.events(id, 0, 1), Err(StoreError::Closed)));
    house.store.close();
}

#[test]
fn a_commit_can_be_awaited() {
    let house = House::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut batch = house.store.batch();
    batch.audit(at(1), AuditActor::Host, AuditAction::AllowlistReset);
    let commit = house.store.commit(batch);
    let first = runtime.block_on(commit.durable()).unwrap();
    let mut batch = house.store.batch();
    batch.audit(at(2), AuditActor::Host, AuditAction::AllowlistReset);
    assert!(house.store.commit(batch).wait().unwrap() > first);
}

/// Larger pages would become blob files, which sled never syncs.
#[test]
fn no_blob_file_is_made_even_of_the_longest_messages() {
    let house = House::new();
    let long = "\u{1f600}".repeat(4_000);
    for number in 1..5 {
        house.conversation(number, &[long.as_str(); 20]);
    }
    assert_eq!(std::fs::read_dir(house.data_dir().join("index-1/blobs")).unwrap().count(), 0);
    let house = house.again();
    assert_eq!(house.texts(head(1).id).len(), 20);
}

//! The store as its callers see it, and as somebody sees it who holds the disk.

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::batch::Contents;
use super::eraser::Eraser;
use super::tables::{FORMAT, Table};
use super::*;
use crate::domain::audit::{AuditAction, AuditEntry, AuditEvent, PurgeReceipt};
use crate::domain::conversation::State;
use crate::domain::event::{Author, Event, EventKind};
use crate::domain::retention::RetentionClass;
use crate::domain::site::Site;
use crate::domain::text::{MessageText, Name};
use crate::domain::visitor::Visitor;
use crate::vault::RootKey;

mod amending;
mod attachments;
mod attacker;
mod backup;
mod carving;
mod catalogue;
mod checkpoints;
mod counters;
mod drafts;
mod durability;
mod erasure;
mod folding;
mod migrating;
mod opening;
mod rescuing;
mod root_key;
mod sample;
mod sample_privacy;
mod searching;
mod submissions;
mod tampering;
mod values;
mod verifying;

/// Does a part of what the eraser does, and then stops as a crash would.
fn half_way<T>(data: &Path, root: &RootKey, act: impl FnOnce(&mut Eraser) -> T) -> T {
    let (writer, mut eraser) = super::open::prepare(data, root, Box::new(|_| {})).unwrap();
    let shared = Arc::clone(&writer.shared);
    let thread = std::thread::spawn(move || writer.run());
    let done = act(&mut eraser);
    shared.queue.close();
    thread.join().unwrap();
    done
}

/// A store in a directory of its own, and what it told.
struct House {
    dir: tempfile::TempDir,
    root: RootKey,
    store: Store,
    told: Arc<Mutex<Vec<News>>>,
}

impl House {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = RootKey::generate().unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let store = open(&data(dir.path()), &root, &told).unwrap();
        Self { dir, root, store, told }
    }

    fn data_dir(&self) -> std::path::PathBuf {
        data(self.dir.path())
    }

    /// Ends the store and opens it again.
    fn again(self) -> Self {
        self.store.close();
        let Self { dir, root, store, told } = self;
        drop(store);
        let store = open(&data(dir.path()), &root, &told).unwrap();
        Self { dir, root, store, told }
    }

    /// A conversation with some messages.
    fn conversation(&self, number: u8, texts: &[&str]) -> ConversationId {
        let head = head(number);
        let mut batch = self.store.batch();
        let open = batch.start_conversation(&head);
        open.lock().last = 0;
        for text in texts {
            add(&mut batch, &mut open.lock(), text);
        }
        self.store.commit(batch).wait().unwrap();
        head.id
    }

    fn close(&self, id: ConversationId, millis: i64) {
        let open = self.store.open_conversation(id).unwrap();
        let mut open = open.lock();
        assert!(open.head.close(at(millis)));
        let mut batch = self.store.batch();
        batch.put_conversation(&open.head);
        self.store.commit(batch).wait().unwrap();
    }

    fn purge(&self, ids: &[ConversationId]) {
        self.store.purge(purge_of(ids)).wait().unwrap();
    }

    fn texts(&self, id: ConversationId) -> Vec<String> {
        self.store.events(id, 0, usize::MAX).unwrap().iter().map(text_of).collect()
    }
}

fn data(dir: &Path) -> std::path::PathBuf {
    dir.join("data")
}

fn open(dir: &Path, root: &RootKey, told: &Arc<Mutex<Vec<News>>>) -> Result<Store, OpenError> {
    let told = Arc::clone(told);
    Store::open(dir, root, Box::new(move |news| told.lock().push(news)))
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn site() -> SiteId {
    SiteId::from_bytes([2; 16])
}

fn head(number: u8) -> Conversation {
    Conversation {
        id: ConversationId::from_bytes([number; 16]),
        site: site(),
        visitor: Visitor { name: Some(Name::parse("Maria Marker").unwrap()), ..Visitor::default() },
        token_index: [number; 32],
        state: State::Waiting,
        started_at: at(1),
        about: crate::domain::about::About::default(),
    }
}

fn add(batch: &mut Batch, open: &mut OpenConversation, text: &str) -> Event {
    open.last += 1;
    let kind = EventKind::Message(MessageText::parse(text).unwrap());
    let event = Event { seq: open.last, at: at(open.last.into()), author: Author::Visitor, kind, client_id: None };
    batch.put_event(open.head.id, &event);
    event
}

fn text_of(event: &Event) -> String {
    match &event.kind {
        EventKind::Message(text) => text.as_str().to_owned(),
        other => format!("{other:?}"),
    }
}

fn purge_of(ids: &[ConversationId]) -> Purge {
    Purge { site: site(), conversations: ids.to_vec(), rule: PurgeRule::Policy, actor: AuditActor::Timer, now: at(99) }
}

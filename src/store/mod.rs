//! Remembering: the only place that says sled. Here live the tables, the records, and the one writer that makes a change
//! durable before anybody hears of it. No cipher does: sealing is the vault's. Nothing is deleted but through `erase`.
//!
//! Reading order: `tables` (what is on disk), `batch` (how a change is put together), `writer` (how it becomes durable),
//! `erase` (how it is destroyed), `open` (how all is found again). FORMAT.md describes every byte.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;

use arc_swap::{ArcSwap, ArcSwapOption};
use parking_lot::{Mutex, RwLock};
use tokio::sync::oneshot;

use crate::domain::audit::{AuditActor, PurgeRule};
use crate::domain::conversation::{Conversation, Receipts};
use crate::domain::event::{Author, Event, EventKind, Seq};
use crate::domain::id::{ConversationId, FileId, OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::retention::ClosedKind;
use crate::domain::text::ClientId;
use crate::domain::time::Timestamp;
use crate::vault::{Key, RootKey};

mod amend;
mod attachments;
mod audit;
mod backup;
mod batch;
mod catalogue;
mod checkpoint;
mod commit;
mod compact;
mod conversations;
mod copy_out;
mod counters;
mod digest;
mod drafts;
mod drawers;
mod erase;
mod eraser;
mod error;
mod files;
mod fold;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod generation;
mod house;
mod image;
mod index;
mod journal;
mod load;
mod migrate;
mod open;
mod parts;
mod privacy;
mod queue;
mod records;
mod recover;
mod rescue;
mod restore;
mod root_key;
mod search;
mod sessions;
mod settings;
pub mod snapshots;
pub mod space;
mod subjects;
mod submissions;
mod survey;
mod tables;
mod tip_file;
mod tombstones;
mod transcript;
mod verify;
mod watermark;
mod writer;

pub use attachments::{FileReader, FileWriter, NewDrawer};
pub use audit::{AuditRow, look_at_audit};
pub use backup::{Copied, Destination};
pub use batch::Batch;
pub use commit::Commit;
pub use compact::Compacted;
pub use copy_out::{CopyHead, Sink};
pub use error::{OpenError, StoreError};
pub use files::{Held, hold};
pub use house::{House, Organisation};
pub use open::{is_initialised, tip_of};
pub use rescue::{RescueError, Rescued, Wish, rescue};
pub use restore::{RestoreError, Restored, can_restore, copy_aside, exchange, restore};
pub use root_key::RootChange;
pub use search::{Hit, Horizon, Page, Sight};
pub use tombstones::Tombstones;
pub use verify::{Counted, Scope, Seen, Verdict, Watch};

use attachments::FileDrawer;
use catalogue::Catalogue;
use drawers::{Drawers, Top};
use house::HouseKeys;
use index::Index;
use queue::Queue;
use space::Space;

/// Told each news once its commit is durable, in commit order, on the writer's thread: must not block.
pub type OnDurable = Box<dyn Fn(News) + Send>;

/// A number that grows by one with each durable write of the writer; all batches that it wrote together share it.
pub type CommitNumber = u64;

/// The open store. Clones share it; the last one to go closes it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    handle: Arc<Handle>,
}

/// A conversation that is not closed, with what its next event needs. Lock it, change it, hand the batch to `commit` while
/// the lock is held: so events reach the disk in the order of their numbers.
#[derive(Debug)]
pub struct OpenConversation {
    pub head: Conversation,
    /// Number of the last event handed to the writer.
    pub last: Seq,
    /// Number of the last one among them that the visitor may see.
    pub last_public: Seq,
    pub active_at: Timestamp,
    /// Commands carried out, by who gave them (`None`: the visitor): two sides may choose the same id.
    pub client_ids: HashMap<(Option<OperatorId>, ClientId), (Seq, Timestamp)>,
    pub receipts: Receipts,
    /// Token bucket for the visitor's messages: what is left, and as of when.
    pub allowance: (f64, Timestamp),
    /// The same for their files.
    pub file_allowance: (f64, Timestamp),
    /// Files that were sent, and the events that tell of them.
    pub files: Vec<(FileId, Seq)>,
    /// Whether the visitor was asked for a file and has not sent one since.
    pub is_asked_for_file: bool,
    /// The last messages of each side, in which a number may begin that goes on in the next one (`None`: the visitor).
    pub said: HashMap<Option<OperatorId>, Vec<Event>>,
}

impl OpenConversation {
    /// Remembers what its author said last.
    pub fn note_said(&mut self, event: &Event) {
        if let EventKind::Message(text) = &event.kind {
            let said = self.said.entry(event.author.operator()).or_default();
            // Only short messages are pieces of what goes on over several of them.
            if text.as_str().len() > limits::PIECE_BYTES {
                said.clear();
            }
            said.drain(..(said.len() + 1).saturating_sub(limits::PIECES));
            said.push(event.clone());
        }
    }

    /// Something that was said is masked since.
    pub fn note_masked(&mut self, masked: &Event) {
        let said = self.said.values_mut().flatten();
        said.filter(|event| event.seq == masked.seq).for_each(|event| event.clone_from(masked));
    }

    /// What an event means for the files to come.
    pub fn note_file(&mut self, event: &Event) {
        match &event.kind {
            EventKind::FileRequested => self.is_asked_for_file = true,
            EventKind::File(file) => {
                self.files.push((file.id, event.seq));
                self.is_asked_for_file &= event.author != Author::Visitor;
            }
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedConversation {
    pub id: ConversationId,
    pub site: SiteId,
    pub closed_at: Timestamp,
    pub kind: ClosedKind,
}

/// What one clock runs for.
pub type ClosedGroup = (SiteId, ClosedKind);

/// What a purge destroys, and how its audit rows read.
#[derive(Debug)]
pub struct Purge {
    pub site: SiteId,
    /// Each goes with its files. One that names a drawer of files destroys these alone, and one of a submission that.
    pub conversations: Vec<ConversationId>,
    pub rule: PurgeRule,
    pub actor: AuditActor,
    pub now: Timestamp,
}

/// What callers and the writer share. Locks are taken in this order and released at once: `top`, `drawers`, `open`, `catalogue`,
/// the index, the queue. Nobody holds one of them while the disk is written.
struct Shared {
    data_dir: PathBuf,
    installation: [u8; 16],
    index: Index,
    /// What the tip is sealed under. Locked last, and only to seal the tip or to split it.
    root: Mutex<RootKey>,
    house_keys: HouseKeys,
    house: ArcSwap<House>,
    top: RwLock<Top>,
    drawers: Mutex<Drawers>,
    open: RwLock<OpenOnes>,
    catalogue: RwLock<Catalogue>,
    checkpoints: checkpoint::Requests,
    segments: Arc<journal::Segments>,
    /// Why nothing can be written any more.
    trouble: ArcSwapOption<String>,
    queue: Queue,
    /// Held while a piece of a file becomes durable.
    file_lane: Mutex<()>,
    space: Space,
    findings: OnceLock<Findings>,
}

#[derive(Default)]
struct OpenOnes {
    by_id: HashMap<ConversationId, OpenEntry>,
    /// The newest conversation of a visitor, found before it is durable: else a second tab could start a second one.
    by_token: HashMap<[u8; 32], ConversationId>,
    /// Drawers with files, and whose they are.
    attached: HashMap<ConversationId, ConversationId>,
    /// Drawers with submissions that are not durable yet.
    arriving: HashMap<ConversationId, Key>,
}

struct OpenEntry {
    conversation: Arc<Mutex<OpenConversation>>,
    key: Key,
    token_index: [u8; 32],
    files: Option<FileDrawer>,
}

impl OpenOnes {
    /// Nobody finds this drawer any more, be it a conversation, with its files, or files alone.
    fn remove(&mut self, id: ConversationId) {
        self.arriving.remove(&id);
        if let Some(gone) = self.by_id.remove(&id) {
            if self.by_token.get(&gone.token_index) == Some(&id) {
                self.by_token.remove(&gone.token_index);
            }
            if let Some(files) = gone.files {
                self.attached.remove(&files.id);
            }
        } else if let Some(owner) = self.attached.remove(&id).and_then(|owner| self.by_id.get_mut(&owner)) {
            owner.files = None;
        }
    }

    fn attach(&mut self, conversation: ConversationId, files: FileDrawer) {
        if let Some(entry) = self.by_id.get_mut(&conversation) {
            self.attached.insert(files.id, conversation);
            entry.files = Some(files);
        }
    }

    fn key_of(&self, drawer: ConversationId) -> Option<Key> {
        let files = |owner| self.by_id.get(owner)?.files.as_ref().map(|files| &files.key);
        let open = self.by_id.get(&drawer).map(|open| &open.key).or_else(|| files(self.attached.get(&drawer)?));
        open.or_else(|| self.arriving.get(&drawer)).cloned()
    }

    /// Whether anything may be written into this drawer.
    fn is_there(&self, drawer: ConversationId) -> bool {
        self.by_id.contains_key(&drawer) || self.attached.contains_key(&drawer) || self.arriving.contains_key(&drawer)
    }
}

/// The threads of the eraser and the writer, ended by `close` or when the last store goes.
struct Handle {
    shared: Arc<Shared>,
    tasks: Mutex<Option<mpsc::Sender<eraser::Task>>>,
    eraser: Mutex<Option<JoinHandle<()>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Handle {
    fn close(&self) {
        // The eraser first: it ends what it has begun through the writer.
        drop(self.tasks.lock().take());
        for thread in [&self.eraser, &self.writer] {
            let thread = thread.lock().take();
            if let Some(thread) = thread
                && thread.join().is_err()
            {
                tracing::error!("a thread of the store stopped unexpectedly");
            }
            self.shared.queue.close();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

/// What a start found that has to be on record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Findings {
    /// The format that the directory is in, and the one that it was in before if that was another.
    pub format: u16,
    pub upgraded_from: Option<u16>,
    /// Parlor had not ended, but was ended: killed, or its power went.
    pub was_not_closed: bool,
    /// Rows of the audit log that nothing but their seal vouches for, since the head had not been written yet when the power went.
    pub rows_behind_head: u64,
    /// The head of the audit log was not there, or unreadable: nobody can say whether rows are missing at its end.
    pub head_was_missing: bool,
}

impl Shared {
    fn found_at_start(&self, findings: Findings) {
        // Each store is opened once.
        let _ = self.findings.set(findings);
    }

    /// Nothing is written any more until a restart.
    fn fail(&self, why: &str) {
        tracing::error!(why, "the store takes no more writes until a restart");
        self.trouble.store(Some(Arc::new(why.to_owned())));
    }
}

impl Store {
    /// Writes what is queued, makes it durable, ends the writer's thread and releases the lock. Later commits fail.
    pub fn close(&self) {
        self.handle.close();
    }

    /// Destroys the drawers' keys and records, durably, before the commit is done; tells `News::Purged` for each and writes an
    /// receipt to the audit log (one for every `limits::PURGE_BATCH` of them, and one for each other kind of thing that went with them). Drawers that do not exist any more are passed over.
    pub fn purge(&self, purge: Purge) -> Commit {
        match self.not_writable() {
            Some(why) => Commit::refused(StoreError::NotWritable(why)),
            None => self.ask_eraser(|answer| eraser::Task::Purge(purge, answer)),
        }
    }

    fn ask_eraser(&self, task: impl FnOnce(oneshot::Sender<Result<CommitNumber, StoreError>>) -> eraser::Task) -> Commit {
        let (answer, commit) = Commit::queued();
        let is_sent = self.handle.tasks.lock().as_ref().is_some_and(|tasks| tasks.send(task(answer)).is_ok());
        if is_sent { commit } else { Commit::refused(StoreError::Closed) }
    }

    /// What this start found.
    #[must_use]
    pub fn findings(&self) -> Findings {
        self.shared.findings.get().copied().unwrap_or_default()
    }

    /// `None` while all is well, else why nothing can be written.
    #[must_use]
    pub fn not_writable(&self) -> Option<String> {
        self.shared.trouble.load().as_deref().cloned()
    }
}

#[cfg(test)]
mod tests;

//! The writer: one thread that makes everything durable, in the order in which it came.
//!
//! It takes all batches that wait and appends them to the journal as one frame, synced: that is the moment of durability. Then the
//! index has them, memory, listeners and waiters are told, and the watermark follows. While it syncs, the next batches gather: the
//! slower the disk, the larger the groups. Sled gets them later, in the checkpoint thread.
//!
//! After a failed write nothing is written any more: what is on the disk is not known then, and only a new start finds out.

use std::collections::VecDeque;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::audit::Chain;
use super::audit::head::HeadFile;
use super::batch::{Change, Contents};
use super::catalogue::State;
use super::checkpoint::LAYER_BYTES;
use super::commit::Outcome;
use super::fold::{Folder, Group};
use super::journal::{AppendError, Journal};
use super::queue::{Job, Work};
use super::tables::Table;
use super::watermark::{Mark, Watermark};
use super::{CommitNumber, OnDurable, Shared, StoreError, files, generation, load};
use crate::domain::conversation::Conversation;
use crate::domain::id::ConversationId;
use crate::domain::news::News;

/// Batches in one write: a bound on how long the first of a group waits for the last.
const GROUP_BATCHES: usize = 2_048;
/// Bytes in one write: what is one piece of a large purge, so that a message behind it waits no longer than for that.
const GROUP_BYTES: usize = 512 * 1024;
/// Layers' worth of commits in memory, when sled does not keep up, before the writer waits for it.
const LAYERS_BEHIND: usize = 16;
/// When nothing came for this long, the watermark is synced.
const IDLE: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    pub shared: Arc<Shared>,
    pub journal: Journal,
    /// The checkpoint thread.
    pub checkpoints: Option<JoinHandle<()>>,
    pub watermark: Watermark,
    pub head: HeadFile,
    /// Durable, and not in the watermark and the head of the audit log yet.
    pub unmarked: Option<(Mark, Chain)>,
    pub commit: CommitNumber,
    pub chain: Chain,
    /// There was no room for the journal; it is looked for again and again.
    pub is_full: bool,
    pub folder: Folder,
    pub on_durable: OnDurable,
    /// Held until the writer ends, together with sled.
    pub lock: File,
    pub data_dir: PathBuf,
}

/// A batch with whoever waits for it; the store's own writes have nobody.
type Waiting = (Contents, Option<oneshot::Sender<Outcome>>);

impl Writer {
    /// The thread. Ends when the queue is closed and empty.
    pub(super) fn run(mut self) {
        loop {
            let is_watchful = self.watermark.is_unsynced() || self.is_full || self.shared.checkpoints.is_busy();
            let wait = is_watchful.then_some(IDLE);
            match self.shared.queue.take(wait) {
                Work::Jobs(jobs) => self.work(jobs),
                Work::Idle => self.look_after(),
                Work::Closed => break,
            }
        }
        self.end();
    }

    /// What is done when there is nothing to write.
    fn look_after(&mut self) {
        if self.watermark.is_unsynced()
            && let Err(error) = self.watermark.sync().and_then(|()| self.head.rest())
        {
            self.shared.fail(&format!("the watermark, or the head of the audit log, could not be written: {error}"));
        }
        if self.shared.checkpoints.is_stuck() {
            self.shared.fail("the database has not answered for too long");
        }
        if self.is_full && self.journal.make_room(self.commit + 1).is_ok() {
            // Numbers were given out for what was then refused.
            match load::refresh(&self.shared) {
                Ok(()) => {
                    self.is_full = false;
                    self.shared.trouble.store(None);
                    tracing::info!("there is room again, and the store writes");
                }
                Err(error) => self.shared.fail(&error.to_string()),
            }
        }
    }

    fn work(&mut self, mut jobs: VecDeque<Job>) {
        while !jobs.is_empty() {
            let mut group: Vec<Waiting> = Vec::new();
            let mut bytes = 0;
            while group.len() < GROUP_BATCHES && bytes < GROUP_BYTES {
                match jobs.pop_front() {
                    Some(Job::Batch(contents, answer)) => {
                        bytes += contents.bytes();
                        group.push((*contents, Some(answer)));
                    }
                    Some(Job::Own(writes)) => {
                        let writes = writes.into_iter().map(|write| (None, write)).collect();
                        group.push((Contents { writes, ..Contents::default() }, None));
                    }
                    None => break,
                }
            }
            self.write_group(group);
        }
    }

    fn write_group(&mut self, mut group: Vec<Waiting>) {
        if group.is_empty() {
            return;
        }
        let outcome = self.guarded(|writer| writer.apply(&mut group));
        let is_disk_full = self.is_full;
        for (contents, answer) in group {
            if outcome.is_ok() {
                self.tell(contents);
            } else {
                self.take_back(&contents);
                self.announce(contents.news.into_iter().filter_map(|news| refusal(news, is_disk_full)).collect());
            }
            if let Some(answer) = answer {
                let _ = answer.send(outcome.clone());
            }
        }
        // Whoever waits for a message need not wait for this; what fails here shows at the next write.
        let _ = self.guarded(Self::settle);
    }

    /// Applies one group and makes it durable.
    fn apply(&mut self, group: &mut [Waiting]) -> Outcome {
        self.drop_what_was_purged(group);
        if group.iter().all(|(contents, _)| contents.is_only_news()) {
            // Only news, and all that came before it is durable.
            return Ok(self.commit);
        }
        let chain = self.chain;
        let mut all = Group::default();
        for (contents, _) in group.iter_mut() {
            all.add(contents);
            let mut rows = Vec::new();
            for row in contents.audit.drain(..) {
                self.chain.row(&self.shared, row, &mut rows)?;
            }
            if let Some((up_to, event)) = contents.trim.take() {
                self.chain.trim(&self.shared, up_to, event, &mut rows)?;
            }
            all.add_writes(rows);
        }
        all.add_writes(self.shared.count(group.iter_mut().flat_map(|(contents, _)| contents.counts.drain(..)))?);
        if all.is_empty() {
            // A removal of rows that were gone already.
            return Ok(self.commit);
        }
        // Rows that were not written leave no number behind.
        self.write(all).inspect_err(|_| self.chain = chain)
    }

    /// Writes with the next commit number, durably. Everything that reaches the disk comes through here.
    pub(super) fn write(&mut self, group: impl Into<Group>) -> Outcome {
        self.settle()?;
        let (writes, turns) = self.folder.finish(&self.shared, group.into())?;
        let number = self.commit + 1;
        self.journal.append(number, &writes).map_err(|error| match error {
            AppendError::NoRoom => StoreError::NoRoom,
            AppendError::Failed(why) => {
                generation::distrust(&self.data_dir);
                StoreError::NotWritable(format!("writing the journal failed: {why}"))
            }
        })?;
        self.commit = number;
        let (mark, gathered) = {
            // Together, so that nobody takes a conversation for open whose events have gone into its transcript.
            let mut catalogue = self.shared.catalogue.write();
            catalogue.install(turns);
            let mark = Mark { commit: number, drawers: catalogue.len(), audit_rows: self.chain.last };
            (mark, self.shared.index.apply(writes, mark))
        };
        self.unmarked = Some((mark, self.chain));
        if gathered >= LAYERS_BEHIND * LAYER_BYTES {
            self.shared.checkpoints.wait_for_a_try();
        } else if gathered >= LAYER_BYTES {
            self.shared.checkpoints.is_due();
        }
        Ok(number)
    }

    /// The watermark follows each durable write, and the head of the audit log each one with rows.
    fn settle(&mut self) -> Outcome {
        if let Some((mark, chain)) = self.unmarked.take() {
            let failed =
                |error| StoreError::NotWritable(format!("writing the watermark or the audit log's head failed: {error}"));
            self.head.follow(&chain).and_then(|()| self.watermark.write(mark)).map_err(failed)?;
        }
        Ok(self.commit)
    }

    /// A conversation may have been purged, or folded, between the sealing of a batch and now: nothing more of it is written or
    /// told.
    fn drop_what_was_purged(&self, group: &mut [Waiting]) {
        let open = self.shared.open.read();
        // What was submitted is written anew when it is looked at, and conversations find their way into the index when they are closed.
        let is_listed = |drawer: ConversationId| self.shared.entry(drawer).is_some();
        let is_there = |drawer: ConversationId| open.is_there(drawer);
        for (contents, _) in group.iter_mut() {
            contents.writes.retain(|(drawer, (key, _))| {
                drawer.is_none_or(|drawer| is_there(drawer) || outlives_closing(key) && is_listed(drawer))
            });
            contents.counts.retain(|count| count.conversation.is_none_or(is_there));
            contents.started.retain(|(_, entry)| is_there(entry.drawer));
            contents.changes.retain(|change| !matches!(change, Change::Closed(closed) if !is_there(closed.id)));
            // A visitor may rate what is closed, and waits for the answer.
            let is_kept = |head: &Conversation| head.closed_at().is_some() && self.shared.entry(head.id).is_some();
            contents.news.retain(|news| match news {
                News::Event { conversation, .. } => is_there(conversation.id),
                News::Changed { conversation, .. } => is_there(conversation.id) || is_kept(conversation),
                _ => true,
            });
        }
    }

    /// The batch is durable: first memory knows, then the listeners.
    fn tell(&self, contents: Contents) {
        for (_, entry) in &contents.started {
            if matches!(entry.state, State::Submission { .. }) {
                self.shared.open.write().remove(entry.drawer);
            }
        }
        let mut changes = contents.changes;
        for closed in changes.extract_if(.., |change| matches!(change, Change::Closed(_))) {
            if let Change::Closed(closed) = closed {
                self.shared.open.write().remove(closed.id);
            }
        }
        if !changes.is_empty() {
            let mut house = (*self.shared.house.load_full()).clone();
            changes.into_iter().for_each(|change| house.change(change));
            self.shared.house.store(Arc::new(house));
        }
        self.announce(contents.news);
    }

    pub(super) fn announce(&self, news: Vec<News>) {
        for news in news {
            if catch_unwind(AssertUnwindSafe(|| (self.on_durable)(news))).is_err() {
                tracing::error!("a listener of the store panicked");
            }
        }
    }

    /// The batch was not written: conversations that it would have started never were.
    fn take_back(&self, contents: &Contents) {
        for (_, entry) in &contents.started {
            self.shared.open.write().remove(entry.drawer);
        }
    }

    /// Runs a write unless one has failed before; a failure or a panic ends all writing.
    fn guarded(&mut self, write: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        if let Some(why) = self.shared.trouble.load().as_deref() {
            return Err(StoreError::NotWritable(why.clone()));
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| write(self)))
            .unwrap_or_else(|_| Err(StoreError::NotWritable("the database stopped unexpectedly".to_owned())));
        match &outcome {
            Err(error @ StoreError::NoRoom) => {
                tracing::error!(%error, "nothing is stored until there is room");
                self.is_full = true;
                self.shared.trouble.store(Some(Arc::new(error.to_string())));
            }
            Err(StoreError::NotWritable(why)) => self.shared.fail(why),
            Err(error) => self.shared.fail(&error.to_string()),
            Ok(_) => {}
        }
        outcome
    }

    /// Lets go of everything, sled's files before the lock.
    pub(super) fn end(mut self) {
        let _ = self.guarded(Self::settle);
        if self.watermark.is_unsynced()
            && let Err(error) = self.watermark.sync()
        {
            tracing::warn!(%error, "the watermark could not be synced");
        }
        // After a failed write it stays open, and the next start says that it was so.
        if self.shared.trouble.load().is_none()
            && let Err(error) = self.head.settle(&self.chain, true)
        {
            tracing::warn!(%error, "the head of the audit log could not be closed");
        }
        // Sled gets the rest, so that the next start has nothing to do again. It would manage without.
        self.shared.checkpoints.close();
        if let Some(thread) = self.checkpoints.take() {
            if !self.shared.checkpoints.wait_for_the_end() {
                tracing::error!("the database does not answer, and is left as it is; the journal has everything");
            } else if thread.join().is_err() {
                tracing::error!("the checkpoint thread stopped unexpectedly");
            }
        }
        self.shared.index.replace_sled(None);
        let Self { lock, data_dir, .. } = self;
        // Sled closes its file when the last of its own threads lets go of it.
        if let Ok(Some(generation)) = generation::read(&data_dir) {
            files::wait_for_release(&generation::dir(&data_dir, generation).join("db"));
        }
        drop(lock);
    }
}

/// Whether it may be written into a drawer that is not open any more.
fn outlives_closing(key: &[u8]) -> bool {
    matches!(Table::of_key(key), Some(Table::Submissions | Table::Subjects | Table::SubjectsOf))
}

/// Whoever waits for an acknowledgement hears that there will be none.
fn refusal(news: News, is_disk_full: bool) -> Option<News> {
    match news {
        News::Event { conversation, origin: Some(origin), .. } => {
            Some(News::NotStored { conversation: conversation.id, origin, is_disk_full })
        }
        News::Changed { conversation, origin: Some(origin), .. } => {
            Some(News::NotStored { conversation: conversation.id, origin, is_disk_full })
        }
        News::Repeated { conversation, origin, .. } => Some(News::NotStored { conversation, origin, is_disk_full }),
        _ => None,
    }
}

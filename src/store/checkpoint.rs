//! Bringing sled after the journal. When the active layer of the index has grown, this thread freezes it and takes it over into sled
//! in small pieces, each flushed and synced before the next: so sled never has much on its way, and does not write over a part of its
//! log before what replaced it has reached the disk. The commit number goes last. A crash in between costs nothing: the next start
//! applies those commits again.
//!
//! A failure here loses nothing either, since the journal keeps what sled does not have. Sled itself takes no write after a failed one,
//! so it is opened anew and the frozen layer is tried again.
//!
//! Copies of the whole (snapshots, backups) and compaction are made in this thread too, one after the other.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::files::Syncer;
use super::generation::{self, OpenFailed};
use super::index::Layer;
use super::tables::{META_COMMIT, META_LIVE, Table};
use super::watermark::Mark;
use super::{Shared, StoreError};
use crate::vault::Key;

/// When the active layer has so many bytes, it is time.
pub(super) const LAYER_BYTES: usize = if cfg!(test) { 32 * 1024 } else { 4 * 1024 * 1024 };
/// What sled gets between two syncs.
const WINDOW_BYTES: usize = 256 * 1024;
/// How long after a failure it is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Sled's flush never returns after a write of its own has failed. One that takes longer than this is taken for that.
const STUCK_AFTER: Duration = Duration::from_secs(60);
/// How long the end waits for the last checkpoint.
const END_WAIT: Duration = Duration::from_secs(20);

/// Something that needs sled to itself for a while.
pub(super) type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// How the rest of the store speaks to the thread.
#[derive(Default)]
pub(super) struct Requests {
    asked: Mutex<Asked>,
    changed: Condvar,
}

#[derive(Default)]
struct Asked {
    is_due: bool,
    tries: u64,
    jobs: VecDeque<Job>,
    closed: bool,
    /// Since when sled has been at one piece of work.
    busy_since: Option<Instant>,
    has_ended: bool,
}

impl Requests {
    /// The active layer is large.
    pub(super) fn is_due(&self) {
        self.asked.lock().is_due = true;
        self.changed.notify_all();
    }

    /// # Errors
    /// When the thread takes no more.
    pub(super) fn push(&self, job: Job) -> Result<(), StoreError> {
        let mut asked = self.asked.lock();
        if asked.closed {
            return Err(StoreError::Closed);
        }
        asked.jobs.push_back(job);
        self.changed.notify_all();
        Ok(())
    }

    /// Whether the active layer has grown large since it was asked last.
    pub(super) fn take_due(&self) -> bool {
        std::mem::take(&mut self.asked.lock().is_due)
    }

    fn ended(&self) {
        self.asked.lock().has_ended = true;
        self.changed.notify_all();
    }

    fn tried(&self) {
        self.asked.lock().tries += 1;
        self.changed.notify_all();
    }

    /// Ends the thread after a last checkpoint.
    pub(super) fn close(&self) {
        self.asked.lock().closed = true;
        self.changed.notify_all();
    }

    /// Waits until the thread has tried once more to bring sled after the journal.
    pub(super) fn wait_for_a_try(&self) {
        let mut asked = self.asked.lock();
        let before = asked.tries;
        asked.is_due = true;
        self.changed.notify_all();
        while asked.tries == before && !asked.closed {
            if self.changed.wait_for(&mut asked, STUCK_AFTER).timed_out() {
                break;
            }
        }
    }

    /// Marks sled as being at work until the guard goes.
    pub(super) fn busy(&self) -> Busy<'_> {
        self.asked.lock().busy_since = Some(Instant::now());
        Busy(self)
    }

    pub(super) fn is_busy(&self) -> bool {
        self.asked.lock().busy_since.is_some()
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.asked.lock().busy_since.is_some_and(|since| since.elapsed() > STUCK_AFTER)
    }

    /// Whether the thread has ended, after some waiting.
    pub(super) fn wait_for_the_end(&self) -> bool {
        let mut asked = self.asked.lock();
        while !asked.has_ended {
            if self.changed.wait_for(&mut asked, END_WAIT).timed_out() {
                break;
            }
        }
        asked.has_ended
    }

    fn wait(&self, at_most: Option<Duration>) -> (bool, Option<Job>, bool) {
        let mut asked = self.asked.lock();
        while !asked.is_due && asked.jobs.is_empty() && !asked.closed {
            match at_most {
                None => self.changed.wait(&mut asked),
                Some(wait) => {
                    if self.changed.wait_for(&mut asked, wait).timed_out() {
                        break;
                    }
                }
            }
        }
        (std::mem::take(&mut asked.is_due), asked.jobs.pop_front(), asked.closed && asked.jobs.is_empty())
    }
}

/// While it lives, sled is at work.
pub(super) struct Busy<'a>(&'a Requests);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.asked.lock().busy_since = None;
    }
}

/// The thread's own.
pub(super) struct Worker {
    pub shared: Arc<Shared>,
    pub data_dir: PathBuf,
    pub generation: u64,
    pub syncer: Syncer,
    pub journal_key: Key,
    /// Bytes of keys and values that sled holds.
    pub live_bytes: u64,
    /// The size of the file at which compacting is tried again after it failed.
    pub not_worth_below: u64,
    /// Frozen and not in sled yet, after a failure.
    pub unfinished: Option<(Arc<Layer>, Mark)>,
}

impl Worker {
    /// The thread.
    pub(super) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        if catch_unwind(AssertUnwindSafe(|| self.serve())).is_err() {
            tracing::error!("the checkpoint thread stopped unexpectedly");
        }
        // Whoever waits for the end finds nobody who holds sled.
        drop(self);
        shared.checkpoints.ended();
    }

    fn serve(&mut self) {
        loop {
            let pause = self.unfinished.is_some().then_some(PAUSE);
            let (is_due, job, is_last) = self.shared.checkpoints.wait(pause);
            if is_due || is_last || self.unfinished.is_some() {
                // Reported where it happens, and tried again.
                let _ = self.checkpoint();
                self.shared.checkpoints.tried();
            }
            if let Some(job) = job
                && catch_unwind(AssertUnwindSafe(|| job(self))).is_err()
            {
                tracing::error!("copying or compacting the database stopped unexpectedly");
            }
            if is_last {
                return;
            }
            self.compact_if_worth_it();
        }
    }

    /// Brings everything that the journal holds at this moment into sled, durably, and says how far that is.
    ///
    /// # Errors
    /// When sled cannot be written. The journal and the layers in memory keep what is missing.
    pub(super) fn checkpoint(&mut self) -> Result<Mark, StoreError> {
        self.finish()?;
        let (layer, mark) = self.shared.index.freeze();
        self.take_over(layer, mark)
    }

    /// Brings in what a failure has left over.
    pub(super) fn finish(&mut self) -> Result<(), StoreError> {
        match self.unfinished.take() {
            Some((layer, mark)) => self.take_over(layer, mark).map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn take_over(&mut self, layer: Arc<Layer>, mark: Mark) -> Result<Mark, StoreError> {
        if layer.is_empty() {
            self.shared.index.thaw();
            return Ok(mark);
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| self.write_layer(&layer, mark)));
        let outcome = outcome.unwrap_or_else(|_| Err("the database stopped unexpectedly".to_owned()));
        if let Err(why) = outcome {
            tracing::error!(why, "the database could not be brought up to date; the journal keeps what is missing");
            self.unfinished = Some((layer, mark));
            self.reopen();
            return Err(StoreError::NotWritable(why));
        }
        self.shared.index.thaw();
        if let Err(error) = self.shared.segments.clear(mark.commit) {
            tracing::warn!(%error, "the journal could not be cleared; it is tried again");
        }
        Ok(mark)
    }

    fn write_layer(&mut self, layer: &Layer, mark: Mark) -> Result<(), String> {
        let db = self.shared.index.sled().map_err(|error| error.to_string())?;
        let mut live = self.live_bytes;
        let mut window = 0;
        let shared = Arc::clone(&self.shared);
        let mut busy = shared.checkpoints.busy();
        for (key, value) in layer {
            let (before, after) = write(&db, key, value.as_ref())?;
            live = live.saturating_add(after).saturating_sub(before);
            window += key.len() + value.as_ref().map_or(0, |value| value.len());
            if window >= WINDOW_BYTES {
                self.sync(&db)?;
                drop(busy);
                busy = shared.checkpoints.busy();
                window = 0;
            }
        }
        self.sync(&db)?;
        for (name, number) in [(META_LIVE, live), (META_COMMIT, mark.commit)] {
            db.insert(Table::Meta.key(name), &number.to_be_bytes()).map_err(|error| error.to_string())?;
        }
        self.sync(&db)?;
        self.live_bytes = live;
        Ok(())
    }

    fn sync(&mut self, db: &sled::Db) -> Result<(), String> {
        db.flush().map_err(|error| error.to_string())?;
        self.syncer.sync().map_err(|error| error.to_string())
    }

    /// A sled that has failed once fails for ever, so another one takes its place, with whatever is on the disk.
    fn reopen(&mut self) {
        let (data_dir, generation) = (&self.data_dir, self.generation);
        let outcome = self.shared.index.reopen_sled(|| {
            let db = generation::open(data_dir, generation)?;
            Ok::<_, OpenFailed>(Arc::new(db))
        });
        if let Err(error) = outcome {
            self.shared.fail(&format!("the database does not open again: {error}"));
        }
    }
}

/// Writes one key, and says how many bytes it took before and takes now.
pub(super) fn write(db: &sled::Db, key: &[u8], value: Option<&sled::IVec>) -> Result<(u64, u64), String> {
    let bytes = |value: &sled::IVec| (key.len() + value.len()) as u64;
    let before = match value {
        Some(value) => db.insert(key, value),
        None => db.remove(key),
    };
    let before = before.map_err(|error| error.to_string())?;
    Ok((before.as_ref().map_or(0, bytes), value.map_or(0, bytes)))
}

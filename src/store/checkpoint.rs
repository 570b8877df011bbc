//! Bringing sled after the journal. When the active layer of the index has grown, this thread freezes it and takes it over into sled
//! in small pieces, each flushed and synced before the next: so sled never has much on its way, and does not write over a part of its
//! log before what replaced it has reached the disk. The commit number goes last. A crash in between costs nothing: the next start
//! applies those commits again.
//!
//! A failure here loses nothing either, since the journal keeps what sled does not have. But sled takes no write after a failed one, so
//! the store then says that it needs a restart. That the disk is full is found out before sled is touched, and waited for.
//!
//! Copies of the whole (snapshots, backups) and compaction are made in this thread too, one after the other.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::digest::Digest;
use super::files::Syncer;
use super::generation;
use super::index::Layer;
use super::tables::{META_CHECK, Table};
use super::watermark::Mark;
use super::{Shared, StoreError};
use crate::vault::Key;

/// When the active layer has so many bytes, it is time.
pub(super) const LAYER_BYTES: usize = if cfg!(test) { 32 * 1024 } else { 4 * 1024 * 1024 };
/// What sled gets between two syncs: half of one of its segments, so that it never writes over a segment whose successor is not on
/// the disk. (With windows of 1 MiB and more, simulated power cuts lost what had been synced.)
const WINDOW_BYTES: usize = 256 * 1024;
/// By how much sled's file may grow for each byte of a layer, and besides.
const GROWTH: u64 = 4;
const GROWTH_BYTES: u64 = 4 * 1024 * 1024;
/// How often it is looked whether there is room again.
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
    /// What sled holds by now, as one number.
    pub digest: Digest,
    /// Why sled takes no more writes.
    pub failed: Option<String>,
    pub waits_for_room: bool,
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
        if generation::is_distrusted(&self.data_dir) {
            self.copy_what_is_distrusted();
        }
        loop {
            let pause = self.waits_for_room.then_some(PAUSE);
            let (is_due, job, is_last) = self.shared.checkpoints.wait(pause);
            if is_due || is_last || self.waits_for_room {
                // Reported where it happens.
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
            if catch_unwind(AssertUnwindSafe(|| self.compact_if_worth_it())).is_err() {
                tracing::error!("compacting the database stopped unexpectedly");
            }
        }
    }

    /// Brings everything that the journal holds at this moment into sled, durably, and says how far that is.
    ///
    /// # Errors
    /// When sled cannot be written. The journal and the layers in memory keep what is missing.
    pub(super) fn checkpoint(&mut self) -> Result<Mark, StoreError> {
        self.prepare()?;
        let (layer, mark) = self.shared.index.freeze();
        self.take_over(&layer, mark)
    }

    /// Whether sled may be written to at all: asked before a layer is frozen.
    ///
    /// # Errors
    /// When it has failed before, or the disk has no room for what sled makes of a layer.
    pub(super) fn prepare(&mut self) -> Result<(), StoreError> {
        if let Some(why) = &self.failed {
            return Err(StoreError::NotWritable(why.clone()));
        }
        let has_room = self.shared.space.may_grow(self.shared.index.gathered() as u64 * GROWTH + GROWTH_BYTES);
        self.waits_for_room = !has_room;
        if has_room { Ok(()) } else { Err(StoreError::NoRoom) }
    }

    pub(super) fn take_over(&mut self, layer: &Layer, mark: Mark) -> Result<Mark, StoreError> {
        if !layer.is_empty() {
            let outcome = catch_unwind(AssertUnwindSafe(|| self.write_layer(layer, mark)));
            let outcome = outcome.unwrap_or_else(|_| Err("the database stopped unexpectedly".to_owned()));
            if let Err(why) = outcome {
                // Sled takes no write after a failed one, and what it has on the disk now is for the next start to find out. The
                // layer stays where it is read, and the journal has it.
                self.shared.fail(&why);
                generation::distrust(&self.data_dir);
                // Letting go of it would make it sync once more, and panic where that fails.
                self.shared.index.sled().map(std::mem::forget).unwrap_or_default();
                self.failed = Some(why.clone());
                return Err(StoreError::NotWritable(why));
            }
        }
        self.shared.index.thaw();
        // Whoever waits for it may wait while a compaction goes on.
        self.shared.checkpoints.tried();
        if let Err(error) = self.shared.segments.clear(mark.commit) {
            tracing::warn!(%error, "the journal could not be cleared; it is tried again");
        }
        Ok(mark)
    }

    fn write_layer(&mut self, layer: &Layer, mark: Mark) -> Result<(), String> {
        let db = self.shared.index.sled().map_err(|error| error.to_string())?;
        let failed = |error: sled::Error| error.to_string();
        // While it is on its way, the digest leaves out what is in it.
        let mut digest = self.digest.but_for(mark.commit);
        for key in layer.keys() {
            if let Some(old) = db.get(key).map_err(failed)? {
                digest.remove(key, &old);
            }
        }
        db.insert(Table::Meta.key(META_CHECK), &digest.encode()).map_err(failed)?;
        self.sync(&db)?;
        let mut live = self.live_bytes;
        let mut window = 0;
        for (key, value) in layer {
            let (before, after) = write(&db, key, value.as_ref())?;
            live = live.saturating_add(after).saturating_sub(before);
            if let Some(value) = value {
                digest.add(key, value);
            }
            window += key.len() + value.as_ref().map_or(0, |value| value.len());
            if window >= WINDOW_BYTES {
                self.sync(&db)?;
                window = 0;
            }
        }
        self.sync(&db)?;
        db.apply_batch(generation::meta(live, mark.commit, &digest)).map_err(failed)?;
        self.sync(&db)?;
        self.live_bytes = live;
        self.digest = digest;
        Ok(())
    }

    fn sync(&mut self, db: &sled::Db) -> Result<(), String> {
        let shared = Arc::clone(&self.shared);
        let _busy = shared.checkpoints.busy();
        db.flush().map_err(|error| error.to_string())?;
        self.syncer.sync().map_err(|error| error.to_string())
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

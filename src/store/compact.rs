//! Giving space back: sled's file never shrinks and keeps what was overwritten for long, so now and then everything alive is copied
//! into a new generation beside the old one. Chats go on meanwhile: what they write gathers in the index as always, and when
//! it is taken over into the old sled, what belongs before the place that the copying has reached goes into the new one as well.
//!
//! The new generation counts when it is complete, compared with the old one record by record, and on the disk. A crash before that
//! leaves a directory that the next start removes.

use std::fs;
use std::io;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use sled::IVec;
use tokio::sync::oneshot;

use super::checkpoint::{Worker, write};
use super::files::{self, Syncer};
use super::generation;
use super::index::Layer;
use super::watermark::Mark;
use super::{Store, StoreError};

/// How long readers are waited for that still look into what is left behind: a second altogether.
const READERS_PAUSE: Duration = Duration::from_millis(5);
const READERS_TRIES: u32 = 200;
/// When the file is so many times as large as what is alive in it (in tenths), and so much beyond that.
const WORTH_IT_TENTHS: u64 = 25;
const WORTH_IT_BYTES: u64 = if cfg!(test) { 1024 * 1024 } else { 32 * 1024 * 1024 };

/// What a compaction has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Bytes of the database's file before and after.
    pub before: u64,
    pub after: u64,
    /// Bytes of keys and values in it.
    pub live: u64,
}

impl Store {
    /// Copies what is alive into a new file and removes the old one. Blocks until that is done; chats go on.
    ///
    /// # Errors
    /// When there is no room for the copy or it cannot be written; the old file stays in force.
    pub fn compact(&self) -> Result<Compacted, StoreError> {
        let (answer, done) = oneshot::channel();
        self.shared.checkpoints.push(Box::new(move |worker| drop(answer.send(worker.compact()))))?;
        done.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl Worker {
    /// After a purge the file may be many times as large as what is left.
    pub(super) fn compact_if_worth_it(&mut self) {
        let Ok(before) = self.file_bytes() else { return };
        if before <= self.live_bytes / 10 * WORTH_IT_TENTHS + WORTH_IT_BYTES || before <= self.not_worth_below {
            return;
        }
        if let Err(error) = self.compact() {
            tracing::warn!(%error, "the database could not be compacted");
            // Not again before it has grown by a quarter.
            self.not_worth_below = before + before / 4;
        }
    }

    /// At a start after the disk had failed: everything was found and opens, and now gets a file that the disk has taken whole.
    pub(super) fn copy_what_is_distrusted(&mut self) {
        tracing::warn!("the disk had failed before this start, so the database is copied into a new file");
        let copied = self.compact().and_then(|_| generation::trust(&self.data_dir).map_err(|error| failed(&error)));
        if let Err(error) = copied {
            tracing::error!(%error, "it could not be copied; the next start tries again");
        }
    }

    pub(super) fn compact(&mut self) -> Result<Compacted, StoreError> {
        let before = self.file_bytes().map_err(|error| failed(&error))?;
        let next = self.generation + 1;
        if let Err(error) = self.copy_to(next) {
            self.give_up(next, &error);
            return Err(error);
        }
        let after = self.file_bytes().map_err(|error| failed(&error))?;
        tracing::info!(before, after, live = self.live_bytes, "compacted the database");
        Ok(Compacted { before, after, live: self.live_bytes })
    }

    /// After a failure, only what is certainly not in force may go.
    fn give_up(&mut self, next: u64, error: &StoreError) {
        match generation::read(&self.data_dir) {
            // Where the old one could not be removed, the next start does it.
            _ if self.generation == next => {}
            Ok(Some(in_force)) if in_force != next => {
                let _ = fs::remove_dir_all(generation::dir(&self.data_dir, next));
            }
            // The new name may have reached the disk or not: both directories stay as they are, and the journal with them, until a
            // start has seen which one it is.
            _ => {
                self.shared.fail(&error.to_string());
                generation::distrust(&self.data_dir);
                self.failed = Some(error.to_string());
            }
        }
    }

    fn copy_to(&mut self, next: u64) -> Result<(), StoreError> {
        self.checkpoint()?;
        let dir = generation::dir(&self.data_dir, next);
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&error)),
            _ => {}
        }
        let old = self.shared.index.sled()?;
        let new = Arc::new(generation::open(&self.data_dir, next).map_err(|error| failed(&error))?);
        let mut reached: Option<IVec> = None;
        loop {
            let from = reached.as_ref().map_or(Bound::Unbounded, |reached| Bound::Excluded(reached.clone()));
            let shared = Arc::clone(&self.shared);
            let busy = shared.checkpoints.busy();
            let mut bytes = 0;
            let mut chunk = Vec::new();
            for entry in old.range::<IVec, _>((from, Bound::Unbounded)) {
                let (key, value) = entry?;
                bytes += key.len() + value.len();
                chunk.push((key, value));
                if bytes >= generation::FILL_BYTES {
                    break;
                }
            }
            let Some((last, _)) = chunk.last() else { break };
            reached = Some(last.clone());
            generation::fill(&new, &chunk)?;
            drop(busy);
            if self.shared.checkpoints.take_due() {
                let (layer, _) = self.take_over_next()?;
                mirror(&new, &layer, |key| reached.as_ref().is_some_and(|reached| *key <= **reached))?;
            }
        }
        let (layer, mark) = self.take_over_next()?;
        mirror(&new, &layer, |_| true)?;
        new.apply_batch(generation::meta(self.live_bytes, mark.commit, &self.digest))?;
        new.flush()?;
        // What counts is what can be read back from the disk, so it is synced, let go of, and opened like at a start.
        drop(new);
        files::sync_tree(&dir).map_err(|error| failed(&error))?;
        files::read_through(&dir).map_err(|(_, error)| failed(&error))?;
        let new = Arc::new(self.open_again(next)?);
        compare(&old, &new)?;
        generation::switch(&self.data_dir, next).map_err(|error| failed(&error))?;
        // The old one is left behind only now that the new one is in force on the disk.
        self.syncer = Syncer::open(&dir).map_err(|error| failed(&error))?;
        self.shared.index.replace_sled(Some(new));
        let left = generation::dir(&self.data_dir, std::mem::replace(&mut self.generation, next));
        let_go(old);
        fs::remove_dir_all(left).and_then(|()| files::sync_directory(&self.data_dir)).map_err(|error| failed(&error))
    }

    /// The file of a sled that was just let go of stays locked for a moment.
    fn open_again(&self, generation: u64) -> Result<sled::Db, StoreError> {
        let path = generation::dir(&self.data_dir, generation).join("db");
        files::wait_for_release(&path);
        generation::open(&self.data_dir, generation).map_err(|error| failed(&error))
    }

    fn take_over_next(&mut self) -> Result<(Arc<Layer>, Mark), StoreError> {
        self.prepare()?;
        let (layer, mark) = self.shared.index.freeze();
        self.take_over(&layer, mark)?;
        Ok((layer, mark))
    }

    fn file_bytes(&self) -> io::Result<u64> {
        Ok(fs::metadata(generation::dir(&self.data_dir, self.generation).join("db"))?.len())
    }
}

/// Sled syncs once more when the last of its handles goes, and panics where that fails: that must not happen to somebody who only
/// reads. Readers hold it for one look.
fn let_go(old: Arc<sled::Db>) {
    for _ in 0..READERS_TRIES {
        if Arc::strong_count(&old) == 1 {
            break;
        }
        std::thread::sleep(READERS_PAUSE);
    }
    if catch_unwind(AssertUnwindSafe(|| drop(old))).is_err() {
        tracing::warn!("the database that was left behind could not be synced");
    }
}

/// Repeats in the new sled what the old one has just got.
fn mirror(new: &sled::Db, layer: &Layer, is_copied: impl Fn(&[u8]) -> bool) -> Result<(), StoreError> {
    for (key, value) in layer.iter().filter(|(key, _)| is_copied(key)) {
        write(new, key, value.as_ref()).map_err(StoreError::NotWritable)?;
    }
    Ok(())
}

fn compare(old: &sled::Db, new: &sled::Db) -> Result<(), StoreError> {
    let (mut old, mut new) = (old.iter(), new.iter());
    loop {
        match (old.next().transpose()?, new.next().transpose()?) {
            (None, None) => return Ok(()),
            (one, other) if one == other => {}
            _ => return Err(StoreError::Damaged("the copy of the database differs from the original".to_owned())),
        }
    }
}

fn failed(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::NotWritable(format!("compacting the database failed: {error}"))
}

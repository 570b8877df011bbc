//! Everything that is stored, as it was at one commit, for snapshots and backups: sealed as it lies there.

use std::io;

use tokio::sync::oneshot;

use super::checkpoint::Worker;
use super::{CommitNumber, Store, StoreError};
use crate::vault::Key;

/// What has to be known besides the records to make an installation of them again.
pub struct CopyHead {
    pub format: u16,
    pub installation: [u8; 16],
    pub epoch: u64,
    /// The top key of the key tree in that epoch, and the journal's key. Whoever writes them anywhere seals them.
    pub top: Key,
    pub journal: Key,
    /// The copy holds every commit up to this one and nothing behind it.
    pub commit: CommitNumber,
    pub drawers: u64,
    pub audit_rows: u64,
    /// Bytes of all keys and values, for a progress bar: nearly exact.
    pub live_bytes: u64,
}

/// Where a copy goes.
pub trait Sink {
    /// # Errors
    /// When it cannot be written; the copying ends.
    fn begin(&mut self, head: CopyHead) -> io::Result<()>;

    /// One key and its value, in the order of the keys.
    ///
    /// # Errors
    /// When it cannot be written; the copying ends.
    fn pair(&mut self, key: &[u8], value: &[u8]) -> io::Result<()>;
}

impl Store {
    /// Streams everything into `sink` and gives that back. Blocks until it is done; chats go on, and what they write gathers in
    /// memory meanwhile.
    ///
    /// # Errors
    /// When something cannot be read or the sink does not take it.
    pub fn copy_out<S: Sink + Send + 'static>(&self, mut sink: S) -> Result<S, StoreError> {
        let (answer, done) = oneshot::channel();
        let job = move |worker: &mut Worker| {
            let outcome = worker.copy_out(&mut sink);
            drop(answer.send(outcome.map(|()| sink)));
        };
        self.shared.checkpoints.push(Box::new(job))?;
        done.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }

    /// A snapshot on this disk that ends with `commit` is durable: the journal behind it is kept until there is a newer one.
    pub fn keep_journal_behind(&self, commit: CommitNumber) {
        self.shared.segments.keep_behind(commit);
    }

    /// Bytes of the journal that are kept besides the segment in use.
    #[must_use]
    pub fn journal_bytes(&self) -> u64 {
        self.shared.segments.kept_bytes()
    }
}

impl Worker {
    fn copy_out(&mut self, sink: &mut dyn Sink) -> Result<(), StoreError> {
        self.prepare()?;
        let head = {
            // While this is held no purge flips the tip. So the key tree of this epoch is in what is frozen here: its nodes were there
            // before the flip that put them in force, and are removed only after the next one.
            let top = self.shared.top.read();
            let (layer, mark) = self.shared.index.freeze();
            let head = CopyHead {
                format: super::tables::FORMAT,
                installation: self.shared.installation,
                epoch: top.epoch,
                top: top.key.clone(),
                journal: self.journal_key.clone(),
                commit: mark.commit,
                drawers: mark.drawers,
                audit_rows: mark.audit_rows,
                live_bytes: self.live_bytes,
            };
            drop(top);
            self.take_over(&layer, mark)?;
            head
        };
        let failed = |error: io::Error| StoreError::NotCopied(error.to_string());
        sink.begin(head).map_err(failed)?;
        for entry in self.shared.index.sled()?.iter() {
            let (key, value) = entry?;
            sink.pair(&key, &value).map_err(failed)?;
        }
        Ok(())
    }
}

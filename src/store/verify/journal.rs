//! The journal, frame by frame.

use tokio::sync::oneshot;

use super::Check;
use crate::store::journal::{self, ReadError};
use crate::store::{Store, StoreError};

impl Check<'_> {
    /// In the checkpoint thread, since that is who clears segments away.
    pub(super) fn journal(&mut self, store: &Store) -> Result<(), StoreError> {
        let before = self.shared.index.mark().commit;
        let (answer, done) = oneshot::channel();
        store.shared.checkpoints.push(Box::new(move |worker| {
            let dir = worker.data_dir.join(journal::NAME);
            let read = || journal::read_all(&dir, &worker.journal_key, &worker.shared.installation);
            // The frame that was being written while its segment was read may look torn; it does not do so twice.
            let found = read().or_else(|_| read());
            // Whoever asked may have gone.
            drop(answer.send(found));
        }))?;
        match done.blocking_recv().map_err(|_| StoreError::Closed)? {
            Ok((end, commits)) => {
                self.counted("segments of the journal", end.segments.len() as u64);
                self.counted("commits in them", commits);
                if end.commit < before {
                    self.fault(format!("Commits {} to {before} are not in the journal.", end.commit + 1))?;
                }
                Ok(())
            }
            Err(ReadError::Io { path, error }) => self.fault(format!("{} cannot be read: {error}.", path.display())),
            Err(ReadError::Damaged(what)) => self.fault(format!("The journal is damaged: {what}.")),
        }
    }
}

//! What was filled in in secure forms: one record in a drawer of its own, which is destroyed like every other.

use super::catalogue::Entry;
use super::records::{self, SubmissionRecord};
use super::tables::Table;
use super::{Batch, Store, StoreError, parts, subjects};
use crate::domain::id::{ConversationId, SubmissionId};
use crate::domain::secure_form::{KeptSubmission, Submission};
use crate::domain::subject::marks_of_submission;
use crate::vault::Sealer;

impl Store {
    /// Every submission that there is, without opening one.
    #[must_use]
    pub fn submissions(&self) -> Vec<KeptSubmission> {
        self.shared.catalogue.read().submissions().collect()
    }

    /// One as the catalogue knows it.
    #[must_use]
    pub fn kept_submission(&self, id: SubmissionId) -> Option<KeptSubmission> {
        self.shared.entry(drawer_of(id))?.1.submission()
    }

    /// Opens one. `None` when it is not there (any more).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn submission(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        if self.kept_submission(id).is_none() {
            return Ok(None);
        }
        let Some(key) = self.shared.drawer_key(drawer_of(id))? else { return Ok(None) };
        let found = self.shared.read_submission(&Sealer::new(&key), id);
        // It may have been purged while it was read.
        if self.kept_submission(id).is_none() { Ok(None) } else { found }
    }
}

impl Batch {
    /// Takes the next drawer for it. Whoever filled it in is found by the address and the number that they gave.
    pub fn start_submission(&mut self, it: &Submission) {
        let kept = KeptSubmission { id: it.id, site: it.site, form: it.form, of: it.conversation, at: it.at };
        if self.start_drawer(Entry::of_submission(&kept)) {
            self.put_submission(it);
            for mark in marks_of_submission(it) {
                let hash = subjects::hash_of(&self.shared, mark.key(), mark.text());
                self.index_subject(drawer_of(it.id), hash);
            }
        }
    }

    /// Writes it anew: what was noted of it, such as that it was looked at.
    pub fn put_submission(&mut self, it: &Submission) {
        let drawer = drawer_of(it.id);
        self.put_drawer(drawer, Table::Submissions, drawer.as_bytes(), &SubmissionRecord::from(it));
    }
}

impl super::Shared {
    pub(super) fn read_submission(&self, sealer: &Sealer, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        let Some(first) = self.index.get(&Table::Submissions.key(id.as_bytes()))? else { return Ok(None) };
        let read = |key: &[u8]| self.index.get(key);
        let bytes = parts::open(sealer, &self.installation, Table::Submissions, id.as_bytes(), &first, read)?;
        records::decode::<SubmissionRecord>(&bytes)?.submission(id).map(Some)
    }
}

/// The drawer bears the same id.
pub(super) fn drawer_of(id: SubmissionId) -> ConversationId {
    ConversationId::from_bytes(*id.as_bytes())
}

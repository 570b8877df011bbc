//! The blind index: which drawers are about a person. Its keys are hashes under a key of the house, so nobody without it can tell whose
//! they are, and it says nothing else; each row goes with its drawer.

use super::index::Index;
use super::parts::Write;
use super::tables::Table;
use super::{Batch, Shared, Store, StoreError};
use crate::domain::id::ConversationId;
use crate::domain::subject::{SubjectHash, SubjectKey};

/// What a row holds: its key says all.
const HERE: [u8; 1] = [1];

impl Store {
    /// Under what somebody is found. The mark is in its one spelling.
    #[must_use]
    pub fn subject_hash(&self, key: SubjectKey, mark: &str) -> SubjectHash {
        hash_of(&self.shared, key, mark)
    }

    /// The drawers that are about somebody: conversations and submissions, in no order. What is being purged is not among them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn drawers_of_subject(&self, hash: SubjectHash) -> Result<Vec<ConversationId>, StoreError> {
        let mut found = Vec::new();
        for row in self.shared.index.scan(&Table::Subjects.key(&hash))? {
            let drawer = row?.0.get(17..33).and_then(|id| <[u8; 16]>::try_from(id).ok()).map(ConversationId::from_bytes);
            found.extend(drawer.filter(|id| self.shared.entry(*id).is_some()));
        }
        Ok(found)
    }

    /// Under what this drawer is found.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn subjects_of_drawer(&self, drawer: ConversationId) -> Result<Vec<SubjectHash>, StoreError> {
        hashes_of(&self.shared.index, drawer)
    }
}

impl Batch {
    /// From now on this drawer is found under this hash.
    pub fn index_subject(&mut self, drawer: ConversationId, hash: SubjectHash) {
        let rows =
            [Table::Subjects.key(&joined(hash, *drawer.as_bytes())), Table::SubjectsOf.key(&joined(*drawer.as_bytes(), hash))];
        self.write_for(drawer, rows.map(|key| (key, Some(HERE.to_vec()))));
    }

    /// It is not found under this hash any more.
    pub fn unindex_subject(&mut self, drawer: ConversationId, hash: SubjectHash) {
        let rows =
            [Table::Subjects.key(&joined(hash, *drawer.as_bytes())), Table::SubjectsOf.key(&joined(*drawer.as_bytes(), hash))];
        self.write_for(drawer, rows.map(|key| (key, None)));
    }
}

pub(super) fn hash_of(shared: &Shared, key: SubjectKey, mark: &str) -> SubjectHash {
    let mut bytes = vec![key.number()];
    bytes.extend_from_slice(mark.as_bytes());
    let hash = shared.house_keys.keyed_hash("subject", &bytes);
    let mut short = SubjectHash::default();
    short.copy_from_slice(&hash[..16]);
    short
}

/// Removes all rows of a drawer that is no more.
pub(super) fn remove_all(index: &Index, drawer: ConversationId, writes: &mut Vec<Write>) -> Result<(), StoreError> {
    for hash in hashes_of(index, drawer)? {
        writes.push((Table::Subjects.key(&joined(hash, *drawer.as_bytes())), None));
        writes.push((Table::SubjectsOf.key(&joined(*drawer.as_bytes(), hash)), None));
    }
    Ok(())
}

fn hashes_of(index: &Index, drawer: ConversationId) -> Result<Vec<SubjectHash>, StoreError> {
    let mut found = Vec::new();
    for row in index.scan(&Table::SubjectsOf.key(drawer.as_bytes()))? {
        found.extend(row?.0.get(17..33).and_then(|hash| SubjectHash::try_from(hash).ok()));
    }
    Ok(found)
}

fn joined(first: [u8; 16], second: [u8; 16]) -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(&first);
    key[16..].copy_from_slice(&second);
    key
}

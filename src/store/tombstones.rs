//! Which drawers were destroyed, by the epoch that destroyed them: so that a backup of the time before can be restored without
//! reviving them. Ids are random, and nobody can be found by them.

use super::records::{self, TombstonesRecord};
use super::tables::Table;
use super::{Store, StoreError};
use crate::domain::id::ConversationId;
use crate::domain::time::Timestamp;
use zeroize::Zeroizing;

/// The drawers of one purge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstones {
    pub epoch: u64,
    pub at: Timestamp,
    pub drawers: Vec<ConversationId>,
}

pub(super) fn encode(at: Timestamp, drawers: impl Iterator<Item = ConversationId>) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    records::encode(&TombstonesRecord::new(at, drawers))
}

impl Store {
    /// All of them, the oldest first. One whose purge has not come to its end yet is among them.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn tombstones(&self) -> Result<Vec<Tombstones>, StoreError> {
        let mut found = Vec::new();
        for entry in self.shared.index.scan(&[Table::Tombstones.tag()])? {
            let (key, first) = entry?;
            // Longer keys are further parts.
            let Ok(epoch) = <[u8; 8]>::try_from(&key[1..]) else { continue };
            let bytes = self.shared.open_house_value(Table::Tombstones, &epoch, &first)?;
            found.push(records::decode::<TombstonesRecord>(&bytes)?.tombstones(u64::from_be_bytes(epoch)));
        }
        Ok(found)
    }
}

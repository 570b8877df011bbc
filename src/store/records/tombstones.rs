//! The drawers that one purge has destroyed. The epoch is its key and not in it.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::id::ConversationId;
use crate::domain::time::Timestamp;
use crate::store::Tombstones;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct TombstonesRecord {
    at: i64,
    drawers: Vec<[u8; 16]>,
}

impl Record for TombstonesRecord {}

impl TombstonesRecord {
    pub(in crate::store) fn new(at: Timestamp, drawers: impl Iterator<Item = ConversationId>) -> Self {
        Self { at: at.as_millis(), drawers: drawers.map(|drawer| *drawer.as_bytes()).collect() }
    }

    pub(in crate::store) fn tombstones(self, epoch: u64) -> Tombstones {
        let drawers = self.drawers.into_iter().map(ConversationId::from_bytes).collect();
        Tombstones { epoch, at: Timestamp::from_millis(self.at), drawers }
    }
}

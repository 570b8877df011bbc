//! Who is kept out, as it is stored.

use serde::{Deserialize, Serialize};

use super::{Record, unfit};
use crate::domain::block::{Block, Blocked};
use crate::domain::id::{BlockId, OperatorId, SiteId};
use crate::domain::network::Network;
use crate::domain::text::Notice;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct BlockRecord {
    site: Option<[u8; 16]>,
    whom: BlockedRecord,
    until: Option<i64>,
    reason: Option<String>,
    by: [u8; 16],
    at: i64,
}

#[derive(Serialize, Deserialize)]
enum BlockedRecord {
    Visitor([u8; 32]),
    Network(String),
}

impl Record for BlockRecord {}

impl From<&Block> for BlockRecord {
    fn from(it: &Block) -> Self {
        Self {
            site: it.site.map(|id| *id.as_bytes()),
            whom: match &it.whom {
                Blocked::Visitor(token_index) => BlockedRecord::Visitor(*token_index),
                Blocked::Network(network) => BlockedRecord::Network(network.to_string()),
            },
            until: it.until.map(Timestamp::as_millis),
            reason: it.reason.as_ref().map(|text| text.as_str().to_owned()),
            by: *it.by.as_bytes(),
            at: it.at.as_millis(),
        }
    }
}

impl BlockRecord {
    pub(in crate::store) fn block(self, id: BlockId) -> Result<Block, StoreError> {
        Ok(Block {
            id,
            site: self.site.map(SiteId::from_bytes),
            whom: match self.whom {
                BlockedRecord::Visitor(token_index) => Blocked::Visitor(token_index),
                BlockedRecord::Network(network) => Blocked::Network(Network::parse(&network).map_err(unfit)?),
            },
            until: self.until.map(Timestamp::from_millis),
            reason: self.reason.as_deref().map(Notice::parse).transpose().map_err(unfit)?,
            by: OperatorId::from_bytes(self.by),
            at: Timestamp::from_millis(self.at),
        })
    }
}

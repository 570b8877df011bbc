//! Who is kept out: a visitor, an address or a network, for a time or for good.

use super::id::{BlockId, OperatorId, SiteId};
use super::network::Network;
use super::text::Notice;
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub id: BlockId,
    /// `None`: on every site.
    pub site: Option<SiteId>,
    pub whom: Blocked,
    /// `None`: until somebody lifts it.
    pub until: Option<Timestamp>,
    pub reason: Option<Notice>,
    pub by: OperatorId,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocked {
    /// The keyed hash of a visitor's token.
    Visitor([u8; 32]),
    Network(Network),
}

//! What happened in a conversation: numbered 1, 2, 3… without gaps, never changed afterwards.

use super::id::OperatorId;
use super::text::{ClientId, MessageText, Name};
use super::time::Timestamp;

/// The number of an event in its conversation; the first is 1, and 0 means "none yet".
pub type Seq = u32;

/// Which side did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    Visitor,
    /// The name is kept as it was then: a transcript does not change when somebody is renamed.
    Operator {
        id: OperatorId,
        name: Name,
    },
    System,
}

impl Author {
    /// Which member of staff; `None` for the visitor and the system.
    #[must_use]
    pub fn operator(&self) -> Option<OperatorId> {
        match self {
            Self::Operator { id, .. } => Some(*id),
            Self::Visitor | Self::System => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    Started,
    Joined,
    Message(MessageText),
    /// One side has ended the talk; the operator may still wrap up.
    Ended,
    Closed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub seq: Seq,
    pub at: Timestamp,
    pub author: Author,
    pub kind: EventKind,
    /// The id that the author's client gave the command, so that a repetition is recognised, after a restart too.
    pub client_id: Option<ClientId>,
}

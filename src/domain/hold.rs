//! Legal holds: what nobody may purge, and why.

use super::id::{ConversationId, HoldId, OperatorId, SiteId, SubmissionId};
use super::text::Notice;
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub id: HoldId,
    pub on: HeldThing,
    pub reason: Notice,
    pub by: OperatorId,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldThing {
    Conversation(ConversationId),
    Submission(SubmissionId),
    /// Whatever is found under the blind index of a person, see `domain/subject.rs`.
    Person([u8; 16]),
    Site(SiteId),
}

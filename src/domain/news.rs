//! What the rest of the house is told once a commit is durable, and never before.
//!
//! A batch carries its news through the store's writer; the hub turns each into frames for those who may see it.

use std::sync::Arc;

use super::conversation::Conversation;
use super::event::{Event, Seq};
use super::id::{ConversationId, OperatorId, SiteId};
use super::text::ClientId;
use super::time::Timestamp;

/// The connection that asked for the change and waits for its acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub connection: u64,
    pub client_id: ClientId,
}

#[derive(Debug, Clone)]
pub enum News {
    /// An event was added; the conversation is as it was right after.
    /// `after` is the number of the event before it that the visitor may see.
    Event { conversation: Arc<Conversation>, event: Arc<Event>, after: Seq, origin: Option<Origin> },
    /// The head changed without an event: it is marked otherwise.
    Changed { conversation: Arc<Conversation>, last: Seq, at: Timestamp, origin: Option<Origin> },
    /// A command that was carried out before came again: its first answer is repeated, once that is durable.
    Repeated { conversation: ConversationId, seq: Seq, at: Timestamp, origin: Origin },
    /// What this connection asked for was accepted and then could not be stored: the one news that is told without a commit.
    NotStored { conversation: ConversationId, origin: Origin, is_disk_full: bool },
    /// What is known about it changed, and nothing happened in it that is an event: attributes of its website, its visitor's identity.
    About(Arc<Conversation>),
    /// A conversation is gone for good.
    Purged { conversation: ConversationId, site: SiteId },
    /// A site's settings changed.
    Site(SiteId),
    /// A member of staff was changed or disabled: their sockets are checked again.
    Operator(OperatorId),
    /// One staff session ended (its SHA-256).
    SessionEnded([u8; 32]),
    /// A staff session goes on under another secret (SHA-256 of the one before and of the new one).
    SessionRenewed { was: [u8; 32], is: [u8; 32] },
    /// A letter to somebody of the staff waits to be sent.
    LetterOwed,
    /// A webhook is to be told something.
    DeliveryOwed,
    /// The allowlist changed: every staff socket is checked again.
    Allowlist,
}

//! Mail that leaves the house: transcripts of chats, where a site allows it.

use super::id::{ConversationId, SiteId};
use super::text::EmailAddress;
use super::time::Timestamp;

/// One mail to one address. It does not print.
pub struct Letter {
    pub to: EmailAddress,
    pub subject: String,
    pub text: String,
}

/// A transcript that has to be mailed and is not yet. Names nobody: addresses stand in the conversation and in the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingMail {
    pub conversation: ConversationId,
    pub site: SiteId,
    /// To the visitor, whose address is proven.
    pub to_visitor: bool,
    /// To the site's mailboxes.
    pub to_mailboxes: bool,
    pub since: Timestamp,
    pub tries: u8,
    pub next_at: Timestamp,
}

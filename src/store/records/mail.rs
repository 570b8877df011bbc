//! A transcript that is yet to be mailed, as it is stored. The conversation is its key and not in it.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::mail::PendingMail;
use crate::domain::time::Timestamp;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct MailRecord {
    site: [u8; 16],
    to_visitor: bool,
    to_mailboxes: bool,
    since: i64,
    tries: u8,
    next_at: i64,
}

impl Record for MailRecord {}

impl From<&PendingMail> for MailRecord {
    fn from(it: &PendingMail) -> Self {
        Self {
            site: *it.site.as_bytes(),
            to_visitor: it.to_visitor,
            to_mailboxes: it.to_mailboxes,
            since: it.since.as_millis(),
            tries: it.tries,
            next_at: it.next_at.as_millis(),
        }
    }
}

impl MailRecord {
    pub(in crate::store) fn mail(self, conversation: ConversationId) -> PendingMail {
        PendingMail {
            conversation,
            site: SiteId::from_bytes(self.site),
            to_visitor: self.to_visitor,
            to_mailboxes: self.to_mailboxes,
            since: Timestamp::from_millis(self.since),
            tries: self.tries,
            next_at: Timestamp::from_millis(self.next_at),
        }
    }
}

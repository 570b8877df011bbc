//! A legal hold as it is stored. Its id is the key and not in it.

use serde::{Deserialize, Serialize};

use super::{Record, unfit};
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::{ConversationId, HoldId, OperatorId, SiteId, SubmissionId};
use crate::domain::text::Notice;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct HoldRecord {
    on: HeldRecord,
    reason: String,
    by: [u8; 16],
    at: i64,
}

#[derive(Serialize, Deserialize)]
enum HeldRecord {
    Conversation([u8; 16]),
    Submission([u8; 16]),
    Person([u8; 16]),
    Site([u8; 16]),
}

impl Record for HoldRecord {}

impl From<&Hold> for HoldRecord {
    fn from(it: &Hold) -> Self {
        Self {
            on: match it.on {
                HeldThing::Conversation(id) => HeldRecord::Conversation(*id.as_bytes()),
                HeldThing::Submission(id) => HeldRecord::Submission(*id.as_bytes()),
                HeldThing::Person(hash) => HeldRecord::Person(hash),
                HeldThing::Site(id) => HeldRecord::Site(*id.as_bytes()),
            },
            reason: it.reason.as_str().to_owned(),
            by: *it.by.as_bytes(),
            at: it.at.as_millis(),
        }
    }
}

impl HoldRecord {
    pub(in crate::store) fn hold(self, id: HoldId) -> Result<Hold, StoreError> {
        Ok(Hold {
            id,
            on: match self.on {
                HeldRecord::Conversation(id) => HeldThing::Conversation(ConversationId::from_bytes(id)),
                HeldRecord::Submission(id) => HeldThing::Submission(SubmissionId::from_bytes(id)),
                HeldRecord::Person(hash) => HeldThing::Person(hash),
                HeldRecord::Site(id) => HeldThing::Site(SiteId::from_bytes(id)),
            },
            reason: Notice::parse(&self.reason).map_err(unfit)?,
            by: OperatorId::from_bytes(self.by),
            at: Timestamp::from_millis(self.at),
        })
    }
}

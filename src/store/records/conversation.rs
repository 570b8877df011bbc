//! The head of a conversation as it is stored, sealed under the key of its own drawer.

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::conversation::{Assignee, Conversation, State};
use crate::domain::id::{ConversationId, OperatorId, SiteId};
use crate::domain::text::{EmailAddress, Name};
use crate::domain::time::Timestamp;
use crate::domain::visitor::Visitor;
use crate::store::StoreError;

/// A head. The drawer's id is its key and not in it.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct ConversationRecord {
    site: [u8; 16],
    token_index: [u8; 32],
    started_at: i64,
    state: StateRecord,
    name: Option<String>,
    email: Option<String>,
    consented_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
enum StateRecord {
    Waiting,
    Active(AssigneeRecord),
    Wrapping(AssigneeRecord),
    Closed(Option<AssigneeRecord>, i64),
}

#[derive(Serialize, Deserialize)]
struct AssigneeRecord {
    id: [u8; 16],
    name: String,
}

impl From<&Conversation> for ConversationRecord {
    fn from(it: &Conversation) -> Self {
        Self {
            site: *it.site.as_bytes(),
            token_index: it.token_index,
            started_at: it.started_at.as_millis(),
            state: match &it.state {
                State::Waiting => StateRecord::Waiting,
                State::Active { operator } => StateRecord::Active(operator.into()),
                State::Wrapping { operator } => StateRecord::Wrapping(operator.into()),
                State::Closed { operator, at } => StateRecord::Closed(operator.as_ref().map(Into::into), at.as_millis()),
            },
            name: it.visitor.name.as_ref().map(|name| name.as_str().to_owned()),
            email: it.visitor.email.as_ref().map(|email| email.as_str().to_owned()),
            consented_at: it.visitor.consented_at.map(Timestamp::as_millis),
        }
    }
}

impl ConversationRecord {
    pub(in crate::store) fn conversation(self, id: ConversationId) -> Result<Conversation, StoreError> {
        Ok(Conversation {
            id,
            site: SiteId::from_bytes(self.site),
            visitor: Visitor {
                name: self.name.as_deref().map(Name::parse).transpose().map_err(unfit)?,
                email: self.email.as_deref().map(EmailAddress::parse).transpose().map_err(unfit)?,
                consented_at: self.consented_at.map(Timestamp::from_millis),
            },
            token_index: self.token_index,
            state: match self.state {
                StateRecord::Waiting => State::Waiting,
                StateRecord::Active(operator) => State::Active { operator: operator.assignee()? },
                StateRecord::Wrapping(operator) => State::Wrapping { operator: operator.assignee()? },
                StateRecord::Closed(operator, at) => State::Closed {
                    operator: operator.map(AssigneeRecord::assignee).transpose()?,
                    at: Timestamp::from_millis(at),
                },
            },
            started_at: Timestamp::from_millis(self.started_at),
        })
    }
}

impl From<&Assignee> for AssigneeRecord {
    fn from(it: &Assignee) -> Self {
        Self { id: *it.id.as_bytes(), name: it.name.as_str().to_owned() }
    }
}

impl AssigneeRecord {
    fn assignee(self) -> Result<Assignee, StoreError> {
        Ok(Assignee { id: OperatorId::from_bytes(self.id), name: Name::parse(&self.name).map_err(unfit)? })
    }
}

//! The head of a conversation as it is stored, sealed under the key of its own drawer.

use serde::{Deserialize, Serialize};

use super::about::AboutRecord;
use super::form::ConsentGivenRecord;
use super::{Record, damaged, read, unfit};
use crate::domain::about::About;
use crate::domain::conversation::{Assignee, Conversation, State};
use crate::domain::id::{ConversationId, OperatorId, SiteId};
use crate::domain::text::{EmailAddress, Name, PhoneNumber};
use crate::domain::time::Timestamp;
use crate::domain::visitor::{ConsentGiven, Visitor};
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
    phone: Option<String>,
    consent: Option<ConsentGivenRecord>,
    about: AboutRecord,
}

/// Version 1 said less.
#[derive(Deserialize)]
struct ConversationRecord1 {
    site: [u8; 16],
    token_index: [u8; 32],
    started_at: i64,
    state: StateRecord,
    name: Option<String>,
    email: Option<String>,
    consented_at: Option<i64>,
}

impl Record for ConversationRecord {
    const VERSION: u8 = 2;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        if version != 1 {
            return Err(damaged("its version is not known"));
        }
        let it: ConversationRecord1 = read(body)?;
        Ok(Self {
            site: it.site,
            token_index: it.token_index,
            started_at: it.started_at,
            state: it.state,
            name: it.name,
            email: it.email,
            phone: None,
            consent: it.consented_at.map(|at| ConsentGiven { version: 1, at: Timestamp::from_millis(at) }.into()),
            about: (&About::default()).into(),
        })
    }
}

#[derive(Serialize, Deserialize)]
enum StateRecord {
    Waiting,
    Active(AssigneeRecord),
    Wrapping(AssigneeRecord),
    Closed(Option<AssigneeRecord>, i64),
}

#[derive(Serialize, Deserialize)]
pub(super) struct AssigneeRecord {
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
            phone: it.visitor.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            consent: it.visitor.consent.map(Into::into),
            about: (&it.about).into(),
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
                phone: self.phone.as_deref().map(PhoneNumber::parse).transpose().map_err(unfit)?,
                consent: self.consent.map(Into::into),
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
            about: self.about.about()?,
        })
    }
}

impl From<&Assignee> for AssigneeRecord {
    fn from(it: &Assignee) -> Self {
        Self { id: *it.id.as_bytes(), name: it.name.as_str().to_owned() }
    }
}

impl AssigneeRecord {
    pub(super) fn assignee(self) -> Result<Assignee, StoreError> {
        Ok(Assignee { id: OperatorId::from_bytes(self.id), name: Name::parse(&self.name).map_err(unfit)? })
    }
}

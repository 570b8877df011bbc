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
    head: HeadRecord,
    is_restricted: bool,
    consent_withdrawn_at: Option<i64>,
    is_anonymised: bool,
}

/// What version 2 ended with.
#[derive(Serialize, Deserialize)]
struct HeadRecord {
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
    const VERSION: u8 = 3;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        let head = match version {
            1 => read::<ConversationRecord1>(body)?.into(),
            2 => read(body)?,
            _ => return Err(damaged("its version is not known")),
        };
        Ok(Self { head, is_restricted: false, consent_withdrawn_at: None, is_anonymised: false })
    }
}

impl From<ConversationRecord1> for HeadRecord {
    fn from(it: ConversationRecord1) -> Self {
        Self {
            site: it.site,
            token_index: it.token_index,
            started_at: it.started_at,
            state: it.state,
            name: it.name,
            email: it.email,
            phone: None,
            consent: it.consented_at.map(|at| ConsentGiven { version: 1, at: Timestamp::from_millis(at) }.into()),
            about: (&About::default()).into(),
        }
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
            head: it.into(),
            is_restricted: it.about.is_restricted,
            consent_withdrawn_at: it.about.consent_withdrawn_at.map(Timestamp::as_millis),
            is_anonymised: it.about.is_anonymised,
        }
    }
}

impl From<&Conversation> for HeadRecord {
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
        let Self { head: it, is_restricted, consent_withdrawn_at, is_anonymised } = self;
        let about = About {
            is_restricted,
            consent_withdrawn_at: consent_withdrawn_at.map(Timestamp::from_millis),
            is_anonymised,
            ..it.about.about()?
        };
        Ok(Conversation {
            id,
            site: SiteId::from_bytes(it.site),
            visitor: Visitor {
                name: it.name.as_deref().map(Name::parse).transpose().map_err(unfit)?,
                email: it.email.as_deref().map(EmailAddress::parse).transpose().map_err(unfit)?,
                phone: it.phone.as_deref().map(PhoneNumber::parse).transpose().map_err(unfit)?,
                consent: it.consent.map(Into::into),
            },
            token_index: it.token_index,
            state: match it.state {
                StateRecord::Waiting => State::Waiting,
                StateRecord::Active(operator) => State::Active { operator: operator.assignee()? },
                StateRecord::Wrapping(operator) => State::Wrapping { operator: operator.assignee()? },
                StateRecord::Closed(operator, at) => State::Closed {
                    operator: operator.map(AssigneeRecord::assignee).transpose()?,
                    at: Timestamp::from_millis(at),
                },
            },
            started_at: Timestamp::from_millis(it.started_at),
            about,
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

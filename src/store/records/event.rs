//! One event of a conversation as it is stored, sealed under the key of its drawer.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::event::{Author, Event, EventKind, Seq};
use crate::domain::id::OperatorId;
use crate::domain::text::{ClientId, MessageText, Name};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

/// An event. Drawer and number are its key and not in it.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct EventRecord<'a> {
    at: i64,
    author: AuthorRecord<'a>,
    kind: KindRecord<'a>,
    client_id: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
enum AuthorRecord<'a> {
    Visitor,
    Operator([u8; 16], Cow<'a, str>),
    System,
}

#[derive(Serialize, Deserialize)]
enum KindRecord<'a> {
    Started,
    Joined,
    Message(Cow<'a, str>),
    Ended,
    Closed,
}

impl<'a> From<&'a Event> for EventRecord<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            at: event.at.as_millis(),
            author: match &event.author {
                Author::Visitor => AuthorRecord::Visitor,
                Author::Operator { id, name } => AuthorRecord::Operator(*id.as_bytes(), name.as_str().into()),
                Author::System => AuthorRecord::System,
            },
            kind: match &event.kind {
                EventKind::Started => KindRecord::Started,
                EventKind::Joined => KindRecord::Joined,
                EventKind::Message(text) => KindRecord::Message(text.as_str().into()),
                EventKind::Ended => KindRecord::Ended,
                EventKind::Closed => KindRecord::Closed,
            },
            client_id: event.client_id.as_ref().map(|id| id.as_str().into()),
        }
    }
}

impl EventRecord<'_> {
    pub(in crate::store) fn event(self, seq: Seq) -> Result<Event, StoreError> {
        Ok(Event {
            seq,
            at: Timestamp::from_millis(self.at),
            author: match self.author {
                AuthorRecord::Visitor => Author::Visitor,
                AuthorRecord::Operator(id, name) => {
                    Author::Operator { id: OperatorId::from_bytes(id), name: Name::parse(&name).map_err(unfit)? }
                }
                AuthorRecord::System => Author::System,
            },
            kind: match self.kind {
                KindRecord::Started => EventKind::Started,
                KindRecord::Joined => EventKind::Joined,
                KindRecord::Message(text) => EventKind::Message(MessageText::parse(&text).map_err(unfit)?),
                KindRecord::Ended => EventKind::Ended,
                KindRecord::Closed => EventKind::Closed,
            },
            client_id: self.client_id.as_deref().map(ClientId::parse).transpose().map_err(unfit)?,
        })
    }
}

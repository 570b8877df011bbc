//! One event of a conversation as it is stored, sealed under the key of its drawer.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Record, damaged, unfit};
use crate::domain::event::{Author, Event, EventKind, FormAsk, Masking, Rating, Seq, Stars, Transfer, TransferTarget};
use crate::domain::file::{FileKind, FileRef};
use crate::domain::id::{DepartmentId, FileId, OperatorId, RequestId};
use crate::domain::redaction::Found;
use crate::domain::text::{ClientId, FileName, MessageText, Name, Notice};
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
    Note(Cow<'a, str>),
    File(FileRecord<'a>),
    FileRequested,
    Transferred { to: TargetRecord<'a>, note: Option<Cow<'a, str>> },
    Invited(Cow<'a, str>),
    Left,
    Rated(RatingRecord<'a>),
    Mailed,
    FormAsked(AskRecord<'a>),
    FormSent(AskRecord<'a>),
    Masked(MaskingRecord),
}

#[derive(Serialize, Deserialize)]
struct MaskingRecord {
    found: u8,
    earlier: Option<u32>,
    is_internal: bool,
}

/// A request for a secure form: its id, and what the form was called.
#[derive(Serialize, Deserialize)]
struct AskRecord<'a>([u8; 16], Cow<'a, str>);

#[derive(Serialize, Deserialize)]
struct FileRecord<'a> {
    id: [u8; 16],
    name: Cow<'a, str>,
    /// Width and height of a picture.
    picture: Option<(u32, u32)>,
    bytes: u64,
}

#[derive(Serialize, Deserialize)]
enum TargetRecord<'a> {
    Operator([u8; 16], Cow<'a, str>),
    Department([u8; 16], Cow<'a, str>),
}

#[derive(Serialize, Deserialize)]
pub(super) struct RatingRecord<'a> {
    stars: u8,
    comment: Option<Cow<'a, str>>,
}

impl<'a> From<&'a FileRef> for FileRecord<'a> {
    fn from(it: &'a FileRef) -> Self {
        let picture = match it.kind {
            FileKind::Picture { width, height } => Some((width, height)),
            FileKind::Other => None,
        };
        Self { id: *it.id.as_bytes(), name: it.name.as_str().into(), picture, bytes: it.bytes }
    }
}

impl FileRecord<'_> {
    fn file(self) -> Result<FileRef, StoreError> {
        Ok(FileRef {
            id: FileId::from_bytes(self.id),
            name: FileName::parse(&self.name).map_err(unfit)?,
            kind: self.picture.map_or(FileKind::Other, |(width, height)| FileKind::Picture { width, height }),
            bytes: self.bytes,
        })
    }
}

impl<'a> From<&'a TransferTarget> for TargetRecord<'a> {
    fn from(it: &'a TransferTarget) -> Self {
        match it {
            TransferTarget::Operator { id, name } => Self::Operator(*id.as_bytes(), name.as_str().into()),
            TransferTarget::Department { id, name } => Self::Department(*id.as_bytes(), name.as_str().into()),
        }
    }
}

impl TargetRecord<'_> {
    fn target(self) -> Result<TransferTarget, StoreError> {
        Ok(match self {
            Self::Operator(id, name) => {
                TransferTarget::Operator { id: OperatorId::from_bytes(id), name: Name::parse(&name).map_err(unfit)? }
            }
            Self::Department(id, name) => {
                TransferTarget::Department { id: DepartmentId::from_bytes(id), name: Name::parse(&name).map_err(unfit)? }
            }
        })
    }
}

impl<'a> From<&'a Rating> for RatingRecord<'a> {
    fn from(it: &'a Rating) -> Self {
        Self { stars: it.stars.get(), comment: it.comment.as_ref().map(|text| text.as_str().into()) }
    }
}

impl RatingRecord<'_> {
    pub(super) fn owned(self) -> RatingRecord<'static> {
        RatingRecord { stars: self.stars, comment: self.comment.map(|text| Cow::Owned(text.into_owned())) }
    }

    pub(super) fn rating(self) -> Result<Rating, StoreError> {
        let stars = Stars::new(self.stars).ok_or_else(|| damaged("a rating is out of its range"))?;
        Ok(Rating { stars, comment: self.comment.as_deref().map(Notice::parse).transpose().map_err(unfit)? })
    }
}

impl<'a> From<&'a FormAsk> for AskRecord<'a> {
    fn from(it: &'a FormAsk) -> Self {
        Self(*it.request.as_bytes(), it.name.as_str().into())
    }
}

impl AskRecord<'_> {
    fn ask(self) -> Result<FormAsk, StoreError> {
        Ok(FormAsk { request: RequestId::from_bytes(self.0), name: Name::parse(&self.1).map_err(unfit)? })
    }
}

impl Record for EventRecord<'_> {}

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
                EventKind::Note(text) => KindRecord::Note(text.as_str().into()),
                EventKind::File(file) => KindRecord::File(file.into()),
                EventKind::FileRequested => KindRecord::FileRequested,
                EventKind::Transferred(Transfer { to, note }) => {
                    KindRecord::Transferred { to: to.into(), note: note.as_ref().map(|text| text.as_str().into()) }
                }
                EventKind::Invited(name) => KindRecord::Invited(name.as_str().into()),
                EventKind::Left => KindRecord::Left,
                EventKind::Rated(rating) => KindRecord::Rated(rating.into()),
                EventKind::Mailed => KindRecord::Mailed,
                EventKind::FormAsked(ask) => KindRecord::FormAsked(ask.into()),
                EventKind::FormSent(ask) => KindRecord::FormSent(ask.into()),
                EventKind::Masked(Masking { found, earlier, is_internal }) => {
                    KindRecord::Masked(MaskingRecord { found: found.bits(), earlier: *earlier, is_internal: *is_internal })
                }
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
                KindRecord::Note(text) => EventKind::Note(MessageText::parse(&text).map_err(unfit)?),
                KindRecord::File(file) => EventKind::File(file.file()?),
                KindRecord::FileRequested => EventKind::FileRequested,
                KindRecord::Transferred { to, note } => {
                    let note = note.as_deref().map(MessageText::parse).transpose().map_err(unfit)?;
                    EventKind::Transferred(Transfer { to: to.target()?, note })
                }
                KindRecord::Invited(name) => EventKind::Invited(Name::parse(&name).map_err(unfit)?),
                KindRecord::Left => EventKind::Left,
                KindRecord::Rated(rating) => EventKind::Rated(rating.rating()?),
                KindRecord::Mailed => EventKind::Mailed,
                KindRecord::FormAsked(ask) => EventKind::FormAsked(ask.ask()?),
                KindRecord::FormSent(ask) => EventKind::FormSent(ask.ask()?),
                KindRecord::Masked(MaskingRecord { found, earlier, is_internal }) => {
                    EventKind::Masked(Masking { found: Found::of_bits(found), earlier, is_internal })
                }
            },
            client_id: self.client_id.as_deref().map(ClientId::parse).transpose().map_err(unfit)?,
        })
    }
}

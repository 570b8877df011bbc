//! An event of a conversation on the wire: as its visitor sees it, and as the staff do.

use askama::Template;
use bytestring::ByteString;
use serde::Serialize;

use super::{as_text, to_frame};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Author, Event, EventKind, FormAsk, PublicEvent, PublicKind, Seq};
use crate::domain::file::{FileKind, FileRef};
use crate::domain::id::{ConversationId, FileId, RequestId};
use crate::domain::text::ClientId;
use crate::domain::time::Timestamp;
use crate::live::partials::EventPartial;

/// An event of a conversation on the wire.
#[derive(Serialize)]
struct EventFrame<'a> {
    t: &'static str,
    #[serde(serialize_with = "as_text")]
    conversation: ConversationId,
    seq: Seq,
    /// The number of the event before it that this side may see, where that is not simply the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Seq>,
    #[serde(serialize_with = "as_text")]
    at: Timestamp,
    kind: &'static str,
    from: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileFrame<'a>>,
    /// To whom a conversation was handed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    /// Which form somebody was asked for; it opens for nobody but this visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<FormFrame<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stars: Option<u8>,
    /// Of something that was taken out: the earlier message in which it began, and which was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

#[derive(Serialize)]
struct FileFrame<'a> {
    #[serde(serialize_with = "as_text")]
    id: FileId,
    name: &'a str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
}

impl<'a> From<&'a FileRef> for FileFrame<'a> {
    fn from(file: &'a FileRef) -> Self {
        let (width, height) = match file.kind {
            FileKind::Picture { width, height } => (Some(width), Some(height)),
            FileKind::Other => (None, None),
        };
        Self { id: file.id, name: file.name.as_str(), bytes: file.bytes, width, height }
    }
}

#[derive(Serialize)]
struct FormFrame<'a> {
    #[serde(serialize_with = "as_text")]
    request: RequestId,
    name: &'a str,
}

impl<'a> From<&'a FormAsk> for FormFrame<'a> {
    fn from(ask: &'a FormAsk) -> Self {
        Self { request: ask.request, name: ask.name.as_str() }
    }
}

/// One event as the visitor sees it, who saw `after` last.
#[must_use]
pub fn public_event(conversation: &Conversation, event: PublicEvent<'_>, after: Seq) -> ByteString {
    let (from, name) = match event.author {
        Author::Visitor => ("visitor", None),
        Author::Operator { name, .. } => ("operator", Some(name.as_str())),
        Author::System => ("system", None),
    };
    let mut frame = EventFrame {
        t: "event",
        conversation: conversation.id,
        seq: event.seq,
        after: (after + 1 != event.seq).then_some(after),
        at: event.at,
        kind: "",
        from,
        name,
        text: None,
        file: None,
        to: None,
        form: None,
        stars: None,
        earlier: None,
        id: event.client_id.filter(|_| *event.author == Author::Visitor).map(ClientId::as_str),
        html: None,
    };
    frame.kind = match event.kind {
        PublicKind::Started => "started",
        PublicKind::Joined => "joined",
        PublicKind::Message(text) => {
            frame.text = Some(text.as_str());
            "message"
        }
        PublicKind::Ended => "ended",
        PublicKind::Closed => "closed",
        PublicKind::File(file) => {
            frame.file = Some(file.into());
            "file"
        }
        PublicKind::FileRequested => "file_requested",
        PublicKind::Transferred(target) => {
            frame.to = Some(target.name().as_str());
            "transferred"
        }
        PublicKind::Left => "left",
        PublicKind::Rated(rating) => {
            frame.stars = Some(rating.stars.get());
            "rated"
        }
        PublicKind::Mailed => "mailed",
        PublicKind::FormAsked(ask) => {
            frame.form = Some(ask.into());
            "form_asked"
        }
        PublicKind::FormSent(ask) => {
            frame.form = Some(ask.into());
            "form_sent"
        }
        PublicKind::Masked(masking) => {
            frame.earlier = masking.earlier;
            "masked"
        }
    };
    to_frame(&frame)
}

/// One event as the staff sees it, with the HTML that the page itself would show.
#[must_use]
pub fn event(conversation: &Conversation, event: &Event) -> ByteString {
    let partial = EventPartial::new(conversation, event);
    to_frame(&EventFrame {
        t: "event",
        conversation: conversation.id,
        seq: event.seq,
        after: None,
        at: event.at,
        kind: partial.kind,
        from: partial.from,
        name: Some(partial.name).filter(|_| event.author != Author::System),
        text: partial.text,
        file: match &event.kind {
            EventKind::File(file) => Some(file.into()),
            _ => None,
        },
        to: match &event.kind {
            EventKind::Transferred(transfer) => Some(transfer.to.name().as_str()),
            _ => None,
        },
        form: None,
        stars: match &event.kind {
            EventKind::Rated(rating) => Some(rating.stars.get()),
            _ => None,
        },
        earlier: match &event.kind {
            EventKind::Masked(masking) => masking.earlier,
            _ => None,
        },
        id: event.client_id.as_ref().filter(|_| matches!(event.author, Author::Operator { .. })).map(ClientId::as_str),
        html: partial.render().ok(),
    })
}

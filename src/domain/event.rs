//! What happened in a conversation: numbered 1, 2, 3… without gaps, never changed afterwards.

use super::file::FileRef;
use super::id::{DepartmentId, OperatorId, RequestId};
use super::redaction::Found;
use super::text::{ClientId, MessageText, Name, Notice};
use super::time::Timestamp;

/// The number of an event in its conversation; the first is 1, and 0 means "none yet".
pub type Seq = u32;

/// Which side did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    Visitor,
    /// The name is kept as it was then: a transcript does not change when somebody is renamed.
    Operator {
        id: OperatorId,
        name: Name,
    },
    System,
}

impl Author {
    /// Which member of staff; `None` for the visitor and the system.
    #[must_use]
    pub fn operator(&self) -> Option<OperatorId> {
        match self {
            Self::Operator { id, .. } => Some(*id),
            Self::Visitor | Self::System => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    Started,
    Joined,
    Message(MessageText),
    /// One side has ended the talk; the operator may still wrap up.
    Ended,
    Closed,
    /// For the staff alone.
    Note(MessageText),
    File(FileRef),
    /// The visitor is asked for a file.
    FileRequested,
    Transferred(Transfer),
    /// The author asked a colleague to join.
    Invited(Name),
    /// The author, who had joined, has gone.
    Left,
    Rated(Rating),
    /// The transcript was mailed.
    Mailed,
    /// The visitor is asked to fill in a secure form.
    FormAsked(FormAsk),
    /// They have. What they wrote lies in a drawer of its own, and nothing of it here.
    FormSent(FormAsk),
    /// Something was taken out of what was written, before anybody read it.
    Masked(Masking),
}

impl EventKind {
    /// Whether it is for the staff alone. Nothing that leaves towards a visitor, a mailbox or a webhook may hold it.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        match self {
            Self::Note(_) | Self::Invited(_) => true,
            Self::Masked(masking) => masking.is_internal,
            _ => false,
        }
    }
}

/// An event as those may see it who are not of the staff: the only form in which one leaves towards a visitor, a mailbox or a webhook.
#[derive(Debug, Clone, Copy)]
pub struct PublicEvent<'a> {
    pub seq: Seq,
    pub at: Timestamp,
    pub author: &'a Author,
    pub kind: PublicKind<'a>,
    pub client_id: Option<&'a ClientId>,
}

/// What happened, without what is for the staff alone.
#[derive(Debug, Clone, Copy)]
pub enum PublicKind<'a> {
    Started,
    Joined,
    Message(&'a MessageText),
    Ended,
    Closed,
    File(&'a FileRef),
    FileRequested,
    Transferred(&'a TransferTarget),
    Left,
    Rated(&'a Rating),
    Mailed,
    FormAsked(&'a FormAsk),
    FormSent(&'a FormAsk),
    Masked(&'a Masking),
}

impl Event {
    /// `None` for what is for the staff alone.
    #[must_use]
    pub fn public(&self) -> Option<PublicEvent<'_>> {
        let kind = match &self.kind {
            EventKind::Started => PublicKind::Started,
            EventKind::Joined => PublicKind::Joined,
            EventKind::Message(text) => PublicKind::Message(text),
            EventKind::Ended => PublicKind::Ended,
            EventKind::Closed => PublicKind::Closed,
            EventKind::File(file) => PublicKind::File(file),
            EventKind::FileRequested => PublicKind::FileRequested,
            EventKind::Transferred(transfer) => PublicKind::Transferred(&transfer.to),
            EventKind::Left => PublicKind::Left,
            EventKind::Rated(rating) => PublicKind::Rated(rating),
            EventKind::Mailed => PublicKind::Mailed,
            EventKind::FormAsked(ask) => PublicKind::FormAsked(ask),
            EventKind::FormSent(ask) => PublicKind::FormSent(ask),
            EventKind::Masked(masking) if !masking.is_internal => PublicKind::Masked(masking),
            EventKind::Note(_) | EventKind::Invited(_) | EventKind::Masked(_) => return None,
        };
        Some(PublicEvent { seq: self.seq, at: self.at, author: &self.author, kind, client_id: self.client_id.as_ref() })
    }
}

impl EventKind {
    /// The word for it on the wire and in exports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Joined => "joined",
            Self::Message(_) => "message",
            Self::Ended => "ended",
            Self::Closed => "closed",
            Self::Note(_) => "note",
            Self::File(_) => "file",
            Self::FileRequested => "file_requested",
            Self::Transferred(_) => "transferred",
            Self::Invited(_) => "invited",
            Self::Left => "left",
            Self::Rated(_) => "rated",
            Self::Mailed => "mailed",
            Self::FormAsked(_) => "form_asked",
            Self::FormSent(_) => "form_sent",
            Self::Masked(_) => "masked",
        }
    }
}

/// What was taken out, and of which event; never what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masking {
    pub found: Found,
    /// An earlier message, which held the beginning: it was masked too, in its place. The one thing about an event that ever changes.
    pub earlier: Option<Seq>,
    /// It was in something that is for the staff alone.
    pub is_internal: bool,
}

impl TransferTarget {
    #[must_use]
    pub fn name(&self) -> &Name {
        match self {
            Self::Operator { name, .. } | Self::Department { name, .. } => name,
        }
    }
}

/// A conversation handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub to: TransferTarget,
    /// For the staff alone.
    pub note: Option<MessageText>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTarget {
    Operator { id: OperatorId, name: Name },
    Department { id: DepartmentId, name: Name },
}

/// Which secure form somebody was asked for. It opens nothing by itself: the link is made anew for the visitor of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormAsk {
    pub request: RequestId,
    /// What it was called then.
    pub name: Name,
}

/// How the visitor says it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    pub stars: Stars,
    pub comment: Option<Notice>,
}

/// 1 (bad) to 5 (good).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stars(u8);

impl Stars {
    #[must_use]
    pub fn new(stars: u8) -> Option<Self> {
        (1..=5).contains(&stars).then_some(Self(stars))
    }

    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub seq: Seq,
    pub at: Timestamp,
    pub author: Author,
    pub kind: EventKind,
    /// The id that the author's client gave the command, so that a repetition is recognised, after a restart too.
    pub client_id: Option<ClientId>,
}

//! What the server says on the live channel: one JSON object a frame, its kind in `t`. The vocabulary is described in
//! ARCHITECTURE.md; what clients say is parsed in `web/live`. `event` is what happened in a
//! chat, `desk` how chats find operators, and what those see of each other.

use std::collections::BTreeMap;
use std::time::Duration;

use askama::Template;
use bytestring::ByteString;
use serde::Serialize;

use super::partials::RoomPartial;
use super::table::Last;
use crate::domain::conversation::{Conversation, Receipts};
use crate::domain::event::Seq;
use crate::domain::id::ConversationId;
use crate::domain::space::Standing;
use crate::domain::text::{ClientId, EmailAddress};
use crate::domain::time::Timestamp;
use crate::service::mailing;

mod desk;
mod event;

pub use desk::{Here, Viewer, available, declined, offer, peek, presence, row, row_gone, rows, viewers};
pub use event::{event, public_event};

/// The version of this vocabulary; the first frame of both sides names it.
pub const VERSION: u32 = 1;

/// Which side a connection is on, and so what it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    Visitor,
    Operator,
}

/// Why the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bye {
    BadTicket,
    BadFrame,
    Binary,
    Revoked,
    SignedOut,
    Lagging,
    Restart,
    Silent,
    TooMany,
}

impl Bye {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::BadTicket => "bad_ticket",
            Self::BadFrame => "bad_frame",
            Self::Binary => "binary",
            Self::Revoked => "revoked",
            Self::SignedOut => "signed_out",
            Self::Lagging => "lagging",
            Self::Restart => "restart",
            Self::Silent => "silent",
            Self::TooMany => "superseded",
        }
    }

    /// The close code of RFC 6455, section 7.4.1 (1012 and 1013 from the IANA registry).
    #[must_use]
    pub fn close_code(self) -> u16 {
        match self {
            Self::BadTicket | Self::BadFrame | Self::Revoked | Self::SignedOut | Self::TooMany => 1008,
            Self::Binary => 1003,
            Self::Lagging => 1013,
            Self::Restart => 1012,
            Self::Silent => 1001,
        }
    }

    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::BadTicket => "This ticket is not valid any more. Ask for a new one.",
            Self::BadFrame => "This frame is not of the protocol.",
            Self::Binary => "Only text frames are understood.",
            Self::Revoked => "You may not be here any more.",
            Self::SignedOut => "You have been signed out.",
            Self::Lagging => "The connection was too slow. Connect again to catch up.",
            Self::Restart => "Connect again.",
            Self::Silent => "Nothing was heard for a minute.",
            Self::TooMany => "Too many connections are open for you.",
        }
    }
}

fn to_frame<T: Serialize>(frame: &T) -> ByteString {
    // Serialising these plain structs cannot fail; an empty object would be ignored by every client.
    ByteString::from(serde_json::to_string(frame).unwrap_or_else(|_| "{}".to_owned()))
}

fn as_text<T: std::fmt::Display, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn as_text_if<T: std::fmt::Display, S: serde::Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// What a connection is told of who it is: the name of somebody of the staff, or the code of a visitor, by which they ask for their data.
#[derive(Default)]
pub struct Greeting<'a> {
    pub name: Option<&'a str>,
    pub code: Option<String>,
}

#[must_use]
pub fn welcome(now: Timestamp, face: Face, greeting: &Greeting<'_>) -> ByteString {
    #[derive(Serialize)]
    struct Welcome<'a> {
        t: &'static str,
        v: u32,
        #[serde(serialize_with = "as_text")]
        now: Timestamp,
        role: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'a str>,
    }
    let role = match face {
        Face::Visitor => "visitor",
        Face::Operator => "operator",
    };
    let (name, code) = (greeting.name, greeting.code.as_deref());
    to_frame(&Welcome { t: "welcome", v: VERSION, now, role, name, code })
}

#[must_use]
pub fn ack(id: &ClientId, conversation: ConversationId, seq: Seq, at: Timestamp) -> ByteString {
    #[derive(Serialize)]
    struct Ack<'a> {
        t: &'static str,
        id: &'a str,
        #[serde(serialize_with = "as_text")]
        conversation: ConversationId,
        seq: Seq,
        #[serde(serialize_with = "as_text")]
        at: Timestamp,
    }
    to_frame(&Ack { t: "ack", id: id.as_str(), conversation, seq, at })
}

/// A command was not carried out. The message is for the person.
#[must_use]
pub fn refused(id: Option<&str>, conversation: Option<ConversationId>, code: &str, n: Option<u32>, message: &str) -> ByteString {
    refused_fields(id, conversation, code, n, message, &BTreeMap::new())
}

/// The same of a form: `fields` says which answers cannot be taken, and why.
#[must_use]
pub fn refused_fields(
    id: Option<&str>,
    conversation: Option<ConversationId>,
    code: &str,
    n: Option<u32>,
    message: &str,
    fields: &BTreeMap<String, &'static str>,
) -> ByteString {
    #[derive(Serialize)]
    struct Refused<'a> {
        t: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text_if")]
        conversation: Option<ConversationId>,
        code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        n: Option<u32>,
        message: &'a str,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        fields: &'a BTreeMap<String, &'static str>,
    }
    to_frame(&Refused { t: "refused", id, conversation, code, n, message, fields })
}

/// Everything about a conversation that is not an event: what a returning client needs besides the events it missed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Present {
    /// The place in the queue, from 1; `None` when it does not wait.
    pub place: Option<usize>,
    pub wait: Option<Duration>,
    pub may_leave_message: bool,
    /// Whether it is business hours where it waits.
    pub open: bool,
    pub operator_online: bool,
    pub visitor_online: bool,
    pub last: Last,
    pub receipts: Receipts,
}

/// How a conversation stands, for one side: the visitor's never counts what they may not see.
#[must_use]
pub fn state(conversation: &Conversation, present: &Present, face: Face) -> ByteString {
    #[derive(Serialize)]
    struct Sides {
        visitor: Seq,
        operator: Seq,
    }
    #[derive(Serialize)]
    struct State<'a> {
        t: &'static str,
        #[serde(serialize_with = "as_text")]
        conversation: ConversationId,
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<usize>,
        #[serde(skip_serializing_if = "Option::is_none")]
        wait_seconds: Option<u64>,
        channel: &'static str,
        may_leave_message: bool,
        open: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        operator: Option<&'a str>,
        operator_online: bool,
        visitor_online: bool,
        /// For the visitor alone: where a copy could be sent.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<&'a str>,
        /// Stars that the visitor has given.
        #[serde(skip_serializing_if = "Option::is_none")]
        rating: Option<u8>,
        last: Seq,
        delivered: Sides,
        seen: Sides,
    }
    let receipts = present.receipts;
    let last = match face {
        Face::Visitor => present.last.public,
        Face::Operator => present.last.seq,
    };
    to_frame(&State {
        t: "state",
        conversation: conversation.id,
        state: conversation.state_word(),
        place: present.place,
        wait_seconds: present.wait.map(|wait| wait.as_secs()),
        channel: conversation.about.channel.word(),
        may_leave_message: present.may_leave_message,
        open: present.open,
        operator: conversation.assignee().map(|assignee| assignee.name.as_str()),
        operator_online: present.operator_online,
        visitor_online: present.visitor_online,
        email: mailing::proven_address(conversation).filter(|_| face == Face::Visitor).map(EmailAddress::as_str),
        rating: conversation.about.rating.as_ref().map(|rating| rating.stars.get()),
        last,
        delivered: Sides { visitor: receipts.delivered_to_visitor, operator: receipts.delivered_to_operator.min(last) },
        seen: Sides { visitor: receipts.seen_by_visitor, operator: receipts.seen_by_operator.min(last) },
    })
}

#[must_use]
pub fn typing(conversation: ConversationId, who: Face, name: Option<&str>, on: bool) -> ByteString {
    #[derive(Serialize)]
    struct Typing<'a> {
        t: &'static str,
        #[serde(serialize_with = "as_text")]
        conversation: ConversationId,
        who: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        on: bool,
    }
    let who = match who {
        Face::Visitor => "visitor",
        Face::Operator => "operator",
    };
    to_frame(&Typing { t: "typing", conversation, who, name, on })
}

/// For staff: how much room the server has, with the notice that says so while it is little.
#[must_use]
pub fn disk(standing: Standing) -> ByteString {
    #[derive(Serialize)]
    struct Disk {
        t: &'static str,
        room: &'static str,
        free_mib: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        html: Option<String>,
    }
    let html = RoomPartial::new(standing).and_then(|partial| partial.render().ok());
    to_frame(&Disk { t: "disk", room: standing.room.word(), free_mib: standing.free_mib(), html })
}

/// For operators: what stands beside a conversation changed.
#[must_use]
pub fn about(conversation: ConversationId) -> ByteString {
    #[derive(Serialize)]
    struct About {
        t: &'static str,
        #[serde(serialize_with = "as_text")]
        conversation: ConversationId,
    }
    to_frame(&About { t: "about", conversation })
}

#[must_use]
pub fn purged(conversation: ConversationId) -> ByteString {
    to_frame(&Purged { t: "purged", conversation, unseen: false })
}

/// For operators: it is not theirs to see, or not any more. Whether it still is at all is not said.
#[must_use]
pub fn out_of_sight(conversation: ConversationId) -> ByteString {
    to_frame(&Purged { t: "purged", conversation, unseen: true })
}

#[derive(Serialize)]
struct Purged {
    t: &'static str,
    #[serde(serialize_with = "as_text")]
    conversation: ConversationId,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unseen: bool,
}

#[must_use]
pub fn bye(bye: Bye) -> ByteString {
    #[derive(Serialize)]
    struct Frame {
        t: &'static str,
        code: &'static str,
        message: &'static str,
    }
    to_frame(&Frame { t: "bye", code: bye.code(), message: bye.message() })
}

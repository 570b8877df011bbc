//! The list of the staff, who is there for whom, who is asked to take a chat, and who looks at one.

use askama::Template;
use bytestring::ByteString;
use serde::Serialize;

use super::{as_text, as_text_if, to_frame};
use crate::domain::conversation::Conversation;
use crate::domain::id::{ConversationId, DepartmentId, OperatorId};
use crate::domain::text::Tag;
use crate::domain::time::Timestamp;
use crate::live::partials::RowPartial;
use crate::live::staffing::Availability;
use crate::store::House;

#[derive(Serialize)]
struct Row<'a> {
    t: &'static str,
    #[serde(serialize_with = "as_text")]
    conversation: ConversationId,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text_if")]
    operator: Option<OperatorId>,
    /// Colleagues who write along, and those who were asked to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    guests: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invited: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

/// One row of the operators' list changed; `active_at` is when something happened there last.
#[must_use]
pub fn row(conversation: &Conversation, house: Option<&House>, active_at: Timestamp) -> ByteString {
    to_frame(&Row {
        t: "row",
        conversation: conversation.id,
        state: conversation.state_word(),
        operator: conversation.assignee().map(|assignee| assignee.id),
        guests: conversation.about.guests.iter().map(|guest| guest.id.to_string()).collect(),
        invited: conversation.about.invited.iter().map(OperatorId::to_string).collect(),
        tags: conversation.about.tags.iter().map(Tag::as_str).collect(),
        html: house.and_then(|house| RowPartial::new(conversation, house, active_at).render().ok()),
    })
}

/// A row of the operators' list is no more.
#[must_use]
pub fn row_gone(conversation: ConversationId) -> ByteString {
    let nobody = Vec::new;
    to_frame(&Row {
        t: "row",
        conversation,
        state: "gone",
        operator: None,
        guests: nobody(),
        invited: nobody(),
        tags: Vec::new(),
        html: None,
    })
}

/// Which rows the operators' list has at all: a page that returns drops the others.
#[must_use]
pub fn rows(conversations: impl Iterator<Item = ConversationId>) -> ByteString {
    #[derive(Serialize)]
    struct Rows {
        t: &'static str,
        conversations: Vec<String>,
    }
    to_frame(&Rows { t: "rows", conversations: conversations.map(|id| id.to_string()).collect() })
}

/// How a site, or one of its departments, is served at this moment.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Here {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text_if")]
    pub department: Option<DepartmentId>,
    /// Operators who accept chats.
    pub online: usize,
    pub open: bool,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text_if")]
    pub opens_at: Option<Timestamp>,
}

/// For visitors: who is here, and whether new chats are taken at all.
#[must_use]
pub fn presence(site: Here, departments: &[Here], taking: bool) -> ByteString {
    #[derive(Serialize)]
    struct Presence<'a> {
        t: &'static str,
        taking: bool,
        #[serde(flatten)]
        site: Here,
        #[serde(skip_serializing_if = "<[Here]>::is_empty")]
        departments: &'a [Here],
    }
    to_frame(&Presence { t: "presence", taking, site, departments })
}

/// For one operator: will they take this conversation within so many seconds? 0: the question is withdrawn.
#[must_use]
pub fn offer(conversation: ConversationId, seconds: u64, is_transfer: bool) -> ByteString {
    #[derive(Serialize)]
    struct Offer {
        t: &'static str,
        #[serde(serialize_with = "as_text")]
        conversation: ConversationId,
        seconds: u64,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        transfer: bool,
    }
    to_frame(&Offer { t: "offer", conversation, seconds, transfer: is_transfer })
}

/// Somebody of the staff who has a conversation open.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Viewer<'a> {
    #[serde(serialize_with = "as_text")]
    pub operator: OperatorId,
    pub name: &'a str,
    pub typing: bool,
}

/// For operators who have a conversation open: who has, they themselves included.
#[must_use]
pub fn viewers(conversation: ConversationId, people: &[Viewer<'_>]) -> ByteString {
    #[derive(Serialize)]
    struct Viewers<'a> {
        t: &'static str,
        #[serde(serialize_with = "as_text")]
        conversation: ConversationId,
        people: &'a [Viewer<'a>],
    }
    to_frame(&Viewers { t: "viewers", conversation, people })
}

/// For operators who have a conversation open: what its visitor has typed and not sent.
#[must_use]
pub fn peek(conversation: ConversationId, text: &str) -> ByteString {
    #[derive(Serialize)]
    struct Peek<'a> {
        t: &'static str,
        #[serde(serialize_with = "as_text")]
        conversation: ConversationId,
        text: &'a str,
    }
    to_frame(&Peek { t: "peek", conversation, text })
}

/// For operators: a colleague to whom the conversation was handed on has not taken it.
#[must_use]
pub fn declined(conversation: ConversationId, operator: OperatorId, name: &str) -> ByteString {
    #[derive(Serialize)]
    struct Declined<'a> {
        t: &'static str,
        #[serde(serialize_with = "as_text")]
        conversation: ConversationId,
        #[serde(serialize_with = "as_text")]
        operator: OperatorId,
        name: &'a str,
    }
    to_frame(&Declined { t: "declined", conversation, operator, name })
}

/// For one operator: whether new chats come to them.
#[must_use]
pub fn available(is: Availability) -> ByteString {
    #[derive(Serialize)]
    struct Available {
        t: &'static str,
        on: bool,
        state: &'static str,
    }
    to_frame(&Available { t: "available", on: is == Availability::Accepting, state: is.word() })
}

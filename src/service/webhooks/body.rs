//! What a message says: ids, times and numbers; what was written only where the webhook is to be told that. What is for the staff alone
//! has no way into one (`Event::public`), and nothing that was filled in in a secure form is ever read here.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::domain::about::Channel;
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::{Author, Event, PublicEvent, PublicKind};
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Delivery, WebhookEvent};
use crate::store::House;

/// Bytes that a message is given at first: one without a transcript is shorter.
const BODY_BYTES: usize = 4 * 1024;

/// Bytes that a line takes beside what was written.
const LINE_BYTES: usize = 128;

#[derive(Serialize)]
struct Body<T> {
    #[serde(rename = "type")]
    event: &'static str,
    /// When it happened.
    timestamp: String,
    data: T,
}

#[derive(Serialize)]
struct Closed<'a> {
    conversation: String,
    site: String,
    channel: &'static str,
    started_at: String,
    closed_at: Option<String>,
    department: Option<&'a str>,
    operator: Option<String>,
    rating: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visitor: Option<Visitor<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript: Option<Vec<Line<'a>>>,
    /// There is more of it than a message takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_cut: Option<bool>,
}

#[derive(Serialize)]
struct Visitor<'a> {
    name: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    answers: Vec<Answer<'a>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    label: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct Line<'a> {
    at: String,
    from: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// What a file that was sent is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
}

#[derive(Serialize)]
struct Submitted {
    submission: Option<String>,
    form: Option<String>,
    site: Option<String>,
    conversation: Option<String>,
}

#[derive(Serialize)]
struct Purged {
    site: Option<String>,
    conversations: Vec<String>,
}

#[derive(Serialize)]
struct Nothing {}

/// `told` are the events, where what was written is told.
pub(super) fn of_conversation(
    house: &House,
    delivery: &Delivery,
    head: &Conversation,
    told: Option<&[Event]>,
) -> Zeroizing<Vec<u8>> {
    let operator = match &head.state {
        State::Waiting => None,
        State::Active { operator } | State::Wrapping { operator } => Some(operator),
        State::Closed { operator, .. } => operator.as_ref(),
    };
    let transcript = told.map(transcript);
    let department = head.about.department.and_then(|id| house.departments.get(&id));
    let data = Closed {
        conversation: head.id.to_string(),
        site: head.site.to_string(),
        channel: channel(head.about.channel),
        started_at: head.started_at.to_string(),
        closed_at: head.closed_at().map(|at| at.to_string()),
        department: department.map(|it| it.name.as_str()),
        operator: operator.map(|it| it.id.to_string()),
        rating: head.about.rating.as_ref().map(|rating| rating.stars.get()),
        visitor: told.map(|_| visitor(head)),
        is_cut: transcript.as_ref().map(|(_, is_cut)| *is_cut),
        transcript: transcript.map(|(lines, _)| lines),
    };
    written(delivery.event, delivery.since, data)
}

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Chat => "chat",
        Channel::Message => "message",
    }
}

fn visitor(head: &Conversation) -> Visitor<'_> {
    Visitor {
        name: head.visitor.name.as_ref().map(|name| name.as_str()),
        email: head.visitor.email.as_ref().map(|email| email.as_str()),
        phone: head.visitor.phone.as_ref().map(|phone| phone.as_str()),
        answers: head.about.answers.iter().map(|it| Answer { label: it.label.as_str(), value: it.value.as_str() }).collect(),
    }
}

/// From the first on, as many as a message takes, and whether there are more.
fn transcript(events: &[Event]) -> (Vec<Line<'_>>, bool) {
    let mut room = limits::WEBHOOK_TRANSCRIPT_BYTES;
    let mut lines = Vec::new();
    for line in events.iter().filter_map(Event::public).filter_map(line) {
        let needs = LINE_BYTES + line.text.or(line.file).map_or(0, str::len);
        match room.checked_sub(needs) {
            Some(left) => room = left,
            None => return (lines, true),
        }
        lines.push(line);
    }
    (lines, false)
}

/// What somebody wrote or sent; who came and went is left out.
fn line(event: PublicEvent<'_>) -> Option<Line<'_>> {
    let (text, file) = match event.kind {
        PublicKind::Message(text) => (Some(text.as_str()), None),
        PublicKind::File(file) => (None, Some(file.name.as_str())),
        _ => return None,
    };
    let (from, name) = match event.author {
        Author::Visitor => ("visitor", None),
        Author::Operator { name, .. } => ("operator", Some(name.as_str())),
        Author::System => ("system", None),
    };
    Some(Line { at: event.at.to_string(), from, name, text, file })
}

pub(super) fn of_submission(delivery: &Delivery) -> Zeroizing<Vec<u8>> {
    let data = Submitted {
        submission: delivery.submission.map(|(id, _)| id.to_string()),
        form: delivery.submission.map(|(_, form)| form.to_string()),
        site: delivery.site.map(|id| id.to_string()),
        conversation: delivery.conversation.map(|id| id.to_string()),
    };
    written(delivery.event, delivery.since, data)
}

pub(super) fn of_purged(delivery: &Delivery, gone: &[ConversationId]) -> Zeroizing<Vec<u8>> {
    let conversations = gone.iter().map(ToString::to_string).collect();
    written(delivery.event, delivery.since, Purged { site: delivery.site.map(|id| id.to_string()), conversations })
}

pub(super) fn of_test(now: Timestamp) -> Zeroizing<Vec<u8>> {
    written(WebhookEvent::Test, now, Nothing {})
}

fn written(event: WebhookEvent, at: Timestamp, data: impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(BODY_BYTES));
    // Strings, numbers and lists of them always encode.
    let _ = serde_json::to_writer(&mut *bytes, &Body { event: event.word(), timestamp: at.to_string(), data });
    bytes
}

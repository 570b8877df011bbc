//! Exporting: every conversation in clear, as JSON lines, for the owner of the host alone. One line is one conversation with its events;
//! README.md documents the fields. Written as it is read, so it needs no room of its own.

use std::num::NonZero;
use std::ops::ControlFlow;

use serde::Serialize;
use zeroize::Zeroizing;

use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::{Author, Event, EventKind};
use crate::store::{Destination, StoreError};

/// Bytes that a line is given at first: most conversations are shorter.
const LINE_BYTES: usize = 4 * 1024;

#[derive(Serialize)]
struct Line<'a> {
    id: String,
    site: String,
    state: &'static str,
    started_at: String,
    closed_at: Option<String>,
    visitor: Visitor<'a>,
    operator: Option<Person<'a>>,
    events: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Visitor<'a> {
    name: Option<&'a str>,
    email: Option<&'a str>,
    consented_at: Option<String>,
}

#[derive(Serialize)]
struct Person<'a> {
    id: String,
    name: &'a str,
}

#[derive(Serialize)]
struct Entry<'a> {
    seq: u32,
    at: String,
    kind: &'static str,
    from: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<Person<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

/// Writes all of them into `out`, in the order of their ids; how many there were. A conversation that is purged meanwhile may or may not
/// be among them.
///
/// # Errors
/// When one cannot be read or `out` does not take it.
pub fn write_all<W: Destination>(ctx: &Ctx, mut out: W) -> Result<u64, Failure> {
    ctx.authorize(Action::Export)?;
    // Before a word of it leaves: an export that breaks off was one all the same.
    let expected = ctx.store.closed_count() + ctx.store.open_count();
    let mut batch = ctx.store.batch();
    let conversations = u32::try_from(expected).unwrap_or(u32::MAX);
    ctx.audit(&mut batch, AuditAction::Exported { conversations });
    ctx.store.commit(batch).wait()?;
    let mut written = 0;
    let mut failed = None;
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let encoded = |conversation: Conversation, events: Vec<Event>| {
        let mut text = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
        let done = serde_json::to_writer(&mut *text, &line(&conversation, &events));
        text.push(b'\n');
        done.map(|()| text)
    };
    ctx.store.each_conversation(threads, encoded, |text| {
        match text.map_err(std::io::Error::from).and_then(|text| out.write_all(&text)) {
            Ok(()) => {
                written += 1;
                ControlFlow::Continue(())
            }
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match failed.map_or_else(|| out.flush(), Err) {
        Ok(()) => Ok(written),
        Err(error) => Err(StoreError::NotCopied(error.to_string()).into()),
    }
}

/// One of them, for people to read.
pub(super) fn json(conversation: &Conversation, events: &[Event]) -> String {
    // Strings, numbers and lists of them always encode.
    serde_json::to_string_pretty(&line(conversation, events)).unwrap_or_default()
}

fn line<'a>(conversation: &'a Conversation, events: &'a [Event]) -> Line<'a> {
    let (state, operator) = match &conversation.state {
        State::Waiting => ("waiting", None),
        State::Active { operator } => ("active", Some(operator)),
        State::Wrapping { operator } => ("wrapping", Some(operator)),
        State::Closed { operator, .. } => ("closed", operator.as_ref()),
    };
    let visitor = &conversation.visitor;
    Line {
        id: conversation.id.to_string(),
        site: conversation.site.to_string(),
        state,
        started_at: conversation.started_at.to_string(),
        closed_at: conversation.closed_at().map(|at| at.to_string()),
        visitor: Visitor {
            name: visitor.name.as_ref().map(|name| name.as_str()),
            email: visitor.email.as_ref().map(|email| email.as_str()),
            consented_at: visitor.consent.map(|consent| consent.at.to_string()),
        },
        operator: operator.map(|it| Person { id: it.id.to_string(), name: it.name.as_str() }),
        events: events.iter().map(entry).collect(),
    }
}

fn entry(event: &Event) -> Entry<'_> {
    let (from, operator) = match &event.author {
        Author::Visitor => ("visitor", None),
        Author::Operator { id, name } => ("operator", Some(Person { id: id.to_string(), name: name.as_str() })),
        Author::System => ("system", None),
    };
    let text = match &event.kind {
        EventKind::Message(text) | EventKind::Note(text) => Some(text.as_str()),
        EventKind::File(file) => Some(file.name.as_str()),
        EventKind::Transferred(transfer) => Some(transfer.to.name().as_str()),
        EventKind::Invited(name) => Some(name.as_str()),
        EventKind::Rated(rating) => rating.comment.as_ref().map(|text| text.as_str()),
        _ => None,
    };
    Entry { seq: event.seq, at: event.at.to_string(), kind: event.kind.word(), from, operator, text }
}

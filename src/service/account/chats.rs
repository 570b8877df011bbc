//! Chats with all that was written in them, and what was filled in in secure forms.

use std::num::NonZero;
use std::ops::ControlFlow;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::name::{Share, Sheet};
use super::row::{Cell, Rows, encoded};
use super::{Ctx, Failure};
use crate::domain::conversation::{Assignee, Conversation, State};
use crate::domain::event::{Author, Event, EventKind, TransferTarget};

/// The chats of this share, or what happened in them, in the order of their ids.
pub(super) fn fill(ctx: &Ctx, sheet: Sheet, share: Share, rows: &mut Rows) -> Result<(), Failure> {
    let (format, columns) = (rows.format, rows.columns);
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let made = |conversation: Conversation, events: Vec<Event>| {
        if sheet == Sheet::Conversations {
            return encoded(format, columns, &head(&conversation, events.len()));
        }
        let mut lines = Zeroizing::new(Vec::new());
        for it in &events {
            lines.extend_from_slice(&encoded(format, columns, &event(&conversation, it)));
        }
        lines
    };
    let mut done = Ok(());
    ctx.store.each_conversation_of(
        |id| share.has(id),
        threads,
        made,
        |lines| {
            done = rows.write(&lines);
            if done.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        },
    )?;
    done
}

fn head(it: &Conversation, events: usize) -> Vec<Cell<'_>> {
    let (state, operator) = match &it.state {
        State::Waiting => ("waiting", None),
        State::Active { operator } => ("active", Some(operator)),
        State::Wrapping { operator } => ("wrapping", Some(operator)),
        State::Closed { operator, .. } => ("closed", operator.as_ref()),
    };
    let (visitor, about) = (&it.visitor, &it.about);
    let from = &about.came_from;
    let line = |line: &'_ Option<crate::domain::text::Line>| line.as_ref().map(|line| line.as_str().to_owned());
    let answers = about
        .answers
        .iter()
        .map(|it| json!({ "field": it.field.as_str(), "label": it.label.as_str(), "value": it.value.as_str() }));
    let attributes = about.attributes.iter().map(|it| json!({ "name": it.name.as_str(), "value": it.value.as_str() }));
    vec![
        Cell::of(it.id),
        Cell::of(it.site),
        Cell::text(state),
        Cell::text(about.channel.word()),
        Cell::of_maybe(about.department),
        Cell::of_maybe(about.window),
        Cell::text(about.language.tag()),
        Cell::of(it.started_at),
        Cell::of_maybe(about.answered_at),
        Cell::of_maybe(it.closed_at()),
        Cell::maybe(visitor.name.as_ref().map(|it| it.as_str())),
        Cell::maybe(visitor.email.as_ref().map(|it| it.as_str())),
        Cell::maybe(visitor.phone.as_ref().map(|it| it.as_str())),
        visitor.consent.map_or(Cell::None, |it| Cell::Number(it.version.into())),
        Cell::of_maybe(visitor.consent.map(|it| it.at)),
        Cell::maybe(about.identity.as_ref().map(|it| it.id.as_str())),
        about.identity.as_ref().map_or(Cell::None, |it| Cell::Flag(it.email_is_proven)),
        Cell::of_maybe(line(&from.page)),
        Cell::of_maybe(line(&from.title)),
        Cell::of_maybe(line(&from.referrer)),
        Cell::of_maybe(line(&from.browser)),
        Cell::of_maybe(line(&from.address)),
        Cell::of_maybe(line(&from.host)),
        Cell::of_maybe(operator.map(|it| it.id)),
        Cell::maybe(operator.map(|it| it.name.as_str())),
        Cell::Parts(about.guests.iter().map(person).collect()),
        Cell::Parts(about.tags.iter().map(|tag| Value::from(tag.as_str())).collect()),
        Cell::Parts(answers.collect()),
        Cell::Parts(attributes.collect()),
        about.rating.as_ref().map_or(Cell::None, |it| Cell::Number(it.stars.get().into())),
        Cell::maybe(about.rating.as_ref().and_then(|it| it.comment.as_ref()).map(|it| it.as_str())),
        Cell::Flag(about.is_restricted),
        Cell::of_maybe(about.consent_withdrawn_at),
        Cell::Number(events as u64),
    ]
}

fn person(it: &Assignee) -> Value {
    json!({ "id": it.id.to_string(), "name": it.name.as_str() })
}

fn event<'a>(conversation: &Conversation, it: &'a Event) -> [Cell<'a>; 9] {
    let (from, id, name) = match &it.author {
        Author::Visitor => ("visitor", None, None),
        Author::Operator { id, name } => ("operator", Some(id), Some(name.as_str())),
        Author::System => ("system", None, None),
    };
    let text = match &it.kind {
        EventKind::Message(text) | EventKind::Note(text) => Some(text.as_str()),
        EventKind::File(file) => Some(file.name.as_str()),
        EventKind::Transferred(transfer) => transfer.note.as_ref().map(|note| note.as_str()),
        EventKind::Invited(name) => Some(name.as_str()),
        EventKind::Rated(rating) => rating.comment.as_ref().map(|text| text.as_str()),
        _ => None,
    };
    let more = match &it.kind {
        EventKind::File(file) => Cell::Parts(json!({ "file": file.id.to_string(), "bytes": file.bytes })),
        EventKind::Transferred(transfer) => Cell::Parts(match &transfer.to {
            TransferTarget::Operator { id, name } => json!({ "operator": id.to_string(), "name": name.as_str() }),
            TransferTarget::Department { id, name } => json!({ "department": id.to_string(), "name": name.as_str() }),
        }),
        EventKind::Rated(rating) => Cell::Parts(json!({ "stars": rating.stars.get() })),
        _ => Cell::None,
    };
    [
        Cell::of(conversation.id),
        Cell::Number(it.seq.into()),
        Cell::of(it.at),
        Cell::text(it.kind.word()),
        Cell::text(from),
        Cell::of_maybe(id),
        Cell::maybe(name),
        Cell::maybe(text),
        more,
    ]
}

/// A row for each answer. What is purged meanwhile is not among them.
pub(super) fn submissions(ctx: &Ctx, rows: &mut Rows) -> Result<(), Failure> {
    for kept in ctx.store.submissions() {
        let Some(it) = ctx.store.submission(kept.id)? else { continue };
        for answer in &it.answers {
            rows.row(&[
                Cell::of(it.id),
                Cell::of(it.site),
                Cell::of(it.form),
                Cell::text(it.form_name.as_str()),
                Cell::of_maybe(it.conversation),
                Cell::of(it.at),
                Cell::text(it.language.tag()),
                Cell::maybe(it.consent.as_ref().map(|it| it.as_str())),
                Cell::of_maybe(it.viewed_at),
                Cell::text(answer.field.as_str()),
                Cell::text(answer.label.as_str()),
                Cell::Flag(answer.is_sensitive),
                Cell::text(answer.value.as_str()),
            ])?;
        }
    }
    Ok(())
}

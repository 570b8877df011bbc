//! One chat on paper or in a file. What is for the staff alone is left out unless somebody asks for it, and then nothing gives away
//! that it was there: the events are numbered anew.

use super::conversations::{self, View};
use super::{Ctx, Failure, export, purge_rules};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, EventKind, Transfer};
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::permission::Permission;
use crate::domain::purge_rule::Happening;

/// Whether what is for the staff alone is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notes {
    LeftOut,
    Kept,
}

/// The whole chat, to be printed, open or closed: a row in the audit log comes first, since paper leaves the house as a file does.
///
/// # Errors
/// `NotFound` when it does not exist or is not the actor's.
pub fn read(ctx: &Ctx, id: ConversationId, notes: Notes) -> Result<View, Failure> {
    let view = conversations::view(ctx, id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::TranscriptPrinted(id));
    // Whoever looks at a chat that goes on does not see the whole of it.
    if view.conversation.closed_at().is_some() {
        purge_rules::happened_to(ctx, &mut batch, &view.conversation, Happening::Viewed);
    }
    ctx.store.commit(batch).wait()?;
    Ok(without(notes, view))
}

/// The whole chat, to leave the appliance in a file: a row in the audit log comes first.
///
/// # Errors
/// `NotFound` when it does not exist, or may not be exported by the actor; `ProofNeeded`.
pub fn export(ctx: &Ctx, id: ConversationId, notes: Notes) -> Result<View, Failure> {
    let view = conversations::view(ctx, id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
    ctx.authorize(Action::UseIn(Permission::ExportTranscripts, &view.conversation))?;
    ctx.require_proof()?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::TranscriptExported(id));
    purge_rules::happened_to(ctx, &mut batch, &view.conversation, Happening::Viewed);
    ctx.store.commit(batch).wait()?;
    Ok(without(notes, view))
}

#[must_use]
pub fn may_export(ctx: &Ctx, head: &Conversation) -> bool {
    ctx.authorize(Action::UseIn(Permission::ExportTranscripts, head)).is_ok()
}

/// The same fields as a line of `parlor export`, for people to read.
#[must_use]
pub fn json(view: &View) -> String {
    export::json(&view.conversation, &view.events)
}

fn without(notes: Notes, view: View) -> View {
    View { events: shown(notes, view.events), ..view }
}

/// What may be seen of it.
pub(super) fn shown(notes: Notes, events: Vec<Event>) -> Vec<Event> {
    if notes == Notes::Kept {
        return events;
    }
    let shown = events.into_iter().filter(|event| !event.kind.is_internal());
    (1..).zip(shown).map(|(seq, event)| Event { seq, kind: without_note(event.kind), ..event }).collect()
}

fn without_note(kind: EventKind) -> EventKind {
    match kind {
        EventKind::Transferred(Transfer { to, .. }) => EventKind::Transferred(Transfer { to, note: None }),
        other => other,
    }
}

#[cfg(test)]
#[path = "tests/transcripts.rs"]
mod tests;

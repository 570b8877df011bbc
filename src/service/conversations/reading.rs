//! Reading: what the pages show, and what a live connection has missed.

use super::entries::may_see;
use crate::domain::access::{Action, Actor};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Seq};
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::purge_rule::Happening;
use crate::domain::time::Timestamp;
use crate::service::{Ctx, Failure, purge_rules, readings};
use crate::store::Commit;

/// A conversation as its page shows it: the head and events after `after`, at most `limit` of them, oldest first.
#[derive(Debug, Clone)]
pub struct View {
    pub conversation: Conversation,
    pub events: Vec<Event>,
}

/// # Errors
/// `NotFound` when it does not exist or is not the actor's.
pub fn view(ctx: &Ctx, id: ConversationId, after: Seq, limit: usize) -> Result<View, Failure> {
    let conversation = ctx.store.conversation(id)?.ok_or(Failure::NotFound)?;
    may_see(ctx, &conversation)?;
    let events = ctx.store.events(id, after, limit)?;
    if conversation.closed_at().is_none() {
        let _not_waited_for = readings::note_chat(ctx, id);
    }
    Ok(View { conversation, events })
}

/// Reads a whole closed conversation, which leaves a row in the audit log before anything is shown.
///
/// # Errors
/// `NotFound` when it does not exist or is not the actor's.
pub fn read_transcript(ctx: &Ctx, id: ConversationId) -> Result<View, Failure> {
    let view = view(ctx, id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
    if let Some(row) = note_reading(ctx, &view) {
        row.wait()?;
    }
    Ok(view)
}

/// Events that a live connection has missed. What staff read of a closed conversation this way is in the audit log too; the
/// row is only queued, since nobody waits for the disk on this path.
///
/// # Errors
/// `NotFound` when it does not exist or is not the actor's.
pub fn replay(ctx: &Ctx, id: ConversationId, after: Seq, limit: usize) -> Result<View, Failure> {
    let view = view(ctx, id, after, limit)?;
    if !view.events.is_empty() {
        let _not_waited_for = note_reading(ctx, &view);
    }
    Ok(view)
}

fn note_reading(ctx: &Ctx, view: &View) -> Option<Commit> {
    let Actor::Staff { id: reader, .. } = ctx.actor else { return None };
    view.conversation.closed_at()?;
    let mut batch = ctx.store.batch();
    ctx.audit_as(&mut batch, AuditActor::Staff(*reader), AuditAction::TranscriptRead(view.conversation.id));
    purge_rules::happened_to(ctx, &mut batch, &view.conversation, Happening::Viewed);
    Some(ctx.store.commit(batch))
}

/// What an operator's list shows of a conversation that is not closed.
#[derive(Debug, Clone)]
pub struct Listed {
    pub conversation: Conversation,
    pub active_at: Timestamp,
    pub last: Seq,
}

/// The open conversations that the actor may serve, the longest waiting first.
///
/// # Errors
/// `Denied` for anyone but staff.
pub fn open_list(ctx: &Ctx) -> Result<Vec<Listed>, Failure> {
    ctx.authorize(Action::UseConsole)?;
    let mut list: Vec<Listed> = ctx
        .store
        .open_conversations()
        .iter()
        .map(|open| open.lock())
        .filter(|open| ctx.authorize(Action::ServeConversation(&open.head)).is_ok())
        .map(|open| Listed { conversation: open.head.clone(), active_at: open.active_at, last: open.last })
        .collect();
    list.sort_by_key(|listed| (listed.conversation.started_at, listed.conversation.id));
    Ok(list)
}

//! What every act has in common: loading through the actor, giving the next number, and knowing a command that came before.

use std::sync::Arc;

use crate::domain::access::{Action, Actor};
use crate::domain::audit::{Area, AuditAction};
use crate::domain::conversation::{Assignee, Conversation, IllegalMove};
use crate::domain::event::{Author, Event, EventKind, Masking, Seq};
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::news::{News, Origin};
use crate::domain::purge_rule::Happening;
use crate::domain::redaction::Found;
use crate::domain::time::Timestamp;
use crate::service::{Ctx, Failure, mailing, purge_rules, redaction, refusals, reports, webhooks};
use crate::store::{Batch, OpenConversation, StoreError};

impl From<Assignee> for Author {
    fn from(assignee: Assignee) -> Self {
        Self::Operator { id: assignee.id, name: assignee.name }
    }
}

/// While nothing can be stored, a command is refused at once instead of waiting for an acknowledgement that never comes.
pub(in crate::service) fn writable(ctx: &Ctx) -> Result<(), Failure> {
    match ctx.store.not_writable() {
        None => Ok(()),
        Some(why) => Err(StoreError::NotWritable(why).into()),
    }
}

/// Loads through the actor: what is not theirs does not exist for them.
pub(in crate::service) fn may_see(ctx: &Ctx, head: &Conversation) -> Result<(), Failure> {
    ctx.authorize(Action::ServeConversation(head)).map_err(|_| {
        if matches!(ctx.actor, Actor::Staff { .. }) {
            refusals::note(ctx, AuditAction::AccessDenied(Area::Console));
        }
        Failure::NotFound
    })
}

pub(in crate::service) fn staff(ctx: &Ctx) -> Result<Assignee, Failure> {
    let Actor::Staff { id, .. } = ctx.actor else { return Err(Failure::NotFound) };
    let house = ctx.store.house();
    let operator = house.operators.get(id).ok_or(Failure::NotFound)?;
    Ok(Assignee { id: *id, name: operator.name.clone() })
}

/// Writes the changed head together with the event that tells of it.
pub(super) fn change(ctx: &Ctx, open: &mut OpenConversation, author: Author, kind: EventKind, origin: Option<Origin>) {
    let mut batch = ctx.store.batch();
    batch.put_conversation(&open.head);
    reports::count_close(ctx, &mut batch, &open.head);
    mailing::note_closing(ctx, &mut batch, &open.head);
    purge_rules::happened_to(ctx, &mut batch, &open.head, Happening::Closed);
    webhooks::note_closing(ctx, &mut batch, &open.head);
    add(ctx, &mut batch, open, author, kind, origin);
    ctx.store.commit(batch);
}

/// Writes a head that was marked otherwise, which is no event, with what else is in the batch.
pub(super) fn change_head(ctx: &Ctx, batch: Batch, open: &OpenConversation, origin: Origin) {
    put_head(ctx, batch, open, Some(origin));
}

/// The same, where nobody waits for the answer.
pub(super) fn remark(ctx: &Ctx, open: &OpenConversation) {
    put_head(ctx, ctx.store.batch(), open, None);
}

fn put_head(ctx: &Ctx, mut batch: Batch, open: &OpenConversation, origin: Option<Origin>) {
    batch.put_conversation(&open.head);
    batch.tell(News::Changed { conversation: Arc::new(open.head.clone()), last: open.last, at: ctx.now, origin });
    ctx.store.commit(batch);
}

/// Gives the next number. The caller holds the lock and commits before it lets go, so numbers reach the disk in order.
pub(in crate::service) fn add(
    ctx: &Ctx,
    batch: &mut Batch,
    open: &mut OpenConversation,
    author: Author,
    kind: EventKind,
    origin: Option<Origin>,
) {
    let mut kind = kind;
    let masked = redaction::of_event(ctx, open, &author, &mut kind);
    let client_id = origin.as_ref().map(|origin| origin.client_id.clone());
    append(batch, open, Event { seq: open.last + 1, at: ctx.now, author, kind, client_id }, origin);
    if let Some((masking, earlier)) = masked {
        for event in &earlier {
            batch.rewrite_event(open.head.id, event);
            open.note_masked(event);
        }
        tell_masked(ctx, batch, open, masking);
        // Each of them is named, so that a page dots what it has shown.
        for event in earlier.iter().skip(1) {
            tell_masked(ctx, batch, open, Masking { earlier: Some(event.seq), ..masking });
        }
    }
}

/// Something was masked in what is no event: an answer, a name.
pub(super) fn tell_found(ctx: &Ctx, batch: &mut Batch, open: &mut OpenConversation, found: Found) {
    if !found.is_empty() {
        tell_masked(ctx, batch, open, Masking { found, earlier: None, is_internal: false });
    }
}

/// Everybody who may read it is told that something was taken out, its author included.
fn tell_masked(ctx: &Ctx, batch: &mut Batch, open: &mut OpenConversation, masking: Masking) {
    let kind = EventKind::Masked(masking);
    append(batch, open, Event { seq: open.last + 1, at: ctx.now, author: Author::System, kind, client_id: None }, None);
}

fn append(batch: &mut Batch, open: &mut OpenConversation, event: Event, origin: Option<Origin>) {
    let after = open.last_public;
    open.last = event.seq;
    if !event.kind.is_internal() {
        open.last_public = event.seq;
    }
    open.note_file(&event);
    open.note_said(&event);
    open.active_at = event.at;
    if let Some(client_id) = &event.client_id {
        open.client_ids.insert((event.author.operator(), client_id.clone()), (event.seq, event.at));
    }
    batch.put_event(open.head.id, &event);
    batch.tell(News::Event { conversation: Arc::new(open.head.clone()), event: Arc::new(event), after, origin });
}

pub(in crate::service) fn repeat(ctx: &Ctx, conversation: ConversationId, (seq, at): (Seq, Timestamp), origin: Origin) {
    let mut batch = ctx.store.batch();
    batch.tell(News::Repeated { conversation, seq, at, origin });
    ctx.store.commit(batch);
}

/// A move that had been made already is acknowledged with the number of the last event.
pub(super) fn repeat_last(ctx: &Ctx, open: &OpenConversation, origin: Origin) {
    repeat(ctx, open.head.id, (open.last, open.active_at), origin);
}

/// The conversation is not open: a command that was carried out before it closed is acknowledged again, any other refused.
pub(in crate::service) fn over(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    let conversation = ctx.store.conversation(id)?.ok_or(Failure::NotFound)?;
    may_see(ctx, &conversation)?;
    match repeated(ctx, id, &origin)? {
        Some(event) => {
            repeat(ctx, id, (event.seq, event.at), origin);
            Ok(())
        }
        None => Err(IllegalMove::Closed.into()),
    }
}

pub(in crate::service) fn repeated(ctx: &Ctx, id: ConversationId, origin: &Origin) -> Result<Option<Event>, Failure> {
    let events = ctx.store.events(id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
    let me = match ctx.actor {
        Actor::Staff { id, .. } => Some(*id),
        _ => None,
    };
    Ok(events.into_iter().find(|event| event.client_id.as_ref() == Some(&origin.client_id) && event.author.operator() == me))
}

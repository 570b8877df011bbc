//! Saying something in a conversation.

use super::entries::{add, may_see, over, repeat, staff, writable};
use crate::domain::access::Actor;
use crate::domain::conversation::IllegalMove;
use crate::domain::event::{Author, EventKind};
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::text::MessageText;
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;
use crate::domain::visitor::Allowance;
use crate::service::{Ctx, Failure, throttle};
use crate::store::OpenConversation;

/// A visitor or an operator writes.
///
/// # Errors
/// `NotFound` for somebody else's conversation, `Conflict` when it is over or not accepted, `TooMany` from a visitor in haste.
pub fn send(ctx: &Ctx, allowance: &Allowance, id: ConversationId, text: MessageText, origin: Origin) -> Result<(), Failure> {
    writable(ctx)?;
    let Some(open) = ctx.store.open_conversation(id) else { return over(ctx, id, origin) };
    let mut open = open.lock();
    may_see(ctx, &open.head)?;
    let author = match ctx.actor {
        Actor::Visitor { .. } => Author::Visitor,
        _ => staff(ctx)?.into(),
    };
    say(ctx, allowance, &mut open, author, text, origin)
}

/// Counts what a visitor writes: for this chat, and for their address.
pub(super) fn allow_message(ctx: &Ctx, allowance: &Allowance, left: &mut (f64, Timestamp)) -> Result<(), Failure> {
    allowance.take(left, ctx.now).map_err(|seconds| {
        throttle::note_refusal(ctx, Limit::Messages);
        Failure::TooMany { seconds }
    })?;
    throttle::take_from(ctx, Limit::MessagesFrom)
}

/// Appends one message, unless this very command was carried out before.
pub(super) fn say(
    ctx: &Ctx,
    allowance: &Allowance,
    open: &mut OpenConversation,
    author: Author,
    text: MessageText,
    origin: Origin,
) -> Result<(), Failure> {
    if let Some(&first) = open.client_ids.get(&(author.operator(), origin.client_id.clone())) {
        repeat(ctx, open.head.id, first, origin);
        return Ok(());
    }
    match &author {
        Author::Operator { id, .. } => open.head.may_operator_write(*id)?,
        _ => {
            open.head.may_visitor_write()?;
            allow_message(ctx, allowance, &mut open.allowance)?;
        }
    }
    if open.last >= limits::EVENTS_PER_CONVERSATION {
        return Err(IllegalMove::Full.into());
    }
    let mut batch = ctx.store.batch();
    add(ctx, &mut batch, open, author, EventKind::Message(text), Some(origin));
    ctx.store.commit(batch);
    Ok(())
}

//! Taking a conversation, ending it, closing it.

use super::entries::{change, may_see, over, repeat, repeat_last, staff, writable};
use crate::domain::access::{Action, Actor, is_open_to};
use crate::domain::conversation::{Assignee, Conversation, IllegalMove, State};
use crate::domain::event::{Author, EventKind};
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::news::Origin;
use crate::domain::operator::Operator;
use crate::service::{Ctx, Failure};
use crate::store::{House, OpenConversation};

/// An operator takes a waiting conversation, or one whose operator does not work here any more.
///
/// # Errors
/// `Conflict` when somebody else was quicker or it is over.
pub fn accept(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        let left_alone = is_left_alone(&ctx.store.house(), &open.head);
        let moved = if left_alone { open.head.take_over(me.clone())? } else { open.head.accept(me.clone())? };
        if moved {
            open.head.about.answered_at.get_or_insert(ctx.now);
            change(ctx, open, me.into(), EventKind::Joined, Some(origin));
        } else {
            repeat_last(ctx, open, origin);
        }
        Ok(())
    })
}

/// The visitor ends the talk.
///
/// # Errors
/// `NotFound` when it is not theirs.
pub fn end(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    writable(ctx)?;
    let Some(open) = ctx.store.open_conversation(id) else { return over(ctx, id, origin) };
    let mut open = open.lock();
    may_see(ctx, &open.head)?;
    let Actor::Visitor { .. } = ctx.actor else { return Err(Failure::NotFound) };
    if open.head.end(ctx.now)? {
        let kind = if open.head.closed_at().is_some() { EventKind::Closed } else { EventKind::Ended };
        change(ctx, &mut open, Author::Visitor, kind, Some(origin));
    } else {
        repeat_last(ctx, &open, origin);
    }
    Ok(())
}

/// The staff closes; from here the site's purge policy counts.
///
/// # Errors
/// `Conflict` when another operator is answering it; `Invalid` when the site wants a tag first.
pub fn close(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        if let State::Active { operator } | State::Wrapping { operator } = &open.head.state
            && operator.id != me.id
            && !is_left_alone(&ctx.store.house(), &open.head)
        {
            return Err(IllegalMove::Taken.into());
        }
        check_wrapped_up(ctx, &open.head)?;
        if open.head.close(ctx.now) {
            change(ctx, open, me.into(), EventKind::Closed, Some(origin));
        }
        Ok(())
    })
}

/// Where the site wants to know what a chat was about, somebody has to say so once it was answered.
fn check_wrapped_up(ctx: &Ctx, head: &Conversation) -> Result<(), Failure> {
    let house = ctx.store.house();
    let is_wanted = house.sites.get(&head.site).is_some_and(|site| site.wrap_up_required && !site.tags.is_empty());
    if is_wanted && head.assignee().is_some() && head.about.tags.is_empty() {
        let message = "Choose at least one tag before you close this chat.".to_owned();
        return Err(Failure::Invalid { field: "tags", message });
    }
    Ok(())
}

/// Does an act of a member of staff in an open conversation of theirs, unless this very command was carried out before.
pub(in crate::service) fn as_staff(
    ctx: &Ctx,
    id: ConversationId,
    origin: Origin,
    act: impl FnOnce(&mut OpenConversation, Assignee, Origin) -> Result<(), Failure>,
) -> Result<(), Failure> {
    writable(ctx)?;
    let Some(open) = ctx.store.open_conversation(id) else { return over(ctx, id, origin) };
    let mut open = open.lock();
    may_see(ctx, &open.head)?;
    let me = staff(ctx)?;
    if let Some(&first) = open.client_ids.get(&(Some(me.id), origin.client_id.clone())) {
        repeat(ctx, id, first, origin);
        return Ok(());
    }
    act(&mut open, me, origin)
}

/// Whether the operator who answers was disabled, invited anew or taken off the site since: then any other may take over.
#[must_use]
pub fn is_left_alone(house: &House, conversation: &Conversation) -> bool {
    let may_answer = |operator: &Operator| is_open_to(operator, Action::ServeConversation(conversation));
    conversation.closed_at().is_none()
        && conversation.assignee().is_some_and(|it| !house.operators.get(&it.id).is_some_and(|it| may_answer(it)))
}

/// Whether this member of staff is the one who answers.
#[must_use]
pub fn is_mine(conversation: &Conversation, operator: OperatorId) -> bool {
    conversation.assignee().is_some_and(|assignee| assignee.id == operator)
}

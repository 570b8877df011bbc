//! Handing a conversation on, to a colleague or to a department, and asking a colleague to join.

use super::entries::{change, change_head, repeat_last};
use super::serve::as_staff;
use crate::domain::access::{self, Action};
use crate::domain::conversation::{Assignee, Conversation, IllegalMove, State};
use crate::domain::event::{EventKind, Transfer, TransferTarget};
use crate::domain::id::{ConversationId, DepartmentId, OperatorId};
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::permission::Permission;
use crate::domain::text::MessageText;
use crate::service::{Ctx, Failure};

/// Where a conversation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    Operator(OperatorId),
    Department(DepartmentId),
}

/// Hands a conversation on. It waits until the colleague, or somebody of the department, has accepted it. To oneself: a
/// supervisor takes it over.
///
/// # Errors
/// `Invalid` for somebody who cannot take it; `Conflict` when it is somebody else's, unless one may supervise, or over.
pub fn transfer(
    ctx: &Ctx,
    id: ConversationId,
    to: Destination,
    note: Option<MessageText>,
    origin: Origin,
) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        may_lead(ctx, &open.head, me.id)?;
        if to == Destination::Operator(me.id) {
            if !open.head.take_over(me.clone())? {
                return Err(Failure::Conflict("You are answering this chat already.".to_owned()));
            }
            open.head.about.answered_at.get_or_insert(ctx.now);
            change(ctx, open, me.into(), EventKind::Joined, Some(origin));
            return Ok(());
        }
        let to = target(ctx, &open.head, to)?;
        open.head.hand_on()?;
        if let TransferTarget::Department { id, .. } = &to {
            open.head.about.department = Some(*id);
        }
        change(ctx, open, me.into(), EventKind::Transferred(Transfer { to, note }), Some(origin));
        Ok(())
    })
}

/// Asks a colleague to join, of whatever department of the site. They see it at once, and write along as soon as they have joined.
///
/// # Errors
/// As `transfer`.
pub fn invite(ctx: &Ctx, id: ConversationId, colleague: OperatorId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        if !open.head.is_guest(me.id) {
            may_lead(ctx, &open.head, me.id)?;
        }
        let State::Active { .. } = open.head.state else { return Err(IllegalMove::NotAccepted.into()) };
        let colleague = colleague_of(ctx, &open.head, colleague)?;
        if open.head.is_served_by(colleague.id) {
            return Err(Failure::Conflict(format!("{} is in this chat already.", colleague.name.as_str())));
        }
        if open.head.about.guests.len() >= limits::GUESTS || open.head.about.invited.len() >= limits::GUESTS {
            return Err(Failure::Conflict(format!("At most {} colleagues can join a chat.", limits::GUESTS)));
        }
        open.head.about.invited.insert(colleague.id);
        change(ctx, open, me.into(), EventKind::Invited(colleague.name), Some(origin));
        Ok(())
    })
}

/// Joins whoever answers: who was invited may, and supervisors.
///
/// # Errors
/// `Denied` for anybody else; `Conflict` when nobody answers it, or it is over.
pub fn join(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        if !open.head.about.invited.contains(&me.id) && !open.head.is_served_by(me.id) {
            ctx.authorize(Action::UseIn(Permission::Supervise, &open.head))?;
        }
        if open.head.about.guests.len() >= limits::GUESTS {
            return Err(Failure::Conflict(format!("At most {} colleagues can join a chat.", limits::GUESTS)));
        }
        if open.head.join(me.clone())? {
            change(ctx, open, me.into(), EventKind::Joined, Some(origin));
            Ok(())
        } else {
            Err(Failure::Conflict("You are in this chat already.".to_owned()))
        }
    })
}

/// Leaves a conversation that one had joined.
///
/// # Errors
/// `Conflict` for whoever answers it, who can hand it on, and for who is not in it.
pub fn depart(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        if open.head.depart(me.id) {
            change(ctx, open, me.into(), EventKind::Left, Some(origin));
            return Ok(());
        }
        let is_answering = open.head.is_served_by(me.id);
        let why =
            if is_answering { "You are answering this chat. Hand it on, or close it." } else { "You are not in this chat." };
        Err(Failure::Conflict(why.to_owned()))
    })
}

/// Does not join, though one was asked to. Who was not, or has said so before, is told that it is done.
///
/// # Errors
/// `Conflict` when it is over.
pub fn decline(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        if open.head.about.invited.remove(&me.id) {
            change_head(ctx, ctx.store.batch(), open, origin);
        } else {
            repeat_last(ctx, open, origin);
        }
        Ok(())
    })
}

/// Whoever answers decides where it goes, anybody while nobody does, and supervisors always.
fn may_lead(ctx: &Ctx, head: &Conversation, me: OperatorId) -> Result<(), Failure> {
    match &head.state {
        State::Active { operator } if operator.id != me => {
            ctx.authorize(Action::UseIn(Permission::Supervise, head)).map_err(|_| IllegalMove::Taken.into())
        }
        _ => Ok(()),
    }
}

fn target(ctx: &Ctx, head: &Conversation, to: Destination) -> Result<TransferTarget, Failure> {
    match to {
        Destination::Operator(id) => {
            let Assignee { id, name } = colleague_of(ctx, head, id)?;
            if !is_open_to(ctx, id, Action::ServeConversation(head)) {
                return Err(cannot("This colleague does not work for this department. Hand the chat to theirs, or invite them."));
            }
            Ok(TransferTarget::Operator { id, name })
        }
        Destination::Department(id) => {
            let house = ctx.store.house();
            let department = house.departments.get(&id).filter(|department| department.site == head.site);
            let department = department.ok_or_else(|| cannot("This department is not here any more. Choose another."))?;
            Ok(TransferTarget::Department { id, name: department.name.clone() })
        }
    }
}

fn colleague_of(ctx: &Ctx, head: &Conversation, id: OperatorId) -> Result<Assignee, Failure> {
    let house = ctx.store.house();
    let colleague = house.operators.get(&id).filter(|_| is_open_to(ctx, id, Action::ServeSite(head.site)));
    let colleague = colleague.ok_or_else(|| cannot("This colleague does not answer chats of this site. Choose another."))?;
    Ok(Assignee { id, name: colleague.name.clone() })
}

fn is_open_to(ctx: &Ctx, id: OperatorId, action: Action<'_>) -> bool {
    ctx.store.house().operators.get(&id).is_some_and(|person| access::is_open_to(person, action))
}

fn cannot(message: &str) -> Failure {
    Failure::Invalid { field: "to", message: message.to_owned() }
}

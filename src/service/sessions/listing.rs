//! Where somebody is signed in, and ending that by hand: their own, and for administrators everybody's.

use std::cmp::Reverse;
use std::net::IpAddr;

use super::{end_in, end_others_in, of, valid};
use crate::domain::access::{Action, Actor, Denied};
use crate::domain::audit::AuditAction;
use crate::domain::id::{OperatorId, SessionId};
use crate::domain::session::SignInMethod;
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::service::tokens::TokenHash;
use crate::service::{Ctx, Failure};

/// A session as its owner and administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub id: SessionId,
    /// The one that is looked from.
    pub is_this: bool,
    pub started_at: Timestamp,
    pub active_at: Timestamp,
    pub by: SignInMethod,
    pub address: Option<IpAddr>,
    pub agent: Option<Label>,
}

/// One's own, the latest active first. `this` is the session that asks.
///
/// # Errors
/// `Denied` to anybody who is not a member of staff.
pub fn own(ctx: &Ctx, this: &TokenHash) -> Result<Vec<Seen>, Failure> {
    seen(ctx, me(ctx)?, this)
}

/// Those of somebody else, for those who manage people.
///
/// # Errors
/// `NotFound`, to those who may not manage people too.
pub fn of_person(ctx: &Ctx, id: OperatorId, this: &TokenHash) -> Result<Vec<Seen>, Failure> {
    look_after(ctx, id)?;
    seen(ctx, id, this)
}

/// Ends one of one's own.
///
/// # Errors
/// `NotFound` when it is not theirs or has ended.
pub fn end_own(ctx: &Ctx, session: SessionId) -> Result<(), Failure> {
    end_named(ctx, me(ctx)?, session)
}

/// Ends all of one's own but the one that asks.
///
/// # Errors
/// When the store does not write.
pub fn end_own_others(ctx: &Ctx, this: &TokenHash) -> Result<(), Failure> {
    end_all_but(ctx, me(ctx)?, Some(this))
}

/// Ends one of somebody's.
///
/// # Errors
/// `NotFound`, to those who may not manage people too.
pub fn end_of_person(ctx: &Ctx, id: OperatorId, session: SessionId) -> Result<(), Failure> {
    look_after(ctx, id)?;
    end_named(ctx, id, session)
}

/// Ends all of somebody's, but for the one that asks if that is among them.
///
/// # Errors
/// `NotFound`, to those who may not manage people too.
pub fn end_all_of_person(ctx: &Ctx, id: OperatorId, this: Option<&TokenHash>) -> Result<(), Failure> {
    look_after(ctx, id)?;
    end_all_but(ctx, id, this)
}

fn look_after(ctx: &Ctx, id: OperatorId) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePeople).map_err(|Denied| Failure::NotFound)?;
    if ctx.store.house().operators.contains_key(&id) { Ok(()) } else { Err(Failure::NotFound) }
}

fn seen(ctx: &Ctx, id: OperatorId, this: &TokenHash) -> Result<Vec<Seen>, Failure> {
    let policy = ctx.store.house().policy;
    let mut all = Vec::new();
    for (hash, session) in of(ctx, id)? {
        let Some(info) = valid(ctx.memory, &policy, &hash, &session, ctx.now) else { continue };
        all.push(Seen {
            id: session.id,
            is_this: *this == hash,
            started_at: info.started_at,
            active_at: info.active_at,
            by: info.by,
            address: session.address,
            agent: session.agent,
        });
    }
    all.sort_by_key(|it| (Reverse(it.is_this), Reverse(it.active_at), it.id));
    Ok(all)
}

fn end_named(ctx: &Ctx, id: OperatorId, session: SessionId) -> Result<(), Failure> {
    let found = of(ctx, id)?.into_iter().find(|(_, it)| it.id == session);
    let (hash, session) = found.ok_or(Failure::NotFound)?;
    if valid(ctx.memory, &ctx.store.house().policy, &hash, &session, ctx.now).is_none() {
        return Err(Failure::NotFound);
    }
    let mut batch = ctx.store.batch();
    end_in(ctx, &mut batch, &hash);
    ctx.audit(&mut batch, AuditAction::SessionEnded(id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn end_all_but(ctx: &Ctx, id: OperatorId, kept: Option<&TokenHash>) -> Result<(), Failure> {
    // Under the lock, so that no session that begins at this moment is overlooked.
    let _changing = ctx.memory.changing();
    if of(ctx, id)?.iter().all(|(hash, _)| kept == Some(hash)) {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    end_others_in(ctx, &mut batch, id, kept)?;
    ctx.audit(&mut batch, AuditAction::SessionEnded(id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn me(ctx: &Ctx) -> Result<OperatorId, Failure> {
    match ctx.actor {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Failure::Denied(Denied)),
    }
}

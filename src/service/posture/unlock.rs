//! The way out of a profile that is enforced: a proof, a reason, and a second administrator or a day.

use std::ops::ControlFlow;

use super::{Ctx, Failure, Profile};
use crate::domain::access::{Action, Actor};
use crate::domain::alert::AlertKind;
use crate::domain::audit::{AuditAction, AuditActor, Outcome};
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::operator::Role;
use crate::domain::posture::{Posture, PostureAction, PostureAlert, Unlock};
use crate::domain::text::Notice;
use crate::domain::time::Timestamp;
use crate::service::{alerts, purge_rules, redaction};
use crate::store::{Batch, House};

/// Asks for a profile to be unlocked. Every administrator sees it.
///
/// # Errors
/// `Denied`; `ProofNeeded`; `Invalid` for `reason`; `Conflict` when it is not enforced, or somebody has asked already.
pub fn ask(ctx: &Ctx, profile: Profile, reason: &str) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let refused = |message: String| Failure::Invalid { field: "reason", message };
    let said = Notice::parse(reason).map_err(|error| refused(error.to_string()))?;
    let reason = redaction::objection(ctx, None, reason).map_or(Ok(said), |why| Err(refused(why)))?;
    let by = me(ctx)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if !house.posture.enforced.contains_key(&profile) {
        return Err(Failure::Conflict(format!("{} is not enforced.", profile.title())));
    }
    if house.posture.unlock_of(profile).is_some() {
        return Err(Failure::Conflict("Somebody has asked for this already.".to_owned()));
    }
    let mut posture = Posture::clone(&house.posture);
    posture.unlocks.push(Unlock { profile, reason, by, at: ctx.now });
    let mut batch = ctx.store.batch();
    batch.put_posture(&posture);
    ctx.audit(&mut batch, AuditAction::Posture(PostureAction::UnlockAsked(profile)));
    alerts::raise_in(ctx, &mut batch, AlertKind::Posture(PostureAlert::UnlockAsked(profile)));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// A second administrator agrees: it is unlocked at once.
///
/// # Errors
/// `Denied`; `ProofNeeded`; `NotFound` when nobody asks any more; `Conflict` to whoever asked, and to an account that somebody else had a
/// hand in within the day before: it could have been made, or taken over, for the answer.
pub fn approve(ctx: &Ctx, profile: Profile) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let me = me(ctx)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let unlock = house.posture.unlock_of(profile).ok_or(Failure::NotFound)?;
    if unlock.by == me {
        let message = "A second administrator has to approve. Or wait until the day is over.";
        return Err(Failure::Conflict(message.to_owned()));
    }
    if was_in_other_hands(ctx, me, unlock.at.minus(limits::UNLOCK_DELAY))? {
        let message = "Your account was made, invited, enabled or changed by somebody else less than a day before this was asked, or since. Another administrator can approve, or wait until the day is over.";
        return Err(Failure::Conflict(message.to_owned()));
    }
    let mut batch = ctx.store.batch();
    unlock_in(ctx, &mut batch, &house, &[profile]);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Whether somebody else did something to this account since then that could have put it into their hands.
fn was_in_other_hands(ctx: &Ctx, account: OperatorId, since: Timestamp) -> Result<bool, Failure> {
    let mut found = false;
    ctx.store.audit_down(None, |row| {
        let is_done = row.event.outcome == Outcome::Done && row.event.actor != AuditActor::Staff(account);
        found = is_done && row.event.at >= since && row.event.action.puts_in_hands(account);
        if found || row.event.at < since { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}

/// It stays locked after all. Any administrator may say so.
///
/// # Errors
/// `Denied`; `NotFound` when nobody asks.
pub fn withdraw(ctx: &Ctx, profile: Profile) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if house.posture.unlock_of(profile).is_none() {
        return Err(Failure::NotFound);
    }
    let mut posture = Posture::clone(&house.posture);
    posture.unlocks.retain(|unlock| unlock.profile != profile);
    let mut batch = ctx.store.batch();
    batch.put_posture(&posture);
    ctx.audit(&mut batch, AuditAction::Posture(PostureAction::UnlockWithdrawn(profile)));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Unlocks what was asked for a day ago, unless whoever asked is no administrator any more: then nobody asks. A clock that was set by more
/// than a day unlocks nothing until somebody says that it is right.
///
/// # Errors
/// `Denied` to those who may not purge, as the appliance itself may; when the store does not write.
pub fn come_true(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::Purge)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    // A day has gone by on the clock alone when nobody can say that the clock is right.
    if house.posture.unlocks.is_empty() || purge_rules::is_paused(ctx) {
        return Ok(());
    }
    let is_admin = |id: OperatorId| house.operators.get(&id).is_some_and(|it| it.role == Role::Admin && it.is_active());
    let (asked, left): (Vec<_>, Vec<_>) = house.posture.unlocks.iter().partition(|unlock| is_admin(unlock.by));
    let due: Vec<_> = asked.iter().filter(|it| it.comes_true_at() <= ctx.now).map(|it| it.profile).collect();
    if due.is_empty() && left.is_empty() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    let mut house = House::clone(&house);
    for unlock in left {
        ctx.audit(&mut batch, AuditAction::Posture(PostureAction::UnlockWithdrawn(unlock.profile)));
    }
    let mut posture = Posture::clone(&house.posture);
    posture.unlocks.retain(|unlock| is_admin(unlock.by));
    house.posture = posture.into();
    unlock_in(ctx, &mut batch, &house, &due);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// From here on nothing of these profiles is locked. What they have put right stays as it is until somebody changes it.
fn unlock_in(ctx: &Ctx, batch: &mut Batch, house: &House, profiles: &[Profile]) {
    let mut posture = Posture::clone(&house.posture);
    for profile in profiles {
        posture.enforced.remove(profile);
        posture.unlocks.retain(|unlock| unlock.profile != *profile);
        ctx.audit(batch, AuditAction::Posture(PostureAction::Unlocked(*profile)));
        alerts::raise_in(ctx, batch, AlertKind::Posture(PostureAlert::Unlocked(*profile)));
    }
    let locked = posture.clone();
    posture.drift.retain(|control, _| locked.lock_of(*control).is_some());
    batch.put_posture(&posture);
}

fn me(ctx: &Ctx) -> Result<OperatorId, Failure> {
    match ctx.actor {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Failure::NotFound),
    }
}

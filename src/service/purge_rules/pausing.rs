//! When the clock cannot be trusted, nothing goes by itself: a clock that is a year ahead for a minute would purge a year's chats. A
//! jump over a day pauses every purge that has a time, and what only an administrator knows is asked: whether the time is right.

use std::time::Duration;

use super::alerts;
use crate::domain::access::Action;
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::purge_rule::{LastRun, Pause, PurgeOrder, Purging, Standing};
use crate::domain::time::Timestamp;
use crate::service::{Ctx, Failure};
use crate::store::{Batch, House};

#[must_use]
pub fn is_paused(ctx: &Ctx) -> bool {
    ctx.store.house().purging.paused.is_some()
}

/// The clock went another way than time does, by so many seconds: if that is more than a day, nothing is purged any more until somebody
/// says so. Whoever notices commits.
pub fn pause_in(ctx: &Ctx, batch: &mut Batch, seconds: i64) {
    if Duration::from_secs(seconds.unsigned_abs()) <= limits::PURGE_JUMP {
        return;
    }
    let before = ctx.store.house().purging;
    let since = before.paused.map_or(ctx.now, |pause| pause.since.min(ctx.now));
    batch.put_purging(Purging { paused: Some(Pause { since, seconds }), ..before });
    alerts::raise_in(ctx, batch, AlertKind::PurgingPaused);
    ctx.audit(batch, AuditAction::PurgingPaused { seconds });
}

/// By how many seconds the clock is ahead of when anything last ran, if that is longer than an installation is off: nobody can tell a
/// wrong clock from a long rest.
#[must_use]
pub fn missed_while_off(ctx: &Ctx) -> Option<i64> {
    let alive_at = ctx.store.house().purging.alive_at?;
    let off = ctx.now.since(alive_at);
    (off > limits::PURGE_REST).then(|| i64::try_from(off.as_secs()).unwrap_or(i64::MAX))
}

/// Notes now and then that it is so late, for the start after this.
///
/// # Errors
/// When the store does not write.
pub fn look_alive(ctx: &Ctx) -> Result<(), Failure> {
    let before = ctx.store.house().purging;
    if before.paused.is_some() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_purging(Purging { alive_at: Some(ctx.now), ..before });
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Somebody says that the time is right. What was due goes with the next run; a schedule that has run at a time yet to come begins now.
///
/// # Errors
/// `Denied`; `ProofNeeded`.
pub fn resume(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if house.purging.paused.is_none() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_purging(Purging { paused: None, alive_at: Some(ctx.now) });
    ahead(&house, ctx.now).for_each(|mended| batch.put_order(&mended));
    ctx.audit(&mut batch, AuditAction::PurgingResumed);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// A clock that was put back by less than a day: schedules that have run at a time yet to come begin now as well.
///
/// # Errors
/// When the store does not write.
pub(super) fn believe_clock(ctx: &Ctx) -> Result<(), Failure> {
    if ahead(&ctx.store.house(), ctx.now).next().is_none() {
        return Ok(());
    }
    let _changing = ctx.memory.changing();
    let mut batch = ctx.store.batch();
    ahead(&ctx.store.house(), ctx.now).for_each(|mended| batch.put_order(&mended));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// The rules that have noted a time yet to come, as they are when they begin now.
fn ahead(house: &House, now: Timestamp) -> impl Iterator<Item = PurgeOrder> {
    house
        .orders
        .values()
        .map(move |order| (begin_now(order, now), order))
        .filter(|(mended, order)| *mended != ***order)
        .map(|(mended, _)| mended)
}

/// Times that are yet to come were noted while the clock was ahead.
fn begin_now(order: &PurgeOrder, now: Timestamp) -> PurgeOrder {
    let standing = match order.standing {
        Standing::Draft => Standing::Draft,
        Standing::Armed { since } => Standing::Armed { since: since.min(now) },
    };
    let last = order.last.map(|last| LastRun { at: last.at.min(now), ..last });
    PurgeOrder { standing, last, ..order.clone() }
}

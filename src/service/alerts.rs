//! What administrators have to see: each stays in sight until one of them says that they have seen it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Ctx, Failure, letters};
use crate::domain::access::Action;
use crate::domain::access::Actor;
use crate::domain::alert::{Alert, AlertKind};
use crate::domain::audit::AuditAction;
use crate::domain::id::{AlertId, OperatorId};
use crate::domain::letter::LetterKind;
use crate::domain::limits;
use crate::domain::operator::Role;
use crate::store::{Batch, House};

/// Adds an alert to the batch, or counts one more time of one that nobody has seen yet.
pub fn raise_in(ctx: &Ctx, batch: &mut Batch, kind: AlertKind) {
    let house = ctx.store.house();
    let same = |alert: &&Arc<Alert>| alert.kind == kind && alert.from == ctx.asked.from && alert.acknowledged.is_none();
    let alert = match house.alerts.values().find(same) {
        Some(earlier) => Alert { last_at: ctx.now, count: earlier.count.saturating_add(1), ..Alert::clone(earlier) },
        None => begun(ctx, kind),
    };
    if !house.alerts.contains_key(&alert.id) {
        make_room(&house, batch);
    }
    batch.put_alert(&alert);
    ctx.audit(batch, AuditAction::AlertRaised(kind));
}

fn begun(ctx: &Ctx, kind: AlertKind) -> Alert {
    Alert {
        id: AlertId::from_bytes(ctx.random_bytes()),
        kind,
        since: ctx.now,
        last_at: ctx.now,
        count: 1,
        from: ctx.asked.from,
        acknowledged: None,
        mailed_at: None,
    }
}

/// What somebody has seen goes first, then what strangers can cause; and of that the oldest.
fn make_room(house: &House, batch: &mut Batch) {
    if house.alerts.len() < limits::ALERTS {
        return;
    }
    let worth =
        |alert: &&Arc<Alert>| (alert.acknowledged.is_none(), !matches!(alert.kind, AlertKind::Suspicious(_)), alert.last_at);
    if let Some(oldest) = house.alerts.values().min_by_key(worth) {
        batch.delete_alert(oldest.id);
    }
}

/// Raises what was noticed in passing: so many times more, and a row in the audit log unless there was one within the hour. Waits for
/// nothing; `more` adds to the same commit. From a few sources each has an alert of its own, the rest share one, so that nobody
/// can push an alert out of sight with a crowd of others.
pub(super) fn notice(ctx: &Ctx, kind: AlertKind, times: u32, is_new: bool, more: impl FnOnce(&mut Batch)) {
    let mut under_way = ctx.memory.alerts.lock();
    let house = ctx.store.house();
    // What is durable by now, or marked as seen, stands in the house.
    under_way.retain(|id, alert| house.alerts.get(id).is_none_or(|it| it.acknowledged.is_none() && it.count < alert.count));
    let latest = |id: &AlertId| under_way.get(id).or_else(|| house.alerts.get(id).map(|alert| &**alert));
    let ids: BTreeSet<AlertId> = house.alerts.keys().chain(under_way.keys()).copied().collect();
    let open = || ids.iter().filter_map(latest).filter(|alert| alert.kind == kind && alert.acknowledged.is_none());
    let from_there = open().find(|alert| alert.from == ctx.asked.from);
    let is_crowd = || open().filter(|alert| alert.from.is_some()).count() >= limits::ALERTS_OF_A_KIND;
    let (known, from) = match from_there {
        Some(alert) => (Some(alert), alert.from),
        None if is_crowd() => (open().find(|alert| alert.from.is_none()), None),
        None => (None, ctx.asked.from),
    };
    let alert = match known {
        Some(known) => Alert { last_at: ctx.now, count: known.count.saturating_add(times), ..known.clone() },
        None => Alert { count: times, from, ..begun(ctx, kind) },
    };
    let mut batch = ctx.store.batch();
    if known.is_none() {
        make_room(&house, &mut batch);
    }
    batch.put_alert(&alert);
    if is_new {
        ctx.audit(&mut batch, AuditAction::AlertRaised(kind));
    }
    more(&mut batch);
    under_way.insert(alert.id, alert);
    let _not_waited_for = ctx.store.commit(batch);
}

/// All alerts, the latest first.
///
/// # Errors
/// `Denied` to those who do not look after the system.
pub fn list(ctx: &Ctx) -> Result<Vec<Arc<Alert>>, Failure> {
    ctx.authorize(Action::ReadSystem)?;
    let mut alerts: Vec<_> = ctx.store.house().alerts.values().cloned().collect();
    alerts.sort_by_key(|alert| std::cmp::Reverse((alert.last_at, alert.id)));
    Ok(alerts)
}

/// Somebody has seen it.
///
/// # Errors
/// `NotFound` when there is no such alert; `Denied` to those who do not manage people.
pub fn acknowledge(ctx: &Ctx, id: AlertId) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePeople)?;
    let by = me(ctx)?;
    // So that a count that is on its way does not make it unseen again.
    let _noticing = ctx.memory.alerts.lock();
    ctx.store.commit(ctx.store.batch()).wait()?;
    let alert = ctx.store.house().alerts.get(&id).cloned().ok_or(Failure::NotFound)?;
    if alert.acknowledged.is_some() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    acknowledge_in(ctx, &mut batch, &alert, by);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Somebody has seen all that there is.
///
/// # Errors
/// `Denied` to those who do not manage people.
pub fn acknowledge_all(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePeople)?;
    let by = me(ctx)?;
    let _noticing = ctx.memory.alerts.lock();
    ctx.store.commit(ctx.store.batch()).wait()?;
    let mut batch = ctx.store.batch();
    for alert in ctx.store.house().alerts.values().filter(|alert| alert.acknowledged.is_none()) {
        acknowledge_in(ctx, &mut batch, alert, by);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn acknowledge_in(ctx: &Ctx, batch: &mut Batch, alert: &Alert, by: OperatorId) {
    batch.put_alert(&Alert { acknowledged: Some((by, ctx.now)), ..alert.clone() });
    ctx.audit(batch, AuditAction::AlertAcknowledged(alert.id));
}

/// Owes the administrators a letter about what nobody has seen and no letter was about: at most one an hour for each kind of alert.
///
/// # Errors
/// `Denied` for anybody but the appliance itself; when the store does not write.
pub fn tell_by_mail(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::Purge)?;
    let _changing = ctx.memory.changing();
    if !ctx.memory.sends_mail || !ctx.store.house().precautions.mails_alerts {
        return Ok(());
    }
    let _noticing = ctx.memory.alerts.lock();
    ctx.store.commit(ctx.store.batch()).wait()?;
    let house = ctx.store.house();
    let told_lately = |kind: AlertKind| {
        let is_late = |alert: &Arc<Alert>| alert.mailed_at.is_some_and(|at| ctx.now.since(at) < limits::ALERT_PAUSE);
        house.alerts.values().any(|alert| alert.kind.is_like(kind) && is_late(alert))
    };
    let is_news = |alert: &&Arc<Alert>| alert.acknowledged.is_none() && alert.mailed_at.is_none() && !told_lately(alert.kind);
    let news: Vec<_> = house.alerts.values().filter(is_news).collect();
    if news.is_empty() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    for alert in news {
        batch.put_alert(&Alert { mailed_at: Some(ctx.now), ..Alert::clone(alert) });
    }
    for person in house.operators.values().filter(|it| it.role == Role::Admin && it.is_active()) {
        letters::owe_in(ctx, &mut batch, person.id, LetterKind::Alert);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn me(ctx: &Ctx) -> Result<OperatorId, Failure> {
    match ctx.actor {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Failure::NotFound),
    }
}

#[cfg(test)]
#[path = "tests/alerts.rs"]
mod tests;

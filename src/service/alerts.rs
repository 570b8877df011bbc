//! What administrators have to see: each stays in sight until one of them says that they have seen it.

use std::sync::Arc;

use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::access::Actor;
use crate::domain::alert::{Alert, AlertKind};
use crate::domain::audit::AuditAction;
use crate::domain::id::{AlertId, OperatorId};
use crate::domain::limits;
use crate::store::Batch;

/// Adds an alert to the batch, or counts one more time of one that nobody has seen yet.
pub fn raise_in(ctx: &Ctx, batch: &mut Batch, kind: AlertKind) {
    let house = ctx.store.house();
    let same = |alert: &&Arc<Alert>| alert.kind == kind && alert.from == ctx.asked.from && alert.acknowledged.is_none();
    let alert = match house.alerts.values().find(same) {
        Some(earlier) => Alert { last_at: ctx.now, count: earlier.count.saturating_add(1), ..Alert::clone(earlier) },
        None => Alert {
            id: AlertId::from_bytes(ctx.random_bytes()),
            kind,
            since: ctx.now,
            last_at: ctx.now,
            count: 1,
            from: ctx.asked.from,
            acknowledged: None,
        },
    };
    if !house.alerts.contains_key(&alert.id) && house.alerts.len() >= limits::ALERTS {
        // What somebody has seen goes first, and of that the oldest.
        let oldest = house.alerts.values().min_by_key(|alert| (alert.acknowledged.is_none(), alert.last_at));
        if let Some(oldest) = oldest {
            batch.delete_alert(oldest.id);
        }
    }
    batch.put_alert(&alert);
    ctx.audit(batch, AuditAction::AlertRaised(kind));
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
    let _changing = ctx.memory.changing();
    let alert = ctx.store.house().alerts.get(&id).cloned().ok_or(Failure::NotFound)?;
    if alert.acknowledged.is_some() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_alert(&Alert { acknowledged: Some((by, ctx.now)), ..Alert::clone(&alert) });
    ctx.audit(&mut batch, AuditAction::AlertAcknowledged(id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn me(ctx: &Ctx) -> Result<OperatorId, Failure> {
    match ctx.actor {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Failure::NotFound),
    }
}

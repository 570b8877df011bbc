//! Purge rules: what an administrator lets go beside the clocks of the sites. A rule is a draft until somebody has seen what it would
//! take and puts it in force. `select` says what a rule takes and what it has to leave, `run` takes it, `happened` notes what becomes
//! due because of something that happened, `anonymise` leaves a shell, `pausing` stops everything when the clock cannot be trusted.

use std::sync::Arc;

use super::{Ctx, Failure, alerts};
use crate::domain::access::{Action, Denied};
use crate::domain::audit::AuditAction;
use crate::domain::id::OrderId;
use crate::domain::limits;
use crate::domain::purge_rule::{Overlap, PurgeOrder, Standing};
use crate::domain::time::Timestamp;
use crate::store::House;

mod anonymise;
mod dry_run;
mod form;
mod happened;
mod pausing;
mod run;
mod select;

pub use dry_run::{DryRun, HeldBack, dry_run};
pub use form::RuleForm;
pub use happened::{filled_in, forms_go_at_close, happened, happened_to, happened_to_submission};
pub use pausing::{is_paused, look_alive, missed_while_off, pause_in, resume};
pub use run::{run_due, run_happened};
pub(super) use select::Looked;

/// A rule in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub order: Arc<PurgeOrder>,
    /// For one in force that has a schedule.
    pub next: Option<Timestamp>,
    /// It should have run by now.
    pub is_overdue: bool,
    /// Drawers that something has made due and that are still here.
    pub due: usize,
}

/// By name.
///
/// # Errors
/// `Denied` to those who do not look at how the installation is set up.
pub fn list(ctx: &Ctx) -> Result<Vec<Listed>, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let house = ctx.store.house();
    let mut all: Vec<_> = house.orders.values().map(|order| Listed::new(ctx, &house, order)).collect();
    all.sort_by_cached_key(|it| (it.order.name.as_str().to_lowercase(), it.order.id));
    Ok(all)
}

/// # Errors
/// `NotFound`, to those who do not look at how the installation is set up too.
pub fn get(ctx: &Ctx, id: OrderId) -> Result<Listed, Failure> {
    ctx.authorize(Action::ReadPosture).map_err(|Denied| Failure::NotFound)?;
    let house = ctx.store.house();
    let order = house.orders.get(&id).ok_or(Failure::NotFound)?;
    Ok(Listed::new(ctx, &house, order))
}

impl Listed {
    fn new(ctx: &Ctx, house: &House, order: &Arc<PurgeOrder>) -> Self {
        let next = order.next_run();
        let is_overdue = next.is_some_and(|next| next.plus(limits::PURGE_RULE_PATIENCE) < ctx.now);
        let due = house.due.values().filter(|due| due.order == Some(order.id)).count();
        Self { order: Arc::clone(order), next, is_overdue, due }
    }
}

/// Makes a draft.
///
/// # Errors
/// `Denied`; `InvalidFields` for what cannot be taken; `Conflict` when there are too many.
pub fn create(ctx: &Ctx, form: &RuleForm) -> Result<OrderId, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if house.orders.len() >= limits::PURGE_RULES {
        return Err(Failure::Conflict(format!("At most {} purge rules fit. Remove some first.", limits::PURGE_RULES)));
    }
    let order = form.parse(&house, OrderId::from_bytes(ctx.random_bytes()), ctx.now)?;
    save(ctx, &order, AuditAction::PurgeRuleSaved(order.id))?;
    Ok(order.id)
}

/// Changes a draft. One in force is taken out of force first, so that nobody turns what was looked at into something else.
///
/// # Errors
/// `NotFound`; `InvalidFields` for what cannot be taken; `Conflict` for one in force.
pub fn change(ctx: &Ctx, id: OrderId, form: &RuleForm) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let _changing = ctx.memory.changing();
    let before = find(ctx, id)?;
    if before.is_armed() {
        return Err(Failure::Conflict("This rule is in force. Take it out of force before you change it.".to_owned()));
    }
    let order = form.parse(&ctx.store.house(), id, before.created_at)?;
    save(ctx, &PurgeOrder { last: before.last, ..order }, AuditAction::PurgeRuleSaved(id))
}

/// Puts it in force.
///
/// # Errors
/// `NotFound`; `ProofNeeded`; `Conflict` when another that is in force gets in its way, and with the reason.
pub fn arm(ctx: &Ctx, id: OrderId) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let order = find(ctx, id)?;
    if order.is_armed() {
        return Ok(());
    }
    let house = ctx.store.house();
    if order.what.department.is_some_and(|department| !house.departments.contains_key(&department)) {
        return Err(Failure::Conflict(
            "The department that this rule is about is not here any more, so it would find nothing new. Change the rule first."
                .to_owned(),
        ));
    }
    for other in house.orders.values().filter(|other| other.is_armed()) {
        if let Some(overlap) = order.overlap(other) {
            return Err(Failure::Conflict(in_the_way(overlap, other)));
        }
    }
    let standing = Standing::Armed { since: ctx.now };
    save(ctx, &PurgeOrder { standing, ..PurgeOrder::clone(&order) }, AuditAction::PurgeRuleArmed(id))
}

fn in_the_way(overlap: Overlap, other: &PurgeOrder) -> String {
    let name = other.name.as_str();
    match overlap {
        Overlap::Contradiction => format!(
            "“{name}” is in force and does the opposite with some of the same at the same time. Take it out of force first, or change this one."
        ),
        Overlap::TakenBefore => {
            format!("“{name}” is in force and takes all of this, no later. This rule would never find anything.")
        }
        Overlap::TakesAll => format!(
            "“{name}” is in force and would never find anything any more, because this rule takes all of it first. Take it out of force before."
        ),
    }
}

/// Takes it out of force. What it has made due and what is still here stays; once this is acknowledged, nothing more goes by it.
///
/// # Errors
/// `NotFound`; `ProofNeeded`.
pub fn disarm(ctx: &Ctx, id: OrderId) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let _erasing = ctx.memory.erasing();
    let _changing = ctx.memory.changing();
    let order = find(ctx, id)?;
    if !order.is_armed() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_order(&PurgeOrder { standing: Standing::Draft, ..PurgeOrder::clone(&order) });
    forget_due(&ctx.store.house(), id, &mut batch);
    ctx.audit(&mut batch, AuditAction::PurgeRuleDisarmed(id));
    ctx.settle(batch)?;
    ctx.memory.purge_rules.forget(id);
    Ok(())
}

/// # Errors
/// `NotFound`; `ProofNeeded` for one in force.
pub fn remove(ctx: &Ctx, id: OrderId) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let _erasing = ctx.memory.erasing();
    let _changing = ctx.memory.changing();
    if find(ctx, id)?.is_armed() {
        ctx.require_proof()?;
    }
    let mut batch = ctx.store.batch();
    batch.delete_order(id);
    forget_due(&ctx.store.house(), id, &mut batch);
    ctx.audit(&mut batch, AuditAction::PurgeRuleRemoved(id));
    ctx.settle(batch)?;
    ctx.memory.purge_rules.forget(id);
    Ok(())
}

/// What a rule has made due is due no more when the rule is not in force.
fn forget_due(house: &House, id: OrderId, batch: &mut crate::store::Batch) {
    for (drawer, _) in house.due.iter().filter(|(_, due)| due.order == Some(id)) {
        batch.delete_due(*drawer);
    }
}

fn find(ctx: &Ctx, id: OrderId) -> Result<Arc<PurgeOrder>, Failure> {
    ctx.store.house().orders.get(&id).cloned().ok_or(Failure::NotFound)
}

fn save(ctx: &Ctx, order: &PurgeOrder, what: AuditAction) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    batch.put_order(order);
    ctx.audit(&mut batch, what);
    ctx.settle(batch)?;
    ctx.memory.purge_rules.forget(order.id);
    Ok(())
}

#[cfg(test)]
#[path = "../tests/purge_rules_meanwhile.rs"]
mod meanwhile;
#[cfg(test)]
#[path = "../tests/purge_rules.rs"]
mod tests;

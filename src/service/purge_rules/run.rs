//! Taking what is due: by rules with a time, and because of what happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::anonymise;
use super::pausing::is_paused;
use super::select::{Candidate, Fate, Keeping};
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, PurgeRule};
use crate::domain::id::{ConversationId, OrderId, SiteId, SubmissionId};
use crate::domain::limits;
use crate::domain::purge_rule::{DuePurge, How, LastRun, PurgeOrder, When};
use crate::domain::time::Timestamp;
use crate::service::retention::{self, Drawers, Erased};
use crate::service::{Ctx, Failure};
use crate::store::House;

/// Everything that rules in force take by now, however late: runs that were missed are made up for, once for all of them. Gives back
/// what came of it.
///
/// # Errors
/// The first failure; the other rules have been run all the same, and what went stays gone.
pub fn run_due(ctx: &Ctx) -> Result<Erased, Failure> {
    ctx.authorize(Action::Purge)?;
    if is_paused(ctx) {
        return Ok(Erased::default());
    }
    let mut all = run_happened(ctx);
    let armed: Vec<Arc<PurgeOrder>> = ctx.store.house().orders.values().filter(|it| it.is_armed()).cloned().collect();
    for order in armed {
        if let Some(until) = order.takes_until(ctx.now) {
            let went = run(ctx, &order, until);
            all = match (all, went) {
                (Ok(mut all), Ok(went)) => {
                    all.add(went);
                    Ok(all)
                }
                (Err(first), _) | (_, Err(first)) => Err(first),
            };
        }
    }
    all
}

/// What became due because of something that happened. Cheap enough to follow each close.
///
/// # Errors
/// When the store does not write; what went before that stays gone.
pub fn run_happened(ctx: &Ctx) -> Result<Erased, Failure> {
    ctx.authorize(Action::Purge)?;
    let house = ctx.store.house();
    if house.due.is_empty() || is_paused(ctx) {
        return Ok(Erased::default());
    }
    let keeping = Keeping::new(ctx)?;
    let mut taken: BTreeMap<(Option<OrderId>, bool), Taking> = BTreeMap::new();
    let mut forgotten = Vec::new();
    for (drawer, due) in house.due.iter().filter(|(_, due)| due.at <= ctx.now) {
        let Some(site) = site_of(ctx, *drawer) else {
            // Either it is not closed yet, or it is not here any more.
            if ctx.store.open_conversation(*drawer).is_none() {
                forgotten.push(*drawer);
            }
            continue;
        };
        // By a rule that is not in force any more.
        if due.order.is_some_and(|id| house.orders.get(&id).is_none_or(|order| !order.is_armed())) {
            forgotten.push(*drawer);
            continue;
        }
        let taking = taken.entry((due.order, due.how == How::Anonymise)).or_default();
        match keeping.fate(*drawer, site) {
            Fate::Goes => taking.add(*drawer, site),
            Fate::Held(_) => taking.held += 1,
            Fate::Waits => {}
        }
    }
    let mut went = Erased::default();
    for ((order, anonymises), taking) in taken {
        let how = if anonymises { How::Anonymise } else { How::Erase };
        forgotten.extend(taking.drawers());
        went.add(carry_out(ctx, order, how, taking)?);
    }
    forget(ctx, &house, forgotten)?;
    Ok(went)
}

/// One run of a rule that has a time.
fn run(ctx: &Ctx, order: &PurgeOrder, until: Timestamp) -> Result<Erased, Failure> {
    let is_scheduled = matches!(order.when, When::Schedule(_));
    let mut seen = ctx.memory.purge_rules.take(order.id);
    let found = seen.look(ctx, order, until)?;
    ctx.memory.purge_rules.put(order.id, seen);
    let keeping = Keeping::new(ctx)?;
    let (mut taking, mut waiting) = (Taking::default(), Vec::new());
    for Candidate { drawer, site, .. } in found {
        match keeping.fate(drawer, site) {
            Fate::Goes => taking.add(drawer, site),
            Fate::Held(_) => taking.held += 1,
            Fate::Waits => waiting.push(drawer),
        }
    }
    if is_scheduled {
        // They go as soon as nothing of them is on its way, and do not wait for another month.
        let mut batch = ctx.store.batch();
        for drawer in waiting {
            batch.put_due(DuePurge { drawer: *drawer.as_bytes(), order: Some(order.id), how: order.how, at: ctx.now });
        }
        ctx.store.commit(batch).wait()?;
        taking.is_run = true;
    }
    carry_out(ctx, Some(order.id), order.how, taking)
}

/// What one rule takes in one run.
#[derive(Default)]
struct Taking {
    sites: Drawers,
    held: usize,
    /// It is one of the times of its schedule: it leaves a row even if there was nothing to take.
    is_run: bool,
}

impl Taking {
    fn add(&mut self, drawer: ConversationId, site: SiteId) {
        self.sites.entry(site).or_default().push(drawer);
    }

    fn drawers(&self) -> impl Iterator<Item = ConversationId> + '_ {
        self.sites.values().flatten().copied()
    }
}

fn carry_out(ctx: &Ctx, order: Option<OrderId>, how: How, taking: Taking) -> Result<Erased, Failure> {
    let rule = order.map_or(PurgeRule::Policy, PurgeRule::Order);
    let mut erased = Erased { gone: 0, held: taking.held };
    match how {
        How::Erase => erased.add(retention::erase(ctx, taking.sites, rule)?),
        How::Anonymise => {
            for (site, drawers) in taking.sites {
                let mut left = Vec::with_capacity(drawers.len());
                for piece in drawers.chunks(limits::ANONYMISED_AT_ONCE) {
                    left.extend(anonymise::leave_shells(ctx, piece)?);
                }
                // All at once: each purge changes the key tree up to its top, however few it takes.
                erased.add(retention::erase(ctx, Drawers::from([(site, left)]), rule)?);
            }
        }
    }
    if let Some(order) = order {
        note_run(ctx, order, erased, taking.is_run)?;
    }
    Ok(erased)
}

/// When the rule last ran, and what came of it; with a row in the audit log unless there is nothing to tell.
fn note_run(ctx: &Ctx, id: OrderId, Erased { gone, held }: Erased, is_run: bool) -> Result<(), Failure> {
    let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let (drawers, held) = (counted(gone), counted(held));
    let _changing = ctx.memory.changing();
    let Some(order) = ctx.store.house().orders.get(&id).cloned() else { return Ok(()) };
    let held_before = order.last.map_or(0, |last| last.held);
    if !is_run && drawers == 0 && held == held_before {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_order(&PurgeOrder { last: Some(LastRun { at: ctx.now, drawers, held }), ..PurgeOrder::clone(&order) });
    ctx.audit(&mut batch, AuditAction::PurgeRuleRan { order: id, drawers, held });
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// The site of a closed conversation, or of what was filled in.
fn site_of(ctx: &Ctx, drawer: ConversationId) -> Option<SiteId> {
    let submission = || ctx.store.kept_submission(SubmissionId::from_bytes(*drawer.as_bytes())).map(|it| it.site);
    ctx.store.closed_conversation(drawer).map(|it| it.site).or_else(submission)
}

/// What has gone is due no more.
fn forget(ctx: &Ctx, house: &House, drawers: Vec<ConversationId>) -> Result<(), Failure> {
    let drawers: Vec<_> = drawers.into_iter().filter(|it| house.due.contains_key(it)).collect();
    if drawers.is_empty() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    drawers.into_iter().for_each(|drawer| batch.delete_due(drawer));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

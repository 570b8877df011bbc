//! Taking what is due: by rules with a time, and because of what happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::anonymise;
use super::happened::make_due;
use super::pausing::{believe_clock, is_paused};
use super::select::{Candidate, Fate, Keeping};
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, PurgeRule};
use crate::domain::id::{ConversationId, OrderId, SiteId, SubmissionId};
use crate::domain::limits;
use crate::domain::purge_rule::{How, LastRun, PurgeOrder, When};
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
    let mut all = believe_clock(ctx).and_then(|()| run_happened(ctx));
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
    if ctx.store.house().due.is_empty() || is_paused(ctx) {
        return Ok(Erased::default());
    }
    take(ctx, gather(ctx)?)
}

/// What is to be taken because of what happened, and what needs no taking any more.
#[derive(Default)]
pub(super) struct Gathered {
    /// By what takes it, and whether it anonymises.
    taken: BTreeMap<(Option<OrderId>, bool), Taking>,
    forgotten: Vec<ConversationId>,
}

pub(super) fn gather(ctx: &Ctx) -> Result<Gathered, Failure> {
    let house = ctx.store.house();
    let keeping = Keeping::new(ctx)?;
    let mut gathered = Gathered::default();
    for (drawer, due) in house.due.iter().filter(|(_, due)| due.at <= ctx.now) {
        let Some(site) = site_of(ctx, *drawer) else {
            // Either it is not closed yet, or it is not here any more.
            if ctx.store.open_conversation(*drawer).is_none() {
                gathered.forgotten.push(*drawer);
            }
            continue;
        };
        let order = match due.order.map(|id| house.orders.get(&id).filter(|order| order.is_armed())) {
            // By a rule that is not in force any more.
            Some(None) => {
                gathered.forgotten.push(*drawer);
                continue;
            }
            order => order.flatten(),
        };
        if order.is_some_and(|order| waits_for_close(ctx, order, *drawer)) {
            continue;
        }
        let by = (due.order, due.how == How::Anonymise);
        let taking = gathered.taken.entry(by).or_insert_with(|| Taking::new(order.cloned(), due.how));
        match keeping.fate(*drawer, site) {
            Fate::Goes => taking.add(*drawer, site),
            Fate::Held(_) => taking.held += 1,
            Fate::Waits => {}
        }
    }
    Ok(gathered)
}

pub(super) fn take(ctx: &Ctx, Gathered { taken, mut forgotten }: Gathered) -> Result<Erased, Failure> {
    let mut went = Erased::default();
    for taking in taken.into_values() {
        let drawers: Vec<_> = taking.sites.values().flatten().copied().collect();
        went.add(carry_out(ctx, taking)?);
        // What somebody has put on hold meanwhile stays due.
        forgotten.extend(drawers.into_iter().filter(|drawer| site_of(ctx, *drawer).is_none()));
    }
    forget(ctx, forgotten)?;
    Ok(went)
}

/// What is filled in in a chat is there to be read in it, so what happens to all of the chat at its end comes to it then.
fn waits_for_close(ctx: &Ctx, order: &PurgeOrder, drawer: ConversationId) -> bool {
    if !matches!(order.when, When::AtClose | When::AfterDelivered) {
        return false;
    }
    let submission = ctx.store.kept_submission(SubmissionId::from_bytes(*drawer.as_bytes()));
    submission.and_then(|it| it.of).is_some_and(|chat| ctx.store.open_conversation(chat).is_some())
}

/// One run of a rule that has a time.
fn run(ctx: &Ctx, order: &Arc<PurgeOrder>, until: Timestamp) -> Result<Erased, Failure> {
    let (seen, found) = ctx.memory.purge_rules.take(order.id).look(ctx, order, until)?;
    ctx.memory.purge_rules.put(order.id, seen);
    let keeping = Keeping::new(ctx)?;
    let (mut taking, mut waiting) = (Taking::new(Some(Arc::clone(order)), order.how), Vec::new());
    for Candidate { drawer, site, .. } in found {
        match keeping.fate(drawer, site) {
            Fate::Goes => taking.add(drawer, site),
            Fate::Held(_) => taking.held += 1,
            Fate::Waits => waiting.push(drawer),
        }
    }
    if matches!(order.when, When::Schedule(_)) {
        // They go as soon as nothing of them is on its way, and do not wait for another month.
        let (house, mut batch) = (ctx.store.house(), ctx.store.batch());
        waiting.into_iter().for_each(|drawer| make_due(ctx, &house, &mut batch, drawer, order));
        ctx.store.commit(batch).wait()?;
        taking.is_run = true;
    }
    carry_out(ctx, taking)
}

/// What one rule takes in one run.
struct Taking {
    /// As it was when it was asked.
    order: Option<Arc<PurgeOrder>>,
    how: How,
    sites: Drawers,
    held: usize,
    /// It is one of the times of its schedule: it leaves a row even if there was nothing to take.
    is_run: bool,
}

impl Taking {
    fn new(order: Option<Arc<PurgeOrder>>, how: How) -> Self {
        Self { order, how, sites: Drawers::new(), held: 0, is_run: false }
    }

    fn add(&mut self, drawer: ConversationId, site: SiteId) {
        self.sites.entry(site).or_default().push(drawer);
    }
}

fn carry_out(ctx: &Ctx, Taking { order, how, sites, held, is_run }: Taking) -> Result<Erased, Failure> {
    let rule = order.as_ref().map_or(PurgeRule::Policy, |order| PurgeRule::Order(order.id));
    // Who takes a rule out of force has nothing go by it from then on, however long a run takes.
    let is_in_force = || order.as_ref().is_none_or(|order| is_as_it_was(&ctx.store.house(), order));
    let erase = |sites| retention::erase_while(ctx, sites, rule, |_, piece| if is_in_force() { piece } else { Vec::new() });
    let mut erased = Erased { gone: 0, held };
    match how {
        How::Erase => erased.add(erase(sites)?),
        How::Anonymise => {
            for (site, drawers) in sites {
                let mut left = Vec::with_capacity(drawers.len());
                for piece in drawers.chunks(limits::ANONYMISED_AT_ONCE) {
                    if is_in_force() {
                        left.extend(anonymise::leave_shells(ctx, piece)?);
                    }
                }
                // All at once: each purge changes the key tree up to its top, however few it takes.
                erased.add(erase(Drawers::from([(site, left)]))?);
            }
        }
    }
    if let Some(order) = order {
        note_run(ctx, order.id, erased, is_run)?;
    }
    Ok(erased)
}

/// Whether it is in force and takes what it took.
fn is_as_it_was(house: &House, order: &PurgeOrder) -> bool {
    let is_same = |now: &PurgeOrder| now.is_armed() && (&now.what, &now.when, now.how) == (&order.what, &order.when, order.how);
    house.orders.get(&order.id).is_some_and(|now| is_same(now))
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
    // What a run had to leave and is taken later belongs to that run: a schedule counts its times from the last one.
    let at = order.last.filter(|_| !is_run && matches!(order.when, When::Schedule(_))).map_or(ctx.now, |last| last.at);
    let mut batch = ctx.store.batch();
    batch.put_order(&PurgeOrder { last: Some(LastRun { at, drawers, held }), ..PurgeOrder::clone(&order) });
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
fn forget(ctx: &Ctx, drawers: Vec<ConversationId>) -> Result<(), Failure> {
    let house = ctx.store.house();
    let mut batch = ctx.store.batch();
    drawers.iter().filter(|it| house.due.contains_key(it)).for_each(|drawer| batch.delete_due(*drawer));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

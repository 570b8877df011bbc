//! What goes, and when: what is due by the clocks, and what an administrator erases by hand. Whatever destroys a drawer does it through
//! `erase`, which lets nothing go that is held.
//!
//! `due` is what the clocks say, `overview` what the pages show, `plan` and `presets` how the clocks are set.

use std::collections::BTreeMap;
use std::time::Duration;

use super::holds::Held;
use super::{Ctx, Failure, purge_rules, webhooks};
use crate::domain::access::Action;
use crate::domain::audit::PurgeRule;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::limits;
use crate::store::{Purge, Store, StoreError};

mod due;
mod overview;
mod plan;
mod presets;

pub use due::clock_of;
pub use overview::{ClassRow, KeptClass, SiteKept, overview, table};
pub use plan::{PlanForm, change_plan, plan};
pub use presets::{Foreseen, apply_preset, foresee};

/// How far back the purge that follows a close looks.
const LATELY: Duration = Duration::from_secs(120);

/// Drawers of each site. A conversation goes with its files.
pub type Drawers = BTreeMap<SiteId, Vec<ConversationId>>;

/// What came of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    pub gone: usize,
    /// A legal hold keeps them.
    pub held: usize,
}

/// Purges whatever is due, however late: a run that was missed is caught up.
///
/// # Errors
/// When the store does not write; what went before that stays gone.
pub fn purge_due(ctx: &Ctx) -> Result<Erased, Failure> {
    ctx.authorize(Action::Purge)?;
    if purge_rules::is_paused(ctx) {
        return Ok(Erased::default());
    }
    let house = ctx.store.house();
    let closed = due::closed(&house, due::listed(ctx.store, None), ctx.now, |_| true);
    let mut erased = erase_while(ctx, closed, PurgeRule::Policy, |site, piece| due::still_due(ctx, site, piece))?;
    erased.add(erase(ctx, due::submissions(ctx.store, &house, ctx.now), PurgeRule::Policy)?);
    due::forget_deliveries(ctx)?;
    Ok(erased)
}

/// Purges the closed conversations whose clock says at the close. Cheap enough to follow each close.
///
/// # Errors
/// When the store does not write.
pub fn purge_at_close(ctx: &Ctx) -> Result<Erased, Failure> {
    ctx.authorize(Action::Purge)?;
    if purge_rules::is_paused(ctx) {
        return Ok(Erased::default());
    }
    let house = ctx.store.house();
    if !due::anything_goes_at_close(&house) {
        return Ok(Erased::default());
    }
    // What closed earlier went then, or goes with all that is due.
    let lately = due::listed(ctx.store, Some(ctx.now.minus(LATELY)));
    let closed = due::closed(&house, lately, ctx.now, due::is_at_close);
    erase_while(ctx, closed, PurgeRule::Policy, |site, piece| due::still_due(ctx, site, piece))
}

/// Destroys the files of conversations that are not open any more, whatever the clocks say of their transcripts.
///
/// # Errors
/// When the store does not write; what went before that stays gone.
pub fn erase_files(ctx: &Ctx) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    let mut drawers = Drawers::new();
    for (site, drawer) in ctx.store.files_left_behind() {
        drawers.entry(site).or_default().push(drawer);
    }
    // Files end with their chat, held or not: nobody could read them any more.
    let mut gone = 0;
    for (site, drawers) in drawers {
        for conversations in drawers.chunks(limits::PURGE_BATCH) {
            destroy(ctx, site, conversations.to_vec(), PurgeRule::Policy)?;
            gone += conversations.len();
        }
    }
    Ok(gone)
}

/// Erases all closed conversations, of one site or of all, whatever the clocks say, but for those that are held.
///
/// # Errors
/// `NotFound` for a site that is not there; `ProofNeeded`.
pub fn purge_now(ctx: &Ctx, site: Option<SiteId>) -> Result<Erased, Failure> {
    ctx.authorize(Action::Purge)?;
    ctx.require_proof()?;
    if site.is_some_and(|site| !ctx.store.house().sites.contains_key(&site)) {
        return Err(Failure::NotFound);
    }
    let mut drawers = Drawers::new();
    for ((of, kind), _) in ctx.store.closed_groups() {
        if site.is_none_or(|site| of == site) {
            drawers.entry(of).or_default().extend(ctx.store.closed_of((of, kind), None).map(|it| it.id));
        }
    }
    erase(ctx, drawers, PurgeRule::ByHand)
}

/// Destroys these drawers, but for those that a legal hold keeps. The only way from an act to a purge: whoever may is asked by the act.
///
/// # Errors
/// When the store does not write; what went before that stays gone.
pub(super) fn erase(ctx: &Ctx, drawers: Drawers, rule: PurgeRule) -> Result<Erased, Failure> {
    erase_but(ctx, drawers, rule, Held::now, |_, piece| piece)
}

/// The same of what goes by itself: of each piece only what `still` gives back, which is asked right before the piece goes.
///
/// # Errors
/// As `erase`.
pub(super) fn erase_while(
    ctx: &Ctx,
    drawers: Drawers,
    rule: PurgeRule,
    still: impl Fn(SiteId, Vec<ConversationId>) -> Vec<ConversationId>,
) -> Result<Erased, Failure> {
    erase_but(ctx, drawers, rule, Held::now, still)
}

/// The same as somebody wishes who it is about: what was restricted for their sake goes as well.
///
/// # Errors
/// As `erase`.
pub(super) fn erase_but_held_by_law(ctx: &Ctx, drawers: Drawers, rule: PurgeRule) -> Result<Erased, Failure> {
    erase_but(ctx, drawers, rule, Held::by_law, |_, piece| piece)
}

fn erase_but(
    ctx: &Ctx,
    drawers: Drawers,
    rule: PurgeRule,
    held: fn(&Store) -> Result<Held, StoreError>,
    still: impl Fn(SiteId, Vec<ConversationId>) -> Vec<ConversationId>,
) -> Result<Erased, Failure> {
    let mut erased = Erased::default();
    for (site, drawers) in drawers {
        for piece in drawers.chunks(limits::PURGE_BATCH) {
            // A hold that was acknowledged before this moment is seen, and the next one waits until this piece is gone.
            let _erasing = ctx.memory.erasing();
            let held = held(ctx.store)?;
            // What has gone meanwhile goes only once, and is told only once.
            let there = piece.iter().copied().filter(|drawer| ctx.store.site_of_drawer(*drawer).is_some()).collect();
            let (kept, conversations): (Vec<_>, Vec<_>) =
                still(site, there).into_iter().partition(|drawer| held.by(site, *drawer).is_some());
            erased.held += kept.len();
            if conversations.is_empty() {
                continue;
            }
            webhooks::note_purging(ctx, site, &conversations)?;
            erased.gone += conversations.len();
            destroy(ctx, site, conversations, rule)?;
        }
    }
    Ok(erased)
}

fn destroy(ctx: &Ctx, site: SiteId, conversations: Vec<ConversationId>, rule: PurgeRule) -> Result<(), Failure> {
    ctx.store.purge(Purge { site, conversations, rule, actor: ctx.audit_actor(), now: ctx.now }).wait()?;
    Ok(())
}

impl Erased {
    pub fn add(&mut self, other: Self) {
        self.gone += other.gone;
        self.held += other.held;
    }
}

#[cfg(test)]
mod tests;

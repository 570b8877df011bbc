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
use crate::store::{ClosedConversation, Purge, Store, StoreError};

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
    let mut erased = erase(ctx, due::closed(&house, ctx.store.closed(), ctx.now, |_| true), PurgeRule::Policy)?;
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
    let mut closed: Vec<_> = ctx.store.closed().rev().take_while(|it| ctx.now.since(it.closed_at) <= LATELY).collect();
    closed.reverse();
    erase(ctx, due::closed(&house, closed, ctx.now, due::is_at_close), PurgeRule::Policy)
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
    let closed = ctx.store.closed().filter(|it| site.is_none_or(|site| it.site == site));
    erase(ctx, by_site(closed), PurgeRule::ByHand)
}

/// Destroys these drawers, but for those that a legal hold keeps. The only way from an act to a purge: whoever may is asked by the act.
///
/// # Errors
/// When the store does not write; what went before that stays gone.
pub(super) fn erase(ctx: &Ctx, drawers: Drawers, rule: PurgeRule) -> Result<Erased, Failure> {
    erase_but(ctx, drawers, rule, Held::now)
}

/// The same as somebody wishes who it is about: what was restricted for their sake goes as well.
///
/// # Errors
/// As `erase`.
pub(super) fn erase_but_held_by_law(ctx: &Ctx, drawers: Drawers, rule: PurgeRule) -> Result<Erased, Failure> {
    erase_but(ctx, drawers, rule, Held::by_law)
}

fn erase_but(
    ctx: &Ctx,
    drawers: Drawers,
    rule: PurgeRule,
    held: fn(&Store) -> Result<Held, StoreError>,
) -> Result<Erased, Failure> {
    let mut erased = Erased::default();
    for (site, drawers) in drawers {
        for piece in drawers.chunks(limits::PURGE_BATCH) {
            // A hold that was acknowledged before this moment is seen, and the next one waits until this piece is gone.
            let _erasing = ctx.memory.erasing();
            let held = held(ctx.store)?;
            let (kept, conversations): (Vec<_>, Vec<_>) = piece.iter().partition(|drawer| held.by(site, **drawer).is_some());
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

fn by_site(closed: impl Iterator<Item = ClosedConversation>) -> Drawers {
    let mut sites = Drawers::new();
    for it in closed {
        sites.entry(it.site).or_default().push(it.id);
    }
    sites
}

#[cfg(test)]
mod tests;

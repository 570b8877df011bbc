//! What a rule would take, by count, before it is in force.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::select::{Fate, Keeping, asks_head, candidates, fits_inside};
use crate::domain::access::{Action, Denied};
use crate::domain::clocks::Clocks;
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::{HoldId, OrderId, SiteId};
use crate::domain::limits;
use crate::domain::purge_rule::{PurgeOrder, When};
use crate::domain::site::Site;
use crate::domain::text::Notice;
use crate::domain::time::Timestamp;
use crate::service::holds::Held;
use crate::service::{Ctx, Failure};
use crate::store::House;

#[derive(Debug, Clone, Default)]
pub struct DryRun {
    /// What goes: at once when it is put in force, or at the next time of its schedule as things stand.
    pub goes: u64,
    pub sites: Vec<(SiteId, u64)>,
    /// When the oldest of them was closed.
    pub oldest: Option<Timestamp>,
    /// What fits and stays until its time comes, or until something happens to it.
    pub later: u64,
    pub held: Vec<HeldBack>,
    /// Of which something is still to be mailed or delivered; it goes right after.
    pub waits: u64,
    /// Sites whose clock has taken all of it before this rule could.
    pub too_late: Vec<SiteId>,
    /// There was more than could be looked into, so all of these are at least so many.
    pub is_partial: bool,
}

/// What a hold keeps from going.
#[derive(Debug, Clone)]
pub struct HeldBack {
    pub on: HeldThing,
    /// None: it is no hold, but restricted for somebody's sake.
    pub since: Option<Timestamp>,
    /// Why; for those who manage privacy.
    pub reason: Option<Notice>,
    pub drawers: u64,
}

/// # Errors
/// `NotFound`, to those who do not look at how the installation is set up too.
pub fn dry_run(ctx: &Ctx, id: OrderId) -> Result<DryRun, Failure> {
    ctx.authorize(Action::ReadPosture).map_err(|Denied| Failure::NotFound)?;
    let house = ctx.store.house();
    let order = house.orders.get(&id).ok_or(Failure::NotFound)?;
    // What a schedule takes next is whatever there is by then; what an event takes has not happened yet.
    let until = match &order.when {
        When::Schedule(_) => Some(ctx.now),
        when => when.age().map(|age| ctx.now.minus(age)),
    };
    let keeping = Keeping::new(ctx)?;
    let may_know_why = ctx.authorize(Action::ManagePrivacy).is_ok();
    let mut found = DryRun::default();
    let (mut sites, mut held): (BTreeMap<SiteId, u64>, BTreeMap<HoldId, HeldBack>) = (BTreeMap::new(), BTreeMap::new());
    let mut opened = 0;
    for it in candidates(ctx, order, None, ctx.now) {
        if asks_head(&order.what) {
            opened += 1;
            if opened > limits::DRY_RUN_HEADS {
                found.is_partial = true;
                break;
            }
        }
        if !fits_inside(ctx, &order.what, &it)? {
            continue;
        }
        if until.is_none_or(|until| it.at > until) {
            found.later += 1;
            continue;
        }
        match keeping.fate(it.drawer, it.site) {
            Fate::Goes => {
                found.goes += 1;
                *sites.entry(it.site).or_default() += 1;
                found.oldest = found.oldest.map_or(Some(it.at), |oldest| Some(oldest.min(it.at)));
            }
            Fate::Held(hold) => {
                held.entry(hold.id).or_insert_with(|| HeldBack::by(&hold, may_know_why)).drawers += 1;
            }
            Fate::Waits => found.waits += 1,
        }
    }
    found.too_late = too_late(&house, order);
    found.sites = sites.into_iter().collect();
    found.held = held.into_values().collect();
    Ok(found)
}

/// In the order of their ids.
fn too_late(house: &House, order: &PurgeOrder) -> Vec<SiteId> {
    let of_rule = house.sites.values().filter(|site| order.what.site.is_none_or(|wanted| wanted == site.id));
    let is_before = |site: &&Arc<Site>| Clocks::of(Some(site), &house.retention, house.reporting).are_before(order);
    of_rule.filter(is_before).map(|site| site.id).collect()
}

impl HeldBack {
    fn by(hold: &Hold, may_know_why: bool) -> Self {
        let reason = may_know_why.then(|| hold.reason.clone());
        let since = (hold.id != Held::RESTRICTION).then_some(hold.at);
        Self { on: hold.on, since, reason, drawers: 0 }
    }
}

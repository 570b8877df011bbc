//! Setting all clocks at once, and what would go by it.

use std::sync::Arc;

use super::{Drawers, due};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::id::SiteId;
use crate::domain::news::News;
use crate::domain::preset::Preset;
use crate::domain::retention::ReportingDays;
use crate::service::holds::Held;
use crate::service::{Ctx, Failure};
use crate::store::House;

/// What a preset would do at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreseen {
    pub preset: Preset,
    /// Closed conversations that would be erased within a minute.
    pub goes: usize,
    /// Whether everything is set like this already.
    pub is_set: bool,
}

/// # Errors
/// `Denied` to those who do not manage privacy; when the index of persons cannot be read.
pub fn foresee(ctx: &Ctx) -> Result<Vec<Foreseen>, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let house = ctx.store.house();
    let held = Held::now(ctx.store)?;
    let foreseen = |preset: Preset| {
        let after = with(&house, preset);
        let due: Drawers = due::closed(&after, due::listed(ctx.store, None), ctx.now, |_| true);
        let free =
            |(site, drawers): (&SiteId, &Vec<_>)| drawers.iter().filter(|drawer| held.by(*site, **drawer).is_none()).count();
        let is_set = after.retention == house.retention && after.reporting == house.reporting && after.sites == house.sites;
        Foreseen { preset, goes: due.iter().map(free).sum(), is_set }
    };
    Ok(Preset::ALL.into_iter().map(foreseen).collect())
}

/// Sets all clocks of the house and of its sites. What is due by them goes within a minute.
///
/// # Errors
/// `Denied` to those who do not manage privacy; `ProofNeeded`, since nothing brings back what goes then.
pub fn apply_preset(ctx: &Ctx, preset: Preset) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let after = with(&house, preset);
    let mut batch = ctx.store.batch();
    for site in after.sites.values().filter(|site| house.sites.get(&site.id) != Some(site)) {
        batch.put_site(site);
        batch.tell(News::Site(site.id));
    }
    batch.put_retention(&after.retention);
    if after.reporting != house.reporting {
        batch.put_reporting(after.reporting);
    }
    ctx.audit(&mut batch, AuditAction::RetentionPreset(preset));
    ctx.settle(batch)
}

fn with(house: &House, preset: Preset) -> House {
    let reporting: ReportingDays = preset.reporting(house.reporting);
    House {
        retention: preset.plan(&house.retention),
        reporting,
        sites: house.sites.iter().map(|(id, site)| (*id, Arc::new(preset.site(site)))).collect(),
        ..house.clone()
    }
}

//! What is found rather than set.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ctx, Failure, House, settings};
use crate::domain::alert::AlertKind;
use crate::domain::backup::Attempt;
use crate::domain::clocks::Clocks;
use crate::domain::id::SiteId;
use crate::domain::operator::Role;
use crate::domain::posture::{Facts, Machine, Settings};
use crate::domain::time::Timestamp;
use crate::domain::webhook::DeliveryOutcome;
use crate::service::holds::Held;
use crate::store::ClosedConversation;

pub(super) fn facts(ctx: &Ctx, machine: Machine) -> Result<Facts, Failure> {
    let (house, history) = (ctx.store.house(), ctx.store.backups()?);
    let unseen = || house.alerts.values().filter(|alert| alert.acknowledged.is_none());
    Ok(Facts {
        now: ctx.now,
        is_purging: house.purging.paused.is_none(),
        overdue_since: overdue_since(ctx, &house)?,
        audit_is_whole: !unseen().any(|alert| alert.kind == AlertKind::AuditHeadMissing),
        admins: house.operators.values().filter(|it| it.role == Role::Admin && it.is_active()).count(),
        alert_since: unseen().map(|alert| alert.since).min(),
        backed_up_at: last_good(history.backup),
        rehearsed_at: last_good(history.rehearsal),
        machine,
    })
}

fn last_good<T>(attempt: Option<Attempt<T>>) -> Option<Timestamp> {
    attempt.filter(|it| it.outcome.is_ok()).map(|it| it.at)
}

/// When the earliest of what should be gone, and is neither held nor on its way to somebody, should have been.
fn overdue_since(ctx: &Ctx, house: &House) -> Result<Option<Timestamp>, Failure> {
    let held = Held::now(ctx.store)?;
    let waiting = house.deliveries.values().filter(|it| it.outcome == DeliveryOutcome::Waiting);
    let on_its_way: BTreeSet<_> = waiting.filter_map(|it| it.conversation).collect();
    let may_wait = |it: &ClosedConversation| {
        house.mails.contains_key(&it.id) || on_its_way.contains(&it.id) || held.by(it.site, it.id).is_some()
    };
    let mut due = Due::new(settings(house));
    let left = ctx.store.closed().filter(|it| !may_wait(it)).filter_map(|it| due.at(&it)).filter(|at| *at <= ctx.now);
    Ok(left.min())
}

/// Closed chats that are not due by the one settings and are by the others, and held by nobody.
pub(super) fn due_sooner(ctx: &Ctx, before: &Settings, after: &Settings) -> Result<usize, Failure> {
    let held = Held::now(ctx.store)?;
    let (mut before, mut after) = (Due::new(before.clone()), Due::new(after.clone()));
    let mut is_sooner = |it: &ClosedConversation| {
        let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= ctx.now);
        !is_due(before.at(it)) && is_due(after.at(it)) && held.by(it.site, it.id).is_none()
    };
    Ok(ctx.store.closed().filter(|it| is_sooner(it)).count())
}

/// When things are due by some settings; the clocks of each site are worked out once.
struct Due {
    settings: Settings,
    clocks: BTreeMap<SiteId, Clocks>,
}

impl Due {
    fn new(settings: Settings) -> Self {
        Self { settings, clocks: BTreeMap::new() }
    }

    fn at(&mut self, it: &ClosedConversation) -> Option<Timestamp> {
        let site = self.settings.sites.get(&it.site)?;
        let clocks = self.clocks.entry(it.site).or_insert_with(|| self.settings.clocks(site));
        Some(clocks.of_closed(it.kind).due_at(it.closed_at))
    }
}

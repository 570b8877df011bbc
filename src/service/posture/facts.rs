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

/// When the earliest of what should be gone, and is neither held nor on its way to somebody, should have been. Looks at what is due and at
/// nothing else: what closed later than something that is not due yet is not due either, under the same clock.
fn overdue_since(ctx: &Ctx, house: &House) -> Result<Option<Timestamp>, Failure> {
    let held = Held::now(ctx.store)?;
    let waiting = house.deliveries.values().filter(|it| it.outcome == DeliveryOutcome::Waiting);
    let on_its_way: BTreeSet<_> = waiting.filter_map(|it| it.conversation).collect();
    let may_wait = |it: &ClosedConversation| {
        house.mails.contains_key(&it.id) || on_its_way.contains(&it.id) || held.by(it.site, it.id).is_some()
    };
    let mut due = Due::new(settings(house));
    let mut earliest: Option<Timestamp> = None;
    for (group, _) in ctx.store.closed_groups() {
        let should_be_gone = ctx.store.closed_of(group, None).map_while(|it| due.passed(&it, ctx.now).map(|at| (it, at)));
        let left = should_be_gone.filter(|(it, _)| !may_wait(it)).map(|(_, at)| at).next();
        earliest = earliest.into_iter().chain(left).min();
    }
    Ok(earliest)
}

/// Closed chats that are not due by the one settings and are by the others, and held by nobody.
pub(super) fn due_sooner(ctx: &Ctx, before: &Settings, after: &Settings) -> Result<usize, Failure> {
    let held = Held::now(ctx.store)?;
    let (mut before, mut after) = (Due::new(before.clone()), Due::new(after.clone()));
    let mut count = 0;
    for (group, _) in ctx.store.closed_groups() {
        let due = ctx.store.closed_of(group, None).take_while(|it| after.passed(it, ctx.now).is_some());
        count += due.filter(|it| before.passed(it, ctx.now).is_none() && held.by(it.site, it.id).is_none()).count();
    }
    Ok(count)
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

    /// When it was due, if it is by now.
    fn passed(&mut self, it: &ClosedConversation, now: Timestamp) -> Option<Timestamp> {
        let site = self.settings.sites.get(&it.site)?;
        let clocks = self.clocks.entry(it.site).or_insert_with(|| self.settings.clocks(site));
        Some(clocks.of_closed(it.kind).due_at(it.closed_at)).filter(|at| *at <= now)
    }
}

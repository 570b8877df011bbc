//! Reports for those who may see them, about the sites that they work for; what is counted for them, and when it is removed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::fields::Fields;
use super::{Ctx, Failure, purge_rules};
use crate::domain::about::Channel;
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, PurgeReceipt, PurgeRule};
use crate::domain::conversation::Conversation;
use crate::domain::id::{DepartmentId, SiteId};
use crate::domain::limits;
use crate::domain::permission::Permission;
use crate::domain::report::{Counted, Day, Moment, Outcome, Question, Report, Tally};
use crate::domain::retention::{PolicyError, ReportingDays, RetentionClass, ZoneName};
use crate::domain::time::Timestamp;
use crate::store::Batch;

/// Counts a conversation that this very batch closes.
pub(super) fn count_close(ctx: &Ctx, batch: &mut Batch, head: &Conversation) {
    let Some((outcome, zone)) = outcome(ctx, head) else { return };
    let (counted, tally) = outcome.counted(&zone);
    batch.count(head.id, counted, tally);
}

/// Counts the rating of a conversation that was closed before, in the place of an earlier one.
pub(super) fn count_rating(ctx: &Ctx, batch: &mut Batch, head: &Conversation, retracted: Option<u8>) {
    let Some((outcome, zone)) = outcome(ctx, head) else { return };
    if let Some(stars) = outcome.stars {
        batch.count_rating(outcome.counted(&zone).0, stars, retracted);
    }
}

/// What is counted of a closed conversation, and on whose clock.
fn outcome(ctx: &Ctx, head: &Conversation) -> Option<(Outcome, ZoneName)> {
    let house = ctx.store.house();
    let site = house.sites.get(&head.site)?;
    let outcome = Outcome {
        site: head.site,
        department: head.about.department,
        operator: head.assignee().map(|it| it.id),
        is_message: head.about.channel == Channel::Message,
        started_at: head.started_at,
        answered_at: head.about.answered_at,
        closed_at: head.closed_at()?,
        stars: head.about.rating.as_ref().map(|rating| rating.stars.get()),
    };
    Some((outcome, site.zone.clone()))
}

/// The sites whose reports, or those of some of whose departments, the actor may see.
///
/// # Errors
/// `NotFound` when there are none: then there are no reports either.
pub fn sites(ctx: &Ctx) -> Result<BTreeSet<SiteId>, Failure> {
    let house = ctx.store.house();
    let of_departments = house.departments.values().map(|it| (it.site, Some(it.id)));
    let parts = house.sites.keys().map(|site| (*site, None)).chain(of_departments);
    let sites: BTreeSet<_> = parts.filter(|(site, part)| may_see(ctx, *site, *part)).map(|(site, _)| site).collect();
    if sites.is_empty() { Err(Failure::NotFound) } else { Ok(sites) }
}

/// Whether the actor may see what is counted for this department, or for none.
#[must_use]
pub fn may_see(ctx: &Ctx, site: SiteId, department: Option<DepartmentId>) -> bool {
    ctx.authorize(Action::UsePart(Permission::SeeReports, site, department)).is_ok()
}

/// What today is on the clock of most of these sites, for a report that names no days.
#[must_use]
pub fn today(ctx: &Ctx, sites: &BTreeSet<SiteId>) -> Day {
    let house = ctx.store.house();
    let mut zones: BTreeMap<&str, (usize, &ZoneName)> = BTreeMap::new();
    for site in sites.iter().filter_map(|id| house.sites.get(id)) {
        zones.entry(site.zone.as_str()).or_insert((0, &site.zone)).0 += 1;
    }
    let zone = zones.values().max_by_key(|(count, _)| *count).map_or_else(ZoneName::utc, |(_, zone)| (*zone).clone());
    Moment::of(ctx.now, &zone).day
}

/// The counters that a question is about.
///
/// # Errors
/// `NotFound` for sites whose reports the actor may not see, and so for a site that never was.
pub fn counters(ctx: &Ctx, question: &Question) -> Result<Vec<(Counted, Tally)>, Failure> {
    let sites = sites(ctx)?;
    if question.site.is_some_and(|site| !sites.contains(&site)) {
        return Err(Failure::NotFound);
    }
    let mut found = ctx.store.counters(question.first, question.last)?;
    found.retain(|(counted, _)| may_see(ctx, counted.site, counted.department) && question.concerns(counted));
    found.sort_by_key(|(counted, _)| *counted);
    Ok(found)
}

/// # Errors
/// As `counters`.
pub fn report(ctx: &Ctx, question: &Question) -> Result<Report, Failure> {
    let mut report = Report::default();
    counters(ctx, question)?.iter().for_each(|(counted, tally)| report.add(counted, tally));
    Ok(report)
}

/// Days after which counters are removed.
///
/// # Errors
/// `Denied` to those who do not manage privacy.
pub fn retention_days(ctx: &Ctx) -> Result<u16, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    Ok(ctx.store.house().reporting.get())
}

/// # Errors
/// `InvalidFields` for a number out of its range.
pub fn keep_for(ctx: &Ctx, days: &str) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let _changing = ctx.memory.changing();
    let mut fields = Fields::default();
    let parsed = days.trim().parse().map_err(|_| PolicyError::Reporting).and_then(ReportingDays::new);
    let Some(days) = fields.take("reporting_days", parsed) else { return Err(fields.failure()) };
    if ctx.store.house().reporting == days {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_reporting(days);
    ctx.audit(&mut batch, AuditAction::ReportingKeptFor { days: days.get() });
    ctx.settle(batch)?;
    Ok(())
}

/// Removes the counters whose time is over, with a receipt for each site. Gives back how many went.
///
/// # Errors
/// `Denied` unless a timer or somebody who may purge asks; when the store does not write.
pub fn remove_old(ctx: &Ctx) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    if purge_rules::is_paused(ctx) {
        return Ok(0);
    }
    let days = u64::from(ctx.store.house().reporting.get());
    let long_ago = Timestamp::from_millis(ctx.now.as_millis() - days_in_millis(days));
    // A day is over last where it began last; what is not old everywhere stays for another day.
    let first_kept = Moment::of(long_ago, &ZoneName::utc()).day.plus(-1);
    let mut old: BTreeMap<SiteId, Vec<Counted>> = BTreeMap::new();
    for (counted, _) in ctx.store.all_counters()?.into_iter().filter(|(counted, _)| counted.day < first_kept) {
        old.entry(counted.site).or_default().push(counted);
    }
    let mut removed = 0;
    for (site, counters) in old {
        for counters in counters.chunks(limits::COUNTERS_REMOVED) {
            let mut batch = ctx.store.batch();
            counters.iter().for_each(|counted| batch.remove_counter(counted));
            let receipt = PurgeReceipt {
                site,
                rule: PurgeRule::Policy,
                class: RetentionClass::Reporting,
                drawers: 0,
                events: counters.len() as u64,
                epoch: None,
            };
            ctx.audit(&mut batch, AuditAction::Purged(receipt));
            ctx.store.commit(batch).wait()?;
            removed += counters.len();
        }
    }
    Ok(removed)
}

fn days_in_millis(days: u64) -> i64 {
    i64::try_from(Duration::from_secs(days * 24 * 3_600).as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "tests/reports.rs"]
mod tests;

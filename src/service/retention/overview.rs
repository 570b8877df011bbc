//! What is kept, and when it goes: for the pages, and for the paper that says it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::due::{self, AllClocks};
use crate::domain::access::Action;
use crate::domain::id::SiteId;
use crate::domain::limits;
use crate::domain::retention::{ClosedKind, PurgePolicy};
use crate::domain::site::Site;
use crate::domain::time::Timestamp;
use crate::service::holds::{self, Held};
use crate::service::{Ctx, Failure};
use crate::store::House;

/// What is kept of one site.
#[derive(Debug, Clone)]
pub struct SiteKept {
    pub site: Arc<Site>,
    pub chats: Kept,
    pub messages: Kept,
    pub anonymised: Kept,
    pub submissions: Kept,
}

/// Things of one kind and of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub clock: PurgePolicy,
    /// The clock in words.
    pub told: String,
    pub count: usize,
    /// So many of them are held.
    pub held: usize,
    /// When the next of the others goes.
    pub next_due: Option<Timestamp>,
}

impl SiteKept {
    /// Closed conversations, whatever became of them.
    #[must_use]
    pub const fn closed(&self) -> usize {
        self.chats.count + self.messages.count + self.anonymised.count
    }

    #[must_use]
    pub const fn held(&self) -> usize {
        self.chats.held + self.messages.held + self.anonymised.held + self.submissions.held
    }

    /// The kinds of which there is something, or of which there always may be, by name.
    #[must_use]
    pub fn kinds(&self) -> Vec<(&'static str, &Kept)> {
        let all = [
            ("Chats", &self.chats),
            ("Messages left", &self.messages),
            ("Filled-in forms", &self.submissions),
            ("Anonymised chats", &self.anonymised),
        ];
        all.into_iter().filter(|(name, kept)| *name == "Chats" || kept.count > 0).collect()
    }
}

impl Kept {
    fn by(clock: &PurgePolicy, told: String) -> Self {
        Self { clock: clock.clone(), told, count: 0, held: 0, next_due: None }
    }

    /// Whether it should be gone by now: purges come each minute, and a transcript that is still to be mailed may wait for that.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.next_due.is_some_and(|due| due.plus(limits::PURGE_LATE) < now)
    }

    fn add(&mut self, is_held: bool, due_at: Option<Timestamp>) {
        self.count += 1;
        if is_held {
            self.held += 1;
        } else if let Some(at) = due_at {
            self.next_due = Some(self.next_due.map_or(at, |next| next.min(at)));
        }
    }
}

/// By name of the site.
///
/// # Errors
/// `Denied` to those who do not manage privacy; when the index of persons cannot be read.
pub fn overview(ctx: &Ctx) -> Result<Vec<SiteKept>, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let house = ctx.store.house();
    let held = Held::now(ctx.store)?;
    let mut clocks = AllClocks::new(&house);
    let mut kept: BTreeMap<SiteId, SiteKept> = BTreeMap::new();
    for site in house.sites.values() {
        let clocks = clocks.of(site.id);
        let closed = |clock: &PurgePolicy| Kept::by(clock, clock.told_of_closed());
        let (chats, messages, anonymised) = (closed(&clocks.chats), closed(&clocks.messages), closed(&clocks.anonymised));
        let submissions = Kept::by(&clocks.submissions, clocks.submissions.told_of_forms());
        kept.insert(site.id, SiteKept { site: Arc::clone(site), chats, messages, anonymised, submissions });
    }
    let held_of = held.closed(ctx.store);
    for (group @ (site, kind), count) in ctx.store.closed_groups() {
        let Some(site) = kept.get_mut(&site) else { continue };
        let kept = match kind {
            ClosedKind::Chat => &mut site.chats,
            ClosedKind::Message => &mut site.messages,
            ClosedKind::Anonymised => &mut site.anonymised,
        };
        kept.count = count;
        kept.held = if held.has_site(site.site.id) { count } else { held_of.get(&group).copied().unwrap_or_default() };
        // The oldest comes first, and what closed later is never due earlier.
        if kept.held < count {
            let next = ctx.store.closed_of(group, None).find(|it| held.by(it.site, it.id).is_none());
            kept.next_due = next.map(|it| kept.clock.due_at(it.closed_at));
        }
    }
    for it in ctx.store.submissions() {
        let Some(site) = kept.get_mut(&it.site) else { continue };
        let is_held = held.by(it.site, holds::drawer_of(it.id)).is_some();
        let due_at = due::submission_due_at(ctx.store, &mut clocks, &it);
        site.submissions.add(is_held, due_at);
    }
    let mut sites: Vec<_> = kept.into_values().collect();
    sites.sort_by_cached_key(|it| (it.site.name.as_str().to_lowercase(), it.site.id));
    Ok(sites)
}

/// What kinds of things there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptClass {
    Chats,
    Messages,
    Files,
    Submissions,
    /// Leads and what is known of a visitor.
    Profiles,
    Visits,
    Reporting,
    Audit,
    Sessions,
    Deliveries,
}

/// A line of the table that says how long what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassRow {
    pub class: KeptClass,
    pub what: &'static str,
    pub kept: String,
    /// Sites that say otherwise, by name.
    pub own: Vec<(Arc<Site>, String)>,
}

/// How long what is kept, as it is set at this moment.
///
/// # Errors
/// `Denied` to those who may not look at how the installation is set up.
pub fn table(ctx: &Ctx) -> Result<Vec<ClassRow>, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    Ok(rows(&ctx.store.house()))
}

fn rows(house: &House) -> Vec<ClassRow> {
    let row = |class, what, kept: String| ClassRow { class, what, kept, own: Vec::new() };
    let (plan, policy) = (&house.retention, &house.policy);
    let messages = plan.messages_told();
    vec![
        chats(house),
        ClassRow {
            own: own(house, |site| site.clocks.messages.as_ref().map(PurgePolicy::told_of_closed)),
            ..row(KeptClass::Messages, "Messages left while nobody was there", messages)
        },
        row(KeptClass::Files, "Files sent in chats", "Until the chat is closed".to_owned()),
        ClassRow {
            own: own(house, |site| site.clocks.submissions.as_ref().map(PurgePolicy::told_of_forms)),
            ..row(KeptClass::Submissions, "Filled-in secure forms", plan.submissions_told())
        },
        row(
            KeptClass::Profiles,
            "Leads, and what is known of a visitor",
            "In their chat or message, and as long as it".to_owned(),
        ),
        row(KeptClass::Visits, "Who browses a website", "While they do, in memory alone".to_owned()),
        row(KeptClass::Reporting, "Numbers for reports, and anonymised chats", counted_days(house.reporting.get())),
        row(KeptClass::Audit, "The audit log, with purge receipts", counted_days(house.audit_days.get())),
        row(
            KeptClass::Sessions,
            "Sessions of staff",
            format!("Until {} minutes without activity, {} hours at most", policy.idle_minutes, policy.absolute_hours),
        ),
        row(
            KeptClass::Deliveries,
            "What was told to webhooks, and when",
            plan.deliveries.told("Until it has arrived", "it has arrived"),
        ),
    ]
}

/// Every site has a clock for its chats: one line where all say the same.
fn chats(house: &House) -> ClassRow {
    let (class, what) = (KeptClass::Chats, "Chats");
    let mut sites = house.sites.values();
    let first = sites.next().map(|site| &site.purge);
    match first {
        Some(first) if sites.all(|site| site.purge == *first) => {
            ClassRow { class, what, kept: first.told_of_closed(), own: Vec::new() }
        }
        Some(_) => {
            let own = own(house, |site| Some(site.purge.told_of_closed()));
            ClassRow { class, what, kept: "As each site says".to_owned(), own }
        }
        None => ClassRow { class, what, kept: "No site yet".to_owned(), own: Vec::new() },
    }
}

fn own(house: &House, says: impl Fn(&Site) -> Option<String>) -> Vec<(Arc<Site>, String)> {
    let mut own: Vec<_> = house.sites.values().filter_map(|site| Some((Arc::clone(site), says(site)?))).collect();
    own.sort_by_cached_key(|(site, _)| (site.name.as_str().to_lowercase(), site.id));
    own
}

fn counted_days(days: u16) -> String {
    format!("For {days} days")
}

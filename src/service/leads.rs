//! Leads: who left an address or a number, for those for whom a site is run and for who may look after them. They are read out of
//! the conversations and kept nowhere else, so what is erased is gone from here as well. No message is among what is shown.

use std::collections::BTreeSet;
use std::num::NonZero;

use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::conversation::Conversation;
use crate::domain::id::{DepartmentId, SiteId};
use crate::domain::lead::Lead;
use crate::domain::limits;
use crate::domain::permission::Permission;
use crate::domain::search::{Place, Query};
use crate::domain::time::Timestamp;
use crate::store::{Hit, Horizon, Sight};

/// What is asked. Whatever is `None` does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Question {
    pub site: Option<SiteId>,
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

pub struct Found {
    pub leads: Vec<Lead>,
    /// Where the next page goes on. There may be one although this one is not full: then enough was looked through for once.
    pub next: Option<Place>,
}

/// The sites of which the actor may read leads.
///
/// # Errors
/// `NotFound` when there are none: then there are no leads either.
pub fn sites(ctx: &Ctx) -> Result<BTreeSet<SiteId>, Failure> {
    let house = ctx.store.house();
    let sites: BTreeSet<_> = house.sites.keys().copied().filter(|site| sight(ctx, *site) != Sight::Nothing).collect();
    if sites.is_empty() { Err(Failure::NotFound) } else { Ok(sites) }
}

/// Those that the question is about and that are the actor's to read, the newest first: of chats that go on before those that are
/// closed. How many were shown is in the audit log before they are.
///
/// # Errors
/// `NotFound` for sites whose leads the actor may not read, and so for a site that never was.
pub fn list(ctx: &Ctx, question: &Question, after: Option<Place>) -> Result<Found, Failure> {
    let found = look(ctx, question, after)?;
    let leads = count(&found.leads);
    note(ctx, AuditAction::LeadsRead { leads })?;
    Ok(found)
}

/// All of them, up to the bound of one file; `next` says that there are more.
///
/// # Errors
/// As `list`; `ProofNeeded`.
pub fn export(ctx: &Ctx, question: &Question) -> Result<Found, Failure> {
    let mut all = look(ctx, question, None)?;
    ctx.require_proof()?;
    let mut pages = 1;
    while let Some(next) = all.next
        && all.leads.len() < limits::LEADS_PER_FILE
        && pages < limits::LEAD_PAGES_PER_FILE
    {
        let more = look(ctx, question, Some(next))?;
        all.leads.extend(more.leads);
        all.next = more.next;
        pages += 1;
    }
    let leads = count(&all.leads);
    note(ctx, AuditAction::LeadsExported { leads })?;
    Ok(all)
}

fn look(ctx: &Ctx, question: &Question, after: Option<Place>) -> Result<Found, Failure> {
    const THREADS: NonZero<usize> = NonZero::<usize>::MIN.saturating_add(limits::SEARCH_THREADS - 1);
    let sites = sites(ctx)?;
    if question.site.is_some_and(|site| !sites.contains(&site)) {
        return Err(Failure::NotFound);
    }
    let query = Query { site: question.site, from: question.from, until: question.until, is_lead: true, ..Query::default() };
    let horizon = Horizon { site: &|site| sight(ctx, site), conversation: &|head| may_read(ctx, head) };
    let page = {
        let _searching = ctx.memory.searching();
        ctx.store.search(&query, after, limits::SEARCH_HITS, THREADS, &horizon)?
    };
    let mut leads = Vec::new();
    for Hit { conversation, .. } in page.hits {
        // It may have been purged since, or gone to another department.
        let head = ctx.store.conversation(conversation)?.filter(|head| may_read(ctx, head));
        leads.extend(head.as_ref().and_then(Lead::of));
    }
    Ok(Found { leads, next: page.next })
}

fn may_read(ctx: &Ctx, head: &Conversation) -> bool {
    let may_see = !head.is_withheld() || ctx.authorize(Action::ManagePrivacy).is_ok();
    may_see && may(ctx, head.site, head.about.department)
}

fn may(ctx: &Ctx, site: SiteId, department: Option<DepartmentId>) -> bool {
    ctx.authorize(Action::UsePart(Permission::SeeLeads, site, department)).is_ok()
}

fn sight(ctx: &Ctx, site: SiteId) -> Sight {
    // Who may read those of no department works for the whole site.
    if may(ctx, site, None) {
        return Sight::All;
    }
    let house = ctx.store.house();
    let some = house.departments.values().any(|department| department.site == site && may(ctx, site, Some(department.id)));
    if some { Sight::Some } else { Sight::Nothing }
}

fn note(ctx: &Ctx, what: AuditAction) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, what);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn count(leads: &[Lead]) -> u32 {
    u32::try_from(leads.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "tests/leads.rs"]
mod tests;

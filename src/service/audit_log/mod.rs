//! The audit log for those who look after it: page by page with filters, as a file, and for how long it is kept. What a row says in
//! words is `told`; how a file of it is checked anywhere is `check`.

use std::ops::ControlFlow;
use std::time::Duration;

use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditActor, AuditEntry, Outcome};
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::network::Network;
use crate::domain::time::Timestamp;

mod export;
mod keeping;
mod told;

pub use export::{Checked, Exported, Format, check, export};
pub use keeping::{keep_for, kept_for, trim_old};
pub use told::{About, Kind, Told, details, told, who};

/// By how much the clock may have been set back without a row being passed over when days are asked for.
const SLACK: Duration = Duration::from_secs(24 * 60 * 60);

/// Which rows somebody wants to see; what is not given does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub who: Option<AuditActor>,
    pub kind: Option<Kind>,
    pub outcome: Option<Outcome>,
    pub from: Option<Network>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// The id of what it is about, or of who did it.
    pub about: Option<[u8; 16]>,
}

/// One page, the newest row first.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub rows: Vec<AuditEntry>,
    /// Where the next page begins, if there may be more.
    pub next: Option<u64>,
    /// How far back this page looked, when that was not for its rows' sake.
    pub looked_back_to: Option<Timestamp>,
}

/// The rows below `before` that the filter lets through, or the newest. Looks through a bounded number of rows; the next page goes on.
///
/// # Errors
/// `Denied` to those who may not read the log.
pub fn page(ctx: &Ctx, filter: &Filter, before: Option<u64>) -> Result<Page, Failure> {
    ctx.authorize(Action::ReadAudit)?;
    note_reading(ctx)?;
    let newest = match (before, filter.until) {
        (None, Some(until)) => ctx.store.audit_row_before(until.plus(SLACK))?.map(|number| number + 1).or(Some(0)),
        (before, _) => before,
    };
    let mut page = Page::default();
    let (mut looked, mut last) = (0_usize, None);
    ctx.store.audit_down(newest, |row| {
        if filter.is_behind(&row) {
            last = None;
            return ControlFlow::Break(());
        }
        looked += 1;
        last = Some((row.number, row.at));
        if filter.lets_through(&row) {
            page.rows.push(row);
        }
        if page.rows.len() < limits::AUDIT_ROWS_SHOWN && looked < limits::AUDIT_ROWS_LOOKED_AT {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    let first = ctx.store.audit_ends()?.map_or(0, |(first, _)| first);
    if let Some((number, at)) = last
        && number > first
        && (page.rows.len() == limits::AUDIT_ROWS_SHOWN || looked == limits::AUDIT_ROWS_LOOKED_AT)
    {
        page.next = Some(number);
        page.looked_back_to = (page.rows.len() < limits::AUDIT_ROWS_SHOWN).then_some(at);
    }
    Ok(page)
}

/// Reading the log is on record too: once in a while for each reader, so that paging leaves no row for each page.
pub(super) fn note_reading(ctx: &Ctx) -> Result<(), Failure> {
    if ctx.memory.readings.is_first_of_log(ctx) {
        let mut batch = ctx.store.batch();
        ctx.audit(&mut batch, AuditAction::AuditRead);
        ctx.store.commit(batch).wait()?;
    }
    Ok(())
}

impl Filter {
    fn lets_through(&self, row: &AuditEntry) -> bool {
        let told = || told(&row.action);
        let is_about =
            |id: &[u8; 16]| told().about.id() == Some(*id) || row.actor == AuditActor::Staff(OperatorId::from_bytes(*id));
        self.who.as_ref().is_none_or(|who| *who == row.actor)
            && self.outcome.is_none_or(|outcome| outcome == row.outcome)
            && self.since.is_none_or(|since| since <= row.at)
            && self.until.is_none_or(|until| row.at < until)
            && self.from.is_none_or(|network| row.from.is_some_and(|from| network.contains(from)))
            && self.kind.is_none_or(|kind| kind == told().kind)
            && self.about.as_ref().is_none_or(is_about)
    }

    /// Whether nothing before this row can be of the days asked for.
    fn is_behind(&self, row: &AuditEntry) -> bool {
        self.since.is_some_and(|since| row.at.plus(SLACK) < since)
    }
}

#[cfg(test)]
#[path = "../tests/audit_log.rs"]
mod tests;

//! For how long the log is kept. Rows are removed from its beginning only, so that what is left is one chain.

use std::time::Duration;

use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditEvent, Outcome};
use crate::domain::limits;
use crate::domain::retention::{AuditDays, PolicyError};
use crate::domain::time::Timestamp;
use crate::service::fields::Fields;
use crate::service::{Ctx, Failure, purge_rules};

/// Days after which rows are removed.
///
/// # Errors
/// `Denied` to those who may not read the log.
pub fn kept_for(ctx: &Ctx) -> Result<u16, Failure> {
    ctx.authorize(Action::ReadAudit)?;
    Ok(ctx.store.house().audit_days.get())
}

/// # Errors
/// `Denied` to those who do not manage privacy; `InvalidFields` for a number out of its range; `ProofNeeded`.
pub fn keep_for(ctx: &Ctx, days: &str) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let mut fields = Fields::default();
    let parsed = days.trim().parse().map_err(|_| PolicyError::Audit).and_then(AuditDays::new);
    let Some(days) = fields.take("audit_days", parsed) else { return Err(fields.failure()) };
    // Whoever wants their own traces gone would begin here.
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    if ctx.store.house().audit_days == days {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_audit_days(days);
    ctx.audit(&mut batch, AuditAction::AuditKeptFor { days: days.get() });
    ctx.settle(batch)?;
    Ok(())
}

/// Removes the rows whose time is over, in steps that each leave a row. Gives back how many went.
///
/// # Errors
/// `Denied` unless a timer or somebody who may purge asks; when the store does not write.
pub fn trim_old(ctx: &Ctx) -> Result<u64, Failure> {
    ctx.authorize(Action::Purge)?;
    if purge_rules::is_paused(ctx) {
        return Ok(0);
    }
    let days = u64::from(ctx.store.house().audit_days.get());
    let kept_since = Timestamp::from_millis(ctx.now.as_millis() - days_in_millis(days));
    let mut removed = 0;
    while let Some((up_to, rows)) = old_rows(ctx, kept_since)? {
        let mut batch = ctx.store.batch();
        let (at, actor, outcome) = (ctx.now, ctx.audit_actor(), Outcome::Done);
        let action = AuditAction::AuditTrimmed { rows, up_to, hash: [0; 32] };
        batch.trim_audit(up_to, AuditEvent { at, actor, from: None, outcome, times: 1, action });
        ctx.store.commit(batch).wait()?;
        removed += rows;
    }
    Ok(removed)
}

/// The last row that may go in one step, and how many go with it. A row that says a time to come, written while the clock was wrong, goes
/// with those around it.
fn old_rows(ctx: &Ctx, kept_since: Timestamp) -> Result<Option<(u64, u64)>, Failure> {
    let Some((_, last)) = ctx.store.audit_ends()? else { return Ok(None) };
    let (mut found, mut seen) = (None, 0);
    for row in ctx.store.audit_rows_after(0)? {
        let row = row?.entry;
        // The last one stays, whatever it says: it is where the chain goes on.
        if seen == limits::AUDIT_ROWS_REMOVED || row.number == last || (kept_since <= row.at && row.at <= ctx.now) {
            break;
        }
        seen += 1;
        if row.at < kept_since {
            found = Some((row.number, seen));
        }
    }
    Ok(found)
}

fn days_in_millis(days: u64) -> i64 {
    i64::try_from(Duration::from_secs(days * 24 * 3_600).as_millis()).unwrap_or(i64::MAX)
}

//! What happens to the appliance itself, on record: how it starts and stops, with what settings and version, and its clock. Of settings
//! only the names are told; what is remembered of their values is a keyed hash.

use std::time::Duration;

use super::{Ctx, Failure, alerts, purge_rules, refusals};
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::start::Start;
use crate::domain::time::Timestamp;
use crate::store::Findings;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the store found when it was opened, whoever opened it.
///
/// # Errors
/// When the store does not write.
pub fn note_findings(ctx: &Ctx) -> Result<(), Failure> {
    let Findings { upgraded_from, was_not_closed, rows_behind_head, head_was_missing, format } = ctx.store.findings();
    let mut actions = Vec::new();
    if was_not_closed {
        actions.push(AuditAction::NotStopped);
    }
    if rows_behind_head > 0 {
        actions.push(AuditAction::AuditUnvouched { rows: rows_behind_head });
    }
    if head_was_missing {
        actions.push(AuditAction::AuditHeadMissing);
    }
    if let Some(from) = upgraded_from {
        actions.push(AuditAction::FormatUpgraded { from, to: format });
    }
    if actions.is_empty() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    actions.into_iter().for_each(|action| ctx.audit(&mut batch, action));
    if head_was_missing {
        alerts::raise_in(ctx, &mut batch, AlertKind::AuditHeadMissing);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// The appliance answers from now on. `settings` are what it was given from outside, by name.
///
/// # Errors
/// When the store does not write.
pub fn started(ctx: &Ctx, settings: &[(&'static str, String)]) -> Result<(), Failure> {
    let now = Start { version: VERSION.to_owned(), settings: settings.iter().map(|it| hashed(ctx, it)).collect() };
    let before = ctx.store.last_start()?;
    let mut batch = ctx.store.batch();
    if let Some(seconds) = set_back(ctx)? {
        ctx.audit(&mut batch, AuditAction::ClockJumped { seconds });
        purge_rules::pause_in(ctx, &mut batch, seconds);
    } else if let Some(seconds) = purge_rules::missed_while_off(ctx) {
        purge_rules::pause_in(ctx, &mut batch, seconds);
    }
    ctx.audit(&mut batch, AuditAction::Started);
    if let Some(before) = &before {
        if before.version != now.version {
            let (from, to) = (before.version.clone(), now.version.clone());
            ctx.audit(&mut batch, AuditAction::VersionChanged { from, to });
        }
        let mut changed = now.changed_since(before);
        changed.truncate(limits::SETTINGS_NAMED);
        if !changed.is_empty() {
            ctx.audit(&mut batch, AuditAction::SettingsChanged(changed));
        }
    }
    if before.as_ref() != Some(&now) {
        batch.put_start(&now);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// The appliance stops, as it was asked to.
///
/// # Errors
/// When the store does not write.
pub fn stopped(ctx: &Ctx) -> Result<(), Failure> {
    refusals::flush(ctx)?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::Stopped);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Another certificate is shown from now on.
///
/// # Errors
/// When the store does not write.
pub fn certificate_renewed(ctx: &Ctx, until: Timestamp) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::CertificateRenewed { until });
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// The machine's clock went another way than time does: by `wall` while `real` passed.
///
/// # Errors
/// When the store does not write.
pub fn look_at_clock(ctx: &Ctx, before: Timestamp, real: Duration) -> Result<(), Failure> {
    let Some(seconds) = jump(before.plus(real), ctx.now) else { return Ok(()) };
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::ClockJumped { seconds });
    purge_rules::pause_in(ctx, &mut batch, seconds);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// By how many seconds the clock is off, if that is more than clocks are.
fn jump(expected: Timestamp, found: Timestamp) -> Option<i64> {
    let seconds = (found.as_millis() - expected.as_millis()) / 1_000;
    (seconds.unsigned_abs() >= limits::CLOCK_JUMP.as_secs()).then_some(seconds)
}

/// By how much the clock stands before the newest row: no time goes that way.
fn set_back(ctx: &Ctx) -> Result<Option<i64>, Failure> {
    let newest = ctx.store.audit_rows(None, 1)?.pop().map(|row| row.at);
    Ok(newest.filter(|newest| ctx.now < *newest).and_then(|newest| jump(newest, ctx.now)))
}

fn hashed(ctx: &Ctx, (name, value): &(&'static str, String)) -> (String, [u8; 16]) {
    let mut hash = [0; 16];
    hash.copy_from_slice(&ctx.store.keyed_hash("setting", format!("{name}\n{value}").as_bytes())[..16]);
    ((*name).to_owned(), hash)
}

#[cfg(test)]
#[path = "tests/starts.rs"]
mod tests;

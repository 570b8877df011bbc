//! The evidence report: how the installation is set up at a moment and what it erased since the report before, dated and signed, for
//! whoever checks it. A settings check and no certificate. Made when somebody asks, and by itself each month; the newest are kept.

mod report;

pub(super) use report::alerted;

use super::paper::{self, Document, Paper};
use super::surroundings::Surroundings;
use super::{Ctx, Failure};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::evidence::Evidence;
use crate::domain::id::EvidenceId;
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

/// One that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    pub id: EvidenceId,
    pub at: Timestamp,
}

/// Those that are kept, the newest first.
///
/// # Errors
/// `Denied` to those who may not look at how the installation is set up.
pub fn list(ctx: &Ctx) -> Result<Vec<Listed>, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    Ok(kept(ctx))
}

fn kept(ctx: &Ctx) -> Vec<Listed> {
    let house = ctx.store.house();
    let mut kept: Vec<_> = house.evidence.iter().map(|(id, at)| Listed { id: *id, at: *at }).collect();
    kept.sort_unstable_by_key(|it| std::cmp::Reverse((it.at, it.id)));
    kept
}

/// What a report would say at this moment; nothing is kept of it.
///
/// # Errors
/// `Denied` to those who may not look at how the installation is set up; when the audit log does not read.
pub fn look(ctx: &Ctx, surroundings: &Surroundings) -> Result<Paper, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    report::make(ctx, surroundings, since(ctx))
}

/// A report that is kept, as it was signed.
///
/// # Errors
/// `Denied` to those who may not look at how the installation is set up; `NotFound` for one that is not kept (any more).
pub fn get(ctx: &Ctx, id: EvidenceId) -> Result<Evidence, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    ctx.store.evidence(id)?.ok_or(Failure::NotFound)
}

/// The same, read.
///
/// # Errors
/// As `get`.
pub fn open(ctx: &Ctx, id: EvidenceId) -> Result<Document, Failure> {
    Ok(Document::read(get(ctx, id)?.json.as_bytes())?)
}

/// Makes one now, signs it and keeps it. The oldest of too many goes.
///
/// # Errors
/// `Denied` unless a timer or somebody who manages privacy asks; when the store does not write.
pub fn make(ctx: &Ctx, surroundings: &Surroundings) -> Result<EvidenceId, Failure> {
    if *ctx.actor != Actor::Timer {
        ctx.authorize(Action::ManagePrivacy)?;
    }
    let document = paper::sign(ctx, report::make(ctx, surroundings, since(ctx))?)?;
    let json = paper::compact(&document)?;
    if json.len() > limits::EVIDENCE_BYTES {
        return Err(StoreError::TooLarge.into());
    }
    let id = EvidenceId::from_bytes(ctx.random_bytes());
    let _changing = ctx.memory.changing();
    let mut batch = ctx.store.batch();
    batch.put_evidence(&Evidence { id, at: ctx.now, json });
    for old in kept(ctx).into_iter().skip(limits::EVIDENCE_KEPT - 1) {
        batch.delete_evidence(old.id);
    }
    ctx.audit(&mut batch, AuditAction::EvidenceMade);
    ctx.store.commit(batch).wait()?;
    Ok(id)
}

/// Makes the one of this month when there is none yet. Months that were missed are not made up: what was so then is not known now.
///
/// # Errors
/// As `make`.
pub fn make_due(ctx: &Ctx, surroundings: &Surroundings) -> Result<bool, Failure> {
    let Some(organisation) = ctx.store.house().organisation.clone() else { return Ok(false) };
    let last = kept(ctx).first().map_or(organisation.set_up_at, |it| it.at);
    let is_due = month(last) < month(ctx.now);
    if is_due {
        make(ctx, surroundings)?;
    }
    Ok(is_due)
}

/// `2026-11`, which sorts as time goes.
fn month(at: Timestamp) -> String {
    at.to_string().chars().take(7).collect()
}

/// Where the time begins that a report is about: with the report before.
fn since(ctx: &Ctx) -> Timestamp {
    let long_ago = ctx.now.minus(limits::EVIDENCE_LOOKS_BACK);
    kept(ctx).first().map_or(long_ago, |it| it.at.max(long_ago))
}

#[cfg(test)]
#[path = "../tests/evidence.rs"]
mod tests;

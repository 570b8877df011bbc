//! Receipts of erasures: rows of the audit log, found again by the keyed hash of whom it was. They say how much and nothing about whom.

use std::collections::HashMap;
use std::ops::ControlFlow;

use parking_lot::Mutex;

use crate::domain::audit::{AuditAction, AuditActor, AuditEntry, SubjectErasure};
use crate::domain::subject::SubjectHash;
use crate::domain::time::Timestamp;
use crate::service::{Ctx, Failure};

/// That somebody's data was erased, the last time that something was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The row of the audit log.
    pub row: u64,
    pub at: Timestamp,
    pub by: AuditActor,
    pub what: SubjectErasure,
}

impl Receipt {
    fn of(row: AuditEntry) -> Option<Self> {
        let AuditAction::SubjectErased(what) = row.event.action else { return None };
        Some(Self { row: row.number, at: row.event.at, by: row.event.actor, what })
    }
}

/// All of them, read once: a stranger who tries codes must not make the whole log be read each time.
#[derive(Default)]
pub struct Erasures(Mutex<Option<HashMap<SubjectHash, Receipt>>>);

impl Erasures {
    pub(super) fn of(&self, ctx: &Ctx, subject: SubjectHash) -> Result<Option<Receipt>, Failure> {
        let mut known = self.0.lock();
        if known.is_none() {
            let mut all = HashMap::new();
            // The newest comes first.
            ctx.store.audit_down(None, |row| {
                if let Some(receipt) = Receipt::of(row) {
                    all.entry(receipt.what.subject).or_insert(receipt);
                }
                ControlFlow::Continue(())
            })?;
            *known = Some(all);
        }
        // What the log has removed since is not known any more.
        let first = ctx.store.audit_ends()?.map_or(0, |(first, _)| first);
        Ok(known.as_ref().and_then(|known| known.get(&subject)).filter(|receipt| receipt.row >= first).cloned())
    }

    /// The one that was written a moment ago.
    pub(super) fn newest(&self, ctx: &Ctx, subject: SubjectHash) -> Result<Option<Receipt>, Failure> {
        let mut found = None;
        ctx.store.audit_down(None, |row| {
            found = Receipt::of(row).filter(|receipt| receipt.what.subject == subject);
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let (Some(known), Some(receipt)) = (self.0.lock().as_mut(), &found) {
            known.insert(subject, receipt.clone());
        }
        Ok(found)
    }
}

//! What the audit log says about people: receipts of erasures, which say how much and nothing about whom, and which rows tell of a reading.
//! The log is gone through once, by whoever asks first; after that only what has come to it since is looked at. A stranger who tries codes
//! and an administrator who asks for one person after the other must not make all of it be read each time.

use std::collections::{HashMap, HashSet};

use parking_lot::{Mutex, MutexGuard};

use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditActor, AuditEntry, SubjectErasure};
use crate::domain::limits;
use crate::domain::subject::SubjectHash;
use crate::domain::time::Timestamp;
use crate::service::audit_log::{self, Kind};
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

/// What a row may be about: a chat, a filled-in form or, by the keyed hash of a mark, a person.
pub(super) type Id = [u8; 16];

/// What is asked of the log.
pub(super) struct Whom {
    pub ids: HashSet<Id>,
    /// What was taken out of the house as a whole at this moment or later had this person's data in it.
    pub since: Timestamp,
}

#[derive(Default)]
pub struct Trail {
    known: Mutex<Known>,
    turn: Mutex<()>,
}

/// Goes through what has come to the log, so that whoever asks first after a start does not wait for all of it.
///
/// # Errors
/// `Denied`; when a row cannot be read.
pub fn follow(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::Purge)?;
    ctx.memory.trail.known.lock().follow(ctx)
}

impl Trail {
    /// Held from looking for what there is about somebody until all of it is gone and its receipt is durable.
    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        self.turn.lock()
    }

    /// The newest receipt of an erasure, for as long as the log has it.
    pub(super) fn receipt(&self, ctx: &Ctx, subject: SubjectHash) -> Result<Option<Receipt>, Failure> {
        let mut known = self.known.lock();
        known.follow(ctx)?;
        Ok(known.erasures.get(&subject).cloned())
    }

    /// The newest rows that tell of a reading, the newest first.
    pub(super) fn readings(&self, ctx: &Ctx, whom: &Whom) -> Result<Vec<AuditEntry>, Failure> {
        let mut known = self.known.lock();
        known.follow(ctx)?;
        let tags: HashSet<u64> = whom.ids.iter().chain([&EVERYBODY]).map(tag).collect();
        let mut rows = Vec::new();
        for telling in known.tellings.iter().rev().filter(|it| tags.contains(&it.tag())) {
            // Trimmed a moment ago, or about somebody whose tag is the same.
            rows.extend(ctx.store.audit_row(telling.row())?.filter(|row| whom.is_meant_by(row)));
            if rows.len() == limits::SUBJECT_READERS {
                break;
            }
        }
        Ok(rows)
    }
}

impl Whom {
    fn is_meant_by(&self, row: &AuditEntry) -> bool {
        match reading_of(&row.action) {
            Some(EVERYBODY) => row.at >= self.since,
            Some(id) => self.ids.contains(&id),
            None => false,
        }
    }
}

/// What was read or taken out of the house with this, if anything was.
fn reading_of(action: &AuditAction) -> Option<Id> {
    match action {
        AuditAction::SubjectLooked { subject, .. } | AuditAction::SubjectExported { subject, .. } => Some(*subject),
        AuditAction::Exported { .. } | AuditAction::AccountExported { .. } => Some(EVERYBODY),
        action => {
            let told = audit_log::told(action);
            told.about.id().filter(|_| matches!(told.kind, Kind::Reading | Kind::Leaving))
        }
    }
}

/// No id is this one: ids are drawn at random.
const EVERYBODY: Id = [0; 16];

/// As far as the log was gone through.
#[derive(Default)]
struct Known {
    through: u64,
    /// By rising row.
    tellings: Vec<Telling>,
    erasures: HashMap<SubjectHash, Receipt>,
}

impl Known {
    fn follow(&mut self, ctx: &Ctx) -> Result<(), Failure> {
        let Some((first, last)) = ctx.store.audit_ends()? else { return Ok(()) };
        let gone = self.tellings.partition_point(|it| it.row() < first);
        self.tellings.drain(..gone);
        self.erasures.retain(|_, receipt| receipt.row >= first);
        if last == self.through {
            return Ok(());
        }
        for row in ctx.store.audit_rows_after(self.through)? {
            let row = row?.entry;
            self.through = row.number;
            if let AuditAction::SubjectErased(what) = row.event.action {
                let receipt = Receipt { row: row.number, at: row.event.at, by: row.event.actor, what };
                self.erasures.insert(what.subject, receipt);
            } else if let Some(id) = reading_of(&row.event.action) {
                self.tellings.push(Telling::new(row.number, &id));
            }
        }
        Ok(())
    }
}

/// A row and a part of the id that it is about, in eight bytes, since there may be millions.
struct Telling(u64);

const ROW_BITS: u32 = 40;

impl Telling {
    fn new(row: u64, id: &Id) -> Self {
        Self(tag(id) << ROW_BITS | row)
    }

    fn row(&self) -> u64 {
        self.0 & ((1 << ROW_BITS) - 1)
    }

    fn tag(&self) -> u64 {
        self.0 >> ROW_BITS
    }
}

/// The first three bytes.
fn tag(id: &Id) -> u64 {
    u64::from(u32::from_be_bytes([0, id[0], id[1], id[2]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telling_holds_row_and_tag_apart() {
        let mut id = [9; 16];
        id[..3].copy_from_slice(&[0xff, 0, 0xfe]);
        let telling = Telling::new((1 << ROW_BITS) - 1, &id);
        assert_eq!((telling.row(), telling.tag()), ((1 << ROW_BITS) - 1, 0x00ff_00fe));
        let telling = Telling::new(1, &EVERYBODY);
        assert_eq!((telling.row(), telling.tag()), (1, 0));
    }
}

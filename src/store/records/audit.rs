//! A row of the audit log as it is stored: ids and counts, like the row itself.

use serde::{Deserialize, Serialize};

use super::{Record, address, address_bytes, damaged, read};
use crate::domain::audit::{AuditActor, AuditEntry, AuditEvent, Outcome};
use crate::domain::id::OperatorId;
use crate::domain::retention::AuditDays;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

mod action;
mod parts;
mod reading;
mod writing;

pub(super) use action::ActionRecord;
pub(in crate::store) use parts::RuleRecord;

/// An audit row as it stands in the chain: it carries the hash of the row before it.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AuditRecord {
    pub number: u64,
    pub previous: [u8; 32],
    at: i64,
    actor: ActorRecord,
    /// As IPv6, an IPv4 address mapped.
    from: Option<[u8; 16]>,
    is_refused: bool,
    times: u32,
    action: ActionRecord,
}

/// Version 1 knew neither from where nor refusals.
#[derive(Deserialize)]
struct AuditRecord1 {
    number: u64,
    previous: [u8; 32],
    at: i64,
    actor: ActorRecord,
    action: ActionRecord,
}

impl Record for AuditRecord {
    const VERSION: u8 = 2;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        if version != 1 {
            return Err(damaged("its version is not known"));
        }
        let AuditRecord1 { number, previous, at, actor, action } = read(body)?;
        // What was refused says so in its name.
        let is_refused = matches!(action, ActionRecord::SignInRefused | ActionRecord::SetUpRefused);
        Ok(Self { number, previous, at, actor, from: None, is_refused, times: 1, action })
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(in crate::store) enum ActorRecord {
    Host,
    Timer,
    Staff([u8; 16]),
    Unknown,
}

/// For how long rows are kept.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AuditDaysRecord {
    days: u16,
}

impl Record for AuditDaysRecord {}

impl From<AuditDays> for AuditDaysRecord {
    fn from(days: AuditDays) -> Self {
        Self { days: days.get() }
    }
}

impl AuditDaysRecord {
    pub(in crate::store) fn days(self) -> Result<AuditDays, StoreError> {
        AuditDays::new(self.days).map_err(super::unfit)
    }
}

impl AuditRecord {
    pub(in crate::store) fn new(entry: &AuditEntry, previous: [u8; 32]) -> Self {
        Self {
            number: entry.number,
            previous,
            at: entry.at.as_millis(),
            actor: (&entry.actor).into(),
            from: entry.from.map(address_bytes),
            is_refused: entry.outcome == Outcome::Refused,
            times: entry.times,
            action: (&entry.action).into(),
        }
    }

    pub(in crate::store) fn entry(self) -> AuditEntry {
        let event = AuditEvent {
            at: Timestamp::from_millis(self.at),
            actor: self.actor.into(),
            from: self.from.map(address),
            outcome: if self.is_refused { Outcome::Refused } else { Outcome::Done },
            times: self.times,
            action: self.action.into(),
        };
        AuditEntry { number: self.number, event }
    }
}

impl From<&AuditActor> for ActorRecord {
    fn from(actor: &AuditActor) -> Self {
        match actor {
            AuditActor::Host => Self::Host,
            AuditActor::Timer => Self::Timer,
            AuditActor::Staff(id) => Self::Staff(*id.as_bytes()),
            AuditActor::Unknown => Self::Unknown,
        }
    }
}

impl From<ActorRecord> for AuditActor {
    fn from(record: ActorRecord) -> Self {
        match record {
            ActorRecord::Host => Self::Host,
            ActorRecord::Timer => Self::Timer,
            ActorRecord::Staff(id) => Self::Staff(OperatorId::from_bytes(id)),
            ActorRecord::Unknown => Self::Unknown,
        }
    }
}

//! A purge that has begun, as it is stored until it is done.

use serde::{Deserialize, Serialize};

use super::Record;
use super::audit::{ActorRecord, RuleRecord};
use crate::domain::audit::{AuditAction, AuditActor, PurgeReceipt};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::retention::RetentionClass;
use crate::domain::time::Timestamp;
use crate::store::Purge;
use crate::vault::Slot;

/// A purge between its first write and its last, so that one that was cut short is finished or undone at the next start.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PurgeRecord {
    /// The epoch of the new nodes. Once the tip has it, there is no way back.
    pub epoch: u64,
    pub doomed: Vec<Doomed>,
    site: [u8; 16],
    rule: RuleRecord,
    actor: ActorRecord,
    at: i64,
    events: u64,
}

impl Record for PurgeRecord {}

/// One drawer on its way out. What lies in it stands in the catalogue until its slot is cleared.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::store) struct Doomed {
    pub drawer: [u8; 16],
    pub slot: Slot,
}

impl PurgeRecord {
    pub(in crate::store) fn new(epoch: u64, doomed: Vec<(Slot, ConversationId)>, purge: &Purge, events: u64) -> Self {
        Self {
            epoch,
            doomed: doomed.into_iter().map(|(slot, drawer)| Doomed { drawer: *drawer.as_bytes(), slot }).collect(),
            site: *purge.site.as_bytes(),
            rule: purge.rule.into(),
            actor: (&purge.actor).into(),
            at: purge.now.as_millis(),
            events,
        }
    }

    pub(in crate::store) fn site(&self) -> SiteId {
        SiteId::from_bytes(self.site)
    }

    pub(in crate::store) fn drawers(&self) -> impl Iterator<Item = ConversationId> {
        self.doomed.iter().map(|doomed| ConversationId::from_bytes(doomed.drawer))
    }

    pub(in crate::store) fn audit_row(self) -> (Timestamp, AuditActor, AuditAction) {
        let receipt = PurgeReceipt {
            site: self.site(),
            rule: self.rule.into(),
            class: RetentionClass::Transcripts,
            drawers: u32::try_from(self.doomed.len()).unwrap_or(u32::MAX),
            events: self.events,
            epoch: Some(self.epoch),
        };
        (Timestamp::from_millis(self.at), self.actor.into(), AuditAction::Purged(receipt))
    }
}

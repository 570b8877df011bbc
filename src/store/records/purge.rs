//! A purge that has begun, as it is stored until it is done.

use serde::{Deserialize, Serialize};

use super::audit::{ActorRecord, RuleRecord};
use crate::domain::audit::{AuditAction, AuditActor, PurgeReceipt, PurgeRule};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::retention::RetentionClass;
use crate::domain::time::Timestamp;
use crate::vault::{NodeAt, Slot};

/// A purge between its first write and its last, so that one that was cut short is finished or undone at the next start.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PurgeRecord {
    /// The epoch of the new nodes. Once the tip has it, there is no way back.
    pub epoch: u64,
    pub doomed: Vec<Doomed>,
    /// The nodes written again, with the epoch of the version they replace.
    replaced: Vec<(u8, u32, u64)>,
    site: [u8; 16],
    rule: RuleRecord,
    actor: ActorRecord,
    at: i64,
    events: u32,
}

/// One drawer on its way out. What lies in it stands in the catalogue until its slot is cleared.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::store) struct Doomed {
    pub drawer: [u8; 16],
    pub slot: Slot,
}

impl PurgeRecord {
    pub(in crate::store) fn new(
        epoch: u64,
        doomed: Vec<Doomed>,
        replaced: &[NodeAt],
        (site, rule, actor, at): (SiteId, PurgeRule, &AuditActor, Timestamp),
        events: u32,
    ) -> Self {
        Self {
            epoch,
            doomed,
            replaced: replaced.iter().map(|node| (node.level, node.index, node.epoch)).collect(),
            site: *site.as_bytes(),
            rule: rule.into(),
            actor: actor.into(),
            at: at.as_millis(),
            events,
        }
    }

    /// The versions that are of no use once the tip has flipped.
    pub(in crate::store) fn replaced(&self) -> impl Iterator<Item = NodeAt> {
        self.replaced.iter().map(|&(level, index, epoch)| NodeAt { level, index, epoch })
    }

    /// The versions that are of no use if it has not.
    pub(in crate::store) fn written(&self) -> impl Iterator<Item = NodeAt> {
        self.replaced().map(|node| NodeAt { epoch: self.epoch, ..node })
    }

    pub(in crate::store) fn drawers(&self) -> impl Iterator<Item = ConversationId> {
        self.doomed.iter().map(|doomed| ConversationId::from_bytes(doomed.drawer))
    }

    pub(in crate::store) fn audit_row(self) -> (Timestamp, AuditActor, AuditAction) {
        let receipt = PurgeReceipt {
            site: SiteId::from_bytes(self.site),
            rule: self.rule.into(),
            class: RetentionClass::Transcripts,
            drawers: u32::try_from(self.doomed.len()).unwrap_or(u32::MAX),
            events: self.events.into(),
            epoch: Some(self.epoch),
        };
        (Timestamp::from_millis(self.at), self.actor.into(), AuditAction::Purged(receipt))
    }
}

//! Records as older formats wrote them, for the one reading that brings a data directory up to date.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Record;
use super::audit::{ActorRecord, RuleRecord};
use crate::domain::audit::{AuditAction, AuditEvent, PurgeReceipt};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::retention::RetentionClass;
use crate::domain::time::Timestamp;

/// Format 1: a purge between its first write and its last.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PurgeRecord1 {
    pub epoch: u64,
    /// Drawer, slot, and the visitor's keyed hash.
    pub doomed: Vec<([u8; 16], u32, Option<[u8; 32]>)>,
    pub replaced: Vec<(u8, u32, u64)>,
    pub site: [u8; 16],
    pub rule: RuleRecord,
    pub actor: ActorRecord,
    pub at: i64,
    pub events: u32,
}

impl Record for PurgeRecord1 {}

impl PurgeRecord1 {
    pub(in crate::store) fn drawers(&self) -> BTreeSet<ConversationId> {
        self.doomed.iter().map(|(drawer, ..)| ConversationId::from_bytes(*drawer)).collect()
    }

    pub(in crate::store) fn audit_row(self) -> AuditEvent {
        let receipt = PurgeReceipt {
            site: SiteId::from_bytes(self.site),
            rule: self.rule.into(),
            class: RetentionClass::Transcripts,
            drawers: u32::try_from(self.doomed.len()).unwrap_or(u32::MAX),
            events: self.events.into(),
            epoch: Some(self.epoch),
        };
        AuditEvent::done(Timestamp::from_millis(self.at), self.actor.into(), AuditAction::Purged(receipt))
    }
}

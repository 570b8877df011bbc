//! A change of the root key that has begun, as it is stored until it is done.

use serde::{Deserialize, Serialize};

use super::Record;
use super::audit::{ActionRecord, ActorRecord};
use crate::domain::audit::{AuditAction, AuditActor, AuditEvent};
use crate::domain::time::Timestamp;
use crate::vault::NodeAt;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct RekeyRecord {
    /// The epoch of the new node. Once the tip has it, there is no way back.
    pub epoch: u64,
    /// The nodes written again, with the epoch of the version they replace.
    replaced: Vec<(u8, u32, u64)>,
    at: i64,
    actor: ActorRecord,
    action: ActionRecord,
}

impl Record for RekeyRecord {}

impl RekeyRecord {
    pub(in crate::store) fn new(
        epoch: u64,
        replaced: &[NodeAt],
        (at, actor, action): (Timestamp, &AuditActor, &AuditAction),
    ) -> Self {
        let replaced = replaced.iter().map(|node| (node.level, node.index, node.epoch)).collect();
        Self { epoch, replaced, at: at.as_millis(), actor: actor.into(), action: action.into() }
    }

    /// The versions that are of no use once the tip has flipped.
    pub(in crate::store) fn replaced(&self) -> impl Iterator<Item = NodeAt> + use<> {
        self.replaced.clone().into_iter().map(|(level, index, epoch)| NodeAt { level, index, epoch })
    }

    /// The versions that are of no use if it has not.
    pub(in crate::store) fn written(&self) -> impl Iterator<Item = NodeAt> + use<> {
        let epoch = self.epoch;
        self.replaced().map(move |node| NodeAt { epoch, ..node })
    }

    pub(in crate::store) fn audit_row(self) -> AuditEvent {
        AuditEvent::done(Timestamp::from_millis(self.at), self.actor.into(), self.action.into())
    }
}

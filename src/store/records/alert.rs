//! What administrators have to see, as it is stored.

use serde::{Deserialize, Serialize};

use super::posture::PostureAlertRecord;
use super::{Record, address, address_bytes};
use crate::domain::alert::{Alert, AlertKind};
use crate::domain::id::{AlertId, OperatorId, WebhookId};
use crate::domain::suspicion::Suspicion;
use crate::domain::time::Timestamp;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AlertRecord {
    kind: AlertKindRecord,
    since: i64,
    last_at: i64,
    count: u32,
    from: Option<[u8; 16]>,
    acknowledged: Option<([u8; 16], i64)>,
    mailed_at: Option<i64>,
}

/// A variant's place is its number on disk: new ones go to the end.
#[derive(Serialize, Deserialize)]
pub(super) enum AlertKindRecord {
    UserReset([u8; 16]),
    AllowlistReset,
    SsoDisabled,
    PasskeyCopied([u8; 16]),
    AccountsDormant,
    Suspicious(SuspicionRecord),
    AuditHeadMissing,
    PurgingPaused,
    WebhookGivenUp([u8; 16]),
    Posture(PostureAlertRecord),
}

/// The same holds here.
#[derive(Serialize, Deserialize)]
pub(super) enum SuspicionRecord {
    Spray,
    WideSpray,
    Stuffing([u8; 16]),
    Wave,
    Codes([u8; 16]),
    Scan,
    Enumeration,
    Tokens,
    Overreach([u8; 16]),
}

impl Record for AlertRecord {}

impl From<&Alert> for AlertRecord {
    fn from(it: &Alert) -> Self {
        Self {
            kind: it.kind.into(),
            since: it.since.as_millis(),
            last_at: it.last_at.as_millis(),
            count: it.count,
            from: it.from.map(address_bytes),
            acknowledged: it.acknowledged.map(|(by, at)| (*by.as_bytes(), at.as_millis())),
            mailed_at: it.mailed_at.map(Timestamp::as_millis),
        }
    }
}

impl AlertRecord {
    pub(in crate::store) fn alert(self, id: AlertId) -> Alert {
        let acknowledged = self.acknowledged.map(|(by, at)| (OperatorId::from_bytes(by), Timestamp::from_millis(at)));
        Alert {
            id,
            kind: self.kind.into(),
            since: Timestamp::from_millis(self.since),
            last_at: Timestamp::from_millis(self.last_at),
            count: self.count,
            from: self.from.map(address),
            acknowledged,
            mailed_at: self.mailed_at.map(Timestamp::from_millis),
        }
    }
}

impl From<AlertKind> for AlertKindRecord {
    fn from(kind: AlertKind) -> Self {
        match kind {
            AlertKind::UserReset(id) => Self::UserReset(*id.as_bytes()),
            AlertKind::AllowlistReset => Self::AllowlistReset,
            AlertKind::SsoDisabled => Self::SsoDisabled,
            AlertKind::PasskeyCopied(id) => Self::PasskeyCopied(*id.as_bytes()),
            AlertKind::AccountsDormant => Self::AccountsDormant,
            AlertKind::AuditHeadMissing => Self::AuditHeadMissing,
            AlertKind::PurgingPaused => Self::PurgingPaused,
            AlertKind::Suspicious(suspicion) => Self::Suspicious(suspicion.into()),
            AlertKind::WebhookGivenUp(id) => Self::WebhookGivenUp(*id.as_bytes()),
            AlertKind::Posture(alert) => Self::Posture(alert.into()),
        }
    }
}

impl From<AlertKindRecord> for AlertKind {
    fn from(record: AlertKindRecord) -> Self {
        match record {
            AlertKindRecord::UserReset(id) => Self::UserReset(OperatorId::from_bytes(id)),
            AlertKindRecord::AllowlistReset => Self::AllowlistReset,
            AlertKindRecord::SsoDisabled => Self::SsoDisabled,
            AlertKindRecord::PasskeyCopied(id) => Self::PasskeyCopied(OperatorId::from_bytes(id)),
            AlertKindRecord::AccountsDormant => Self::AccountsDormant,
            AlertKindRecord::AuditHeadMissing => Self::AuditHeadMissing,
            AlertKindRecord::PurgingPaused => Self::PurgingPaused,
            AlertKindRecord::Suspicious(suspicion) => Self::Suspicious(suspicion.into()),
            AlertKindRecord::WebhookGivenUp(id) => Self::WebhookGivenUp(WebhookId::from_bytes(id)),
            AlertKindRecord::Posture(alert) => Self::Posture(alert.into()),
        }
    }
}

impl From<Suspicion> for SuspicionRecord {
    fn from(it: Suspicion) -> Self {
        match it {
            Suspicion::Spray => Self::Spray,
            Suspicion::WideSpray => Self::WideSpray,
            Suspicion::Stuffing(id) => Self::Stuffing(*id.as_bytes()),
            Suspicion::Wave => Self::Wave,
            Suspicion::Codes(id) => Self::Codes(*id.as_bytes()),
            Suspicion::Scan => Self::Scan,
            Suspicion::Enumeration => Self::Enumeration,
            Suspicion::Tokens => Self::Tokens,
            Suspicion::Overreach(id) => Self::Overreach(*id.as_bytes()),
        }
    }
}

impl From<SuspicionRecord> for Suspicion {
    fn from(it: SuspicionRecord) -> Self {
        match it {
            SuspicionRecord::Spray => Self::Spray,
            SuspicionRecord::WideSpray => Self::WideSpray,
            SuspicionRecord::Stuffing(id) => Self::Stuffing(OperatorId::from_bytes(id)),
            SuspicionRecord::Wave => Self::Wave,
            SuspicionRecord::Codes(id) => Self::Codes(OperatorId::from_bytes(id)),
            SuspicionRecord::Scan => Self::Scan,
            SuspicionRecord::Enumeration => Self::Enumeration,
            SuspicionRecord::Tokens => Self::Tokens,
            SuspicionRecord::Overreach(id) => Self::Overreach(OperatorId::from_bytes(id)),
        }
    }
}

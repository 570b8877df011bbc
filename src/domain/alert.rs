//! What administrators have to see, until one of them says that they have.

use std::mem::discriminant;
use std::net::IpAddr;

use super::id::{AlertId, OperatorId, WebhookId};
use super::posture::PostureAlert;
use super::suspicion::Suspicion;
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub id: AlertId,
    pub kind: AlertKind,
    /// When it began, when it was last so, and how often.
    pub since: Timestamp,
    pub last_at: Timestamp,
    pub count: u32,
    /// Where it comes from, if that is known.
    pub from: Option<IpAddr>,
    pub acknowledged: Option<(OperatorId, Timestamp)>,
    /// When administrators were last told of it by mail.
    pub mailed_at: Option<Timestamp>,
}

impl AlertKind {
    /// Whether it says the same, of whomever.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Suspicious(one), Self::Suspicious(other)) => discriminant(&one) == discriminant(&other),
            (Self::Posture(one), Self::Posture(other)) => discriminant(&one) == discriminant(&other),
            _ => discriminant(&self) == discriminant(&other),
        }
    }

    /// Whether the owner of the host did it, past everybody else: then all of the staff see it.
    #[must_use]
    pub const fn is_of_the_host(self) -> bool {
        matches!(self, Self::UserReset(_) | Self::AllowlistReset | Self::SsoDisabled)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertKind {
    /// The owner of the host let somebody in again.
    UserReset(OperatorId),
    /// The owner of the host let staff in from anywhere again.
    AllowlistReset,
    /// The owner of the host switched single sign-on off.
    SsoDisabled,
    /// Somebody's passkey was used by what can only be a copy of it.
    PasskeyCopied(OperatorId),
    /// Accounts that nobody used were disabled: as many as the alert counts.
    AccountsDormant,
    /// A start found no head of the audit log: nobody can say whether rows are missing at its end.
    AuditHeadMissing,
    /// The clock was set by more than a day, or nothing ran for very long: nothing is purged until somebody has looked.
    PurgingPaused,
    /// It looks as if somebody tried what they should not.
    Suspicious(Suspicion),
    /// A receiver did not take what it was to be told, however often it was tried.
    WebhookGivenUp(WebhookId),
    /// A profile that is enforced is to be unlocked, or does not hold.
    Posture(PostureAlert),
}

//! What the audit log says: who did what, when, with what result and how many; never what was written.

use super::access::Actor;
use super::id::{ConversationId, OperatorId, SiteId};
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditActor {
    Host,
    Timer,
    Staff(OperatorId),
    /// Nobody known, such as a failed sign-in.
    Unknown,
}

impl From<&Actor> for AuditActor {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Host => Self::Host,
            Actor::Timer => Self::Timer,
            Actor::Staff { id, .. } => Self::Staff(*id),
            Actor::Visitor { .. } | Actor::Stranger => Self::Unknown,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditAction {
    SetUp,
    /// Somebody tried a wrong setup token.
    SetUpRefused,
    SignedIn,
    SignInRefused,
    SignedOut,
    PasswordChanged,
    SiteCreated(SiteId),
    SiteChanged(SiteId),
    OperatorInvited(OperatorId),
    /// A new link was made for somebody; the one before is worthless.
    InvitationRenewed(OperatorId),
    OperatorJoined(OperatorId),
    OperatorChanged(OperatorId),
    OperatorDisabled(OperatorId),
    OperatorEnabled(OperatorId),
    AllowlistChanged {
        networks: u32,
    },
    AllowlistTried {
        networks: u32,
    },
    /// Nobody confirmed the list on trial in time, so the one before holds again.
    AllowlistReverted,
    AllowlistReset,
    TranscriptRead(ConversationId),
    /// One purge run over one site: counts only.
    Purged {
        site: SiteId,
        rule: PurgeRule,
        conversations: u32,
        events: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurgeRule {
    Policy,
    ByHand,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3… without gaps.
    pub number: u64,
    pub at: Timestamp,
    pub actor: AuditActor,
    pub action: AuditAction,
}

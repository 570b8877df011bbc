//! A signed-in browser of a member of staff.

use std::net::IpAddr;

use super::id::{OperatorId, SessionId};
use super::text::Label;
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Stays when the secret is changed: forms and addresses name the session by it.
    pub id: SessionId,
    pub operator: OperatorId,
    pub started_at: Timestamp,
    pub active_at: Timestamp,
    /// When they last proved that it is them.
    pub proved_at: Timestamp,
    pub by: SignInMethod,
    /// From where it began, and in what: "Firefox on Linux".
    pub address: Option<IpAddr>,
    pub agent: Option<Label>,
    /// The provider's own session, for when that ends.
    pub sso: Option<SsoSession>,
}

impl Session {
    /// One that begins now, with everything that only some know left out.
    #[must_use]
    pub fn new(id: SessionId, operator: OperatorId, by: SignInMethod, now: Timestamp) -> Self {
        Self { id, operator, started_at: now, active_at: now, proved_at: now, by, address: None, agent: None, sso: None }
    }
}

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInMethod {
    Password,
    /// Password and one-time password.
    Totp,
    RecoveryCode,
    /// Password and passkey.
    SecondPasskey,
    /// A passkey alone, by which its device knew its owner.
    Passkey,
    SingleSignOn,
    Directory,
    /// The link of an invitation, or the setup.
    Link,
}

impl SignInMethod {
    pub const ALL: [Self; 8] = [
        Self::Password,
        Self::Totp,
        Self::RecoveryCode,
        Self::SecondPasskey,
        Self::Passkey,
        Self::SingleSignOn,
        Self::Directory,
        Self::Link,
    ];

    /// Whether two things were proven.
    #[must_use]
    pub const fn is_two_factor(self) -> bool {
        matches!(self, Self::Totp | Self::RecoveryCode | Self::SecondPasskey | Self::Passkey)
    }
}

/// A session at a provider of identities (OpenID Connect Back-Channel Logout 1.0, section 2.1).
#[derive(Clone, PartialEq, Eq)]
pub struct SsoSession {
    pub issuer: String,
    pub subject: String,
    pub sid: Option<String>,
}

impl std::fmt::Debug for SsoSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SsoSession(…)")
    }
}

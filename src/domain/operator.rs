//! Staff: who they are, what they may, and for which sites.

use std::collections::BTreeSet;

use super::id::{OperatorId, SiteId};
use super::text::{EmailAddress, Name};
use super::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the installation and may also answer chats.
    Admin,
    /// Answers chats on the sites they are a member of.
    Operator,
    /// An operator who may also look after the others' chats.
    Supervisor,
}

/// The sites that a member of staff works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    AllSites,
    Sites(BTreeSet<SiteId>),
}

impl Membership {
    #[must_use]
    pub fn includes(&self, site: SiteId) -> bool {
        match self {
            Self::AllSites => true,
            Self::Sites(sites) => sites.contains(&site),
        }
    }
}

/// Where a member of staff stands between invitation and farewell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Has a link to choose a password; only the link's SHA-256 is kept.
    Invited {
        token_hash: [u8; 32],
        expires_at: Timestamp,
    },
    Active,
    Disabled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub id: OperatorId,
    pub name: Name,
    pub email: EmailAddress,
    pub role: Role,
    pub membership: Membership,
    pub standing: Standing,
    /// PHC string of Argon2id; none until the invitation was accepted.
    pub password_hash: Option<PasswordHash>,
    pub created_at: Timestamp,
    /// Chats that they are given at once.
    pub capacity: u8,
}

/// A password hash in PHC format. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Operator {
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.standing == Standing::Active
    }
}

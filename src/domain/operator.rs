//! Staff: who they are, what they may, and for which sites.

use std::collections::{BTreeMap, BTreeSet};

use super::id::{DepartmentId, OperatorId, SiteId};
use super::text::{EmailAddress, Name};
use super::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Runs the installation and may also answer chats.
    Admin,
    /// Answers chats on the sites they are a member of.
    Operator,
    /// An operator who may also look after the others' chats.
    Supervisor,
    /// Reads the audit log and how the appliance is set up; no chat and no word of one.
    Auditor,
    /// A customer for whom a site is run: reads who left an address there, and nothing else.
    Client,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Admin, Self::Supervisor, Self::Operator, Self::Auditor, Self::Client];

    /// The name in forms, settings and files.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Supervisor => "supervisor",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Client => "client",
        }
    }

    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.tag() == tag)
    }

    /// Whether they answer chats.
    #[must_use]
    pub const fn serves(self) -> bool {
        matches!(self, Self::Admin | Self::Supervisor | Self::Operator)
    }
}

/// The sites that a member of staff works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    AllSites,
    Sites(BTreeMap<SiteId, Part>),
}

/// What of a site somebody works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// These departments, and nothing that belongs to none or to another.
    Departments(BTreeSet<DepartmentId>),
}

impl Membership {
    /// The whole of these sites.
    pub fn of_sites(sites: impl IntoIterator<Item = SiteId>) -> Self {
        Self::Sites(sites.into_iter().map(|site| (site, Part::Whole)).collect())
    }

    /// The same without departments that are no more. A site of which no department is left stays: nothing of it is theirs.
    #[must_use]
    pub fn within(&self, is_there: impl Fn(SiteId, DepartmentId) -> bool) -> Self {
        let Self::Sites(sites) = self else { return Self::AllSites };
        let part = |site: SiteId, part: &Part| match part {
            Part::Whole => Part::Whole,
            Part::Departments(theirs) => Part::Departments(theirs.iter().copied().filter(|it| is_there(site, *it)).collect()),
        };
        Self::Sites(sites.iter().map(|(site, theirs)| (*site, part(*site, theirs))).collect())
    }

    /// Whether they work for this site or for a part of it.
    #[must_use]
    pub fn includes(&self, site: SiteId) -> bool {
        match self {
            Self::AllSites => true,
            Self::Sites(sites) => sites.contains_key(&site),
        }
    }

    /// Whether what belongs to this department of the site, or to none, is theirs.
    #[must_use]
    pub fn covers(&self, site: SiteId, department: Option<DepartmentId>) -> bool {
        match self {
            Self::AllSites => true,
            Self::Sites(sites) => match sites.get(&site) {
                None => false,
                Some(Part::Whole) => true,
                Some(Part::Departments(theirs)) => department.is_some_and(|department| theirs.contains(&department)),
            },
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
    /// Who they are for a provider of identities, when they sign in through one.
    pub sso: Option<SsoIdentity>,
    /// When a session of theirs last began, for accounts that nobody uses any more.
    pub last_seen_at: Option<Timestamp>,
    /// A link to choose another password, on its way to them.
    pub reset: Option<PasswordReset>,
}

/// A person as a provider of identities names them: its name and the subject together, and never the e-mail address, which
/// others may be given later (OpenID Connect Core 1.0, section 5.7).
#[derive(Clone, PartialEq, Eq)]
pub struct SsoIdentity {
    pub issuer: String,
    pub subject: String,
}

impl std::fmt::Debug for SsoIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SsoIdentity(…)")
    }
}

/// Only the SHA-256 of the link's token is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordReset {
    pub token_hash: [u8; 32],
    pub expires_at: Timestamp,
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

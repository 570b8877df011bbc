//! A member of staff as they are stored: the password as a hash only, an invitation as the hash of its token.

use serde::{Deserialize, Serialize};

use super::{Record, damaged, read, unfit};
use crate::domain::id::{DepartmentId, OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::operator::{Membership, Operator, Part, PasswordHash, PasswordReset, Role, SsoIdentity, Standing};
use crate::domain::text::{EmailAddress, Name};
use crate::domain::time::Timestamp;
use crate::store::{Organisation, StoreError};

/// A site, and which of its departments.
type SiteRecord = ([u8; 16], Option<Vec<[u8; 16]>>);

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct OperatorRecord {
    name: String,
    email: String,
    role: RoleRecord,
    /// `None` is every site, those to come included; a site without departments is the whole of it.
    sites: Option<Vec<SiteRecord>>,
    standing: StandingRecord,
    password_hash: Option<String>,
    created_at: i64,
    capacity: u8,
    /// Issuer and subject.
    sso: Option<(String, String)>,
    last_seen_at: Option<i64>,
    /// SHA-256 of the token, and until when it is good.
    reset: Option<([u8; 32], i64)>,
}

/// Version 2 knew neither departments nor single sign-on.
#[derive(Deserialize)]
struct OperatorRecord2 {
    name: String,
    email: String,
    role: RoleRecord,
    sites: Option<Vec<[u8; 16]>>,
    standing: StandingRecord,
    password_hash: Option<String>,
    created_at: i64,
    capacity: u8,
}

/// Version 1 knew no capacity either.
#[derive(Deserialize)]
struct OperatorRecord1 {
    name: String,
    email: String,
    role: RoleRecord,
    sites: Option<Vec<[u8; 16]>>,
    standing: StandingRecord,
    password_hash: Option<String>,
    created_at: i64,
}

impl Record for OperatorRecord {
    const VERSION: u8 = 3;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        match version {
            1 => {
                let OperatorRecord1 { name, email, role, sites, standing, password_hash, created_at } = read(body)?;
                let capacity = limits::CAPACITY_DEFAULT;
                Ok(OperatorRecord2 { name, email, role, sites, standing, password_hash, created_at, capacity }.into())
            }
            2 => read::<OperatorRecord2>(body).map(Self::from),
            _ => Err(damaged("its version is not known")),
        }
    }
}

impl From<OperatorRecord2> for OperatorRecord {
    fn from(it: OperatorRecord2) -> Self {
        let OperatorRecord2 { name, email, role, sites, standing, password_hash, created_at, capacity } = it;
        let sites = sites.map(|sites| sites.into_iter().map(|site| (site, None)).collect());
        let (sso, last_seen_at, reset) = (None, None, None);
        Self { name, email, role, sites, standing, password_hash, created_at, capacity, sso, last_seen_at, reset }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum RoleRecord {
    Admin,
    Operator,
    Supervisor,
    Auditor,
    Client,
}

#[derive(Serialize, Deserialize)]
enum StandingRecord {
    Invited { token_hash: [u8; 32], expires_at: i64 },
    Active,
    Disabled,
}

impl From<&Operator> for OperatorRecord {
    fn from(it: &Operator) -> Self {
        Self {
            name: it.name.as_str().to_owned(),
            email: it.email.as_str().to_owned(),
            role: it.role.into(),
            sites: match &it.membership {
                Membership::AllSites => None,
                Membership::Sites(sites) => {
                    Some(sites.iter().map(|(site, part)| (*site.as_bytes(), part_record(part))).collect())
                }
            },
            standing: match &it.standing {
                Standing::Invited { token_hash, expires_at } => {
                    StandingRecord::Invited { token_hash: *token_hash, expires_at: expires_at.as_millis() }
                }
                Standing::Active => StandingRecord::Active,
                Standing::Disabled => StandingRecord::Disabled,
            },
            password_hash: it.password_hash.as_ref().map(|hash| hash.0.clone()),
            created_at: it.created_at.as_millis(),
            capacity: it.capacity,
            sso: it.sso.clone().map(|SsoIdentity { issuer, subject }| (issuer, subject)),
            last_seen_at: it.last_seen_at.map(Timestamp::as_millis),
            reset: it.reset.as_ref().map(|reset| (reset.token_hash, reset.expires_at.as_millis())),
        }
    }
}

impl From<Role> for RoleRecord {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::Operator => Self::Operator,
            Role::Supervisor => Self::Supervisor,
            Role::Auditor => Self::Auditor,
            Role::Client => Self::Client,
        }
    }
}

impl From<RoleRecord> for Role {
    fn from(record: RoleRecord) -> Self {
        match record {
            RoleRecord::Admin => Self::Admin,
            RoleRecord::Operator => Self::Operator,
            RoleRecord::Supervisor => Self::Supervisor,
            RoleRecord::Auditor => Self::Auditor,
            RoleRecord::Client => Self::Client,
        }
    }
}

fn part_record(part: &Part) -> Option<Vec<[u8; 16]>> {
    match part {
        Part::Whole => None,
        Part::Departments(theirs) => Some(theirs.iter().map(|id| *id.as_bytes()).collect()),
    }
}

fn part(only: Option<Vec<[u8; 16]>>) -> Part {
    match only {
        None => Part::Whole,
        Some(theirs) => Part::Departments(theirs.into_iter().map(DepartmentId::from_bytes).collect()),
    }
}

impl OperatorRecord {
    pub(in crate::store) fn operator(self, id: OperatorId) -> Result<Operator, StoreError> {
        Ok(Operator {
            id,
            name: Name::parse(&self.name).map_err(unfit)?,
            email: EmailAddress::parse(&self.email).map_err(unfit)?,
            role: self.role.into(),
            membership: match self.sites {
                None => Membership::AllSites,
                Some(sites) => {
                    Membership::Sites(sites.into_iter().map(|(site, only)| (SiteId::from_bytes(site), part(only))).collect())
                }
            },
            standing: match self.standing {
                StandingRecord::Invited { token_hash, expires_at } => {
                    Standing::Invited { token_hash, expires_at: Timestamp::from_millis(expires_at) }
                }
                StandingRecord::Active => Standing::Active,
                StandingRecord::Disabled => Standing::Disabled,
            },
            password_hash: self.password_hash.map(PasswordHash),
            created_at: Timestamp::from_millis(self.created_at),
            capacity: self.capacity,
            sso: self.sso.map(|(issuer, subject)| SsoIdentity { issuer, subject }),
            last_seen_at: self.last_seen_at.map(Timestamp::from_millis),
            reset: self
                .reset
                .map(|(token_hash, expires_at)| PasswordReset { token_hash, expires_at: Timestamp::from_millis(expires_at) }),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct OrganisationRecord {
    name: String,
    set_up_at: i64,
}

impl Record for OrganisationRecord {}

impl From<&Organisation> for OrganisationRecord {
    fn from(it: &Organisation) -> Self {
        Self { name: it.name.as_str().to_owned(), set_up_at: it.set_up_at.as_millis() }
    }
}

impl OrganisationRecord {
    pub(in crate::store) fn organisation(self) -> Result<Organisation, StoreError> {
        Ok(Organisation { name: Name::parse(&self.name).map_err(unfit)?, set_up_at: Timestamp::from_millis(self.set_up_at) })
    }
}

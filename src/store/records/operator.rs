//! A member of staff as they are stored: the password as a hash only, an invitation as the hash of its token.

use serde::{Deserialize, Serialize};

use super::{Record, damaged, read, unfit};
use crate::domain::id::{OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::operator::{Membership, Operator, PasswordHash, Role, Standing};
use crate::domain::text::{EmailAddress, Name};
use crate::domain::time::Timestamp;
use crate::store::{Organisation, Session, StoreError};

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct OperatorRecord {
    name: String,
    email: String,
    role: RoleRecord,
    /// `None` is every site, those to come included.
    sites: Option<Vec<[u8; 16]>>,
    standing: StandingRecord,
    password_hash: Option<String>,
    created_at: i64,
    capacity: u8,
}

/// Version 1 knew no capacity.
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
    const VERSION: u8 = 2;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        if version != 1 {
            return Err(damaged("its version is not known"));
        }
        let OperatorRecord1 { name, email, role, sites, standing, password_hash, created_at } = read(body)?;
        Ok(Self { name, email, role, sites, standing, password_hash, created_at, capacity: limits::CAPACITY_DEFAULT })
    }
}

#[derive(Serialize, Deserialize)]
enum RoleRecord {
    Admin,
    Operator,
    Supervisor,
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
            role: match it.role {
                Role::Admin => RoleRecord::Admin,
                Role::Operator => RoleRecord::Operator,
                Role::Supervisor => RoleRecord::Supervisor,
            },
            sites: match &it.membership {
                Membership::AllSites => None,
                Membership::Sites(sites) => Some(sites.iter().map(|site| *site.as_bytes()).collect()),
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
        }
    }
}

impl OperatorRecord {
    pub(in crate::store) fn operator(self, id: OperatorId) -> Result<Operator, StoreError> {
        Ok(Operator {
            id,
            name: Name::parse(&self.name).map_err(unfit)?,
            email: EmailAddress::parse(&self.email).map_err(unfit)?,
            role: match self.role {
                RoleRecord::Admin => Role::Admin,
                RoleRecord::Operator => Role::Operator,
                RoleRecord::Supervisor => Role::Supervisor,
            },
            membership: match self.sites {
                None => Membership::AllSites,
                Some(sites) => Membership::Sites(sites.into_iter().map(SiteId::from_bytes).collect()),
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
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct SessionRecord {
    operator: [u8; 16],
    started_at: i64,
    active_at: i64,
}

impl Record for SessionRecord {}

impl From<&Session> for SessionRecord {
    fn from(it: &Session) -> Self {
        Self { operator: *it.operator.as_bytes(), started_at: it.started_at.as_millis(), active_at: it.active_at.as_millis() }
    }
}

impl From<SessionRecord> for Session {
    fn from(it: SessionRecord) -> Self {
        Self {
            operator: OperatorId::from_bytes(it.operator),
            started_at: Timestamp::from_millis(it.started_at),
            active_at: Timestamp::from_millis(it.active_at),
        }
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

//! A signed-in browser as it is stored, under the SHA-256 of its secret.

use serde::{Deserialize, Serialize};

use super::{Record, address, address_bytes, damaged, read, unfit};
use crate::domain::id::{OperatorId, SessionId};
use crate::domain::session::{Session, SignInMethod, SsoSession};
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct SessionRecord {
    id: [u8; 16],
    operator: [u8; 16],
    started_at: i64,
    active_at: i64,
    proved_at: i64,
    by: MethodRecord,
    address: Option<[u8; 16]>,
    agent: Option<String>,
    sso: Option<SsoSessionRecord>,
}

#[derive(Serialize, Deserialize)]
struct SsoSessionRecord {
    issuer: String,
    subject: String,
    sid: Option<String>,
}

/// Version 1 knew who and when.
#[derive(Deserialize)]
struct SessionRecord1 {
    operator: [u8; 16],
    started_at: i64,
    active_at: i64,
}

impl Record for SessionRecord {
    const VERSION: u8 = 2;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        if version != 1 {
            return Err(damaged("its version is not known"));
        }
        let SessionRecord1 { operator, started_at, active_at } = read(body)?;
        let by = MethodRecord::Password;
        // Two sessions of one person did not begin and act in the same two milliseconds.
        let id = (u128::from(started_at.cast_unsigned()) << 64 | u128::from(active_at.cast_unsigned())).to_be_bytes();
        Ok(Self { id, operator, started_at, active_at, proved_at: started_at, by, address: None, agent: None, sso: None })
    }
}

/// A variant's place is its number on disk: new ones go to the end.
#[derive(Serialize, Deserialize)]
pub(super) enum MethodRecord {
    Password,
    Totp,
    RecoveryCode,
    SecondPasskey,
    Passkey,
    SingleSignOn,
    Directory,
    Link,
}

impl From<&Session> for SessionRecord {
    fn from(it: &Session) -> Self {
        Self {
            id: *it.id.as_bytes(),
            operator: *it.operator.as_bytes(),
            started_at: it.started_at.as_millis(),
            active_at: it.active_at.as_millis(),
            proved_at: it.proved_at.as_millis(),
            by: it.by.into(),
            address: it.address.map(address_bytes),
            agent: it.agent.as_ref().map(|agent| agent.as_str().to_owned()),
            sso: it.sso.clone().map(|SsoSession { issuer, subject, sid }| SsoSessionRecord { issuer, subject, sid }),
        }
    }
}

impl SessionRecord {
    pub(in crate::store) fn session(self) -> Result<Session, StoreError> {
        Ok(Session {
            id: SessionId::from_bytes(self.id),
            operator: OperatorId::from_bytes(self.operator),
            started_at: Timestamp::from_millis(self.started_at),
            active_at: Timestamp::from_millis(self.active_at),
            proved_at: Timestamp::from_millis(self.proved_at),
            by: self.by.into(),
            address: self.address.map(address),
            agent: self.agent.as_deref().map(Label::parse).transpose().map_err(unfit)?,
            sso: self.sso.map(|SsoSessionRecord { issuer, subject, sid }| SsoSession { issuer, subject, sid }),
        })
    }
}

impl From<SignInMethod> for MethodRecord {
    fn from(method: SignInMethod) -> Self {
        match method {
            SignInMethod::Password => Self::Password,
            SignInMethod::Totp => Self::Totp,
            SignInMethod::RecoveryCode => Self::RecoveryCode,
            SignInMethod::SecondPasskey => Self::SecondPasskey,
            SignInMethod::Passkey => Self::Passkey,
            SignInMethod::SingleSignOn => Self::SingleSignOn,
            SignInMethod::Directory => Self::Directory,
            SignInMethod::Link => Self::Link,
        }
    }
}

impl From<MethodRecord> for SignInMethod {
    fn from(record: MethodRecord) -> Self {
        match record {
            MethodRecord::Password => Self::Password,
            MethodRecord::Totp => Self::Totp,
            MethodRecord::RecoveryCode => Self::RecoveryCode,
            MethodRecord::SecondPasskey => Self::SecondPasskey,
            MethodRecord::Passkey => Self::Passkey,
            MethodRecord::SingleSignOn => Self::SingleSignOn,
            MethodRecord::Directory => Self::Directory,
            MethodRecord::Link => Self::Link,
        }
    }
}

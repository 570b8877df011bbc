//! What somebody proves themselves with, as it is stored. Secrets are wiped from the record when it is dropped.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Record, unfit};
use crate::domain::factor::{Factors, Passkey, Totp, TotpSecret};
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct FactorsRecord {
    totp: Option<TotpRecord>,
    recovery: Vec<[u8; 32]>,
    passkeys: Vec<PasskeyRecord>,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct TotpRecord {
    secret: Vec<u8>,
    since: i64,
    last_step: u64,
}

#[derive(Serialize, Deserialize)]
struct PasskeyRecord {
    credential_id: Vec<u8>,
    name: String,
    record: Vec<u8>,
    created_at: i64,
    used_at: Option<i64>,
}

impl Record for FactorsRecord {}

impl From<&Factors> for FactorsRecord {
    fn from(it: &Factors) -> Self {
        Self {
            totp: it.totp.as_ref().map(|totp| TotpRecord {
                secret: totp.secret.0.to_vec(),
                since: totp.since.as_millis(),
                last_step: totp.last_step,
            }),
            recovery: it.recovery.clone(),
            passkeys: it.passkeys.iter().map(PasskeyRecord::from).collect(),
        }
    }
}

impl From<&Passkey> for PasskeyRecord {
    fn from(it: &Passkey) -> Self {
        Self {
            credential_id: it.credential_id.clone(),
            name: it.name.as_str().to_owned(),
            record: it.record.clone(),
            created_at: it.created_at.as_millis(),
            used_at: it.used_at.map(Timestamp::as_millis),
        }
    }
}

impl FactorsRecord {
    pub(in crate::store) fn factors(self) -> Result<Factors, StoreError> {
        let passkey = |it: PasskeyRecord| {
            Ok(Passkey {
                credential_id: it.credential_id,
                name: Label::parse(&it.name).map_err(unfit)?,
                record: it.record,
                created_at: Timestamp::from_millis(it.created_at),
                used_at: it.used_at.map(Timestamp::from_millis),
            })
        };
        Ok(Factors {
            totp: self.totp.map(|totp| Totp {
                secret: TotpSecret(Zeroizing::new(totp.secret.clone())),
                since: Timestamp::from_millis(totp.since),
                last_step: totp.last_step,
            }),
            recovery: self.recovery,
            passkeys: self.passkeys.into_iter().map(passkey).collect::<Result<_, StoreError>>()?,
        })
    }
}

//! What is enforced, and reports on it, as they are stored.

use serde::{Deserialize, Serialize};

use super::{Record, unfit};
use crate::domain::evidence::Evidence;
use crate::domain::id::{EvidenceId, OperatorId};
use crate::domain::posture::{Enforced, Posture, Profile, Unlock};
use crate::domain::text::Notice;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PostureRecord {
    /// Profile, since when, by whom.
    enforced: Vec<(ProfileRecord, i64, Option<[u8; 16]>)>,
    unlocks: Vec<UnlockRecord>,
}

#[derive(Serialize, Deserialize)]
struct UnlockRecord {
    profile: ProfileRecord,
    reason: String,
    by: [u8; 16],
    at: i64,
}

#[derive(Serialize, Deserialize)]
pub(super) enum ProfileRecord {
    Hipaa,
    Pci,
    Gdpr,
}

impl Record for PostureRecord {}

impl From<&Posture> for PostureRecord {
    fn from(it: &Posture) -> Self {
        let enforced =
            |(profile, it): (&Profile, &Enforced)| ((*profile).into(), it.since.as_millis(), it.by.map(|id| *id.as_bytes()));
        let unlock = |it: &Unlock| UnlockRecord {
            profile: it.profile.into(),
            reason: it.reason.as_str().to_owned(),
            by: *it.by.as_bytes(),
            at: it.at.as_millis(),
        };
        Self { enforced: it.enforced.iter().map(enforced).collect(), unlocks: it.unlocks.iter().map(unlock).collect() }
    }
}

impl PostureRecord {
    pub(in crate::store) fn posture(self) -> Result<Posture, StoreError> {
        let enforced = |(profile, since, by): (ProfileRecord, i64, Option<[u8; 16]>)| {
            (profile.into(), Enforced { since: Timestamp::from_millis(since), by: by.map(OperatorId::from_bytes) })
        };
        let unlock = |it: UnlockRecord| {
            Ok(Unlock {
                profile: it.profile.into(),
                reason: Notice::parse(&it.reason).map_err(unfit)?,
                by: OperatorId::from_bytes(it.by),
                at: Timestamp::from_millis(it.at),
            })
        };
        Ok(Posture {
            enforced: self.enforced.into_iter().map(enforced).collect(),
            unlocks: self.unlocks.into_iter().map(unlock).collect::<Result<_, StoreError>>()?,
        })
    }
}

impl From<Profile> for ProfileRecord {
    fn from(it: Profile) -> Self {
        match it {
            Profile::Hipaa => Self::Hipaa,
            Profile::Pci => Self::Pci,
            Profile::Gdpr => Self::Gdpr,
        }
    }
}

impl From<ProfileRecord> for Profile {
    fn from(it: ProfileRecord) -> Self {
        match it {
            ProfileRecord::Hipaa => Self::Hipaa,
            ProfileRecord::Pci => Self::Pci,
            ProfileRecord::Gdpr => Self::Gdpr,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct EvidenceRecord {
    at: i64,
    json: String,
}

impl Record for EvidenceRecord {}

impl From<&Evidence> for EvidenceRecord {
    fn from(it: &Evidence) -> Self {
        Self { at: it.at.as_millis(), json: it.json.clone() }
    }
}

impl EvidenceRecord {
    pub(in crate::store) fn evidence(self, id: EvidenceId) -> Evidence {
        Evidence { id, at: Timestamp::from_millis(self.at), json: self.json }
    }
}

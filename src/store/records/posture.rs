//! What is enforced, and reports on it, as they are stored.

use serde::{Deserialize, Serialize};

use super::{Record, unfit};
use crate::domain::evidence::Evidence;
use crate::domain::id::{EvidenceId, OperatorId};
use crate::domain::posture::{Control, Enforced, Posture, PostureAction, PostureAlert, Profile, Unlock};
use crate::domain::text::Notice;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PostureRecord {
    /// Profile, since when, by whom.
    enforced: Vec<(ProfileRecord, i64, Option<[u8; 16]>)>,
    unlocks: Vec<UnlockRecord>,
    /// Control, since when.
    drift: Vec<(ControlRecord, i64)>,
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
        Self {
            enforced: it.enforced.iter().map(enforced).collect(),
            unlocks: it.unlocks.iter().map(unlock).collect(),
            drift: it.drift.iter().map(|(control, since)| (ControlRecord(*control), since.as_millis())).collect(),
        }
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
            drift: self.drift.into_iter().map(|(ControlRecord(it), since)| (it, Timestamp::from_millis(since))).collect(),
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

/// A profile and a control are their numbers; those that are not known are damage.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub(super) struct ControlRecord(pub Control);

impl From<ControlRecord> for u8 {
    fn from(it: ControlRecord) -> Self {
        it.0.number()
    }
}

impl TryFrom<u8> for ControlRecord {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Control::of_number(number).map(Self).ok_or("there is no such control")
    }
}

/// A variant's place is its number on disk: new ones go to the end.
#[derive(Serialize, Deserialize)]
pub(super) enum PostureActionRecord {
    Enforced(ProfileRecord),
    UnlockAsked(ProfileRecord),
    UnlockWithdrawn(ProfileRecord),
    Unlocked(ProfileRecord),
    PutRight(ControlRecord),
    LockHeld(ControlRecord),
    Drifted(ControlRecord),
    Restored(ControlRecord),
}

/// The same holds here.
#[derive(Serialize, Deserialize)]
pub(super) enum PostureAlertRecord {
    UnlockAsked(ProfileRecord),
    Unlocked(ProfileRecord),
    Drifted(ControlRecord),
}

impl From<PostureAction> for PostureActionRecord {
    fn from(it: PostureAction) -> Self {
        match it {
            PostureAction::Enforced(profile) => Self::Enforced(profile.into()),
            PostureAction::UnlockAsked(profile) => Self::UnlockAsked(profile.into()),
            PostureAction::UnlockWithdrawn(profile) => Self::UnlockWithdrawn(profile.into()),
            PostureAction::Unlocked(profile) => Self::Unlocked(profile.into()),
            PostureAction::PutRight(control) => Self::PutRight(ControlRecord(control)),
            PostureAction::LockHeld(control) => Self::LockHeld(ControlRecord(control)),
            PostureAction::Drifted(control) => Self::Drifted(ControlRecord(control)),
            PostureAction::Restored(control) => Self::Restored(ControlRecord(control)),
        }
    }
}

impl From<PostureActionRecord> for PostureAction {
    fn from(it: PostureActionRecord) -> Self {
        match it {
            PostureActionRecord::Enforced(profile) => Self::Enforced(profile.into()),
            PostureActionRecord::UnlockAsked(profile) => Self::UnlockAsked(profile.into()),
            PostureActionRecord::UnlockWithdrawn(profile) => Self::UnlockWithdrawn(profile.into()),
            PostureActionRecord::Unlocked(profile) => Self::Unlocked(profile.into()),
            PostureActionRecord::PutRight(ControlRecord(control)) => Self::PutRight(control),
            PostureActionRecord::LockHeld(ControlRecord(control)) => Self::LockHeld(control),
            PostureActionRecord::Drifted(ControlRecord(control)) => Self::Drifted(control),
            PostureActionRecord::Restored(ControlRecord(control)) => Self::Restored(control),
        }
    }
}

impl From<PostureAlert> for PostureAlertRecord {
    fn from(it: PostureAlert) -> Self {
        match it {
            PostureAlert::UnlockAsked(profile) => Self::UnlockAsked(profile.into()),
            PostureAlert::Unlocked(profile) => Self::Unlocked(profile.into()),
            PostureAlert::Drifted(control) => Self::Drifted(ControlRecord(control)),
        }
    }
}

impl From<PostureAlertRecord> for PostureAlert {
    fn from(it: PostureAlertRecord) -> Self {
        match it {
            PostureAlertRecord::UnlockAsked(profile) => Self::UnlockAsked(profile.into()),
            PostureAlertRecord::Unlocked(profile) => Self::Unlocked(profile.into()),
            PostureAlertRecord::Drifted(ControlRecord(control)) => Self::Drifted(control),
        }
    }
}

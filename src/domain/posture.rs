//! Posture profiles: sets of settings that can be checked, put right and locked. A check of settings, and no certificate.

use std::collections::BTreeMap;

use super::id::OperatorId;
use super::text::Notice;
use super::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Health data in the United States (45 CFR Part 164, Subpart C).
    Hipaa,
    /// Payment cards (PCI DSS 4.0.1).
    Pci,
    /// Personal data in the European Union (Regulation 2016/679).
    Gdpr,
}

impl Profile {
    pub const ALL: [Self; 3] = [Self::Hipaa, Self::Pci, Self::Gdpr];

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Hipaa => "HIPAA",
            Self::Pci => "PCI DSS",
            Self::Gdpr => "GDPR",
        }
    }
}

/// What is enforced, and who wants it to be no more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posture {
    pub enforced: BTreeMap<Profile, Enforced>,
    pub unlocks: Vec<Unlock>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enforced {
    pub since: Timestamp,
    /// None: from the command line.
    pub by: Option<OperatorId>,
}

/// Somebody asks to unlock a profile: a second administrator agrees, or a day goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlock {
    pub profile: Profile,
    pub reason: Notice,
    pub by: OperatorId,
    pub at: Timestamp,
}

/// Why a setting cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The {} profile is enforced and locks this: {control}. Nothing was changed. Unlock the profile first, under Privacy, Profiles.", profile.title())]
pub struct LockedBy {
    /// What the profile demands, in words.
    pub control: &'static str,
    pub profile: Profile,
}

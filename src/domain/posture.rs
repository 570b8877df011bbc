//! Posture profiles: sets of settings that can be checked, put right and locked. A check of settings, and no certificate.
//!
//! `control` names what is looked at, `words` and `place` say what and where that is, `checks` how, `picture` is what it is held against. A profile that is enforced locks its
//! musts: whoever would break one by a setting is refused, and what breaks one all the same (a fact, or the owner of the host) is drift.

mod checks;
mod control;
mod fixes;
mod picture;
mod place;
mod words;

use std::collections::BTreeMap;

pub use checks::{Broken, broken_by};
pub use control::Control;
pub use picture::{CertificateFacts, Facts, Machine, Settings, Supplies};
pub use place::Place;
pub use words::{Asked, Weight, Words};

use super::id::OperatorId;
use super::limits;
use super::text::Notice;
use super::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Health data in the United States (45 CFR Part 164, Subparts C and E).
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

    /// In addresses and in answers to machines.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Hipaa => "hipaa",
            Self::Pci => "pci",
            Self::Gdpr => "gdpr",
        }
    }

    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.tag() == tag)
    }
}

/// What is enforced, who wants it to be no more, and what does not hold although it should.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posture {
    pub enforced: BTreeMap<Profile, Enforced>,
    pub unlocks: Vec<Unlock>,
    /// Musts that were found broken, and since when. Each was told of once.
    pub drift: BTreeMap<Control, Timestamp>,
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

impl Unlock {
    /// When it comes true without anybody's word.
    #[must_use]
    pub fn comes_true_at(&self) -> Timestamp {
        self.at.plus(limits::UNLOCK_DELAY)
    }
}

impl Posture {
    #[must_use]
    pub fn unlock_of(&self, profile: Profile) -> Option<&Unlock> {
        self.unlocks.iter().find(|unlock| unlock.profile == profile)
    }

    /// What is locked on a page, by its tag.
    pub fn locks(&self, page: &str) -> impl Iterator<Item = Lock> {
        Control::ALL.into_iter().filter(|it| it.is_setting()).filter_map(move |control| {
            let (_, field) = control.spots().find(|(place, _)| place.tag() == page)?;
            Some(Lock { by: LockedBy { control, profile: self.lock_of(control)? }, field })
        })
    }

    /// The first profile in force that insists on something.
    #[must_use]
    pub fn lock_of(&self, control: Control) -> Option<Profile> {
        self.enforced.keys().copied().find(|profile| control.is_must_of(*profile))
    }
}

/// A lock as a page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    pub by: LockedBy,
    /// The field on this page, where it is one.
    pub field: Option<&'static str>,
}

/// What keeps a setting as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is enforced, and insists on this: {}. Nothing was changed. To change it, an administrator unlocks {} first, under Privacy, Profiles.",
    .profile.title(), .control.title(), .profile.title()
)]
pub struct LockedBy {
    pub control: Control,
    pub profile: Profile,
}

/// What is done about profiles, for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostureAction {
    Enforced(Profile),
    UnlockAsked(Profile),
    /// By whoever asked, or another administrator; or whoever asked is no administrator any more.
    UnlockWithdrawn(Profile),
    /// A second administrator approved, or a day went by.
    Unlocked(Profile),
    /// One click, or enforcing, put it right.
    PutRight(Control),
    /// Somebody wanted a setting that is locked.
    LockHeld(Control),
    /// It does not hold although it is enforced, and holds again.
    Drifted(Control),
    Restored(Control),
}

/// What administrators have to see of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostureAlert {
    UnlockAsked(Profile),
    Unlocked(Profile),
    Drifted(Control),
}

//! Letters to staff about their own account. A letter that is owed says only what it is about: its words, and the secret of a link in it,
//! are made when it is sent.

use super::time::Timestamp;

/// A letter that has to be sent and is not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwedLetter {
    pub kind: LetterKind,
    pub since: Timestamp,
    pub tries: u8,
    pub next_at: Timestamp,
}

impl OwedLetter {
    #[must_use]
    pub fn new(kind: LetterKind, now: Timestamp) -> Self {
        Self { kind, since: now, tries: 0, next_at: now }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// With a link to choose the first password.
    Invitation,
    /// With a link to choose another one.
    PasswordReset,
    PasswordChanged,
    SecondFactorRemoved,
    RecoveryCodeUsed {
        left: u8,
    },
    /// Somebody knew the password, and not the rest.
    CodesRefused,
    /// To administrators: something is there that nobody has seen.
    Alert,
}

impl LetterKind {
    /// Whether a newer letter of the one kind makes an older one of the other pointless.
    #[must_use]
    pub fn replaces(self, older: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&older)
    }

    /// Whether it is of use only to who waits for it.
    #[must_use]
    pub const fn has_link(self) -> bool {
        matches!(self, Self::Invitation | Self::PasswordReset)
    }
}

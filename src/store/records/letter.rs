//! The letters that are owed to one member of staff, as they are stored. Who it is is the key and not in it.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::letter::{LetterKind, OwedLetter};
use crate::domain::time::Timestamp;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct LettersRecord(Vec<LetterRecord>);

#[derive(Serialize, Deserialize)]
struct LetterRecord {
    kind: KindRecord,
    since: i64,
    tries: u8,
    next_at: i64,
}

#[derive(Serialize, Deserialize)]
enum KindRecord {
    Invitation,
    PasswordReset,
    PasswordChanged,
    SecondFactorRemoved,
    RecoveryCodeUsed { left: u8 },
    CodesRefused,
    Alert,
}

impl Record for LettersRecord {}

impl From<&[OwedLetter]> for LettersRecord {
    fn from(letters: &[OwedLetter]) -> Self {
        let letter = |it: &OwedLetter| LetterRecord {
            kind: match it.kind {
                LetterKind::Invitation => KindRecord::Invitation,
                LetterKind::PasswordReset => KindRecord::PasswordReset,
                LetterKind::PasswordChanged => KindRecord::PasswordChanged,
                LetterKind::SecondFactorRemoved => KindRecord::SecondFactorRemoved,
                LetterKind::RecoveryCodeUsed { left } => KindRecord::RecoveryCodeUsed { left },
                LetterKind::CodesRefused => KindRecord::CodesRefused,
                LetterKind::Alert => KindRecord::Alert,
            },
            since: it.since.as_millis(),
            tries: it.tries,
            next_at: it.next_at.as_millis(),
        };
        Self(letters.iter().map(letter).collect())
    }
}

impl LettersRecord {
    pub(in crate::store) fn letters(self) -> Vec<OwedLetter> {
        let letter = |it: LetterRecord| OwedLetter {
            kind: match it.kind {
                KindRecord::Invitation => LetterKind::Invitation,
                KindRecord::PasswordReset => LetterKind::PasswordReset,
                KindRecord::PasswordChanged => LetterKind::PasswordChanged,
                KindRecord::SecondFactorRemoved => LetterKind::SecondFactorRemoved,
                KindRecord::RecoveryCodeUsed { left } => LetterKind::RecoveryCodeUsed { left },
                KindRecord::CodesRefused => LetterKind::CodesRefused,
                KindRecord::Alert => LetterKind::Alert,
            },
            since: Timestamp::from_millis(it.since),
            tries: it.tries,
            next_at: Timestamp::from_millis(it.next_at),
        };
        self.0.into_iter().map(letter).collect()
    }
}

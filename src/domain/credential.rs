//! What makes a password acceptable (NIST SP 800-63B-4, section 3.1.1.2): length and not being guessable, no composition
//! rules, no forced change.

use super::limits;

/// A password as typed. It does not print and is wiped when dropped.
#[derive(Clone, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Password(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("Use at least {} characters. A few unrelated words are easy to remember.", limits::PASSWORD_CHARS_MIN)]
    TooShort,
    #[error("Use at most {} characters.", limits::PASSWORD_CHARS_MAX)]
    TooLong,
    #[error("This password is among the first that an attacker tries. Use a few unrelated words instead.")]
    Guessable,
}

impl Password {
    /// Takes what was typed for comparison only; `parse_new` is for choosing.
    #[must_use]
    pub fn typed(raw: String) -> Self {
        Self(raw)
    }

    /// # Errors
    /// When it is too short, too long, or guessable from lists and from `context` (names, address, organisation).
    pub fn parse_new(raw: String, context: &[&str]) -> Result<Self, PasswordError> {
        let password = Self(raw);
        judge(&password.0, context, PASSWORD_GUESSES_LOG10).map(|()| password)
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The passphrase of the root key. It does not print and is wiped when dropped.
#[derive(Clone, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Passphrase(String);

impl Passphrase {
    /// Takes what was typed for opening only; `parse_new` is for choosing.
    #[must_use]
    pub fn typed(raw: String) -> Self {
        Self(raw)
    }

    /// # Errors
    /// As for a password; but whoever has the disk may guess for years, so it has to be harder to guess.
    pub fn parse_new(raw: String) -> Result<Self, PasswordError> {
        let passphrase = Self(raw);
        judge(&passphrase.0, &["parlor"], PASSPHRASE_GUESSES_LOG10).map(|()| passphrase)
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Guesses that are slowed down and counted, here at the door.
const PASSWORD_GUESSES_LOG10: f64 = 8.0;
/// From here on zxcvbn speaks of strong protection against guessing with the hash in hand.
const PASSPHRASE_GUESSES_LOG10: f64 = 10.0;

fn judge(text: &str, context: &[&str], guesses_log10: f64) -> Result<(), PasswordError> {
    let chars = text.chars().count();
    if chars < limits::PASSWORD_CHARS_MIN {
        return Err(PasswordError::TooShort);
    }
    if chars > limits::PASSWORD_CHARS_MAX {
        return Err(PasswordError::TooLong);
    }
    // zxcvbn counts guesses; its lists are the blocklist that NIST asks for. Only the head is judged: its work grows
    // with the square of the length, and a long tail can only make guessing harder.
    let head: zeroize::Zeroizing<String> = zeroize::Zeroizing::new(text.chars().take(72).collect());
    let estimate = zxcvbn::zxcvbn(&head, context);
    if estimate.guesses_log10() < guesses_log10 { Err(PasswordError::Guessable) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(raw: &str) -> Result<(), PasswordError> {
        Password::parse_new(raw.to_owned(), &["Clinic Nord", "anna@example.org"]).map(|_| ())
    }

    #[test]
    fn long_and_unguessable_is_all_it_takes() {
        assert_eq!(judge("harbour violin cactus"), Ok(()));
        assert_eq!(judge("short"), Err(PasswordError::TooShort));
        assert_eq!(judge(&"x".repeat(300)), Err(PasswordError::TooLong));
        let passphrase = |raw: &str| Passphrase::parse_new(raw.to_owned()).map(|_| ());
        assert_eq!(passphrase("harbour violin cactus"), Ok(()));
        assert_eq!(passphrase("short"), Err(PasswordError::TooShort));
        // Good enough for a door that counts, and not for a disk that does not.
        assert_eq!((judge("margarita kitchen"), passphrase("margarita kitchen")), (Ok(()), Err(PasswordError::Guessable)));
        for weak in ["passwordpassword", "aaaaaaaaaaaaaaaaaaaa", "123456789012345", "qwertyuiopasdfgh", "anna@example.org"] {
            assert_eq!(judge(weak), Err(PasswordError::Guessable), "{weak}");
        }
    }
}

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
        let chars = password.0.chars().count();
        if chars < limits::PASSWORD_CHARS_MIN {
            return Err(PasswordError::TooShort);
        }
        if chars > limits::PASSWORD_CHARS_MAX {
            return Err(PasswordError::TooLong);
        }
        // zxcvbn counts guesses; its lists are the blocklist that NIST asks for. Only the head is judged: its work grows
        // with the square of the length, and a long tail can only make guessing harder.
        let head: String = password.0.chars().take(72).collect();
        let estimate = zxcvbn::zxcvbn(&head, context);
        if estimate.guesses_log10() < 8.0 { Err(PasswordError::Guessable) } else { Ok(password) }
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
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
        for weak in ["passwordpassword", "aaaaaaaaaaaaaaaaaaaa", "123456789012345", "qwertyuiopasdfgh", "anna@example.org"] {
            assert_eq!(judge(weak), Err(PasswordError::Guessable), "{weak}");
        }
    }
}

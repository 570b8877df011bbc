//! What somebody proves besides a password that it is them: one-time passwords, recovery codes and passkeys.

use zeroize::Zeroizing;

use super::text::Label;
use super::time::Timestamp;

/// Everything that one member of staff can prove themselves with, but for the password.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Factors {
    pub totp: Option<Totp>,
    /// Keyed hashes of the recovery codes that are still good.
    pub recovery: Vec<[u8; 32]>,
    pub passkeys: Vec<Passkey>,
}

impl Factors {
    /// Whether they have a second factor. Recovery codes stand in for one and are none.
    #[must_use]
    pub fn is_second(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }
}

/// Time-based one-time passwords (RFC 6238).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    pub secret: TotpSecret,
    pub since: Timestamp,
    /// The last time step whose password was used: none up to it is good again (RFC 6238, section 5.2).
    pub last_step: u64,
}

/// The secret shared with an authenticator. It does not print, and is wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(pub Zeroizing<Vec<u8>>);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// A passkey (Web Authentication): a public key whose private part is in somebody's device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    pub credential_id: Vec<u8>,
    /// What its owner calls it.
    pub name: Label,
    /// The credential as the library that checks it keeps it.
    pub record: Vec<u8>,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

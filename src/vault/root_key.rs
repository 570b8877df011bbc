//! The root key: 32 bytes that open everything, kept outside the data directory, and what the tip says of it in clear.

use data_encoding::{BASE32_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::derivation::DERIVATION_BYTES;
use super::{Derivation, Key, VaultError};

/// The key that opens everything, from outside the data directory. It does not print and wipes itself.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RootKey {
    key: Key,
    #[zeroize(skip)]
    note: KeyNote,
}

/// What both slots of the tip say of the root key, in clear.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyNote {
    /// Since when this key is the one, in milliseconds since 1970; 0 where nobody wrote it down.
    pub since_millis: i64,
    /// How it is made of a passphrase; `None` for a key that is kept as it is.
    pub derivation: Option<Derivation>,
}

/// `since 8 ‖ kind 1 ‖ derivation 28`.
pub(super) const NOTE_BYTES: usize = 9 + DERIVATION_BYTES;

impl KeyNote {
    /// `None` for a kind that is not known, or costs out of bounds.
    pub(super) fn read(bytes: &[u8; NOTE_BYTES]) -> Option<Self> {
        let derivation = match bytes[8] {
            0 => None,
            1 => Some(Derivation::read(bytes[9..].try_into().ok()?)?),
            _ => return None,
        };
        Some(Self { since_millis: i64::from_be_bytes(bytes[..8].try_into().ok()?), derivation })
    }

    pub(super) fn bytes(&self) -> [u8; NOTE_BYTES] {
        let mut bytes = [0; NOTE_BYTES];
        bytes[..8].copy_from_slice(&self.since_millis.to_be_bytes());
        if let Some(derivation) = &self.derivation {
            bytes[8] = 1;
            bytes[9..].copy_from_slice(&derivation.bytes());
        }
        bytes
    }
}

impl RootKey {
    pub(super) fn new(key: Key) -> Self {
        Self { key, note: KeyNote::default() }
    }

    /// # Errors
    /// When there are no random bytes.
    pub fn generate() -> Result<Self, VaultError> {
        Key::random().map(Self::new)
    }

    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self::new(Key::from_bytes(bytes))
    }

    /// Reads the text of a key file: `#` comments and empty lines aside, one line of 64 hex digits or 52 base32 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (line, rest) = (lines.next()?, lines.next());
        if rest.is_some() || !line.is_ascii() {
            return None;
        }
        let decoded = Zeroizing::new(if line.len() == 64 {
            HEXLOWER_PERMISSIVE.decode(line.as_bytes()).ok()?
        } else {
            BASE32_NOPAD.decode(Zeroizing::new(line.to_ascii_uppercase()).as_bytes()).ok()?
        });
        let mut bytes = <[u8; 32]>::try_from(decoded.as_slice()).ok()?;
        let key = Self::from_bytes(bytes);
        bytes.zeroize();
        Some(key)
    }

    /// The line of a key file.
    pub(super) fn hex(&self) -> Zeroizing<String> {
        Zeroizing::new(HEXLOWER.encode(self.key.expose()))
    }

    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.key.expose()
    }

    /// What the tip says, or will say, of this key.
    #[must_use]
    pub fn note(&self) -> KeyNote {
        self.note
    }

    /// The same key with what the tip says of it: a key that a recovery kit gave back is still made of the passphrase.
    #[must_use]
    pub fn noted(mut self, note: KeyNote) -> Self {
        self.note = note;
        self
    }

    /// Counts from this moment on.
    #[must_use]
    pub fn since(mut self, millis: i64) -> Self {
        self.note.since_millis = millis;
        self
    }

    pub(super) fn derived(mut self, derivation: Derivation) -> Self {
        self.note.derivation = Some(derivation);
        self
    }

    pub(super) fn subkey(&self, purpose: &str) -> Key {
        self.key.subkey(purpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_hex_and_from_base32() {
        let bytes: Vec<u8> = (0..32).collect();
        let hex = HEXLOWER.encode(&bytes);
        let base32 = BASE32_NOPAD.encode(&bytes);
        for text in [hex.clone(), hex.to_uppercase(), base32.clone(), base32.to_lowercase(), format!("# mine\n\n {hex} \n")] {
            assert_eq!(RootKey::parse(&text).unwrap().expose().as_slice(), bytes.as_slice());
        }
        for wrong in [
            String::new(),
            hex[1..].to_owned(),
            format!("{hex}\n{hex}"),
            format!("{hex}0"),
            "ä".repeat(32),
            base32[1..].to_owned(),
        ] {
            assert!(RootKey::parse(&wrong).is_none());
        }
    }

    #[test]
    fn a_note_is_read_back_and_an_unknown_kind_is_none() {
        for derivation in [None, Some(Derivation::cheap())] {
            let note = KeyNote { since_millis: 1_790_000_000_000, derivation };
            assert_eq!(KeyNote::read(&note.bytes()), Some(note));
        }
        assert_eq!(KeyNote::read(&[0; NOTE_BYTES]), Some(KeyNote::default()), "what format 1 says");
        let mut unknown = KeyNote::default().bytes();
        unknown[8] = 2;
        assert_eq!(KeyNote::read(&unknown), None);
    }
}

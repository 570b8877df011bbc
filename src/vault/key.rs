//! A 256-bit key. It does not print, does not compare with `==`, and wipes itself.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::VaultError;

pub const KEY_BYTES: usize = 32;

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; KEY_BYTES]);

impl Key {
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, VaultError> {
        let mut key = Self([0; KEY_BYTES]);
        fill_random(&mut key.0)?;
        Ok(key)
    }

    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// A key of its own for one use, so that no two uses ever meet under the same key (HKDF-SHA256, RFC 5869).
    #[must_use]
    pub fn subkey(&self, purpose: &str) -> Self {
        let mut key = Self([0; KEY_BYTES]);
        #[expect(clippy::expect_used, reason = "HKDF-SHA256 yields up to 8,160 bytes and 32 are asked for")]
        Hkdf::<Sha256>::new(None, &self.0).expand(purpose.as_bytes(), &mut key.0).expect("32 bytes");
        key
    }

    /// HMAC-SHA256 (RFC 2104): a hash that nobody without the key can compute.
    #[must_use]
    pub fn keyed_hash(&self, bytes: &[u8]) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length");
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

/// Random bytes from the operating system and from nowhere else.
///
/// # Errors
/// When there are none.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(bytes).map_err(|_| VaultError::NoRandomness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subkeys_differ_by_purpose_and_do_not_change() {
        let key = Key::from_bytes([7; 32]);
        assert_eq!(key.subkey("a").expose(), key.subkey("a").expose());
        assert_ne!(key.subkey("a").expose(), key.subkey("b").expose());
        assert_ne!(key.subkey("a").expose(), key.expose());
        assert_ne!(Key::random().unwrap().expose(), Key::random().unwrap().expose());
    }
}

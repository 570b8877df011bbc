//! Signatures of the installation (Ed25519, RFC 8032): whoever has its public key can tell what came from here, without being
//! able to read any of it or to make more.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use super::key::KEY_BYTES;
use super::{Key, VaultError};

pub const PUBLIC_KEY_BYTES: usize = 32;
pub const SIGNATURE_BYTES: usize = 64;
pub type Signature = [u8; SIGNATURE_BYTES];

/// What others hold to check signatures with. No secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; PUBLIC_KEY_BYTES]);

/// The pair, made from a seed that is kept sealed. It does not print.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// The same seed gives the same pair, for ever.
    ///
    /// # Errors
    /// When the library refuses the seed, which it does for no 32 bytes.
    pub fn from_seed(seed: &Key) -> Result<Self, VaultError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| VaultError::DoesNotOpen)?;
        let mut public = [0; PUBLIC_KEY_BYTES];
        public.copy_from_slice(pair.public_key().as_ref());
        Ok(Self { pair, public: PublicKey(public) })
    }

    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// `purpose` keeps what is signed for one use from being shown as signed for another.
    #[must_use]
    pub fn sign(&self, purpose: &str, message: &[u8]) -> Signature {
        let mut signature = [0; SIGNATURE_BYTES];
        signature.copy_from_slice(self.pair.sign(&bound(purpose, message)).as_ref());
        signature
    }
}

impl PublicKey {
    #[must_use]
    pub const fn from_bytes(bytes: [u8; PUBLIC_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        &self.0
    }

    /// As `Display` writes it; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    #[must_use]
    pub fn verifies(&self, purpose: &str, message: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(&bound(purpose, message), signature).is_ok()
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// `length of purpose 1 ‖ purpose ‖ message`: no two pairs share one encoding.
fn bound(purpose: &str, message: &[u8]) -> Vec<u8> {
    let purpose = &purpose.as_bytes()[..purpose.len().min(usize::from(u8::MAX))];
    let mut bytes = Vec::with_capacity(1 + purpose.len() + message.len());
    #[expect(clippy::cast_possible_truncation, reason = "cut to 255 above")]
    bytes.push(purpose.len() as u8);
    bytes.extend_from_slice(purpose);
    bytes.extend_from_slice(message);
    bytes
}

const _: () = assert!(KEY_BYTES == 32, "an Ed25519 seed has 32 bytes");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_one_key_one_purpose_and_one_message() {
        let key = SigningKey::from_seed(&Key::from_bytes([3; 32])).unwrap();
        let again = SigningKey::from_seed(&Key::from_bytes([3; 32])).unwrap();
        assert_eq!(key.public(), again.public());
        let signature = key.sign("receipt", b"words");
        assert_eq!(signature, again.sign("receipt", b"words"));
        assert!(key.public().verifies("receipt", b"words", &signature));
        assert!(!key.public().verifies("receip", b"twords", &signature));
        assert!(!key.public().verifies("backup", b"words", &signature));
        assert!(!key.public().verifies("receipt", b"word", &signature));
        let stranger = SigningKey::from_seed(&Key::from_bytes([4; 32])).unwrap();
        assert!(!stranger.public().verifies("receipt", b"words", &signature));
        let mut changed = signature;
        changed[9] ^= 1;
        assert!(!key.public().verifies("receipt", b"words", &changed));
    }

    #[test]
    fn a_public_key_is_written_and_read_back() {
        let key = SigningKey::from_seed(&Key::from_bytes([3; 32])).unwrap().public();
        assert_eq!(PublicKey::parse(&format!(" {key}\n")), Some(key));
        assert_eq!(PublicKey::parse("3f"), None);
    }
}

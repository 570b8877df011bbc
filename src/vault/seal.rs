//! One sealed value: AES-256-GCM (NIST SP 800-38D), bound to the place where it was put.
//!
//! `version 1 ‖ nonce 12 ‖ ciphertext ‖ tag 16`. The associated data names table, key, version and installation, so a
//! ciphertext that was moved, swapped or carried to another installation does not open.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};
use zeroize::Zeroizing;

use super::{Key, VaultError, fill_random};

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// What sealing adds to the length.
pub const OVERHEAD: usize = 1 + NONCE_BYTES + TAG_BYTES;

/// Where a value stands.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub table: &'static str,
    pub key: &'a [u8],
    pub installation: &'a [u8; 16],
}

impl Place<'_> {
    /// Lengths stand before the parts that vary, so no two places share one encoding.
    fn associated_data(&self, version: u8) -> Result<Vec<u8>, VaultError> {
        let table = u8::try_from(self.table.len()).map_err(|_| VaultError::TooLarge)?;
        let key = u16::try_from(self.key.len()).map_err(|_| VaultError::TooLarge)?;
        let mut data = Vec::with_capacity(1 + self.table.len() + 2 + self.key.len() + 1 + 16);
        data.push(table);
        data.extend_from_slice(self.table.as_bytes());
        data.extend_from_slice(&key.to_be_bytes());
        data.extend_from_slice(self.key);
        data.push(version);
        data.extend_from_slice(self.installation);
        Ok(data)
    }
}

/// A cipher with its key expanded: for keys that are used more than once. It wipes itself.
pub struct Sealer(Aes256Gcm);

impl Sealer {
    #[must_use]
    pub fn new(key: &Key) -> Self {
        Self(Aes256Gcm::new(key.expose().into()))
    }

    /// # Errors
    /// When there are no random bytes for the nonce, or the value is absurdly large.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        fill_random(&mut nonce)?;
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let data = place.associated_data(VERSION)?;
        let body = &mut sealed[1 + NONCE_BYTES..];
        let tag = self.0.encrypt_inout_detached(&Nonce::from(nonce), &data, body.into()).map_err(|_| VaultError::TooLarge)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// # Errors
    /// When the value is not exactly what was sealed for this place under this key.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if sealed.len() < OVERHEAD {
            return Err(VaultError::DoesNotOpen);
        }
        if sealed[0] > VERSION {
            return Err(VaultError::NewerVersion);
        }
        let data = place.associated_data(sealed[0])?;
        let (head, tag) = sealed.split_at(sealed.len() - TAG_BYTES);
        let nonce = <[u8; NONCE_BYTES]>::try_from(&head[1..=NONCE_BYTES]).map_err(|_| VaultError::DoesNotOpen)?;
        let tag = <[u8; TAG_BYTES]>::try_from(tag).map_err(|_| VaultError::DoesNotOpen)?;
        let mut plain = Zeroizing::new(head[1 + NONCE_BYTES..].to_vec());
        self.0
            .decrypt_inout_detached(&Nonce::from(nonce), &data, plain.as_mut_slice().into(), &Tag::from(tag))
            .map_err(|_| VaultError::DoesNotOpen)?;
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'static> = Place { table: "events", key: b"k1", installation: &[9; 16] };

    #[test]
    fn a_value_opens_where_it_was_sealed() {
        let sealer = Sealer::new(&Key::from_bytes([1; 32]));
        let sealed = sealer.seal(HERE, b"words").unwrap();
        assert_eq!(sealed.len(), 5 + OVERHEAD);
        assert_eq!(sealer.open(HERE, &sealed).unwrap().as_slice(), b"words");
        assert_ne!(sealed, sealer.seal(HERE, b"words").unwrap(), "each seal has a nonce of its own");
    }

    #[test]
    fn a_value_opens_nowhere_else() {
        let sealer = Sealer::new(&Key::from_bytes([1; 32]));
        let sealed = sealer.seal(HERE, b"words").unwrap();
        let elsewhere = [
            Place { table: "heads", ..HERE },
            Place { key: b"k2", ..HERE },
            Place { key: b"k", ..HERE },
            Place { installation: &[8; 16], ..HERE },
        ];
        for place in elsewhere {
            assert_eq!(sealer.open(place, &sealed).err(), Some(VaultError::DoesNotOpen));
        }
        let stranger = Sealer::new(&Key::from_bytes([2; 32]));
        assert_eq!(stranger.open(HERE, &sealed).err(), Some(VaultError::DoesNotOpen));
    }

    #[test]
    fn one_flipped_bit_anywhere_is_noticed() {
        let sealer = Sealer::new(&Key::from_bytes([1; 32]));
        let sealed = sealer.seal(HERE, b"words").unwrap();
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[at] ^= 1 << bit;
                assert!(sealer.open(HERE, &changed).is_err(), "byte {at} bit {bit}");
            }
        }
        for length in 0..sealed.len() {
            assert!(sealer.open(HERE, &sealed[..length]).is_err(), "cut to {length}");
        }
    }
}

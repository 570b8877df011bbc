//! A chain of sealed frames, for a log that is only appended to: AES-256-GCM, each frame bound to its number and to the tag of the
//! frame before it. So a frame that was changed, removed, repeated or moved breaks the chain at its place.
//!
//! The key of a chain is derived from the log's key and a salt that is drawn anew whenever a stretch of the log begins, and the
//! nonce is the frame's number: as long as no number comes twice under one salt, no nonce does.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};

use super::{Key, VaultError};

/// What sealing adds to a frame.
pub const TAG_BYTES: usize = 16;
pub const SALT_BYTES: usize = 32;

pub struct FrameChain {
    cipher: Aes256Gcm,
    installation: [u8; 16],
    link: [u8; TAG_BYTES],
}

impl FrameChain {
    /// `link` is the tag of the last frame before this stretch; zeros where there is none.
    #[must_use]
    pub fn new(log: &Key, salt: &[u8; SALT_BYTES], installation: &[u8; 16], link: [u8; TAG_BYTES]) -> Self {
        let key = Key::from_bytes(log.keyed_hash(salt));
        Self { cipher: Aes256Gcm::new(key.expose().into()), installation: *installation, link }
    }

    /// The tag of the last frame that was sealed or opened.
    #[must_use]
    pub fn link(&self) -> [u8; TAG_BYTES] {
        self.link
    }

    /// Encrypts `body` where it stands and returns its tag.
    ///
    /// # Errors
    /// When the body is absurdly large.
    pub fn seal(&mut self, number: u64, body: &mut [u8]) -> Result<[u8; TAG_BYTES], VaultError> {
        let data = self.bound_to(number);
        let tag = self.cipher.encrypt_inout_detached(&nonce(number), &data, body.into()).map_err(|_| VaultError::TooLarge)?;
        self.link = tag.into();
        Ok(self.link)
    }

    /// Decrypts `body` where it stands. After a failure its content means nothing, and the chain has not moved.
    ///
    /// # Errors
    /// When this is not the frame that follows under this number.
    pub fn open(&mut self, number: u64, body: &mut [u8], tag: [u8; TAG_BYTES]) -> Result<(), VaultError> {
        let data = self.bound_to(number);
        self.cipher
            .decrypt_inout_detached(&nonce(number), &data, body.into(), &Tag::from(tag))
            .map_err(|_| VaultError::DoesNotOpen)?;
        self.link = tag;
        Ok(())
    }

    fn bound_to(&self, number: u64) -> [u8; 40] {
        let mut data = [0; 40];
        data[..16].copy_from_slice(&self.installation);
        data[16..32].copy_from_slice(&self.link);
        data[32..].copy_from_slice(&number.to_be_bytes());
        data
    }
}

fn nonce(number: u64) -> Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    Nonce::from(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(salt: u8) -> FrameChain {
        FrameChain::new(&Key::from_bytes([1; 32]), &[salt; 32], &[2; 16], [0; 16])
    }

    #[test]
    fn frames_open_in_their_order_only() {
        let mut writer = chain(1);
        let sealed: Vec<_> = (5..8_u64)
            .map(|number| {
                let mut body = format!("frame {number}").into_bytes();
                let tag = writer.seal(number, &mut body).unwrap();
                (number, body, tag)
            })
            .collect();
        let mut reader = chain(1);
        for (number, body, tag) in &sealed {
            let mut opened = body.clone();
            reader.open(*number, &mut opened, *tag).unwrap();
            assert_eq!(opened, format!("frame {number}").into_bytes());
        }
        assert_eq!(reader.link(), writer.link());
        let open = |reader: &mut FrameChain, at: usize, number: u64| {
            let (_, body, tag) = &sealed[at];
            reader.open(number, &mut body.clone(), *tag)
        };
        assert_eq!(open(&mut chain(1), 1, 6), Err(VaultError::DoesNotOpen), "not the first");
        assert_eq!(open(&mut chain(1), 0, 6), Err(VaultError::DoesNotOpen), "under another number");
        assert_eq!(open(&mut chain(2), 0, 5), Err(VaultError::DoesNotOpen), "under another salt");
        let mut reader = chain(1);
        open(&mut reader, 0, 5).unwrap();
        assert_eq!(open(&mut reader, 0, 5), Err(VaultError::DoesNotOpen), "twice");
        assert_eq!(open(&mut reader, 2, 7), Err(VaultError::DoesNotOpen), "one left out");
        open(&mut reader, 1, 6).unwrap();
    }
}

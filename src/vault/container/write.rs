//! Writing a container, in one pass and with the memory of one chunk.

use std::io::{self, Write};

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{CHUNK_BYTES, ContainerError, Front, Header, LAST, SIGNED, Totals, nonce};
use crate::vault::{Key, RootKey, SigningKey, VaultError};

/// Takes plain bytes through `Write` and passes a container on to `out`. It is none before `finish`.
pub struct Writer<W: Write> {
    out: Digesting<W>,
    cipher: Aes256Gcm,
    signer: SigningKey,
    front: Front,
    plain: Zeroizing<Vec<u8>>,
    totals: Totals,
}

impl<W: Write> Writer<W> {
    /// # Errors
    /// When there are no random bytes, or `out` does not take the header.
    pub fn begin(out: W, header: &Header, root: &RootKey, signer: SigningKey) -> Result<Self, ContainerError> {
        let file_key = Key::random()?;
        let header = Header { signer: signer.public(), key: root.note(), ..header.clone() };
        let front = Front::seal(header, root, &file_key)?;
        let mut out = Digesting { out, digest: Sha256::new() };
        out.write_all(&front.bytes)?;
        Ok(Self {
            out,
            cipher: Aes256Gcm::new(file_key.expose().into()),
            signer,
            front,
            plain: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES)),
            totals: Totals::default(),
        })
    }

    /// Writes what is left, the trailer and the signature; gives `out` back.
    ///
    /// # Errors
    /// When `out` does not take them.
    pub fn finish(mut self) -> Result<(W, Totals), ContainerError> {
        self.seal_chunk(true)?;
        self.out.write_all(&self.totals.chunks.to_be_bytes())?;
        self.out.write_all(&self.totals.plain_bytes.to_be_bytes())?;
        let Digesting { mut out, digest } = self.out;
        out.write_all(&self.signer.sign(SIGNED, &digest.finalize()))?;
        out.flush()?;
        Ok((out, self.totals))
    }

    fn seal_chunk(&mut self, is_last: bool) -> Result<(), ContainerError> {
        let length = self.plain.len();
        let nonce = Nonce::from(nonce(self.totals.chunks, is_last));
        let sealed = self.cipher.encrypt_inout_detached(&nonce, self.front.digest(), self.plain.as_mut_slice().into());
        let tag = sealed.map_err(|_| VaultError::TooLarge)?;
        let flag = if is_last { LAST } else { 0 };
        let length_field = u32::try_from(length).map_err(|_| VaultError::TooLarge)? | flag;
        self.out.write_all(&length_field.to_be_bytes())?;
        self.out.write_all(&self.plain)?;
        self.out.write_all(&tag)?;
        self.totals.chunks += 1;
        self.totals.plain_bytes += length as u64;
        self.plain.clear();
        Ok(())
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.plain.len() == CHUNK_BYTES {
            self.seal_chunk(false)?;
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.plain.len());
        self.plain.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Whole chunks go out by themselves; a smaller one could only be the last.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Digesting<W> {
    out: W,
    digest: Sha256,
}

impl<W: Write> Digesting<W> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.out.write_all(bytes)
    }
}

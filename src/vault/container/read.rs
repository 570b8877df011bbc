//! Reading a container: with the root key everything, without it whether it is whole and whose.

use std::io::{self, Read};

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{CHUNK_BYTES, ContainerError, Front, Header, LAST, SIGNED, TAG_BYTES, Totals, nonce};
use crate::vault::{PublicKey, RootKey, SIGNATURE_BYTES};

/// A container whose header is read and not proven yet.
pub struct Unopened<R> {
    input: Digesting<R>,
    front: Front,
}

impl<R: Read> Unopened<R> {
    /// # Errors
    /// When this is no container that can be read.
    pub fn begin(input: R) -> Result<Self, ContainerError> {
        let mut input = Digesting { input, digest: Sha256::new() };
        let front = Header::read(&mut input)?;
        Ok(Self { input, front })
    }

    #[must_use]
    pub fn header(&self) -> &Header {
        &self.front.header
    }

    /// Whether this root key opens it.
    #[must_use]
    pub fn fits(&self, root: &RootKey) -> bool {
        self.front.open(root).is_ok()
    }

    /// # Errors
    /// When the root key is another one.
    pub fn open(self, root: &RootKey) -> Result<Reader<R>, ContainerError> {
        let file_key = self.front.open(root)?;
        Ok(Reader {
            input: self.input,
            front: self.front,
            cipher: Aes256Gcm::new(file_key.expose().into()),
            plain: Zeroizing::new(Vec::new()),
            given: 0,
            totals: Totals::default(),
            end: End::NotYet,
        })
    }
}

/// The plain text through `Read`. Zero bytes, the end, come only after the whole file was proven.
pub struct Reader<R> {
    input: Digesting<R>,
    front: Front,
    cipher: Aes256Gcm,
    /// One chunk, verified, and how much of it was handed out.
    plain: Zeroizing<Vec<u8>>,
    given: usize,
    totals: Totals,
    end: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    NotYet,
    LastChunk,
    Proven,
}

impl<R: Read> Reader<R> {
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.front.header
    }

    /// Reads to the end and forgets what was read: all of it is proven then.
    ///
    /// # Errors
    /// When anything in it is not what was written.
    pub fn prove(mut self, mut on_bytes: impl FnMut(u64)) -> Result<Totals, ContainerError> {
        while self.end != End::Proven {
            self.advance()?;
            on_bytes(self.plain.len() as u64);
        }
        Ok(self.totals)
    }

    /// The next chunk, or the trailer behind the last one.
    fn advance(&mut self) -> Result<(), ContainerError> {
        self.plain.clear();
        self.given = 0;
        match self.end {
            End::NotYet => self.open_chunk(),
            End::LastChunk => {
                read_trailer(&mut self.input, self.totals, &self.front.header.signer)?;
                self.end = End::Proven;
                Ok(())
            }
            End::Proven => Ok(()),
        }
    }

    fn open_chunk(&mut self) -> Result<(), ContainerError> {
        let (length, is_last) = read_length(&mut self.input)?;
        // Nobody sees these bytes before the tag was held against them.
        self.plain.resize(length, 0);
        let opened = self.input.read_exact(&mut self.plain).map_err(ContainerError::from).and_then(|()| {
            let mut tag = [0; TAG_BYTES];
            self.input.read_exact(&mut tag)?;
            let nonce = Nonce::from(nonce(self.totals.chunks, is_last));
            let text = self.plain.as_mut_slice().into();
            self.cipher
                .decrypt_inout_detached(&nonce, self.front.digest(), text, &Tag::from(tag))
                .map_err(|_| ContainerError::Damaged("a part of it does not open"))
        });
        if opened.is_err() {
            self.plain.clear();
        }
        opened?;
        self.totals.chunks += 1;
        self.totals.plain_bytes += length as u64;
        if is_last {
            self.end = End::LastChunk;
        }
        Ok(())
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.plain.len() && self.end != End::Proven {
            self.advance()?;
        }
        let taken = out.len().min(self.plain.len() - self.given);
        out[..taken].copy_from_slice(&self.plain[self.given..self.given + taken]);
        self.given += taken;
        Ok(taken)
    }
}

/// Whether a container is whole and signed by `signer`, without any secret; what it says of itself then.
///
/// # Errors
/// When it is not.
pub fn check(input: impl Read, signer: &PublicKey) -> Result<(Header, Totals), ContainerError> {
    let mut input = Digesting { input, digest: Sha256::new() };
    let front = Header::read(&mut input)?;
    if front.header.signer != *signer {
        return Err(ContainerError::OtherSigner);
    }
    let mut totals = Totals::default();
    let mut sealed = vec![0; CHUNK_BYTES + TAG_BYTES];
    loop {
        let (length, is_last) = read_length(&mut input)?;
        input.read_exact(&mut sealed[..length + TAG_BYTES])?;
        totals.chunks += 1;
        totals.plain_bytes += length as u64;
        if is_last {
            break;
        }
    }
    read_trailer(&mut input, totals, signer)?;
    Ok((front.header, totals))
}

/// How long the next chunk is and whether it is the last. Only the last may be short: so a text has one encoding.
fn read_length(input: &mut impl Read) -> Result<(usize, bool), ContainerError> {
    let mut field = [0; 4];
    input.read_exact(&mut field)?;
    let field = u32::from_be_bytes(field);
    let is_last = field & LAST != 0;
    let length = (field & !LAST) as usize;
    if length > CHUNK_BYTES || (length < CHUNK_BYTES && !is_last) {
        return Err(ContainerError::Damaged("the length of a part makes no sense"));
    }
    Ok((length, is_last))
}

/// Totals and signature, and nothing behind them.
fn read_trailer(input: &mut Digesting<impl Read>, totals: Totals, signer: &PublicKey) -> Result<(), ContainerError> {
    let mut said = [0; 16];
    input.read_exact(&mut said)?;
    if said[..8] != totals.chunks.to_be_bytes() || said[8..] != totals.plain_bytes.to_be_bytes() {
        return Err(ContainerError::Damaged("its end speaks of another length"));
    }
    let digest = input.digest.clone().finalize();
    let mut signature = [0; SIGNATURE_BYTES];
    input.read_exact(&mut signature)?;
    if !signer.verifies(SIGNED, &digest, &signature) {
        return Err(ContainerError::Damaged("its signature does not fit"));
    }
    match input.read_exact(&mut [0]) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
        Err(error) => Err(error.into()),
        Ok(()) => Err(ContainerError::Damaged("something stands behind its end")),
    }
}

struct Digesting<R> {
    input: R,
    digest: Sha256,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let taken = self.input.read(out)?;
        self.digest.update(&out[..taken]);
        Ok(taken)
    }
}

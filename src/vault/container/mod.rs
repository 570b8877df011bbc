//! The container: a stream that leaves the data directory, or is kept beside the database, and can be read again by nobody
//! but the holder of the root key. Backups, local snapshots and exported tombstones are containers.
//!
//! ```text
//! header   clear: magic, what and whose it is, the signer's public key, the file key sealed under the root key; its SHA-256
//! chunks   length and "last" flag 4 ‖ up to 1 MiB sealed under the file key ‖ tag 16
//! trailer  chunks 8 ‖ bytes of plain text 8 ‖ signature 64 over the SHA-256 of everything before
//! ```
//!
//! A chunk's nonce is its number and the flag, its associated data the header's digest: no chunk can be changed, swapped, left
//! out, taken from another file or put behind the last one. The reader hands out a byte only after its chunk was verified, and
//! says that it is at the end only after the trailer was. The root key itself is in no container.
//!
//! The signature tells others, without any secret, that the file is whole and from this installation (`check`).

mod read;
mod write;

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::key::KEY_BYTES;
use super::root_key::NOTE_BYTES;
use super::{Key, KeyNote, OVERHEAD, PUBLIC_KEY_BYTES, Place, PublicKey, RootKey, Sealer, VaultError};

pub use read::{Reader, Unopened, check};
pub use write::Writer;

const MAGIC: [u8; 8] = *b"PARLBOX\0";
const VERSION: u8 = 1;
/// What is sealed at once. A reader needs this much memory, and a writer too. Tests make many small chunks instead.
const CHUNK_BYTES: usize = if cfg!(test) { 1 << 10 } else { 1 << 20 };
const TAG_BYTES: usize = 16;
/// In a chunk's length: no chunk follows.
const LAST: u32 = 1 << 31;
const NOTE_AT: usize = 36 + PUBLIC_KEY_BYTES;
const SEALED_AT: usize = NOTE_AT + NOTE_BYTES;
const DIGEST_AT: usize = SEALED_AT + KEY_BYTES + OVERHEAD;
const HEADER_BYTES: usize = DIGEST_AT + 32;
/// What the file key is sealed under and bound to, and what the signature is for.
const PURPOSE: &str = "parlor backup";
const TABLE: &str = "container";
const SIGNED: &str = "parlor container";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everything, to be kept elsewhere.
    Backup,
    /// Everything, kept in the data directory to mend it from.
    Snapshot,
    /// Which drawers have been destroyed, and nothing else.
    Tombstones,
}

/// What can be read of a container without any key, and is proven by opening or checking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    /// Of what is inside.
    pub format: u16,
    pub installation: [u8; 16],
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: i64,
    pub signer: PublicKey,
    /// What the tip says of the root key: with it, the passphrase and this file are all that is needed.
    pub key: KeyNote,
}

/// How much went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub chunks: u64,
    pub plain_bytes: u64,
}

/// Why a container is not believed. Says nothing about what is inside.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    #[error("it is not a file of Parlor's")]
    Foreign,
    #[error("it was written by a newer version of Parlor")]
    Newer,
    #[error("the root key does not fit: it belongs to another installation, or was replaced after this file was written")]
    WrongKey,
    #[error("it is signed by another installation than the given public key names")]
    OtherSigner,
    #[error("it is damaged or was changed: {0}")]
    Damaged(&'static str),
    #[error("{0}")]
    Io(io::Error),
    #[error("{0}")]
    Vault(#[from] VaultError),
}

impl From<io::Error> for ContainerError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            // What `Read` of a container had to wrap.
            Ok(own) => own,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Self::Damaged("it ends too early"),
            Err(error) => Self::Io(error),
        }
    }
}

impl From<ContainerError> for io::Error {
    fn from(error: ContainerError) -> Self {
        match error {
            ContainerError::Io(error) => error,
            other => Self::other(other),
        }
    }
}

impl Header {
    /// Reads a header with its sealed key, and holds it against its digest.
    fn read(input: &mut impl Read) -> Result<Front, ContainerError> {
        let mut bytes = [0; HEADER_BYTES];
        input.read_exact(&mut bytes[..9])?;
        if bytes[..8] != MAGIC {
            return Err(ContainerError::Foreign);
        }
        if bytes[8] > VERSION {
            return Err(ContainerError::Newer);
        }
        input.read_exact(&mut bytes[9..])?;
        if Sha256::digest(&bytes[..DIGEST_AT])[..] != bytes[DIGEST_AT..] {
            return Err(ContainerError::Damaged("its header does not fit its digest"));
        }
        let kind = match bytes[9] {
            1 => Kind::Backup,
            2 => Kind::Snapshot,
            3 => Kind::Tombstones,
            _ => return Err(ContainerError::Newer),
        };
        let header = Self {
            kind,
            format: u16::from_be_bytes(part(&bytes, 10)),
            installation: part(&bytes, 12),
            created_ms: i64::from_be_bytes(part(&bytes, 28)),
            signer: PublicKey::from_bytes(part(&bytes, 36)),
            key: KeyNote::read(&part(&bytes, NOTE_AT)).ok_or(ContainerError::Newer)?,
        };
        Ok(Front { header, bytes })
    }
}

/// The bytes of a header, which the whole file is bound to.
struct Front {
    header: Header,
    bytes: [u8; HEADER_BYTES],
}

impl Front {
    fn seal(header: Header, root: &RootKey, file_key: &Key) -> Result<Self, ContainerError> {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8] = VERSION;
        bytes[9] = match header.kind {
            Kind::Backup => 1,
            Kind::Snapshot => 2,
            Kind::Tombstones => 3,
        };
        bytes[10..12].copy_from_slice(&header.format.to_be_bytes());
        bytes[12..28].copy_from_slice(&header.installation);
        bytes[28..36].copy_from_slice(&header.created_ms.to_be_bytes());
        bytes[36..NOTE_AT].copy_from_slice(header.signer.as_bytes());
        bytes[NOTE_AT..SEALED_AT].copy_from_slice(&header.key.bytes());
        let bound = Sha256::digest(&bytes[..SEALED_AT]);
        let place = Place { table: TABLE, key: &bound, installation: &header.installation };
        bytes[SEALED_AT..DIGEST_AT].copy_from_slice(&Sealer::new(&root.subkey(PURPOSE)).seal(place, file_key.expose())?);
        let digest = Sha256::digest(&bytes[..DIGEST_AT]);
        bytes[DIGEST_AT..].copy_from_slice(&digest);
        Ok(Self { header, bytes })
    }

    fn open(&self, root: &RootKey) -> Result<Key, ContainerError> {
        let bound = Sha256::digest(&self.bytes[..SEALED_AT]);
        let place = Place { table: TABLE, key: &bound, installation: &self.header.installation };
        let opened = Sealer::new(&root.subkey(PURPOSE)).open(place, &self.bytes[SEALED_AT..DIGEST_AT]);
        let opened = opened.map_err(|_| ContainerError::WrongKey)?;
        let key = <&[u8; KEY_BYTES]>::try_from(opened.as_slice()).map_err(|_| ContainerError::WrongKey)?;
        Ok(Key::from_bytes(*key))
    }

    /// What every chunk is bound to.
    fn digest(&self) -> &[u8] {
        &self.bytes[DIGEST_AT..]
    }
}

/// The bytes of a field, all of which lie inside.
fn part<const N: usize>(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
    std::array::from_fn(|offset| bytes[at + offset])
}

/// `number 8 ‖ 0 0 0 ‖ last 1`.
fn nonce(number: u64, is_last: bool) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(is_last);
    nonce
}

#[cfg(test)]
mod tests;

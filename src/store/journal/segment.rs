//! The shape of one segment of the journal: a header, then frame after frame.
//!
//! Header, 4,096 bytes: `PARLJRN 0x00 (8) ‖ version 2 ‖ zero 6 ‖ installation 16 ‖ number 8 ‖ first commit 8 ‖ salt 32 ‖ link 16`, zeros, and
//! at 4,064 the SHA-256 of all before. The link is the tag of the last frame of the segment before.
//!
//! Frame: `length of the body 4 ‖ commit number 8 ‖ tag 16 ‖ sealed body`. Body: the writes of one commit, each `key length 2 ‖
//! value length 4 ‖ key ‖ value`; the value length ff ff ff ff removes the key.

use sha2::{Digest, Sha256};

use crate::store::CommitNumber;
use crate::store::parts::Write;
use crate::vault::{SALT_BYTES, TAG_BYTES};

pub(super) const HEADER_BYTES: usize = 4_096;
pub(super) const FRAME_HEAD_BYTES: usize = 4 + 8 + TAG_BYTES;
const MAGIC: [u8; 8] = *b"PARLJRN\0";
const VERSION: u16 = 1;
const DIGEST_AT: usize = HEADER_BYTES - 32;
const REMOVED: u32 = u32::MAX;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Header {
    pub installation: [u8; 16],
    pub number: u64,
    /// The commit of its first frame, whether that is there yet or not.
    pub first: CommitNumber,
    pub salt: [u8; SALT_BYTES],
    pub link: [u8; TAG_BYTES],
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_be_bytes());
        bytes[16..32].copy_from_slice(&self.installation);
        bytes[32..40].copy_from_slice(&self.number.to_be_bytes());
        bytes[40..48].copy_from_slice(&self.first.to_be_bytes());
        bytes[48..80].copy_from_slice(&self.salt);
        bytes[80..96].copy_from_slice(&self.link);
        let digest = Sha256::digest(&bytes[..DIGEST_AT]);
        bytes[DIGEST_AT..].copy_from_slice(&digest);
        bytes
    }

    /// `None` for anything torn, blank, changed or newer.
    pub(in crate::store) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = <&[u8; HEADER_BYTES]>::try_from(bytes).ok()?;
        let is_whole = bytes[..8] == MAGIC
            && bytes[8..10] == VERSION.to_be_bytes()
            && Sha256::digest(&bytes[..DIGEST_AT])[..] == bytes[DIGEST_AT..];
        if !is_whole {
            return None;
        }
        Some(Self {
            installation: bytes[16..32].try_into().ok()?,
            number: u64::from_be_bytes(bytes[32..40].try_into().ok()?),
            first: u64::from_be_bytes(bytes[40..48].try_into().ok()?),
            salt: bytes[48..80].try_into().ok()?,
            link: bytes[80..96].try_into().ok()?,
        })
    }
}

/// What stands before a frame's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct FrameHead {
    pub length: u32,
    pub commit: CommitNumber,
    pub tag: [u8; TAG_BYTES],
}

impl FrameHead {
    pub(super) fn encode(&self) -> [u8; FRAME_HEAD_BYTES] {
        let mut bytes = [0; FRAME_HEAD_BYTES];
        bytes[..4].copy_from_slice(&self.length.to_be_bytes());
        bytes[4..12].copy_from_slice(&self.commit.to_be_bytes());
        bytes[12..].copy_from_slice(&self.tag);
        bytes
    }

    pub(in crate::store) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = <&[u8; FRAME_HEAD_BYTES]>::try_from(bytes).ok()?;
        Some(Self {
            length: u32::from_be_bytes(bytes[..4].try_into().ok()?),
            commit: u64::from_be_bytes(bytes[4..12].try_into().ok()?),
            tag: bytes[12..].try_into().ok()?,
        })
    }
}

/// How long the body of these writes is.
pub(super) fn body_bytes(writes: &[Write]) -> usize {
    writes.iter().map(|(key, value)| 6 + key.len() + value.as_ref().map_or(0, Vec::len)).sum()
}

/// Appends the body of these writes. `None` when one of them is larger than any that the store makes.
pub(in crate::store) fn encode_body(writes: &[Write], frame: &mut Vec<u8>) -> Option<()> {
    for (key, value) in writes {
        frame.extend_from_slice(&u16::try_from(key.len()).ok()?.to_be_bytes());
        let length = value.as_ref().map_or(Some(REMOVED), |value| u32::try_from(value.len()).ok().filter(|it| *it != REMOVED))?;
        frame.extend_from_slice(&length.to_be_bytes());
        frame.extend_from_slice(key);
        frame.extend_from_slice(value.as_deref().unwrap_or_default());
    }
    Some(())
}

/// `None` when the body, although it opened, is not one.
pub(in crate::store) fn decode_body(mut body: &[u8]) -> Option<Vec<Write>> {
    let mut writes = Vec::new();
    while !body.is_empty() {
        let (key_length, rest) = body.split_first_chunk::<2>()?;
        let (value_length, rest) = rest.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*key_length)))?;
        let (value, rest) = match u32::from_be_bytes(*value_length) {
            REMOVED => (None, rest),
            length => {
                let (value, rest) = rest.split_at_checked(length as usize)?;
                (Some(value.to_vec()), rest)
            }
        };
        writes.push((key.to_vec(), value));
        body = rest;
    }
    Some(writes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_come_back_from_their_body() {
        let writes: Vec<Write> =
            vec![(vec![1, 2], Some(vec![3; 300])), (vec![4], None), (Vec::new(), Some(Vec::new())), (vec![5; 400], None)];
        let mut body = Vec::new();
        encode_body(&writes, &mut body).unwrap();
        assert_eq!(body.len(), body_bytes(&writes));
        assert_eq!(decode_body(&body).unwrap(), writes);
        for length in 1..body.len() {
            let cut = decode_body(&body[..length]);
            assert!(cut.is_none_or(|cut| cut.len() < writes.len()), "cut to {length}");
        }
        assert_eq!(encode_body(&[(vec![0; 70_000], None)], &mut body), None);
    }

    #[test]
    fn a_changed_header_is_no_header() {
        let header = Header { installation: [1; 16], number: 7, first: 42, salt: [3; 32], link: [4; 16] };
        let bytes = header.encode();
        assert_eq!(Header::decode(&bytes), Some(header));
        for at in 0..HEADER_BYTES {
            let mut changed = bytes;
            changed[at] ^= 1;
            assert_eq!(Header::decode(&changed), None, "byte {at}");
        }
    }
}

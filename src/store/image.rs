//! The database as one stream: what stands in a container. A few facts, then every key with its value, as they lie on disk:
//! sealed. What turns them into a database again is `restore`.
//!
//! ```text
//! version 1 ‖ has a top key 1 ‖ top key 32 ‖ epoch 8 ‖ commit 8 ‖ drawers 8 ‖ audit rows 8 ‖ bytes to come 8, nearly
//! key length 2 ‖ value length 4 ‖ key ‖ value        in the order of the keys, as often as there are any
//! 0 in 2 bytes ‖ entries 8
//! ```
//!
//! The top key goes along when the stream is to be read without the data directory, and only then: on this machine's disk, a copy of
//! an old top key would undo every purge after it.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use crate::vault::Key;

const VERSION: u8 = 1;
const FACTS_BYTES: usize = 2 + 32 + 5 * 8;
/// No key and no value is longer; what says so is no image.
const KEY_BYTES: usize = 1_024;
const VALUE_BYTES: usize = 64 * 1_024;

/// What the keys and values belong to.
#[derive(Clone)]
pub(super) struct Facts {
    pub top: Option<Key>,
    pub epoch: u64,
    pub commit: u64,
    pub drawers: u64,
    pub audit_rows: u64,
    /// Of all keys and values, for a progress bar.
    pub live_bytes: u64,
}

pub(super) struct ImageWriter<W> {
    out: W,
    entries: u64,
}

impl<W: Write> ImageWriter<W> {
    pub fn begin(mut out: W, facts: &Facts) -> io::Result<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(FACTS_BYTES));
        bytes.push(VERSION);
        bytes.push(u8::from(facts.top.is_some()));
        match &facts.top {
            Some(top) => bytes.extend_from_slice(top.expose()),
            None => bytes.extend_from_slice(&[0; 32]),
        }
        for number in [facts.epoch, facts.commit, facts.drawers, facts.audit_rows, facts.live_bytes] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        out.write_all(&bytes)?;
        Ok(Self { out, entries: 0 })
    }

    pub fn entry(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        if key.is_empty() || key.len() > KEY_BYTES || value.len() > VALUE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a record is longer than any should be"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "both lengths were just looked at")]
        let (key_bytes, value_bytes) = (key.len() as u16, value.len() as u32);
        self.out.write_all(&key_bytes.to_be_bytes())?;
        self.out.write_all(&value_bytes.to_be_bytes())?;
        self.out.write_all(key)?;
        self.out.write_all(value)?;
        self.entries += 1;
        Ok(())
    }

    /// Gives `out` back.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 2])?;
        self.out.write_all(&self.entries.to_be_bytes())?;
        Ok(self.out)
    }
}

/// A key and its value.
pub(super) type Entry<'a> = (&'a [u8], &'a [u8]);

pub(super) struct ImageReader<R> {
    input: R,
    facts: Facts,
    key: Vec<u8>,
    value: Vec<u8>,
    entries: u64,
    at_end: bool,
}

impl<R: Read> ImageReader<R> {
    pub fn begin(mut input: R) -> Result<Self, ImageError> {
        let mut bytes = Zeroizing::new([0; FACTS_BYTES]);
        input.read_exact(&mut bytes[..1])?;
        if bytes[0] != VERSION {
            return Err(ImageError::Newer);
        }
        input.read_exact(&mut bytes[1..])?;
        let number = |place: usize| number_at(&bytes[34 + 8 * place..]);
        let mut top = Zeroizing::new([0; 32]);
        top.copy_from_slice(&bytes[2..34]);
        let facts = Facts {
            top: (bytes[1] == 1).then(|| Key::from_bytes(*top)),
            epoch: number(0),
            commit: number(1),
            drawers: number(2),
            audit_rows: number(3),
            live_bytes: number(4),
        };
        Ok(Self { input, facts, key: Vec::new(), value: Vec::new(), entries: 0, at_end: false })
    }

    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The next key and value; `None` at the end, when all of it was proven.
    pub fn next(&mut self) -> Result<Option<Entry<'_>>, ImageError> {
        if self.at_end {
            return Ok(None);
        }
        let mut lengths = [0; 6];
        self.input.read_exact(&mut lengths[..2])?;
        let key = usize::from(u16::from_be_bytes([lengths[0], lengths[1]]));
        if key == 0 {
            return self.end().map(|()| None);
        }
        self.input.read_exact(&mut lengths[2..])?;
        let value = u32::from_be_bytes([lengths[2], lengths[3], lengths[4], lengths[5]]) as usize;
        if key > KEY_BYTES || value > VALUE_BYTES {
            return Err(ImageError::Damaged);
        }
        self.key.resize(key, 0);
        self.value.resize(value, 0);
        self.input.read_exact(&mut self.key)?;
        self.input.read_exact(&mut self.value)?;
        self.entries += 1;
        Ok(Some((&self.key, &self.value)))
    }

    fn end(&mut self) -> Result<(), ImageError> {
        let mut entries = [0; 8];
        self.input.read_exact(&mut entries)?;
        // The end of the stream is where a container says that all of it was proven.
        if u64::from_be_bytes(entries) != self.entries || self.input.read(&mut [0])? != 0 {
            return Err(ImageError::Damaged);
        }
        self.at_end = true;
        Ok(())
    }
}

fn number_at(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ImageError {
    #[error("its content was written by a newer version of Parlor")]
    Newer,
    #[error("its content makes no sense")]
    Damaged,
    #[error("{0}")]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(top: Option<Key>) -> Vec<u8> {
        let facts = Facts { top, epoch: 5, commit: 77, drawers: 3, audit_rows: 4, live_bytes: 9 };
        let mut writer = ImageWriter::begin(Vec::new(), &facts).unwrap();
        writer.entry(b"a", b"").unwrap();
        writer.entry(b"bc", b"value").unwrap();
        writer.finish().unwrap()
    }

    type Owned = (Vec<u8>, Vec<u8>);

    fn entries(image: &[u8]) -> Result<Vec<Owned>, ImageError> {
        let mut reader = ImageReader::begin(image)?;
        let mut found = Vec::new();
        while let Some((key, value)) = reader.next()? {
            found.push((key.to_vec(), value.to_vec()));
        }
        Ok(found)
    }

    #[test]
    fn keys_and_values_come_back_with_what_they_belong_to() {
        let image = image(Some(Key::from_bytes([9; 32])));
        let facts = ImageReader::begin(image.as_slice()).unwrap().facts().clone();
        assert_eq!((facts.epoch, facts.commit, facts.drawers, facts.audit_rows, facts.live_bytes), (5, 77, 3, 4, 9));
        assert_eq!(facts.top.unwrap().expose(), &[9; 32]);
        assert_eq!(entries(&image).unwrap(), [(b"a".to_vec(), vec![]), (b"bc".to_vec(), b"value".to_vec())]);
    }

    #[test]
    fn a_top_key_goes_along_only_when_it_is_asked_to() {
        assert!(ImageReader::begin(image(None).as_slice()).unwrap().facts().top.is_none());
        assert!(!image(None).windows(32).any(|bytes| bytes == [9; 32]));
    }

    #[test]
    fn an_image_that_ends_early_or_goes_on_is_none() {
        let image = image(None);
        for length in 0..image.len() {
            assert!(entries(&image[..length]).is_err(), "cut to {length}");
        }
        assert!(entries(&[image.as_slice(), b"x"].concat()).is_err());
    }
}

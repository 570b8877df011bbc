//! How far the store had come, written beside sled: so that records which sled loses without a word are missed at the next
//! start.
//!
//! What it promises: the number in it was durable in sled before it was written. It is written after every commit and not
//! synced, since a second sync would cost as much as the first; it is synced when the writer is idle and when the store closes.
//! So after a crash of the process it is exact, and after a power cut it may lag behind, by what the kernel had not written.
//!
//! Two slots of 64 bytes, 512 apart, written in turn: `magic 8 ‖ installation 16 ‖ commit 8 ‖ drawers 8 ‖ audit rows 8 ‖ first
//! 16 bytes of SHA-256`.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use sha2::{Digest, Sha256};

pub(super) const NAME: &str = "watermark";
const MAGIC: [u8; 8] = *b"PARLMRK\0";
const BYTES: usize = 64;
const DIGEST_AT: usize = 48;
const APART: u64 = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    pub commit: u64,
    pub drawers: u64,
    pub audit_rows: u64,
}

pub(super) struct Watermark {
    file: File,
    installation: [u8; 16],
    next: u64,
    unsynced: bool,
}

/// The newest mark of this installation, if there is one. Changes nothing.
pub(super) fn read(data_dir: &Path, installation: &[u8; 16]) -> io::Result<Option<Mark>> {
    let file = match File::open(data_dir.join(NAME)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut newest: Option<Mark> = None;
    for at in 0..2 {
        let mut slot = [0; BYTES];
        match file.read_exact_at(&mut slot, at * APART) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            _ => {}
        }
        if let Some(mark) = decode(&slot, installation)
            && newest.is_none_or(|newest| newest.commit < mark.commit)
        {
            newest = Some(mark);
        }
    }
    Ok(newest)
}

fn encode(mark: Mark, installation: &[u8; 16]) -> [u8; BYTES] {
    let mut slot = [0; BYTES];
    slot[..8].copy_from_slice(&MAGIC);
    slot[8..24].copy_from_slice(installation);
    slot[24..32].copy_from_slice(&mark.commit.to_be_bytes());
    slot[32..40].copy_from_slice(&mark.drawers.to_be_bytes());
    slot[40..48].copy_from_slice(&mark.audit_rows.to_be_bytes());
    let digest = Sha256::digest(&slot[..DIGEST_AT]);
    slot[DIGEST_AT..].copy_from_slice(&digest[..BYTES - DIGEST_AT]);
    slot
}

fn decode(slot: &[u8; BYTES], installation: &[u8; 16]) -> Option<Mark> {
    let whole =
        slot[..8] == MAGIC && slot[8..24] == installation[..] && Sha256::digest(&slot[..DIGEST_AT])[..16] == slot[DIGEST_AT..];
    let number = |at: usize| slot[at..at + 8].try_into().map(u64::from_be_bytes).ok();
    if whole { Some(Mark { commit: number(24)?, drawers: number(32)?, audit_rows: number(40)? }) } else { None }
}

impl Watermark {
    pub(super) fn open(data_dir: &Path, installation: [u8; 16]) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(data_dir.join(NAME))?;
        Ok(Self { file, installation, next: 0, unsynced: false })
    }

    pub(super) fn write(&mut self, mark: Mark) -> io::Result<()> {
        self.file.write_all_at(&encode(mark, &self.installation), self.next * APART)?;
        self.next = 1 - self.next;
        self.unsynced = true;
        Ok(())
    }

    pub(super) fn is_unsynced(&self) -> bool {
        self.unsynced
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        self.unsynced = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_whole_mark_counts() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path(), &[1; 16]).unwrap(), None);
        let mut watermark = Watermark::open(dir.path(), [1; 16]).unwrap();
        for commit in 1..5 {
            let mark = Mark { commit, drawers: 2 * commit, audit_rows: 7 };
            watermark.write(mark).unwrap();
            assert_eq!(read(dir.path(), &[1; 16]).unwrap(), Some(mark));
        }
        watermark.sync().unwrap();
        assert_eq!(read(dir.path(), &[2; 16]).unwrap(), None, "another installation's mark says nothing");
        let mut bytes = std::fs::read(dir.path().join(NAME)).unwrap();
        bytes[512 + 30] ^= 1;
        std::fs::write(dir.path().join(NAME), &bytes).unwrap();
        assert_eq!(read(dir.path(), &[1; 16]).unwrap().map(|mark| mark.commit), Some(3), "a broken slot falls back to the other");
    }
}

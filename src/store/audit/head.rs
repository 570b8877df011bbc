//! The head of the audit log, in a file beside the database: which row is the last one and what its bytes hash to, and where the
//! log begins. A chain of hashes alone does not tell when rows are cut off at its end, or when all of it is replaced by an older
//! copy; this does. It is keyed, so that nobody makes another one without the root key.
//!
//! It is written after each durable commit with rows, like the watermark, and synced with it. So after a crash of the process it
//! is exact, and after a power cut it may lag behind: then the rows behind it are vouched for by their seal alone, which a start says.
//! When the store closes, it says that nothing comes behind it any more.
//!
//! Two slots of 160 bytes, 512 apart, written in turn, and both alike whenever it is synced, so that spoiling one of them takes
//! nothing back: `magic 8 ‖ state 1 ‖ zero 7 ‖ installation 16 ‖ sequence 8 ‖ last row 8 ‖ its hash 32 ‖ first row 8 ‖ hash of the row
//! before that 32 ‖ zero 8 ‖ HMAC-SHA256 of all that`. The key is a subkey of the house key.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use subtle::ConstantTimeEq;

use super::Chain;
use crate::vault::Key;

pub(in crate::store) const NAME: &str = "audit.head";
const MAGIC: [u8; 8] = *b"PARLAUD\0";
const BYTES: usize = 160;
const MAC_AT: usize = 128;
const APART: u64 = 512;
const SLOTS: u64 = 2;
const OPEN: u8 = 0;
const CLOSED: u8 = 1;

/// What the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Head {
    pub chain: Chain,
    /// The store was closed behind this: no row follows.
    pub is_closed: bool,
    sequence: u64,
}

/// What is found of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Found {
    Head(Head),
    /// There is none.
    Missing,
    /// There is a file, and nothing in it was written with this key.
    Unreadable,
}

impl Found {
    pub(in crate::store) fn head(self) -> Option<Head> {
        match self {
            Self::Head(head) => Some(head),
            Self::Missing | Self::Unreadable => None,
        }
    }
}

/// The newest head of this installation. Changes nothing.
pub(in crate::store) fn read(data_dir: &Path, key: &Key, installation: &[u8; 16]) -> io::Result<Found> {
    let file = match File::open(data_dir.join(NAME)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(error) => return Err(error),
    };
    let mut newest: Option<Head> = None;
    for at in 0..SLOTS {
        let mut slot = [0; BYTES];
        match file.read_exact_at(&mut slot, at * APART) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            _ => {}
        }
        if let Some(head) = decode(&slot, key, installation)
            && newest.is_none_or(|newest| newest.sequence < head.sequence)
        {
            newest = Some(head);
        }
    }
    Ok(newest.map_or(Found::Unreadable, Found::Head))
}

fn encode(head: &Head, key: &Key, installation: &[u8; 16]) -> [u8; BYTES] {
    let mut slot = [0; BYTES];
    slot[..8].copy_from_slice(&MAGIC);
    slot[8] = if head.is_closed { CLOSED } else { OPEN };
    slot[16..32].copy_from_slice(installation);
    slot[32..40].copy_from_slice(&head.sequence.to_be_bytes());
    slot[40..48].copy_from_slice(&head.chain.last.to_be_bytes());
    slot[48..80].copy_from_slice(&head.chain.hash);
    slot[80..88].copy_from_slice(&head.chain.first.to_be_bytes());
    slot[88..120].copy_from_slice(&head.chain.before);
    let mac = key.keyed_hash(&slot[..MAC_AT]);
    slot[MAC_AT..].copy_from_slice(&mac);
    slot
}

fn decode(slot: &[u8; BYTES], key: &Key, installation: &[u8; 16]) -> Option<Head> {
    let is_whole = slot[..8] == MAGIC
        && slot[16..32] == installation[..]
        && bool::from(key.keyed_hash(&slot[..MAC_AT]).ct_eq(&slot[MAC_AT..]));
    if !is_whole {
        return None;
    }
    let number = |at: usize| slot[at..at + 8].try_into().map(u64::from_be_bytes).ok();
    let hash = |at: usize| slot[at..at + 32].try_into().ok();
    let chain = Chain { last: number(40)?, hash: hash(48)?, first: number(80)?, before: hash(88)? };
    Some(Head { chain, is_closed: slot[8] == CLOSED, sequence: number(32)? })
}

/// The file as the writer has it.
pub(in crate::store) struct HeadFile {
    file: File,
    key: Key,
    installation: [u8; 16],
    sequence: u64,
    /// What was written last.
    chain: Chain,
    unsynced: bool,
}

impl HeadFile {
    /// Opens it behind what was found in it, and makes it where there is none.
    pub(in crate::store) fn open(data_dir: &Path, key: Key, installation: [u8; 16], found: Found) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(data_dir.join(NAME))?;
        let sequence = found.head().map_or(0, |head| head.sequence);
        Ok(Self { file, key, installation, sequence, chain: Chain::default(), unsynced: false })
    }

    /// Where the chain ends from now on; nothing when it ends there already.
    pub(in crate::store) fn follow(&mut self, chain: &Chain) -> io::Result<()> {
        if *chain == self.chain { Ok(()) } else { self.write(*chain, false) }
    }

    /// Both slots alike, and durable. Whoever sees it knows whether rows may come behind it.
    pub(in crate::store) fn settle(&mut self, chain: &Chain, is_closed: bool) -> io::Result<()> {
        for _ in 0..SLOTS {
            self.write(*chain, is_closed)?;
        }
        self.sync()
    }

    /// The same of what was written last, by a writer that has nothing to do.
    pub(in crate::store) fn rest(&mut self) -> io::Result<()> {
        if !self.unsynced {
            return Ok(());
        }
        self.write(self.chain, false)?;
        self.sync()
    }

    fn write(&mut self, chain: Chain, is_closed: bool) -> io::Result<()> {
        self.sequence += 1;
        let head = Head { chain, is_closed, sequence: self.sequence };
        self.file.write_all_at(&encode(&head, &self.key, &self.installation), self.sequence % SLOTS * APART)?;
        self.chain = chain;
        self.unsynced = true;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        self.unsynced = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTALLATION: [u8; 16] = [1; 16];

    fn key() -> Key {
        Key::from_bytes([9; 32])
    }

    fn chain(last: u64) -> Chain {
        Chain { last, hash: [3; 32], first: 2, before: [4; 32] }
    }

    fn found(dir: &Path) -> Found {
        read(dir, &key(), &INSTALLATION).unwrap()
    }

    fn head(dir: &Path) -> (u64, bool) {
        let head = found(dir).head().unwrap();
        assert_eq!(head.chain, chain(head.chain.last));
        (head.chain.last, head.is_closed)
    }

    fn spoil(dir: &Path, at: usize) {
        let mut bytes = std::fs::read(dir.join(NAME)).unwrap();
        bytes[at] ^= 1;
        std::fs::write(dir.join(NAME), &bytes).unwrap();
    }

    #[test]
    fn the_newest_whole_slot_counts_and_only_the_key_makes_one() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(found(dir.path()), Found::Missing);
        let mut file = HeadFile::open(dir.path(), key(), INSTALLATION, Found::Missing).unwrap();
        for last in 1..5 {
            file.follow(&chain(last)).unwrap();
            assert_eq!(head(dir.path()), (last, false));
        }
        assert_eq!(read(dir.path(), &Key::from_bytes([8; 32]), &INSTALLATION).unwrap(), Found::Unreadable);
        assert_eq!(read(dir.path(), &key(), &[2; 16]).unwrap(), Found::Unreadable, "another installation's head says nothing");
        spoil(dir.path(), 48);
        assert_eq!(head(dir.path()), (3, false), "a broken slot falls back to the other");
        spoil(dir.path(), 512 + 8);
        assert_eq!(found(dir.path()), Found::Unreadable);
    }

    #[test]
    fn at_rest_both_slots_say_the_same_and_an_opened_one_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = HeadFile::open(dir.path(), key(), INSTALLATION, Found::Missing).unwrap();
        file.follow(&chain(1)).unwrap();
        file.follow(&chain(2)).unwrap();
        file.rest().unwrap();
        for spoiled in [0, 512] {
            spoil(dir.path(), spoiled);
            assert_eq!(head(dir.path()), (2, false));
            spoil(dir.path(), spoiled);
        }
        file.settle(&chain(2), true).unwrap();
        spoil(dir.path(), 9);
        assert_eq!(head(dir.path()), (2, true));
        spoil(dir.path(), 9);
        let mut file = HeadFile::open(dir.path(), key(), INSTALLATION, found(dir.path())).unwrap();
        file.settle(&chain(2), false).unwrap();
        assert_eq!(head(dir.path()), (2, false), "what is opened is newer than what was closed");
    }
}

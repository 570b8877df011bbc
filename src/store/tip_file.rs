//! The tip on disk: two slots, 4 KiB apart so that they never share a sector, overwritten one after the other.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use crate::vault::{SLOT_BYTES, TipHeader, TipState};

pub(super) const NAME: &str = "tip";
const APART: u64 = 4_096;

pub(super) struct TipFile {
    file: File,
    /// The slot that holds what is in force: the other is written first.
    in_force: u64,
}

/// What the two slots say.
#[derive(Debug)]
pub(super) enum Found {
    /// No file, or one that was never written to.
    Nothing,
    /// The slot in force, which one it is, and whether the other holds something else: then its scrubbing was cut short.
    Slot {
        header: Box<TipHeader>,
        at: u64,
        other_differs: bool,
    },
    Torn,
}

/// Reads without changing anything.
pub(super) fn read(data_dir: &Path) -> io::Result<Found> {
    let file = match File::open(data_dir.join(NAME)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    if file.metadata()?.len() == 0 {
        return Ok(Found::Nothing);
    }
    let mut slots = [[0; SLOT_BYTES]; 2];
    for (at, slot) in (0..).zip(&mut slots) {
        match file.read_exact_at(slot, at * APART) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            // A file that is too short has a slot that was never written.
            _ => {}
        }
    }
    Ok(choose(&slots))
}

/// The newer of two whole slots, or the whole one.
fn choose(slots: &[[u8; SLOT_BYTES]; 2]) -> Found {
    // Of two in the same epoch the newer format counts: an upgrade was cut short between the two.
    let rank = |header: &TipHeader| (header.epoch, header.state == TipState::InForce, header.format);
    let headers = slots.each_ref().map(|slot| TipHeader::read(slot));
    let same = matches!(&headers, [Some(one), Some(two)] if rank(one) == rank(two) && one.installation == two.installation);
    let best =
        (0..).zip(headers).filter_map(|(at, header)| header.map(|header| (at, header))).max_by_key(|(_, header)| rank(header));
    match best {
        Some((at, header)) => Found::Slot { header: Box::new(header), at, other_differs: !same },
        None if slots.iter().all(|slot| slot.iter().all(|byte| *byte == 0)) => Found::Nothing,
        None => Found::Torn,
    }
}

impl TipFile {
    /// Opens the file for writing, and makes it where it is missing.
    pub(super) fn open(data_dir: &Path, in_force: u64) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(data_dir.join(NAME))?;
        Ok(Self { file, in_force })
    }

    /// Writes the slot that is not in force and makes it durable: from here on, it is in force.
    pub(super) fn flip(&mut self, slot: &[u8; SLOT_BYTES]) -> io::Result<()> {
        let next = 1 - self.in_force;
        self.write(slot, next)?;
        self.in_force = next;
        Ok(())
    }

    /// Overwrites the slot that is no longer in force, so that the old top key is nowhere.
    pub(super) fn scrub(&mut self, slot: &[u8; SLOT_BYTES]) -> io::Result<()> {
        self.write(slot, 1 - self.in_force)
    }

    fn write(&self, slot: &[u8; SLOT_BYTES], at: u64) -> io::Result<()> {
        self.file.write_all_at(slot, at * APART)?;
        self.file.sync_data()
    }

    pub(super) fn sync_all(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Key, RootKey, Tip};

    fn slot(root: &RootKey, epoch: u64, top: u8) -> [u8; SLOT_BYTES] {
        let (top, journal) = (Key::from_bytes([top; 32]), Key::from_bytes([9; 32]));
        let tip = Tip { format: 2, state: TipState::InForce, installation: [1; 16], epoch, top, journal };
        tip.slot(root).unwrap()
    }

    fn top_of(found: &Found, root: &RootKey) -> u8 {
        match found {
            Found::Slot { header, .. } => header.open(root).unwrap().top.expose()[0],
            other => panic!("no whole slot: {other:?}"),
        }
    }

    #[test]
    fn every_torn_write_leaves_one_whole_slot() {
        let root = RootKey::generate().unwrap();
        let (old, old_copy) = (slot(&root, 1, 1), slot(&root, 1, 1));
        let (new, new_copy) = (slot(&root, 2, 2), slot(&root, 2, 2));
        for written in 0..=SLOT_BYTES {
            // A disk may write the head first, the tail first, or leave garbage between.
            let mut head = old;
            head[..written].copy_from_slice(&new[..written]);
            let mut tail = old;
            tail[SLOT_BYTES - written..].copy_from_slice(&new[SLOT_BYTES - written..]);
            let mut garbage = new;
            garbage[written..].fill(0x5a);
            for torn in [head, tail, garbage] {
                // While the first slot is overwritten, the second still holds the old tip.
                let top = top_of(&choose(&[torn, old_copy]), &root);
                assert_eq!(top, if torn == new { 2 } else { 1 });
            }
            // While the second is overwritten, the first holds the new one.
            let mut scrubbing = old_copy;
            scrubbing[..written].copy_from_slice(&new_copy[..written]);
            assert_eq!(top_of(&choose(&[new, scrubbing]), &root), 2);
            let Found::Slot { other_differs, .. } = choose(&[new, scrubbing]) else { panic!("no slot") };
            assert_eq!(other_differs, scrubbing != new_copy, "an unfinished scrub is noticed");
        }
    }

    #[test]
    fn flipping_and_scrubbing_leave_nothing_of_the_old_tip() {
        let root = RootKey::generate().unwrap();
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(read(dir.path()).unwrap(), Found::Nothing));
        let mut file = TipFile::open(dir.path(), 1).unwrap();
        for epoch in 1..6_u8 {
            let (one, two) = (slot(&root, epoch.into(), epoch), slot(&root, epoch.into(), epoch));
            file.flip(&one).unwrap();
            let found = read(dir.path()).unwrap();
            assert_eq!(top_of(&found, &root), epoch);
            file.scrub(&two).unwrap();
            let bytes = std::fs::read(dir.path().join(NAME)).unwrap();
            for at in [0, 4_096] {
                let header = TipHeader::read(&bytes[at..at + SLOT_BYTES]).unwrap();
                assert_eq!(header.epoch, u64::from(epoch));
            }
        }
    }

    #[test]
    fn two_broken_slots_are_torn_and_not_nothing() {
        let root = RootKey::generate().unwrap();
        let mut broken = slot(&root, 1, 1);
        broken[100] ^= 1;
        assert!(matches!(choose(&[broken, broken]), Found::Torn));
        assert!(matches!(choose(&[broken, [0; SLOT_BYTES]]), Found::Torn));
    }
}

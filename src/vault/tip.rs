//! The tip of the key tree: the one small secret that is overwritten in place, outside the database. Whoever destroys the top
//! key destroys every key that only old versions of the tree lead to.
//!
//! The file holds two slots. To change it, the caller overwrites the slot that is not in force and syncs, then overwrites the
//! other with the same content and syncs: at every instant one slot is whole, and at the end no copy of the old top key is
//! left. Here is only the shape of a slot; the writing is the store's.
//!
//! `magic 8 ‖ format 2 ‖ state 1 ‖ reserved 5 ‖ installation 16 ‖ epoch 8 ‖ sealed top key 61 ‖
//! sealed journal key 61 ‖ note on the root key 37 ‖ zero … ‖ SHA-256 32`, 512 bytes. In format 1 there was neither journal key
//! nor note.

use sha2::{Digest, Sha256};

use super::key::KEY_BYTES;
use super::root_key::NOTE_BYTES;
use super::{Key, KeyNote, OVERHEAD, Place, RootKey, Sealer, VaultError};

/// One sector of most disks.
pub const SLOT_BYTES: usize = 512;
const MAGIC: [u8; 8] = *b"PARLTIP\0";
const SEALED_AT: usize = 40;
const JOURNAL_AT: usize = SEALED_AT + SEALED_BYTES;
const SEALED_BYTES: usize = KEY_BYTES + OVERHEAD;
const NOTE_AT: usize = JOURNAL_AT + SEALED_BYTES;
const DIGEST_AT: usize = SLOT_BYTES - 32;
/// What the two sealed keys are bound to.
const TOP: &str = "tip";
const JOURNAL: &str = "tip journal";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TipState {
    /// The data directory is being made: nothing was ever acknowledged from it.
    New,
    InForce,
}

/// What can be read of a slot without any key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipHeader {
    pub format: u16,
    pub state: TipState,
    pub installation: [u8; 16],
    pub epoch: u64,
    /// What is said of the root key: how it is made, and since when it is the one.
    pub key: KeyNote,
    sealed: [u8; SEALED_BYTES],
    sealed_journal: [u8; SEALED_BYTES],
}

/// A slot, opened.
pub struct Tip {
    pub format: u16,
    pub state: TipState,
    pub installation: [u8; 16],
    pub epoch: u64,
    pub top: Key,
    /// What the journal's frames are sealed under. It outlives purges, since nothing of a drawer is sealed under it alone.
    pub journal: Key,
}

impl TipHeader {
    /// `None` for anything torn, blank or changed.
    #[must_use]
    pub fn read(slot: &[u8]) -> Option<Self> {
        let slot = <&[u8; SLOT_BYTES]>::try_from(slot).ok()?;
        if slot[..8] != MAGIC || Sha256::digest(&slot[..DIGEST_AT])[..] != slot[DIGEST_AT..] {
            return None;
        }
        Some(Self {
            format: u16::from_be_bytes(slot[8..10].try_into().ok()?),
            state: match slot[10] {
                0 => TipState::New,
                1 => TipState::InForce,
                _ => return None,
            },
            installation: slot[16..32].try_into().ok()?,
            epoch: u64::from_be_bytes(slot[32..40].try_into().ok()?),
            key: KeyNote::read(slot[NOTE_AT..NOTE_AT + NOTE_BYTES].try_into().ok()?)?,
            sealed: slot[SEALED_AT..SEALED_AT + SEALED_BYTES].try_into().ok()?,
            sealed_journal: slot[JOURNAL_AT..JOURNAL_AT + SEALED_BYTES].try_into().ok()?,
        })
    }

    /// # Errors
    /// When the root key is another one.
    pub fn open(&self, root: &RootKey) -> Result<Tip, VaultError> {
        let sealer = Sealer::new(&root.subkey("parlor tip"));
        let bound = bound(self.format, self.state, self.epoch);
        let open = |table, sealed: &[u8]| {
            let place = Place { table, key: &bound, installation: &self.installation };
            let bytes = sealer.open(place, sealed)?;
            let bytes = <&[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| VaultError::DoesNotOpen)?;
            Ok::<_, VaultError>(Key::from_bytes(*bytes))
        };
        let top = open(TOP, &self.sealed)?;
        // Whoever migrates from the format that had none writes this one.
        let journal = if self.format < 2 { Key::random()? } else { open(JOURNAL, &self.sealed_journal)? };
        let Self { format, state, installation, epoch, .. } = *self;
        Ok(Tip { format, state, installation, epoch, top, journal })
    }
}

impl Tip {
    /// One slot with a fresh nonce.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn slot(&self, root: &RootKey) -> Result<[u8; SLOT_BYTES], VaultError> {
        let sealer = Sealer::new(&root.subkey("parlor tip"));
        let bound = bound(self.format, self.state, self.epoch);
        let place = |table| Place { table, key: &bound, installation: &self.installation };
        let mut slot = [0; SLOT_BYTES];
        slot[..8].copy_from_slice(&MAGIC);
        slot[8..10].copy_from_slice(&self.format.to_be_bytes());
        slot[10] = state_byte(self.state);
        slot[16..32].copy_from_slice(&self.installation);
        slot[32..40].copy_from_slice(&self.epoch.to_be_bytes());
        slot[SEALED_AT..SEALED_AT + SEALED_BYTES].copy_from_slice(&sealer.seal(place(TOP), self.top.expose())?);
        slot[JOURNAL_AT..JOURNAL_AT + SEALED_BYTES].copy_from_slice(&sealer.seal(place(JOURNAL), self.journal.expose())?);
        slot[NOTE_AT..NOTE_AT + NOTE_BYTES].copy_from_slice(&root.note().bytes());
        let digest = Sha256::digest(&slot[..DIGEST_AT]);
        slot[DIGEST_AT..].copy_from_slice(&digest);
        Ok(slot)
    }
}

fn state_byte(state: TipState) -> u8 {
    match state {
        TipState::New => 0,
        TipState::InForce => 1,
    }
}

/// What the sealed top key is bound to besides the installation: `format 2 ‖ state 1 ‖ epoch 8`.
fn bound(format: u16, state: TipState, epoch: u64) -> [u8; 11] {
    let mut key = [0; 11];
    key[..2].copy_from_slice(&format.to_be_bytes());
    key[2] = state_byte(state);
    key[3..].copy_from_slice(&epoch.to_be_bytes());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tip() -> Tip {
        let (top, journal) = (Key::from_bytes([5; 32]), Key::from_bytes([6; 32]));
        Tip { format: 2, state: TipState::InForce, installation: [3; 16], epoch: 42, top, journal }
    }

    #[test]
    fn a_slot_opens_under_its_root_key_only() {
        let root = RootKey::generate().unwrap();
        let slot = tip().slot(&root).unwrap();
        let header = TipHeader::read(&slot).unwrap();
        assert_eq!((header.format, header.state, header.installation, header.epoch), (2, TipState::InForce, [3; 16], 42));
        let opened = header.open(&root).unwrap();
        assert_eq!((opened.top.expose(), opened.journal.expose()), (&[5; 32], &[6; 32]));
        assert_eq!(header.open(&RootKey::generate().unwrap()).err(), Some(VaultError::DoesNotOpen));
    }

    #[test]
    fn a_changed_slot_is_no_slot() {
        let root = RootKey::generate().unwrap();
        let slot = tip().slot(&root).unwrap();
        for at in 0..SLOT_BYTES {
            let mut changed = slot;
            changed[at] ^= 0x10;
            assert_eq!(TipHeader::read(&changed), None, "byte {at}");
        }
        assert_eq!(TipHeader::read(&[0; SLOT_BYTES]), None);
        assert_eq!(TipHeader::read(&slot[..511]), None);
    }
}

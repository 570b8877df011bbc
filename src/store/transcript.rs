//! A closed conversation as one value: its head and all its events, compressed, cut into parts of at most 4 KiB and sealed under
//! the key of its drawer. One read shows it, one look through it searches it, and it takes a third of the room.
//!
//! `version 1 ‖ number of events 4 ‖ head ‖ events…`, where the head and each event are `length 2 ‖ record`; the whole as one
//! zstd frame. The catalogue keeps the number of parts and a digest over them as they are sealed: a part that is missing, or an
//! older one in its place, is noticed.

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};
use zstd::bulk::{Compressor, Decompressor};

use super::StoreError;
use super::parts::{VALUE_BYTES, Write};
use super::records::{self, ConversationRecord, EventRecord};
use super::tables::Table;
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Seq};
use crate::domain::id::ConversationId;
use crate::vault::{OVERHEAD, Place, Sealer};

const VERSION: u8 = 1;
/// Version and number of events.
const HEADER_BYTES: usize = 5;
const LEVEL: i32 = 3;
/// What fits into one part before it is sealed.
const PART_BYTES: usize = VALUE_BYTES - OVERHEAD;
/// The largest transcript before it is compressed. A longer conversation is not folded: it would hold up the writer.
const PLAIN_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What a buffer may keep for the next transcript.
const KEPT_BYTES: usize = 256 * 1024;

/// What the catalogue says of a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sealed {
    pub events: u32,
    pub parts: u16,
    pub digest: [u8; 16],
}

/// Puts transcripts together, one after the other.
pub(super) struct Packer {
    compressor: Compressor<'static>,
    plain: Wiping,
    packed: Wiping,
    events: u32,
}

impl Packer {
    pub(super) fn new() -> Result<Self, StoreError> {
        let compressor = Compressor::new(LEVEL).map_err(|_| StoreError::NotWritable("there is no memory left".to_owned()))?;
        Ok(Self { compressor, plain: Wiping::default(), packed: Wiping::default(), events: 0 })
    }

    /// Begins the next transcript with the record of its head.
    pub(super) fn begin(&mut self, head: &[u8]) -> Result<(), StoreError> {
        self.plain.wipe();
        self.events = 0;
        self.plain.push(&[VERSION, 0, 0, 0, 0]);
        self.record(head)
    }

    /// The record of the next event. `TooLarge`: this one stays as it is.
    pub(super) fn event(&mut self, event: &[u8]) -> Result<(), StoreError> {
        self.events += 1;
        self.record(event)
    }

    fn record(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let length = u16::try_from(bytes.len()).map_err(|_| StoreError::TooLarge)?;
        if self.plain.0.len() + 2 + bytes.len() > PLAIN_BYTES_MAX {
            return Err(StoreError::TooLarge);
        }
        self.plain.push(&length.to_be_bytes());
        self.plain.push(bytes);
        Ok(())
    }

    /// Compresses, cuts and seals it.
    pub(super) fn seal(
        &mut self,
        sealer: &Sealer,
        installation: &[u8; 16],
        drawer: ConversationId,
        writes: &mut Vec<Write>,
    ) -> Result<Sealed, StoreError> {
        self.plain.0[1..HEADER_BYTES].copy_from_slice(&self.events.to_be_bytes());
        self.packed.make_room(zstd::zstd_safe::compress_bound(self.plain.0.len()));
        let packed = self.compressor.compress_to_buffer(self.plain.0.as_slice(), &mut *self.packed.0);
        packed.map_err(|_| StoreError::NotWritable("a transcript could not be compressed".to_owned()))?;
        let mut digest = Sha256::new();
        let mut parts = 0;
        for part in self.packed.0.chunks(PART_BYTES) {
            let key = part_key(drawer, parts);
            let place = Place { table: Table::Transcripts.name(), key: &key, installation };
            let sealed = sealer.seal(place, part)?;
            digest.update(&sealed);
            writes.push((Table::Transcripts.key(&key), Some(sealed)));
            parts = parts.checked_add(1).ok_or(StoreError::TooLarge)?;
        }
        self.plain.wipe();
        self.packed.wipe();
        Ok(Sealed { events: self.events, parts, digest: first_half(digest) })
    }
}

/// Opens transcripts, one after the other. What was opened last is wiped when it goes.
pub(super) struct Unpacker {
    decompressor: Decompressor<'static>,
    packed: Wiping,
    plain: Wiping,
}

impl Unpacker {
    pub(super) fn new() -> Result<Self, StoreError> {
        let decompressor = Decompressor::new().map_err(|_| StoreError::Damaged("there is no memory left".to_owned()))?;
        Ok(Self { decompressor, packed: Wiping::default(), plain: Wiping::default() })
    }

    /// `read` fetches the parts by their key in the tree.
    pub(super) fn open(
        &mut self,
        sealer: &Sealer,
        installation: &[u8; 16],
        drawer: ConversationId,
        expected: Sealed,
        mut read: impl FnMut(&[u8]) -> Result<Option<sled::IVec>, StoreError>,
    ) -> Result<Transcript<'_>, StoreError> {
        self.packed.0.clear();
        let mut digest = Sha256::new();
        for number in 0..expected.parts {
            let key = part_key(drawer, number);
            let missing = || damaged(&format!("part {} of {} is missing", number + 1, expected.parts));
            let sealed = read(&Table::Transcripts.key(&key))?.ok_or_else(missing)?;
            digest.update(&sealed);
            let place = Place { table: Table::Transcripts.name(), key: &key, installation };
            self.packed.push(&sealer.open(place, &sealed)?);
        }
        if first_half(digest) != expected.digest {
            return Err(damaged("a part of it is not the one that was written last"));
        }
        self.unpack()?;
        let transcript = Transcript::read(&self.plain.0)?;
        if transcript.len != expected.events {
            return Err(damaged("it holds another number of events than it should"));
        }
        Ok(transcript)
    }

    /// Never more than `PLAIN_BYTES_MAX`, whatever the frame says of itself.
    fn unpack(&mut self) -> Result<(), StoreError> {
        self.plain.0.clear();
        let length = zstd::zstd_safe::get_frame_content_size(&self.packed.0).ok().flatten();
        let length = length.and_then(|length| usize::try_from(length).ok()).filter(|length| *length <= PLAIN_BYTES_MAX);
        self.plain.make_room(length.ok_or_else(|| damaged("its size is wrong"))?);
        let unpacked = self.decompressor.decompress_to_buffer(self.packed.0.as_slice(), &mut *self.plain.0);
        unpacked.map(|_| ()).map_err(|_| damaged("it does not decompress"))
    }
}

/// An opened transcript.
#[derive(Clone, Copy)]
pub(super) struct Transcript<'a> {
    len: u32,
    head: &'a [u8],
    /// Each event as `length 2 ‖ record`.
    events: &'a [u8],
}

impl<'a> Transcript<'a> {
    pub(super) fn read(plain: &'a [u8]) -> Result<Self, StoreError> {
        let strange = || damaged("its shape is wrong");
        let (header, rest) = plain.split_first_chunk::<HEADER_BYTES>().ok_or_else(strange)?;
        let [version, len @ ..] = *header;
        let (head, events) = next_record(rest).ok_or_else(strange)?;
        if version == VERSION { Ok(Self { len: u32::from_be_bytes(len), head, events }) } else { Err(strange()) }
    }

    pub(super) fn head(&self, drawer: ConversationId) -> Result<Conversation, StoreError> {
        records::decode::<ConversationRecord>(self.head)?.conversation(drawer)
    }

    /// The record of the head.
    pub(super) fn raw_head(&self) -> &'a [u8] {
        self.head
    }

    /// The records of all events, one behind the other.
    pub(super) fn raw_events(&self) -> &'a [u8] {
        self.events
    }

    /// The record of each event, in order.
    pub(super) fn records(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = self.events;
        std::iter::from_fn(move || {
            let (record, behind) = next_record(rest)?;
            rest = behind;
            Some(record)
        })
    }

    /// The events from `first` on, each decoded when it is asked for.
    pub(super) fn events(&self, first: Seq) -> impl Iterator<Item = Result<Event, StoreError>> {
        let mut rest = self.events;
        (1..=self.len).filter_map(move |seq| {
            let Some((record, behind)) = next_record(rest) else { return Some(Err(damaged("an event of it is cut off"))) };
            rest = behind;
            (seq >= first).then(|| records::decode::<EventRecord>(record)?.event(seq))
        })
    }
}

fn next_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// Removes the transcript of a drawer.
pub(super) fn remove(drawer: ConversationId, parts: u16, writes: &mut Vec<Write>) {
    writes.extend((0..parts).map(|part| (Table::Transcripts.key(&part_key(drawer, part)), None)));
}

pub(super) fn part_key(drawer: ConversationId, part: u16) -> [u8; 18] {
    let mut key = [0; 18];
    key[..16].copy_from_slice(drawer.as_bytes());
    key[16..].copy_from_slice(&part.to_be_bytes());
    key
}

fn first_half(digest: Sha256) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest.finalize()[..16]);
    half
}

fn damaged(why: &str) -> StoreError {
    StoreError::Damaged(format!("the transcript of a closed conversation: {why}"))
}

/// Bytes that leave no copy of themselves behind in freed memory, neither when they grow nor when they go.
#[derive(Default)]
struct Wiping(Zeroizing<Vec<u8>>);

impl Wiping {
    fn push(&mut self, bytes: &[u8]) {
        let length = self.0.len() + bytes.len();
        if length > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }

    /// Room for so many bytes in place of those that are there.
    fn make_room(&mut self, bytes: usize) {
        self.0.clear();
        if bytes > self.0.capacity() {
            self.0 = Zeroizing::new(Vec::with_capacity(bytes));
        }
    }

    fn wipe(&mut self) {
        if self.0.capacity() > KEPT_BYTES {
            self.0 = Zeroizing::default();
        }
        // What lies behind the end was wiped before.
        self.0.as_mut_slice().zeroize();
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Key;
    use std::collections::BTreeMap;

    const DRAWER: ConversationId = ConversationId::from_bytes([1; 16]);
    type Disk = BTreeMap<Vec<u8>, Vec<u8>>;

    fn sealer() -> Sealer {
        Sealer::new(&Key::from_bytes([1; 32]))
    }

    fn pack(packer: &mut Packer, events: &[Vec<u8>]) -> (Disk, Sealed) {
        let mut writes = Vec::new();
        packer.begin(b"head").unwrap();
        events.iter().for_each(|event| packer.event(event).unwrap());
        let sealed = packer.seal(&sealer(), &[2; 16], DRAWER, &mut writes).unwrap();
        (writes.into_iter().map(|(key, value)| (key, value.unwrap())).collect(), sealed)
    }

    fn open(disk: &Disk, sealed: Sealed) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut unpacker = Unpacker::new()?;
        let read = |key: &[u8]| Ok(disk.get(key).map(|value| sled::IVec::from(value.as_slice())));
        let opened = unpacker.open(&sealer(), &[2; 16], DRAWER, sealed, read)?;
        assert_eq!(opened.head, b"head");
        let mut rest = opened.events;
        Ok(std::iter::from_fn(|| {
            let (event, behind) = next_record(rest)?;
            rest = behind;
            Some(event.to_vec())
        })
        .collect())
    }

    /// Bytes that do not compress.
    fn noise(length: usize, mut seed: u64) -> Vec<u8> {
        let step = |_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            seed.to_be_bytes()[0]
        };
        (0..length).map(step).collect()
    }

    #[test]
    fn a_transcript_of_any_length_comes_back() {
        let mut packer = Packer::new().unwrap();
        for (count, length) in [(0, 0), (1, 0), (3, 40), (20_000, 150), (200, 16_400), (1, 65_535), (2, 10)] {
            let events: Vec<_> = (0..count).map(|seed| noise(length, seed)).collect();
            let (disk, sealed) = pack(&mut packer, &events);
            assert_eq!((u64::from(sealed.events), usize::from(sealed.parts)), (count, disk.len()));
            assert!(disk.values().all(|part| part.len() <= VALUE_BYTES));
            assert_eq!(open(&disk, sealed).unwrap(), events, "{count} events of {length} bytes");
        }
    }

    #[test]
    fn text_is_compressed() {
        let words = b"Good morning, how can we help you today? ".repeat(3);
        let (disk, sealed) = pack(&mut Packer::new().unwrap(), &vec![words; 100]);
        assert_eq!((sealed.parts, disk.values().next().unwrap().len() < 512), (1, true));
    }

    #[test]
    fn a_part_that_is_missing_older_or_elsewhere_is_noticed() {
        let events: Vec<_> = (0..10).map(|seed| noise(1_000, seed)).collect();
        let mut packer = Packer::new().unwrap();
        let (disk, sealed) = pack(&mut packer, &events);
        let (older, _) = pack(&mut packer, &events);
        assert_eq!(sealed.parts, 3);
        let keys: Vec<_> = disk.keys().cloned().collect();
        let refused = |disk: &Disk, sealed: Sealed| matches!(open(disk, sealed), Err(StoreError::Damaged(_)));
        for key in &keys {
            let mut changed = disk.clone();
            changed.remove(key);
            assert!(refused(&changed, sealed), "missing");
            changed.insert(key.clone(), older[key].clone());
            assert!(refused(&changed, sealed), "rolled back");
            changed.insert(key.clone(), disk[&keys[0]].clone());
            assert_eq!(refused(&changed, sealed), *key != keys[0], "moved");
        }
        assert!(refused(&disk, Sealed { parts: 2, ..sealed }));
        assert!(refused(&disk, Sealed { events: 9, ..sealed }));
        assert!(refused(&disk, Sealed { parts: 0, ..sealed }));
    }

    #[test]
    fn what_is_too_long_is_not_folded() {
        let mut packer = Packer::new().unwrap();
        packer.begin(b"head").unwrap();
        assert!(matches!(packer.event(&[0; 65_536]), Err(StoreError::TooLarge)));
        let refused = (0..200).find_map(|_| packer.event(&[0; 60_000]).err());
        assert!(matches!(refused, Some(StoreError::TooLarge)));
        // And the next one is not in its way.
        let (disk, sealed) = pack(&mut packer, &[b"event".to_vec()]);
        assert_eq!(open(&disk, sealed).unwrap(), [b"event"]);
    }

    #[test]
    fn a_frame_that_lies_about_its_size_is_refused() {
        let mut unpacker = Unpacker::new().unwrap();
        let bomb = zstd::bulk::compress(&vec![0; PLAIN_BYTES_MAX + 1], 3).unwrap();
        unpacker.packed.push(&bomb);
        assert!(matches!(unpacker.unpack(), Err(StoreError::Damaged(_))));
        assert!(unpacker.plain.0.capacity() < PLAIN_BYTES_MAX);
    }
}

//! Whether sled still holds what it was given. A damaged page can make sled fall back to an older version of it without a word; then
//! records are older than they should be, or missing, and each of those that are there opens well.
//!
//! So with each checkpoint goes a digest of all records: the sum of their hashes, which does not depend on their order and follows each
//! change without reading the others. Every start adds them up again. Transcripts are left out, since the catalogue has a digest of
//! each, and so are their signatures, which can be done without: reading them all would make a start slow.
//!
//! While a layer is on its way into sled, what is in it is in no certain state. So the digest that is stored then leaves out the keys of
//! that layer, and says up to which commit it goes: the journal knows them.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::CommitNumber;
use super::tables::Table;

const BYTES: usize = 32;

/// Stored as `commit 8 ‖ sum 16 ‖ count 8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Digest {
    /// Keys that are written by commits behind sled's own and up to this one are not in it.
    pub but_for: CommitNumber,
    sum: u128,
    count: u64,
}

impl Digest {
    /// The same, said of the commits up to this one.
    pub(super) fn but_for(self, but_for: CommitNumber) -> Self {
        Self { but_for, ..self }
    }

    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        if covers(key) {
            self.sum = self.sum.wrapping_add(hash(key, value));
            self.count = self.count.wrapping_add(1);
        }
    }

    pub(super) fn remove(&mut self, key: &[u8], value: &[u8]) {
        if covers(key) {
            self.sum = self.sum.wrapping_sub(hash(key, value));
            self.count = self.count.wrapping_sub(1);
        }
    }

    pub(super) fn encode(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&self.but_for.to_be_bytes());
        bytes[8..24].copy_from_slice(&self.sum.to_be_bytes());
        bytes[24..].copy_from_slice(&self.count.to_be_bytes());
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = <&[u8; BYTES]>::try_from(bytes).ok()?;
        Some(Self {
            but_for: u64::from_be_bytes(bytes[..8].try_into().ok()?),
            sum: u128::from_be_bytes(bytes[8..24].try_into().ok()?),
            count: u64::from_be_bytes(bytes[24..].try_into().ok()?),
        })
    }

    /// Adds up what is there: all of it, and all but these keys.
    pub(super) fn of(db: &sled::Db, but_for: CommitNumber, left_out: &BTreeSet<Vec<u8>>) -> sled::Result<(Self, Self)> {
        let mut all = Self { but_for, ..Self::default() };
        let mut rest = all;
        let drafts = db.scan_prefix([Table::Drafts.tag()]);
        for entry in db.range([Table::Keys.tag()]..[Table::Transcripts.tag()]).chain(drafts) {
            let (key, value) = entry?;
            all.add(&key, &value);
            if left_out.contains(&key[..]) {
                rest.count = rest.count.wrapping_sub(1);
                rest.sum = rest.sum.wrapping_sub(hash(&key, &value));
            }
        }
        rest.sum = rest.sum.wrapping_add(all.sum);
        rest.count = rest.count.wrapping_add(all.count);
        Ok((all, rest))
    }
}

fn covers(key: &[u8]) -> bool {
    let is_small = |table: &u8| (Table::Keys.tag()..Table::Transcripts.tag()).contains(table) || *table == Table::Drafts.tag();
    key.first().is_some_and(is_small)
}

fn hash(key: &[u8], value: &[u8]) -> u128 {
    let mut hash = Sha256::new();
    hash.update((key.len() as u64).to_be_bytes());
    hash.update(key);
    hash.update(value);
    let mut first = [0; 16];
    first.copy_from_slice(&hash.finalize()[..16]);
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_changes_as_if_all_were_added_up_again() {
        let dir = tempfile::tempdir().unwrap();
        let db = sled::Config::new().path(dir.path()).flush_every_ms(None).open().unwrap();
        let mut digest = Digest::default();
        let key = |table: Table, number: u8| table.key(&[number]);
        for (number, value) in [(1, "one"), (2, "two"), (3, "three"), (2, "other"), (1, "")] {
            let key = key(Table::Events, number);
            if let Some(old) = db.insert(&key, value).unwrap() {
                digest.remove(&key, &old);
            }
            digest.add(&key, value.as_bytes());
        }
        let gone = key(Table::Events, 3);
        digest.remove(&gone, &db.remove(&gone).unwrap().unwrap());
        // What it does not cover changes nothing.
        for table in [Table::Meta, Table::Transcripts] {
            db.insert(key(table, 1), "x").unwrap();
            digest.add(&key(table, 1), b"x");
        }
        assert_eq!((digest, digest), Digest::of(&db, 0, &BTreeSet::new()).unwrap());
        assert_eq!(Digest::decode(&digest.encode()), Some(digest));
        digest.remove(&key(Table::Events, 2), b"other");
        assert_eq!(digest, Digest::of(&db, 0, &BTreeSet::from([key(Table::Events, 2)])).unwrap().1);
        db.insert(key(Table::Events, 1), "1").unwrap();
        assert_ne!(digest, Digest::of(&db, 0, &BTreeSet::from([key(Table::Events, 2)])).unwrap().1);
    }
}

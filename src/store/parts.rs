//! A value in parts of at most 4 KiB. Larger pages would make sled write separate blob files, which it never syncs.
//!
//! Part 0 stands under the key itself and begins with the number of parts; the others stand under the key and one more byte.
//! Each part is sealed and bound to its own key.

use zeroize::Zeroizing;

use super::StoreError;
use super::tables::Table;
use crate::vault::{OVERHEAD, Place, Sealer};

/// The largest value that goes to sled.
pub(super) const VALUE_BYTES: usize = 4 * 1024;
/// What of the plain text fits into one part, beside the count.
pub(super) const PART_BYTES: usize = VALUE_BYTES - OVERHEAD - 1;

/// One key and its new value in the tree; `None` removes it.
pub(super) type Write = (Vec<u8>, Option<Vec<u8>>);

/// Seals `plain` for `table` and `key`, in as many parts as it takes.
pub(super) fn seal(
    sealer: &Sealer,
    installation: &[u8; 16],
    table: Table,
    key: &[u8],
    plain: &[u8],
    writes: &mut Vec<Write>,
) -> Result<(), StoreError> {
    let parts = plain.len().div_ceil(PART_BYTES).max(1);
    let count = u8::try_from(parts).ok().filter(|count| *count <= table.parts_max()).ok_or(StoreError::TooLarge)?;
    let mut first = Zeroizing::new(Vec::with_capacity(1 + plain.len().min(PART_BYTES)));
    first.push(count);
    let mut chunks = plain.chunks(PART_BYTES);
    first.extend_from_slice(chunks.next().unwrap_or_default());
    let place = Place { table: table.name(), key, installation };
    writes.push((table.key(key), Some(sealer.seal(place, &first)?)));
    for (number, chunk) in (1..).zip(chunks) {
        let key = part_key(key, number);
        let sealed = sealer.seal(Place { key: &key, ..place }, chunk)?;
        writes.push((table.key(&key), Some(sealed)));
    }
    if table.may_shrink() {
        // What was longer before must not leave its end behind.
        writes.extend((count..table.parts_max()).map(|number| (table.key(&part_key(key, number)), None)));
    }
    Ok(())
}

/// Removes a value with all its parts.
pub(super) fn remove(table: Table, key: &[u8], writes: &mut Vec<Write>) {
    writes.push((table.key(key), None));
    writes.extend((1..table.parts_max()).map(|number| (table.key(&part_key(key, number)), None)));
}

/// Opens a value whose first part is at hand; `read` fetches the others by their full key.
pub(super) fn open(
    sealer: &Sealer,
    installation: &[u8; 16],
    table: Table,
    key: &[u8],
    first: &[u8],
    read: impl Fn(&[u8]) -> Result<Option<sled::IVec>, StoreError>,
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let place = Place { table: table.name(), key, installation };
    let mut plain = sealer.open(place, first).map_err(|error| damaged(table, &error))?;
    if plain.is_empty() {
        return Err(StoreError::Damaged(format!("a value in {} is empty", table.name())));
    }
    let count = plain.remove(0);
    for number in 1..count {
        let key = part_key(key, number);
        let sealed = read(&table.key(&key))?
            .ok_or_else(|| StoreError::Damaged(format!("a part of a value in {} is missing", table.name())))?;
        let part = sealer.open(Place { key: &key, ..place }, &sealed).map_err(|error| damaged(table, &error))?;
        // A growing vector would leave copies of the text behind in freed memory.
        let mut longer = Zeroizing::new(Vec::with_capacity(plain.len() + part.len()));
        longer.extend_from_slice(&plain);
        longer.extend_from_slice(&part);
        plain = longer;
    }
    Ok(plain)
}

fn part_key(key: &[u8], number: u8) -> Vec<u8> {
    let mut longer = Vec::with_capacity(key.len() + 1);
    longer.extend_from_slice(key);
    longer.push(number);
    longer
}

fn damaged(table: Table, error: &crate::vault::VaultError) -> StoreError {
    StoreError::Damaged(format!("a value in {}: {error}", table.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Key;
    use std::collections::HashMap;

    fn round_trip(bytes: usize) -> (usize, Vec<u8>, Vec<u8>) {
        let sealer = Sealer::new(&Key::from_bytes([1; 32]));
        let plain: Vec<u8> = (0..bytes).map(|at| (at % 251) as u8).collect();
        let mut writes = Vec::new();
        seal(&sealer, &[2; 16], Table::Sites, b"key", &plain, &mut writes).unwrap();
        let disk: HashMap<Vec<u8>, Vec<u8>> =
            writes.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect();
        assert!(disk.values().all(|value| value.len() <= VALUE_BYTES));
        let first = &disk[&Table::Sites.key(b"key")];
        let read = |key: &[u8]| Ok(disk.get(key).map(|value| sled::IVec::from(value.as_slice())));
        let opened = open(&sealer, &[2; 16], Table::Sites, b"key", first, read).unwrap();
        (disk.len(), plain, opened.to_vec())
    }

    #[test]
    fn a_value_of_any_length_comes_back() {
        for (bytes, parts) in [(0, 1), (1, 1), (PART_BYTES, 1), (PART_BYTES + 1, 2), (16_400, 5), (PART_BYTES * 16, 16)] {
            let (count, plain, opened) = round_trip(bytes);
            assert_eq!((count, opened), (parts, plain), "{bytes} bytes");
        }
    }

    #[test]
    fn a_value_beyond_its_parts_is_refused() {
        let sealer = Sealer::new(&Key::from_bytes([1; 32]));
        let refused = seal(&sealer, &[2; 16], Table::Sessions, b"key", &vec![0; PART_BYTES + 1], &mut Vec::new());
        assert!(matches!(refused, Err(StoreError::TooLarge)));
    }
}

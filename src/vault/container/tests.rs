//! Tests: whatever is done to a container, it is refused, and not a byte of it is believed too early.

use std::io::{Read, Write};

use proptest::prelude::*;

use super::*;
use crate::vault::SigningKey;

fn root() -> RootKey {
    RootKey::from_bytes([1; 32]).since(5)
}

fn signer() -> SigningKey {
    SigningKey::from_seed(&Key::from_bytes([2; 32])).unwrap()
}

fn header() -> Header {
    Header {
        kind: Kind::Backup,
        format: 2,
        installation: [3; 16],
        created_ms: 1_800_000_000_000,
        signer: PublicKey::from_bytes([0; 32]),
        key: KeyNote::default(),
    }
}

fn text(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at % 251) as u8).collect()
}

fn written(plain: &[u8]) -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new(), &header(), &root(), signer()).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap().0
}

fn read(file: &[u8]) -> Result<Vec<u8>, ContainerError> {
    let mut reader = Unopened::begin(file)?.open(&root())?;
    let mut plain = Vec::new();
    reader.read_to_end(&mut plain)?;
    Ok(plain)
}

/// Refused by both ways of reading.
fn is_refused(file: &[u8]) -> bool {
    let proven = Unopened::begin(file).and_then(|it| it.open(&root())).and_then(|it| it.prove(|_| {}));
    read(file).is_err() && proven.is_err() && check(file, &signer().public()).is_err()
}

#[test]
fn a_text_of_any_length_comes_back() {
    for bytes in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
        let plain = text(bytes);
        let file = written(&plain);
        assert_eq!(read(&file).unwrap(), plain, "{bytes} bytes");
        let (found, totals) = check(file.as_slice(), &signer().public()).unwrap();
        assert_eq!(found, Header { signer: signer().public(), key: root().note(), ..header() });
        assert_eq!(totals.plain_bytes, bytes as u64);
        let mut seen = 0;
        let proven = Unopened::begin(file.as_slice()).unwrap().open(&root()).unwrap().prove(|bytes| seen += bytes).unwrap();
        assert_eq!((proven, seen), (totals, bytes as u64));
    }
}

#[test]
fn the_header_is_told_before_any_key_is_needed() {
    let file = written(b"words");
    let unopened = Unopened::begin(file.as_slice()).unwrap();
    assert_eq!(unopened.header().key.since_millis, 5);
    assert_eq!(unopened.header().created_ms, 1_800_000_000_000);
}

#[test]
fn another_root_key_opens_nothing() {
    let file = written(b"words");
    let refused = Unopened::begin(file.as_slice()).unwrap().open(&RootKey::from_bytes([9; 32]));
    assert!(matches!(refused, Err(ContainerError::WrongKey)));
}

#[test]
fn another_installations_signature_is_not_taken() {
    let stranger = SigningKey::from_seed(&Key::from_bytes([9; 32])).unwrap();
    assert!(matches!(check(written(b"words").as_slice(), &stranger.public()), Err(ContainerError::OtherSigner)));
}

#[test]
fn every_flipped_bit_of_a_small_file_is_noticed() {
    let file = written(b"words that must not change");
    for at in 0..file.len() {
        for bit in 0..8 {
            let mut changed = file.clone();
            changed[at] ^= 1 << bit;
            assert!(is_refused(&changed), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn every_truncation_and_every_addition_is_noticed() {
    let file = written(b"words that must not be cut");
    for length in 0..file.len() {
        assert!(is_refused(&file[..length]), "cut to {length}");
    }
    assert!(is_refused(&[file.as_slice(), b"x"].concat()));
}

/// Where each chunk begins, and where the last one ends.
fn chunks(file: &[u8]) -> Vec<usize> {
    let mut at = HEADER_BYTES;
    let mut found = vec![at];
    loop {
        let field = u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        at += 4 + (field & !LAST) as usize + TAG_BYTES;
        found.push(at);
        if field & LAST != 0 {
            return found;
        }
    }
}

#[test]
fn chunks_cannot_be_swapped_repeated_dropped_or_borrowed() {
    let file = written(&text(3 * CHUNK_BYTES + 7));
    let at = chunks(&file);
    let piece = |from: usize, to: usize| &file[at[from]..at[to]];
    let (front, end) = (&file[..at[0]], &file[at[4]..]);
    assert_eq!([front, piece(0, 4), end].concat(), file);
    let other = written(&text(3 * CHUNK_BYTES + 7));
    for wrong in [
        [front, piece(1, 2), piece(0, 1), piece(2, 4), end].concat(),
        [front, piece(0, 1), piece(0, 1), piece(2, 4), end].concat(),
        [front, piece(0, 2), piece(3, 4), end].concat(),
        [front, piece(0, 3), end].concat(),
        [front, &other[at[0]..at[1]], piece(1, 4), end].concat(),
        [&other[..at[0]], piece(0, 4), end].concat(),
        [front, piece(0, 4), &other[at[4]..]].concat(),
    ] {
        assert!(is_refused(&wrong));
    }
}

#[test]
fn nothing_of_a_broken_chunk_is_handed_out() {
    let plain = text(2 * CHUNK_BYTES);
    let mut file = written(&plain);
    let second = chunks(&file)[1];
    file[second + 100] ^= 1;
    let mut reader = Unopened::begin(file.as_slice()).unwrap().open(&root()).unwrap();
    let mut got = Vec::new();
    assert!(reader.read_to_end(&mut got).is_err());
    assert_eq!(got, plain[..CHUNK_BYTES], "the first chunk was whole, the second never seen");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_large_file_with_one_byte_changed_or_cut_anywhere_is_refused(
        bytes in 0_usize..3 * CHUNK_BYTES, place in 0.0_f64..1.0, change in 1_u8..
    ) {
        let file = written(&text(bytes));
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a small file")]
        let at = (place * file.len() as f64) as usize;
        let mut changed = file.clone();
        changed[at] ^= change;
        prop_assert!(is_refused(&changed));
        prop_assert!(is_refused(&file[..at]));
    }
}

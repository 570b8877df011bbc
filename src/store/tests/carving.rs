//! The attack of somebody who was given everything: the root key, and every state of every file since a purge. They know the formats,
//! follow every chain of keys from the tip, open the journal with its key, and then try every data key at every byte of every file
//! that could be the beginning of a ciphertext, without asking whether it is whole, listed, or where it belongs.
//!
//! What they find of live conversations shows that the attack works; of purged ones they must find nothing.

use std::collections::BTreeSet;
use std::path::PathBuf;

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt, KeyInit};

use super::attacker::Attacker;
use super::erasure::copy;
use super::*;
use crate::vault::{SLOT_BYTES, TipHeader};

/// Every state of the disk that was seen.
struct Disk {
    states: Vec<PathBuf>,
    dir: tempfile::TempDir,
}

impl Disk {
    fn new() -> Self {
        Self { states: Vec::new(), dir: tempfile::tempdir().unwrap() }
    }

    fn look_at(&mut self, house: &House) {
        let state = self.dir.path().join(self.states.len().to_string());
        copy(&house.data_dir(), &state);
        self.states.push(state);
    }

    /// All bytes of all files, and what the journal's frames hold when they are opened.
    fn bytes(&self, root: &RootKey) -> Vec<Vec<u8>> {
        let mut all = BTreeSet::new();
        for state in &self.states {
            let mut waiting = vec![state.clone()];
            while let Some(path) = waiting.pop() {
                if path.is_dir() {
                    waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                } else {
                    all.insert(std::fs::read(&path).unwrap());
                }
            }
            let tip = std::fs::read(state.join("tip")).unwrap();
            let tip = TipHeader::read(&tip[..SLOT_BYTES]).unwrap().open(root).unwrap();
            let mut opened = Vec::new();
            // As far as it goes: what was being written when the state was taken does not matter.
            let _ = journal::read(&state.join(journal::NAME), &tip.journal, &tip.installation, 0, |_, writes| {
                opened.extend(writes.into_iter().flat_map(|(key, value)| [key, value.unwrap_or_default()]).flatten());
                Ok(())
            });
            all.insert(opened);
        }
        all.into_iter().collect()
    }
}

/// AES-GCM's stream (NIST SP 800-38D, GCTR from counter 2) laid over what stands behind a nonce; the tag is not looked at.
fn decrypted(cipher: &Aes256, nonce: &[u8], sealed: &[u8]) -> Vec<u8> {
    let mut plain = sealed.to_vec();
    for (counter, chunk) in (2_u32..).zip(plain.chunks_mut(16)) {
        let mut block = [0; 16];
        block[..12].copy_from_slice(nonce);
        block[12..].copy_from_slice(&counter.to_be_bytes());
        let mut block = block.into();
        cipher.encrypt_block(&mut block);
        chunk.iter_mut().zip(block.iter()).for_each(|(byte, key)| *byte ^= key);
    }
    plain
}

/// Everything readable that any of the keys makes of any of the bytes.
fn carve(files: &[Vec<u8>], keys: &BTreeSet<[u8; 32]>) -> Vec<Vec<u8>> {
    let ciphers: Vec<Aes256> = keys.iter().map(|key| Aes256::new(key.into())).collect();
    let mut found = Vec::new();
    for file in files {
        for at in 0..file.len().saturating_sub(13 + 16) {
            // A sealed value begins with its version.
            if file[at] != 1 {
                continue;
            }
            let (nonce, sealed) = file[at + 1..(at + 13 + 4_096).min(file.len())].split_at(12);
            for cipher in &ciphers {
                match decrypted(cipher, nonce, &sealed[..16])[..] {
                    // A number of parts and the version of a record: a head or an event.
                    [1..=5, 1, ..] => found.push(decrypted(cipher, nonce, sealed)),
                    // How the files of this test begin.
                    [b'F', b'I', b'L', b'E', ..] => found.push(decrypted(cipher, nonce, sealed)),
                    // A zstd frame: a transcript.
                    [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                        let packed = decrypted(cipher, nonce, sealed);
                        let mut text = Vec::new();
                        let mut reader = zstd::stream::read::Decoder::new(&packed[..]).unwrap().single_frame();
                        // What comes out before it goes wrong is good enough.
                        let _ = std::io::copy(&mut reader, &mut text);
                        found.push(text);
                    }
                    _ => {}
                }
            }
        }
    }
    found
}

fn shows(found: &[Vec<u8>], words: &str) -> bool {
    found.iter().any(|text| text.windows(words.len()).any(|window| window == words.as_bytes()))
}

#[test]
fn nothing_of_a_purged_conversation_can_be_carved_from_any_file() {
    let house = House::new();
    let mut disk = Disk::new();
    let filler = "an ordinary sentence of some length, so that sled has something to move about. ".repeat(12);
    for number in 1..=24_u8 {
        let words = format!("secret of number {number:03}");
        let id = house.conversation(number, &[&words, &filler, "closing words"]);
        attachments::send(&house, id, 1, format!("FILE content of number {number:03}").as_bytes());
        if number % 3 != 0 {
            house.close(id, 5);
        }
        if number % 8 == 0 {
            house.store.shared.checkpoints.wait_for_a_try();
            disk.look_at(&house);
        }
    }
    let everything = |disk: &Disk, house: &House| {
        // The keys that any tip leads to through any node; the tip itself only as it is now, since it was overwritten in place.
        let mut attacker = Attacker::new(house);
        disk.states.iter().for_each(|state| attacker.adds_files_of(state));
        carve(&disk.bytes(&house.root), &attacker.data_keys())
    };
    let before = everything(&disk, &house);
    for number in 1..=24 {
        assert!(shows(&before, &format!("secret of number {number:03}")), "before the purge the attack finds number {number}");
        assert!(shows(&before, &format!("content of number {number:03}")), "and the file of number {number}");
    }
    // Open ones and closed ones.
    let doomed: Vec<_> = (1..=24).filter(|number| number % 4 == 1 || *number == 6).collect();
    house.purge(&doomed.iter().map(|number| head(*number).id).collect::<Vec<_>>());
    // What has closed loses its files, and keeps its words.
    house.purge(&house.store.files_left_behind().into_iter().map(|(_, drawer)| drawer).collect::<Vec<_>>());
    disk.look_at(&house);
    house.conversation(30, &["secret of number 030"]);
    house.store.compact().unwrap();
    disk.look_at(&house);
    let house = house.again();
    disk.look_at(&house);
    let after = everything(&disk, &house);
    for number in (1..=24).chain([30]) {
        let is_found = shows(&after, &format!("secret of number {number:03}"));
        assert_eq!(is_found, !doomed.contains(&number), "number {number}");
        let is_found = shows(&after, &format!("content of number {number:03}"));
        assert_eq!(is_found, number != 30 && number % 3 == 0 && !doomed.contains(&number), "the file of number {number}");
    }
}

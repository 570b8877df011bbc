//! Somebody who holds the root key and every byte of the disk, old states included: unwraps every key that can be unwrapped,
//! and tries each on everything that looks like a ciphertext.

use std::collections::{BTreeMap, BTreeSet};

use super::House;
use crate::store::transcript::Transcript;
use crate::store::{generation, journal};
use crate::vault::{CHILDREN, Key, LEVELS, Node, NodeAt, OVERHEAD, Place, RootKey, SLOT_BYTES, Sealer, TipHeader};

pub(super) struct Attacker {
    root: RootKey,
    /// The files that sled writes, as they are or once were.
    database: Vec<Vec<u8>>,
    tips: Vec<Vec<u8>>,
    /// What else is on the disk.
    rest: Vec<Vec<u8>>,
    installation: [u8; 16],
    /// Values that the database still lists, and old ones carved from its raw files by their place.
    known: BTreeSet<(Vec<u8>, Vec<u8>)>,
}

impl Attacker {
    pub(super) fn new(house: &House) -> Self {
        let shared = &house.store.shared;
        let mut it = Self {
            root: house.root.clone(),
            database: Vec::new(),
            tips: Vec::new(),
            rest: Vec::new(),
            installation: shared.installation,
            known: BTreeSet::new(),
        };
        let mut waiting = vec![house.data_dir()];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            match path.file_name().and_then(|name| name.to_str()) {
                Some("tip") => it.tips.push(bytes),
                Some("watermark") => it.rest.push(bytes),
                _ => it.database.push(bytes),
            }
        }
        it.known.extend(
            shared.index.scan(&[]).unwrap().map(|entry| entry.unwrap()).map(|(key, value)| (key.to_vec(), value.to_vec())),
        );
        it
    }

    pub(super) fn sees(&self, words: &[u8]) -> bool {
        self.database
            .iter()
            .chain(&self.tips)
            .chain(&self.rest)
            .any(|file| file.windows(words.len()).any(|window| window == words))
    }

    /// Every file of an earlier state of the data directory but the tip, and what sled and the journal list in it.
    pub(super) fn adds_files_of(&mut self, state: &std::path::Path) {
        let tip = TipHeader::read(&self.tips[0][..SLOT_BYTES]).unwrap().open(&self.root).unwrap();
        // As far as it goes: what was being written when the state was taken does not matter.
        let _ = journal::read(&state.join(journal::NAME), &tip.journal, &self.installation, 0, |_, writes| {
            self.known.extend(writes.into_iter().filter_map(|(key, value)| Some((key, value?))));
            Ok(())
        });
        for generation in generation::list(state).unwrap() {
            // Sled changes what it opens.
            let copied = tempfile::tempdir().unwrap();
            super::erasure::copy(&generation::dir(state, generation), &generation::dir(copied.path(), generation));
            if let Ok(sled) = generation::open(copied.path(), generation) {
                self.known.extend(sled.iter().flatten().map(|(key, value)| (key.to_vec(), value.to_vec())));
            }
            self.database.push(std::fs::read(generation::dir(state, generation).join("db")).unwrap());
        }
    }

    /// An image of the database made earlier, with all that could be read from it then.
    pub(super) fn adds_database_of(&mut self, earlier: &Self) {
        self.database.extend(earlier.database.iter().cloned());
        self.known.extend(earlier.known.iter().cloned());
    }

    /// Every message that opens under any key that unwraps.
    pub(super) fn opened(&self) -> Vec<String> {
        let keys = self.data_keys();
        let sealers: Vec<Sealer> = keys.iter().map(|key| Sealer::new(&Key::from_bytes(*key))).collect();
        let mut texts = BTreeSet::new();
        let mut parts: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for (key, value) in &self.known {
            if key[0] == 0x22 {
                let place = Place { table: "transcripts", key: &key[1..], installation: &self.installation };
                let plain = sealers.iter().find_map(|sealer| sealer.open(place, value).ok());
                parts.entry(key[1..17].to_vec()).or_default().extend(plain.iter().flat_map(|plain| plain.iter()));
            }
            if key[0] == 0x26 {
                let place = Place { table: "submissions", key: &key[1..], installation: &self.installation };
                let plain = sealers.iter().filter_map(|sealer| sealer.open(place, value).ok());
                texts.extend(plain.map(|plain| String::from_utf8_lossy(&plain).into_owned()));
            }
            if key[0] != 0x21 {
                continue;
            }
            let place = Place { table: "events", key: &key[1..], installation: &self.installation };
            for sealer in &sealers {
                if let Ok(plain) = sealer.open(place, value) {
                    let event = super::records::decode::<super::records::EventRecord>(&plain[1..]);
                    texts.extend(event.and_then(|event| event.event(1)).map(|event| super::text_of(&event)));
                }
            }
        }
        for packed in parts.into_values() {
            let plain = zstd::bulk::decompress(&packed, 1 << 23).unwrap_or_default();
            if let Ok(transcript) = Transcript::read(&plain) {
                texts.extend(transcript.events(1).map(|event| super::text_of(&event.unwrap())));
            }
        }
        texts.into_iter().collect()
    }

    /// Every key that some chain from the root key leads to, through any version of any node that can be carved anywhere.
    pub(super) fn data_keys(&self) -> BTreeSet<[u8; 32]> {
        let mut tops = BTreeSet::new();
        for tip in &self.tips {
            for at in 0..tip.len().saturating_sub(511) {
                if let Some(tip) = TipHeader::read(&tip[at..at + 512]).and_then(|header| header.open(&self.root).ok()) {
                    tops.insert(*tip.top.expose());
                }
            }
        }
        let nodes = self.nodes();
        let mut data_keys = BTreeSet::new();
        // Keys found so far by level and place; each opens whatever version it fits.
        let mut level_keys: BTreeMap<u32, BTreeSet<[u8; 32]>> = BTreeMap::from([(0, tops)]);
        for level in 0..LEVELS {
            let mut next: BTreeMap<u32, BTreeSet<[u8; 32]>> = BTreeMap::new();
            for (at, sealed) in nodes.iter().filter(|(at, _)| at.level == level) {
                for key in level_keys.get(&at.index).into_iter().flatten() {
                    let Ok(node) = Node::open(&Key::from_bytes(*key), *at, &self.installation, sealed) else { continue };
                    for child in 0..CHILDREN {
                        let key = *node.child(child as usize).expose();
                        if level + 1 == LEVELS {
                            data_keys.insert(key);
                        } else {
                            next.entry(at.index * CHILDREN + child).or_default().insert(key);
                        }
                    }
                }
            }
            level_keys = next;
        }
        data_keys
    }

    /// All versions of all nodes: those the database lists or once listed, and whatever in its raw files has their size.
    fn nodes(&self) -> BTreeSet<(NodeAt, Vec<u8>)> {
        let listed = self.known.iter().filter(|(key, _)| key[0] == 0x02);
        let mut nodes: BTreeSet<(NodeAt, Vec<u8>)> =
            listed.map(|(key, value)| (NodeAt::from_key(&key[1..]).unwrap(), value.clone())).collect();
        let places: BTreeSet<NodeAt> = nodes.iter().map(|(at, _)| *at).collect();
        let length = crate::vault::NODE_BYTES + OVERHEAD;
        for file in &self.database {
            // A sealed node begins with its version; where its key stands is searched for by the key's own bytes.
            for at in &places {
                let key = at.key();
                for found in file.windows(13).enumerate().filter(|(_, window)| *window == key).map(|(found, _)| found) {
                    for from in found + 13..(found + 64).min(file.len().saturating_sub(length)) {
                        if file[from] == 1 {
                            nodes.insert((*at, file[from..from + length].to_vec()));
                        }
                    }
                }
            }
        }
        nodes
    }
}

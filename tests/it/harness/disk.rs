//! What a thief of the disk would read: every byte of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aho_corasick::AhoCorasick;
use data_encoding::{BASE64, HEXLOWER};

/// The texts that people typed in a test, none of which may ever stand on disk.
#[derive(Debug, Clone, Default)]
pub struct Markers(Arc<Mutex<BTreeSet<String>>>);

impl Markers {
    /// Short words would be found by chance, so they do not count.
    pub fn note(&self, text: &str) {
        if text.len() >= 10 {
            self.0.lock().unwrap().insert(text.to_owned());
        }
    }

    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().cloned().collect()
    }
}

/// Every regular file under `folder`.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found
}

/// How a text could stand in a file: as it is, in hexadecimal, or in base64 at any of the three offsets.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    // The beginning tells enough, and keeps long texts from costing more than they show.
    let bytes = &text.as_bytes()[..text.len().min(48)];
    let mut forms = vec![("plain", bytes.to_vec()), ("hex", HEXLOWER.encode(bytes).into_bytes())];
    for offset in 0..3 {
        // The neighbours of the text change the first and last characters of its base64; what is between stays the same.
        let encoded = BASE64.encode(&[vec![0; offset], bytes.to_vec()].concat()).into_bytes();
        let inner = encoded[4..encoded.len() - 4].to_vec();
        if inner.len() >= 8 {
            forms.push(("base64", inner));
        }
    }
    forms
}

/// The folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let place = to.join(path.strip_prefix(from).unwrap());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(&path, place).unwrap();
    }
}

/// Every file with its bytes: to be compared before and after.
pub fn snapshot(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    files(folder).into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

/// Where any of these texts stands in the raw bytes under `folder`.
pub fn search(folder: &Path, texts: &[String]) -> Vec<String> {
    let needles: Vec<_> =
        texts.iter().flat_map(|text| forms(text).into_iter().map(move |(form, bytes)| (text, form, bytes))).collect();
    let searcher = AhoCorasick::new(needles.iter().map(|(_, _, bytes)| bytes)).unwrap();
    let mut found = Vec::new();
    for path in files(folder) {
        // A file may go while we look, such as a segment that was just recycled.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for hit in searcher.find_iter(&bytes) {
            let (text, form, _) = &needles[hit.pattern().as_usize()];
            found.push(format!("{text:?} in {} at byte {}, {form}", path.display(), hit.start()));
        }
    }
    found
}

pub fn places(folder: &Path, text: &str) -> Vec<String> {
    search(folder, &[text.to_owned()])
}

/// Where any text that people typed stands under `folder`.
pub fn leaks(folder: &Path, markers: &Markers) -> Vec<String> {
    search(folder, &markers.all())
}

#[test]
fn a_text_is_found_however_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let text = "a marker that must be found";
    for (name, bytes) in [
        ("plain", text.as_bytes().to_vec()),
        ("hex", HEXLOWER.encode(text.as_bytes()).into_bytes()),
        ("base64", BASE64.encode(format!("x{text}yz").as_bytes()).into_bytes()),
    ] {
        std::fs::write(folder.path().join("file"), [b"before ".to_vec(), bytes, b" after".to_vec()].concat()).unwrap();
        assert!(!places(folder.path(), text).is_empty(), "{name}");
    }
    std::fs::write(folder.path().join("file"), b"nothing of the kind").unwrap();
    assert!(places(folder.path(), text).is_empty());
}

//! A disk without power: files and folders, as they would be found.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// What lies on a disk without power.
#[derive(Clone, Default)]
pub struct Image {
    /// Every file and directory, by its path from the root.
    pub(super) files: BTreeMap<Vec<OsString>, Option<Vec<u8>>>,
}

impl Image {
    /// Of everything that is there.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        self.files.keys().map(|path| path.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// Writes all of it below a directory, to be looked at.
    pub fn save(&self, folder: &Path) {
        for (path, content) in &self.files {
            let path = path.iter().fold(folder.to_owned(), |path, name| path.join(name));
            match content {
                None => fs::create_dir_all(path).unwrap(),
                Some(bytes) => fs::write(path, bytes).unwrap(),
            }
        }
    }
}

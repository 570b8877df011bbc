//! The header of a file, sealed under the key of its drawer.

use serde::{Deserialize, Serialize};

use super::Record;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct FileHeaderRecord {
    pub bytes: u64,
    /// A rescue could not bring it back; its chunks are gone.
    pub is_lost: bool,
}

impl Record for FileHeaderRecord {}

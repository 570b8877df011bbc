//! What the last start was like.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::start::Start;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct StartRecord {
    version: String,
    settings: Vec<(String, [u8; 16])>,
}

impl Record for StartRecord {}

impl From<&Start> for StartRecord {
    fn from(start: &Start) -> Self {
        Self { version: start.version.clone(), settings: start.settings.clone() }
    }
}

impl From<StartRecord> for Start {
    fn from(record: StartRecord) -> Self {
        Self { version: record.version, settings: record.settings }
    }
}

//! A draft as it is stored. Its key says whose it is, and of what kind.

use serde::{Deserialize, Serialize};

use super::{Record, unfit};
use crate::domain::draft::Draft;
use crate::domain::text::MessageText;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct DraftRecord {
    text: String,
    written_at: i64,
}

impl Record for DraftRecord {}

impl From<&Draft> for DraftRecord {
    fn from(it: &Draft) -> Self {
        Self { text: it.text.as_str().to_owned(), written_at: it.written_at.as_millis() }
    }
}

impl DraftRecord {
    pub(in crate::store) fn draft(self) -> Result<Draft, StoreError> {
        let text = MessageText::parse(&self.text).map_err(unfit)?;
        Ok(Draft { text, written_at: Timestamp::from_millis(self.written_at) })
    }
}

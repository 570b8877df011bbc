//! How far the index of people has come with what is older than it, as it is stored.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::subject::Backlog;
use crate::domain::time::Timestamp;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct BacklogRecord {
    through: Option<i64>,
    chats: u64,
    is_done: bool,
}

impl Record for BacklogRecord {}

impl From<Backlog> for BacklogRecord {
    fn from(it: Backlog) -> Self {
        Self { through: it.through.map(Timestamp::as_millis), chats: it.chats, is_done: it.is_done }
    }
}

impl From<BacklogRecord> for Backlog {
    fn from(it: BacklogRecord) -> Self {
        Self { through: it.through.map(Timestamp::from_millis), chats: it.chats, is_done: it.is_done }
    }
}

//! What is remembered about backups, as it is stored.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::backup::{Attempt, Contents, History};
use crate::domain::time::Timestamp;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct BackupsRecord {
    backup: Option<AttemptRecord>,
    rehearsal: Option<AttemptRecord>,
}

impl Record for BackupsRecord {}

#[derive(Serialize, Deserialize)]
struct AttemptRecord {
    at: i64,
    took_ms: u64,
    file: String,
    outcome: OutcomeRecord,
}

#[derive(Serialize, Deserialize)]
enum OutcomeRecord {
    Whole { bytes: u64, conversations: u64, audit_rows: u64 },
    Failed(String),
}

impl From<&History> for BackupsRecord {
    fn from(history: &History) -> Self {
        Self { backup: history.backup.as_ref().map(Into::into), rehearsal: history.rehearsal.as_ref().map(Into::into) }
    }
}

impl From<BackupsRecord> for History {
    fn from(record: BackupsRecord) -> Self {
        Self { backup: record.backup.map(Into::into), rehearsal: record.rehearsal.map(Into::into) }
    }
}

impl From<&Attempt<Contents>> for AttemptRecord {
    fn from(it: &Attempt<Contents>) -> Self {
        let outcome = match &it.outcome {
            Ok(Contents { bytes, conversations, audit_rows }) => {
                OutcomeRecord::Whole { bytes: *bytes, conversations: *conversations, audit_rows: *audit_rows }
            }
            Err(sentence) => OutcomeRecord::Failed(sentence.clone()),
        };
        Self { at: it.at.as_millis(), took_ms: it.took_ms, file: it.file.clone(), outcome }
    }
}

impl From<AttemptRecord> for Attempt<Contents> {
    fn from(record: AttemptRecord) -> Self {
        let outcome = match record.outcome {
            OutcomeRecord::Whole { bytes, conversations, audit_rows } => Ok(Contents { bytes, conversations, audit_rows }),
            OutcomeRecord::Failed(sentence) => Err(sentence),
        };
        Self { at: Timestamp::from_millis(record.at), took_ms: record.took_ms, file: record.file, outcome }
    }
}

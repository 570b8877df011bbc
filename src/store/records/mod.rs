//! What is stored, apart from what is thought: the domain knows no storage format, and may change without the disk changing.
//! One file per noun; each turns its domain type into a record and back. A record is `version 1 ‖ postcard`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::StoreError;

mod audit;
mod backup;
mod catalogue;
mod conversation;
mod event;
mod former;
mod network;
mod operator;
mod purge;
mod rekey;
mod site;
mod tombstones;

pub(super) use audit::AuditRecord;
pub(super) use backup::BackupsRecord;
pub(super) use catalogue::PageRecord;
pub(super) use conversation::ConversationRecord;
pub(super) use event::EventRecord;
pub(super) use former::PurgeRecord1;
pub(super) use network::AllowlistRecord;
pub(super) use operator::{OperatorRecord, OrganisationRecord, SessionRecord};
pub(super) use purge::PurgeRecord;
pub(super) use rekey::RekeyRecord;
pub(super) use site::SiteRecord;
pub(super) use tombstones::TombstonesRecord;

const VERSION: u8 = 1;

pub(super) fn encode<T: Serialize>(record: &T) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    postcard::to_extend(record, vec![VERSION]).map(Zeroizing::new).map_err(|_| StoreError::TooLarge)
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    match bytes.split_first() {
        Some((&VERSION, body)) => postcard::from_bytes(body).map_err(|_| damaged("its shape is wrong")),
        _ => Err(damaged("its version is not known")),
    }
}

fn damaged(why: &str) -> StoreError {
    StoreError::Damaged(format!("a record does not read: {why}"))
}

/// A text that was valid when it was written and is not now.
fn unfit<E>(_: E) -> StoreError {
    damaged("a text is not valid")
}

#[cfg(test)]
mod tests;

//! What is stored, apart from what is thought: the domain knows no storage format, and may change without the disk changing.
//! One file per noun; each turns its domain type into a record and back. A record is `version 1 ‖ postcard`; a noun whose record
//! has changed still reads the former versions (`former`).

use std::net::IpAddr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::StoreError;
use crate::domain::language::Language;

mod about;
mod alert;
mod audit;
mod backlog;
mod backup;
mod block;
mod canned;
mod catalogue;
mod conversation;
mod counter;
mod department;
mod draft;
mod event;
mod factor;
mod file_header;
mod form;
mod former;
mod hold;
mod hours;
mod invitation;
mod letter;
mod look;
mod mail;
mod network;
mod operator;
mod permission;
mod policy;
mod posture;
mod precautions;
mod purge;
mod purge_rule;
mod redaction;
mod rekey;
mod retention;
mod routing;
mod secure_form;
mod session;
mod site;
mod sso;
mod start;
mod switches;
mod tombstones;
mod webhook;

pub(super) use alert::AlertRecord;
pub(super) use audit::{AuditDaysRecord, AuditRecord};
pub(super) use backlog::BacklogRecord;
pub(super) use backup::BackupsRecord;
pub(super) use block::BlockRecord;
pub(super) use canned::CannedRecord;
pub(super) use catalogue::PageRecord;
pub(super) use conversation::ConversationRecord;
pub(super) use counter::{CounterRecord, ReportingRecord};
pub(super) use department::DepartmentRecord;
pub(super) use draft::DraftRecord;
pub(super) use event::EventRecord;
pub(super) use factor::FactorsRecord;
pub(super) use file_header::FileHeaderRecord;
pub(super) use former::PurgeRecord1;
pub(super) use hold::HoldRecord;
pub(super) use letter::LettersRecord;
pub(super) use mail::MailRecord;
pub(super) use network::AllowlistRecord;
pub(super) use operator::{OperatorRecord, OrganisationRecord};
pub(super) use permission::PermissionsRecord;
pub(super) use policy::PolicyRecord;
pub(super) use posture::{EvidenceRecord, PostureRecord};
pub(super) use precautions::PrecautionsRecord;
pub(super) use purge::{Doom, PurgeRecord};
pub(super) use purge_rule::{DueRecord, OrderRecord};
pub(super) use rekey::RekeyRecord;
pub(super) use retention::{PlanRecord, PurgingRecord};
pub(super) use secure_form::{RequestRecord, SecureFormRecord, SubmissionRecord};
pub(super) use session::SessionRecord;
pub(super) use site::SiteRecord;
pub(super) use sso::SsoRecord;
pub(super) use start::StartRecord;
pub(super) use tombstones::TombstonesRecord;
pub(super) use webhook::{DeliveryRecord, WebhookRecord};

/// What stands on the disk for one noun.
pub(super) trait Record: Sized {
    /// The version that is written.
    const VERSION: u8 = 1;

    /// A record of an earlier version, made into one of this.
    fn former(_version: u8, _body: &[u8]) -> Result<Self, StoreError> {
        Err(damaged("its version is not known"))
    }
}

pub(super) fn encode<T: Serialize + Record>(record: &T) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    postcard::to_extend(record, vec![T::VERSION]).map(Zeroizing::new).map_err(|_| StoreError::TooLarge)
}

pub(super) fn decode<T: DeserializeOwned + Record>(bytes: &[u8]) -> Result<T, StoreError> {
    match bytes.split_first() {
        Some((version, body)) if *version == T::VERSION => read(body),
        Some((version, body)) if *version < T::VERSION => T::former(*version, body),
        _ => Err(damaged("its version is not known")),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, StoreError> {
    postcard::from_bytes(body).map_err(|_| damaged("its shape is wrong"))
}

/// Audit rows that a rescue could not bring back: the first and the last of each gap.
impl Record for Vec<(u64, u64)> {}

/// An address as sixteen bytes: one of IPv4 is mapped.
fn address_bytes(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

fn address(bytes: [u8; 16]) -> IpAddr {
    IpAddr::from(bytes).to_canonical()
}

fn language(tag: &str) -> Result<Language, StoreError> {
    Language::of_tag(tag).ok_or_else(|| damaged("a language is not known"))
}

fn damaged(why: &str) -> StoreError {
    StoreError::Damaged(format!("a record does not read: {why}"))
}

/// A text that was valid when it was written and is not now.
fn unfit<E>(_: E) -> StoreError {
    damaged("a text is not valid")
}

#[cfg(test)]
mod privacy_tests;
#[cfg(test)]
mod sign_in_tests;
#[cfg(test)]
mod tests;

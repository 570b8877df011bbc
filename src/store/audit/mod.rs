//! The audit log: rows numbered 1, 2, 3… by the writer, each carrying the hash of the row before it, so that a row that was
//! changed, removed or slipped in breaks the chain. Where the chain ends and begins is kept beside the database as well (`head`).
//! `check` holds all of it together, `trim` removes what is too old.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::house::HouseKeys;
use super::index::Index;
use super::parts::{self, Write};
use super::records::{self, AuditRecord};
use super::tables::{SETTING_GAPS, Table};
use super::{Counted, Shared, StoreError};
use crate::domain::audit::{AuditEntry, AuditEvent};

pub(super) mod check;
pub(super) mod head;
mod offline;
mod reading;
mod trim;

pub use offline::look_at as look_at_audit;

use check::{Against, Check};
use head::Head;

pub(super) const ROWS: &str = "audit rows";
pub(super) const HEAD_MISSING: &str =
    "The head of the audit log is missing or unreadable: rows removed from the log's end would not be missed.";

/// The two ends of the chain, held by the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chain {
    /// The number of the last row; 0 when there never was one.
    pub last: u64,
    pub hash: [u8; 32],
    /// The number of the first row that is kept, and the hash of the one before it.
    pub first: u64,
    pub before: [u8; 32],
}

impl Default for Chain {
    fn default() -> Self {
        Self { last: 0, hash: [0; 32], first: 1, before: [0; 32] }
    }
}

/// A row with its place in the chain, for those who check it: the bytes are what the next row's hash is of.
#[derive(Debug)]
pub struct AuditRow {
    pub entry: AuditEntry,
    /// Hash of the row before; zero for the first.
    pub previous: [u8; 32],
    pub bytes: Vec<u8>,
}

impl AuditRow {
    /// # Errors
    /// When these bytes are no row.
    pub fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        let record: AuditRecord = records::decode(bytes)?;
        Ok(Self { previous: record.previous, entry: record.entry(), bytes: bytes.to_vec() })
    }

    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

impl Chain {
    /// Numbers, chains and seals one row.
    pub(super) fn row(&mut self, shared: &Shared, row: AuditEvent, writes: &mut Vec<Write>) -> Result<(), StoreError> {
        self.row_under(&shared.house_keys, &shared.installation, row, writes)
    }

    pub(super) fn row_under(
        &mut self,
        keys: &HouseKeys,
        installation: &[u8; 16],
        event: AuditEvent,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        let entry = AuditEntry { number: self.last + 1, event };
        let bytes = records::encode(&AuditRecord::new(&entry, self.hash))?;
        parts::seal(keys.sealer(Table::Audit), installation, Table::Audit, &entry.number.to_be_bytes(), &bytes, writes)?;
        self.last = entry.number;
        self.hash = Sha256::digest(&bytes[..]).into();
        Ok(())
    }
}

/// What a look through the whole log came to.
pub(super) struct Looked {
    pub chain: Chain,
    /// Rows that came behind the head that a crash has left behind.
    pub behind: u64,
    pub rows: u64,
    pub receipts: u64,
    /// Rows that a rescue has declared lost.
    pub lost: u64,
    /// A sentence for each row that is not as it should be.
    pub faults: Vec<String>,
}

impl Looked {
    /// Rows that were promised and are not there, if nothing else has said so.
    pub(super) fn miss(&mut self, promised: u64) {
        let missing = check::missing_rows(self.chain.last + 1, promised);
        if self.chain.last < promised && !self.faults.contains(&missing) {
            self.faults.push(missing);
        }
    }

    pub(super) fn counted(&self) -> Vec<Counted> {
        let all = [
            (ROWS, self.rows),
            ("purge receipts among them", self.receipts),
            ("audit rows removed since their time was over", self.chain.first - 1),
            ("audit rows that a rescue found lost", self.lost),
        ];
        // The first two are told even if there are none.
        all.into_iter()
            .enumerate()
            .filter(|(n, (_, count))| *n < 2 || *count > 0)
            .map(|(_, (what, count))| Counted { what, count })
            .collect()
    }
}

/// Reads every row and holds it against the others and the head. `each` hears how many rows were read.
pub(super) fn look(
    (index, keys, installation): (&Index, &HouseKeys, &[u8; 16]),
    head: Option<&Head>,
    mut each: impl FnMut(u64) -> Result<(), StoreError>,
) -> Result<Looked, StoreError> {
    let gaps = gaps(index, keys, installation)?;
    let mut check = Check::new(Against { gaps: &gaps, head });
    for found in numbered(index, keys, installation, 0)? {
        let (number, row) = found?;
        check.row(number, row);
        each(check.rows)?;
    }
    let (chain, behind) = check.finish();
    let lost = gaps.iter().map(|(first, last)| last - first + 1).sum();
    Ok(Looked { chain, behind, rows: check.rows, receipts: check.receipts, lost, faults: check.faults })
}

/// The same for whoever only wants to know how it ended.
pub(super) fn load(index: &Index, keys: &HouseKeys, installation: &[u8; 16], head: Option<&Head>) -> Result<Looked, StoreError> {
    look((index, keys, installation), head, |_| Ok(()))
}

/// The same where there can be no head, or it does not matter: of a copy, or of a database that is being mended.
pub(super) fn chain_of(index: &Index, keys: &HouseKeys, installation: &[u8; 16]) -> Result<Chain, StoreError> {
    let loaded = load(index, keys, installation, None)?;
    check::summed_up(&loaded.faults).map_or(Ok(loaded.chain), |faults| Err(StoreError::Damaged(faults)))
}

/// The head beside the database, as far as it is this installation's.
pub(super) fn head_in(data_dir: &Path, keys: &HouseKeys, installation: &[u8; 16]) -> std::io::Result<head::Found> {
    head::read(data_dir, &keys.audit_head(), installation)
}

/// Writes a head that nothing follows, for a directory that was just made.
pub(super) fn write_head(data_dir: &Path, keys: &HouseKeys, installation: &[u8; 16], chain: &Chain) -> std::io::Result<()> {
    let found = head_in(data_dir, keys, installation)?;
    head::HeadFile::open(data_dir, keys.audit_head(), *installation, found)?.settle(chain, true)
}

/// Rows that a rescue has declared lost: the first and the last of each gap.
pub(super) fn gaps(index: &Index, keys: &HouseKeys, installation: &[u8; 16]) -> Result<Vec<(u64, u64)>, StoreError> {
    let Some(first) = index.get(&Table::Settings.key(SETTING_GAPS))? else { return Ok(Vec::new()) };
    let read = |key: &[u8]| index.get(key);
    let bytes = parts::open(keys.sealer(Table::Settings), installation, Table::Settings, SETTING_GAPS, &first, read)?;
    records::decode(&bytes)
}

/// The number under which a row stands, and the row, if it reads.
pub(super) type Numbered = (u64, Result<AuditRow, StoreError>);

/// Rows above `after`, with the numbers under which they stand. Where the index itself does not read on, there is no number.
pub(super) fn numbered<'a>(
    index: &Index,
    keys: &'a HouseKeys,
    installation: &'a [u8; 16],
    after: u64,
) -> Result<impl Iterator<Item = Result<Numbered, StoreError>> + use<'a>, StoreError> {
    let first = Table::Audit.key(&after.saturating_add(1).to_be_bytes());
    let last = Table::Audit.key(&u64::MAX.to_be_bytes());
    Ok(index.range(&first, &last)?.map(move |found| {
        let (key, sealed) = found?;
        let number = <[u8; 8]>::try_from(&key[1..]).map(u64::from_be_bytes);
        let number = number.map_err(|_| StoreError::Damaged("an audit row has a strange key".to_owned()))?;
        let opened = parts::open(keys.sealer(Table::Audit), installation, Table::Audit, &key[1..], &sealed, |_| Ok(None));
        Ok((number, opened.and_then(|bytes| AuditRow::read(&bytes))))
    }))
}

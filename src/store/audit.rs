//! The audit log: rows numbered 1, 2, 3… by the writer, each carrying the hash of the row before it, so that a row that was
//! changed, removed or slipped in breaks the chain.

use sha2::{Digest, Sha256};

use super::house::HouseKeys;
use super::index::Index;
use super::parts::{self, Write};
use super::records::{self, AuditRecord};
use super::tables::{SETTING_GAPS, Table};
use super::{Shared, Store, StoreError};
use crate::domain::audit::{AuditEntry, AuditEvent};

/// The end of the chain, held by the writer.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    /// The number of the last row; 0 when there is none.
    pub last: u64,
    hash: [u8; 32],
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

    /// Finds the end of the chain again, reading every row on the way and holding each against the one before.
    pub(super) fn load(index: &Index, keys: &HouseKeys, installation: &[u8; 16]) -> Result<Self, StoreError> {
        let gaps = gaps(index, keys, installation)?;
        let mut chain = Self::default();
        for entry in index.scan(&[Table::Audit.tag()])? {
            let (key, sealed) = entry?;
            let sealer = keys.sealer(Table::Audit);
            let bytes = parts::open(sealer, installation, Table::Audit, &key[1..], &sealed, |_| Ok(None))?;
            let record: AuditRecord = records::decode(&bytes)?;
            let follows = record.number == chain.last + 1 && record.previous == chain.hash;
            let is_behind_gap = || gaps.contains(&(chain.last + 1, record.number.saturating_sub(1)));
            if key[1..] != record.number.to_be_bytes() || !(follows || is_behind_gap()) {
                return Err(StoreError::Damaged(format!("the audit log is broken at row {}", chain.last + 1)));
            }
            chain = Self { last: record.number, hash: Sha256::digest(&bytes[..]).into() };
        }
        Ok(chain)
    }
}

impl Store {
    /// Newest first, rows numbered below `before`.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn audit_rows(&self, before: Option<u64>, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        let first = Table::Audit.key(&0_u64.to_be_bytes());
        let last = Table::Audit.key(&before.map_or(u64::MAX, |before| before.saturating_sub(1)).to_be_bytes());
        let mut rows = Vec::new();
        for entry in self.shared.index.range_down(&first, &last)?.take(limit) {
            let (key, sealed) = entry?;
            let bytes = self.shared.open_house_value(Table::Audit, &key[1..], &sealed)?;
            rows.push(records::decode::<AuditRecord>(&bytes)?.entry());
        }
        Ok(rows)
    }

    /// The rows numbered above `after`, one by one.
    ///
    /// # Errors
    /// When they cannot be looked for; each row may have an error of its own.
    pub fn audit_rows_after(&self, after: u64) -> Result<impl Iterator<Item = Result<AuditRow, StoreError>>, StoreError> {
        Ok(rows_after(&self.shared, after)?.map(|(_, row)| row))
    }
}

/// Rows that a rescue has declared lost: the first and the last of each gap.
pub(super) fn gaps(index: &Index, keys: &HouseKeys, installation: &[u8; 16]) -> Result<Vec<(u64, u64)>, StoreError> {
    let Some(first) = index.get(&Table::Settings.key(SETTING_GAPS))? else { return Ok(Vec::new()) };
    let read = |key: &[u8]| index.get(key);
    let bytes = parts::open(keys.sealer(Table::Settings), installation, Table::Settings, SETTING_GAPS, &first, read)?;
    records::decode(&bytes)
}

/// Rows with the numbers under which they stand.
pub(super) fn rows_after(
    shared: &Shared,
    after: u64,
) -> Result<impl Iterator<Item = (u64, Result<AuditRow, StoreError>)>, StoreError> {
    let first = Table::Audit.key(&after.saturating_add(1).to_be_bytes());
    let last = Table::Audit.key(&u64::MAX.to_be_bytes());
    let mut number = after;
    Ok(shared.index.range(&first, &last)?.map(move |found| {
        let row = found.and_then(|(key, sealed)| {
            number = key[1..].try_into().map_or(number + 1, u64::from_be_bytes);
            AuditRow::read(&shared.open_house_value(Table::Audit, &key[1..], &sealed)?)
        });
        (number, row)
    }))
}

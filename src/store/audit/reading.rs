//! Reading the log from its end, as far as somebody wants to know, and finding the rows of a time.

use std::ops::ControlFlow;

use super::AuditRow;
use crate::domain::audit::AuditEntry;
use crate::domain::time::Timestamp;
use crate::store::records::{self, AuditRecord};
use crate::store::tables::Table;
use crate::store::{Store, StoreError};

impl Store {
    /// Newest first, rows numbered below `before`.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn audit_rows(&self, before: Option<u64>, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        let mut rows = Vec::new();
        if limit > 0 {
            self.audit_down(before, |row| {
                rows.push(row);
                if rows.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
        }
        Ok(rows)
    }

    /// Rows numbered below `before`, the newest first, until `each` has had enough.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn audit_down(&self, before: Option<u64>, mut each: impl FnMut(AuditEntry) -> ControlFlow<()>) -> Result<(), StoreError> {
        let last = before.map_or(u64::MAX, |before| before.saturating_sub(1));
        for found in self.shared.index.range_down(&key(0), &key(last))? {
            let (key, sealed) = found?;
            let bytes = self.shared.open_house_value(Table::Audit, &key[1..], &sealed)?;
            if each(records::decode::<AuditRecord>(&bytes)?.entry()).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The row of this number. `None` when there is none (any more).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn audit_row(&self, number: u64) -> Result<Option<AuditEntry>, StoreError> {
        let key = key(number);
        let Some(sealed) = self.shared.index.get(&key)? else { return Ok(None) };
        let bytes = self.shared.open_house_value(Table::Audit, &key[1..], &sealed)?;
        Ok(Some(records::decode::<AuditRecord>(&bytes)?.entry()))
    }

    /// The rows numbered above `after`, one by one.
    ///
    /// # Errors
    /// When they cannot be looked for; each row may have an error of its own.
    pub fn audit_rows_after(&self, after: u64) -> Result<impl Iterator<Item = Result<AuditRow, StoreError>>, StoreError> {
        let rows = super::numbered(&self.shared.index, &self.shared.house_keys, &self.shared.installation, after)?;
        Ok(rows.map(|found| found.and_then(|(_, row)| row)))
    }

    /// The numbers of the first row that is kept and of the last; nothing where there is none.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn audit_ends(&self) -> Result<Option<(u64, u64)>, StoreError> {
        let numbers = |found: Option<Result<(sled::IVec, sled::IVec), StoreError>>| {
            found.transpose().map(|found| found.and_then(|(key, _)| key[1..].try_into().ok()).map(u64::from_be_bytes))
        };
        let first = numbers(self.shared.index.range(&key(0), &key(u64::MAX))?.next())?;
        let last = numbers(self.shared.index.range_down(&key(0), &key(u64::MAX))?.next())?;
        Ok(first.zip(last))
    }

    /// The number of the last row that was written before this time, found by halving: exact as long as the clock was never set back.
    ///
    /// # Errors
    /// When a row on the way cannot be read.
    pub fn audit_row_before(&self, at: Timestamp) -> Result<Option<u64>, StoreError> {
        let Some((first, last)) = self.audit_ends()? else { return Ok(None) };
        let (mut low, mut high) = (first, last + 1);
        // Everything below `low` is earlier, everything from `high` on is not.
        while low < high {
            let middle = low + (high - low) / 2;
            let mut found = None;
            // Where a rescue has left a gap, the next row above it speaks for it.
            for row in self.audit_rows_after(middle - 1)?.take(1) {
                found = Some(row?.entry);
            }
            match found {
                Some(row) if row.number < high && row.at < at => low = row.number + 1,
                _ => high = middle,
            }
        }
        Ok(low.checked_sub(1).filter(|number| *number >= first))
    }
}

fn key(number: u64) -> Vec<u8> {
    Table::Audit.key(&number.to_be_bytes())
}

//! Removing the oldest rows once their time is over. What is left begins at an anchor: the number of the first row and the hash of
//! the one before it, in the head and in the row that the removal leaves. No key is destroyed by it: what the database's files still
//! hold of these rows stays sealed under the house key.

use super::{AuditRow, Chain};
use crate::domain::audit::{AuditAction, AuditEvent};
use crate::store::parts::Write;
use crate::store::tables::Table;
use crate::store::{Batch, Shared, StoreError};

impl Batch {
    /// Removes all rows up to this one, which has to be durable and not the last, and leaves a row that says so. `event` says who did it
    /// and when.
    pub fn trim_audit(&mut self, up_to: u64, event: AuditEvent) {
        self.contents.trim = Some((up_to, event));
    }
}

impl Chain {
    /// Called by the writer, which has applied all that came before.
    pub(in crate::store) fn trim(
        &mut self,
        shared: &Shared,
        up_to: u64,
        event: AuditEvent,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        let key = |number: u64| Table::Audit.key(&number.to_be_bytes());
        // Somebody else was quicker, or there is nothing to remove.
        let Some(sealed) = shared.index.get(&key(up_to))? else { return Ok(()) };
        if up_to < self.first || up_to >= self.last {
            return Ok(());
        }
        let last = AuditRow::read(&shared.open_house_value(Table::Audit, &up_to.to_be_bytes(), &sealed)?)?;
        let mut rows = 0;
        for found in shared.index.range(&key(self.first), &key(up_to))? {
            writes.push((found?.0.to_vec(), None));
            rows += 1;
        }
        let hash = last.hash();
        (self.first, self.before) = (up_to + 1, hash);
        self.row(shared, AuditEvent { action: AuditAction::AuditTrimmed { rows, up_to, hash }, ..event }, writes)
    }
}

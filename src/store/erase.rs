//! What a purge leaves to be removed, and finishing one that a crash has cut short. The purge itself is in `eraser`.

use std::sync::Arc;

use super::fold::Group;
use super::parts::Write;
use super::records::{self, PurgeRecord};
use super::tables::Table;
use super::writer::Writer;
use super::{Shared, StoreError, attachments};
use crate::vault::{NodeAt, Slot, nodes_above};

/// The versions of nodes that are of no use once the tip has flipped.
pub(super) fn replaced(shared: &Shared, record: &PurgeRecord) -> Result<Vec<NodeAt>, StoreError> {
    let mut found = versions(shared, record)?;
    found.retain(|node| node.epoch < record.epoch);
    Ok(found)
}

/// All versions of the nodes on the paths to the doomed slots.
fn versions(shared: &Shared, record: &PurgeRecord) -> Result<Vec<NodeAt>, StoreError> {
    let mut found = Vec::new();
    for (level, index) in nodes_above(record.slots()) {
        let at = |epoch| Table::Keys.key(&NodeAt { level, index, epoch }.key());
        for entry in shared.index.range(&at(0), &at(u64::MAX))? {
            found.extend(NodeAt::from_key(&entry?.0[1..]));
        }
    }
    Ok(found)
}

/// Removes the record of the purge with all its parts.
pub(super) fn without_record(shared: &Shared, record: &PurgeRecord) -> Result<Vec<Write>, StoreError> {
    let parts = shared.index.scan(&Table::Purges.key(&record.epoch.to_be_bytes()))?;
    parts.map(|entry| entry.map(|(key, _)| (key.to_vec(), None))).collect()
}

impl Writer {
    /// At a start: what a crash in the middle of a purge left is finished after the flip, and undone before it.
    pub(super) fn finish_purges(&mut self) -> Result<(), StoreError> {
        let epoch = self.shared.top.read().epoch;
        for record in self.unfinished()? {
            if record.epoch > epoch {
                self.undo(&record)?;
            } else {
                self.finish(record)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, record: PurgeRecord) -> Result<(), StoreError> {
        {
            let mut catalogue = self.shared.catalogue.write();
            record.drawers().for_each(|drawer| catalogue.forget(drawer));
        }
        for drawer in record.attachments() {
            let shared = Arc::clone(&self.shared);
            attachments::remove_pieces(&shared.index, drawer, None, |writes| self.write(writes).map(drop))?;
        }
        let mut writes = without_record(&self.shared, &record)?;
        writes.extend(replaced(&self.shared, &record)?.into_iter().map(|node| (Table::Keys.key(&node.key()), None)));
        // Only what is still the doomed drawer's: one that was cleared before is free by now, and may be another one's.
        let slots: Vec<Slot> = {
            let catalogue = self.shared.catalogue.read();
            let is_there = |slot, drawer| catalogue.at(slot).is_some_and(|it| *it.drawer.as_bytes() == drawer);
            record.all().filter(|it| is_there(it.slot, it.drawer)).map(|it| it.slot).collect()
        };
        for row in record.audit_rows() {
            self.chain.row(&self.shared, row, &mut writes)?;
        }
        let mut group = Group::from(writes);
        slots.iter().for_each(|slot| group.clear(*slot));
        self.write(group)?;
        let mut drawers = self.shared.drawers.lock();
        slots.into_iter().for_each(|slot| drawers.release(slot));
        Ok(())
    }

    /// Nothing has come into force, so the new versions and the tombstones are of no use.
    fn undo(&mut self, record: &PurgeRecord) -> Result<(), StoreError> {
        let mut writes = without_record(&self.shared, record)?;
        let new = versions(&self.shared, record)?.into_iter().filter(|node| node.epoch == record.epoch);
        writes.extend(new.map(|node| (Table::Keys.key(&node.key()), None)));
        for entry in self.shared.index.scan(&Table::Tombstones.key(&record.epoch.to_be_bytes()))? {
            writes.push((entry?.0.to_vec(), None));
        }
        self.write(writes).map(drop)
    }

    fn unfinished(&self) -> Result<Vec<PurgeRecord>, StoreError> {
        let mut found = Vec::new();
        for entry in self.shared.index.scan(&[Table::Purges.tag()])? {
            let (key, first) = entry?;
            // Nine bytes are a further part.
            if key.len() == 1 + 8 {
                let bytes = self.shared.open_house_value(Table::Purges, &key[1..], &first)?;
                found.push(records::decode(&bytes)?);
            }
        }
        Ok(found)
    }
}

//! Changing the root key while everything goes on. It is a purge that destroys nobody: a new top key, and with it a tip that is
//! sealed under the new root key.
//!
//! 1. The root node is written again under a new top key and the next epoch, with a record of what is going on, durably.
//!    Nothing is in force yet: a crash here is undone at the next start, and the old root key opens.
//! 2. The tip flips: from the moment its first slot is synced, only the new root key opens, and when the second slot is
//!    overwritten, nothing is sealed under the old one any more. The caller has made the new key durable in its place before.
//! 3. The old root node and the record go, and the audit row is written. A crash from step 2 on is finished at the next start.

use super::batch::Contents;
use super::commit::Outcome;
use super::eraser::{Eraser, Task};
use super::parts::{self, Write};
use super::records::{self, RekeyRecord};
use super::tables::{SETTING_REKEY, Table};
use super::writer::Writer;
use super::{Commit, Store, StoreError};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::time::Timestamp;
use crate::vault::{Key, Kit, KitError, NodeAt, RootKey, retop};

/// A new root key, and how its audit row reads.
pub struct RootChange {
    pub key: RootKey,
    pub action: AuditAction,
    pub actor: AuditActor,
    pub now: Timestamp,
}

impl Store {
    /// From when the commit is done, this key opens the data directory and the one before does not. It has to be durable
    /// in its place before this is called.
    pub fn rekey_root(&self, change: RootChange) -> Commit {
        match self.not_writable() {
            Some(why) => Commit::refused(StoreError::NotWritable(why)),
            None => self.ask_eraser(|answer| Task::ChangeRoot(change, answer)),
        }
    }

    /// Since when the present root key is the one; `None` where nobody wrote it down.
    #[must_use]
    pub fn root_key_since(&self) -> Option<Timestamp> {
        let millis = self.shared.root.lock().note().since_millis;
        (millis != 0).then_some(Timestamp::from_millis(millis))
    }

    /// Whether the present root key is made of a passphrase.
    #[cfg(test)]
    pub fn is_passphrase_root(&self) -> bool {
        self.shared.root.lock().note().derivation.is_some()
    }

    /// # Errors
    /// When these counts make no kit.
    pub fn split_root_key(&self, shares: u8, threshold: u8) -> Result<Kit, KitError> {
        Kit::split(&self.shared.root.lock(), shares, threshold)
    }

    /// Which installation this is: the same for as long as the data directory lives.
    #[must_use]
    pub fn installation(&self) -> [u8; 16] {
        self.shared.installation
    }

    /// The format of its data.
    #[must_use]
    pub fn format(&self) -> u16 {
        super::tables::FORMAT
    }
}

impl Eraser {
    pub(super) fn change_root(&mut self, change: RootChange) -> Outcome {
        let key = change.key.clone().since(change.now.as_millis());
        let (record, top) = self.write_new_top(&change)?;
        self.flip(record.epoch, top, &[], Some(key))?;
        let mut writes = removed(record.replaced());
        parts::remove(Table::Settings, SETTING_REKEY, &mut writes);
        let writes = writes.into_iter().map(|write| (None, write)).collect();
        self.submit(Contents { writes, audit: vec![record.audit_row()], ..Contents::default() })
    }

    /// Step 1.
    pub(super) fn write_new_top(&self, change: &RootChange) -> Result<(RekeyRecord, Key), StoreError> {
        let (epoch, rekeyed) = {
            let top = self.shared.top.read();
            let epoch = top.epoch + 1;
            let read = |level, index| super::drawers::node_in(&self.shared.index, top.epoch, level, index);
            (epoch, retop(&top.key, epoch, &self.shared.installation, read)?)
        };
        let record = RekeyRecord::new(epoch, &rekeyed.replaced, (change.now, &change.actor, &change.action));
        let mut writes: Vec<Write> =
            rekeyed.written.into_iter().map(|(at, sealed)| (Table::Keys.key(&at.key()), Some(sealed))).collect();
        let bytes = records::encode(&record)?;
        let sealer = self.shared.house_keys.sealer(Table::Settings);
        parts::seal(sealer, &self.shared.installation, Table::Settings, SETTING_REKEY, &bytes, &mut writes)?;
        let writes = writes.into_iter().map(|write| (None, write)).collect();
        self.submit(Contents { writes, ..Contents::default() })?;
        Ok((record, rekeyed.top))
    }
}

impl Writer {
    /// Step 3, at a start after a crash.
    fn finish_root_change(&mut self, record: RekeyRecord) -> Outcome {
        let mut writes = removed(record.replaced());
        parts::remove(Table::Settings, SETTING_REKEY, &mut writes);
        self.chain.row(&self.shared, record.audit_row(), &mut writes)?;
        self.write(writes)
    }

    /// What a crash in the middle of it left: after the flip it is finished, before it is undone.
    pub(super) fn finish_interrupted_root_change(&mut self) -> Result<(), StoreError> {
        let Some(bytes) = self.shared.house_value(Table::Settings, SETTING_REKEY)? else { return Ok(()) };
        let record: RekeyRecord = records::decode(&bytes)?;
        if record.epoch <= self.shared.top.read().epoch {
            return self.finish_root_change(record).map(drop);
        }
        let mut writes = removed(record.written());
        parts::remove(Table::Settings, SETTING_REKEY, &mut writes);
        self.write(writes).map(drop)
    }
}

fn removed(nodes: impl Iterator<Item = NodeAt>) -> Vec<Write> {
    nodes.map(|node| (Table::Keys.key(&node.key()), None)).collect()
}

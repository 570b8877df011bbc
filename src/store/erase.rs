//! Destroying drawers: the only way in which anything of a conversation is ever removed.
//!
//! 1. New random keys for the doomed slots and for every node on the paths to them are written under the next epoch, with a
//!    record of what is going on, durably. Nothing is in force yet: a crash here is undone at the next start.
//! 2. The tip flips to the new top key: from the moment its first slot is synced, the data keys of the doomed drawers are
//!    unreachable, and when the second slot is overwritten, they are gone. A crash from here on is finished at the next start.
//! 3. The old versions of the nodes, the drawers' records and the record of the purge are removed, and the audit row is
//!    written, durably, in one write. What sled still holds of them in its log can no longer be opened by anybody.

use std::collections::BTreeSet;

use super::catalogue::State;
use super::commit::Outcome;
use super::fold::Group;
use super::parts::{self, Write};
use super::records::{self, Doomed, PurgeRecord};
use super::tables::{FORMAT, Table};
use super::writer::Writer;
use super::{Purge, StoreError};
use crate::domain::id::ConversationId;
use crate::domain::news::News;
use crate::vault::{Key, Tip, TipState, rekey};

/// Drawers destroyed in one go. More are taken in several steps, each whole in itself and with an audit row of its own.
pub(super) const STEP_DRAWERS: usize = 256;

impl Writer {
    pub(super) fn purge(&mut self, mut purge: Purge) -> Outcome {
        let mut all = std::mem::take(&mut purge.conversations);
        let mut seen = BTreeSet::new();
        all.retain(|id| seen.insert(*id));
        for step in all.chunks(STEP_DRAWERS) {
            if let Some((record, top)) = self.write_new_keys(step, &purge)? {
                let gone: Vec<ConversationId> = record.drawers().collect();
                self.flip(&record, top)?;
                self.remove_leftovers(record)?;
                self.announce(gone.into_iter().map(|conversation| News::Purged { conversation, site: purge.site }).collect());
            }
        }
        Ok(self.commit)
    }

    /// Step 1. `None` when none of the drawers exists.
    pub(super) fn write_new_keys(
        &mut self,
        drawers: &[ConversationId],
        purge: &Purge,
    ) -> Result<Option<(PurgeRecord, Key)>, StoreError> {
        let mut doomed = Vec::new();
        let mut events = 0;
        for drawer in drawers {
            let Some((slot, entry)) = self.shared.entry(*drawer) else { continue };
            doomed.push(Doomed { drawer: *drawer.as_bytes(), slot });
            events += match entry.state {
                State::Open => self.count_events(*drawer)?,
                State::Closed { events, .. } => events,
            };
        }
        if doomed.is_empty() {
            return Ok(None);
        }
        let slots = doomed.iter().map(|it| it.slot).collect();
        let (epoch, rekeyed) = {
            let top = self.shared.top.read();
            let epoch = top.epoch + 1;
            let read = |level, index| super::drawers::node_in(&self.shared.index, top.epoch, level, index);
            (epoch, rekey(&top.key, &slots, epoch, &self.shared.installation, read)?)
        };
        let about = (purge.site, purge.rule, &purge.actor, purge.now);
        let record = PurgeRecord::new(epoch, doomed, &rekeyed.replaced, about, events);
        let mut writes: Vec<Write> =
            rekeyed.written.into_iter().map(|(at, sealed)| (Table::Keys.key(&at.key()), Some(sealed))).collect();
        let sealer = self.shared.house_keys.sealer(Table::Purges);
        let bytes = records::encode(&record)?;
        parts::seal(sealer, &self.shared.installation, Table::Purges, &epoch.to_be_bytes(), &bytes, &mut writes)?;
        self.write(writes)?;
        Ok(Some((record, rekeyed.top)))
    }

    /// Step 2.
    fn flip(&mut self, record: &PurgeRecord, top: Key) -> Result<(), StoreError> {
        let (installation, epoch, journal) = (self.shared.installation, record.epoch, self.journal_key.clone());
        let tip = Tip { format: FORMAT, state: TipState::InForce, installation, epoch, top, journal };
        let (first, second) = {
            let root = self.shared.root.lock();
            (tip.slot(&root)?, tip.slot(&root)?)
        };
        let failed = |error: std::io::Error| StoreError::NotWritable(format!("writing the tip of the key tree failed: {error}"));
        self.tip.flip(&first).map_err(failed)?;
        {
            // Together, so that nobody looks for a doomed drawer under the new keys.
            let mut in_force = self.shared.top.write();
            let mut open = self.shared.open.write();
            let mut catalogue = self.shared.catalogue.write();
            in_force.epoch = tip.epoch;
            in_force.key = tip.top.clone();
            for drawer in record.drawers() {
                open.remove(drawer);
                catalogue.forget(drawer);
            }
        }
        self.tip.scrub(&second).map_err(failed)
    }

    /// Step 3, which a start after a crash does as well.
    pub(super) fn remove_leftovers(&mut self, record: PurgeRecord) -> Outcome {
        let mut writes: Vec<Write> = record.replaced().map(|node| (Table::Keys.key(&node.key()), None)).collect();
        parts::remove(Table::Purges, &record.epoch.to_be_bytes(), &mut writes);
        let slots: Vec<_> = record.doomed.iter().map(|it| it.slot).collect();
        self.chain.row(&self.shared, record.audit_row(), &mut writes)?;
        let mut group = Group::from(writes);
        slots.iter().for_each(|slot| group.clear(*slot));
        let outcome = self.write(group)?;
        let mut drawers = self.shared.drawers.lock();
        slots.into_iter().for_each(|slot| drawers.release(slot));
        Ok(outcome)
    }

    /// A purge that was cut short before its flip: the new versions are of no use.
    pub(super) fn undo(&mut self, record: &PurgeRecord) -> Outcome {
        let mut writes: Vec<Write> = record.written().map(|node| (Table::Keys.key(&node.key()), None)).collect();
        parts::remove(Table::Purges, &record.epoch.to_be_bytes(), &mut writes);
        self.write(writes)
    }

    /// What a start has to finish or undo.
    pub(super) fn unfinished(&self) -> Result<Vec<PurgeRecord>, StoreError> {
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

    fn count_events(&self, drawer: ConversationId) -> Result<u32, StoreError> {
        let mut count = 0;
        for entry in self.shared.index.scan(&Table::Events.key(drawer.as_bytes()))? {
            // 21 bytes are table, drawer and number; longer ones are further parts of the same event.
            count += u32::from(entry?.0.len() == 21);
        }
        Ok(count)
    }
}

//! Destroying drawers, and changing the root key: whatever replaces the top key of the key tree. It has a thread of its own and
//! writes through the writer like everybody else, in pieces, so that a message never waits for more than one of them.
//!
//! 1. A record of what is going on, and then new random keys for the doomed slots and for every node on the paths to them, are written
//!    under the next epoch, durably. Nothing is in force yet: a crash here is undone at the next start.
//! 2. Nobody finds the drawers any more, and the tip flips to the new top key: from the moment its first slot is synced, the data keys
//!    of the doomed drawers are unreachable, and when the second slot is overwritten, they are gone. A crash from here on is finished at
//!    the next start.
//! 3. The old versions of the nodes and the drawers' records are removed, and at last the record of the purge, in one write with its
//!    receipt in the audit log. What sled and the journal still hold of them can no longer be opened by anybody.

use std::collections::BTreeSet;
use std::sync::{Arc, mpsc};

use tokio::sync::oneshot;

use super::batch::Contents;
use super::catalogue::{PAGE_SLOTS, State};
use super::commit::Outcome;
use super::parts::{self, Write};
use super::records::{self, Doom, PurgeRecord};
use super::root_key::RootChange;
use super::tables::{FORMAT, Table};
use super::tip_file::TipFile;
use super::{Purge, Shared, StoreError, attachments, drawers, erase, tombstones};
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::retention::ClosedKind;
use crate::vault::{Key, RootKey, Slot, Tip, TipState, rekey};

/// What goes to the writer at once.
const PIECE_BYTES: usize = 128 * 1024;
/// Drawers whose records are removed at once, and in how many pages of the catalogue: each of those is written anew.
const PIECE_SLOTS: usize = 256;
const PIECE_PAGES: usize = 32;

/// What the thread is asked for.
pub(super) enum Task {
    Purge(Purge, oneshot::Sender<Outcome>),
    ChangeRoot(RootChange, oneshot::Sender<Outcome>),
}

/// The thread's own.
pub(super) struct Eraser {
    pub shared: Arc<Shared>,
    pub tip: TipFile,
    /// Goes into every tip that is written.
    pub journal_key: Key,
}

impl Eraser {
    /// The thread. Ends when nobody can ask any more.
    pub(super) fn run(mut self, tasks: &mpsc::Receiver<Task>) {
        while let Ok(task) = tasks.recv() {
            // Whoever does not wait has dropped the other end.
            match task {
                Task::Purge(purge, answer) => drop(answer.send(self.purge(purge))),
                Task::ChangeRoot(change, answer) => drop(answer.send(self.change_root(change))),
            }
        }
    }

    fn purge(&mut self, mut purge: Purge) -> Outcome {
        let mut all = std::mem::take(&mut purge.conversations);
        let mut seen = BTreeSet::new();
        all.retain(|id| seen.insert(*id));
        let mut outcome = self.submit(Contents::default());
        for step in all.chunks(limits::PURGE_BATCH) {
            if let Some((record, top)) = self.write_new_keys(step, &purge)? {
                let doomed: Vec<_> = record.drawers().collect();
                self.flip(record.epoch, top, &doomed, None)?;
                outcome = self.remove_leftovers(record);
            }
        }
        outcome
    }

    /// Step 1. `None` when none of the drawers exists.
    pub(super) fn write_new_keys(
        &self,
        drawers: &[ConversationId],
        purge: &Purge,
    ) -> Result<Option<(PurgeRecord, Key)>, StoreError> {
        let mut doom = self.doom(drawers)?;
        if doom.is_empty() {
            return Ok(None);
        }
        // Neighbours in the key tree, and in the catalogue, are destroyed together.
        doom.conversations.sort_unstable();
        doom.attachments.sort_unstable();
        doom.submissions.sort_unstable();
        let (epoch, rekeyed) = {
            let top = self.shared.top.read();
            let epoch = top.epoch + 1;
            let read = |level, index| drawers::node_in(&self.shared.index, top.epoch, level, index);
            let slots = doom.all().map(|(slot, _)| *slot).collect();
            (epoch, rekey(&top.key, &slots, epoch, &self.shared.installation, read)?)
        };
        let record = PurgeRecord::new(epoch, doom, purge);
        let mut pieces = Pieces::new(self);
        pieces.add(self.seal(Table::Purges, epoch, &records::encode(&record)?)?)?;
        pieces.add(self.seal(Table::Tombstones, epoch, &tombstones::encode(purge.now, record.drawers())?)?)?;
        // Before any of the nodes: else nobody would know of them after a crash.
        pieces.submit()?;
        for (at, sealed) in rekeyed.written {
            pieces.add(vec![(Table::Keys.key(&at.key()), Some(sealed))])?;
        }
        pieces.submit()?;
        Ok(Some((record, rekeyed.top)))
    }

    /// What there is of these drawers: conversations with their files, files alone, and submissions.
    fn doom(&self, drawers: &[ConversationId]) -> Result<Doom, StoreError> {
        let (mut doom, mut seen) = (Doom::default(), BTreeSet::new());
        for drawer in drawers {
            let Some((slot, entry)) = self.shared.entry(*drawer) else { continue };
            let files = match entry.state {
                State::Files { .. } => Some((slot, *drawer)),
                State::Submission { .. } => {
                    doom.submissions.push((slot, *drawer));
                    None
                }
                State::Open | State::Closed { .. } => {
                    doom.conversations.push((slot, *drawer));
                    let (events, is_message) = match entry.state {
                        State::Closed { events, kind, .. } => (u64::from(events), kind == ClosedKind::Message),
                        _ => (self.count_events(*drawer)?, false),
                    };
                    doom.events += events;
                    if is_message {
                        doom.messages += 1;
                        doom.events_of_messages += events;
                    }
                    self.shared.catalogue.read().files_of(*drawer).map(|(slot, entry)| (slot, entry.drawer))
                }
            };
            // They may be named themselves as well.
            if let Some(files) = files.filter(|(slot, _)| seen.insert(*slot)) {
                doom.files += attachments::list(&self.shared.index, files.1)?.len() as u64;
                doom.attachments.push(files);
            }
        }
        Ok(doom)
    }

    /// Step 2.
    pub(super) fn flip(
        &mut self,
        epoch: u64,
        top: Key,
        doomed: &[ConversationId],
        root: Option<RootKey>,
    ) -> Result<(), StoreError> {
        let root_now = root.unwrap_or_else(|| self.shared.root.lock().clone());
        let (installation, journal) = (self.shared.installation, self.journal_key.clone());
        let tip = Tip { format: FORMAT, state: TipState::InForce, installation, epoch, top, journal };
        let (first, second) = (tip.slot(&root_now)?, tip.slot(&root_now)?);
        // Before, so that nobody looks for a doomed drawer under the new keys; and piece by piece, so that nobody waits for all of them.
        for piece in doomed.chunks(PIECE_SLOTS) {
            let mut open = self.shared.open.write();
            let mut catalogue = self.shared.catalogue.write();
            for drawer in piece {
                open.remove(*drawer);
                catalogue.forget(*drawer);
            }
        }
        let flipped = self.tip.flip(&first);
        if flipped.is_ok() {
            let mut in_force = self.shared.top.write();
            in_force.epoch = tip.epoch;
            in_force.key = tip.top.clone();
            *self.shared.root.lock() = root_now;
        }
        flipped.and_then(|()| self.tip.scrub(&second)).map_err(|error| {
            let why = format!("writing the tip of the key tree failed: {error}");
            // Which key is in force on the disk is not known now.
            self.shared.fail(&why);
            StoreError::NotWritable(why)
        })
    }

    /// Step 3.
    fn remove_leftovers(&self, record: PurgeRecord) -> Outcome {
        // What was queued for these drawers before the flip is written when this is, and is removed with the rest.
        self.submit(Contents::default())?;
        let mut pieces = Pieces::new(self);
        for node in erase::replaced(&self.shared, &record)? {
            pieces.add(vec![(Table::Keys.key(&node.key()), None)])?;
        }
        pieces.submit()?;
        for drawer in record.attachments() {
            let remove = |writes: Vec<Write>| {
                let writes = writes.into_iter().map(|write| (None, write)).collect();
                self.submit(Contents { writes, ..Contents::default() }).map(drop)
            };
            attachments::remove_pieces(&self.shared.index, drawer, None, remove)?;
        }
        let mut slots: Vec<Slot> = record.slots().collect();
        slots.sort_unstable();
        for piece in slot_pieces(&slots) {
            self.submit(Contents { cleared: piece.to_vec(), ..Contents::default() })?;
        }
        let site = record.site();
        let news = record.conversations().map(|conversation| News::Purged { conversation, site }).collect();
        let writes = erase::without_record(&self.shared, &record)?.into_iter().map(|write| (None, write)).collect();
        let outcome = self.submit(Contents { writes, audit: record.audit_rows(), news, ..Contents::default() })?;
        let mut drawers = self.shared.drawers.lock();
        slots.into_iter().for_each(|slot| drawers.release(slot));
        Ok(outcome)
    }

    fn seal(&self, table: Table, epoch: u64, bytes: &[u8]) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        parts::seal(
            self.shared.house_keys.sealer(table),
            &self.shared.installation,
            table,
            &epoch.to_be_bytes(),
            bytes,
            &mut writes,
        )?;
        Ok(writes)
    }

    pub(super) fn submit(&self, contents: Contents) -> Outcome {
        self.shared.queue.push_batch(contents).wait()
    }

    fn count_events(&self, drawer: ConversationId) -> Result<u64, StoreError> {
        let mut count = 0;
        for entry in self.shared.index.scan(&Table::Events.key(drawer.as_bytes()))? {
            // 21 bytes are table, drawer and number; longer ones are further parts of the same event.
            count += u64::from(entry?.0.len() == 21);
        }
        Ok(count)
    }
}

/// What is cleared at once, of slots in their order.
fn slot_pieces(mut slots: &[Slot]) -> impl Iterator<Item = &[Slot]> {
    std::iter::from_fn(move || {
        let mut pages = BTreeSet::new();
        let fits = |slot: &&Slot| {
            pages.insert(**slot / PAGE_SLOTS);
            pages.len() <= PIECE_PAGES
        };
        let (piece, rest) = slots.split_at(slots.iter().take(PIECE_SLOTS).take_while(fits).count());
        slots = rest;
        Some(piece).filter(|piece| !piece.is_empty())
    })
}

/// Gathers writes until there are enough for a piece.
pub(super) struct Pieces<'a> {
    eraser: &'a Eraser,
    writes: Vec<Write>,
    bytes: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(eraser: &'a Eraser) -> Self {
        Self { eraser, writes: Vec::new(), bytes: 0 }
    }

    pub(super) fn add(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
        self.bytes += writes.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum::<usize>();
        self.writes.extend(writes);
        if self.bytes >= PIECE_BYTES { self.submit() } else { Ok(()) }
    }

    /// Returns when everything so far is durable.
    pub(super) fn submit(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        let writes = std::mem::take(&mut self.writes).into_iter().map(|write| (None, write)).collect();
        self.eraser.submit(Contents { writes, ..Contents::default() }).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_touches_few_pages_and_few_slots() {
        let neighbours: Vec<Slot> = (0..1_000).collect();
        let scattered: Vec<Slot> = (0..1_000).map(|at| at * PAGE_SLOTS).collect();
        for (slots, longest) in [(neighbours, PIECE_SLOTS), (scattered, PIECE_PAGES), (vec![], 0), (vec![7], 1)] {
            let pieces: Vec<_> = slot_pieces(&slots).collect();
            assert_eq!(pieces.iter().map(|piece| piece.len()).max().unwrap_or_default(), longest);
            assert_eq!(pieces.concat(), slots);
        }
    }
}

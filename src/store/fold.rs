//! What the writer adds to a group before it becomes durable: the pages of the catalogue that it touches, and for each conversation
//! that closes in it, one transcript in the place of its head and its events.

use std::collections::{BTreeMap, HashMap};

use sled::IVec;

use super::amend::Amended;
use super::batch::{Change, Contents};
use super::catalogue::{Entry, State, Turns};
use super::index::Index;
use super::parts::{self, Write};
use super::records::{self, ConversationRecord, EventRecord};
use super::search::signature::{self, Signer};
use super::tables::Table;
use super::transcript::{self, Packer, Sealed};
use super::{ClosedConversation, Shared, StoreError, drafts, subjects};
use crate::domain::id::ConversationId;
use crate::vault::{Sealer, Slot};

/// A group on its way to the disk.
#[derive(Default)]
pub(super) struct Group {
    writes: Vec<(Option<ConversationId>, Write)>,
    turns: Turns,
    closing: BTreeMap<ConversationId, ClosedConversation>,
    /// The last new head of each closed conversation that gets one.
    amended: BTreeMap<ConversationId, Amended>,
}

impl Group {
    /// Takes over what one batch writes.
    pub(super) fn add(&mut self, contents: &mut Contents) {
        self.writes.append(&mut contents.writes);
        self.turns.extend(contents.started.iter().map(|(slot, entry)| (*slot, Some(*entry))));
        self.amended.extend(contents.amended.drain(..).map(|amended| (amended.id, amended)));
        contents.cleared.drain(..).for_each(|slot| self.clear(slot));
        for change in &contents.changes {
            if let Change::Closed(closed) = change {
                self.closing.insert(closed.id, *closed);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.turns.is_empty() && self.closing.is_empty() && self.amended.is_empty()
    }

    /// Removes all that lies in the drawer of this slot, whose keys are destroyed.
    pub(super) fn clear(&mut self, slot: Slot) {
        self.turns.insert(slot, None);
    }

    /// Writes of the store itself.
    pub(super) fn add_writes(&mut self, writes: Vec<Write>) {
        self.writes.extend(writes.into_iter().map(|write| (None, write)));
    }
}

impl From<Vec<Write>> for Group {
    fn from(writes: Vec<Write>) -> Self {
        let mut group = Self::default();
        group.add_writes(writes);
        group
    }
}

pub(super) struct Folder {
    pub(super) packer: Packer,
    pub(super) signer: Signer,
}

impl Folder {
    pub(super) fn new() -> Result<Self, StoreError> {
        Ok(Self { packer: Packer::new()?, signer: Signer::new() })
    }

    /// All that the group writes, and what the catalogue becomes once that is durable.
    pub(super) fn finish(&mut self, shared: &Shared, group: Group) -> Result<(Vec<Write>, Turns), StoreError> {
        let Group { writes: all, mut turns, closing, amended } = group;
        let mut writes = Vec::with_capacity(all.len());
        let mut waiting: HashMap<ConversationId, Waiting> = closing.keys().map(|id| (*id, Waiting::new())).collect();
        for (drawer, (key, value)) in all {
            // Its place in the index of people does not go into the transcript.
            let is_indexed = matches!(Table::of_key(&key), Some(Table::Subjects | Table::SubjectsOf));
            match drawer.filter(|_| !is_indexed).and_then(|drawer| waiting.get_mut(&drawer)) {
                Some(waiting) => {
                    waiting.insert(key, value.map(IVec::from));
                }
                None => writes.push((key, value)),
            }
        }
        for (id, amended) in &amended {
            match waiting.get_mut(id) {
                Some(waiting) => Self::amend_closing(shared, amended, waiting)?,
                None => self.amend(shared, amended, &mut turns, &mut writes)?,
            }
        }
        for (id, closed) in closing {
            let started = || turns.iter().find_map(|(slot, entry)| entry.filter(|it| it.drawer == id).map(|it| (*slot, it)));
            let Some((slot, entry)) = shared.entry(id).or_else(started) else { continue };
            // Its keys may be destroyed at any moment; then there is nothing to be written any more.
            let Some(key) = shared.open.read().by_id.get(&id).map(|open| open.key.clone()) else { continue };
            let drawer = Drawer::new(&shared.index, &shared.installation, Sealer::new(&key), id);
            let drawer = Drawer { waiting: waiting.remove(&id).unwrap_or_default(), ..drawer };
            let Sealed { events, parts, digest } = drawer.fold(self, &mut writes)?;
            turns.insert(
                slot,
                Some(Entry { state: State::Closed { at: closed.closed_at, events, parts, digest, kind: closed.kind }, ..entry }),
            );
        }
        for slot in turns.iter().filter(|(_, entry)| entry.is_none()).map(|(slot, _)| *slot) {
            remove_all(shared, slot, &mut writes)?;
        }
        shared.catalogue.read().seal(&turns, &shared.house_keys, &shared.installation, &mut writes)?;
        Ok((writes, turns))
    }
}

/// What a group writes to one drawer, by key.
pub(super) type Waiting = BTreeMap<Vec<u8>, Option<IVec>>;

/// A conversation that is to be folded.
pub(super) struct Drawer<'a> {
    index: &'a Index,
    installation: &'a [u8; 16],
    sealer: Sealer,
    id: ConversationId,
    /// What the group in which it closes writes to it.
    waiting: Waiting,
}

impl<'a> Drawer<'a> {
    pub(super) fn new(index: &'a Index, installation: &'a [u8; 16], sealer: Sealer, id: ConversationId) -> Self {
        Self { index, installation, sealer, id, waiting: Waiting::new() }
    }

    /// Writes one transcript in the place of head and events. Has it 0 parts, it would have been too long, and they stay.
    pub(super) fn fold(self, folder: &mut Folder, writes: &mut Vec<Write>) -> Result<Sealed, StoreError> {
        let Folder { packer, signer } = folder;
        signer.begin();
        let head_key = Table::Heads.key(self.id.as_bytes());
        let head = self.get(&head_key)?.ok_or_else(|| self.damaged("has no head"))?;
        let head = self.open(Table::Heads, self.id.as_bytes(), &head)?;
        signer.head(&records::decode::<ConversationRecord>(&head)?.conversation(self.id)?);
        let mut too_long = packer.begin(&head).is_err();
        // The keys that the transcript makes superfluous. What waits in this group is simply not written.
        let mut superfluous = Vec::new();
        let mut last = 0;
        let prefix = Table::Events.key(self.id.as_bytes());
        // What is written once more in this group stands in the place of what is written already.
        let newer = |key: &[u8]| self.waiting.get(key).cloned().flatten();
        let written = self.index.scan(&prefix)?.map(|found| {
            found.map(|(key, value)| {
                let value = newer(&key).unwrap_or(value);
                (key, value, true)
            })
        });
        let waiting = self.waiting.range(prefix.clone()..);
        let waiting = waiting.take_while(|(key, _)| key.starts_with(&prefix));
        let is_new = |key: &[u8]| !matches!(self.index.get(key), Ok(Some(_)));
        let waiting = waiting.filter(|(key, _)| is_new(key));
        let waiting = waiting.filter_map(|(key, value)| Some(Ok((IVec::from(key.as_slice()), value.clone()?, false))));
        // Numbers only grow, so what is new comes behind what is written.
        for found in written.chain(waiting) {
            let (key, value, is_written) = found?;
            if is_written {
                superfluous.push((key.to_vec(), None));
            }
            // Longer keys are further parts.
            let Ok(place) = <[u8; 20]>::try_from(&key[1..]) else { continue };
            last += 1;
            if place[16..] != u32::to_be_bytes(last) {
                return Err(self.damaged(&format!("lacks its event {last}")));
            }
            if too_long {
                continue;
            }
            let event = self.open(Table::Events, &place, &value)?;
            signer.event(&records::decode::<EventRecord>(&event)?.event(last)?);
            too_long = packer.event(&event).is_err();
        }
        drafts::remove_all(self.index, self.id, writes)?;
        if too_long {
            writes.extend(without_drafts(self.waiting));
            return Ok(Sealed { events: last, parts: 0, digest: [0; 16] });
        }
        for found in self.index.scan(&head_key)? {
            superfluous.push((found?.0.to_vec(), None));
        }
        writes.append(&mut superfluous);
        signer.seal(&self.sealer, self.installation, self.id, writes)?;
        packer.seal(&self.sealer, self.installation, self.id, writes)
    }

    fn get(&self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        self.waiting.get(key).map_or_else(|| self.index.get(key), |waiting| Ok(waiting.clone()))
    }

    fn open(&self, table: Table, key: &[u8], first: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, StoreError> {
        parts::open(&self.sealer, self.installation, table, key, first, |key| self.get(key))
    }

    fn damaged(&self, what: &str) -> StoreError {
        StoreError::Damaged(format!("the conversation {} {what}", self.id))
    }
}

/// A draft that comes with the closing is written no more.
fn without_drafts(waiting: Waiting) -> impl Iterator<Item = Write> {
    let rest = waiting.into_iter().filter(|(key, _)| Table::of_key(key) != Some(Table::Drafts));
    rest.map(|(key, value)| (key, value.map(|value| value.to_vec())))
}

/// Removes the records of the drawer that the catalogue lists in this slot.
fn remove_all(shared: &Shared, slot: Slot, writes: &mut Vec<Write>) -> Result<(), StoreError> {
    let Some(Entry { drawer, state, .. }) = shared.catalogue.read().at(slot).copied() else { return Ok(()) };
    subjects::remove_all(&shared.index, drawer, writes)?;
    match state {
        State::Closed { parts: parts @ 1.., .. } => {
            transcript::remove(drawer, parts, writes);
            signature::remove(drawer, writes);
        }
        // Most of it has gone before, in pieces.
        State::Files { .. } => {
            for found in shared.index.scan(&Table::Files.key(drawer.as_bytes()))? {
                writes.push((found?.0.to_vec(), None));
            }
        }
        State::Submission { .. } => parts::remove(Table::Submissions, drawer.as_bytes(), writes),
        State::Open | State::Closed { .. } => {
            parts::remove(Table::Heads, drawer.as_bytes(), writes);
            drafts::remove_all(&shared.index, drawer, writes)?;
            for found in shared.index.scan(&Table::Events.key(drawer.as_bytes()))? {
                writes.push((found?.0.to_vec(), None));
            }
        }
    }
    Ok(())
}

impl Shared {
    /// A drawer as the catalogue has it.
    pub(super) fn entry(&self, id: ConversationId) -> Option<(Slot, Entry)> {
        self.catalogue.read().get(id).map(|(slot, entry)| (slot, *entry))
    }
}

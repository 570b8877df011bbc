//! Places for drawers: which slots of the key tree are free, and what key a slot has.

use std::collections::BTreeMap;

use super::index::Index;
use super::tables::Table;
use super::{Shared, StoreError};
use crate::domain::id::ConversationId;
use crate::vault::{CHILDREN, Key, Node, NodeAt, SLOTS, Slot, Walker, grow};

/// What is in force of the key tree. Whoever walks the tree holds the lock, so that it cannot be flipped under their feet.
pub(super) struct Top {
    pub epoch: u64,
    pub key: Key,
}

#[derive(Default)]
pub(super) struct Drawers {
    /// Free slots in leaves that are on disk.
    free: Vec<Slot>,
    /// Free slots of leaves made in this run, with their keys: such a leaf may still be on its way to the disk.
    fresh: Vec<(Slot, Key)>,
    /// Leaves that exist; the next one is made under this number.
    leaves: u32,
    /// Inner nodes made in this run, until they are on disk.
    growing: BTreeMap<(u8, u32), (NodeAt, Vec<u8>)>,
}

impl Drawers {
    /// The slots that are taken, in order, and how many leaves there are. Slot 0 is the house itself.
    pub(super) fn new(taken: impl Iterator<Item = Slot>, leaves: u32) -> Self {
        let mut taken = std::iter::once(0).chain(taken).peekable();
        let mut free = Vec::new();
        for slot in 0..leaves * CHILDREN {
            if taken.next_if(|next| *next <= slot).is_none() {
                free.push(slot);
            }
        }
        // The lowest is taken first, so that neighbours share leaves of the tree and pages of the catalogue.
        free.reverse();
        Self { free, leaves, ..Self::default() }
    }

    /// A slot that nothing was ever sealed for under its present key.
    pub(super) fn release(&mut self, slot: Slot) {
        self.free.push(slot);
    }

    /// A slot whose leaf may still be on its way to the disk goes back together with its key.
    pub(super) fn release_unused(&mut self, slot: Slot, key: Key) {
        self.fresh.push((slot, key));
    }
}

impl Shared {
    /// The next free slot and its key. When there is none, a leaf is made: it is queued before anybody gets a slot of it, so
    /// it is durable before whatever they seal.
    pub(super) fn take_slot(&self) -> Result<(Slot, Key), StoreError> {
        let top = self.top.read();
        let mut drawers = self.drawers.lock();
        if let Some(slot) = drawers.free.pop() {
            return Ok((slot, self.walk(&top, slot)?));
        }
        if drawers.fresh.is_empty() {
            let first = drawers.leaves * CHILDREN;
            if first >= SLOTS {
                return Err(StoreError::Full);
            }
            let grown = grow(&top.key, first, top.epoch, &self.installation, |level, index| {
                let found = node_in(&self.index, top.epoch, level, index)?;
                Ok::<_, StoreError>(found.or_else(|| drawers.growing.get(&(level, index)).cloned()))
            })?;
            for (at, sealed) in &grown.written {
                if at.level + 1 < crate::vault::LEVELS {
                    drawers.growing.insert((at.level, at.index), (*at, sealed.clone()));
                }
            }
            let writes = grown.written.into_iter().map(|(at, sealed)| (Table::Keys.key(&at.key()), Some(sealed))).collect();
            self.queue.push_writes(writes)?;
            drawers.leaves += 1;
            drawers.fresh.extend(keys_of(&grown.leaf, first));
        }
        drawers.fresh.pop().ok_or(StoreError::Full)
    }

    /// The data key of a drawer, or `None` when there is no such drawer (any more).
    pub(super) fn drawer_key(&self, drawer: ConversationId) -> Result<Option<Key>, StoreError> {
        if let Some(key) = self.open.read().key_of(drawer) {
            return Ok(Some(key));
        }
        let top = self.top.read();
        self.entry(drawer).map(|(slot, _)| self.walk(&top, slot)).transpose()
    }

    fn walk(&self, top: &Top, slot: Slot) -> Result<Key, StoreError> {
        Walker::default().key(&top.key, slot, &self.installation, |level, index| node_in(&self.index, top.epoch, level, index))
    }
}

/// All 64 slots of a leaf, so that the lowest is taken first.
fn keys_of(leaf: &Node, first: Slot) -> impl Iterator<Item = (Slot, Key)> {
    (0..CHILDREN).rev().map(move |at| (first + at, leaf.child(at as usize)))
}

/// The version of a node that is in force in this epoch.
pub(super) fn node_in(keys: &Index, epoch: u64, level: u8, index: u32) -> Result<Option<(NodeAt, Vec<u8>)>, StoreError> {
    let first = Table::Keys.key(&NodeAt { level, index, epoch: 0 }.key());
    let last = Table::Keys.key(&NodeAt { level, index, epoch }.key());
    let Some(found) = keys.range_down(&first, &last)?.next() else { return Ok(None) };
    let (key, sealed) = found?;
    let at =
        NodeAt::from_key(&key[1..]).ok_or_else(|| StoreError::Damaged("a node of the key tree has a strange key".to_owned()))?;
    Ok(Some((at, sealed.to_vec())))
}

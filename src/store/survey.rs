//! Looking through every conversation there is, with several threads: what searching and exporting are made of.
//!
//! Each thread takes every n-th share of the conversations, reads their transcripts in the order in which they lie in the
//! database, and hands on what it makes of them through a short queue of its own; the queues are emptied in turn. So the order is
//! that of the ids, and little is held in memory.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use sled::IVec;

use super::catalogue::Entry;
use super::drawers::node_in;
use super::index::{Index, Scan};
use super::tables::Table;
use super::transcript::{Transcript, Unpacker};
use super::{Shared, Store, StoreError};
use crate::domain::conversation::Conversation;
use crate::domain::event::Event;
use crate::domain::id::ConversationId;
use crate::vault::{CHILDREN, Node, Sealer, Slot, Walker};

/// Shares that one thread may be ahead of whoever takes its results.
const AHEAD: usize = 2;
/// Leaves of the key tree that are opened before a purge may go on.
const LEAVES_AT_ONCE: usize = 256;

/// A conversation as it lies in its drawer.
pub(super) enum Found<'a> {
    Folded(Transcript<'a>),
    Records(Conversation, Vec<Event>),
}

impl Found<'_> {
    fn whole(self, entry: &Entry) -> Result<(Conversation, Vec<Event>), StoreError> {
        match self {
            Self::Folded(transcript) => {
                Ok((transcript.head(entry.drawer)?, transcript.events(1).collect::<Result<Vec<_>, _>>()?))
            }
            Self::Records(conversation, events) => Ok((conversation, events)),
        }
    }
}

impl Store {
    /// Opens every conversation, open and closed, and gives what `make` makes of each to `take`, until that has enough. What
    /// begins, closes or goes meanwhile may or may not be among them, and is whole if it is.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn each_conversation<T: Send>(
        &self,
        threads: NonZero<usize>,
        make: impl Fn(Conversation, Vec<Event>) -> T + Sync,
        take: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let look = || {
            |entry: &Entry, found: Found<'_>| {
                let (conversation, events) = found.whole(entry)?;
                Ok(Some(make(conversation, events)))
            }
        };
        self.shared.survey(threads, |_| true, look, take)
    }
}

impl Shared {
    /// The engine: `wanted` chooses by what the catalogue says, and each thread looks with a `look` of its own.
    pub(super) fn survey<T: Send, L>(
        &self,
        threads: NonZero<usize>,
        wanted: impl Fn(&Entry) -> bool + Sync,
        look: impl Fn() -> L + Sync,
        mut take: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        L: FnMut(&Entry, Found<'_>) -> Result<Option<T>, StoreError>,
    {
        let plan = Plan::new(self, &wanted)?;
        std::thread::scope(|scope| {
            let queues: Vec<_> = (0..threads.get())
                .map(|thread| {
                    let (sender, receiver) = sync_channel(AHEAD);
                    let (look, shares) = (&look, plan.shares.iter().skip(thread).step_by(threads.get()));
                    let leaves = &plan.leaves;
                    scope.spawn(move || self.survey_shares(shares, leaves, look(), &sender));
                    receiver
                })
                .collect();
            empty_in_turn(&queues, &mut take)
            // Dropping the queues ends the threads that are not done.
        })
    }

    fn survey_shares<'a, T>(
        &self,
        shares: impl Iterator<Item = &'a Vec<Slot>>,
        leaves: &BTreeMap<u32, Node>,
        mut look: impl FnMut(&Entry, Found<'_>) -> Result<Option<T>, StoreError>,
        results: &SyncSender<Result<Vec<T>, StoreError>>,
    ) {
        let mut unpacker = match Unpacker::new() {
            Ok(unpacker) => unpacker,
            Err(error) => return drop(results.send(Err(error))),
        };
        for share in shares {
            let made = self.survey_share(share, leaves, &mut unpacker, &mut look);
            let is_last = made.is_err();
            // Nobody takes it any more, or nothing more can be had.
            if results.send(made).is_err() || is_last {
                return;
            }
        }
    }

    fn survey_share<T>(
        &self,
        share: &[Slot],
        leaves: &BTreeMap<u32, Node>,
        unpacker: &mut Unpacker,
        look: &mut impl FnMut(&Entry, Found<'_>) -> Result<Option<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut drawers: Vec<(Entry, Slot)> = {
            let catalogue = self.catalogue.read();
            share.iter().filter_map(|slot| Some((*catalogue.at(*slot)?, *slot))).collect()
        };
        drawers.sort_unstable_by_key(|(entry, _)| entry.drawer);
        let (Some((first, _)), Some((last, _))) = (drawers.first(), drawers.last()) else { return Ok(Vec::new()) };
        let mut transcripts = Transcripts::between(&self.index, first.drawer, last.drawer)?;
        let mut made = Vec::new();
        for (mut entry, slot) in drawers {
            let Some(leaf) = leaves.get(&(slot / CHILDREN)) else { continue };
            let sealer = Sealer::new(&leaf.child((slot % CHILDREN) as usize));
            loop {
                let found = self.open_for_survey(&entry, &sealer, unpacker, &mut transcripts);
                let found = found.and_then(|found| found.map_or(Ok(None), |found| look(&entry, found)));
                // As `look`: what is still the same was so while it was read.
                match self.entry(entry.drawer) {
                    None => break,
                    Some((_, after)) if after == entry => {
                        made.extend(found?);
                        break;
                    }
                    Some((_, after)) => entry = after,
                }
            }
        }
        Ok(made)
    }

    fn open_for_survey<'a>(
        &self,
        entry: &Entry,
        sealer: &Sealer,
        unpacker: &'a mut Unpacker,
        transcripts: &mut Transcripts<'_>,
    ) -> Result<Option<Found<'a>>, StoreError> {
        let id = entry.drawer;
        if let Some(sealed) = entry.state.sealed() {
            let read = |key: &[u8]| transcripts.get(key);
            return Ok(Some(Found::Folded(unpacker.open(sealer, &self.installation, id, sealed, read)?)));
        }
        let Some(head) = self.read_head(sealer, id)? else { return Ok(None) };
        let mut events = Vec::new();
        self.read_events(sealer, id, 1, |event| {
            events.push(event);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Some(Found::Records(head, events)))
    }
}

/// Who looks where: conversations whose ids begin with the same byte are one share, since their transcripts lie side by side.
struct Plan {
    shares: Vec<Vec<Slot>>,
    /// The leaves of the key tree, by number. They hold the data keys of all drawers, each of which stays the same until it is
    /// destroyed.
    leaves: BTreeMap<u32, Node>,
}

impl Plan {
    fn new(shared: &Shared, wanted: &impl Fn(&Entry) -> bool) -> Result<Self, StoreError> {
        let mut shares = vec![Vec::new(); 256];
        let mut slots = Vec::new();
        for (slot, entry) in shared.catalogue.read().entries().filter(|(_, entry)| wanted(entry)) {
            shares[usize::from(entry.drawer.as_bytes()[0])].push(slot);
            if slots.last().is_none_or(|last| last / CHILDREN != slot / CHILDREN) {
                slots.push(slot);
            }
        }
        let mut leaves = BTreeMap::new();
        for some in slots.chunks(LEAVES_AT_ONCE) {
            let top = shared.top.read();
            let mut walker = Walker::default();
            for slot in some {
                let read = |level, index| node_in(&shared.index, top.epoch, level, index);
                leaves.insert(slot / CHILDREN, walker.leaf(&top.key, *slot, &shared.installation, read)?);
            }
        }
        Ok(Self { shares, leaves })
    }
}

/// The parts of transcripts in the order of their keys, as long as they are asked for in that order.
struct Transcripts<'a> {
    index: &'a Index,
    ahead: Peekable<Scan>,
}

impl<'a> Transcripts<'a> {
    fn between(index: &'a Index, first: ConversationId, last: ConversationId) -> Result<Self, StoreError> {
        let key = |id: ConversationId, end: [u8; 2]| Table::Transcripts.key(&[&id.as_bytes()[..], &end].concat());
        let ahead = index.range(&key(first, [0; 2]), &key(last, [u8::MAX; 2]))?.peekable();
        Ok(Self { index, ahead })
    }

    fn get(&mut self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        while self.ahead.next_if(|found| found.as_ref().is_ok_and(|(at, _)| at[..] < *key)).is_some() {}
        match self.ahead.next_if(|found| found.as_ref().map_or(true, |(at, _)| at[..] == *key)) {
            Some(found) => found.map(|(_, value)| Some(value)),
            // It closed after the scan began.
            None => self.index.get(key),
        }
    }
}

fn empty_in_turn<T>(
    queues: &[Receiver<Result<Vec<T>, StoreError>>],
    take: &mut impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    // Shares are dealt out in turn, so the first thread that has no more was to take the first share that is not there.
    for queue in queues.iter().cycle() {
        let Ok(made) = queue.recv() else { return Ok(()) };
        for it in made? {
            if take(it).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

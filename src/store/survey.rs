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
use super::search::signature::Probe;
use super::tables::Table;
use super::transcript::{self, Transcript, Unpacker};
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
    Records(Box<Conversation>, Vec<Event>),
}

impl Found<'_> {
    pub(super) fn whole(self, entry: &Entry) -> Result<(Conversation, Vec<Event>), StoreError> {
        match self {
            Self::Folded(transcript) => {
                Ok((transcript.head(entry.drawer)?, transcript.events(1).collect::<Result<Vec<_>, _>>()?))
            }
            Self::Records(conversation, events) => Ok((*conversation, events)),
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
        self.each_conversation_of(|_| true, threads, make, take)
    }

    /// The same for those whose ids are wanted.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn each_conversation_of<T: Send>(
        &self,
        is_wanted: impl Fn(ConversationId) -> bool,
        threads: NonZero<usize>,
        make: impl Fn(Conversation, Vec<Event>) -> T + Sync,
        take: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let look = || {
            |(_, entry): (Slot, &Entry), found: Found<'_>| {
                let (conversation, events) = found.whole(entry)?;
                Ok(Some(make(conversation, events)))
            }
        };
        let all: Vec<(Slot, ConversationId)> = {
            let catalogue = self.shared.catalogue.read();
            let wanted = catalogue.entries().filter(|(_, entry)| entry.is_conversation() && is_wanted(entry.drawer));
            wanted.map(|(slot, entry)| (slot, entry.drawer)).collect()
        };
        let plan = Plan::new(&self.shared, all.into_iter())?;
        self.shared.survey_plan(threads, &plan, look, take)
    }
}

impl Shared {
    /// The engine: each thread looks with a `look` of its own.
    pub(super) fn survey_plan<T: Send, L>(
        &self,
        threads: NonZero<usize>,
        plan: &Plan,
        look: impl Fn() -> L + Sync,
        mut take: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), StoreError>
    where
        L: FnMut((Slot, &Entry), Found<'_>) -> Result<Option<T>, StoreError>,
    {
        std::thread::scope(|scope| {
            let queues: Vec<_> = (0..threads.get())
                .map(|thread| {
                    let (sender, receiver) = sync_channel(AHEAD);
                    let (look, shares) = (&look, plan.shares.iter().skip(thread).step_by(threads.get()));
                    scope.spawn(move || self.survey_shares(shares, plan, look(), &sender));
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
        plan: &Plan,
        mut look: impl FnMut((Slot, &Entry), Found<'_>) -> Result<Option<T>, StoreError>,
        results: &SyncSender<Result<Vec<T>, StoreError>>,
    ) {
        let mut unpacker = match Unpacker::new() {
            Ok(unpacker) => unpacker,
            Err(error) => return drop(results.send(Err(error))),
        };
        for share in shares {
            let made = self.survey_share(share, plan, &mut unpacker, &mut look);
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
        plan: &Plan,
        unpacker: &mut Unpacker,
        look: &mut impl FnMut((Slot, &Entry), Found<'_>) -> Result<Option<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut drawers: Vec<(Entry, Slot)> = {
            let catalogue = self.catalogue.read();
            share.iter().filter_map(|slot| Some((*catalogue.at(*slot)?, *slot))).collect()
        };
        drawers.sort_unstable_by_key(|(entry, _)| entry.drawer);
        let (Some((first, _)), Some((last, _))) = (drawers.first(), drawers.last()) else { return Ok(Vec::new()) };
        let (first, last) = (transcript::part_key(first.drawer, 0), transcript::part_key(last.drawer, u16::MAX));
        let mut transcripts = Ahead::between(&self.index, &Table::Transcripts.key(&first), &Table::Transcripts.key(&last))?;
        let mut made = Vec::new();
        for (mut entry, slot) in drawers {
            let Some(sealer) = plan.sealer(slot) else { continue };
            loop {
                let found = self.open_for_survey(&entry, &sealer, unpacker, &mut transcripts);
                let found = found.and_then(|found| found.map_or(Ok(None), |found| look((slot, &entry), found)));
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

    /// The slots of those whose signatures do not rule out what is looked for.
    pub(super) fn sift(&self, threads: NonZero<usize>, plan: &Plan, probe: &Probe) -> Result<Vec<Slot>, StoreError> {
        std::thread::scope(|scope| {
            let sift = |thread: usize| {
                let shares = plan.shares.iter().skip(thread).step_by(threads.get());
                let mut left = Vec::new();
                shares.into_iter().try_for_each(|share| self.sift_share(share, plan, probe, &mut left)).map(|()| left)
            };
            let sifting: Vec<_> = (0..threads.get()).map(|thread| scope.spawn(move || sift(thread))).collect();
            let mut left = Vec::new();
            for thread in sifting {
                let some = thread.join().map_err(|_| StoreError::Damaged("a signature could not be read".to_owned()))?;
                left.append(&mut some?);
            }
            Ok(left)
        })
    }

    fn sift_share(&self, share: &[Slot], plan: &Plan, probe: &Probe, left: &mut Vec<Slot>) -> Result<(), StoreError> {
        let mut drawers: Vec<(ConversationId, Slot)> = {
            let catalogue = self.catalogue.read();
            share.iter().filter_map(|slot| Some((catalogue.at(*slot)?.drawer, *slot))).collect()
        };
        drawers.sort_unstable();
        let (Some((first, _)), Some((last, _))) = (drawers.first(), drawers.last()) else { return Ok(()) };
        let key = |id: &ConversationId| Table::Signatures.key(id.as_bytes());
        let mut signatures = Ahead::between(&self.index, &key(first), &key(last))?;
        for (drawer, slot) in drawers {
            let Some(sealed) = signatures.get(&key(&drawer))? else {
                // From before there were signatures, or too long to be folded.
                left.push(slot);
                continue;
            };
            let Some(sealer) = plan.sealer(slot) else { continue };
            if probe.may_be_in_sealed(&sealer, &self.installation, drawer, &sealed) {
                left.push(slot);
            }
        }
        Ok(())
    }

    fn open_for_survey<'a>(
        &self,
        entry: &Entry,
        sealer: &Sealer,
        unpacker: &'a mut Unpacker,
        transcripts: &mut Ahead<'_>,
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
        Ok(Some(Found::Records(Box::new(head), events)))
    }
}

/// Who looks where: conversations whose ids begin with the same byte are one share, since their records lie side by side.
pub(super) struct Plan {
    shares: Vec<Vec<Slot>>,
    /// The leaves of the key tree, by number. They hold the data keys of all drawers, each of which stays the same until it is
    /// destroyed.
    leaves: BTreeMap<u32, Node>,
}

impl Plan {
    pub(super) fn new(shared: &Shared, drawers: impl Iterator<Item = (Slot, ConversationId)>) -> Result<Self, StoreError> {
        let mut shares = vec![Vec::new(); 256];
        let mut wanted = BTreeMap::new();
        for (slot, drawer) in drawers {
            shares[usize::from(drawer.as_bytes()[0])].push(slot);
            wanted.entry(slot / CHILDREN).or_insert(slot);
        }
        shares.retain(|share| !share.is_empty());
        let slots: Vec<Slot> = wanted.into_values().collect();
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

    fn sealer(&self, slot: Slot) -> Option<Sealer> {
        let leaf = self.leaves.get(&(slot / CHILDREN))?;
        Some(Sealer::new(&leaf.child((slot % CHILDREN) as usize)))
    }
}

/// Values in the order of their keys, as long as they are asked for in that order.
struct Ahead<'a> {
    index: &'a Index,
    ahead: Peekable<Scan>,
}

impl<'a> Ahead<'a> {
    fn between(index: &'a Index, first: &[u8], last: &[u8]) -> Result<Self, StoreError> {
        Ok(Self { index, ahead: index.range(first, last)?.peekable() })
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

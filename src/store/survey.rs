//! Looking through every conversation there is, with several threads: what searching and exporting are made of.
//!
//! Each thread takes every n-th page of the catalogue and hands on what it makes of it through a short queue of its own; the
//! queues are emptied in turn. So the order is that of the key tree, little is held in memory, and neighbours share the nodes that
//! lead to their keys.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::catalogue::Entry;
use super::drawers::node_in;
use super::transcript::{Transcript, Unpacker};
use super::{Shared, Store, StoreError};
use crate::domain::conversation::Conversation;
use crate::domain::event::Event;
use crate::vault::{Key, Sealer, Slot, Walker};

/// Pages that one thread may be ahead of whoever takes its results.
const AHEAD: usize = 4;

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
        std::thread::scope(|scope| {
            let queues: Vec<_> = (0..threads.get())
                .map(|thread| {
                    let (sender, receiver) = sync_channel(AHEAD);
                    let (wanted, look) = (&wanted, &look);
                    let pages = (thread..).step_by(threads.get());
                    scope.spawn(move || self.survey_pages(pages, wanted, look(), &sender));
                    receiver
                })
                .collect();
            empty_in_turn(&queues, &mut take)
            // Dropping the queues ends the threads that are not done.
        })
    }

    fn survey_pages<T>(
        &self,
        pages: impl Iterator<Item = usize>,
        wanted: &impl Fn(&Entry) -> bool,
        mut look: impl FnMut(&Entry, Found<'_>) -> Result<Option<T>, StoreError>,
        results: &SyncSender<Result<Vec<T>, StoreError>>,
    ) {
        let mut reader = match Reader::new(self) {
            Ok(reader) => reader,
            Err(error) => return drop(results.send(Err(error))),
        };
        for number in pages {
            let page = u32::try_from(number).ok().and_then(|number| self.catalogue.read().page(number));
            let Some(mut page) = page else { return };
            page.retain(|(_, entry)| wanted(entry));
            let made = reader.page(&page, &mut look);
            let is_last = made.is_err();
            // Nobody takes it any more, or nothing more can be had.
            if results.send(made).is_err() || is_last {
                return;
            }
        }
    }
}

fn empty_in_turn<T>(
    queues: &[Receiver<Result<Vec<T>, StoreError>>],
    take: &mut impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    // Pages are dealt out in turn, so the first thread that has no more was to take the first page that is not there.
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

/// What one thread keeps from one conversation to the next.
struct Reader<'a> {
    shared: &'a Shared,
    walker: Walker,
    epoch: u64,
    unpacker: Unpacker,
}

impl<'a> Reader<'a> {
    fn new(shared: &'a Shared) -> Result<Self, StoreError> {
        Ok(Self { shared, walker: Walker::default(), epoch: 0, unpacker: Unpacker::new()? })
    }

    fn page<T>(
        &mut self,
        page: &[(Slot, Entry)],
        look: &mut impl FnMut(&Entry, Found<'_>) -> Result<Option<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let keys = self.keys(page)?;
        let mut made = Vec::new();
        for ((_, entry), key) in page.iter().zip(keys) {
            let mut entry = *entry;
            loop {
                let found = self.open(&entry, &key).and_then(|found| found.map_or(Ok(None), |found| look(&entry, found)));
                // As `Shared::look`: what is still the same was so while it was read.
                match self.shared.entry(entry.drawer) {
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

    /// The data keys of a page's drawers. They stay the same until a drawer is destroyed, whatever happens to the tree above.
    fn keys(&mut self, page: &[(Slot, Entry)]) -> Result<Vec<Key>, StoreError> {
        let top = self.shared.top.read();
        if top.epoch != self.epoch {
            (self.walker, self.epoch) = (Walker::default(), top.epoch);
        }
        let read = |level, index| node_in(&self.shared.index, top.epoch, level, index);
        page.iter().map(|(slot, _)| self.walker.key(&top.key, *slot, &self.shared.installation, read)).collect()
    }

    fn open(&mut self, entry: &Entry, key: &Key) -> Result<Option<Found<'_>>, StoreError> {
        let (shared, sealer, id) = (self.shared, Sealer::new(key), entry.drawer);
        match entry.state.sealed() {
            Some(sealed) => {
                let read = |key: &[u8]| shared.index.get(key);
                Ok(Some(Found::Folded(self.unpacker.open(&sealer, &shared.installation, id, sealed, read)?)))
            }
            None => {
                let Some(head) = shared.read_head(&sealer, id)? else { return Ok(None) };
                let mut events = Vec::new();
                shared.read_events(&sealer, id, 1, |event| {
                    events.push(event);
                    Ok(ControlFlow::Continue(()))
                })?;
                Ok(Some(Found::Records(head, events)))
            }
        }
    }
}

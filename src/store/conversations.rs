//! Reading conversations. Nothing here waits for the writer: an open one is read from its records, a closed one from its
//! transcript. A conversation goes on from open to closed to gone and never back; whoever finds that it did so while they
//! were reading looks again.

use std::collections::VecDeque;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use parking_lot::Mutex;

use super::catalogue::{Closing, State};
use super::records::{self, ConversationRecord, EventRecord};
use super::tables::{Table, event_key};
use super::transcript::{Sealed, Transcript, Unpacker};
use super::{ClosedConversation, ClosedGroup, OpenConversation, Shared, Store, StoreError, parts};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Seq};
use crate::domain::id::ConversationId;
use crate::domain::time::Timestamp;
use crate::vault::Sealer;

impl Store {
    #[must_use]
    pub fn open_conversation(&self, id: ConversationId) -> Option<Arc<Mutex<OpenConversation>>> {
        self.shared.open.read().by_id.get(&id).map(|entry| Arc::clone(&entry.conversation))
    }

    #[must_use]
    pub fn open_conversations(&self) -> Vec<Arc<Mutex<OpenConversation>>> {
        self.shared.open.read().by_id.values().map(|entry| Arc::clone(&entry.conversation)).collect()
    }

    /// How many are open, without touching them.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.shared.open.read().by_id.len()
    }

    /// How many closed ones still exist.
    #[must_use]
    pub fn closed_count(&self) -> usize {
        self.shared.catalogue.read().closed_len()
    }

    /// Every closed conversation that still exists, oldest first: taken piece by piece, so that nothing is held up meanwhile.
    /// The other way round for the newest first.
    #[must_use]
    pub fn closed(&self) -> impl DoubleEndedIterator<Item = ClosedConversation> + use<> {
        Closed::new(&self.shared, None, Bound::Unbounded)
    }

    /// What there is of closed conversations, by site and kind, with how many of each: without a look at any of them.
    #[must_use]
    pub fn closed_groups(&self) -> Vec<(ClosedGroup, usize)> {
        self.shared.catalogue.read().closed_groups().collect()
    }

    /// Those of one site and kind, oldest first, taken piece by piece; with `after`, what closed at that moment or later.
    #[must_use]
    pub fn closed_of(
        &self,
        group: ClosedGroup,
        after: Option<Timestamp>,
    ) -> impl DoubleEndedIterator<Item = ClosedConversation> + use<> {
        Closed::new(&self.shared, Some(group), after.map_or(Bound::Unbounded, |after| Bound::Included((after, 0))))
    }

    /// The head, whether open or closed, never one that is not durable yet.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        let found = self.shared.look(id, |sealer, state| match state.sealed() {
            None => self.shared.read_head(sealer, id),
            Some(sealed) => self.shared.with_transcript(sealer, id, sealed, |it| it.head(id)).map(Some),
        })?;
        Ok(found.flatten())
    }

    /// Events with `seq > after`, at most `limit`, never one that is not durable yet.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn events(&self, id: ConversationId, after: Seq, limit: usize) -> Result<Vec<Event>, StoreError> {
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        // The index hears of an event when the journal has it, so there is none here that is not durable.
        let events = self.shared.look(id, |sealer, state| match state.sealed() {
            None => {
                let mut events = Vec::new();
                self.shared.read_events(sealer, id, first, |event| {
                    if events.len() == limit {
                        return Ok(ControlFlow::Break(()));
                    }
                    events.push(event);
                    Ok(ControlFlow::Continue(()))
                })?;
                Ok(events)
            }
            Some(sealed) => self.shared.with_transcript(sealer, id, sealed, |it| it.events(first).take(limit).collect()),
        })?;
        Ok(events.unwrap_or_default())
    }

    /// One closed conversation as the catalogue knows it, while it exists.
    #[must_use]
    pub fn closed_conversation(&self, id: ConversationId) -> Option<ClosedConversation> {
        self.shared.entry(id).and_then(|(_, entry)| entry.closed())
    }

    /// The newest conversation of the visitor with this keyed token hash, from the moment it was committed: an open one before
    /// any closed one.
    #[must_use]
    pub fn conversation_of(&self, token_index: &[u8; 32]) -> Option<ConversationId> {
        let open = self.shared.open.read().by_token.get(token_index).copied();
        open.or_else(|| self.shared.catalogue.read().newest_of(token_index))
    }
}

impl State {
    /// The transcript, when there is one.
    pub(super) fn sealed(self) -> Option<Sealed> {
        match self {
            Self::Closed { events, parts: parts @ 1.., digest, .. } => Some(Sealed { events, parts, digest }),
            Self::Open | Self::Closed { .. } | Self::Files { .. } | Self::Submission { .. } => None,
        }
    }
}

impl Shared {
    /// Reads a drawer in the state in which it is, and again when that has changed meanwhile. `None` when there is no such
    /// drawer (any more).
    pub(super) fn look<T>(
        &self,
        id: ConversationId,
        read: impl Fn(&Sealer, State) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        loop {
            let Some((_, before)) = self.entry(id) else { return Ok(None) };
            let Some(key) = self.drawer_key(id)? else { return Ok(None) };
            let found = read(&Sealer::new(&key), before.state);
            // The writer changes the entry and what lies in the drawer at once, so an entry that is still the same was so
            // while it was read.
            match self.entry(id) {
                None => return Ok(None),
                Some((_, after)) if after == before => return found.map(Some),
                Some(_) => {}
            }
        }
    }

    fn with_transcript<T>(
        &self,
        sealer: &Sealer,
        id: ConversationId,
        sealed: Sealed,
        read: impl FnOnce(Transcript<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(Unpacker::new()?.open(sealer, &self.installation, id, sealed, |key| self.index.get(key))?)
    }

    /// The head of one that is not folded.
    pub(super) fn read_head(&self, sealer: &Sealer, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        let Some(first) = self.index.get(&Table::Heads.key(id.as_bytes()))? else { return Ok(None) };
        let read = |key: &[u8]| self.index.get(key);
        let bytes = parts::open(sealer, &self.installation, Table::Heads, id.as_bytes(), &first, read)?;
        records::decode::<ConversationRecord>(&bytes)?.conversation(id).map(Some)
    }

    /// The events of one that is not folded, from `first` on, for as long as `take` wants more.
    pub(super) fn read_events(
        &self,
        sealer: &Sealer,
        id: ConversationId,
        first: Seq,
        mut take: impl FnMut(Event) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let first = Table::Events.key(&event_key(id, first));
        let last = Table::Events.key(&[&event_key(id, Seq::MAX)[..], &[u8::MAX]].concat());
        for entry in self.index.range(&first, &last)? {
            let (key, sealed) = entry?;
            // The further parts of a long event are read with the first.
            let Ok(place) = <[u8; 20]>::try_from(&key[1..]) else { continue };
            let [.., a, b, c, d] = place;
            let read = |key: &[u8]| self.index.get(key);
            let bytes = parts::open(sealer, &self.installation, Table::Events, &place, &sealed, read)?;
            let event = records::decode::<EventRecord>(&bytes)?.event(Seq::from_be_bytes([a, b, c, d]))?;
            if take(event)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// How many closed conversations are taken at a time.
const PIECE: usize = 256;

/// Closed conversations from both ends. What closes or goes meanwhile may or may not be among them.
struct Closed {
    shared: Arc<Shared>,
    /// None: of all.
    group: Option<ClosedGroup>,
    first: Bound<Closing>,
    last: Bound<Closing>,
    front: VecDeque<ClosedConversation>,
    back: VecDeque<ClosedConversation>,
}

impl Iterator for Closed {
    type Item = ClosedConversation;

    fn next(&mut self) -> Option<ClosedConversation> {
        if self.front.is_empty() && !self.is_met() {
            let catalogue = self.shared.catalogue.read();
            for (closing, closed) in catalogue.closed_up(self.group, (self.first, self.last)).take(PIECE) {
                self.first = Bound::Excluded(closing);
                self.front.push_back(closed);
            }
        }
        self.front.pop_front().or_else(|| self.back.pop_back())
    }
}

impl DoubleEndedIterator for Closed {
    fn next_back(&mut self) -> Option<ClosedConversation> {
        if self.back.is_empty() && !self.is_met() {
            let catalogue = self.shared.catalogue.read();
            for (closing, closed) in catalogue.closed_down(self.group, (self.first, self.last)).take(PIECE) {
                self.last = Bound::Excluded(closing);
                self.back.push_back(closed);
            }
        }
        self.back.pop_front().or_else(|| self.front.pop_back())
    }
}

impl Closed {
    fn new(shared: &Arc<Shared>, group: Option<ClosedGroup>, first: Bound<Closing>) -> Self {
        let (front, back) = (VecDeque::new(), VecDeque::new());
        Self { shared: Arc::clone(shared), group, first, last: Bound::Unbounded, front, back }
    }

    /// Whether nothing lies between the two ends: a range of nothing must not be asked for.
    fn is_met(&self) -> bool {
        let (Bound::Included(first) | Bound::Excluded(first)) = self.first else { return false };
        matches!(self.last, Bound::Excluded(last) if first >= last)
    }
}

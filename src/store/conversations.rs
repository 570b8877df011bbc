//! Reading conversations. Nothing here waits for the writer: open and closed ones are found in memory, events in sled.

use std::sync::Arc;

use parking_lot::Mutex;

use super::records::{self, ConversationRecord, EventRecord};
use super::tables::{Table, event_key};
use super::{ClosedConversation, OpenConversation, Store, StoreError, parts};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Seq};
use crate::domain::id::ConversationId;
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

    /// Every closed conversation that still exists, oldest first.
    #[must_use]
    pub fn closed(&self) -> Vec<ClosedConversation> {
        let closed = self.shared.closed.read();
        let each = closed.by_time.iter().filter_map(|(closed_at, id)| {
            closed.by_id.get(id).map(|(site, _)| ClosedConversation { id: *id, site: *site, closed_at: *closed_at })
        });
        each.collect()
    }

    /// The head as it is on disk, whether open or closed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        let Some(key) = self.shared.drawer_key(id)? else { return Ok(None) };
        let index = &self.shared.index;
        let Some(first) = index.get(&Table::Heads.key(id.as_bytes()))? else { return Ok(None) };
        let opened =
            parts::open(&Sealer::new(&key), &self.shared.installation, Table::Heads, id.as_bytes(), &first, |key| index.get(key));
        // A purge may have passed by between the two looks.
        if !self.shared.drawers.lock().contains(id) {
            return Ok(None);
        }
        records::decode::<ConversationRecord>(&opened?)?.conversation(id).map(Some)
    }

    /// Events with `seq > after`, at most `limit`, never one that is not durable yet.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn events(&self, id: ConversationId, after: Seq, limit: usize) -> Result<Vec<Event>, StoreError> {
        let Some(key) = self.shared.drawer_key(id)? else { return Ok(Vec::new()) };
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        let read = self.events_under(&Sealer::new(&key), id, first, limit);
        if !self.shared.drawers.lock().contains(id) {
            return Ok(Vec::new());
        }
        // The index hears of an event when the journal has it, so there is none here that is not durable.
        read
    }

    fn events_under(&self, sealer: &Sealer, id: ConversationId, first: Seq, limit: usize) -> Result<Vec<Event>, StoreError> {
        let index = &self.shared.index;
        let first = Table::Events.key(&event_key(id, first));
        let last = Table::Events.key(&[&event_key(id, Seq::MAX)[..], &[u8::MAX]].concat());
        let mut events = Vec::new();
        for entry in index.range(&first, &last)? {
            let (key, sealed) = entry?;
            // The further parts of a long event are read with the first.
            let Ok(place) = <[u8; 20]>::try_from(&key[1..]) else { continue };
            if events.len() == limit {
                break;
            }
            let [.., a, b, c, d] = place;
            let bytes = parts::open(sealer, &self.shared.installation, Table::Events, &place, &sealed, |key| index.get(key))?;
            events.push(records::decode::<EventRecord>(&bytes)?.event(Seq::from_be_bytes([a, b, c, d]))?);
        }
        Ok(events)
    }

    /// The newest conversation of the visitor with this keyed token hash, from the moment it was committed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn conversation_of(&self, token_index: &[u8; 32]) -> Result<Option<ConversationId>, StoreError> {
        if let Some(id) = self.shared.open.read().by_token.get(token_index) {
            return Ok(Some(*id));
        }
        let Some(id) = self.shared.index.get(&Table::VisitorIndex.key(token_index))? else { return Ok(None) };
        let id = <[u8; 16]>::try_from(&id[..]).map_err(|_| StoreError::Damaged("the visitor index".to_owned()))?;
        Ok(Some(ConversationId::from_bytes(id)).filter(|id| self.shared.drawers.lock().contains(*id)))
    }
}

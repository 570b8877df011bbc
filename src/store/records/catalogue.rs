//! One page of the catalogue as it is stored, sealed under the house.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::time::Timestamp;
use crate::store::catalogue::{Entry, PAGE_SLOTS, Page, State};

/// The drawers in 32 neighbouring slots of the key tree. The page's number is its key and not in it.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PageRecord {
    entries: [Option<EntryRecord>; PAGE_SLOTS as usize],
}

impl Record for PageRecord {}

#[derive(Serialize, Deserialize)]
struct EntryRecord {
    drawer: [u8; 16],
    site: [u8; 16],
    token_index: [u8; 32],
    closed: Option<ClosedRecord>,
}

#[derive(Serialize, Deserialize)]
struct ClosedRecord {
    at: i64,
    events: u32,
    parts: u16,
    digest: [u8; 16],
}

impl From<&Page> for PageRecord {
    fn from(page: &Page) -> Self {
        Self { entries: page.each_ref().map(|entry| entry.as_ref().map(EntryRecord::from)) }
    }
}

impl PageRecord {
    pub(in crate::store) fn page(self) -> Page {
        self.entries.map(|entry| entry.map(EntryRecord::entry))
    }
}

impl From<&Entry> for EntryRecord {
    fn from(it: &Entry) -> Self {
        Self {
            drawer: *it.drawer.as_bytes(),
            site: *it.site.as_bytes(),
            token_index: it.token_index,
            closed: match it.state {
                State::Open => None,
                State::Closed { at, events, parts, digest } => Some(ClosedRecord { at: at.as_millis(), events, parts, digest }),
            },
        }
    }
}

impl EntryRecord {
    fn entry(self) -> Entry {
        Entry {
            drawer: ConversationId::from_bytes(self.drawer),
            site: SiteId::from_bytes(self.site),
            token_index: self.token_index,
            state: match self.closed {
                None => State::Open,
                Some(ClosedRecord { at, events, parts, digest }) => {
                    State::Closed { at: Timestamp::from_millis(at), events, parts, digest }
                }
            },
        }
    }
}

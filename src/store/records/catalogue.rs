//! One page of the catalogue as it is stored, sealed under the house.

use serde::{Deserialize, Serialize};

use super::{Record, damaged, read};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::time::Timestamp;
use crate::store::StoreError;
use crate::store::catalogue::{Entry, PAGE_SLOTS, Page, State};

/// The drawers in 32 neighbouring slots of the key tree. The page's number is its key and not in it.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PageRecord {
    entries: [Option<EntryRecord>; PAGE_SLOTS as usize],
}

/// Version 1 knew of no files.
#[derive(Deserialize)]
struct PageRecord1 {
    entries: [Option<EntryRecord1>; PAGE_SLOTS as usize],
}

#[derive(Deserialize)]
struct EntryRecord1 {
    drawer: [u8; 16],
    site: [u8; 16],
    token_index: [u8; 32],
    closed: Option<ClosedRecord1>,
}

#[derive(Deserialize)]
struct ClosedRecord1 {
    at: i64,
    events: u32,
    parts: u16,
    digest: [u8; 16],
}

impl Record for PageRecord {
    const VERSION: u8 = 2;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        if version != 1 {
            return Err(damaged("its version is not known"));
        }
        let it: PageRecord1 = read(body)?;
        Ok(Self { entries: it.entries.map(|entry| entry.map(EntryRecord::from)) })
    }
}

impl From<EntryRecord1> for EntryRecord {
    fn from(it: EntryRecord1) -> Self {
        let token_index = it.token_index;
        let holds = match it.closed {
            None => HoldsRecord::Open { token_index },
            Some(ClosedRecord1 { at, events, parts, digest }) => HoldsRecord::Closed { token_index, at, events, parts, digest },
        };
        Self { drawer: it.drawer, site: it.site, holds }
    }
}

#[derive(Serialize, Deserialize)]
struct EntryRecord {
    drawer: [u8; 16],
    site: [u8; 16],
    holds: HoldsRecord,
}

#[derive(Serialize, Deserialize)]
enum HoldsRecord {
    Open { token_index: [u8; 32] },
    Closed { token_index: [u8; 32], at: i64, events: u32, parts: u16, digest: [u8; 16] },
    Files { of: [u8; 16] },
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
        let token_index = it.token_index;
        Self {
            drawer: *it.drawer.as_bytes(),
            site: *it.site.as_bytes(),
            holds: match it.state {
                State::Open => HoldsRecord::Open { token_index },
                State::Closed { at, events, parts, digest } => {
                    HoldsRecord::Closed { token_index, at: at.as_millis(), events, parts, digest }
                }
                State::Files { of } => HoldsRecord::Files { of: *of.as_bytes() },
            },
        }
    }
}

impl EntryRecord {
    fn entry(self) -> Entry {
        let (token_index, state) = match self.holds {
            HoldsRecord::Open { token_index } => (token_index, State::Open),
            HoldsRecord::Closed { token_index, at, events, parts, digest } => {
                (token_index, State::Closed { at: Timestamp::from_millis(at), events, parts, digest })
            }
            HoldsRecord::Files { of } => ([0; 32], State::Files { of: ConversationId::from_bytes(of) }),
        };
        Entry { drawer: ConversationId::from_bytes(self.drawer), site: SiteId::from_bytes(self.site), token_index, state }
    }
}

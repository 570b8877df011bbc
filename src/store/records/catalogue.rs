//! One page of the catalogue as it is stored, sealed under the house.

use serde::{Deserialize, Serialize};

use super::{Record, damaged, read};
use crate::domain::id::{ConversationId, FormId, SiteId, SubmissionId};
use crate::domain::retention::ClosedKind;
use crate::domain::secure_form::KeptSubmission;
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
    Open {
        token_index: [u8; 32],
    },
    Closed {
        token_index: [u8; 32],
        at: i64,
        events: u32,
        parts: u16,
        digest: [u8; 16],
    },
    Files {
        of: [u8; 16],
    },
    /// Closed as well. Formats below 5 took every conversation for a chat.
    ClosedMessage {
        token_index: [u8; 32],
        at: i64,
        events: u32,
        parts: u16,
        digest: [u8; 16],
    },
    Anonymised {
        token_index: [u8; 32],
        at: i64,
        events: u32,
        parts: u16,
        digest: [u8; 16],
    },
    Submission {
        form: [u8; 16],
        of: Option<[u8; 16]>,
        at: i64,
    },
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
                State::Closed { at, events, parts, digest, kind } => {
                    let at = at.as_millis();
                    match kind {
                        ClosedKind::Chat => HoldsRecord::Closed { token_index, at, events, parts, digest },
                        ClosedKind::Message => HoldsRecord::ClosedMessage { token_index, at, events, parts, digest },
                        ClosedKind::Anonymised => HoldsRecord::Anonymised { token_index, at, events, parts, digest },
                    }
                }
                State::Files { of } => HoldsRecord::Files { of: *of.as_bytes() },
                State::Submission { of, at } => HoldsRecord::Submission {
                    form: it.submission().map_or([0; 16], |kept| *kept.form.as_bytes()),
                    of: of.map(|id| *id.as_bytes()),
                    at: at.as_millis(),
                },
            },
        }
    }
}

impl EntryRecord {
    fn entry(self) -> Entry {
        let closed =
            |kind, at, events, parts, digest| State::Closed { at: Timestamp::from_millis(at), events, parts, digest, kind };
        let (token_index, state) = match self.holds {
            HoldsRecord::Open { token_index } => (token_index, State::Open),
            HoldsRecord::Closed { token_index, at, events, parts, digest } => {
                (token_index, closed(ClosedKind::Chat, at, events, parts, digest))
            }
            HoldsRecord::ClosedMessage { token_index, at, events, parts, digest } => {
                (token_index, closed(ClosedKind::Message, at, events, parts, digest))
            }
            HoldsRecord::Anonymised { token_index, at, events, parts, digest } => {
                (token_index, closed(ClosedKind::Anonymised, at, events, parts, digest))
            }
            HoldsRecord::Files { of } => ([0; 32], State::Files { of: ConversationId::from_bytes(of) }),
            HoldsRecord::Submission { form, of, at } => {
                let id = SubmissionId::from_bytes(self.drawer);
                let (form, of) = (FormId::from_bytes(form), of.map(ConversationId::from_bytes));
                let (site, at) = (SiteId::from_bytes(self.site), Timestamp::from_millis(at));
                return Entry::of_submission(&KeptSubmission { id, site, form, of, at });
            }
        };
        Entry { drawer: ConversationId::from_bytes(self.drawer), site: SiteId::from_bytes(self.site), token_index, state }
    }
}

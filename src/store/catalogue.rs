//! The catalogue: which drawers there are, in which slot of the key tree, whose they are, and what lies in those that are
//! closed. Memory holds all of it, once; on disk it is pages of 32 neighbouring slots, sealed, so that a start reads a few
//! pages instead of every conversation, and nothing of it stands in clear.
//!
//! It says what is durable and nothing else: only the writer changes it, in the moment in which a group has become durable. What
//! was committed and is still on its way is known to `OpenOnes`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::hash::{BuildHasher, RandomState};
use std::ops::Bound;

use hashbrown::{HashTable, hash_table};

use super::house::HouseKeys;
use super::index::Index;
use super::parts::{self, Write};
use super::records::{self, PageRecord};
use super::tables::Table;
use super::{ClosedConversation, ClosedGroup, StoreError};
use crate::domain::id::{ConversationId, FormId, SiteId, SubmissionId};
use crate::domain::retention::ClosedKind;
use crate::domain::secure_form::KeptSubmission;
use crate::domain::time::Timestamp;
use crate::vault::{SLOTS, Slot};

/// Slots in one page: with every field at its longest it still fits into one value.
pub(super) const PAGE_SLOTS: u32 = 32;

pub(super) type Page = [Option<Entry>; PAGE_SLOTS as usize];

/// One drawer. Most hold a conversation and bear its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub drawer: ConversationId,
    pub site: SiteId,
    /// Zeros where the drawer holds files; where it holds a submission, the id of the form and zeros, so that entries stay small.
    pub token_index: [u8; 32],
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Head and events are records of their own.
    Open,
    Closed {
        at: Timestamp,
        events: u32,
        /// Of the transcript; 0 when the conversation was too long to be folded, and is kept as it was.
        parts: u16,
        digest: [u8; 16],
        kind: ClosedKind,
    },
    /// No conversation, but the files of one that is open, under an id of their own; see `attachments`.
    Files { of: ConversationId },
    /// What was filled in in a secure form, perhaps in a conversation.
    Submission { of: Option<ConversationId>, at: Timestamp },
}

impl Entry {
    pub(super) fn closed(&self) -> Option<ClosedConversation> {
        match self.state {
            State::Open | State::Files { .. } | State::Submission { .. } => None,
            State::Closed { at, kind, .. } => Some(ClosedConversation { id: self.drawer, site: self.site, closed_at: at, kind }),
        }
    }

    pub(super) fn submission(&self) -> Option<KeptSubmission> {
        let State::Submission { of, at } = self.state else { return None };
        let mut form = [0; 16];
        form.copy_from_slice(&self.token_index[..16]);
        let form = FormId::from_bytes(form);
        Some(KeptSubmission { id: SubmissionId::from_bytes(*self.drawer.as_bytes()), site: self.site, form, of, at })
    }

    pub(super) fn of_submission(it: &KeptSubmission) -> Self {
        let mut token_index = [0; 32];
        token_index[..16].copy_from_slice(it.form.as_bytes());
        let (drawer, state) = (ConversationId::from_bytes(*it.id.as_bytes()), State::Submission { of: it.of, at: it.at });
        Self { drawer, site: it.site, token_index, state }
    }

    pub(super) fn is_conversation(&self) -> bool {
        matches!(self.state, State::Open | State::Closed { .. })
    }
}

/// What entries become with a group. `None` is a slot that is free again.
pub(super) type Turns = BTreeMap<Slot, Option<Entry>>;

#[derive(Default)]
pub(super) struct Catalogue {
    pages: Vec<Option<Box<Page>>>,
    /// Conversations in `pages`.
    len: u64,
    /// Drawers that can be found; one whose keys are destroyed stays in its page until that is cleared.
    by_id: HashTable<Slot>,
    /// The newest closed conversation of each visitor.
    by_token: HashTable<Slot>,
    /// Each kind of each site for itself: clocks run for these, and find what is due without a look at the rest.
    closed: BTreeMap<ClosedGroup, BTreeSet<Closing>>,
    /// Where the files of a conversation are.
    files: BTreeMap<ConversationId, Slot>,
    submissions: BTreeSet<Slot>,
    hasher: RandomState,
}

impl Catalogue {
    /// Reads every page.
    pub(super) fn load(index: &Index, keys: &HouseKeys, installation: &[u8; 16]) -> Result<Self, StoreError> {
        let mut it = Self::default();
        for found in index.scan(&[Table::Catalogue.tag()])? {
            let (key, sealed) = found?;
            let number = number_of(&key)?;
            let sealer = keys.sealer(Table::Catalogue);
            let bytes = parts::open(sealer, installation, Table::Catalogue, &key[1..], &sealed, |_| Ok(None))?;
            let page = records::decode::<PageRecord>(&bytes)?.page();
            it.len += page.iter().flatten().filter(|entry| entry.is_conversation()).count() as u64;
            *it.page_mut(number) = page;
        }
        it.list_all()?;
        Ok(it)
    }

    /// What `list` does for one, for all at once.
    fn list_all(&mut self) -> Result<(), StoreError> {
        let Self { pages, by_id, files, submissions, hasher, .. } = self;
        by_id.reserve(usize::try_from(self.len).unwrap_or(0), |_| 0);
        let mut closed: BTreeMap<ClosedGroup, Vec<Closing>> = BTreeMap::new();
        for (slot, entry) in entries(pages) {
            let id = entry.drawer;
            let hash = hasher.hash_one(id);
            if by_id.find(hash, |slot| entry_at(pages, *slot).is_some_and(|it| it.drawer == id)).is_some() {
                return Err(StoreError::Damaged(format!("the conversation in place {slot} is in another place as well")));
            }
            by_id.insert_unique(hash, slot, |slot| hash_of(hasher, entry_at(pages, *slot), |it| &it.drawer));
            if let Some(it) = entry.closed() {
                closed.entry((it.site, it.kind)).or_default().push((it.closed_at, slot));
            }
            if let State::Files { of } = entry.state {
                files.insert(of, slot);
            }
            if matches!(entry.state, State::Submission { .. }) {
                submissions.insert(slot);
            }
        }
        for (group, mut closed) in closed {
            closed.sort_unstable();
            closed.iter().for_each(|(_, slot)| self.list_newest(*slot));
            self.closed.insert(group, closed.into_iter().collect());
        }
        Ok(())
    }

    /// How many conversations the pages list.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (Slot, &Entry)> {
        entries(&self.pages)
    }

    /// A drawer whose keys exist.
    pub(super) fn get(&self, id: ConversationId) -> Option<(Slot, &Entry)> {
        let is_it = |slot: &Slot| entry_at(&self.pages, *slot).is_some_and(|entry| entry.drawer == id);
        let slot = *self.by_id.find(self.hasher.hash_one(id), is_it)?;
        Some((slot, entry_at(&self.pages, slot)?))
    }

    /// What is listed in this slot, even when its keys are destroyed.
    pub(super) fn at(&self, slot: Slot) -> Option<&Entry> {
        entry_at(&self.pages, slot)
    }

    /// The newest closed conversation of this visitor.
    pub(super) fn newest_of(&self, token_index: &[u8; 32]) -> Option<ConversationId> {
        let is_it = |slot: &Slot| entry_at(&self.pages, *slot).is_some_and(|entry| entry.token_index == *token_index);
        let slot = *self.by_token.find(self.hasher.hash_one(token_index), is_it)?;
        Some(entry_at(&self.pages, slot)?.drawer)
    }

    /// The drawer with the files of this conversation.
    pub(super) fn files_of(&self, id: ConversationId) -> Option<(Slot, &Entry)> {
        let slot = *self.files.get(&id)?;
        Some((slot, entry_at(&self.pages, slot)?))
    }

    /// Every drawer with files.
    pub(super) fn files(&self) -> impl Iterator<Item = (Slot, &Entry)> {
        self.files.values().filter_map(|slot| Some((*slot, entry_at(&self.pages, *slot)?)))
    }

    /// Every submission, in the order of their slots.
    pub(super) fn submissions(&self) -> impl Iterator<Item = KeptSubmission> {
        self.submissions.iter().filter_map(|slot| entry_at(&self.pages, *slot)?.submission())
    }

    pub(super) fn closed_len(&self) -> usize {
        self.closed.values().map(BTreeSet::len).sum()
    }

    /// The groups of which there are any, with how many.
    pub(super) fn closed_groups(&self) -> impl Iterator<Item = (ClosedGroup, usize)> {
        self.closed.iter().map(|(group, closed)| (*group, closed.len()))
    }

    /// Closed ones of one group, or of all, in the order of closing, with their place in it.
    pub(super) fn closed_up(
        &self,
        group: Option<ClosedGroup>,
        bounds: (Bound<Closing>, Bound<Closing>),
    ) -> impl Iterator<Item = (Closing, ClosedConversation)> {
        let mut ranges: Vec<_> = self.listed(group).map(|closed| closed.range(bounds)).collect();
        let ahead = ranges.iter_mut().enumerate().filter_map(|(at, range)| Some(Reverse((*range.next()?, at))));
        let mut ahead: BinaryHeap<_> = ahead.collect();
        let in_order = std::iter::from_fn(move || {
            let Reverse((closing, at)) = ahead.pop()?;
            ahead.extend(ranges[at].next().map(|next| Reverse((*next, at))));
            Some(closing)
        });
        self.with_entries(in_order)
    }

    /// The same, the newest first.
    pub(super) fn closed_down(
        &self,
        group: Option<ClosedGroup>,
        bounds: (Bound<Closing>, Bound<Closing>),
    ) -> impl Iterator<Item = (Closing, ClosedConversation)> {
        let mut ranges: Vec<_> = self.listed(group).map(|closed| closed.range(bounds)).collect();
        let ahead = ranges.iter_mut().enumerate().filter_map(|(at, range)| Some((*range.next_back()?, at)));
        let mut ahead: BinaryHeap<_> = ahead.collect();
        let in_order = std::iter::from_fn(move || {
            let (closing, at) = ahead.pop()?;
            ahead.extend(ranges[at].next_back().map(|next| (*next, at)));
            Some(closing)
        });
        self.with_entries(in_order)
    }

    fn listed(&self, group: Option<ClosedGroup>) -> impl Iterator<Item = &BTreeSet<Closing>> {
        let one = group.map(|group| self.closed.get(&group));
        let all = one.is_none().then(|| self.closed.values());
        one.flatten().into_iter().chain(all.into_iter().flatten())
    }

    fn with_entries(&self, closings: impl Iterator<Item = Closing>) -> impl Iterator<Item = (Closing, ClosedConversation)> {
        closings.filter_map(|closing| Some((closing, entry_at(&self.pages, closing.1)?.closed()?)))
    }

    /// Seals each page that these turns touch, once.
    pub(super) fn seal(
        &self,
        turns: &Turns,
        keys: &HouseKeys,
        installation: &[u8; 16],
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        let mut turns = turns.iter().peekable();
        while let Some((slot, _)) = turns.peek() {
            let number = **slot / PAGE_SLOTS;
            let mut page = self.pages.get(number as usize).and_then(Option::as_deref).copied().unwrap_or_default();
            while let Some((slot, entry)) = turns.next_if(|(slot, _)| **slot / PAGE_SLOTS == number) {
                page[place(*slot)] = *entry;
            }
            let key = number.to_be_bytes();
            if page.iter().all(Option::is_none) {
                parts::remove(Table::Catalogue, &key, writes);
            } else {
                let bytes = records::encode(&PageRecord::from(&page))?;
                parts::seal(keys.sealer(Table::Catalogue), installation, Table::Catalogue, &key, &bytes, writes)?;
            }
        }
        Ok(())
    }

    /// Takes over what has become durable.
    pub(super) fn install(&mut self, turns: Turns) {
        for (slot, entry) in turns {
            let before = entry_at(&self.pages, slot).copied();
            let was_listed = before.is_some_and(|before| self.get(before.drawer).is_some_and(|(found, _)| found == slot));
            if let Some(before) = before {
                self.forget(before.drawer);
                self.len -= u64::from(before.is_conversation());
            }
            self.page_mut(slot / PAGE_SLOTS)[place(slot)] = entry;
            let Some(entry) = entry else { continue };
            self.len += u64::from(entry.is_conversation());
            // One whose keys were destroyed while it was on its way stays unlisted.
            if was_listed || before.is_none_or(|before| before.drawer != entry.drawer) {
                self.list(slot, &entry);
            }
        }
    }

    /// Nobody finds the drawer any more. Its page lists it until the slot is cleared.
    pub(super) fn forget(&mut self, id: ConversationId) {
        let Some((slot, entry)) = self.get(id) else { return };
        let entry = *entry;
        if let Ok(found) = self.by_id.find_entry(self.hasher.hash_one(id), |it| *it == slot) {
            found.remove();
        }
        if let State::Files { of } = entry.state
            && self.files.get(&of) == Some(&slot)
        {
            self.files.remove(&of);
        }
        self.submissions.remove(&slot);
        if let Some(closed) = entry.closed() {
            let group = (closed.site, closed.kind);
            if let Some(listed) = self.closed.get_mut(&group)
                && listed.remove(&(closed.closed_at, slot))
                && listed.is_empty()
            {
                self.closed.remove(&group);
            }
            if let Ok(found) = self.by_token.find_entry(self.hasher.hash_one(entry.token_index), |it| *it == slot) {
                found.remove();
            }
        }
    }

    fn list(&mut self, slot: Slot, entry: &Entry) {
        let Self { pages, by_id, hasher, .. } = self;
        let rehash = |slot: &Slot| hash_of(hasher, entry_at(pages, *slot), |it| &it.drawer);
        by_id.insert_unique(hasher.hash_one(entry.drawer), slot, rehash);
        if let State::Files { of } = entry.state {
            self.files.insert(of, slot);
        }
        if matches!(entry.state, State::Submission { .. }) {
            self.submissions.insert(slot);
        }
        if let Some(closed) = entry.closed() {
            self.closed.entry((closed.site, closed.kind)).or_default().insert((closed.closed_at, slot));
            self.list_newest(slot);
        }
    }

    /// The closed one in this slot is its visitor's newest, unless another closed later.
    fn list_newest(&mut self, slot: Slot) {
        let Self { pages, by_token, hasher, .. } = self;
        let Some(token_index) = entry_at(pages, slot).map(|entry| entry.token_index) else { return };
        let is_it = |slot: &Slot| entry_at(pages, *slot).is_some_and(|entry| entry.token_index == token_index);
        let rehash = |slot: &Slot| hash_of(hasher, entry_at(pages, *slot), |it| &it.token_index);
        let closing = |slot: Slot| (entry_at(pages, slot).and_then(Entry::closed).map(|it| it.closed_at), slot);
        match by_token.entry(hasher.hash_one(token_index), is_it, rehash) {
            hash_table::Entry::Occupied(mut found) if closing(*found.get()) < closing(slot) => *found.get_mut() = slot,
            hash_table::Entry::Occupied(_) => {}
            hash_table::Entry::Vacant(empty) => {
                empty.insert(slot);
            }
        }
    }

    fn page_mut(&mut self, number: u32) -> &mut Page {
        let number = number as usize;
        if self.pages.len() <= number {
            self.pages.resize_with(number + 1, || None);
        }
        self.pages[number].get_or_insert_default()
    }
}

/// When one closed, and its slot: in this order they stand.
pub(super) type Closing = (Timestamp, Slot);
type Pages = [Option<Box<Page>>];

fn place(slot: Slot) -> usize {
    (slot % PAGE_SLOTS) as usize
}

fn entry_at(pages: &Pages, slot: Slot) -> Option<&Entry> {
    pages.get((slot / PAGE_SLOTS) as usize)?.as_ref()?[place(slot)].as_ref()
}

fn entries(pages: &Pages) -> impl Iterator<Item = (Slot, &Entry)> {
    let pages = (0..).step_by(PAGE_SLOTS as usize).zip(pages);
    let slots = pages.filter_map(|(first, page)| Some((first, page.as_deref()?)));
    slots.flat_map(|(first, page)| (first..).zip(page).filter_map(|(slot, entry)| Some((slot, entry.as_ref()?))))
}

/// Entries that a table names are there; were one not, it would only be found no more.
fn hash_of<T: std::hash::Hash>(hasher: &RandomState, entry: Option<&Entry>, part: impl Fn(&Entry) -> &T) -> u64 {
    entry.map_or(0, |entry| hasher.hash_one(part(entry)))
}

fn number_of(key: &[u8]) -> Result<u32, StoreError> {
    let number = <[u8; 4]>::try_from(&key[1..]).map(u32::from_be_bytes).ok();
    let number = number.filter(|number| *number < SLOTS / PAGE_SLOTS);
    number.ok_or_else(|| StoreError::Damaged("a page of the catalogue has a strange key".to_owned()))
}

//! Finding words, and what else conversations have, in everything that was said. There is no index of words, on the disk or in memory.
//!
//! The newest conversations are opened first, so a common word fills a page at once. Then the signatures of the others are looked
//! through (see `signature`): they rule out nearly all that have not what is looked for, and the rest is opened, again the newest first.
//! How much one page may cost is bounded. Whoever wants to know more goes on from the place where it stopped.

use std::collections::HashSet;
use std::num::NonZero;
use std::ops::{Bound, ControlFlow};

use super::catalogue::{Closing, Entry, State};
use super::survey::{Found, Plan};
use super::{Shared, Store, StoreError};
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Seq};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::limits;
use crate::domain::search::{Place, Query, text_of, texts_of_head};
use crate::domain::time::Timestamp;
use crate::vault::Slot;

pub(super) mod signature;
pub(super) mod words;

use signature::Probe;
use words::{Lowered, Words};

/// How many of the newest are opened without asking their signatures: at first, and when that is likely to fill the page. And how many
/// candidates are opened at first after that.
const NEWEST: usize = 64;
const NEWEST_MAX: usize = 512;
const CANDIDATES: usize = 64;
/// Closed conversations that are listed before others may go on.
const LISTED_AT_ONCE: usize = 4_096;

/// A conversation that has what was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub conversation: ConversationId,
    pub site: SiteId,
    pub place: Place,
    /// The first event with most of the words; 0 when they stand elsewhere, or there are none.
    pub seq: Seq,
}

/// What somebody may find.
pub struct Horizon<'a> {
    /// Of a site, as far as that says it for all of its conversations.
    pub site: &'a dyn Fn(SiteId) -> Sight,
    /// This very conversation.
    pub conversation: &'a (dyn Fn(&Conversation) -> bool + Sync),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    Nothing,
    /// Each conversation has to be looked at.
    Some,
    All,
}

/// What one look has found, and where the next goes on: there may be more, or so much was looked through that it is enough for once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub hits: Vec<Hit>,
    pub next: Option<Place>,
}

impl Store {
    /// The next conversations that have what the query asks for, at most `limit`, the newest first: open ones by their beginning,
    /// then closed ones by their closing.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn search(
        &self,
        query: &Query,
        after: Option<Place>,
        limit: usize,
        threads: NonZero<usize>,
        horizon: &Horizon<'_>,
    ) -> Result<Page, StoreError> {
        let is_asked = |site: SiteId| query.site.is_none_or(|asked| asked == site);
        let wanted = |entry: &Entry| is_asked(entry.site) && (horizon.site)(entry.site) != Sight::Nothing;
        let needs_heads = self.house().sites.keys().any(|site| is_asked(*site) && (horizon.site)(*site) == Sight::Some);
        let sought = Sought::new(query, horizon, needs_heads);
        let mut look = Look { shared: &self.shared, sought: &sought, limit, threads, hits: Vec::new(), opened: 0 };
        if query.which.has_open() {
            look.open_ones(after, wanted)?;
        }
        let mut next = None;
        if query.which.has_closed() && look.hits.len() <= limit {
            next = look.closed_ones(after, wanted)?;
        }
        let mut hits = look.hits;
        if hits.len() > limit {
            hits.truncate(limit);
            next = hits.last().map(|hit| hit.place);
        }
        Ok(Page { hits, next })
    }
}

/// What a query asks for beyond what the catalogue knows.
struct Sought<'a> {
    query: &'a Query,
    may_see: &'a (dyn Fn(&Conversation) -> bool + Sync),
    /// Whether what the catalogue knows says too little of who may see what.
    needs_heads: bool,
    words: Words,
    probe: Probe,
}

impl<'a> Sought<'a> {
    fn new(query: &'a Query, horizon: &Horizon<'a>, needs_heads: bool) -> Self {
        let words = Words::new(query.words.as_ref().map_or("", |words| words.as_str()));
        let mut probe = Probe::default();
        words.describe(&mut probe);
        query.marks().for_each(|mark| probe.mark(mark));
        Self { query, may_see: horizon.conversation, needs_heads, words, probe }
    }

    fn find(&self, (slot, entry): (Slot, &Entry), found: Found<'_>, lowered: &mut Lowered) -> Result<Option<Hit>, StoreError> {
        if let Found::Folded(transcript) = &found {
            // Seldom are the words there, so the whole is looked through before a single event is taken apart.
            let there =
                self.words.those_in(transcript.raw_head(), lowered) | self.words.those_in(transcript.raw_events(), lowered);
            if there != self.words.all() {
                return Ok(None);
            }
        }
        let (head, events) = found.whole(entry)?;
        if !(self.may_see)(&head) {
            return Ok(None);
        }
        let place = match entry.closed() {
            Some(closed) => Place::Closed { at: closed.closed_at, slot },
            None => Place::Open { at: head.started_at, slot },
        };
        let seq = self.seq(&head, &events, lowered);
        Ok(seq.map(|seq| Hit { conversation: entry.drawer, site: entry.site, place, seq }))
    }

    /// Where it is, if all of it is there.
    fn seq(&self, head: &Conversation, events: &[Event], lowered: &mut Lowered) -> Option<Seq> {
        if !self.query.fits(head, events) {
            return None;
        }
        let mut there = 0;
        for text in texts_of_head(head) {
            there |= self.words.those_in(text.as_bytes(), lowered);
        }
        let (mut most, mut seq) = (0, 0);
        for (event, text) in events.iter().filter_map(|event| Some((event, text_of(event)?))) {
            let found = self.words.those_in(text.as_bytes(), lowered);
            there |= found;
            if found.count_ones() > most {
                (most, seq) = (found.count_ones(), event.seq);
            }
        }
        (there == self.words.all()).then_some(seq)
    }
}

/// Filling one page.
struct Look<'a> {
    shared: &'a Shared,
    sought: &'a Sought<'a>,
    /// One more is looked for, to know whether there is more.
    limit: usize,
    threads: NonZero<usize>,
    hits: Vec<Hit>,
    opened: usize,
}

impl Look<'_> {
    fn open_ones(&mut self, after: Option<Place>, wanted: impl Fn(&Entry) -> bool) -> Result<(), StoreError> {
        if matches!(after, Some(Place::Closed { .. })) {
            return Ok(());
        }
        let open: Vec<(Slot, Entry)> = {
            let catalogue = self.shared.catalogue.read();
            let open = catalogue.entries().filter(|(_, entry)| entry.state == State::Open && wanted(entry));
            open.map(|(slot, entry)| (slot, *entry)).collect()
        };
        let query = self.sought.query;
        self.add(&open)?;
        // One that closed meanwhile is met again among the closed ones.
        self.hits.retain(|hit| matches!(hit.place, Place::Open { at, .. } if query.spans(at)));
        self.hits.retain(|hit| after.is_none_or(|after| hit.place < after));
        self.opened = 0;
        Ok(())
    }

    /// Returns where to go on when enough was looked through and the page is not full.
    fn closed_ones(&mut self, after: Option<Place>, wanted: impl Fn(&Entry) -> bool) -> Result<Option<Place>, StoreError> {
        let mut rest = Rest::new(self.shared, self.sought.query, after, wanted);
        if self.sought.words.is_empty() && self.sought.query.asks_for_places_alone() && !self.sought.needs_heads {
            let some = rest.take(self.limit + 1 - self.hits.len());
            self.hits.extend(some.into_iter().filter_map(|(slot, entry)| {
                let at = entry.closed()?.closed_at;
                Some(Hit { conversation: entry.drawer, site: entry.site, place: Place::Closed { at, slot }, seq: 0 })
            }));
            return Ok(None);
        }
        let before = self.hits.len();
        self.add(&rest.take(NEWEST))?;
        // What is common fills the page sooner than signatures could be read.
        let found = self.hits.len() - before;
        if let Some(more) = ((self.limit + 1).saturating_sub(self.hits.len()) * NEWEST * 3 / 2).checked_div(found)
            && more <= NEWEST_MAX
        {
            self.add(&rest.take(more))?;
        }
        if self.hits.len() > self.limit {
            return Ok(None);
        }
        let mut went_to = rest.went_to();
        let candidates = self.candidates(rest.take(limits::SEARCH_SIGNATURES))?;
        let (mut candidates, mut count) = (candidates.as_slice(), CANDIDATES);
        while self.hits.len() <= self.limit && !candidates.is_empty() {
            if self.opened >= limits::SEARCH_OPENED {
                return Ok(went_to);
            }
            let (now, later) = candidates.split_at(candidates.len().min(count));
            self.add(now)?;
            went_to = now.last().and_then(|(slot, entry)| Some(Place::Closed { at: entry.closed()?.closed_at, slot: *slot }));
            (candidates, count) = (later, count * 2);
        }
        Ok(rest.went_to().filter(|_| !rest.is_over()))
    }

    /// Opens these and adds those that have it, behind those that were found before.
    fn add(&mut self, some: &[(Slot, Entry)]) -> Result<(), StoreError> {
        self.opened += some.len();
        let mut found = Vec::new();
        let sought = self.sought;
        let look = || {
            let mut lowered = Lowered::default();
            move |at: (Slot, &Entry), found: Found<'_>| sought.find(at, found, &mut lowered)
        };
        let plan = Plan::new(self.shared, some.iter().map(|(slot, entry)| (*slot, entry.drawer)))?;
        self.shared.survey_plan(self.threads, &plan, look, |hit| {
            found.push(hit);
            ControlFlow::Continue(())
        })?;
        found.sort_unstable_by_key(|hit| std::cmp::Reverse(hit.place));
        self.hits.append(&mut found);
        Ok(())
    }

    /// Those among them that their signatures do not rule out, in the same order.
    fn candidates(&self, mut some: Vec<(Slot, Entry)>) -> Result<Vec<(Slot, Entry)>, StoreError> {
        if !self.sought.probe.is_blind() {
            let plan = Plan::new(self.shared, some.iter().map(|(slot, entry)| (*slot, entry.drawer)))?;
            let left: HashSet<Slot> = self.shared.sift(self.threads, &plan, &self.sought.probe)?.into_iter().collect();
            some.retain(|(slot, _)| left.contains(slot));
        }
        Ok(some)
    }
}

/// Closed conversations that nobody has looked at yet, the newest first.
struct Rest<'a, W> {
    shared: &'a Shared,
    wanted: W,
    /// The oldest that is wanted.
    first: Closing,
    /// Those before this one are left.
    end: Option<Closing>,
    is_over: bool,
}

impl<'a, W: Fn(&Entry) -> bool> Rest<'a, W> {
    fn new(shared: &'a Shared, query: &Query, after: Option<Place>, wanted: W) -> Self {
        let first = (query.from.unwrap_or(Timestamp::from_millis(i64::MIN)), 0);
        let until = query.until.map(|until| (until, 0));
        let after = match after {
            Some(Place::Closed { at, slot }) => Some((at, slot)),
            Some(Place::Open { .. }) | None => None,
        };
        let end = [until, after].into_iter().flatten().min();
        Self { shared, wanted, first, end, is_over: false }
    }

    fn take(&mut self, count: usize) -> Vec<(Slot, Entry)> {
        let mut taken = Vec::new();
        while taken.len() < count && !self.is_over {
            if self.end.is_some_and(|end| end <= self.first) {
                self.is_over = true;
                break;
            }
            let end = self.end.map_or(Bound::Unbounded, Bound::Excluded);
            let catalogue = self.shared.catalogue.read();
            let mut listed = 0;
            for (closing, _) in catalogue.closed_down(None, (Bound::Included(self.first), end)).take(LISTED_AT_ONCE) {
                listed += 1;
                self.end = Some(closing);
                if let Some(entry) = catalogue.at(closing.1).filter(|entry| (self.wanted)(entry)) {
                    taken.push((closing.1, *entry));
                    if taken.len() == count {
                        break;
                    }
                }
            }
            self.is_over = listed == 0;
        }
        taken
    }

    /// The last that was taken or passed over.
    fn went_to(&self) -> Option<Place> {
        self.end.map(|(at, slot)| Place::Closed { at, slot })
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}

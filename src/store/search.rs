//! Finding words in everything that was said. There is no index of words, on the disk or in memory: every conversation is opened
//! and looked through, which a few cores do at some gigabytes a second.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::ops::ControlFlow;

use memchr::memmem::Finder;
use zeroize::Zeroizing;

use super::survey::Found;
use super::{Store, StoreError};
use crate::domain::event::{Event, EventKind, Seq};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::time::Timestamp;

/// A conversation in which somebody said the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// `None` while it is open.
    pub closed_at: Option<Timestamp>,
    pub conversation: ConversationId,
    pub site: SiteId,
    /// The first event with the words.
    pub seq: Seq,
}

impl Store {
    /// Conversations in whose messages the words stand, the newest first: open ones, then by closing, at most `limit`. Case
    /// does not count. `wanted` chooses by site, and by when it closed, which is `None` for open ones.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn search(
        &self,
        words: &str,
        limit: usize,
        threads: NonZero<usize>,
        wanted: impl Fn(SiteId, Option<Timestamp>) -> bool + Sync,
    ) -> Result<Vec<Hit>, StoreError> {
        let needle = Needle::new(words);
        let look = || {
            let mut lowered = Zeroizing::new(Vec::new());
            let needle = &needle;
            move |entry: &super::catalogue::Entry, found: Found<'_>| {
                let seq = match found {
                    Found::Folded(transcript) => {
                        // Seldom are the words there, so the whole is looked through before a single event is taken apart.
                        if !needle.is_in(transcript.raw_events(), &mut lowered) {
                            return Ok(None);
                        }
                        needle.first_in(transcript.events(1), &mut lowered)?
                    }
                    Found::Records(_, events) => needle.first_in(events.into_iter().map(Ok), &mut lowered)?,
                };
                let closed_at = entry.closed().map(|closed| closed.closed_at);
                Ok(seq.map(|seq| Hit { closed_at, conversation: entry.drawer, site: entry.site, seq }))
            }
        };
        let mut newest = BTreeSet::new();
        self.shared.survey(
            threads,
            |entry| wanted(entry.site, entry.closed().map(|closed| closed.closed_at)),
            look,
            |hit: Hit| {
                newest.insert((hit.closed_at.unwrap_or(Timestamp::from_millis(i64::MAX)), hit));
                if newest.len() > limit {
                    newest.pop_first();
                }
                ControlFlow::Continue(())
            },
        )?;
        Ok(newest.into_iter().rev().map(|(_, hit)| hit).collect())
    }
}

/// What is looked for, in each of the forms in which it may be written when only ASCII letters are made small: as they are, all
/// small, all capital, and with a capital first letter.
struct Needle(Vec<Finder<'static>>);

impl Needle {
    fn new(words: &str) -> Self {
        let small = words.to_lowercase();
        let mut chars = small.chars();
        let first: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
        let forms = [words.to_owned(), first, words.to_uppercase(), small];
        let forms: BTreeSet<String> = forms.into_iter().map(|form| form.to_ascii_lowercase()).collect();
        Self(forms.iter().filter(|form| !form.is_empty()).map(|form| Finder::new(form).into_owned()).collect())
    }

    /// `lowered` is where the small letters go, kept for the next time.
    fn is_in(&self, text: &[u8], lowered: &mut Zeroizing<Vec<u8>>) -> bool {
        if text.len() > lowered.capacity() {
            // What it held is wiped with it.
            *lowered = Zeroizing::new(Vec::with_capacity(text.len().next_power_of_two()));
        }
        lowered.clear();
        lowered.extend_from_slice(text);
        lowered.make_ascii_lowercase();
        self.0.iter().any(|form| form.find(lowered).is_some())
    }

    fn first_in(
        &self,
        events: impl Iterator<Item = Result<Event, StoreError>>,
        lowered: &mut Zeroizing<Vec<u8>>,
    ) -> Result<Option<Seq>, StoreError> {
        for event in events {
            let event = event?;
            if let EventKind::Message(text) = &event.kind
                && self.is_in(text.as_str().as_bytes(), lowered)
            {
                return Ok(Some(event.seq));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_count() {
        let found = |words: &str, text: &str| Needle::new(words).is_in(text.as_bytes(), &mut Zeroizing::new(Vec::new()));
        for (words, text) in [
            ("foot", "My FOOT hurts"),
            ("FOOT", "my foot hurts"),
            ("my fo", "My Foot"),
            ("ärger", "So viel Ärger"),
            ("Ärger", "so viel ärger"),
            ("ärger", "ÄRGER"),
            ("привет", "ПРИВЕТ"),
            ("Привет", "привет"),
            ("привет", "Привет"),
            ("\u{1f600}", "hello \u{1f600}"),
        ] {
            assert!(found(words, text), "{words} in {text}");
        }
        assert!(!found("foot", "fo ot"));
        assert!(!found("", "anything"));
    }
}

//! What a site looks for, ready to look: finds it in a text, in two messages that are one number, and in what is still being typed.

use std::fmt;
use std::ops::Range;

use regex::Regex;

use super::groups::groups;
use super::reading::{JUNCTION, Reading};
use super::{Redaction, cards, codes, iban, own, ssn};
use crate::domain::limits;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    Card = 0,
    /// The security code of a card.
    Code = 1,
    Ssn = 2,
    Iban = 3,
    Own = 4,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Card, Self::Code, Self::Ssn, Self::Iban, Self::Own];

    /// The word for it on the wire, in exports and in the keys of texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Code => "code",
            Self::Ssn => "ssn",
            Self::Iban => "iban",
            Self::Own => "own",
        }
    }

    /// As the staff reads it.
    #[must_use]
    pub const fn called(self) -> &'static str {
        match self {
            Self::Card => "a card number",
            Self::Code => "a card’s security code",
            Self::Ssn => "a social security number",
            Self::Iban => "an account number (IBAN)",
            Self::Own => "something that this site does not want in a chat",
        }
    }
}

/// Which kinds, and nothing of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found(u8);

impl Found {
    #[must_use]
    pub fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.0 & 1 << *kind as u8 != 0)
    }

    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Bits that mean nothing here are left out.
    #[must_use]
    pub fn of_bits(bits: u8) -> Self {
        Kind::ALL.into_iter().filter(|kind| bits & 1 << *kind as u8 != 0).fold(Self::default(), Self::with)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub kind: Kind,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// A text in which something was masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Masked {
    pub text: String,
    pub found: Found,
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masked({} bytes, {:?})", self.text.len(), self.found)
    }
}

/// Two messages of one person, each with what has to be masked in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Across {
    /// None: it may stay as it is.
    pub first: Option<Masked>,
    pub second: Masked,
}

/// Stands in the place of what was found: never longer, so that what fitted still fits.
const DOTS: &str = "••••";

/// Digits from which on what is still being typed may become a number; fewer say nothing.
const UNFINISHED_DIGITS: usize = 6;

#[derive(Default)]
pub struct Detectors {
    cards: bool,
    ssn: bool,
    iban: bool,
    own: Vec<Regex>,
}

impl fmt::Debug for Detectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Detectors(cards {}, ssn {}, iban {}, {} of its own)", self.cards, self.ssn, self.iban, self.own.len())
    }
}

impl Detectors {
    /// A pattern that cannot be read, which `Redaction` does not let in, finds nothing.
    #[must_use]
    pub fn new(settings: &Redaction) -> Self {
        let own = settings.patterns.iter().filter_map(|it| own::compile(it.pattern.as_str()).ok()).collect();
        Self { cards: settings.cards, ssn: settings.ssn, iban: settings.iban, own }
    }

    #[must_use]
    pub fn is_idle(&self) -> bool {
        !self.cards && !self.ssn && !self.iban && self.own.is_empty()
    }

    /// Everything that is found, in order and without overlaps.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Hit> {
        if self.is_idle() {
            return Vec::new();
        }
        let reading = Reading::of(text);
        let hits = self.find_plain(&reading.plain);
        hits.into_iter().map(|Hit { kind, range }| Hit { kind, range: reading.origin(&range) }).collect()
    }

    fn find_plain(&self, plain: &str) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let mut add = |kind, ranges: Vec<Range<usize>>| {
            for range in ranges {
                // The first that has a place keeps it: an account's digits are no card.
                if hits.iter().all(|hit| hit.range.end <= range.start || range.end <= hit.range.start) {
                    hits.push(Hit { kind, range });
                }
            }
        };
        if plain.bytes().filter(u8::is_ascii_digit).count() >= 3 {
            let accounts = if self.iban || self.cards { iban::find(plain) } else { Vec::new() };
            if self.iban {
                add(Kind::Iban, accounts.clone());
            }
            if self.cards {
                let is_of_account = |card: &Range<usize>| accounts.iter().any(|it| it.start < card.end && card.start < it.end);
                let cards: Vec<_> = cards::find(plain).into_iter().filter(|card| !is_of_account(card)).collect();
                let codes = codes::find(plain, &cards);
                add(Kind::Card, cards);
                add(Kind::Code, codes);
            }
            if self.ssn {
                add(Kind::Ssn, ssn::find(plain));
            }
        }
        for pattern in &self.own {
            let mut found: Vec<_> = pattern.find_iter(plain).take(limits::PATTERN_HITS).map(|hit| hit.range()).collect();
            // Looking on would take time without a bound: what follows is hidden altogether.
            if let (limits::PATTERN_HITS, Some(last)) = (found.len(), found.last_mut()) {
                last.end = plain.len();
            }
            found.retain(|range| !range.is_empty());
            add(Kind::Own, found);
        }
        hits.sort_by_key(|hit| hit.range.start);
        hits
    }

    /// The text with everything masked; `None` when there is nothing to mask.
    #[must_use]
    pub fn mask(&self, text: &str) -> Option<Masked> {
        masked(text, &self.find(text))
    }

    /// Two messages that one person has sent one after the other: what begins in the first and ends in the second, masked in both, and a
    /// security code in the second that is known as one by the first. What stands in one of them alone is left as it is.
    #[must_use]
    pub fn mask_across(&self, first: &str, second: &str) -> Option<Across> {
        if self.is_idle() || second.is_empty() {
            return None;
        }
        let mut joined = String::with_capacity(first.len() + second.len() + 1);
        joined.push_str(first);
        joined.push(JUNCTION);
        joined.push_str(second);
        let (end, start) = (first.len(), first.len() + JUNCTION.len_utf8());
        let alone = self.find(second);
        let is_known = |range: &Range<usize>| alone.iter().any(|hit| hit.range.start + start == range.start);
        let is_across = |hit: &Hit| start < hit.range.end && hit.range.start < end;
        let is_code = |hit: &Hit| hit.kind == Kind::Code && start <= hit.range.start && !is_known(&hit.range);
        let across: Vec<_> = self.find(&joined).into_iter().filter(|hit| is_across(hit) || is_code(hit)).collect();
        let part = |from: usize, until: usize| -> Vec<Hit> {
            let within = |hit: &Hit| hit.range.start.max(from) - from..hit.range.end.min(until) - from;
            let here = across.iter().filter(|hit| hit.range.start < until && from < hit.range.end);
            here.map(|hit| Hit { kind: hit.kind, range: within(hit) }).collect()
        };
        let second = masked(second, &part(start, joined.len()))?;
        Some(Across { first: masked(first, &part(0, end)), second })
    }

    /// A card's number that somebody typed in more than two messages, one after the other: all but the first of them are nothing but pieces
    /// of it. Each as it has to be, the last one included.
    #[must_use]
    pub fn mask_pieces(&self, pieces: &[&str]) -> Option<Vec<Masked>> {
        let is_piece = |text: &&str| text.chars().any(|c| c.is_numeric()) && !text.chars().any(char::is_alphabetic);
        let (_, others) = pieces.split_first()?;
        if !self.cards || others.len() < 2 || !others.iter().all(is_piece) {
            return None;
        }
        let joined = pieces.join(&JUNCTION.to_string());
        let starts = pieces.iter().scan(0, |at, piece| {
            let start = *at;
            *at += piece.len() + JUNCTION.len_utf8();
            Some(start)
        });
        let places: Vec<_> = starts.zip(pieces).map(|(start, piece)| start..start + piece.len()).collect();
        let (first, last) = (places.first()?, places.last()?);
        let spans = |hit: &Hit| hit.kind == Kind::Card && hit.range.start < first.end && last.start < hit.range.end;
        let card = self.find(&joined).into_iter().find(spans)?;
        let piece = |(place, text): (&Range<usize>, &&str)| {
            let range = card.range.start.max(place.start) - place.start..card.range.end.min(place.end) - place.start;
            masked(text, &[Hit { kind: Kind::Card, range }])
        };
        places.iter().zip(pieces).map(piece).collect()
    }

    /// What somebody answers who was asked for the security code of their card.
    #[must_use]
    pub fn mask_answer(&self, question: &str, text: &str) -> Option<Masked> {
        if !self.cards {
            return None;
        }
        let (question, reading) = (Reading::of(question), Reading::of(text));
        let codes = codes::find_answers(&question.plain, &reading.plain);
        let hits: Vec<_> = codes.iter().map(|code| Hit { kind: Kind::Code, range: reading.origin(code) }).collect();
        masked(text, &hits)
    }

    /// What is still being typed: whatever may become a number is masked while it grows.
    #[must_use]
    pub fn mask_unfinished(&self, text: &str) -> Option<Masked> {
        if self.is_idle() {
            return None;
        }
        let reading = Reading::of(text);
        let mut hits = self.find_plain(&reading.plain);
        if self.cards || self.ssn || self.iban {
            for range in growing(&reading.plain) {
                hits.retain(|hit| hit.range.end <= range.start || range.end <= hit.range.start);
                hits.push(Hit { kind: Kind::Card, range });
            }
            hits.sort_by_key(|hit| hit.range.start);
        }
        let hits: Vec<_> = hits.into_iter().map(|Hit { kind, range }| Hit { kind, range: reading.origin(&range) }).collect();
        masked(text, &hits)
    }

    /// Whether a text ends in what may be the first digits of a number that is being typed.
    #[must_use]
    pub fn is_unfinished(&self, text: &str) -> bool {
        if !(self.cards || self.ssn || self.iban) {
            return false;
        }
        let plain = Reading::of(text.trim_end()).plain;
        growing(&plain).last().is_some_and(|range| range.end == plain.len())
    }
}

/// Rows of groups with enough digits to be the beginning of something.
fn growing(plain: &str) -> Vec<Range<usize>> {
    let mut rows: Vec<(Range<usize>, usize)> = Vec::new();
    for group in groups(plain) {
        match rows.last_mut().filter(|_| group.gap.is_some()) {
            Some((range, digits)) => {
                range.end = group.range.end;
                *digits += group.len();
            }
            None => rows.push((group.range.clone(), group.len())),
        }
    }
    rows.into_iter().filter(|(_, digits)| *digits >= UNFINISHED_DIGITS).map(|(range, _)| range).collect()
}

fn masked(text: &str, hits: &[Hit]) -> Option<Masked> {
    if hits.is_empty() {
        return None;
    }
    let mut shown = String::with_capacity(text.len());
    let mut found = Found::default();
    let mut at = 0;
    for Hit { kind, range } in hits {
        let (Some(kept), Some(hidden)) = (text.get(at..range.start), text.get(range.clone())) else { continue };
        shown.push_str(kept);
        shown.extend(DOTS.chars().take(hidden.chars().count()));
        found = found.with(*kind);
        at = range.end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    Some(Masked { text: shown, found })
}

#[cfg(test)]
#[path = "detectors_tests.rs"]
mod tests;

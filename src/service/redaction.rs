//! Masking what a site does not want in a chat, before it is stored or told: in events (`events`), in what is known of a visitor, in
//! drafts and in what is only shown while it is typed.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::Ctx;
use crate::domain::about::Attribute;
use crate::domain::event::{Author, Event, EventKind, Masking, Rating, Transfer};
use crate::domain::file::FileRef;
use crate::domain::filled::{Fault, Filled, Problem};
use crate::domain::form::{Answer, Field};
use crate::domain::id::SiteId;
use crate::domain::redaction::{Across, Detectors, Found, Redaction};
use crate::domain::text::{FieldId, FileName, Line, MessageText, Name, Notice, TextError};
use crate::domain::told::Told;
use crate::store::OpenConversation;

/// Detectors that are ready to look, as each site had them last.
#[derive(Default)]
pub struct Ready(Mutex<HashMap<SiteId, (Redaction, Arc<Detectors>)>>);

/// The detectors of a site as its settings are at this moment.
#[must_use]
pub fn detectors(ctx: &Ctx, site: SiteId) -> Arc<Detectors> {
    let house = ctx.store.house();
    let mut ready = ctx.memory.detectors.0.lock();
    let Some(settings) = house.sites.get(&site).map(|site| &site.redaction) else {
        ready.remove(&site);
        return Arc::default();
    };
    if let Some((_, detectors)) = ready.get(&site).filter(|(known, _)| known == settings) {
        return Arc::clone(detectors);
    }
    let detectors = Arc::new(Detectors::new(settings));
    ready.insert(site, (settings.clone(), Arc::clone(&detectors)));
    detectors
}

/// Looks through texts one after the other, and knows what it has found.
pub(super) struct Masker {
    detectors: Arc<Detectors>,
    pub found: Found,
}

impl Masker {
    pub fn of(ctx: &Ctx, site: SiteId) -> Self {
        Self { detectors: detectors(ctx, site), found: Found::default() }
    }

    /// A mask is never longer than what it hides, so what fitted before fits again.
    fn mask<T: Clone>(&mut self, text: &mut T, shown: fn(&T) -> &str, parse: fn(&str) -> Result<T, TextError>) {
        if let Some(masked) = self.detectors.mask(shown(text)) {
            self.found = self.found.and(masked.found);
            // Should it not fit after all, nothing of it is kept.
            if let Ok(masked) = parse(&masked.text).or_else(|_| parse("•")) {
                *text = masked;
            }
        }
    }

    pub fn message(&mut self, text: &mut MessageText) {
        self.mask(text, MessageText::as_str, MessageText::parse);
    }

    pub fn line(&mut self, text: &mut Line) {
        self.mask(text, Line::as_str, Line::parse);
    }

    fn name(&mut self, text: &mut Name) {
        self.mask(text, Name::as_str, Name::parse);
    }

    pub fn rating(&mut self, rating: &mut Rating) {
        if let Some(comment) = &mut rating.comment {
            self.mask(comment, Notice::as_str, Notice::parse);
        }
    }

    fn event(&mut self, kind: &mut EventKind) {
        match kind {
            EventKind::Message(text) | EventKind::Note(text) | EventKind::Transferred(Transfer { note: Some(text), .. }) => {
                self.message(text);
            }
            EventKind::File(FileRef { name, .. }) => self.mask(name, FileName::as_str, FileName::parse),
            EventKind::Rated(rating) => self.rating(rating),
            _ => {}
        }
    }

    /// A message that goes on where the one before it ended; that one as it has to be from now on, where it held a part.
    fn across(&mut self, before: &Event, text: &mut MessageText) -> Option<Event> {
        let EventKind::Message(first) = &before.kind else { return None };
        let Across { first, second } = self.detectors.mask_across(first.as_str(), text.as_str())?;
        let masked = MessageText::parse(&second.text).ok()?;
        let earlier = first.map(|first| MessageText::parse(&first.text)).transpose().ok()?;
        *text = masked;
        self.found = self.found.and(second.found);
        earlier.map(|first| Event { kind: EventKind::Message(first), ..before.clone() })
    }

    /// The same with several messages before it; all of them as they have to be, if they are pieces of one number.
    fn pieces(&mut self, before: &[Event], text: &mut MessageText) -> Vec<Event> {
        let said = |event: &Event| match &event.kind {
            EventKind::Message(text) => Some(text.as_str().to_owned()),
            _ => None,
        };
        let mut pieces: Vec<String> = before.iter().filter_map(said).collect();
        pieces.push(text.as_str().to_owned());
        let pieces: Vec<_> = pieces.iter().map(String::as_str).collect();
        let masked = self.detectors.mask_pieces(&pieces).unwrap_or_default();
        let texts: Vec<_> = masked.iter().filter_map(|it| MessageText::parse(&it.text).ok()).collect();
        let Some((last, earlier)) = texts.split_last().filter(|(_, earlier)| earlier.len() == before.len()) else {
            return Vec::new();
        };
        text.clone_from(last);
        self.found = masked.iter().fold(self.found, |found, it| found.and(it.found));
        let rewritten = before.iter().zip(earlier);
        rewritten.map(|(event, text)| Event { kind: EventKind::Message(text.clone()), ..event.clone() }).collect()
    }

    fn answer(&mut self, question: &Event, text: &mut MessageText) {
        let EventKind::Message(asked) = &question.kind else { return };
        if let Some(masked) = self.detectors.mask_answer(asked.as_str(), text.as_str())
            && let Ok(hidden) = MessageText::parse(&masked.text)
        {
            *text = hidden;
            self.found = self.found.and(masked.found);
        }
    }

    /// What a visitor filled in. An address or a number that would have to be masked is none.
    pub fn filled(&mut self, filled: &mut Filled) -> Result<(), Vec<Fault>> {
        let looks_like_one = |text: &str| self.detectors.mask(text).is_some();
        let email =
            filled.email.as_ref().filter(|it| looks_like_one(it.as_str())).map(|_| (Field::EMAIL, Problem::NotAnEmailAddress));
        let phone =
            filled.phone.as_ref().filter(|it| looks_like_one(it.as_str())).map(|_| (Field::PHONE, Problem::NotAPhoneNumber));
        let fault = |(id, problem): (&str, Problem)| FieldId::parse(id).ok().map(|field| Fault { field, problem });
        let faults: Vec<_> = email.into_iter().chain(phone).filter_map(fault).collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        if let Some(name) = &mut filled.name {
            self.name(name);
        }
        for Answer { value, .. } in &mut filled.answers {
            self.line(value);
        }
        Ok(())
    }

    /// What a website says of its visitor. An identity that would have to be masked is none, and neither is an address.
    pub fn told(&mut self, told: &mut Told) {
        let detectors = Arc::clone(&self.detectors);
        let looks_like_one = |text: &str| detectors.mask(text).is_some();
        told.identity = told.identity.take().filter(|it| !looks_like_one(it.id.as_str()));
        told.email = told.email.take().filter(|it| !looks_like_one(it.as_str()));
        if let Some(name) = &mut told.name {
            self.name(name);
        }
        let lines = [&mut told.page, &mut told.title, &mut told.referrer];
        lines.into_iter().flatten().for_each(|line| self.line(line));
        for Attribute { name, value } in &mut told.attributes {
            self.name(name);
            self.line(value);
        }
    }
}

/// What an event says once everything is masked in it, and what has to be told of that.
pub(super) fn of_event(
    ctx: &Ctx,
    open: &OpenConversation,
    author: &Author,
    kind: &mut EventKind,
) -> Option<(Masking, Vec<Event>)> {
    if matches!((author, &kind), (Author::System, _) | (_, EventKind::Masked(_))) {
        return None;
    }
    let mut masker = Masker::of(ctx, open.head.site);
    masker.event(kind);
    let mut earlier = Vec::new();
    if let EventKind::Message(text) = &mut *kind {
        // Whoever said something last may have asked for the code of a card.
        for before in open.said.values().filter_map(|said| said.last()) {
            masker.answer(before, text);
        }
        let said = open.said.get(&author.operator()).map(Vec::as_slice).unwrap_or_default();
        earlier.extend(said.last().and_then(|before| masker.across(before, text)));
        for pieces in (0..said.len().saturating_sub(1)).filter_map(|from| said.get(from..)) {
            if earlier.is_empty() {
                earlier = masker.pieces(pieces, text);
            }
        }
    }
    let is_internal = kind.is_internal() || matches!(kind, EventKind::Transferred(_));
    let masking = Masking { found: masker.found, earlier: earlier.first().map(|event| event.seq), is_internal };
    (!masker.found.is_empty()).then_some((masking, earlier))
}

/// What the staff write beside the chats and what is kept longer than these: reasons, replies to be used again, corrections. It is not
/// masked, since whoever wrote it has it before them and can say it without; why it cannot be taken as it is. Without a site, what any of
/// them looks for counts.
#[must_use]
pub(super) fn objection(ctx: &Ctx, site: Option<SiteId>, text: &str) -> Option<String> {
    let sites: Vec<_> = site.map_or_else(|| ctx.store.house().sites.keys().copied().collect(), |site| vec![site]);
    let found =
        sites.into_iter().filter_map(|site| detectors(ctx, site).mask(text)).fold(Found::default(), |all, it| all.and(it.found));
    let kind = found.kinds().next()?;
    Some(format!("This holds {}, or what looks like that. Say it without: what stands here is kept for long.", kind.called()))
}

/// What is shown while it is typed and never kept: whatever may become a number is masked while it grows.
#[must_use]
pub fn unfinished(ctx: &Ctx, site: SiteId, text: &str) -> Option<String> {
    detectors(ctx, site).mask_unfinished(text).map(|masked| masked.text)
}

#[cfg(test)]
#[path = "tests/redaction.rs"]
mod tests;

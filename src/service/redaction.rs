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
use crate::domain::redaction::{Detectors, Found, Redaction};
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

    /// What a website says of its visitor.
    pub fn told(&mut self, told: &mut Told) {
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
) -> Option<(Masking, Option<Event>)> {
    if matches!((author, &kind), (Author::System, _) | (_, EventKind::Masked(_))) {
        return None;
    }
    let mut masker = Masker::of(ctx, open.head.site);
    masker.event(kind);
    let mut earlier = None;
    if let (EventKind::Message(text), Some(before)) = (&mut *kind, open.said.get(&author.operator()))
        && let EventKind::Message(first) = &before.kind
        && let Some((first, second)) = masker.detectors.mask_across(first.as_str(), text.as_str())
        && let (Ok(first), Ok(second), found) = (MessageText::parse(&first.text), MessageText::parse(&second.text), second.found)
    {
        *text = second;
        masker.found = masker.found.and(found);
        earlier = Some(Event { kind: EventKind::Message(first), ..before.clone() });
    }
    let is_internal = kind.is_internal() || matches!(kind, EventKind::Transferred(_));
    let masking = Masking { found: masker.found, earlier: earlier.as_ref().map(|event| event.seq), is_internal };
    (!masker.found.is_empty()).then_some((masking, earlier))
}

/// What is shown while it is typed and never kept: whatever may become a number is masked while it grows.
#[must_use]
pub fn unfinished(ctx: &Ctx, site: SiteId, text: &str) -> Option<String> {
    detectors(ctx, site).mask_unfinished(text).map(|masked| masked.text)
}

#[cfg(test)]
#[path = "tests/redaction.rs"]
mod tests;

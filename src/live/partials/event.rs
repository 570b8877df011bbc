//! One event of a conversation as the staff see it: what was said on one of two sides, what merely happened in the middle. What is for
//! the staff alone has a class and a label of its own, so that nobody takes it for something the visitor can read.

use askama::Template;

use crate::domain::conversation::Conversation;
use crate::domain::event::{Author, Event, EventKind, Masking, Seq};
use crate::domain::links::{Piece, pieces};
use crate::domain::redaction::Kind;
use crate::domain::time::Timestamp;

use super::file::FilePart;
use super::{clock, visitor_name};

#[derive(Template)]
#[template(path = "console/_event.html")]
pub struct EventPartial<'a> {
    pub seq: Seq,
    pub at: Timestamp,
    /// The word for it on the wire.
    pub kind: &'static str,
    /// `visitor`, `operator` or `system`.
    pub from: &'static str,
    pub name: &'a str,
    /// What was written: a message, or a note.
    pub text: Option<&'a str>,
    pub file: Option<FilePart<'a>>,
    pub is_internal: bool,
    /// What happened, in words, where nothing was written.
    pub sentence: String,
    /// What was written beside it, and whether the staff alone see that.
    pub aside: Option<(&'a str, bool)>,
}

// It is HTML in which askama has escaped every field, so a page that prints it must not escape it again.
impl askama::filters::HtmlSafe for EventPartial<'_> {}

impl<'a> EventPartial<'a> {
    #[must_use]
    pub fn new(conversation: &'a Conversation, event: &'a Event) -> Self {
        let (from, name) = match &event.author {
            Author::Visitor => ("visitor", visitor_name(conversation)),
            Author::Operator { name, .. } => ("operator", name.as_str()),
            Author::System => ("system", ""),
        };
        let (text, aside) = match &event.kind {
            EventKind::Message(text) | EventKind::Note(text) => (Some(text.as_str()), None),
            EventKind::Transferred(transfer) => (None, transfer.note.as_ref().map(|note| (note.as_str(), true))),
            EventKind::Rated(rating) => (None, rating.comment.as_ref().map(|comment| (comment.as_str(), false))),
            _ => (None, None),
        };
        Self {
            seq: event.seq,
            at: event.at,
            kind: event.kind.word(),
            from,
            name,
            text,
            file: FilePart::of(conversation, &event.kind),
            is_internal: event.kind.is_internal(),
            sentence: sentence(&event.kind, &event.author, name),
            aside,
        }
    }

    /// Where it stands.
    fn side(&self) -> &'static str {
        if self.text.is_some() || self.file.is_some() { self.from } else { "system" }
    }

    fn clock(&self) -> String {
        clock(self.at)
    }
}

fn sentence(kind: &EventKind, author: &Author, who: &str) -> String {
    match (kind, author) {
        (EventKind::Message(_) | EventKind::Note(_) | EventKind::File(_), _) => String::new(),
        (EventKind::Started, _) => "The chat began".to_owned(),
        (EventKind::Joined, _) => format!("{who} joined"),
        (EventKind::Left, _) => format!("{who} left"),
        (EventKind::Ended, _) => format!("{who} ended the chat"),
        (EventKind::Closed, Author::System) => "Closed, because nobody wrote for a while".to_owned(),
        (EventKind::Closed, Author::Visitor) => format!("{who} left before anybody answered"),
        (EventKind::Closed, Author::Operator { .. }) => format!("{who} closed the chat"),
        (EventKind::FileRequested, _) => format!("{who} asked for a file"),
        (EventKind::Transferred(transfer), Author::System) => format!("The chat went to {}", transfer.to.name().as_str()),
        (EventKind::Transferred(transfer), _) => format!("{who} handed the chat to {}", transfer.to.name().as_str()),
        (EventKind::Invited(colleague), _) => format!("{who} asked {} to join", colleague.as_str()),
        (EventKind::Rated(rating), _) => format!("{who} rated the chat {} of 5", rating.stars.get()),
        (EventKind::Mailed, Author::Operator { .. }) => format!("{who} mailed the transcript"),
        (EventKind::Mailed, _) => "The transcript was mailed".to_owned(),
        (EventKind::FormAsked(ask), _) => format!("{who} asked for the form “{}”", ask.name.as_str()),
        (EventKind::FormSent(ask), _) => format!("{who} sent the form “{}”", ask.name.as_str()),
        (EventKind::Masked(masking), _) => taken_out(masking),
    }
}

fn taken_out(masking: &Masking) -> String {
    let kinds: Vec<_> = masking.found.kinds().map(Kind::called).collect();
    let last = kinds.last().copied().unwrap_or_default();
    let what = match kinds.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => last.to_owned(),
    };
    let how = if masking.earlier.is_some() { "of two messages" } else { "before it was stored or shown" };
    // The code of a card may be kept nowhere, so no form can ask for it.
    let is_code_alone = masking.found.kinds().eq([Kind::Code]);
    let advice = if is_code_alone { "Nobody may keep one, so do not ask for it" } else { "Ask for it in a secure form" };
    format!("Taken out {how}: {what}. {advice}")
}

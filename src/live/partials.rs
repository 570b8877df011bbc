//! The pieces of HTML that the pages of staff and the live frames share: a row of the list, an event of a conversation, and the
//! notice that the disk is nearly full. Each is drawn by one template, so that what arrives later looks exactly like what was there before.
//! They say the same to every operator; whose row it is, and so where it stands, the page decides.

use askama::Template;

use crate::domain::conversation::{Assignee, Conversation};
use crate::domain::event::{Author, Event, EventKind, Rating, Seq};
use crate::domain::id::ConversationId;
use crate::domain::space::{Room, Standing};
use crate::domain::time::Timestamp;

/// How a visitor is called who has not said their name.
pub const UNNAMED: &str = "Unnamed visitor";

/// One row of the console's list.
#[derive(Template)]
#[template(path = "console/_row.html")]
pub struct RowPartial<'a> {
    pub conversation: ConversationId,
    pub state: &'static str,
    pub operator: Option<&'a Assignee>,
    pub name: &'a str,
    pub site: &'a str,
    pub started_at: Timestamp,
}

/// One event of a conversation.
#[derive(Template)]
#[template(path = "console/_event.html")]
pub struct EventPartial<'a> {
    pub seq: Seq,
    pub at: Timestamp,
    /// As `EventKind::word` says.
    pub kind: &'static str,
    /// `visitor`, `operator` or `system`.
    pub from: &'static str,
    pub name: &'a str,
    /// Of messages and notes only.
    pub text: Option<&'a str>,
    /// The file, the colleague or the department that it is about.
    pub what: &'a str,
    pub rating: Option<&'a Rating>,
    /// For the staff alone.
    pub is_internal: bool,
}

/// What staff have to know while the disk has little room.
#[derive(Template)]
#[template(path = "parts/_room.html")]
pub struct RoomPartial {
    room: Room,
    free_mib: u64,
}

// All are HTML in which askama has escaped every field, so a page that prints them must not escape them again.
impl askama::filters::HtmlSafe for RowPartial<'_> {}
impl askama::filters::HtmlSafe for EventPartial<'_> {}
impl askama::filters::HtmlSafe for RoomPartial {}

impl RoomPartial {
    /// `None` while there is nothing to say.
    #[must_use]
    pub fn new(standing: Standing) -> Option<Self> {
        let said = Self { room: standing.room, free_mib: standing.free_mib() };
        (standing.room != Room::Plenty).then_some(said)
    }
}

impl<'a> RowPartial<'a> {
    #[must_use]
    pub fn new(conversation: &'a Conversation, site: &'a str) -> Self {
        Self {
            conversation: conversation.id,
            state: conversation.state_word(),
            operator: conversation.assignee(),
            name: visitor_name(conversation),
            site,
            started_at: conversation.started_at,
        }
    }

    fn started_clock(&self) -> String {
        clock(self.started_at)
    }
}

impl<'a> EventPartial<'a> {
    #[must_use]
    pub fn new(conversation: &'a Conversation, event: &'a Event) -> Self {
        let (from, name) = match &event.author {
            Author::Visitor => ("visitor", visitor_name(conversation)),
            Author::Operator { name, .. } => ("operator", name.as_str()),
            Author::System => ("system", ""),
        };
        let (text, what) = match &event.kind {
            EventKind::Message(text) | EventKind::Note(text) => (Some(text.as_str()), ""),
            EventKind::File(file) => (None, file.name.as_str()),
            EventKind::Transferred(transfer) => (None, transfer.to.name().as_str()),
            EventKind::Invited(name) => (None, name.as_str()),
            _ => (None, ""),
        };
        let rating = match &event.kind {
            EventKind::Rated(rating) => Some(rating),
            _ => None,
        };
        Self {
            seq: event.seq,
            at: event.at,
            kind: event.kind.word(),
            is_internal: event.kind.is_internal(),
            from,
            name,
            text,
            what,
            rating,
        }
    }

    /// Where it stands: what was said on one of two sides, what merely happened in the middle.
    fn side(&self) -> &'static str {
        if self.text.is_some() { self.from } else { "system" }
    }

    fn sentence(&self) -> String {
        let (who, what) = (self.name, self.what);
        match (self.kind, self.from) {
            ("file", _) => format!("{who} sent the file {what}"),
            ("file_requested", _) => format!("{who} asked for a file"),
            ("transferred", _) => format!("{who} handed the chat on to {what}"),
            ("invited", _) => format!("{who} asked {what} to join"),
            ("left", _) => format!("{who} left"),
            ("rated", _) => self.rating.map_or_else(String::new, |it| format!("{who} rated the chat {} of 5", it.stars.get())),
            ("mailed", "operator") => format!("{who} mailed the transcript"),
            ("mailed", _) => "The transcript was mailed".to_owned(),
            ("started", _) => "The chat began".to_owned(),
            ("joined", _) => format!("{who} joined"),
            ("ended", _) => format!("{who} ended the chat"),
            ("closed", "system") => "Closed, because nobody wrote for a while".to_owned(),
            ("closed", "visitor") => format!("{who} left before anybody answered"),
            (_, _) => format!("{who} closed the chat"),
        }
    }

    fn clock(&self) -> String {
        clock(self.at)
    }
}

/// The name a visitor gave, or the word for having given none.
#[must_use]
pub fn visitor_name(conversation: &Conversation) -> &str {
    conversation.visitor.name.as_ref().map_or(UNNAMED, |name| name.as_str())
}

/// Hours and minutes in UTC, for readers without JavaScript; the page's script shows the reader's own zone.
fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(11..16).map_or_else(String::new, |time| format!("{time} UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::State;
    use crate::domain::id::SiteId;
    use crate::domain::text::{MessageText, Name};
    use crate::domain::visitor::Visitor;

    fn conversation(name: &str) -> Conversation {
        Conversation {
            id: ConversationId::from_bytes([1; 16]),
            site: SiteId::from_bytes([2; 16]),
            visitor: Visitor { name: Some(Name::parse(name).unwrap()), ..Visitor::default() },
            token_index: [0; 32],
            state: State::Waiting,
            started_at: Timestamp::from_millis(1_700_000_000_123),
            about: crate::domain::about::About::default(),
        }
    }

    #[test]
    fn what_a_visitor_writes_stays_text() {
        let it = conversation("<img src=x onerror=alert(1)>");
        let row = RowPartial::new(&it, "Clinic <b>Nord</b>").render().unwrap();
        assert!(!row.contains("<img") && !row.contains("<b>"), "{row}");
        assert!(row.contains("22:13 UTC"), "{row}");
        let event = Event {
            seq: 3,
            at: it.started_at,
            author: Author::Visitor,
            kind: EventKind::Message(MessageText::parse("</div><script>alert(1)</script>").unwrap()),
            client_id: None,
        };
        let html = EventPartial::new(&it, &event).render().unwrap();
        assert!(html.starts_with("<li class=\"event event-visitor\" data-seq=\"3\""), "{html}");
        assert!(!html.contains("<script>") && !html.contains("<img"), "{html}");
    }

    #[test]
    fn a_message_keeps_its_line_breaks_and_gains_no_space() {
        let it = conversation("Maria");
        let event = Event {
            seq: 1,
            at: it.started_at,
            author: Author::Visitor,
            kind: EventKind::Message(MessageText::parse("one\n two").unwrap()),
            client_id: None,
        };
        let html = EventPartial::new(&it, &event).render().unwrap();
        assert!(html.contains("dir=\"auto\">one\n two</div>"), "{html}");
    }
}

//! What people write stays text, and what is for the staff alone says so.

use std::sync::Arc;

use askama::Template;

use super::*;
use crate::domain::about::About;
use crate::domain::conversation::State;
use crate::domain::event::{Author, Event, EventKind, Rating, Stars, Transfer, TransferTarget};
use crate::domain::id::{ConversationId, OperatorId, SiteId};
use crate::domain::site::Site;
use crate::domain::text::{MessageText, Name, Notice};
use crate::domain::visitor::Visitor;
use crate::store::House;

fn conversation(name: &str) -> Conversation {
    Conversation {
        id: ConversationId::from_bytes([1; 16]),
        site: SiteId::from_bytes([2; 16]),
        visitor: Visitor { name: Some(Name::parse(name).unwrap()), ..Visitor::default() },
        token_index: [0; 32],
        state: State::Waiting,
        started_at: Timestamp::from_millis(1_700_000_000_123),
        about: About::default(),
    }
}

fn anna() -> Author {
    Author::Operator { id: OperatorId::from_bytes([3; 16]), name: Name::parse("Anna").unwrap() }
}

fn drawn(author: Author, kind: EventKind) -> String {
    let it = conversation("Maria");
    let event = Event { seq: 3, at: it.started_at, author, kind, client_id: None };
    EventPartial::new(&it, &event).render().unwrap()
}

fn text(words: &str) -> MessageText {
    MessageText::parse(words).unwrap()
}

#[test]
fn what_a_visitor_writes_stays_text() {
    let it = conversation("<img src=x onerror=alert(1)>");
    let site = Site::new(it.site, Name::parse("Clinic <b>Nord</b>").unwrap(), Vec::new(), it.started_at);
    let mut house = House::default();
    house.sites.insert(site.id, Arc::new(site));
    let row = RowPartial::new(&it, &house, it.started_at).render().unwrap();
    assert!(!row.contains("<img") && !row.contains("<b>"), "{row}");
    assert!(row.contains("22:13 UTC") && row.contains("English"), "{row}");
    let html = drawn(Author::Visitor, EventKind::Message(text("</div><script>alert(1)</script>")));
    assert!(html.starts_with("<li class=\"event event-visitor\" data-seq=\"3\""), "{html}");
    assert!(!html.contains("<script>") && !html.contains("<img"), "{html}");
    let rating = Rating { stars: Stars::new(4).unwrap(), comment: Notice::parse("<script>alert(1)</script>").ok() };
    let html = drawn(Author::Visitor, EventKind::Rated(rating));
    assert!(html.contains("Maria rated the chat 4 of 5") && !html.contains("<script>"), "{html}");
}

#[test]
fn a_message_keeps_its_line_breaks_and_gains_no_space() {
    let html = drawn(Author::Visitor, EventKind::Message(text("one\n two")));
    assert!(html.contains("dir=\"auto\">one\n two</div>"), "{html}");
}

#[test]
fn what_is_for_the_staff_alone_says_so() {
    let note = drawn(anna(), EventKind::Note(text("he is difficult")));
    assert!(note.contains("event-note") && note.contains(">Internal<"), "{note}");
    let invited = drawn(anna(), EventKind::Invited(Name::parse("Bert").unwrap()));
    assert!(invited.contains("Internal:") && invited.contains("Anna asked Bert to join"), "{invited}");
    let to = TransferTarget::Operator { id: OperatorId::from_bytes([4; 16]), name: Name::parse("Bert").unwrap() };
    let handed = drawn(anna(), EventKind::Transferred(Transfer { to, note: Some(text("be kind")) }));
    assert!(handed.contains("event-aside-note") && handed.contains("Anna handed the chat to Bert"), "{handed}");
    assert!(!drawn(anna(), EventKind::Message(text("good morning"))).contains("Internal"));
}

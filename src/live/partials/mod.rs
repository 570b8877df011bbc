//! The pieces of HTML that the pages of staff and the live frames share: a row of the list, an event of a conversation, and the
//! notice that the disk is nearly full. Each is drawn by one template, so that what arrives later looks exactly like what was there before.

mod event;
mod file;
mod row;

use askama::Template;

use crate::domain::conversation::Conversation;
use crate::domain::space::{Room, Standing};
use crate::domain::time::Timestamp;

pub use event::EventPartial;
pub use row::RowPartial;

/// How a visitor is called who has not said their name.
pub const UNNAMED: &str = "Unnamed visitor";

/// What staff have to know while the disk has little room.
#[derive(Template)]
#[template(path = "parts/_room.html")]
pub struct RoomPartial {
    room: Room,
    free_mib: u64,
}

// It is HTML in which askama has escaped every field, so a page that prints it must not escape it again.
impl askama::filters::HtmlSafe for RoomPartial {}

impl RoomPartial {
    /// `None` while there is nothing to say.
    #[must_use]
    pub fn new(standing: Standing) -> Option<Self> {
        let said = Self { room: standing.room, free_mib: standing.free_mib() };
        (standing.room != Room::Plenty).then_some(said)
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
mod tests;

//! Looking for chats: what may be asked, what of a chat is looked at, and in which order the answers stand.

use std::fmt;
use std::str::FromStr;

use super::conversation::Conversation;
use super::event::{Event, EventKind};
use super::id::{DepartmentId, OperatorId, SiteId};
use super::lead::is_lead;
use super::text::{EmailAddress, MessageText, Name, Notice, PhoneNumber, SearchWords, Tag};
use super::time::Timestamp;

/// What is asked. Whatever is `None` does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them have to be there.
    pub words: Option<SearchWords>,
    pub which: Which,
    pub site: Option<SiteId>,
    /// Somebody who answered, or wrote in it.
    pub operator: Option<OperatorId>,
    pub department: Option<DepartmentId>,
    pub tag: Option<Tag>,
    /// Closed, or begun while it is open, at this moment or later.
    pub from: Option<Timestamp>,
    /// And before this one.
    pub until: Option<Timestamp>,
    /// Its visitor said how to reach them.
    pub is_lead: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    #[default]
    All,
    Open,
    Closed,
}

impl Which {
    #[must_use]
    pub fn has_open(self) -> bool {
        matches!(self, Self::All | Self::Open)
    }

    #[must_use]
    pub fn has_closed(self) -> bool {
        matches!(self, Self::All | Self::Closed)
    }
}

impl Query {
    /// Whether it asks for nothing but where and when: nothing has to be opened for that.
    #[must_use]
    pub fn asks_for_places_alone(&self) -> bool {
        self.words.is_none() && !self.is_lead && self.marks().next().is_none()
    }

    #[must_use]
    pub fn spans(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// The marks that it has to bear.
    pub fn marks(&self) -> impl Iterator<Item = Mark<'_>> {
        let operator = self.operator.map(Mark::Operator);
        operator.into_iter().chain(self.department.map(Mark::Department)).chain(self.tag.as_ref().map(Mark::Tag))
    }

    /// Whether the chat bears all of them, and is a lead where that is asked.
    #[must_use]
    pub fn fits(&self, head: &Conversation, events: &[Event]) -> bool {
        if self.is_lead && !is_lead(head) {
            return false;
        }
        self.marks().all(|wanted| marks_of(head).chain(events.iter().filter_map(mark_of)).any(|mark| mark == wanted))
    }
}

/// Something that a chat bears or not, beside words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    Operator(OperatorId),
    Department(DepartmentId),
    Tag(&'a Tag),
}

pub fn marks_of(head: &Conversation) -> impl Iterator<Item = Mark<'_>> {
    let about = &head.about;
    let people = head.assignee().into_iter().chain(&about.guests).map(|it| Mark::Operator(it.id));
    people.chain(about.department.map(Mark::Department)).chain(about.tags.iter().map(Mark::Tag))
}

#[must_use]
pub fn mark_of(event: &Event) -> Option<Mark<'_>> {
    event.author.operator().map(Mark::Operator)
}

/// What visitors have said of themselves.
pub fn texts_of_head(head: &Conversation) -> impl Iterator<Item = &str> {
    let (visitor, about) = (&head.visitor, &head.about);
    let name = visitor.name.as_ref().map(Name::as_str);
    let email = visitor.email.as_ref().map(EmailAddress::as_str);
    let phone = visitor.phone.as_ref().map(PhoneNumber::as_str);
    let identity = about.identity.as_ref().map(|it| it.id.as_str());
    let answers = about.answers.iter().map(|it| it.value.as_str());
    [name, email, phone, identity].into_iter().flatten().chain(answers)
}

/// What was written, notes as well: only staff look for chats.
#[must_use]
pub fn text_of(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Message(text) | EventKind::Note(text) => Some(text.as_str()),
        EventKind::File(file) => Some(file.name.as_str()),
        EventKind::Transferred(transfer) => transfer.note.as_ref().map(MessageText::as_str),
        EventKind::Rated(rating) => rating.comment.as_ref().map(Notice::as_str),
        _ => None,
    }
}

/// Where a chat stands among all others, the newest being the greatest. The slot tells two of the same moment apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// By its closing.
    Closed { at: Timestamp, slot: u32 },
    /// By its beginning.
    Open { at: Timestamp, slot: u32 },
}

impl Place {
    /// When it closed, or began.
    #[must_use]
    pub fn at(self) -> Timestamp {
        match self {
            Self::Closed { at, .. } | Self::Open { at, .. } => at,
        }
    }
}

/// As a form carries it to the next page.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { at, slot } => write!(f, "closed.{}.{slot}", at.as_millis()),
            Self::Open { at, slot } => write!(f, "open.{}.{slot}", at.as_millis()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPlace;

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let mut parts = text.split('.');
        let (Some(kind), Some(at), Some(slot), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(NotAPlace);
        };
        let at = Timestamp::from_millis(at.parse().map_err(|_| NotAPlace)?);
        let slot = slot.parse().map_err(|_| NotAPlace)?;
        match kind {
            "closed" => Ok(Self::Closed { at, slot }),
            "open" => Ok(Self::Open { at, slot }),
            _ => Err(NotAPlace),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_in_order_and_travel() {
        let at = |millis| Timestamp::from_millis(millis);
        let places = [
            Place::Open { at: at(3), slot: 1 },
            Place::Open { at: at(-2), slot: 9 },
            Place::Closed { at: at(9), slot: 4 },
            Place::Closed { at: at(9), slot: 3 },
            Place::Closed { at: at(1), slot: 8 },
        ];
        assert!(places.is_sorted_by(|newer, older| newer > older));
        for place in places {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for wrong in ["", "closed", "closed.1", "closed.1.2.3", "shut.1.2", "open.x.2", "open.1.-2"] {
            assert_eq!(wrong.parse::<Place>(), Err(NotAPlace), "{wrong}");
        }
    }
}

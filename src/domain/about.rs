//! What is known of a conversation beside its state and who talks: where it came from, what was answered, how it was marked.

use std::collections::BTreeSet;

use super::conversation::Assignee;
use super::event::Rating;
use super::form::Answer;
use super::id::{DepartmentId, OperatorId, WindowId};
use super::language::Language;
use super::text::{Line, Name, Tag};
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    pub channel: Channel,
    pub department: Option<DepartmentId>,
    pub window: Option<WindowId>,
    pub language: Language,
    /// Beyond name, e-mail address and telephone number, which are the visitor's.
    pub answers: Vec<Answer>,
    pub came_from: CameFrom,
    pub identity: Option<Identity>,
    pub attributes: Vec<Attribute>,
    pub tags: BTreeSet<Tag>,
    /// Colleagues who were invited and may write as well.
    pub guests: Vec<Assignee>,
    /// Colleagues who were asked to join and have not answered.
    pub invited: BTreeSet<OperatorId>,
    pub rating: Option<Rating>,
    /// When somebody first took it.
    pub answered_at: Option<Timestamp>,
    /// It is kept and not used any more (GDPR Art. 18).
    pub is_restricted: bool,
    /// When the visitor took back what they had agreed to.
    pub consent_withdrawn_at: Option<Timestamp>,
    /// What is left of a conversation whose drawer was destroyed: when it was, and how it was marked.
    pub is_anonymised: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Channel {
    #[default]
    Chat,
    /// Left while nobody could answer.
    Message,
}

impl Channel {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Message => "message",
        }
    }
}

/// Where the visitor was when the conversation began; each as far as the site's policy lets it be kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CameFrom {
    pub page: Option<Line>,
    pub title: Option<Line>,
    pub referrer: Option<Line>,
    /// Family and major version, such as `Firefox 140`.
    pub browser: Option<Line>,
    pub address: Option<Line>,
    pub host: Option<Line>,
}

/// Who the customer's own server says the visitor is: proven by its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: Line,
    /// Whether the e-mail address was proven with it.
    pub email_is_proven: bool,
}

/// Something the website says about the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub name: Name,
    pub value: Line,
}

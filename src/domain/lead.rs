//! Leads: people who said how to reach them. What is known of one is what they left about themselves, and nothing that was said.

use super::about::Channel;
use super::conversation::Conversation;
use super::form::Answer;
use super::id::{DepartmentId, SiteId};
use super::text::{EmailAddress, Line, Name, PhoneNumber};
use super::time::Timestamp;

/// Does not print: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Lead {
    pub site: SiteId,
    pub department: Option<DepartmentId>,
    pub channel: Channel,
    pub at: Timestamp,
    pub name: Option<Name>,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneNumber>,
    pub answers: Vec<Answer>,
    /// Where they were.
    pub page: Option<Line>,
}

/// A name alone reaches nobody.
#[must_use]
pub fn is_lead(head: &Conversation) -> bool {
    head.visitor.email.is_some() || head.visitor.phone.is_some()
}

impl Lead {
    #[must_use]
    pub fn of(head: &Conversation) -> Option<Self> {
        let (visitor, about) = (&head.visitor, &head.about);
        is_lead(head).then(|| Self {
            site: head.site,
            department: about.department,
            channel: about.channel,
            at: head.started_at,
            name: visitor.name.clone(),
            email: visitor.email.clone(),
            phone: visitor.phone.clone(),
            answers: about.answers.clone(),
            page: about.came_from.page.clone(),
        })
    }
}

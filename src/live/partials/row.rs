//! One row of the console's list. It says the same to every operator; whose it is, and so where it stands, the page decides.

use askama::Template;

use crate::domain::about::Channel;
use crate::domain::conversation::{Assignee, Conversation};
use crate::domain::id::{ConversationId, DepartmentId, SiteId};
use crate::domain::time::Timestamp;
use crate::store::House;

use super::{clock, visitor_name};

#[derive(Template)]
#[template(path = "console/_row.html")]
pub struct RowPartial<'a> {
    conversation: ConversationId,
    state: &'static str,
    /// `chat` or `message`.
    channel: &'static str,
    operator: Option<&'a Assignee>,
    name: &'a str,
    site: SiteId,
    site_name: &'a str,
    department: Option<DepartmentId>,
    department_name: &'a str,
    language: &'static str,
    started_at: Timestamp,
    /// When something happened in it last.
    active_at: Timestamp,
}

// It is HTML in which askama has escaped every field, so a page that prints it must not escape it again.
impl askama::filters::HtmlSafe for RowPartial<'_> {}

impl<'a> RowPartial<'a> {
    #[must_use]
    pub fn new(conversation: &'a Conversation, house: &'a House, active_at: Timestamp) -> Self {
        let about = &conversation.about;
        let department = about.department.and_then(|id| house.departments.get(&id));
        Self {
            conversation: conversation.id,
            state: conversation.state_word(),
            channel: match about.channel {
                Channel::Chat => "chat",
                Channel::Message => "message",
            },
            operator: conversation.assignee(),
            name: visitor_name(conversation),
            site: conversation.site,
            site_name: house.sites.get(&conversation.site).map_or("", |site| site.name.as_str()),
            department: department.map(|it| it.id),
            department_name: department.map_or("", |it| it.name.as_str()),
            language: about.language.name(),
            started_at: conversation.started_at,
            active_at,
        }
    }

    fn started_clock(&self) -> String {
        clock(self.started_at)
    }
}

//! The card of a visitor, beside their conversation: who they are, where they came from, what they agreed to, and how the chat is marked.

use askama::Template;

use crate::domain::access::{Action, Actor, authorize};
use crate::domain::conversation::Conversation;
use crate::domain::permission::Permission;
use crate::domain::secure_form::Submission;
use crate::domain::site::Site;
use crate::domain::text::Tag;
use crate::domain::time::Timestamp;
use crate::domain::visit::Visit;
use crate::live::partials::visitor_name;
use crate::service::identity::Earlier;
use crate::service::retention;
use crate::store::House;

#[derive(Template)]
#[template(path = "console/_card.html")]
pub(super) struct CardPartial<'a> {
    conversation: &'a Conversation,
    site: &'a Site,
    department: Option<&'a str>,
    name: &'a str,
    /// Whether this member of staff may see what the site lets be kept of the address.
    may_see_address: bool,
    /// Whether they may keep the visitor out.
    may_block: bool,
    /// Whether they may mail the transcript.
    may_mail: bool,
    /// The site's tags and whatever else the chat is marked with, and which of them are on.
    tags: Vec<(&'a Tag, bool)>,
    /// When the site deletes it, in words.
    promise: String,
    /// When it is deleted, once it is closed.
    due: Option<Timestamp>,
    /// Whether a legal hold keeps it.
    pub is_held: bool,
    /// Whether they may place holds, and see why there is one.
    may_hold: bool,
    /// What the same person wrote about before, where the website has proven who they are.
    pub earlier: Vec<Earlier>,
    /// Whether they may send secure forms into it.
    may_send_forms: bool,
    /// What the visitor filled in in secure forms.
    pub submissions: Vec<Submission>,
    /// Where they browse at this moment, on a site that watches its visitors.
    pub visit: Option<Visit>,
}

// It is HTML in which askama has escaped every field, so the page that holds it must not escape it again.
impl askama::filters::HtmlSafe for CardPartial<'_> {}

impl<'a> CardPartial<'a> {
    pub fn new(reader: &Actor, house: &'a House, site: &'a Site, conversation: &'a Conversation) -> Self {
        let about = &conversation.about;
        let may = |permission| authorize(reader, Action::UseIn(permission, conversation)).is_ok();
        let clock = retention::clock_of(house, conversation);
        let others = about.tags.iter().filter(|tag| !site.tags.contains(tag));
        Self {
            conversation,
            site,
            department: department_name(house, conversation),
            name: visitor_name(conversation),
            may_see_address: may(Permission::SeeAddress),
            may_block: may(Permission::Block),
            may_mail: site.switches.operators_mail_transcripts && may(Permission::MailTranscripts),
            tags: site.tags.iter().chain(others).map(|tag| (tag, about.tags.contains(tag))).collect(),
            promise: clock.promise(),
            due: conversation.closed_at().map(|at| clock.due_at(at)),
            is_held: false,
            may_hold: authorize(reader, Action::ManagePrivacy).is_ok(),
            earlier: Vec::new(),
            may_send_forms: !house.forms.is_empty() && may(Permission::SendForms),
            submissions: Vec::new(),
            visit: None,
        }
    }

    fn is_closed(&self) -> bool {
        self.conversation.closed_at().is_some()
    }
}

/// `None` too for a department that is no more.
pub(super) fn department_name<'a>(house: &'a House, conversation: &Conversation) -> Option<&'a str> {
    let department = conversation.about.department.and_then(|id| house.departments.get(&id));
    department.map(|it| it.name.as_str())
}

//! `/console/conversations/{id}`: one conversation, within the console or, for the console's script, by itself.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::conversation::{Conversation, State};
use crate::domain::event::Seq;
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::limits;
use crate::domain::site::Site;
use crate::domain::time::Timestamp;
use crate::live::partials::{EventPartial, visitor_name};
use crate::service::conversations::{self, View};
use crate::web::error::Error;
use crate::web::extract::{Id, Staff};
use crate::web::page::{self, block};
use crate::web::{Answer, App};

use super::page::{draw, list};

/// The console's script sends this when it needs the conversation and not the page around it.
const PART_HEADER: &str = "x-parlor-part";

/// A conversation with its log, its visitor and what may be done with it now.
#[derive(Template)]
#[template(path = "console/_conversation.html")]
pub(super) struct ConversationPartial<'a> {
    me: OperatorId,
    conversation: &'a Conversation,
    site: &'a Site,
    /// Whoever answered does not work here any more.
    left_alone: bool,
    name: &'a str,
    events: Vec<EventPartial<'a>>,
    /// The number of the last event shown, from which the live channel goes on.
    last: Seq,
    /// How many events before the first shown are left out.
    earlier: usize,
    /// When the site deletes it, in words.
    promise: String,
    /// When it is deleted, once it is closed.
    due: Option<Timestamp>,
}

// It is HTML in which askama has escaped every field, so the page that holds it must not escape it again.
impl askama::filters::HtmlSafe for ConversationPartial<'_> {}

/// Reading a closed conversation leaves a row in the audit log: the service writes it before anything is shown.
pub async fn show(app: App, staff: Staff, Id(id): Id<ConversationId>, request: HttpRequest) -> Answer {
    let view = read(&app, &staff, id).await?;
    let house = app.store.house();
    let site = house.sites.get(&view.conversation.site).ok_or_else(Error::not_found)?;
    let most = if request.query_string() == "whole" { usize::MAX } else { limits::REPLAY_EVENTS };
    let left_alone = conversations::is_left_alone(&house, &view.conversation);
    let opened = ConversationPartial { left_alone, ..ConversationPartial::new(staff.operator.id, &view, site, most) };
    if request.headers().contains_key(PART_HEADER) {
        return page::show(&opened);
    }
    let list = list(&app, &staff).await?;
    draw(&app, &staff, &list, &house, Some(opened))
}

async fn read(app: &App, staff: &Staff, id: ConversationId) -> Result<View, Error> {
    let (app, staff) = (app.clone(), staff.clone());
    block(move || conversations::read_transcript(&staff.ctx(&app), id)).await
}

impl<'a> ConversationPartial<'a> {
    /// Shows the last `most` events.
    fn new(me: OperatorId, view: &'a View, site: &'a Site, most: usize) -> Self {
        let conversation = &view.conversation;
        let earlier = view.events.len().saturating_sub(most);
        Self {
            me,
            conversation,
            site,
            left_alone: false,
            name: visitor_name(conversation),
            events: view.events.iter().skip(earlier).map(|event| EventPartial::new(conversation, event)).collect(),
            last: view.events.last().map_or(0, |event| event.seq),
            earlier,
            promise: site.purge.promise(),
            due: conversation.closed_at().map(|at| site.purge.due_at(at)),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.conversation.closed_at().is_some()
    }

    /// Whether a part of the page belongs to the present state. The script asks the same of the same words.
    fn shows(&self, when: &str) -> bool {
        let mine = self.conversation.assignee().is_some_and(|operator| operator.id == self.me);
        let now = match (&self.conversation.state, mine) {
            (State::Waiting, _) => "waiting",
            (State::Active { .. }, true) => "mine-active",
            (State::Active { .. }, false) if self.left_alone => "alone-active",
            (State::Active { .. }, false) => "theirs-active",
            (State::Wrapping { .. }, true) => "mine-wrapping",
            (State::Wrapping { .. }, false) if self.left_alone => "alone-wrapping",
            (State::Wrapping { .. }, false) => "theirs-wrapping",
            (State::Closed { .. }, _) => "closed",
        };
        when.split(' ').any(|word| word == now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::Assignee;
    use crate::domain::id::SiteId;
    use crate::domain::text::Name;
    use crate::domain::visitor::Visitor;

    const SAM: OperatorId = OperatorId::from_bytes([1; 16]);
    const ANNA: OperatorId = OperatorId::from_bytes([2; 16]);

    fn view(state: State) -> View {
        let conversation = Conversation {
            id: ConversationId::from_bytes([3; 16]),
            site: SiteId::from_bytes([4; 16]),
            visitor: Visitor { name: Name::parse("<i>Maria").ok(), ..Visitor::default() },
            token_index: [0; 32],
            state,
            started_at: Timestamp::default(),
            about: crate::domain::about::About::default(),
        };
        View { conversation, events: Vec::new() }
    }

    fn site() -> Site {
        Site::new(SiteId::from_bytes([4; 16]), Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default())
    }

    #[test]
    fn each_state_shows_its_own_part_and_only_the_assignee_may_write() {
        let sam = Assignee { id: SAM, name: Name::parse("Sam").unwrap() };
        let at = Timestamp::from_millis(5);
        for (state, me, shown) in [
            (State::Waiting, SAM, "waiting"),
            (State::Active { operator: sam.clone() }, SAM, "mine-active"),
            (State::Active { operator: sam.clone() }, ANNA, "theirs-active"),
            (State::Active { operator: sam.clone() }, ANNA, "alone-active"),
            (State::Wrapping { operator: sam.clone() }, ANNA, "alone-wrapping"),
            (State::Wrapping { operator: sam.clone() }, SAM, "mine-wrapping"),
            (State::Wrapping { operator: sam.clone() }, ANNA, "theirs-wrapping"),
            (State::Closed { operator: Some(sam.clone()), at }, SAM, "closed"),
        ] {
            let (view, site) = (view(state), site());
            let left_alone = shown.starts_with("alone-");
            let partial = ConversationPartial { left_alone, ..ConversationPartial::new(me, &view, &site, 10) };
            for when in [
                "waiting",
                "mine-active",
                "theirs-active",
                "alone-active",
                "mine-wrapping",
                "theirs-wrapping",
                "alone-wrapping",
                "closed",
            ] {
                assert_eq!(partial.shows(when), when == shown, "{when} in {shown}");
            }
            let html = partial.render().unwrap();
            assert_eq!(html.contains("class=\"composer\" data-when=\"mine-active\" hidden"), shown != "mine-active", "{shown}");
            assert!(!html.contains("<i>Maria"), "markup in a name stays text");
        }
    }

    #[test]
    fn a_closed_chat_says_when_it_is_deleted() {
        let (view, site) = (view(State::Closed { operator: None, at: Timestamp::default() }), site());
        let html = ConversationPartial::new(SAM, &view, &site, 10).render().unwrap();
        assert!(html.contains("datetime=\"1970-01-02T00:00:00.000Z\""), "{html}");
    }
}

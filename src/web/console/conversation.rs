//! `/console/conversations/{id}`: one conversation, within the console or, for the console's script, by itself.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::about::Channel;
use crate::domain::access::{Action, Actor, authorize};
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::Seq;
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::limits;
use crate::domain::permission::Permission;
use crate::domain::secure_form::Submission;
use crate::domain::site::Site;
use crate::domain::time::Timestamp;
use crate::domain::visit::Visit;
use crate::live::partials::{EventPartial, visitor_name};
use crate::service::Failure;
use crate::service::conversations::{self, View};
use crate::service::identity::{self, Earlier};
use crate::service::{holds, retention, secure_forms, visits};
use crate::store::House;
use crate::web::error::Error;
use crate::web::extract::{Id, Staff};
use crate::web::page::{self, block};
use crate::web::{Answer, App};

use super::card::{CardPartial, department_name};
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
    department: Option<&'a str>,
    card: CardPartial<'a>,
    /// Whoever answered does not work here any more.
    left_alone: bool,
    /// Whether the site and the reader's role allow files.
    may_send_files: bool,
    /// Whether the reader may whisper, join and take over.
    may_supervise: bool,
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
    let Opened { view, earlier, visit, is_held, submissions } = read(&app, &staff, id).await?;
    let house = app.store.house();
    let most = if request.query_string() == "whole" { usize::MAX } else { limits::REPLAY_EVENTS };
    let me = staff.operator.id;
    let mut opened = ConversationPartial::new(&staff.actor, me, &house, &view, most).ok_or_else(Error::not_found)?;
    (opened.card.earlier, opened.card.visit, opened.card.is_held) = (earlier, visit, is_held);
    opened.card.submissions = submissions;
    let stays = match (is_held, view.conversation.about.is_restricted) {
        (true, _) => Some("not before its legal hold is lifted"),
        (false, true) => Some("not before its restriction is lifted"),
        (false, false) => None,
    };
    if let Some(stays) = stays {
        (opened.promise, opened.due) = (stays.to_owned(), None);
    }
    if request.headers().contains_key(PART_HEADER) {
        return page::show(&opened);
    }
    let list = list(&app, &staff).await?;
    draw(&app, &staff, &list, &house, Some(opened))
}

/// What is read for the page of one conversation.
struct Opened {
    view: View,
    earlier: Vec<Earlier>,
    visit: Option<Visit>,
    is_held: bool,
    submissions: Vec<Submission>,
}

async fn read(app: &App, staff: &Staff, id: ConversationId) -> Result<Opened, Error> {
    let (app, staff) = (app.clone(), staff.clone());
    let read = move || -> Result<_, Failure> {
        let ctx = staff.ctx(&app);
        let view = conversations::read_transcript(&ctx, id)?;
        let visit = visits::of_conversation(&ctx, view.conversation.site, id);
        let is_held = holds::is_held(&ctx, &view.conversation)?;
        let submissions = secure_forms::of_conversation(&ctx, &view.conversation)?;
        Ok(Opened { earlier: identity::earlier(&ctx, id)?, view, visit, is_held, submissions })
    };
    block(read).await
}

impl<'a> ConversationPartial<'a> {
    /// Shows the last `most` events. `None` when there is no such site any more.
    fn new(reader: &Actor, me: OperatorId, house: &'a House, view: &'a View, most: usize) -> Option<Self> {
        let conversation = &view.conversation;
        let site = house.sites.get(&conversation.site)?;
        let clock = retention::clock_of(house, conversation);
        let earlier = view.events.len().saturating_sub(most);
        Some(Self {
            me,
            conversation,
            site,
            department: department_name(house, conversation),
            card: CardPartial::new(reader, house, site, conversation),
            left_alone: conversations::is_left_alone(house, conversation),
            may_send_files: site.switches.operator_files
                && authorize(reader, Action::UseIn(Permission::SendFiles, conversation)).is_ok(),
            may_supervise: authorize(reader, Action::UseIn(Permission::Supervise, conversation)).is_ok(),
            name: visitor_name(conversation),
            events: view.events.iter().skip(earlier).map(|event| EventPartial::new(conversation, event)).collect(),
            last: view.events.last().map_or(0, |event| event.seq),
            earlier,
            promise: clock.promise(),
            due: conversation.closed_at().map(|at| clock.due_at(at)),
        })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.conversation.closed_at().is_some()
    }

    /// Who writes along, and who was asked to, for the script.
    fn guests(&self) -> String {
        words(self.conversation.about.guests.iter().map(|guest| guest.id))
    }

    fn invited(&self) -> String {
        words(self.conversation.about.invited.iter().copied())
    }

    /// The name of whoever answers; empty when nobody does.
    fn answered_by(&self) -> &str {
        self.conversation.assignee().map_or("", |operator| operator.name.as_str())
    }

    /// Whether a part of the page belongs to the present state. The script asks the same of the same words.
    fn shows(&self, when: &str) -> bool {
        let whose = if self.conversation.assignee().is_some_and(|operator| operator.id == self.me) {
            "mine"
        } else if self.conversation.is_guest(self.me) {
            "guest"
        } else if self.conversation.about.invited.contains(&self.me) {
            "invited"
        } else if self.left_alone {
            "alone"
        } else {
            "theirs"
        };
        let state = self.conversation.state_word();
        let is_with_somebody = matches!(self.conversation.state, State::Active { .. } | State::Wrapping { .. });
        let now = if is_with_somebody { format!("{whose}-{state}") } else { state.to_owned() };
        when.split(' ').any(|word| word == now)
    }
}

fn words(ids: impl Iterator<Item = OperatorId>) -> String {
    ids.map(|id| id.to_string()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::conversation::Assignee;
    use crate::domain::id::SiteId;
    use crate::domain::operator::{Membership, Role};
    use crate::domain::permission::Permissions;
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

    fn house() -> House {
        let site = Site::new(SiteId::from_bytes([4; 16]), Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default());
        let mut house = House::default();
        house.sites.insert(site.id, Arc::new(site));
        house
    }

    fn reader(id: OperatorId) -> Actor {
        Actor::Staff { id, role: Role::Operator, membership: Membership::AllSites, permissions: Permissions::NONE }
    }

    fn assignee(id: OperatorId, name: &str) -> Assignee {
        Assignee { id, name: Name::parse(name).unwrap() }
    }

    #[test]
    fn each_state_shows_its_own_part_and_only_who_talks_in_it_may_write() {
        let sam = assignee(SAM, "Sam");
        let at = Timestamp::from_millis(5);
        let active = || State::Active { operator: sam.clone() };
        let wrapping = || State::Wrapping { operator: sam.clone() };
        let parts = [
            (State::Waiting, SAM, "waiting"),
            (active(), SAM, "mine-active"),
            (active(), ANNA, "theirs-active"),
            (active(), ANNA, "guest-active"),
            (active(), ANNA, "alone-active"),
            (wrapping(), ANNA, "alone-wrapping"),
            (wrapping(), SAM, "mine-wrapping"),
            (wrapping(), ANNA, "theirs-wrapping"),
            (State::Closed { operator: Some(sam.clone()), at }, SAM, "closed"),
        ];
        for (state, me, shown) in parts.clone() {
            let (mut view, house) = (view(state), house());
            if shown.starts_with("guest-") {
                view.conversation.about.guests.push(assignee(ANNA, "Anna"));
            }
            // Nobody works in this house, so whoever answers has left.
            let left_alone = shown.starts_with("alone-");
            let partial = ConversationPartial::new(&reader(me), me, &house, &view, 10).unwrap();
            let partial = ConversationPartial { left_alone, ..partial };
            for (_, _, when) in &parts {
                assert_eq!(partial.shows(when), *when == shown, "{when} in {shown}");
            }
            let html = partial.render().unwrap();
            let may_write = ["mine-active", "guest-active"].contains(&shown);
            assert_eq!(html.contains("class=\"composer\" data-mode=\"reply\" hidden"), !may_write, "{shown}");
            assert!(!html.contains("<i>Maria"), "markup in a name stays text");
            assert!(!html.contains("data-act=\"takeover\""), "an operator does not supervise");
        }
    }

    #[test]
    fn a_closed_chat_says_when_it_is_deleted() {
        let (view, house) = (view(State::Closed { operator: None, at: Timestamp::default() }), house());
        let html = ConversationPartial::new(&reader(SAM), SAM, &house, &view, 10).unwrap().render().unwrap();
        assert!(html.contains("datetime=\"1970-01-02T00:00:00.000Z\""), "{html}");
    }
}

//! `/console/conversations/{id}/colleagues`: who could take this chat over or join it, as a part of a page that the console's script
//! fetches anew each time, since who is there changes by the minute.

use std::collections::HashMap;

use askama::Template;

use crate::domain::department::Department;
use crate::domain::event::Seq;
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::operator::Operator;
use crate::live::staffing::Availability;
use crate::service::conversations;
use crate::web::extract::{Id, Staff};
use crate::web::page::{self, block};
use crate::web::{Answer, App};

#[derive(Template)]
#[template(path = "console/_colleagues.html")]
struct ColleaguesPartial {
    departments: Vec<Hand>,
    people: Vec<Hand>,
}

/// Somebody, or a department, that a chat can be given to.
struct Hand {
    to: String,
    name: String,
    /// Presence and load, in words.
    hint: String,
}

pub async fn show(app: App, staff: Staff, Id(id): Id<ConversationId>) -> Answer {
    let view = {
        let (app, staff) = (app.clone(), staff.clone());
        block(move || conversations::view(&staff.ctx(&app), id, Seq::MAX, 0)).await?
    };
    let (site, answered_by) = (view.conversation.site, view.conversation.assignee().map(|operator| operator.id));
    let house = app.store.house();
    let there = There::now(&app);
    let serves = |operator: &Operator| operator.is_active() && operator.membership.includes(site);
    let mut people: Vec<_> = house
        .operators
        .values()
        .filter(|it| serves(it) && it.id != staff.operator.id && Some(it.id) != answered_by)
        .map(|it| (!there.accepts(it.id), there.load(it.id), it))
        .collect();
    // Who is there and least busy first: that is who mostly gets it.
    people.sort_by(|a, b| (a.0, a.1, a.2.name.as_str()).cmp(&(b.0, b.1, b.2.name.as_str())));
    let people = people.into_iter().map(|(_, _, operator)| there.person(operator)).collect();
    let current = view.conversation.about.department;
    let departments = house.departments.values().filter(|it| it.site == site && Some(it.id) != current);
    let departments = departments.map(|it| there.department(it, house.operators.values().filter(|it| serves(it)))).collect();
    page::show(&ColleaguesPartial { departments, people })
}

/// Who is there at this moment, and how much everybody has to do.
struct There<'a> {
    app: &'a App,
    chats: HashMap<OperatorId, usize>,
}

impl<'a> There<'a> {
    fn now(app: &'a App) -> Self {
        let mut chats = HashMap::new();
        for open in app.store.open_conversations() {
            if let Some(operator) = open.lock().head.assignee() {
                *chats.entry(operator.id).or_default() += 1;
            }
        }
        Self { app, chats }
    }

    fn accepts(&self, operator: OperatorId) -> bool {
        self.app.hub.availability(operator) == Availability::Accepting
    }

    fn load(&self, operator: OperatorId) -> usize {
        self.chats.get(&operator).copied().unwrap_or_default()
    }

    fn person(&self, operator: &Operator) -> Hand {
        let presence = match self.app.hub.availability(operator.id) {
            Availability::Accepting => "here",
            Availability::Away | Availability::Idle => "away",
            Availability::Offline => "not here",
        };
        let hint = format!("{presence} · {} of {} chats", self.load(operator.id), operator.capacity);
        Hand { to: operator.id.to_string(), name: operator.name.as_str().to_owned(), hint }
    }

    fn department<'b>(&self, department: &Department, staff: impl Iterator<Item = &'b std::sync::Arc<Operator>>) -> Hand {
        let here = staff.filter(|it| department.members.includes(it.id) && self.accepts(it.id)).count();
        let hint = match here {
            0 => "nobody is here".to_owned(),
            1 => "1 person is here".to_owned(),
            more => format!("{more} people are here"),
        };
        Hand { to: department.id.to_string(), name: department.name.as_str().to_owned(), hint }
    }
}

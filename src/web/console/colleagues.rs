//! `/console/conversations/{id}/colleagues`: who could take this chat over or join it, as a part of a page that the console's script
//! fetches anew each time, since who is there changes by the minute.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;

use crate::domain::access::{Action, is_open_to};
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
    /// Of other departments: they may be asked to join, and not be given the chat.
    guests: Vec<Hand>,
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
    let head = &view.conversation;
    let (site, answered_by) = (head.site, head.assignee().map(|operator| operator.id));
    let house = app.store.house();
    let there = There::now(&app);
    let of_site = house.operators.values().filter(|it| is_open_to(it, Action::ServeSite(site)));
    let others = of_site.filter(|it| it.id != staff.operator.id && Some(it.id) != answered_by);
    let (mut people, mut guests): (Vec<_>, Vec<_>) = others.partition(|it| is_open_to(it, Action::ServeConversation(head)));
    // Who is there and least busy first: that is who mostly gets it.
    people.sort_by_key(|it| (!there.accepts(it.id), there.load(it.id), it.name.as_str().to_owned()));
    guests.sort_by_key(|it| (!there.accepts(it.id), it.name.as_str().to_owned()));
    let departments = house.departments.values().filter(|it| it.site == site && Some(it.id) != head.about.department);
    // A chat can be given to any department of its site. How many are there is the business of those who work for it.
    let is_known = |it: &Department| staff.ctx(&app).authorize(Action::ServePart(site, Some(it.id))).is_ok();
    let departments =
        departments.map(|it| if is_known(it) { there.department(it, house.operators.values()) } else { There::another(it) });
    page::show(&ColleaguesPartial {
        departments: departments.collect(),
        people: people.into_iter().map(|it| there.person(it)).collect(),
        guests: guests.into_iter().map(|it| there.guest(it)).collect(),
    })
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

    fn presence(&self, operator: OperatorId) -> &'static str {
        match self.app.hub.availability(operator) {
            Availability::Accepting => "here",
            Availability::Away | Availability::Idle => "away",
            Availability::Offline => "not here",
        }
    }

    fn person(&self, operator: &Operator) -> Hand {
        let hint = format!("{} · {} of {} chats", self.presence(operator.id), self.load(operator.id), operator.capacity);
        Hand { to: operator.id.to_string(), name: operator.name.as_str().to_owned(), hint }
    }

    /// How much they have to do there is their department's business.
    fn guest(&self, operator: &Operator) -> Hand {
        let hint = self.presence(operator.id).to_owned();
        Hand { to: operator.id.to_string(), name: operator.name.as_str().to_owned(), hint }
    }

    fn another(department: &Department) -> Hand {
        Hand { to: department.id.to_string(), name: department.name.as_str().to_owned(), hint: String::new() }
    }

    fn department<'b>(&self, department: &Department, staff: impl Iterator<Item = &'b Arc<Operator>>) -> Hand {
        let answers = |it: &&Arc<Operator>| {
            is_open_to(it, Action::ServePart(department.site, Some(department.id))) && department.members.includes(it.id)
        };
        let here = staff.filter(answers).filter(|it| self.accepts(it.id)).count();
        let hint = match here {
            0 => "nobody is here".to_owned(),
            1 => "1 person is here".to_owned(),
            more => format!("{more} people are here"),
        };
        Hand { to: department.id.to_string(), name: department.name.as_str().to_owned(), hint }
    }
}

//! Everybody who works here.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::operator::{Membership, Operator, Part, Role, Standing};
use crate::domain::policy::SignInPolicy;
use crate::domain::time::Timestamp;
use crate::service::{dormancy, people};
use crate::web::extract::Admin;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App};

#[derive(Template)]
#[template(path = "admin/people.html")]
struct Page {
    chrome: Chrome,
    people: Vec<Arc<Operator>>,
    now: Timestamp,
    policy: SignInPolicy,
}

impl Page {
    fn initial(person: &Operator) -> String {
        person.name.as_str().chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default()
    }

    /// What stands in the badge: nothing for those who simply answer chats.
    fn role(person: &Operator) -> &'static str {
        match person.role {
            Role::Operator => "",
            Role::Supervisor => "Supervisor",
            Role::Admin => "Administrator",
            Role::Auditor => "Auditor",
            Role::Client => "Client",
        }
    }

    fn works_for(person: &Operator) -> String {
        match &person.membership {
            Membership::AllSites => "all sites".to_owned(),
            Membership::Sites(sites) => {
                let some = if sites.values().all(|part| *part == Part::Whole) { "" } else { ", not all departments" };
                match sites.len() {
                    0 => "no site yet".to_owned(),
                    1 => format!("1 site{some}"),
                    many => format!("{many} sites{some}"),
                }
            }
        }
    }

    /// What stands in the badge: nothing for those who simply work here.
    fn standing(&self, person: &Operator) -> &'static str {
        match person.standing {
            Standing::Active => "",
            Standing::Disabled => "Disabled",
            Standing::Invited { expires_at, .. } if expires_at <= self.now => "Invitation expired",
            Standing::Invited { .. } => "Invited",
        }
    }

    /// Said in the weeks before the account is disabled because nobody uses it; empty otherwise.
    fn not_seen_for(&self, person: &Operator) -> String {
        let days = dormancy::days_to_warn_of(&self.policy, person, self.now);
        days.map_or_else(String::new, |days| format!("Not seen for {}", page::counted(days, "day")))
    }
}

pub async fn list(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let people = staff.look(&app, people::list)?;
    let said = if page::says(&request, "saved") { "Saved." } else { "" };
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "people").saying(said),
        people,
        now: app.now(),
        policy: app.store.house().policy,
    })
}

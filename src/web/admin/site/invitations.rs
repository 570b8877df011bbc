//! Rules by which visitors are invited to chat.

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage};
use crate::domain::id::SiteId;
use crate::domain::limits;
use crate::service::sites::{InvitationsForm, RuleForm};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

impl FromFields for InvitationsForm {
    fn from_fields(fields: &mut Fields) -> Self {
        let count = fields.take("count").parse::<usize>().unwrap_or(0).min(limits::RULES_PER_SITE + 1);
        let rule = |n| {
            let mut text = |name: &str| fields.take(&format!("{name}-{n}"));
            let (id, name, words) = (text("id"), text("name"), text("text"));
            let (page, referrer) = (text("page"), text("referrer"));
            let (seconds, pages, scrolled, days) = (text("seconds"), text("pages"), text("scrolled"), text("days"));
            let (is_on, exit) = (fields.ticked(&format!("on-{n}")), fields.ticked(&format!("exit-{n}")));
            RuleForm { id, name, text: words, is_on, page, referrer, seconds, pages, scrolled, exit, days }
        };
        Self { rules: (0..count).map(rule).collect() }
    }
}

#[derive(Template)]
#[template(path = "admin/site/invitations.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    /// With an empty one at the end.
    rules: Vec<RuleForm>,
    errors: &'a Errors,
}

impl SectionPage for InvitationsForm {
    const PATH: &'static str = "invitations";

    fn draw(&self, _: &App, _: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer {
        let mut rules = self.rules.clone();
        if rules.last().is_none_or(|last| !last.name.is_empty()) {
            rules.push(RuleForm::blank());
        }
        page::form(&Page { chrome, head, rules, errors }, errors)
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    super::show::<InvitationsForm>(&app, &request, &staff, id)
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<InvitationsForm>) -> Answer {
    super::save(&app, &staff, id, form).await
}

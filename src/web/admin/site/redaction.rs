//! What is taken out of chats before it is stored.

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage};
use crate::domain::id::SiteId;
use crate::service::sites::RedactionForm;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

impl FromFields for RedactionForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            cards: fields.ticked("cards"),
            ssn: fields.ticked("ssn"),
            iban: fields.ticked("iban"),
            patterns: fields.take("patterns"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site/redaction.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a RedactionForm,
    errors: &'a Errors,
}

impl SectionPage for RedactionForm {
    const PATH: &'static str = "redaction";

    fn draw(&self, _: &App, _: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer {
        page::form(&Page { chrome, head, form: self, errors }, errors)
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    super::show::<RedactionForm>(&app, &request, &staff, id)
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<RedactionForm>) -> Answer {
    super::save(&app, &staff, id, form).await
}

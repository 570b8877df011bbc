//! What is said at the beginning and the end, the rating, tags and wrap-up.

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage};
use crate::domain::id::SiteId;
use crate::service::sites::ChatForm;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

impl FromFields for ChatForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            welcome: fields.take("welcome"),
            closing: fields.take("closing"),
            rating: fields.ticked("rating"),
            tags: fields.take("tags"),
            wrap_up_required: fields.ticked("wrap_up_required"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site/chat.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a ChatForm,
    errors: &'a Errors,
}

impl SectionPage for ChatForm {
    const PATH: &'static str = "chat";

    fn draw(&self, _: &App, _: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer {
        page::form(&Page { chrome, head, form: self, errors }, errors)
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    super::show::<ChatForm>(&app, &request, &staff, id)
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<ChatForm>) -> Answer {
    super::save(&app, &staff, id, form).await
}

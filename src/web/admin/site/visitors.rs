//! From where visitors may write.

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage};
use crate::domain::id::SiteId;
use crate::service::sites::VisitorsForm;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

impl FromFields for VisitorsForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { only: fields.take("only"), never: fields.take("never") }
    }
}

#[derive(Template)]
#[template(path = "admin/site/visitors.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a VisitorsForm,
    errors: &'a Errors,
}

impl SectionPage for VisitorsForm {
    const PATH: &'static str = "visitors";

    fn draw(&self, _: &App, _: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer {
        page::form(&Page { chrome, head, form: self, errors }, errors)
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    super::show::<VisitorsForm>(&app, &request, &staff, id)
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<VisitorsForm>) -> Answer {
    super::save(&app, &staff, id, form).await
}

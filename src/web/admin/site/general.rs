//! Name, websites, time zone, demo page.

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage};
use crate::domain::id::SiteId;
use crate::service::sites::GeneralForm;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

impl FromFields for GeneralForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.take("name"),
            origins: fields.take("origins"),
            zone: fields.take("zone"),
            demo: fields.ticked("demo"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site/general.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a GeneralForm,
    errors: &'a Errors,
}

impl SectionPage for GeneralForm {
    const PATH: &'static str = "";

    fn draw(&self, _: &App, _: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer {
        page::form(&Page { chrome, head, form: self, errors }, errors)
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    super::show::<GeneralForm>(&app, &request, &staff, id)
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<GeneralForm>) -> Answer {
    super::save(&app, &staff, id, form).await
}

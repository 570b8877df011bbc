//! How the default window looks, with the real widget beside the form, and the list of further windows.

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage, preview};
use crate::domain::id::SiteId;
use crate::service::sites::LookForm;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

impl FromFields for LookForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            accent: fields.take("accent"),
            scheme: fields.take("scheme"),
            position: fields.take("position"),
            launcher: fields.take("launcher"),
            launcher_text: fields.take("launcher_text"),
            launcher_image: fields.take("launcher_image"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site/look.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a LookForm,
    errors: &'a Errors,
}

impl SectionPage for LookForm {
    const PATH: &'static str = "look";

    fn draw(&self, _: &App, _: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer {
        preview::beside(page::form(&Page { chrome, head, form: self, errors }, errors)?)
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    super::show::<LookForm>(&app, &request, &staff, id)
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<LookForm>) -> Answer {
    super::save(&app, &staff, id, form).await
}

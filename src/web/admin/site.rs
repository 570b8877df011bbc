//! One site: its settings, and the form for a new one.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::id::SiteId;
use crate::service::sites::{self, SiteForm};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for SiteForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.take("name"),
            origins: fields.take("origins"),
            accent: fields.take("accent"),
            position: fields.take("position"),
            welcome: fields.take("welcome"),
            closing: fields.take("closing"),
            consent: fields.take("consent"),
            ask_name: fields.ticked("ask_name"),
            ask_email: fields.ticked("ask_email"),
            purge: fields.take("purge"),
            purge_hours: fields.take("purge_hours"),
            purge_days: fields.take("purge_days"),
            purge_hour: fields.take("purge_hour"),
            purge_zone: fields.take("purge_zone"),
            idle_close_minutes: fields.take("idle_close_minutes"),
            demo: fields.ticked("demo"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site.html")]
struct Page<'a> {
    chrome: Chrome,
    /// None for a site that is to be made.
    id: Option<SiteId>,
    title: &'a str,
    form: &'a SiteForm,
    errors: &'a Errors,
}

pub async fn blank(app: App, Admin(staff): Admin) -> Answer {
    let form = sites::blank(&staff.ctx(&app));
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "sites"),
        id: None,
        title: "New site",
        form: &form,
        errors: &Errors::default(),
    })
}

pub async fn create(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<SiteForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| sites::create(ctx, &form)).await? {
        Ok(id) => Ok(page::see_other(&format!("{}?new", urls::snippet(id)))),
        Err(failure) => {
            let errors = Errors::from(failure)?;
            page::form(
                &Page { chrome: Chrome::new(&app, &staff, "sites"), id: None, title: "New site", form: &typed, errors: &errors },
                &errors,
            )
        }
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    let site = staff.look(&app, |ctx| sites::get(ctx, id))?;
    let said = if page::says(&request, "saved") { "Saved. Open chat windows follow at their next visit." } else { "" };
    let chrome = Chrome::new(&app, &staff, "sites").saying(said);
    page::show(&Page { chrome, id: Some(id), title: site.name.as_str(), form: &SiteForm::of(&site), errors: &Errors::default() })
}

pub async fn change(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<SiteForm>) -> Answer {
    let site = staff.look(&app, |ctx| sites::get(ctx, id))?;
    let typed = form.clone();
    match staff.act(&app, move |ctx| sites::change(ctx, id, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::site(id)))),
        Err(failure) => {
            let errors = Errors::from(failure)?;
            let chrome = Chrome::new(&app, &staff, "sites");
            page::form(&Page { chrome, id: Some(id), title: site.name.as_str(), form: &typed, errors: &errors }, &errors)
        }
    }
}

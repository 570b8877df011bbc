//! One further window: its name, look and department.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage, preview};
use crate::domain::department::Department;
use crate::domain::id::{SiteId, WindowId};
use crate::service::sites::{self, LookForm, WindowForm};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Ids, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for WindowForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { name: fields.take("name"), department: fields.take("department"), look: LookForm::from_fields(fields) }
    }
}

#[derive(Template)]
#[template(path = "admin/site/window.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    /// None for a window that is to be made.
    id: Option<WindowId>,
    departments: Vec<Arc<Department>>,
    name: &'a str,
    department: &'a str,
    form: &'a LookForm,
    errors: &'a Errors,
}

pub async fn blank(app: App, Admin(staff): Admin, Id(site): Id<SiteId>) -> Answer {
    let head = Head::new(&app, &staff, site, LookForm::PATH)?;
    let form = WindowForm { look: LookForm::of_look(&head.site.look), ..WindowForm::default() };
    draw(&app, &staff, head, None, &form, &Errors::default(), "")
}

pub async fn add(app: App, Admin(staff): Admin, Id(site): Id<SiteId>, CsrfForm(form): CsrfForm<WindowForm>) -> Answer {
    let head = Head::new(&app, &staff, site, LookForm::PATH)?;
    let typed = form.clone();
    match staff.act(&app, move |ctx| sites::add_window(ctx, site, &form)).await? {
        Ok(id) => Ok(page::see_other(&format!("{}#{id}", urls::snippet(site)))),
        Err(failure) => draw(&app, &staff, head, None, &typed, &Errors::from(failure)?, ""),
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Ids(site, id): Ids<SiteId, WindowId>) -> Answer {
    let head = Head::new(&app, &staff, site, LookForm::PATH)?;
    let window = staff.look(&app, |ctx| sites::window(ctx, site, id))?;
    let said = if page::says(&request, "saved") { "Saved. Open chat windows follow at their next visit." } else { "" };
    draw(&app, &staff, head, Some(id), &WindowForm::of(&window), &Errors::default(), said)
}

pub async fn save(
    app: App,
    Admin(staff): Admin,
    Ids(site, id): Ids<SiteId, WindowId>,
    CsrfForm(form): CsrfForm<WindowForm>,
) -> Answer {
    let head = Head::new(&app, &staff, site, LookForm::PATH)?;
    let typed = form.clone();
    match staff.act(&app, move |ctx| sites::change_window(ctx, site, id, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::window(site, id)))),
        Err(failure) => draw(&app, &staff, head, Some(id), &typed, &Errors::from(failure)?, ""),
    }
}

pub async fn remove(app: App, Admin(staff): Admin, Ids(site, id): Ids<SiteId, WindowId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, move |ctx| sites::remove_window(ctx, site, id)).await??;
    Ok(page::see_other(&format!("{}?saved", urls::site_section(site, LookForm::PATH))))
}

fn draw(
    app: &App,
    staff: &Staff,
    head: Head,
    id: Option<WindowId>,
    form: &WindowForm,
    errors: &Errors,
    said: &'static str,
) -> Answer {
    let house = app.store.house();
    let mut departments: Vec<_> = house.departments.values().filter(|it| it.site == head.site.id).cloned().collect();
    departments.sort_by_cached_key(|it| it.name.as_str().to_lowercase());
    let chrome = Chrome::new(app, staff, "sites").saying(said);
    let WindowForm { name, department, look } = form;
    preview::beside(page::form(&Page { chrome, head, id, departments, name, department, form: look, errors }, errors)?)
}

//! The queue of a site and its departments: who answers, and how chats find them.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage};
use crate::domain::department::{Department, Members};
use crate::domain::id::{DepartmentId, OperatorId, SiteId};
use crate::domain::operator::Operator;
use crate::domain::routing::Assignment;
use crate::service::departments::{self, DepartmentForm};
use crate::service::sites::QueueForm;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Ids, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for QueueForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            assignment: fields.take("assignment"),
            answer_within: fields.take("answer_within"),
            leave_after: fields.take("leave_after"),
        }
    }
}

impl FromFields for DepartmentForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.take("name"),
            all_of_site: fields.take("who") != "only",
            members: fields.take_all("members"),
            has_own_rules: fields.ticked("has_own_rules"),
            queue: QueueForm::from_fields(fields),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site/departments.html")]
struct ListPage<'a> {
    chrome: Chrome,
    head: Head,
    departments: Vec<Arc<Department>>,
    queue: &'a QueueForm,
    errors: &'a Errors,
}

impl ListPage<'_> {
    fn address(&self, department: &Department) -> String {
        urls::department(self.head.site.id, department.id)
    }

    fn in_words(department: &Department) -> String {
        let members = match &department.members {
            Members::AllOfSite => "everybody of this site".to_owned(),
            Members::Only(members) if members.len() == 1 => "1 person".to_owned(),
            Members::Only(members) => format!("{} people", members.len()),
        };
        let hours = if department.hours.is_some() { "own hours" } else { "hours of the site" };
        let rules = department.routing.map_or("rules of the site", |routing| match routing.assignment {
            Assignment::Manual => "operators choose",
            Assignment::LeastBusy => "the least busy is asked",
            Assignment::RoundRobin => "everybody is asked in turn",
        });
        format!("{members} · {hours} · {rules}")
    }
}

impl SectionPage for QueueForm {
    const PATH: &'static str = "departments";

    fn draw(&self, app: &App, staff: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer {
        let departments = staff.look(app, |ctx| departments::list(ctx, head.site.id))?;
        page::form(&ListPage { chrome, head, departments, queue: self, errors }, errors)
    }
}

#[derive(Template)]
#[template(path = "admin/site/department.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    /// None for a department that is to be made.
    id: Option<DepartmentId>,
    people: Vec<Arc<Operator>>,
    form: &'a DepartmentForm,
    queue: &'a QueueForm,
    errors: &'a Errors,
}

impl Page<'_> {
    fn is_member(&self, id: &OperatorId) -> bool {
        self.form.members.contains(&id.to_string())
    }

    fn address(&self) -> String {
        self.id.map_or_else(String::new, |id| urls::department(self.head.site.id, id))
    }
}

pub async fn list(app: App, request: HttpRequest, Admin(staff): Admin, Id(site): Id<SiteId>) -> Answer {
    super::show::<QueueForm>(&app, &request, &staff, site)
}

pub async fn save_queue(app: App, Admin(staff): Admin, Id(site): Id<SiteId>, CsrfForm(form): CsrfForm<QueueForm>) -> Answer {
    super::save(&app, &staff, site, form).await
}

pub async fn blank(app: App, Admin(staff): Admin, Id(site): Id<SiteId>) -> Answer {
    let head = Head::new(&app, &staff, site, QueueForm::PATH)?;
    let queue = QueueForm::showing(head.site.routing);
    let form = DepartmentForm { all_of_site: true, queue, ..DepartmentForm::default() };
    draw(&app, &staff, head, None, &form, &Errors::default(), "")
}

pub async fn create(app: App, Admin(staff): Admin, Id(site): Id<SiteId>, CsrfForm(form): CsrfForm<DepartmentForm>) -> Answer {
    let head = Head::new(&app, &staff, site, QueueForm::PATH)?;
    let typed = form.clone();
    match staff.act(&app, move |ctx| departments::create(ctx, site, &form)).await? {
        Ok(_) => Ok(page::see_other(&format!("{}?saved", head.address(QueueForm::PATH)))),
        Err(failure) => draw(&app, &staff, head, None, &typed, &Errors::from(failure)?, ""),
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Ids(site, id): Ids<SiteId, DepartmentId>) -> Answer {
    let department = staff.look(&app, |ctx| departments::get(ctx, site, id))?;
    let head = Head::new(&app, &staff, site, QueueForm::PATH)?;
    let said = if page::says(&request, "saved") { "Saved. It holds from now on." } else { "" };
    let form = DepartmentForm::of(&department, &head.site);
    draw(&app, &staff, head, Some(id), &form, &Errors::default(), said)
}

pub async fn change(
    app: App,
    Admin(staff): Admin,
    Ids(site, id): Ids<SiteId, DepartmentId>,
    CsrfForm(form): CsrfForm<DepartmentForm>,
) -> Answer {
    staff.look(&app, |ctx| departments::get(ctx, site, id))?;
    let head = Head::new(&app, &staff, site, QueueForm::PATH)?;
    let typed = form.clone();
    match staff.act(&app, move |ctx| departments::change(ctx, site, id, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::department(site, id)))),
        Err(failure) => draw(&app, &staff, head, Some(id), &typed, &Errors::from(failure)?, ""),
    }
}

pub async fn remove(
    app: App,
    Admin(staff): Admin,
    Ids(site, id): Ids<SiteId, DepartmentId>,
    CsrfForm(()): CsrfForm<()>,
) -> Answer {
    staff.act(&app, move |ctx| departments::remove(ctx, site, id)).await??;
    Ok(page::see_other(&format!("{}?saved", urls::site_section(site, QueueForm::PATH))))
}

fn draw(
    app: &App,
    staff: &Staff,
    head: Head,
    id: Option<DepartmentId>,
    form: &DepartmentForm,
    errors: &Errors,
    said: &'static str,
) -> Answer {
    let people = staff.look(app, |ctx| departments::candidates(ctx, head.site.id, id))?;
    let chrome = Chrome::new(app, staff, "sites").saying(said);
    page::form(&Page { chrome, head, id, people, form, queue: &form.queue, errors }, errors)
}

//! The page of reports and its file.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::asked::{self, Asked};
use super::csv;
use super::tables::{self, Drawn, Row};
use crate::domain::department::Department;
use crate::domain::operator::Operator;
use crate::domain::report::Question;
use crate::domain::site::Site;
use crate::service::reports;
use crate::web::extract::Staff;
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error};

#[derive(Template)]
#[template(path = "console/reports.html")]
struct Page<'a> {
    chrome: Chrome,
    asked: &'a Asked,
    errors: &'a Errors,
    shortcuts: Vec<(&'static str, String)>,
    sites: Vec<Arc<Site>>,
    departments: Vec<Arc<Department>>,
    operators: Vec<Arc<Operator>>,
    all: Row,
    missed_percent: Option<u64>,
    is_empty: bool,
    drawn: Vec<Drawn>,
    by_operator: Vec<Row>,
    by_department: Vec<Row>,
    by_site: Vec<Row>,
    days_kept: u16,
}

impl Page<'_> {
    fn is_chosen(chosen: &str, id: &impl ToString) -> bool {
        chosen == id.to_string()
    }
}

pub async fn show(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let mut asked = Asked::of(&request);
    let mut errors = Errors::default();
    let sites = staff.look(&app, reports::sites)?;
    let today = reports::today(&staff.ctx(&app), &sites);
    let mut question = asked.question(today, &mut errors);
    if !asked::offers(&sites, &question) {
        return Err(Error::not_found());
    }
    if !errors.is_empty() {
        // Nothing is counted for a question that makes no sense; the page says what is wrong with it.
        question = Question { first: today, last: today.plus(-1), ..question };
    }
    let wanted = question.clone();
    let report = staff.act(&app, move |ctx| reports::report(ctx, &wanted)).await??;

    let house = app.store.house();
    let mut named: Vec<_> = sites.iter().filter_map(|id| house.sites.get(id)).cloned().collect();
    named.sort_by_cached_key(|it| it.name.as_str().to_lowercase());
    let ctx = staff.ctx(&app);
    let may_see = |it: &&Arc<Department>| reports::may_see(&ctx, it.site, Some(it.id));
    let mut departments: Vec<_> = house.departments.values().filter(may_see).cloned().collect();
    departments.sort_by_cached_key(|it| it.name.as_str().to_lowercase());
    let mut operators: Vec<_> =
        house.operators.values().filter(|it| sites.iter().any(|site| it.membership.includes(*site))).cloned().collect();
    operators.sort_by_cached_key(|it| it.name.as_str().to_lowercase());
    let drawn = vec![
        Drawn::by_day(&report, &question),
        Drawn::by_hour(&report),
        Drawn::by_weekday(&report),
        Drawn::waiting(&report),
        Drawn::handling(&report),
        Drawn::ratings(&report),
    ];
    let page = Page {
        chrome: Chrome::new(&app, &staff, "reports"),
        shortcuts: asked.shortcuts(today),
        asked: &asked,
        errors: &errors,
        sites: named,
        departments,
        operators,
        missed_percent: tables::share(report.all.missed, report.all.chats()),
        is_empty: report.days.is_empty(),
        all: Row::new("", &report.all),
        drawn,
        by_operator: tables::by_operator(&report, &house),
        by_department: tables::by_department(&report, &house),
        by_site: tables::by_site(&report, &house),
        days_kept: house.reporting.get(),
    };
    page::form(&page, &errors)
}

pub async fn file(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let mut asked = Asked::of(&request);
    let mut errors = Errors::default();
    let sites = staff.look(&app, reports::sites)?;
    let question = asked.question(reports::today(&staff.ctx(&app), &sites), &mut errors);
    if !errors.is_empty() {
        return Err(Error::not_found());
    }
    let name = format!("attachment; filename=\"parlor-{}-{}.csv\"", question.first, question.last);
    let counters = staff.act(&app, move |ctx| reports::counters(ctx, &question)).await??;
    let text = csv::write(&app.store.house(), &counters);
    Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").insert_header(("Content-Disposition", name)).body(text))
}

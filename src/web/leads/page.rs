//! The list of leads, page by page. What is asked names sites and days, nobody; so it may stand in the address.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::id::SiteId;
use crate::domain::lead::Lead;
use crate::domain::search::Place;
use crate::domain::site::Site;
use crate::domain::time::Timestamp;
use crate::service::leads::{self, Question};
use crate::store::House;
use crate::web::extract::Staff;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, Error};

/// How far back one looks, and how that is called. The first is what nobody chose.
const SPANS: [(&str, &str); 5] =
    [("30", "30 days"), ("1", "A day"), ("7", "A week"), ("365", "A year"), ("all", "As far as there are any")];

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What is asked, as the address says it.
struct Asked {
    days: String,
    site: String,
    question: Question,
}

impl Asked {
    /// A site that is none is nobody's.
    fn of(app: &App, request: &HttpRequest) -> Result<Self, Error> {
        let (days, site) = (page::query(request, "days"), page::query(request, "site"));
        let days = SPANS.iter().map(|(value, _)| *value).find(|value| *value == days).unwrap_or(SPANS[0].0);
        let before = |days: i64| Timestamp::from_millis(app.now().as_millis() - days * DAY_MS);
        let from = days.parse().ok().map(before);
        let asked = if site.is_empty() { None } else { Some(site.parse::<SiteId>().map_err(|_| Error::not_found())?) };
        Ok(Self { days: days.to_owned(), site, question: Question { site: asked, from, until: None } })
    }

    fn query(&self) -> String {
        format!("days={}&site={}", self.days, self.site)
    }
}

#[derive(Template)]
#[template(path = "leads/page.html")]
struct Page<'a> {
    chrome: Chrome,
    asked: &'a Asked,
    spans: &'a [(&'static str, &'static str)],
    sites: Vec<Arc<Site>>,
    rows: Vec<Row<'a>>,
    is_first: bool,
    next: Option<Place>,
}

struct Row<'a> {
    lead: &'a Lead,
    site: &'a str,
    department: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(house: &'a House, lead: &'a Lead) -> Self {
        let [site, department] = names(house, lead);
        Self { lead, site: site.unwrap_or_default(), department }
    }
}

/// What its site and its department are called.
pub(super) fn names<'a>(house: &'a House, lead: &Lead) -> [Option<&'a str>; 2] {
    let department = lead.department.and_then(|id| house.departments.get(&id));
    [house.sites.get(&lead.site).map(|it| it.name.as_str()), department.map(|it| it.name.as_str())]
}

pub async fn show(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let sites = staff.look(&app, leads::sites)?;
    let asked = Asked::of(&app, &request)?;
    let (question, after) = (asked.question, page::query(&request, "after").parse().ok());
    let found = staff.act(&app, move |ctx| leads::list(ctx, &question, after)).await??;
    let house = app.store.house();
    let mut sites: Vec<_> = sites.iter().filter_map(|id| house.sites.get(id)).cloned().collect();
    sites.sort_by_cached_key(|site| site.name.as_str().to_lowercase());
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "leads"),
        asked: &asked,
        spans: &SPANS,
        sites,
        rows: found.leads.iter().map(|lead| Row::new(&house, lead)).collect(),
        is_first: after.is_none(),
        next: found.next,
    })
}

pub async fn file(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let question = Asked::of(&app, &request)?.question;
    let found = staff.act(&app, move |ctx| leads::export(ctx, &question)).await??;
    let text = super::file::write(&app.store.house(), &found.leads);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", "attachment; filename=\"parlor-leads.csv\""))
        .body(text))
}

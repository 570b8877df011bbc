//! What is kept and for how long, what was purged, and erasing by hand.

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use super::receipts::Run;
use crate::domain::id::SiteId;
use crate::domain::limits;
use crate::service::Ctx;
use crate::service::retention::{self, SiteRetention};
use crate::service::{receipts, reports};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

pub struct Form {
    /// A site's id; empty for all.
    site: String,
    confirmed: bool,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { site: fields.take("site"), confirmed: fields.ticked("confirm") }
    }
}

pub struct ReportingForm(String);

impl FromFields for ReportingForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.take("reporting_days"))
    }
}

/// What a form that failed shows again.
#[derive(Default)]
struct Typed {
    site: String,
    /// None: what is set.
    reporting_days: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/privacy/kept.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    sites: Vec<SiteRetention>,
    open: usize,
    closed: usize,
    purges: Vec<Run>,
    chosen: &'a str,
    reporting_days: &'a str,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let said = [
        ("purged", "The closed chats were erased. Their keys are destroyed, so nothing can bring them back."),
        ("saved", "Saved."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw(&app, &staff, Typed::default(), &Errors::default(), said).await
}

pub async fn keep_counters(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<ReportingForm>) -> Answer {
    let ReportingForm(days) = form;
    let typed = days.clone();
    match staff.act(&app, move |ctx| reports::keep_for(ctx, &days)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::PRIVACY))),
        Err(failure) => {
            draw(&app, &staff, Typed { reporting_days: Some(typed), ..Typed::default() }, &Errors::from(failure)?, "").await
        }
    }
}

pub async fn purge(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let site = if form.site.is_empty() { Ok(None) } else { form.site.parse::<SiteId>().map(Some) };
    let mut errors = Errors::default();
    if site.is_err() {
        errors.add("site", "This site is not here any more. Choose again.");
    }
    if !form.confirmed {
        errors.add("confirm", "Tick this box if you want to erase them. Nothing was erased.");
    }
    let (Ok(site), true) = (site, errors.is_empty()) else {
        let typed = Typed { site: form.site, ..Typed::default() };
        return draw(&app, &staff, typed, &errors, "").await;
    };
    staff.act(&app, move |ctx| retention::purge_now(ctx, site)).await??;
    Ok(page::see_other(&format!("{}?purged", urls::PRIVACY)))
}

async fn draw(app: &App, staff: &Staff, typed: Typed, errors: &Errors, said: &'static str) -> Answer {
    let looked = |ctx: &Ctx| Ok((retention::overview(ctx)?, receipts::list(ctx, None)?, reports::retention_days(ctx)?));
    let (sites, listed, days) = staff.act(app, looked).await??;
    let days = typed.reporting_days.unwrap_or_else(|| days.to_string());
    let purges = Run::all(app, &listed.receipts).take(limits::PURGE_LOG_NEWEST).collect();
    let closed = sites.iter().map(|it| it.closed_kept).sum();
    let open = app.store.open_conversations().len();
    let chrome = Chrome::new(app, staff, "privacy").saying(said);
    let head = Head::new(staff, urls::PRIVACY);
    page::form(&Page { chrome, head, sites, open, closed, purges, chosen: &typed.site, reporting_days: &days, errors }, errors)
}

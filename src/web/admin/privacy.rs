//! What is kept and for how long, what was purged, and erasing by hand.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::audit::{AuditAction, AuditActor, AuditEntry, PurgeRule};
use crate::domain::id::SiteId;
use crate::domain::time::Timestamp;
use crate::service::retention::{self, SiteRetention};
use crate::store::House;
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

struct Purged {
    at: Timestamp,
    site: String,
    by: String,
    conversations: u32,
    events: u64,
}

#[derive(Template)]
#[template(path = "admin/privacy.html")]
struct Page<'a> {
    chrome: Chrome,
    sites: Vec<SiteRetention>,
    open: usize,
    closed: usize,
    purges: Vec<Purged>,
    chosen: &'a str,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let said = if page::says(&request, "purged") {
        "The closed chats were erased. Their keys are destroyed, so nothing can bring them back."
    } else {
        ""
    };
    draw(&app, &staff, "", &Errors::default(), said).await
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
    let (Ok(site), true) = (site, errors.is_empty()) else { return draw(&app, &staff, &form.site, &errors, "").await };
    staff.act(&app, move |ctx| retention::purge_now(ctx, site)).await??;
    Ok(page::see_other(&format!("{}?purged", urls::PRIVACY)))
}

async fn draw(app: &App, staff: &Staff, chosen: &str, errors: &Errors, said: &'static str) -> Answer {
    let overview = staff.act(app, retention::overview).await??;
    let house = app.store.house();
    let purges = overview.purges.iter().filter_map(|row| purged(&house, row)).collect();
    let closed = overview.sites.iter().map(|it| it.closed_kept).sum();
    let open = app.store.open_conversations().len();
    let chrome = Chrome::new(app, staff, "privacy").saying(said);
    page::form(&Page { chrome, sites: overview.sites, open, closed, purges, chosen, errors }, errors)
}

fn purged(house: &House, row: &AuditEntry) -> Option<Purged> {
    let AuditAction::Purged(receipt) = row.action else { return None };
    let who = match &row.actor {
        AuditActor::Staff(id) => house.operators.get(id).map_or("somebody who has left", |person| person.name.as_str()),
        AuditActor::Host => "the host's command line",
        AuditActor::Timer | AuditActor::Unknown => "the timer",
    };
    let by = match receipt.rule {
        PurgeRule::Policy => "As set for the site".to_owned(),
        PurgeRule::ByHand => format!("By hand, {who}"),
    };
    let site = house.sites.get(&receipt.site).map_or("A site that is gone", |site| site.name.as_str()).to_owned();
    Some(Purged { at: row.at, site, by, conversations: receipt.drawers, events: receipt.events })
}

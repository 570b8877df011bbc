//! What was erased: every receipt, and the signed file of them for whoever wants proof.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::Head;
use crate::domain::audit::{AuditAction, AuditActor, AuditEntry, PurgeRule};
use crate::domain::limits;
use crate::domain::retention::RetentionClass;
use crate::domain::time::Timestamp;
use crate::service::receipts;
use crate::store::House;
use crate::web::extract::Overseer;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

/// One purge run, in words.
pub(super) struct Run {
    pub row: u64,
    pub at: Timestamp,
    pub site: String,
    pub by: String,
    pub class: &'static str,
    pub drawers: u32,
    pub events: u64,
    pub epoch: Option<u64>,
}

impl Run {
    pub(super) fn all(app: &App, receipts: &[AuditEntry]) -> impl Iterator<Item = Self> {
        let house = app.store.house();
        receipts.iter().filter_map(move |row| Self::read(&house, row))
    }

    fn read(house: &House, row: &AuditEntry) -> Option<Self> {
        let AuditAction::Purged(receipt) = row.action else { return None };
        let who = match &row.actor {
            AuditActor::Staff(id) => house.operators.get(id).map_or("somebody who has left", |person| person.name.as_str()),
            AuditActor::Host => "the host’s command line",
            AuditActor::Timer | AuditActor::Unknown => "the timer",
        };
        Some(Self {
            row: row.number,
            at: row.at,
            site: house.sites.get(&receipt.site).map_or("A site that is gone", |site| site.name.as_str()).to_owned(),
            by: match receipt.rule {
                PurgeRule::Policy => "As set for the site".to_owned(),
                PurgeRule::ByHand => format!("By hand, {who}"),
                PurgeRule::Tombstone => "Again, after a backup was restored".to_owned(),
                PurgeRule::Order(id) => match house.orders.get(&id) {
                    Some(order) => format!("By the purge rule “{}”", order.name.as_str()),
                    None => "By a purge rule that is gone".to_owned(),
                },
                PurgeRule::Request => "The person asked for it".to_owned(),
                PurgeRule::Form => "As set for the form".to_owned(),
            },
            class: match receipt.class {
                RetentionClass::Transcripts => "Chats",
                RetentionClass::Attachments => "Files",
                RetentionClass::Reporting => "Counters of reports",
                RetentionClass::Messages => "Messages left",
                RetentionClass::Submissions => "Form submissions",
                RetentionClass::Deliveries => "Webhook deliveries",
            },
            drawers: receipt.drawers,
            events: receipt.events,
            epoch: receipt.epoch,
        })
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/receipts.html")]
struct Page {
    chrome: Chrome,
    head: Head,
    runs: Vec<Run>,
    older: Option<u64>,
    is_newest: bool,
    public_key: String,
}

pub async fn list(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let before = page::query(&request, "before").parse().ok();
    let (listed, key) = staff.act(&app, move |ctx| Ok((receipts::list(ctx, before)?, receipts::public_key(ctx)?))).await??;
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "privacy"),
        head: Head::new(&staff, urls::RECEIPTS),
        runs: Run::all(&app, &listed.receipts).collect(),
        older: listed.older,
        is_newest: before.is_none(),
        public_key: key.to_string(),
    })
}

/// All of them from the first on, or those behind row `after`.
pub async fn file(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let after = page::query(&request, "after").parse().unwrap_or(0);
    let exported = staff.act(&app, move |ctx| receipts::export(ctx, after)).await??;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Content-Disposition", "attachment; filename=\"parlor-receipts.json\""))
        .body(exported.json))
}

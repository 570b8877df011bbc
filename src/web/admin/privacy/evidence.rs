//! Evidence reports: what one would say now, and those that are kept, as files.

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use super::paper::{Format, hand_out};
use crate::domain::id::EvidenceId;
use crate::domain::limits;
use crate::service::Ctx;
use crate::service::evidence::{self, Listed};
use crate::service::paper::{self, Paper};
use crate::web::extract::{Admin, CsrfForm, Ids, Overseer};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

#[derive(Template)]
#[template(path = "admin/privacy/evidence.html")]
struct Page {
    chrome: Chrome,
    head: Head,
    kept: Vec<Listed>,
    paper: Paper,
    public_key: String,
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let surroundings = app.surroundings();
    let look = move |ctx: &Ctx| Ok((evidence::list(ctx)?, evidence::look(ctx, &surroundings)?, paper::public_key(ctx)?));
    let (kept, paper, public_key) = staff.act(&app, look).await??;
    let said = if page::says(&request, "made") { "The report was made, and is kept below." } else { "" };
    let chrome = Chrome::new(&app, &staff, "privacy").saying(said);
    page::show(&Page { chrome, head: Head::new(&staff, urls::EVIDENCE), kept, paper, public_key: public_key.to_string() })
}

pub async fn make(app: App, Admin(staff): Admin, CsrfForm(()): CsrfForm<()>) -> Answer {
    let surroundings = app.surroundings();
    staff.act(&app, move |ctx| evidence::make(ctx, &surroundings)).await??;
    Ok(page::see_other(&format!("{}?made", urls::EVIDENCE)))
}

/// The JSON is handed out as it was signed when it was made.
pub async fn file(app: App, Overseer(staff): Overseer, Ids(id, format): Ids<EvidenceId, Format>) -> Answer {
    let document = staff.act(&app, move |ctx| evidence::open(ctx, id)).await??;
    hand_out(&app, &staff, document, format).await
}

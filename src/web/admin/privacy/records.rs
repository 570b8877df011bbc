//! The paperwork, made of what is set up here: each paper as a page and as files.

use askama::Template;

use super::Head;
use super::paper::{Format, hand_out};
use crate::service::paper::Paper;
use crate::service::paperwork::{self, Kind};
use crate::web::extract::{Id, Ids, Overseer};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

#[derive(Template)]
#[template(path = "admin/privacy/records.html")]
struct ListPage {
    chrome: Chrome,
    head: Head,
}

#[derive(Template)]
#[template(path = "admin/privacy/record.html")]
struct RecordPage {
    chrome: Chrome,
    head: Head,
    kind: Kind,
    paper: Paper,
}

pub async fn list(app: App, Overseer(staff): Overseer) -> Answer {
    page::show(&ListPage { chrome: Chrome::new(&app, &staff, "privacy"), head: Head::new(&staff, urls::RECORDS) })
}

pub async fn show(app: App, Overseer(staff): Overseer, Id(kind): Id<Kind>) -> Answer {
    let surroundings = app.surroundings();
    let paper = staff.act(&app, move |ctx| paperwork::paper(ctx, kind, &surroundings)).await??;
    let chrome = Chrome::new(&app, &staff, "privacy");
    page::show(&RecordPage { chrome, head: Head::new(&staff, urls::RECORDS), kind, paper })
}

pub async fn file(app: App, Overseer(staff): Overseer, Ids(kind, format): Ids<Kind, Format>) -> Answer {
    let surroundings = app.surroundings();
    let document = staff.act(&app, move |ctx| paperwork::signed(ctx, kind, &surroundings)).await??;
    hand_out(&app, &staff, document, format).await
}

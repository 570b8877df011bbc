//! Backups: the last one, the next one, whether a restore was rehearsed, and what a backup does not do.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::backup::{Attempt, Contents};
use crate::service::Failure;
use crate::service::backups::{self, Overview, When};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

/// Nothing to fill in.
pub struct Form;

impl FromFields for Form {
    fn from_fields(_: &mut Fields) -> Self {
        Self
    }
}

#[derive(Template)]
#[template(path = "admin/backups.html")]
struct Page {
    chrome: Chrome,
    overview: Overview,
    trouble: String,
}

impl Page {
    /// How the last backup and the last rehearsal went; the heading, what it found, and a word for when it went well.
    fn attempts(&self) -> [(&'static str, &'static str, Option<&Attempt<Contents>>); 2] {
        let history = &self.overview.history;
        [
            ("Last backup", "Made and read back", history.backup.as_ref()),
            ("Last rehearsal of a restore", "Restored, opened and verified", history.rehearsal.as_ref()),
        ]
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let said = if page::says(&request, "made") {
        "The backup was made."
    } else if page::says(&request, "rehearsed") {
        "The newest backup was restored into a scratch directory, verified and thrown away."
    } else {
        ""
    };
    draw(&app, &staff, String::new(), said).await
}

pub async fn make(app: App, Admin(staff): Admin, CsrfForm(Form): CsrfForm<Form>) -> Answer {
    let plan = app.config.backups.clone();
    let done = staff.act(&app, move |ctx| backups::make(ctx, &plan.ok_or(Failure::NotFound)?)).await?;
    answer(&app, &staff, done, "made").await
}

pub async fn rehearse(app: App, Admin(staff): Admin, CsrfForm(Form): CsrfForm<Form>) -> Answer {
    let (plan, data_dir) = (app.config.backups.clone(), app.config.data_dir.clone());
    let done = staff.act(&app, move |ctx| backups::rehearse_newest(ctx, &plan.ok_or(Failure::NotFound)?, &data_dir)).await?;
    answer(&app, &staff, done, "rehearsed").await
}

/// What failed stands on the page by itself, since it is remembered; one that was not even begun is said.
async fn answer(app: &App, staff: &Staff, done: Result<Attempt<Contents>, Failure>, said: &str) -> Answer {
    match done {
        Ok(attempt) if attempt.outcome.is_ok() => Ok(page::see_other(&format!("{}?{said}", urls::BACKUPS))),
        Ok(_) => Ok(page::see_other(urls::BACKUPS)),
        Err(Failure::Conflict(sentence)) => draw(app, staff, sentence, "").await,
        Err(other) => Err(other.into()),
    }
}

async fn draw(app: &App, staff: &Staff, trouble: String, said: &'static str) -> Answer {
    let plan = app.config.backups.clone();
    let overview = staff.act(app, move |ctx| backups::overview(ctx, plan.as_ref())).await??;
    let chrome = Chrome::new(app, staff, "backups").saying(said);
    page::show(&Page { chrome, overview, trouble })
}

fn size(bytes: u64) -> String {
    super::system::in_words(bytes)
}

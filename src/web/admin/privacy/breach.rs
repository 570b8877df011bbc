//! The breach kit: who saw what in a span of time. What is asked comes in a form and is in no address, since it may be about somebody.

use std::str::FromStr;

use askama::Template;

use super::Head;
use super::paper::{Format, hand_out};
use crate::domain::id::OperatorId;
use crate::domain::retention::ZoneName;
use crate::service::paper::Paper;
use crate::service::paperwork::breach::{self, Question};
use crate::web::error::Error;
use crate::web::extract::{CsrfForm, Fields, FromFields, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

/// As typed.
#[derive(Clone, Default)]
pub struct Form {
    /// In the reader's own zone, as `2026-11-22T14:05`.
    since: String,
    until: String,
    /// The name of that zone, which the page's script fills in.
    zone: String,
    who: String,
    format: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            since: fields.take("since"),
            until: fields.take("until"),
            zone: fields.take("zone"),
            who: fields.take("who"),
            format: fields.take("format"),
        }
    }
}

impl Form {
    fn question(&self) -> Result<Question, Errors> {
        let mut errors = Errors::default();
        let zone = ZoneName::parse(&self.zone).unwrap_or_else(|_| ZoneName::utc());
        let mut moment = |field: &'static str, text: &str| {
            let moment = zone.moment(text.trim());
            if moment.is_none() {
                errors.add(field, "Write a day and an hour like 2026-11-22 14:05.");
            }
            moment.unwrap_or_default()
        };
        let (since, until) = (moment("since", &self.since), moment("until", &self.until));
        let who = (!self.who.is_empty()).then(|| self.who.parse::<OperatorId>());
        if matches!(who, Some(Err(_))) {
            errors.add("who", "This is not in the list any more. Choose again.");
        }
        let who = who.and_then(Result::ok);
        if errors.is_empty() { Ok(Question { since, until, who }) } else { Err(errors) }
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/breach.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a Form,
    people: Vec<(String, &'a str)>,
    paper: Option<&'a Paper>,
    errors: &'a Errors,
}

pub async fn show(app: App, Overseer(staff): Overseer) -> Answer {
    draw(&app, &staff, &Form::default(), None, &Errors::default())
}

pub async fn find(app: App, Overseer(staff): Overseer, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let question = match form.question() {
        Ok(question) => question,
        Err(errors) => return draw(&app, &staff, &form, None, &errors),
    };
    match staff.act(&app, move |ctx| breach::paper(ctx, &question)).await? {
        Ok(paper) => draw(&app, &staff, &form, Some(&paper), &Errors::default()),
        Err(failure) => draw(&app, &staff, &form, None, &Errors::from(failure)?),
    }
}

pub async fn file(app: App, Overseer(staff): Overseer, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let question = match form.question() {
        Ok(question) => question,
        Err(errors) => return draw(&app, &staff, &form, None, &errors),
    };
    let format = Format::from_str(&form.format).map_err(|_| Error::bad_request("Choose HTML, CSV or JSON."))?;
    match staff.act(&app, move |ctx| breach::signed(ctx, &question)).await? {
        Ok(document) => hand_out(&app, &staff, document, format).await,
        Err(failure) => draw(&app, &staff, &form, None, &Errors::from(failure)?),
    }
}

fn draw(app: &App, staff: &Staff, form: &Form, paper: Option<&Paper>, errors: &Errors) -> Answer {
    let house = app.store.house();
    let mut people: Vec<_> = house.operators.values().map(|it| (it.id.to_string(), it.name.as_str())).collect();
    people.sort_by_cached_key(|(_, name)| name.to_lowercase());
    let chrome = Chrome::new(app, staff, "privacy");
    page::form(&Page { chrome, head: Head::new(staff, urls::RECORDS), form, people, paper, errors }, errors)
}

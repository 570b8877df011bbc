//! `/console/submissions/{id}`: what somebody filled in, masked; one answer in clear for a reason, or all of them once.

use askama::Template;

use crate::domain::id::SubmissionId;
use crate::domain::secure_form::SubmittedAnswer;
use crate::service::secure_forms::{self, Reading, Shown};
use crate::web::extract::{CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

#[derive(Default)]
pub struct RevealForm {
    field: String,
    reason: String,
}

impl FromFields for RevealForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { field: fields.take("field"), reason: fields.take("reason") }
    }
}

#[derive(Template)]
#[template(path = "console/submission.html")]
struct Page<'a> {
    chrome: Chrome,
    reading: &'a Reading,
    site: String,
    /// What was asked to be seen, in clear.
    revealed: Option<&'a SubmittedAnswer>,
    form: &'a RevealForm,
    errors: &'a Errors,
}

impl Page<'_> {
    fn address(&self) -> String {
        urls::submission(self.reading.submission.id)
    }

    /// An answer as it stands on the page now, and whether more of it can be asked for.
    fn shown(&self, answer: &SubmittedAnswer) -> (String, bool) {
        match self.revealed {
            Some(revealed) if revealed.field == answer.field => (revealed.value.as_str().to_owned(), false),
            _ => (answer.masked(), answer.is_hidden()),
        }
    }

    fn hides_any(&self) -> bool {
        self.reading.submission.answers.iter().any(|answer| self.shown(answer).1)
    }
}

/// All answers, for the one time.
#[derive(Template)]
#[template(path = "console/submission_once.html")]
struct OncePage {
    chrome: Chrome,
    name: String,
    back: String,
    answers: Vec<SubmittedAnswer>,
    is_destroyed: bool,
}

pub async fn show(app: App, staff: Staff, Id(id): Id<SubmissionId>) -> Answer {
    let reading = staff.act(&app, move |ctx| secure_forms::read(ctx, id)).await??;
    draw(&app, &staff, &reading, None, &RevealForm::default(), &Errors::default())
}

/// `POST …/answers`: one answer, for a reason.
pub async fn reveal(app: App, staff: Staff, Id(id): Id<SubmissionId>, CsrfForm(form): CsrfForm<RevealForm>) -> Answer {
    let (field, reason) = (form.field.clone(), form.reason.clone());
    let done = staff.act(&app, move |ctx| secure_forms::reveal(ctx, id, &field, &reason)).await?;
    let reading = staff.act(&app, move |ctx| secure_forms::read(ctx, id)).await??;
    match done {
        Ok(Shown::Answer(answer)) => {
            let form = RevealForm { field: String::new(), reason: form.reason };
            draw(&app, &staff, &reading, Some(&answer), &form, &Errors::default())
        }
        Ok(Shown::All { .. }) => draw(&app, &staff, &reading, None, &form, &Errors::default()),
        Err(failure) => draw(&app, &staff, &reading, None, &form, &Errors::from(failure)?),
    }
}

/// `POST …/view`: all answers of a form that is shown once.
pub async fn show_once(app: App, staff: Staff, Id(id): Id<SubmissionId>, CsrfForm(form): CsrfForm<RevealForm>) -> Answer {
    let reading = staff.act(&app, move |ctx| secure_forms::read(ctx, id)).await??;
    let reason = form.reason.clone();
    match staff.act(&app, move |ctx| secure_forms::show_once(ctx, id, &reason)).await? {
        Ok(Shown::All { answers, is_destroyed }) => page::show(&OncePage {
            chrome: Chrome::new(&app, &staff, "forms"),
            name: reading.submission.form_name.as_str().to_owned(),
            back: back(&reading),
            answers,
            is_destroyed,
        }),
        Ok(Shown::Answer(_)) => draw(&app, &staff, &reading, None, &form, &Errors::default()),
        Err(failure) => draw(&app, &staff, &reading, None, &form, &Errors::from(failure)?),
    }
}

/// `POST …/erasure`
pub async fn erase(app: App, staff: Staff, Id(id): Id<SubmissionId>, _: CsrfForm<()>) -> Answer {
    let reading = staff.act(&app, move |ctx| secure_forms::read(ctx, id)).await??;
    match staff.act(&app, move |ctx| secure_forms::erase(ctx, id)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?erased", urls::CONSOLE_FORMS))),
        Err(failure) => draw(&app, &staff, &reading, None, &RevealForm::default(), &Errors::from(failure)?),
    }
}

fn draw(
    app: &App,
    staff: &Staff,
    reading: &Reading,
    revealed: Option<&SubmittedAnswer>,
    form: &RevealForm,
    errors: &Errors,
) -> Answer {
    let house = app.store.house();
    let site = house.sites.get(&reading.submission.site).map_or("a site that is gone", |site| site.name.as_str()).to_owned();
    page::form(&Page { chrome: Chrome::new(app, staff, "forms"), reading, site, revealed, form, errors }, errors)
}

fn back(reading: &Reading) -> String {
    reading.submission.conversation.map_or_else(|| urls::CONSOLE_FORMS.to_owned(), urls::conversation)
}

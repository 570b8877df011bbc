//! `/login/forgotten`: a link to choose another password, by mail. The answer is the same whoever asks and whatever they typed.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::access::Actor;
use crate::service::letters;
use crate::service::sign_in::reset;
use crate::web::extract::{Fields, FromFields, PreForm, asked};
use crate::web::page::{self, Errors};
use crate::web::{Answer, App, urls};

#[derive(Default)]
pub struct Form {
    email: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { email: fields.take("email") }
    }
}

#[derive(Template)]
#[template(path = "auth/forgotten.html")]
struct Page<'a> {
    csrf: String,
    /// Whether there is a way to mail a link.
    can_mail: bool,
    was_asked: bool,
    email: &'a str,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest) -> Answer {
    draw(&app, &request, "", &Errors::default())
}

pub async fn ask(app: App, request: HttpRequest, PreForm(form): PreForm<Form>) -> Answer {
    let stranger = Actor::Stranger;
    let ctx = app.ctx_asked(&stranger, asked(&request));
    if !letters::can_mail_links(&ctx) {
        return draw(&app, &request, &form.email, &Errors::default());
    }
    // Only what is in memory is touched before the answer: looking for the account, and all that follows, takes its time elsewhere.
    if let Err(failure) = reset::ask(&ctx, &form.email) {
        return draw(&app, &request, &form.email, &Errors::from(failure)?);
    }
    app.letters_due.notify_one();
    Ok(page::see_other(&format!("{}?asked", urls::FORGOTTEN)))
}

fn draw(app: &App, request: &HttpRequest, email: &str, errors: &Errors) -> Answer {
    let can_mail = letters::can_mail_links(&app.ctx(&Actor::Stranger));
    let was_asked = page::says(request, "asked");
    super::with_token(app, request, |csrf| page::form(&Page { csrf, can_mail, was_asked, email, errors }, errors))
}

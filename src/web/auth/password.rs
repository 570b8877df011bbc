//! `/login/password`: choosing another password through a link. Its secret stands behind the `#` and comes in with the form.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::access::Actor;
use crate::service::sign_in::reset;
use crate::web::extract::{Fields, FromFields, PreForm, asked};
use crate::web::page::{self, Errors};
use crate::web::{Answer, App, urls};

#[derive(Default)]
pub struct Form {
    token: String,
    password: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { token: fields.take("token"), password: fields.take("password") }
    }
}

#[derive(Template)]
#[template(path = "auth/password.html")]
struct Page<'a> {
    csrf: String,
    form: &'a Form,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest) -> Answer {
    draw(&app, &request, &Form::default(), &Errors::default())
}

pub async fn choose(app: App, request: HttpRequest, PreForm(mut form): PreForm<Form>) -> Answer {
    let (token, password) = (form.token.trim().to_owned(), std::mem::take(&mut form.password));
    let chosen = page::act(&app, Actor::Stranger, asked(&request), move |ctx| reset::finish(ctx, &token, password)).await?;
    match chosen {
        Ok(step) => Ok(super::go_on(&app, &step, urls::CONSOLE)),
        Err(failure) => draw(&app, &request, &form, &Errors::from(failure)?),
    }
}

fn draw(app: &App, request: &HttpRequest, form: &Form, errors: &Errors) -> Answer {
    super::with_token(app, request, |csrf| page::form(&Page { csrf, form, errors }, errors))
}

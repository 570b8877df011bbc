//! Accepting an invitation: choosing a password. The link's secret stands behind the `#` and comes in with the form.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::access::Actor;
use crate::domain::session::SignInMethod;
use crate::service::people;
use crate::service::sign_in::{First, steps};
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
#[template(path = "auth/join.html")]
struct Page<'a> {
    csrf: String,
    organisation: String,
    /// What the provider is called with which one may come in; empty without one.
    sso_name: String,
    /// Whether a password would be of any use.
    has_password: bool,
    form: &'a Form,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest) -> Answer {
    with_form(&app, &request, &Form::default(), &Errors::default())
}

pub async fn join(app: App, request: HttpRequest, PreForm(mut form): PreForm<Form>) -> Answer {
    let (token, password) = (form.token.trim().to_owned(), std::mem::take(&mut form.password));
    let joined = page::act(&app, Actor::Stranger, asked(&request), move |ctx| {
        let person = people::join(ctx, &token, password)?;
        steps::admit(ctx, person, First::by(SignInMethod::Link))
    });
    match joined.await? {
        Ok(step) => Ok(super::go_on(&app, &step, urls::CONSOLE)),
        Err(failure) => with_form(&app, &request, &form, &Errors::from(failure)?),
    }
}

fn with_form(app: &App, request: &HttpRequest, form: &Form, errors: &Errors) -> Answer {
    super::with_token(app, request, |csrf| {
        let organisation = page::organisation(app);
        let house = app.store.house();
        let sso_name = house.sso.provider_in_use().map(|provider| provider.name.as_str().to_owned()).unwrap_or_default();
        let has_password = !house.sso.is_in_force();
        page::form(&Page { csrf, organisation, sso_name, has_password, form, errors }, errors)
    })
}

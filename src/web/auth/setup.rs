//! The first page of an installation: who we are, who runs it, where the chat will stand.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::access::Actor;
use crate::domain::session::SignInMethod;
use crate::service::setup;
use crate::service::sign_in::{First, steps};
use crate::web::extract::{Fields, FromFields, PreForm, asked};
use crate::web::page::{self, Errors};
use crate::web::{Answer, App, urls};

#[derive(Default)]
pub struct Form {
    token: String,
    organisation: String,
    admin_name: String,
    admin_email: String,
    password: String,
    site_name: String,
    origins: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            token: fields.take("token"),
            organisation: fields.take("organisation"),
            admin_name: fields.take("admin_name"),
            admin_email: fields.take("admin_email"),
            password: fields.take("password"),
            site_name: fields.take("site_name"),
            origins: fields.take("origins"),
        }
    }
}

#[derive(Template)]
#[template(path = "auth/setup.html")]
struct Page<'a> {
    csrf: String,
    /// What opens everything, said before there is anything to lose.
    root_key: String,
    form: &'a Form,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest) -> Answer {
    if setup::is_done(&app.store) {
        return Ok(page::see_other(urls::LOGIN));
    }
    with_form(&app, &request, &Form::default(), &Errors::default())
}

pub async fn finish(app: App, request: HttpRequest, PreForm(mut form): PreForm<Form>) -> Answer {
    if setup::is_done(&app.store) {
        return Ok(page::see_other(urls::LOGIN));
    }
    let filled = setup::SetUp {
        organisation: form.organisation.clone(),
        admin_name: form.admin_name.clone(),
        admin_email: form.admin_email.clone(),
        password: std::mem::take(&mut form.password),
        site_name: form.site_name.clone(),
        origins: form.origins.clone(),
    };
    let token = form.token.clone();
    let done = page::act(&app, Actor::Stranger, asked(&request), move |ctx| {
        let finished = setup::finish(ctx, &token, filled)?;
        Ok((finished, steps::admit(ctx, finished.operator, First::by(SignInMethod::Link))?))
    });
    match done.await? {
        Ok((finished, step)) => Ok(super::go_on(&app, &step, &format!("{}?ready", urls::snippet(finished.site)))),
        Err(failure) => with_form(&app, &request, &form, &Errors::from(failure)?),
    }
}

fn with_form(app: &App, request: &HttpRequest, form: &Form, errors: &Errors) -> Answer {
    let root_key = app.root_key_place.lock().in_words();
    super::with_token(app, request, |csrf| page::form(&Page { csrf, root_key, form, errors }, errors))
}

//! Signing in and out.

use actix_web::HttpRequest;
use askama::Template;
use zeroize::Zeroizing;

use crate::domain::access::Actor;
use crate::domain::credential::Password;
use crate::service::{sessions, sign_in as service};
use crate::web::extract::{CsrfForm, Enrolling, Fields, FromFields, MaybeStaff, PreForm, SESSION_COOKIE, asked};
use crate::web::page::{self, Errors};
use crate::web::{Answer, App, urls};

#[derive(Default)]
pub struct Form {
    email: String,
    password: String,
    next: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { email: fields.take("email"), password: fields.take("password"), next: fields.take("next") }
    }
}

#[derive(Template)]
#[template(path = "auth/login.html")]
struct Page<'a> {
    csrf: String,
    organisation: String,
    form: &'a Form,
    errors: &'a Errors,
    said: &'static str,
    has_passkeys: bool,
    /// What the provider is called that one may sign in with; empty without one.
    sso_name: String,
    /// Whether a name and a password may be typed at all, and whether a user name will do.
    has_password: bool,
    has_user_names: bool,
}

pub async fn show(app: App, request: HttpRequest, staff: MaybeStaff) -> Answer {
    let next = page::query(&request, "next");
    if staff.0.is_some() {
        return Ok(page::see_other(urls::safe_next(&next)));
    }
    let said = if page::says(&request, "out") {
        "You are signed out."
    } else if page::says(&request, "again") {
        "That took too long, or there were too many wrong codes. Start again with your password."
    } else if next.is_empty() {
        ""
    } else {
        "Sign in to go on. A session ends after a while without activity."
    };
    with_form(&app, &request, &Form { next, ..Form::default() }, &Errors::default(), said)
}

pub async fn sign_in(app: App, request: HttpRequest, PreForm(mut form): PreForm<Form>) -> Answer {
    let email = form.email.clone();
    let password = Zeroizing::new(std::mem::take(&mut form.password));
    let house = app.store.house();
    let step = match house.sso.directory_in_use() {
        Some(directory) => super::directory::sign_in(&app, &request, directory, &email, password).await?,
        None => {
            let password = Password::typed(password.to_string());
            page::act(&app, Actor::Stranger, asked(&request), move |ctx| service::sign_in(ctx, &email, &password)).await?
        }
    };
    match step {
        Ok(step) => Ok(super::go_on(&app, &step, urls::safe_next(&form.next))),
        Err(failure) => with_form(&app, &request, &form, &Errors::from(failure)?, ""),
    }
}

/// The page once more, after another way to sign in was refused.
pub(super) fn again(app: &App, request: &HttpRequest, next: String, errors: &Errors) -> Answer {
    with_form(app, request, &Form { next, ..Form::default() }, errors, "")
}

pub async fn sign_out(app: App, Enrolling(staff): Enrolling, CsrfForm(()): CsrfForm<()>) -> Answer {
    let session = staff.session;
    staff.act(&app, move |ctx| sessions::end(ctx, &session)).await??;
    let mut response = page::see_other(&format!("{}?out", urls::LOGIN));
    super::add(&mut response, &super::ended(SESSION_COOKIE));
    Ok(response)
}

fn with_form(app: &App, request: &HttpRequest, form: &Form, errors: &Errors, said: &'static str) -> Answer {
    super::with_token(app, request, |csrf| {
        let organisation = page::organisation(app);
        let house = app.store.house();
        let is_enforced = house.sso.is_in_force();
        let has_passkeys = !is_enforced && super::passkeys::party(app, request).is_some();
        let sso_name = house.sso.provider_in_use().map(|provider| provider.name.as_str().to_owned()).unwrap_or_default();
        let has_user_names = house.sso.directory_in_use().is_some();
        let has_password = !is_enforced || has_user_names;
        page::form(&Page { csrf, organisation, form, errors, said, has_passkeys, sso_name, has_password, has_user_names }, errors)
    })
}

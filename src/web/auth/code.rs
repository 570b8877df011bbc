//! The second step of signing in: a one-time password, or a recovery code in its place.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::access::Actor;
use crate::domain::session::SignInMethod;
use crate::service::Failure;
use crate::service::passkeys as service;
use crate::service::sign_in::steps;
use crate::web::extract::{Fields, FromFields, PreForm, asked};
use crate::web::page::{self, Errors};
use crate::web::{Answer, App, urls};

use super::passkeys;

#[derive(Default)]
pub struct Form {
    code: String,
    /// A passkey's, in place of the code.
    answer: String,
    next: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { code: fields.take("code"), answer: fields.take("answer"), next: fields.take("next") }
    }
}

#[derive(Template)]
#[template(path = "auth/code.html")]
struct Page<'a> {
    csrf: String,
    next: &'a str,
    has_totp: bool,
    has_passkey: bool,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest) -> Answer {
    let next = page::query(&request, "next");
    draw(&app, &request, &next, &Errors::default())
}

pub async fn enter(app: App, request: HttpRequest, PreForm(mut form): PreForm<Form>) -> Answer {
    let Some(secret) = super::half(&request) else { return Ok(begin_again(&form.next)) };
    let (code, answer) = (std::mem::take(&mut form.code), std::mem::take(&mut form.answer));
    let party = passkeys::party(&app, &request).filter(|_| !answer.is_empty());
    let entered = page::act(&app, Actor::Stranger, asked(&request), move |ctx| match party {
        Some(party) => service::second(ctx, &party, &secret, &answer).map_err(passkeys::refused),
        None => steps::with_code(ctx, &secret, &code),
    });
    match entered.await? {
        Ok(session) => {
            // Whoever had to take a recovery code is told how many are left, before anything else.
            let is_recovery = session.by == SignInMethod::RecoveryCode;
            let to = if is_recovery { urls::SECOND_FACTOR_RECOVERED } else { urls::safe_next(&form.next) };
            Ok(super::enter(&app, &session, to))
        }
        Err(Failure::NotFound) => Ok(begin_again(&form.next)),
        Err(failure) => draw(&app, &request, &form.next, &Errors::from(failure)?),
    }
}

/// Nothing is pending any more: it took too long, or there were too many wrong codes.
pub(super) fn begin_again(next: &str) -> actix_web::HttpResponse {
    let next: String = url::form_urlencoded::byte_serialize(urls::safe_next(next).as_bytes()).collect();
    let mut response = page::see_other(&format!("{}?again&next={next}", urls::LOGIN));
    super::add(&mut response, &super::ended(super::HALF_COOKIE));
    response
}

fn draw(app: &App, request: &HttpRequest, next: &str, errors: &Errors) -> Answer {
    let stranger = Actor::Stranger;
    let found = super::half(request).and_then(|secret| steps::halfway(&app.ctx(&stranger), &secret));
    let Some((_, factors)) = found else { return Ok(begin_again(next)) };
    let has_passkey = !factors.passkeys.is_empty() && passkeys::party(app, request).is_some();
    let has_totp = factors.totp.is_some();
    super::with_token(app, request, |csrf| page::form(&Page { csrf, next, has_totp, has_passkey, errors }, errors))
}

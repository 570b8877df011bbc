//! Coming in: setup, signing in step by step and out, joining by invitation, a forgotten password; and one's own account with what one
//! proves oneself with.

mod account;
mod authenticator;
mod code;
mod directory;
mod forgotten;
mod join;
mod login;
mod passkeys;
mod password;
pub mod proof;
mod recovery;
pub mod routes;
mod second_factor;
mod sessions;
mod setup;
pub mod sso;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::access::Actor;
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::service::devices;
use crate::service::sessions::NewSession;
use crate::service::sign_in::Step;
use crate::service::tokens::Token;

pub use sessions::Row as SessionRow;

use super::extract::{DEVICE_COOKIE, PRE_COOKIE, SESSION_COOKIE};
use super::{App, page, urls};

/// Holds the secret of a sign-in that waits for its second step. It is no session and opens nothing.
const HALF_COOKIE: &str = "__Host-parlor-half";

/// Leads on from a first step: in, or to the second one.
fn go_on(app: &App, step: &Step, to: &str) -> HttpResponse {
    let pending = match step {
        Step::In(session) => return enter(app, session, to),
        Step::Second(pending) => pending,
    };
    let next: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
    let mut response = page::see_other(&format!("{}?next={next}", urls::CODE));
    add(&mut response, &cookie(app, HALF_COOKIE, &pending.secret, pending.ends_at, SameSite::Strict));
    response
}

/// Leads on with a session that has just begun, or goes on under another secret. What the forms before were bound to has done its work.
fn enter(app: &App, session: &NewSession, to: &str) -> HttpResponse {
    let mut response = page::see_other(to);
    renew(app, &mut response, session);
    add(&mut response, &ended(PRE_COOKIE));
    add(&mut response, &ended(HALF_COOKIE));
    if let Some(device) = device(app, session.operator) {
        add(&mut response, &device);
    }
    response
}

/// Hands the browser the secret of its session along with an answer.
fn renew(app: &App, response: &mut HttpResponse, session: &NewSession) {
    // Lax, so that a link in a mail to the console opens it; what changes something is guarded by origin and token.
    add(response, &cookie(app, SESSION_COOKIE, &session.secret, session.ends_at, SameSite::Lax));
}

/// The secret of a sign-in that waits for its second step, as the browser holds it.
fn half(request: &HttpRequest) -> Option<String> {
    request.cookie(HALF_COOKIE).map(|cookie| cookie.value().to_owned())
}

fn cookie(app: &App, name: &'static str, secret: &Token, ends_at: Timestamp, same_site: SameSite) -> Cookie<'static> {
    let left = ends_at.since(app.now());
    Cookie::build(name, secret.expose().to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(same_site)
        .max_age(Duration::seconds(i64::try_from(left.as_secs()).unwrap_or(0)))
        .finish()
}

/// From now on this browser is known of whoever has just signed in with it. Made of the account as it is stored by now: with another
/// password all such cookies are worthless.
fn device(app: &App, operator: OperatorId) -> Option<Cookie<'static>> {
    let house = app.store.house();
    let device = devices::remember(&app.ctx(&Actor::Stranger), house.operators.get(&operator)?);
    let cookie = Cookie::build(DEVICE_COOKIE, device.to_cookie())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(Duration::seconds(i64::try_from(limits::DEVICE_LIFE.as_secs()).unwrap_or(0)));
    Some(cookie.finish())
}

/// A cookie that takes another one away.
fn ended(name: &'static str) -> Cookie<'static> {
    Cookie::build(name, "").path("/").secure(true).http_only(true).max_age(Duration::ZERO).finish()
}

fn add(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    if response.add_cookie(cookie).is_err() {
        tracing::error!("a cookie could not be set");
    }
}

/// Sends a page with a form for somebody who is not signed in, along with the cookie that its token is bound to.
fn with_token(app: &App, request: &HttpRequest, draw: impl FnOnce(String) -> super::Answer) -> super::Answer {
    let (token, cookie) = super::extract::pre_token(app, request);
    let mut response = draw(token)?;
    if let Some(cookie) = cookie {
        add(&mut response, &cookie);
    }
    Ok(response)
}

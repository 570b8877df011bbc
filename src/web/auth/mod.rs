//! Coming in: setup, signing in and out, joining by invitation, one's own account.

mod account;
mod join;
mod login;
mod passkeys;
pub mod routes;
mod sessions;
mod setup;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::access::Actor;
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::service::devices;
use crate::service::sessions::NewSession;

pub use sessions::Row as SessionRow;

use super::extract::{DEVICE_COOKIE, PRE_COOKIE, SESSION_COOKIE};
use super::{App, page};

/// Leads on with a session that has just begun. The secret that the sign-in form was bound to has done its work.
fn enter(app: &App, session: &NewSession, to: &str) -> HttpResponse {
    let left = session.ends_at.since(app.now());
    let cookie = Cookie::build(SESSION_COOKIE, session.secret.expose().to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        // Lax, so that a link in a mail to the console opens it; what changes something is guarded by origin and token.
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(i64::try_from(left.as_secs()).unwrap_or(0)))
        .finish();
    let mut response = page::see_other(to);
    add(&mut response, &cookie);
    add(&mut response, &ended(PRE_COOKIE));
    if let Some(device) = device(app, session.operator) {
        add(&mut response, &device);
    }
    response
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

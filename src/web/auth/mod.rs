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

use crate::service::sessions::NewSession;

pub use sessions::Row as SessionRow;

use super::extract::{PRE_COOKIE, SESSION_COOKIE};
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
    response
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

//! Forms that surely came from our own pages: the browser says so (`guard::origin`), and the form carries a token that only
//! a page of this very session could have held.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::id::base32;
use crate::domain::limits;
use crate::web::error::Error;
use crate::web::{App, guard};

use super::body::Awaited;
use super::fields::{Fields, FromFields};
use super::staff;

/// Holds the secret that forms before signing in are bound to.
pub const PRE_COOKIE: &str = "__Host-parlor-pre";
const FIELD: &str = "csrf";

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// A form of somebody who is signed in. Take it after `Staff`, so that who is signed out is asked to sign in first.
pub struct CsrfForm<T>(pub T);

/// What a form of somebody who is signed in held, for a page that has to ask something in between (`auth::proof`).
#[derive(Clone)]
pub struct Sent(pub Body);

/// As it came, wiped when nobody needs it any more.
type Body = Rc<Zeroizing<Vec<u8>>>;

#[must_use]
pub fn sent(request: &HttpRequest) -> Option<Sent> {
    request.extensions().get::<Sent>().cloned()
}

/// A form of somebody who is not signed in yet: setup, sign-in, joining.
pub struct PreForm<T>(pub T);

/// A form of a visitor, from a page of ours. What proves whose it is stands in the form, and the handler asks for it.
pub struct OpenForm(pub Fields);

/// A form that comes from no page of ours: from another server, which proves in it who it is. It changes nothing by being sent along by
/// a browser, since nothing of a browser counts for it.
pub struct PlainForm(pub Fields);

impl FromRequest for PlainForm {
    type Error = Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = form_body(request, payload);
        Box::pin(async move { Ok(Self(Fields::parse(&body.await?))) })
    }
}

impl FromRequest for OpenForm {
    type Error = Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let fields = fields(request, payload);
        Box::pin(async move { Ok(Self(fields.await?)) })
    }
}

impl<T: FromFields + 'static> FromRequest for CsrfForm<T> {
    type Error = Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let wanted = staff::session_token(request);
        let (kept_in, body) = (request.clone(), body(request, payload));
        Box::pin(async move {
            let body = body.await?;
            kept_in.extensions_mut().insert(Sent(body.clone()));
            checked(Fields::parse(&body), wanted).map(|mut fields| Self(T::from_fields(&mut fields)))
        })
    }
}

impl<T: FromFields + 'static> FromRequest for PreForm<T> {
    type Error = Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let app = request.app_data::<App>();
        let wanted = app.zip(request.cookie(PRE_COOKIE)).map(|(app, cookie)| token_for(app, cookie.value()));
        let fields = fields(request, payload);
        Box::pin(async move { checked(fields.await?, wanted).map(|mut fields| Self(T::from_fields(&mut fields))) })
    }
}

/// The fields, if a page that knew the token sent them.
fn checked(mut fields: Fields, wanted: Option<String>) -> Result<Fields, Error> {
    let sent = fields.take(FIELD);
    if wanted.is_some_and(|wanted| same(&wanted, &sent)) {
        return Ok(fields);
    }
    let message = "This form is out of date, so nothing was changed. Go back, load the page again and send it once more.";
    Err(Error::forbidden("stale_form", message))
}

/// The fields of a form that a page of ours sent.
fn fields(request: &HttpRequest, payload: &mut Payload) -> Reading<Fields> {
    let body = body(request, payload);
    Box::pin(async move { Ok(Fields::parse(&body.await?)) })
}

fn body(request: &HttpRequest, payload: &mut Payload) -> Reading<Body> {
    let origin = guard::origin::check(request);
    let body = form_body(request, payload);
    Box::pin(async move {
        origin?;
        body.await
    })
}

fn form_body(request: &HttpRequest, payload: &mut Payload) -> Reading<Body> {
    let urlencoded = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let (payload, awaited) = (payload.take(), Awaited::of(request, limits::FORM_BYTES));
    Box::pin(async move {
        if !urlencoded {
            return Err(Error::bad_request("This address takes a form and nothing else."));
        }
        Ok(Rc::new(awaited.read(payload).await?))
    })
}

/// Compares in constant time, so that the time of an answer tells nothing about the token.
#[must_use]
pub fn same(wanted: &str, sent: &str) -> bool {
    wanted.as_bytes().ct_eq(sent.as_bytes()).into()
}

/// The token for a form before signing in, and the cookie to send along if the browser has none yet.
#[must_use]
pub fn pre_token(app: &App, request: &HttpRequest) -> (String, Option<Cookie<'static>>) {
    if let Some(cookie) = request.cookie(PRE_COOKIE).filter(|cookie| cookie.value().len() == 52) {
        return (token_for(app, cookie.value()), None);
    }
    let mut secret = [0; 32];
    app.random.fill(&mut secret);
    let secret = base32(&secret);
    let token = token_for(app, &secret);
    let cookie = Cookie::build(PRE_COOKIE, secret).path("/").secure(true).http_only(true).same_site(SameSite::Strict).finish();
    (token, Some(cookie))
}

fn token_for(app: &App, secret: &str) -> String {
    base32(&app.store.keyed_hash("form before sign-in", secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_token_is_the_same_or_it_is_not() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd") && !same("abc", "") && !same("abc", "abcd"));
    }
}

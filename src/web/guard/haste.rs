//! Before any work is done: who asks too often, and who is kept out for a time. Behind the answer: what was odd about it.

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpMessage, HttpRequest};

use crate::domain::access::Actor;
use crate::domain::suspicion::Reach;
use crate::domain::throttle::Limit;
use crate::service::devices;
use crate::service::suspicion::{self, Sign};
use crate::service::throttle::{self, By};
use crate::web::App;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::routes::Face;

/// Requests of any kind. Whoever is signed in goes on when others have used up what their address has.
///
/// # Errors
/// 429 with the seconds to wait.
pub fn admit(request: &HttpRequest) -> Result<(), Error> {
    count(request, Limit::Requests)
}

/// A ticket, a socket or a line of polling, in the same way.
///
/// # Errors
/// 429 with the seconds to wait.
pub fn line(request: &HttpRequest) -> Result<(), Error> {
    count(request, Limit::Lines)
}

fn count(request: &HttpRequest, limit: Limit) -> Result<(), Error> {
    let (Some(app), Some(peer)) = (request.app_data::<App>(), extract::peer_of(request)) else { return Ok(()) };
    let ctx = app.ctx(&Actor::Stranger);
    match throttle::take(&ctx, limit, By::Address(peer.0)) {
        Ok(()) => Ok(()),
        Err(refused) => match extract::session_of(request) {
            Some((_, session)) => Ok(throttle::take(&ctx, Limit::StaffRequests, By::Session(&session))?),
            None => Err(refused.into()),
        },
    }
}

/// At an address that is not there.
///
/// # Errors
/// 429 until the ban of this address is over.
pub fn unknown(request: &HttpRequest) -> Result<(), Error> {
    kept_out(None, request)
}

/// `None` is an address that is not there.
///
/// # Errors
/// 429 until the ban of this address is over.
pub fn kept_out(face: Option<Face>, request: &HttpRequest) -> Result<(), Error> {
    let (Some(app), Some(peer)) = (request.app_data::<App>(), extract::peer_of(request)) else { return Ok(()) };
    let reach = match face {
        Some(Face::Public) => return Ok(()),
        Some(Face::Widget | Face::Live) => Reach::Everything,
        Some(Face::Auth | Face::Provider | Face::Console | Face::Leads | Face::Admin) | None => Reach::Staff,
    };
    match app.memory.suspicions.bans.refuses(peer.0, reach, app.now()) {
        // Staff who share their address with whoever did it get in with a browser that they have used before.
        Some(_) if devices::is_anybodys(&app.ctx_asked(&Actor::Stranger, extract::asked(request))) => Ok(()),
        Some(seconds) => Err(Error::kept_out(seconds)),
        None => Ok(()),
    }
}

/// Takes note of answers that somebody gets who tries doors.
pub fn notice<B>(response: &ServiceResponse<B>) {
    let status = response.status();
    if !status.is_client_error() {
        return;
    }
    let request = response.request();
    let (Some(app), Some(peer)) = (request.app_data::<App>(), extract::peer_of(request)) else { return };
    let face = request.extensions().get::<Face>().copied();
    let token = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let ctx = app.ctx(&Actor::Stranger);
    let who = extract::session_of(request);
    match (status, face) {
        (StatusCode::NOT_FOUND, Some(Face::Auth | Face::Console | Face::Leads | Face::Admin)) => match who {
            Some((person, _)) => suspicion::note(&ctx, peer.0, Sign::Denied(person, request.path())),
            None => suspicion::note(&ctx, peer.0, Sign::Page(request.path())),
        },
        (
            StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED | StatusCode::MISDIRECTED_REQUEST,
            None,
        )
        | (
            StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED,
            Some(Face::Auth | Face::Console | Face::Leads | Face::Admin),
        ) => {
            suspicion::note(&ctx, peer.0, Sign::Page(request.path()));
        }
        // Files of chats that have closed are gone for those who read them, too.
        (StatusCode::NOT_FOUND, Some(Face::Widget | Face::Live)) if who.is_none() => {
            suspicion::note(&ctx, peer.0, Sign::Id(request.path()));
        }
        (StatusCode::UNAUTHORIZED, Some(Face::Widget | Face::Live)) => {
            if let Some(token) = token {
                suspicion::note(&ctx, peer.0, Sign::Token(token));
            }
        }
        _ => {}
    }
}

//! What handlers receive, checked before they run.

mod body;
mod fields;
mod form;
mod json;
mod staff;

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

pub use fields::{Fields, FromFields};
pub use form::{CsrfForm, OpenForm, PRE_COOKIE, PlainForm, PreForm, Sent, pre_token, same, sent};
pub use json::Json;
pub(in crate::web) use staff::actor_of;
pub(super) use staff::session_of;
pub use staff::{Admin, Enrolling, MaybeStaff, Overseer, SESSION_COOKIE, Staff, signed_in};

use super::error::Error;
pub use super::guard::peer::Peer;
use crate::domain::agent::Agent;
use crate::service::Asked;
use crate::service::devices::Device;

impl FromRequest for Peer {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(peer_of(request).ok_or_else(Error::internal))
    }
}

#[must_use]
pub fn peer_of(request: &HttpRequest) -> Option<Peer> {
    request.extensions().get::<Peer>().copied()
}

/// Says of which member of staff this browser is known: for throttles alone.
pub const DEVICE_COOKIE: &str = "__Host-parlor-device";

/// How something is asked for, as far as the request itself says.
#[must_use]
pub fn asked(request: &HttpRequest) -> Asked {
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).and_then(Agent::of);
    let device = request.cookie(DEVICE_COOKIE).and_then(|cookie| Device::parse(cookie.value()));
    Asked { from: peer_of(request).map(|peer| peer.0), agent, device, ..Asked::default() }
}

/// The first id in the path. What is not an id is not there.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

/// The first two ids in the path.
#[derive(Debug, Clone, Copy)]
pub struct Ids<A, B>(pub A, pub B);

impl<A: FromStr, B: FromStr> FromRequest for Ids<A, B> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut texts = request.match_info().iter().map(|(_, text)| text);
        let first = texts.next().and_then(|text| text.parse().ok());
        let second = texts.next().and_then(|text| text.parse().ok());
        ready(first.zip(second).map(|(first, second)| Self(first, second)).ok_or_else(Error::not_found))
    }
}

impl<T: FromStr> FromRequest for Id<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().iter().next().and_then(|(_, text)| text.parse().ok());
        ready(id.map(Self).ok_or_else(Error::not_found))
    }
}

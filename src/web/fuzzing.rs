//! What requests bring, for the fuzz targets (`tests/fuzz`). Not in the product.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{COOKIE, HOST, HeaderName, HeaderValue, ORIGIN};
use actix_web::test::TestRequest;

use super::extract::{Fields, PRE_COOKIE, SESSION_COOKIE};
use super::guard::{origin, peer};
use super::live;
use crate::domain::id::{base32, from_base32};
use crate::domain::network::{Network, canonical, parse_networks};
use crate::service::tokens;

pub(crate) fn socket(piece: usize, bytes: &[u8]) {
    live::fuzzing::socket(piece, bytes);
}

pub(crate) fn command(text: &str) {
    live::fuzzing::command(text);
}

pub(crate) fn announcement(lines: &[&[u8]]) {
    live::fuzzing::announcement(lines);
}

/// Nobody is believed but listed proxies, and the answer has one spelling.
pub(crate) fn forwarded(direct: &str, claims: &str, trusted: &str) {
    let (Ok(direct), Ok(trusted)) = (direct.parse::<IpAddr>(), parse_networks(trusted)) else { return };
    let found = peer::through_proxies(direct, claims, &trusted).0;
    let is_proxy = |address: IpAddr| trusted.iter().any(|network: &Network| network.contains(address));
    assert_eq!(canonical(found), found);
    assert!(is_proxy(direct) || found == canonical(direct));
    // Behind the last hop that is no proxy of ours nothing was read.
    let named = claims.rsplit(',').count();
    assert!(found == canonical(direct) || named > 0);
    let mapped = match direct {
        IpAddr::V4(v4) => IpAddr::V6(v4.to_ipv6_mapped()),
        IpAddr::V6(_) => direct,
    };
    assert_eq!(peer::through_proxies(mapped, claims, &trusted).0, found, "the other spelling leads elsewhere");
}

/// Cookies as they come; a token is read in one spelling alone.
pub(crate) fn cookies(header: &[u8]) {
    let Some(request) = with(COOKIE, header) else { return };
    for name in [SESSION_COOKIE, PRE_COOKIE] {
        if let Some(cookie) = request.cookie(name) {
            token(cookie.value());
        }
    }
}

fn token(text: &str) {
    if tokens::hash_of(text).is_some() {
        let bytes = from_base32(text).unwrap_or_default();
        assert!(bytes.len() == 32 && base32(&bytes) == text);
    }
}

/// A page of another host is never one of ours.
pub(crate) fn origins(host: &[u8], page: &[u8]) {
    let (Ok(host), Ok(page)) = (HeaderValue::from_bytes(host), HeaderValue::from_bytes(page)) else { return };
    let request = TestRequest::post().insert_header((HOST, host.clone())).insert_header((ORIGIN, page.clone())).to_http_request();
    if origin::same_origin(request.headers(), None) {
        let ours = url::Url::parse(&format!("https://{}", host.to_str().unwrap_or_default())).map(|url| url.origin());
        let theirs = url::Url::parse(page.to_str().unwrap_or_default()).map(|url| url.origin());
        assert!(matches!((ours, theirs), (Ok(ours), Ok(theirs)) if ours == theirs));
    }
}

pub(crate) fn form(body: &[u8]) {
    let mut fields = Fields::parse(body);
    let names = fields.names("");
    for name in names {
        assert!(fields.ticked(&name));
        let _ = fields.take(&name);
        let _ = fields.take_all(&name);
        assert!(!fields.ticked(&name));
    }
}

fn with(name: HeaderName, value: &[u8]) -> Option<HttpRequest> {
    let value = HeaderValue::from_bytes(value).ok()?;
    Some(TestRequest::get().insert_header((name, value)).to_http_request())
}

//! Tokens that a provider signs (RFC 7519, RFC 7515): opened with its public keys, then held against everything that they have to say.
//! The mathematics are the library's; what is asked of a token stands here, for both kinds of it, in one place.

use data_encoding::BASE64URL_NOPAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm as Algorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyId};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::limits;
use crate::domain::sso::{Claims, LogoutNotice};
use crate::domain::time::Timestamp;

/// What a token says.
pub(super) type Said = Map<String, Value>;

/// Why a token is not believed, in words for the administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("its token is none")]
    Shape,
    #[error("its token is signed in a way that is not accepted here")]
    Algorithm,
    #[error("its token is signed with a key that it does not list")]
    UnknownKey,
    #[error("the signature of its token is wrong")]
    Signature,
    #[error("its token comes from another issuer")]
    Issuer,
    #[error("its token is meant for another client, or for others as well")]
    Audience,
    #[error("its token has run out or comes from the future: compare the clocks of both machines")]
    Time,
    #[error("its token answers another request")]
    Nonce,
    #[error("its token does not say who somebody is")]
    Subject,
    #[error("its token is of another kind")]
    Kind,
}

/// The provider's public keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(Vec<CoreJsonWebKey>);

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl Keys {
    /// Keys of a kind that is not known here are left out, and so are those too short to be worth anything.
    pub fn read(body: &[u8]) -> Option<Self> {
        let set: KeySet = serde_json::from_slice(body).ok()?;
        let keys = set.keys.into_iter().take(limits::PROVIDER_KEYS).filter(is_long_enough);
        Some(Self(keys.filter_map(|key| serde_json::from_value(key).ok()).collect()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, id: Option<&str>) -> Vec<&CoreJsonWebKey> {
        let id = id.map(|id| JsonWebKeyId::new(id.to_owned()));
        self.0.iter().filter(|key| id.is_none() || key.key_id() == id.as_ref()).collect()
    }
}

/// RSA keys under 2048 bits are no keys any more (NIST SP 800-131A).
fn is_long_enough(key: &Value) -> bool {
    if key["kty"] != "RSA" {
        return true;
    }
    let modulus = key["n"].as_str().and_then(|text| BASE64URL_NOPAD.decode(text.as_bytes()).ok()).unwrap_or_default();
    modulus.iter().skip_while(|byte| **byte == 0).count() >= 256
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
    cty: Option<Value>,
}

/// Signatures by a private key alone: with a shared secret whoever knows the client's secret, or takes a public key for one, could
/// make tokens.
fn is_accepted(algorithm: &Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::RsaSsaPkcs1V15Sha256
            | Algorithm::RsaSsaPkcs1V15Sha384
            | Algorithm::RsaSsaPkcs1V15Sha512
            | Algorithm::RsaSsaPssSha256
            | Algorithm::RsaSsaPssSha384
            | Algorithm::RsaSsaPssSha512
            | Algorithm::EcdsaP256Sha256
            | Algorithm::EcdsaP384Sha384
            | Algorithm::EdDsa
    )
}

/// What a token says, once its signature was found right. `kinds` are the types that it may have, if it names one.
fn open(token: &str, keys: &Keys, kinds: &[&str]) -> Result<Said, TokenFault> {
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(TokenFault::Shape);
    };
    let decoded = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| TokenFault::Shape);
    let header: Header = serde_json::from_slice(&decoded(head)?).map_err(|_| TokenFault::Algorithm)?;
    if !is_accepted(&header.alg) {
        return Err(TokenFault::Algorithm);
    }
    // An extension that must be understood is not understood here, and a token inside a token is none of ours.
    if header.crit.is_some() || header.cty.is_some() {
        return Err(TokenFault::Kind);
    }
    if header.typ.is_some_and(|typ| !kinds.iter().any(|kind| kind.eq_ignore_ascii_case(&typ))) {
        return Err(TokenFault::Kind);
    }
    let candidates = keys.of(header.kid.as_deref());
    if candidates.is_empty() {
        return Err(TokenFault::UnknownKey);
    }
    let (signed, signature) = (&token[..head.len() + 1 + body.len()], decoded(signature)?);
    if !candidates.iter().any(|key| key.verify_signature(&header.alg, signed.as_bytes(), &signature).is_ok()) {
        return Err(TokenFault::Signature);
    }
    serde_json::from_slice(&decoded(body)?).map_err(|_| TokenFault::Shape)
}

/// What both kinds of token have to say.
fn check(said: &Said, issuer: &str, client: &str, now: Timestamp) -> Result<(), TokenFault> {
    if text(said, "iss") != Some(issuer) {
        return Err(TokenFault::Issuer);
    }
    // Another audience could pass its copy on to us, so there is to be none.
    let is_ours = match said.get("aud") {
        Some(Value::String(one)) => one == client,
        Some(Value::Array(list)) => !list.is_empty() && list.iter().all(|one| one == client),
        _ => false,
    };
    if !is_ours || said.get("azp").is_some_and(|party| party != client) {
        return Err(TokenFault::Audience);
    }
    let seconds = now.as_millis().div_euclid(1_000);
    let skew = i64::try_from(limits::SSO_CLOCK_SKEW.as_secs()).unwrap_or(0);
    let life = i64::try_from(limits::SSO_LIFE.as_secs()).unwrap_or(0);
    let ends = number(said, "exp").ok_or(TokenFault::Time)?;
    let issued = number(said, "iat").ok_or(TokenFault::Time)?;
    let begins = number(said, "nbf").unwrap_or(issued);
    if ends <= seconds - skew || issued > seconds + skew || begins > seconds + skew || issued < seconds - life {
        return Err(TokenFault::Time);
    }
    Ok(())
}

/// The claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7).
pub(super) fn identity(
    token: &str,
    keys: &Keys,
    (issuer, client): (&str, &str),
    nonce: &str,
    now: Timestamp,
) -> Result<Said, TokenFault> {
    let said = open(token, keys, &["JWT"])?;
    check(&said, issuer, client, now)?;
    if text(&said, "nonce") != Some(nonce) {
        return Err(TokenFault::Nonce);
    }
    // A logout notice is no word about who somebody is, even if somebody put a nonce into one.
    if said.contains_key("events") {
        return Err(TokenFault::Kind);
    }
    text(&said, "sub").filter(|subject| Claims::is_subject(subject)).ok_or(TokenFault::Subject)?;
    Ok(said)
}

/// A logout notice (OpenID Connect Back-Channel Logout 1.0, section 2.6).
pub(super) fn logout(
    token: &str,
    keys: &Keys,
    (issuer, client): (&str, &str),
    now: Timestamp,
) -> Result<LogoutNotice, TokenFault> {
    const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
    let said = open(token, keys, &["JWT", "logout+jwt"])?;
    check(&said, issuer, client, now)?;
    if said.contains_key("nonce") || !said.get("events").is_some_and(|events| events[EVENT].is_object()) {
        return Err(TokenFault::Kind);
    }
    let short = |name| match said.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if Claims::is_subject(text) => Ok(Some(text.clone())),
        Some(_) => Err(TokenFault::Subject),
    };
    let (subject, sid) = (short("sub")?, short("sid")?);
    if subject.is_none() && sid.is_none() {
        return Err(TokenFault::Subject);
    }
    let id = short("jti")?.ok_or(TokenFault::Shape)?;
    let issued_at = Timestamp::from_millis(number(&said, "iat").unwrap_or(0).saturating_mul(1_000));
    Ok(LogoutNotice { issuer: issuer.to_owned(), subject, sid, id, issued_at })
}

pub(super) fn text<'a>(said: &'a Said, name: &str) -> Option<&'a str> {
    said.get(name)?.as_str()
}

/// Seconds since 1970, with a fraction that is dropped (RFC 7519, section 2).
fn number(said: &Said, name: &str) -> Option<i64> {
    let value = said.get(name)?;
    #[expect(clippy::cast_possible_truncation, reason = "a time out of all bounds becomes the furthest one, and is refused")]
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;

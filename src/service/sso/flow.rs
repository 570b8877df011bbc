//! The way to the provider and back. What binds the two lies in a cookie of the browser that went, sealed against change, and nowhere else:
//! state, nonce and verifier are all made of its secret, so an answer that comes to another browser fits nothing.

use std::collections::HashMap;

use data_encoding::BASE64URL_NOPAD;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::id::{base32, from_base32};
use crate::domain::limits;
use crate::domain::sso::SsoRefusal;
use crate::domain::time::Timestamp;
use crate::service::Ctx;
use crate::service::tokens::TokenHash;

/// What somebody goes to the provider for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    SignIn,
    /// To accept the invitation with this hash.
    Join(TokenHash),
    /// To make the identity there that of the account that this session is of.
    Link(TokenHash),
}

/// What the browser takes along: the cookie stays with it, the others go to the provider.
pub struct Begun {
    pub cookie: Zeroizing<String>,
    pub state: String,
    pub nonce: String,
    /// SHA-256 of the verifier (RFC 7636, section 4.2).
    pub challenge: String,
}

/// What it came back for.
pub struct Flow {
    pub purpose: Purpose,
    /// Where to go then; as it was typed, to be looked at again.
    pub next: String,
    pub nonce: String,
    pub verifier: Zeroizing<String>,
    secret: TokenHash,
    until: Timestamp,
}

/// Ways back that were walked already, and notices that were heard: each counts once.
#[derive(Default)]
pub(in crate::service) struct Once(Mutex<HashMap<TokenHash, Timestamp>>);

impl Once {
    /// Whether this is the first time; it is remembered until then.
    pub fn is_first(&self, what: TokenHash, until: Timestamp, now: Timestamp) -> bool {
        let mut seen = self.0.lock();
        if seen.len() >= limits::SSO_REMEMBERED {
            seen.retain(|_, until| now < *until);
        }
        while seen.len() >= limits::SSO_REMEMBERED {
            let Some(soonest) = seen.iter().min_by_key(|(_, until)| **until).map(|(what, _)| *what) else { break };
            seen.remove(&soonest);
        }
        seen.insert(what, until).is_none_or(|until| until <= now)
    }
}

/// Sets out.
#[must_use]
pub fn begin(ctx: &Ctx, purpose: Purpose, next: &str) -> Begun {
    let secret = Zeroizing::new(base32(&ctx.random_bytes::<32>()));
    let made = Made::of(ctx, &secret);
    let (word, hash) = purpose.words();
    let next = BASE64URL_NOPAD.encode(next.as_bytes());
    let content = format!("{}.{}.{word}.{hash}.{next}", *secret, ctx.now.as_millis());
    let cookie = Zeroizing::new(format!("{content}.{}", seal(ctx, &content)));
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(made.verifier.as_bytes()));
    Begun { cookie, state: made.state, nonce: made.nonce, challenge }
}

/// Comes back, with the cookie of the browser and the state that the address names.
///
/// # Errors
/// `NotBegun`, whatever is wrong.
pub fn recognise(ctx: &Ctx, cookie: &str, state: &str) -> Result<Flow, SsoRefusal> {
    let (content, sealed) = cookie.rsplit_once('.').ok_or(SsoRefusal::NotBegun)?;
    if !same(&seal(ctx, content), sealed) {
        return Err(SsoRefusal::NotBegun);
    }
    let parts: Vec<&str> = content.split('.').collect();
    let [secret, at, word, hash, next] = parts.as_slice() else { return Err(SsoRefusal::NotBegun) };
    let made = Made::of(ctx, secret);
    if !same(&made.state, state) {
        return Err(SsoRefusal::NotBegun);
    }
    let at = Timestamp::from_millis(at.parse().map_err(|_| SsoRefusal::NotBegun)?);
    let until = at.plus(limits::SSO_LIFE);
    if ctx.now < at || until <= ctx.now {
        return Err(SsoRefusal::NotBegun);
    }
    let purpose = Purpose::of_words(word, hash).ok_or(SsoRefusal::NotBegun)?;
    let next = BASE64URL_NOPAD.decode(next.as_bytes()).ok().and_then(|next| String::from_utf8(next).ok()).unwrap_or_default();
    let secret = Sha256::digest(secret.as_bytes()).into();
    Ok(Flow { purpose, next, nonce: made.nonce, verifier: made.verifier, secret, until })
}

/// A way back is walked once, whatever comes of it.
///
/// # Errors
/// `NotBegun` the second time.
pub fn walk(ctx: &Ctx, flow: &Flow) -> Result<(), SsoRefusal> {
    if ctx.memory.sso_ways.is_first(flow.secret, flow.until, ctx.now) { Ok(()) } else { Err(SsoRefusal::NotBegun) }
}

/// What is made of the cookie's secret.
struct Made {
    state: String,
    nonce: String,
    verifier: Zeroizing<String>,
}

impl Made {
    fn of(ctx: &Ctx, secret: &str) -> Self {
        let made = |purpose| base32(&ctx.store.keyed_hash(purpose, secret.as_bytes()));
        Self { state: made("sign-on state"), nonce: made("sign-on nonce"), verifier: Zeroizing::new(made("sign-on verifier")) }
    }
}

impl Purpose {
    fn words(self) -> (&'static str, String) {
        match self {
            Self::SignIn => ("in", String::new()),
            Self::Join(hash) => ("join", base32(&hash)),
            Self::Link(hash) => ("link", base32(&hash)),
        }
    }

    fn of_words(word: &str, hash: &str) -> Option<Self> {
        let hash = || from_base32(hash)?.try_into().ok();
        Some(match word {
            "in" => Self::SignIn,
            "join" => Self::Join(hash()?),
            "link" => Self::Link(hash()?),
            _ => return None,
        })
    }
}

fn seal(ctx: &Ctx, content: &str) -> String {
    base32(&ctx.store.keyed_hash("sign-on cookie", content.as_bytes()))
}

fn same(wanted: &str, sent: &str) -> bool {
    wanted.as_bytes().ct_eq(sent.as_bytes()).into()
}

//! Time-based one-time passwords (RFC 6238): six digits of HMAC-SHA-1, a new one every 30 seconds, one step of leeway to either side. A
//! step is good once: the last one used is stored before anybody is let in with it.

use std::collections::HashMap;

use parking_lot::Mutex;
use totp_rs::Builder;
use zeroize::Zeroizing;

use super::{added_in, of, removed_in, staff_id, wrong_code};
use crate::domain::audit::FactorKind;
use crate::domain::factor::{Factors, Totp, TotpSecret};
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::session::SignInMethod;
use crate::domain::time::Timestamp;
use crate::service::sessions::NewSession;
use crate::service::sign_in::steps;
use crate::service::tokens::TokenHash;
use crate::service::{Ctx, Failure, throttle};
use crate::store::{Batch, StoreError};
use crate::vault::Key;

/// As RFC 4226 recommends, section 4.
const SECRET_BYTES: usize = 20;
const STEP_SECONDS: u64 = 30;
const DIGITS: usize = 6;

/// Secrets that were shown and not confirmed yet: worth nothing, and in memory alone. One to a session.
#[derive(Default)]
pub(in crate::service) struct Enrolments(Mutex<HashMap<TokenHash, (TotpSecret, Timestamp)>>);

/// What an authenticator has to be told.
pub struct Enrolment {
    /// In base32, in groups of four, for typing.
    pub typed: Zeroizing<String>,
    /// The same with all that belongs to it, for scanning.
    pub address: Zeroizing<String>,
}

/// Makes a secret for the authenticator of whoever acts, or shows the one made a moment ago once more.
///
/// # Errors
/// `ProofNeeded`: whoever finds an unlocked screen must not add an authenticator of their own.
pub fn enrol(ctx: &Ctx, session: &TokenHash) -> Result<Enrolment, Failure> {
    let id = staff_id(ctx)?;
    ctx.require_proof()?;
    let secret = shown_before(ctx, session).map_or_else(|| make_secret(ctx, session), Ok)?;
    let house = ctx.store.house();
    let operator = house.operators.get(&id).ok_or(Failure::NotFound)?;
    let issuer = house.organisation.as_ref().map_or("Parlor", |organisation| organisation.name.as_str());
    let typed = Zeroizing::new(data_encoding::BASE32_NOPAD.encode(&secret.0));
    let address = Zeroizing::new(key_uri(issuer, operator.email.as_str(), &typed));
    let groups: Vec<_> = typed.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group)).collect();
    Ok(Enrolment { typed: Zeroizing::new(groups.join(" ")), address })
}

fn shown_before(ctx: &Ctx, session: &TokenHash) -> Option<TotpSecret> {
    let mut enrolments = ctx.memory.enrolments.0.lock();
    enrolments.retain(|_, (_, until)| ctx.now < *until);
    enrolments.get(session).map(|(secret, _)| secret.clone())
}

/// From the operating system, as keys are.
fn make_secret(ctx: &Ctx, session: &TokenHash) -> Result<TotpSecret, Failure> {
    let key = Key::random().map_err(StoreError::from)?;
    let secret = TotpSecret(Zeroizing::new(key.expose()[..SECRET_BYTES].to_vec()));
    let mut enrolments = ctx.memory.enrolments.0.lock();
    if enrolments.len() >= limits::ENROLMENTS {
        return Err(Failure::TooMany { seconds: 60 });
    }
    enrolments.insert(*session, (secret.clone(), ctx.now.plus(limits::ENROLMENT_LIFE)));
    Ok(secret)
}

/// As authenticators scan it. Names in it are escaped; the colon between them is part of the format.
fn key_uri(issuer: &str, account: &str, secret: &str) -> String {
    let escaped = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let issuer = escaped(issuer);
    format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}", escaped(account))
}

/// Takes the authenticator on, once it has shown that it knows the secret.
///
/// # Errors
/// `Conflict` when the secret was shown too long ago; `Invalid` for the field `code`; `TooMany`.
pub fn confirm(ctx: &Ctx, session: &TokenHash, code: &str) -> Result<NewSession, Failure> {
    let id = staff_id(ctx)?;
    let house = ctx.store.house();
    let attempt = steps::attempt(ctx, house.operators.get(&id).ok_or(Failure::NotFound)?)?;
    let _changing = ctx.memory.changing();
    let Some(secret) = shown_before(ctx, session) else {
        let message = "This picture is out of date. Scan the new one and type its code.";
        return Err(Failure::Conflict(message.to_owned()));
    };
    let fresh = Totp { secret, since: ctx.now, last_step: 0 };
    let step = step_of(&fresh, code, ctx.now).ok_or_else(wrong_code)?;
    let before = of(ctx, id);
    let after = Factors { totp: Some(Totp { last_step: step, ..fresh }), ..Factors::clone(&before) };
    let mut batch = ctx.store.batch();
    let session_after = added_in(ctx, &mut batch, session, (&before, &after), (FactorKind::Totp, SignInMethod::Totp))?;
    ctx.store.commit(batch).wait()?;
    ctx.memory.enrolments.0.lock().remove(session);
    throttle::succeeded(ctx, &attempt);
    Ok(session_after)
}

/// Takes the authenticator of whoever acts away.
///
/// # Errors
/// `ProofNeeded`; `Conflict` when they have to have a second factor and this is the last.
pub fn remove(ctx: &Ctx) -> Result<(), Failure> {
    let id = staff_id(ctx)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let before = of(ctx, id);
    if before.totp.is_none() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    removed_in(ctx, &mut batch, Factors { totp: None, ..Factors::clone(&before) }, FactorKind::Totp)?;
    ctx.store.commit(batch).wait()?;
    Ok(())
}

pub(super) fn looks_like_one(code: &str) -> bool {
    let digits = digits_of(code);
    digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Takes the code and everything before it out of use, in the batch with which somebody comes in.
pub(super) fn use_in(
    ctx: &Ctx,
    batch: &mut Batch,
    id: OperatorId,
    factors: &Factors,
    totp: &Totp,
    code: &str,
) -> Option<SignInMethod> {
    let step = step_of(totp, code, ctx.now)?;
    let used = Totp { last_step: step, ..totp.clone() };
    batch.put_factors(id, &Factors { totp: Some(used), ..factors.clone() });
    Some(SignInMethod::Totp)
}

/// The step whose code this is, if it is near now and later than the last that was used.
fn step_of(totp: &Totp, code: &str, now: Timestamp) -> Option<u64> {
    let digits = digits_of(code);
    // Without leeway, so that each step is asked for by itself: one that was used must not hide the next. SHA-1 and six digits are what
    // every authenticator knows, and what the library takes unless told otherwise.
    let exact = Builder::new().with_skew(0).with_step_duration(STEP_SECONDS).with_secret(totp.secret.0.to_vec()).build().ok()?;
    let present = u64::try_from(now.as_millis()).ok()? / 1_000 / STEP_SECONDS;
    let mut unused = (present.saturating_sub(1)..=present + 1).filter(|step| *step > totp.last_step);
    unused.find(|step| exact.check(&digits, step * STEP_SECONDS).is_some())
}

/// Some authenticators show `123 456`.
fn digits_of(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(DIGITS + 1).collect()
}

#[cfg(test)]
#[path = "../tests/totp.rs"]
mod tests;

//! Signing in, and everything else that takes a password. Start here with the door; `steps` leads from the first proof to the session,
//! `proof` is for those who are in and have to show once more that it is them, `reset` for those who have forgotten their password.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::hashing::{self, Queue, Verdict};
use super::throttle::{self, Attempt, DeviceId};
use super::{Ctx, Failure, devices, sso};
use crate::domain::audit::AuditAction;
use crate::domain::credential::Password;
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::operator::{Operator, PasswordHash};
use crate::domain::session::SignInMethod;
use crate::domain::text::EmailAddress;

pub mod password;
pub mod proof;
pub mod reset;
pub mod steps;

pub use steps::{First, Step};

/// The first step: whoever knows the password is in, or goes on to the second. All refusals read the same and take the same work.
///
/// # Errors
/// `WrongCredentials`; `TooMany` when the account or the address has tried too often; `Sso` where passwords are not in use.
pub fn sign_in(ctx: &Ctx, email: &str, password: &Password) -> Result<Step, Failure> {
    match try_here(ctx, email, password)? {
        Here::In(step) => Ok(step),
        Here::NotKnown(tried) => not_known(ctx, &tried),
    }
}

/// Whether a name and a password are known here.
pub enum Here {
    In(Step),
    /// They are not. Somebody else may be asked, who then says `not_known` or has the try count no more.
    NotKnown(Tried),
}

/// A try that was counted, of which nothing came here.
pub struct Tried {
    attempt: Attempt,
    known: Option<OperatorId>,
}

/// The same, where a directory is asked about what is not known here. It never sees a password that is.
///
/// # Errors
/// As `sign_in`, but for `WrongCredentials`.
pub fn try_here(ctx: &Ctx, email: &str, password: &Password) -> Result<Here, Failure> {
    let counts_here = !ctx.store.house().sso.is_in_force();
    if ctx.store.house().sso.directory_in_use().is_none() {
        sso::permit_own_ways(ctx)?;
    }
    let attempt = attempt(ctx, email)?;
    let found = with_email(ctx, email).filter(|operator| operator.is_active());
    let stored = found.as_ref().and_then(|operator| operator.password_hash.as_ref()).filter(|_| counts_here);
    let verdict = check(ctx, password, stored, &attempt)?;
    let known = found.as_ref().map(|operator| operator.id);
    let (Some(found), Verdict::Right | Verdict::RightButOutdated) = (found, verdict) else {
        return Ok(Here::NotKnown(Tried { attempt, known }));
    };

    let mut anew = None;
    if verdict == Verdict::RightButOutdated {
        anew = Some(hashing::hash(ctx, password)?);
    }
    let _changing = ctx.memory.changing();
    // Hashing took its time: whoever was disabled or got another password meanwhile does not come in.
    let now_stored = ctx.store.house().operators.get(&found.id).cloned();
    let Some(operator) = now_stored.filter(|it| it.is_active() && it.password_hash == found.password_hash) else {
        return refuse(ctx);
    };
    let mut batch = ctx.store.batch();
    let mut operator = Operator::clone(&operator);
    if anew.is_some() {
        operator.password_hash = anew;
        batch.put_operator(&operator);
    }
    let step = steps::go_on(ctx, batch, &operator, First::by(SignInMethod::Password))?;
    was_right(ctx, &attempt, &step);
    Ok(Here::In(step))
}

/// Nobody knows them.
///
/// # Errors
/// `WrongCredentials`, always.
pub fn not_known<T>(ctx: &Ctx, tried: &Tried) -> Result<T, Failure> {
    throttle::failed(ctx, &tried.attempt, tried.known);
    refuse(ctx)
}

/// The try was right elsewhere: it does not count.
pub(super) fn known_elsewhere(ctx: &Ctx, tried: &Tried, step: &Step) {
    was_right(ctx, &tried.attempt, step);
}

fn was_right(ctx: &Ctx, attempt: &Attempt, step: &Step) {
    match step {
        Step::In(_) => throttle::succeeded(ctx, attempt),
        // Whoever has no more than the password is not known here yet.
        Step::Second(_) => throttle::give_back(ctx, attempt),
    }
}

/// Counts an attempt on an account, whether or not there is one.
///
/// # Errors
/// `TooMany`.
fn attempt(ctx: &Ctx, email: &str) -> Result<Attempt, Failure> {
    let device = with_email(ctx, email).and_then(|operator| known_device(ctx, &operator));
    throttle::attempt(ctx, throttle::account(email), address(ctx), device)
}

/// The browser that is asking, if somebody has signed in to this account with it before: strangers who guess do not shut it out.
fn known_device(ctx: &Ctx, operator: &Operator) -> Option<DeviceId> {
    devices::known(ctx, operator).map(DeviceId)
}

/// What does not come over the network has no address to be slowed down by; the account still counts.
fn address(ctx: &Ctx) -> IpAddr {
    ctx.asked.from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

fn with_email(ctx: &Ctx, email: &str) -> Option<Arc<Operator>> {
    let email = EmailAddress::parse(email).ok()?;
    ctx.store.house().operators.values().find(|operator| operator.email == email).cloned()
}

/// A password longer than any that can be chosen is wrong without feeding it to the hash, at the same cost.
fn check(ctx: &Ctx, password: &Password, stored: Option<&PasswordHash>, attempt: &Attempt) -> Result<Verdict, Failure> {
    let queue = if attempt.is_known() { Queue::Known } else { Queue::Strangers };
    if password.expose().chars().count() > limits::PASSWORD_CHARS_MAX {
        return hashing::verify(ctx, &Password::typed(String::new()), None, queue);
    }
    hashing::verify(ctx, password, stored, queue)
}

pub(super) fn refuse<T>(ctx: &Ctx) -> Result<T, Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit_refused(&mut batch, AuditAction::SignInRefused);
    ctx.store.commit(batch).wait()?;
    Err(Failure::WrongCredentials)
}

#[cfg(test)]
#[path = "../tests/sign_in.rs"]
mod tests;

//! Signing in takes one step or two: whoever has a second factor has shown only half with the first. What lies between the two is a
//! pending sign-in. It lives in memory alone, for minutes, for one account, and opens nothing.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{address, known_device};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::factor::Factors;
use crate::domain::id::OperatorId;
use crate::domain::letter::LetterKind;
use crate::domain::limits;
use crate::domain::operator::{Operator, PasswordHash};
use crate::domain::session::{SignInMethod, SsoSession};
use crate::domain::time::Timestamp;
use crate::service::sessions::{self, NewSession};
use crate::service::throttle::Attempt;
use crate::service::tokens::{Token, TokenHash, hash_of};
use crate::service::{Ctx, Failure, factors, letters, throttle};
use crate::store::{Batch, House};

/// How far somebody has come.
pub enum Step {
    In(NewSession),
    Second(Pending),
}

/// A sign-in that waits for its second step. The secret goes into a cookie and is never seen again.
pub struct Pending {
    pub secret: Token,
    pub ends_at: Timestamp,
}

/// What was shown with the first step.
#[derive(Clone)]
pub struct First {
    pub by: SignInMethod,
    /// The provider's own session, for who came through one.
    pub sso: Option<SsoSession>,
}

impl First {
    #[must_use]
    pub fn by(by: SignInMethod) -> Self {
        Self { by, sso: None }
    }
}

/// Pending sign-ins, by the hash of their secret.
#[derive(Default)]
pub(in crate::service) struct Waiting(Mutex<HashMap<TokenHash, Half>>);

#[derive(Clone)]
struct Half {
    operator: OperatorId,
    first: First,
    /// What the first step was held against: with another password, it is worth nothing.
    password_hash: Option<PasswordHash>,
    until: Timestamp,
    tries: u32,
}

/// The first step is done: begins the session, or has it wait for the second step. The batch holds what else the first step changed
/// of the operator, who is as they will be stored. The caller holds the change lock.
///
/// # Errors
/// When the store does not write.
pub(in crate::service) fn go_on(ctx: &Ctx, mut batch: Batch, operator: &Operator, first: First) -> Result<Step, Failure> {
    if asks_for_second(&ctx.store.house(), operator.id, first.by) {
        sessions::permit(ctx, operator)?;
        ctx.store.commit(batch).wait()?;
        return Ok(Step::Second(wait_for_second(ctx, operator, first)));
    }
    let session = sessions::begin_in(ctx, &mut batch, operator, first)?;
    ctx.store.commit(batch).wait()?;
    Ok(Step::In(session))
}

/// Somebody has shown in another way who they are: with the link of an invitation, at the setup, at a provider or a directory.
///
/// # Errors
/// `NotFound` when there is no such active member of staff.
pub fn admit(ctx: &Ctx, operator: OperatorId, first: First) -> Result<Step, Failure> {
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let operator = house.operators.get(&operator).filter(|it| it.is_active()).ok_or(Failure::NotFound)?;
    go_on(ctx, ctx.store.batch(), operator, first)
}

fn asks_for_second(house: &House, operator: OperatorId, by: SignInMethod) -> bool {
    let is_enough = by.is_two_factor() || (by == SignInMethod::SingleSignOn && house.policy.sso_is_second_factor);
    !is_enough && house.factors.get(&operator).is_some_and(|factors| factors.is_second())
}

/// What a provider says is over is not waited for any more.
pub(in crate::service) fn forget_if(ctx: &Ctx, is_over: impl Fn(&SsoSession) -> bool) {
    ctx.memory.waiting.0.lock().retain(|_, half| !half.first.sso.as_ref().is_some_and(&is_over));
}

fn wait_for_second(ctx: &Ctx, operator: &Operator, first: First) -> Pending {
    let (secret, ends_at) = (Token::new(ctx), ctx.now.plus(limits::PENDING_SIGN_IN_LIFE));
    let half = Half { operator: operator.id, first, password_hash: operator.password_hash.clone(), until: ends_at, tries: 0 };
    let mut waiting = ctx.memory.waiting.0.lock();
    waiting.retain(|_, half| ctx.now < half.until);
    // Only who knows a password comes this far, so whoever fills this up shuts out nobody but themselves.
    while waiting.values().filter(|half| half.operator == operator.id).count() >= limits::PENDING_SIGN_INS_PER_PERSON {
        let oldest = waiting.iter().filter(|(_, half)| half.operator == operator.id).min_by_key(|(_, half)| half.until);
        let Some(oldest) = oldest.map(|(hash, _)| *hash) else { break };
        waiting.remove(&oldest);
    }
    waiting.insert(secret.hash(), half);
    Pending { secret, ends_at }
}

/// Who is half signed in with this secret, and what they have to show: for the page that asks for it, and for a passkey's challenge.
#[must_use]
pub fn halfway(ctx: &Ctx, secret: &str) -> Option<(Arc<Operator>, Arc<Factors>)> {
    let hash = hash_of(secret)?;
    let half = ctx.memory.waiting.0.lock().get(&hash).filter(|half| ctx.now < half.until).cloned()?;
    let house = ctx.store.house();
    let operator = still_holds(&house, &half)?;
    Some((operator, house.factors.get(&half.operator).cloned().unwrap_or_default()))
}

/// The second step with a code: a one-time password or a recovery code.
///
/// # Errors
/// As `second`.
pub fn with_code(ctx: &Ctx, secret: &str, code: &str) -> Result<NewSession, Failure> {
    second(ctx, secret, |ctx, batch, operator, factors| factors::use_code_in(ctx, batch, operator, factors, code))
}

/// The second step, whatever it is: `prove` looks at what was shown under the change lock, adds what it uses up to the batch, and says
/// how they proved themselves; `None` when it is wrong. Every try is counted before it is looked at, so that tries side by side are too.
///
/// # Errors
/// `NotFound` when nothing is pending (any more): begin again. `TooMany`; `Invalid` for the field `code` when it is wrong.
pub fn second(
    ctx: &Ctx,
    secret: &str,
    prove: impl FnOnce(&Ctx, &mut Batch, &Operator, &Factors) -> Result<Option<SignInMethod>, Failure>,
) -> Result<NewSession, Failure> {
    let hash = hash_of(secret).ok_or(Failure::NotFound)?;
    let operator = ctx.memory.waiting.0.lock().get(&hash).map(|half| half.operator).ok_or(Failure::NotFound)?;
    let attempt = attempt(ctx, ctx.store.house().operators.get(&operator).ok_or(Failure::NotFound)?)?;
    let half = count_try(ctx, &hash)?;

    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let operator = still_holds(&house, &half).ok_or(Failure::NotFound)?;
    let factors = house.factors.get(&half.operator).cloned().unwrap_or_default();
    let mut batch = ctx.store.batch();
    let Some(by) = prove(ctx, &mut batch, &operator, &factors)? else {
        throttle::failed(ctx, &attempt, Some(operator.id));
        return refuse(ctx, &operator, &half);
    };
    // Used up with the first proof: another try that runs beside this one finds nothing.
    if ctx.memory.waiting.0.lock().remove(&hash).is_none() {
        return Err(Failure::NotFound);
    }
    let session = sessions::begin_in(ctx, &mut batch, &operator, First { by, ..half.first })?;
    ctx.store.commit(batch).wait()?;
    throttle::succeeded(ctx, &attempt);
    Ok(session)
}

/// Counts a try of somebody's second factor, before it is looked at: at the door and at the proof page alike. Guesses at codes and at
/// passwords are counted apart.
///
/// # Errors
/// `TooMany`.
pub(in crate::service) fn attempt(ctx: &Ctx, operator: &Operator) -> Result<Attempt, Failure> {
    let account = throttle::account(operator.email.as_str());
    throttle::code_attempt(ctx, account, address(ctx), known_device(ctx, operator))
}

/// The last try takes the pending sign-in with it: with the next, one begins again, which takes the password.
fn count_try(ctx: &Ctx, hash: &TokenHash) -> Result<Half, Failure> {
    let mut waiting = ctx.memory.waiting.0.lock();
    let half = waiting.get_mut(hash).filter(|half| ctx.now < half.until).ok_or(Failure::NotFound)?;
    if half.tries >= limits::PENDING_SIGN_IN_TRIES {
        waiting.remove(hash);
        return Err(Failure::NotFound);
    }
    half.tries += 1;
    Ok(half.clone())
}

/// Whoever was disabled or got another password since the first step does not come in with it.
fn still_holds(house: &House, half: &Half) -> Option<Arc<Operator>> {
    let operator = house.operators.get(&half.operator)?;
    (operator.is_active() && operator.password_hash == half.password_hash).then(|| Arc::clone(operator))
}

fn refuse<T>(ctx: &Ctx, operator: &Operator, half: &Half) -> Result<T, Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit_refused_as(&mut batch, AuditActor::Staff(operator.id), AuditAction::SignInRefused);
    if half.tries >= limits::PENDING_SIGN_IN_TRIES {
        // Somebody knows the password and not the rest: its owner has to hear of that.
        letters::owe_in(ctx, &mut batch, operator.id, LetterKind::CodesRefused);
    }
    ctx.store.commit(batch).wait()?;
    Err(factors::wrong_code())
}

#[cfg(test)]
#[path = "../tests/steps.rs"]
mod tests;

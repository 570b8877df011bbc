//! Signing in, and changing one's password.

use std::net::IpAddr;
use std::sync::Arc;

use super::fields::Fields;
use super::hashing::{self, Verdict};
use super::sessions::{self, NewSession};
use super::tokens::TokenHash;
use super::{Ctx, Failure, throttle};
use crate::domain::access::{Actor, Denied};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::credential::Password;
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::operator::{Operator, PasswordHash};
use crate::domain::session::SignInMethod;
use crate::domain::text::EmailAddress;

/// Begins a session for whoever knows the password. All refusals read the same and take the same work.
///
/// # Errors
/// `WrongCredentials`; `TooMany` when the account or the address has tried too often.
pub fn sign_in(ctx: &Ctx, email: &str, password: &Password, address: IpAddr) -> Result<NewSession, Failure> {
    let account = throttle::account(email);
    let attempt = throttle::attempt(ctx, account, address, None)?;

    let found = with_email(ctx, email).filter(|operator| operator.is_active());
    let stored = found.as_ref().and_then(|operator| operator.password_hash.as_ref());
    let verdict = check(ctx, password, stored)?;
    let known = found.as_ref().map(|operator| operator.id);
    let (Some(found), Verdict::Right | Verdict::RightButOutdated) = (found, verdict) else {
        throttle::failed(ctx, &attempt, known);
        return refuse(ctx);
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
    let operator = match anew {
        Some(anew) => Operator { password_hash: Some(anew), ..Operator::clone(&operator) },
        None => Operator::clone(&operator),
    };
    let session = sessions::begin_in(ctx, &mut batch, &operator, SignInMethod::Password)?;
    ctx.audit_as(&mut batch, AuditActor::Staff(operator.id), AuditAction::SignedIn);
    ctx.store.commit(batch).wait()?;
    throttle::succeeded(ctx, &attempt);
    Ok(session)
}

/// Begins a session for somebody who has just proven in another way who they are: right after setup or an invitation.
///
/// # Errors
/// `NotFound` when there is no such active member of staff.
pub fn admit(ctx: &Ctx, operator: OperatorId) -> Result<NewSession, Failure> {
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let operator = house.operators.get(&operator).filter(|it| it.is_active()).ok_or(Failure::NotFound)?;
    let mut batch = ctx.store.batch();
    let session = sessions::begin_in(ctx, &mut batch, operator, SignInMethod::Link)?;
    ctx.audit_as(&mut batch, AuditActor::Staff(operator.id), AuditAction::SignedIn);
    ctx.store.commit(batch).wait()?;
    Ok(session)
}

/// Changes one's own password. All other sessions end; the one it is done in stays.
///
/// # Errors
/// `InvalidFields` for `current_password` and `new_password`; `TooMany` when guessing.
pub fn change_password(ctx: &Ctx, session: &TokenHash, current: &Password, new: String, address: IpAddr) -> Result<(), Failure> {
    let id = staff_id(ctx)?;
    let house = ctx.store.house();
    let operator = house.operators.get(&id).ok_or(Failure::NotFound)?;
    // Whoever sits down at an unlocked screen must not be able to guess here faster than at the door.
    let attempt = throttle::attempt(ctx, throttle::account(operator.email.as_str()), address, None)?;

    let mut fields = Fields::default();
    if check(ctx, current, operator.password_hash.as_ref())? == Verdict::Wrong {
        throttle::failed(ctx, &attempt, Some(id));
        fields.refuse("current_password", "This is not your present password.");
        let mut batch = ctx.store.batch();
        ctx.audit_refused(&mut batch, AuditAction::SignInRefused);
        ctx.store.commit(batch).wait()?;
    } else {
        throttle::succeeded(ctx, &attempt);
    }
    let new = fields.take("new_password", Password::parse_new(new, &[operator.name.as_str(), operator.email.as_str()]));
    let Some(new) = new else { return Err(fields.failure()) };
    fields.check()?;

    let hash = hashing::hash(ctx, &new)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let operator = house.operators.get(&id).filter(|it| it.is_active()).ok_or(Failure::NotFound)?;
    let mut batch = ctx.store.batch();
    batch.put_operator(&Operator { password_hash: Some(hash), ..Operator::clone(operator) });
    sessions::end_others_in(ctx, &mut batch, id, Some(session))?;
    ctx.audit(&mut batch, AuditAction::PasswordChanged);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn with_email(ctx: &Ctx, email: &str) -> Option<Arc<Operator>> {
    let email = EmailAddress::parse(email).ok()?;
    ctx.store.house().operators.values().find(|operator| operator.email == email).cloned()
}

/// A password longer than any that can be chosen is wrong without feeding it to the hash, at the same cost.
fn check(ctx: &Ctx, password: &Password, stored: Option<&PasswordHash>) -> Result<Verdict, Failure> {
    if password.expose().chars().count() > limits::PASSWORD_CHARS_MAX {
        return hashing::verify(ctx, &Password::typed(String::new()), None);
    }
    hashing::verify(ctx, password, stored)
}

pub(super) fn refuse<T>(ctx: &Ctx) -> Result<T, Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit_refused(&mut batch, AuditAction::SignInRefused);
    ctx.store.commit(batch).wait()?;
    Err(Failure::WrongCredentials)
}

fn staff_id(ctx: &Ctx) -> Result<OperatorId, Failure> {
    match ctx.actor {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Failure::Denied(Denied)),
    }
}

#[cfg(test)]
#[path = "tests/sign_in.rs"]
mod tests;

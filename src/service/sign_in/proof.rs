//! Showing once more that it is oneself, for what would be worth much to whoever finds an unlocked screen. The session goes on under
//! another secret, so that whoever may have read the one before is out.

use super::{attempt, check, steps};
use crate::domain::audit::AuditAction;
use crate::domain::credential::Password;
use crate::domain::factor::Factors;
use crate::domain::operator::Operator;
use crate::domain::session::SignInMethod;
use crate::service::factors::{self, staff_id, wrong_code};
use crate::service::fields::Fields;
use crate::service::hashing::Verdict;
use crate::service::sessions::{self, NewSession};
use crate::service::tokens::TokenHash;
use crate::service::{Ctx, Failure, throttle};
use crate::store::Batch;

/// What somebody has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub password: bool,
    /// A one-time password, or a recovery code in its place.
    pub code: bool,
    /// A passkey does as well, alone.
    pub passkey: bool,
}

impl Wanted {
    #[must_use]
    pub fn of(operator: &Operator, factors: &Factors) -> Self {
        Self { password: operator.password_hash.is_some(), code: factors.is_second(), passkey: !factors.passkeys.is_empty() }
    }

    /// Who has nothing to show here signs in again instead: at their provider.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        !self.password && !self.code
    }
}

/// # Errors
/// `Denied` to who is no member of staff.
pub fn wanted(ctx: &Ctx) -> Result<Wanted, Failure> {
    let id = staff_id(ctx)?;
    let house = ctx.store.house();
    let operator = house.operators.get(&id).ok_or(Failure::NotFound)?;
    Ok(Wanted::of(operator, &factors::of(ctx, id)))
}

/// Password and code, as far as they have them.
///
/// # Errors
/// `InvalidFields` for `password` and `code`; `TooMany` when guessing; `Conflict` when they have neither.
pub fn with_password(ctx: &Ctx, session: &TokenHash, password: &Password, code: &str) -> Result<NewSession, Failure> {
    let id = staff_id(ctx)?;
    let house = ctx.store.house();
    let operator = house.operators.get(&id).filter(|it| it.is_active()).ok_or(Failure::NotFound)?;
    let wanted = Wanted::of(operator, &factors::of(ctx, id));
    if wanted.is_nothing() {
        return Err(Failure::Conflict("Sign out and in again to confirm that it is you.".to_owned()));
    }
    // Whoever sits down at an unlocked screen must not be able to guess here faster than at the door.
    if wanted.password {
        let attempt = attempt(ctx, operator.email.as_str())?;
        if check(ctx, password, operator.password_hash.as_ref(), &attempt)? == Verdict::Wrong {
            throttle::failed(ctx, &attempt, Some(id));
            let mut fields = Fields::default();
            fields.refuse("password", "This is not your password.");
            return refuse(ctx, fields.failure());
        }
        throttle::succeeded(ctx, &attempt);
    }
    let code_attempt = if wanted.code { Some(steps::attempt(ctx, operator)?) } else { None };
    let renewed = with(ctx, session, |ctx, batch, operator, factors| {
        if !wanted.code {
            return Ok(Some(SignInMethod::Password));
        }
        let used = factors::use_code_in(ctx, batch, operator, factors, code)?;
        if let (None, Some(attempt)) = (used, &code_attempt) {
            throttle::failed(ctx, attempt, Some(id));
        }
        Ok(used)
    })?;
    if let Some(attempt) = &code_attempt {
        throttle::succeeded(ctx, attempt);
    }
    Ok(renewed)
}

/// Any other proof: `prove` looks at what was shown under the change lock, adds what it uses up to the batch, and says how they proved
/// themselves; `None` when it is wrong. The caller has counted the try (`steps::attempt`).
///
/// # Errors
/// `Invalid` for the field `code` when it is wrong; `NotFound` when the session is over.
pub fn with(
    ctx: &Ctx,
    session: &TokenHash,
    prove: impl FnOnce(&Ctx, &mut Batch, &Operator, &Factors) -> Result<Option<SignInMethod>, Failure>,
) -> Result<NewSession, Failure> {
    let id = staff_id(ctx)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let operator = house.operators.get(&id).filter(|it| it.is_active()).ok_or(Failure::NotFound)?;
    let factors = factors::of(ctx, id);
    let mut batch = ctx.store.batch();
    if prove(ctx, &mut batch, operator, &factors)?.is_none() {
        return refuse(ctx, wrong_code());
    }
    // How they signed in stays as it is: a code shown now does not make two factors of a session that began with a password alone.
    let by = ctx.store.session(session)?.ok_or(Failure::NotFound)?.by;
    let renewed = sessions::renew_in(ctx, &mut batch, session, by)?;
    ctx.audit(&mut batch, AuditAction::Proved);
    ctx.store.commit(batch).wait()?;
    Ok(renewed)
}

fn refuse<T>(ctx: &Ctx, failure: Failure) -> Result<T, Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit_refused(&mut batch, AuditAction::ProofRefused);
    ctx.store.commit(batch).wait()?;
    Err(failure)
}

#[cfg(test)]
#[path = "../tests/proof.rs"]
mod tests;

//! What staff prove themselves with besides a password: how it comes, how it is used, how it goes. `totp` and `recovery` hold the rules
//! of their kind; here stands what they share, and what others may do to somebody's factors.

use std::sync::Arc;

use super::sessions::{self, NewSession};
use super::tokens::TokenHash;
use super::{Ctx, Failure, letters, policy};
use crate::domain::access::{Action, Actor, Denied};
use crate::domain::audit::{AuditAction, FactorKind};
use crate::domain::factor::Factors;
use crate::domain::id::OperatorId;
use crate::domain::letter::LetterKind;
use crate::domain::news::News;
use crate::domain::operator::Operator;
use crate::domain::session::SignInMethod;
use crate::store::Batch;

pub mod recovery;
pub mod totp;

/// One's own.
///
/// # Errors
/// `Denied` to who is no member of staff.
pub fn own(ctx: &Ctx) -> Result<Arc<Factors>, Failure> {
    Ok(of(ctx, staff_id(ctx)?))
}

#[must_use]
pub fn of(ctx: &Ctx, operator: OperatorId) -> Arc<Factors> {
    ctx.store.house().factors.get(&operator).cloned().unwrap_or_default()
}

/// Looks at a code, which is a one-time password or a recovery code, and adds to the batch that it is used up. Says how they proved
/// themselves; `None` when it is wrong. The caller has counted the try and holds the change lock.
///
/// # Errors
/// None of its own.
pub(super) fn use_code_in(
    ctx: &Ctx,
    batch: &mut Batch,
    operator: &Operator,
    factors: &Factors,
    code: &str,
) -> Result<Option<SignInMethod>, Failure> {
    let used = match &factors.totp {
        Some(totp) if totp::looks_like_one(code) => totp::use_in(ctx, batch, operator.id, factors, totp, code),
        _ => recovery::use_in(ctx, batch, operator.id, factors, code),
    };
    Ok(used)
}

/// What a form says beside the field of a code that is not good.
pub(super) fn wrong_code() -> Failure {
    let message = "This code is wrong, has run out or was used already. Wait for the next one.";
    Failure::Invalid { field: "code", message: message.to_owned() }
}

/// A factor was added to those of the person who acts. With their first one all other sessions of theirs end, which began without it, and
/// this one goes on under another secret: so whoever has a second factor is nowhere signed in without having shown one. The caller holds
/// the change lock.
///
/// # Errors
/// `NotFound` when this session is over; when the store cannot be read.
pub(super) fn added_in(
    ctx: &Ctx,
    batch: &mut Batch,
    session: &TokenHash,
    (before, after): (&Factors, &Factors),
    (kind, by): (FactorKind, SignInMethod),
) -> Result<NewSession, Failure> {
    let id = staff_id(ctx)?;
    batch.put_factors(id, after);
    ctx.audit(batch, AuditAction::FactorAdded(id, kind));
    if !before.is_second() {
        sessions::end_others_in(ctx, batch, id, Some(session))?;
    }
    sessions::renew_in(ctx, batch, session, by)
}

/// A factor was removed from those of the person who acts; recovery codes stand in for one and go with the last. The caller holds the
/// change lock.
///
/// # Errors
/// `Conflict` when it is the last one and they have to have one.
pub(super) fn removed_in(ctx: &Ctx, batch: &mut Batch, mut after: Factors, kind: FactorKind) -> Result<(), Failure> {
    let id = staff_id(ctx)?;
    let house = ctx.store.house();
    let operator = house.operators.get(&id).ok_or(Failure::NotFound)?;
    if !after.is_second() {
        if policy::asks_for_second_factor(&house, operator) {
            let message = "Your organisation asks you for a second factor. Add another one first, then remove this one.";
            return Err(Failure::Conflict(message.to_owned()));
        }
        after.recovery.clear();
    }
    put_in(batch, id, &after);
    ctx.audit(batch, AuditAction::FactorRemoved(id, kind));
    letters::owe_in(ctx, batch, id, LetterKind::SecondFactorRemoved);
    Ok(())
}

/// Takes away all that somebody else proves themselves with besides the password, who has lost it. They sign in with the password alone
/// from then on, and are asked to add another at once where the policy says so.
///
/// # Errors
/// `NotFound`; `ProofNeeded`; `Conflict` for oneself.
pub fn remove_all(ctx: &Ctx, id: OperatorId) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePeople).map_err(|Denied| Failure::NotFound)?;
    ctx.require_proof()?;
    if matches!(ctx.actor, Actor::Staff { id: own, .. } if *own == id) {
        return Err(Failure::Conflict("Change your own second factor under “Your account”.".to_owned()));
    }
    let _changing = ctx.memory.changing();
    ctx.store.house().operators.get(&id).ok_or(Failure::NotFound)?;
    let mut batch = ctx.store.batch();
    remove_all_in(ctx, &mut batch, id)?;
    batch.tell(News::Operator(id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// The same in a batch that does more. The caller has asked whether that may be and holds the change lock.
///
/// # Errors
/// When the store cannot be read.
pub fn remove_all_in(ctx: &Ctx, batch: &mut Batch, id: OperatorId) -> Result<(), Failure> {
    let before = of(ctx, id);
    if *before == Factors::default() {
        return Ok(());
    }
    batch.delete_factors(id);
    sessions::end_all_in(ctx, batch, id)?;
    let kinds = [(before.totp.is_some(), FactorKind::Totp), (!before.passkeys.is_empty(), FactorKind::Passkey)];
    for (_, kind) in kinds.into_iter().filter(|(was_there, _)| *was_there) {
        ctx.audit(batch, AuditAction::FactorRemoved(id, kind));
    }
    letters::owe_in(ctx, batch, id, LetterKind::SecondFactorRemoved);
    Ok(())
}

fn put_in(batch: &mut Batch, id: OperatorId, factors: &Factors) {
    if *factors == Factors::default() {
        batch.delete_factors(id);
    } else {
        batch.put_factors(id, factors);
    }
}

pub(super) fn staff_id(ctx: &Ctx) -> Result<OperatorId, Failure> {
    match ctx.actor {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Failure::Denied(Denied)),
    }
}

#[cfg(test)]
#[path = "../tests/factors.rs"]
mod tests;

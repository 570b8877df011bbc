//! Recovery codes: ten, each good once, for the day on which the authenticator is lost. Shown when they are made and never again: what is
//! kept of each is a keyed hash, bound to its owner.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{of, staff_id};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::factor::Factors;
use crate::domain::id::OperatorId;
use crate::domain::letter::LetterKind;
use crate::domain::session::SignInMethod;
use crate::domain::{id, limits};
use crate::service::{Ctx, Failure, letters};
use crate::store::{Batch, StoreError};
use crate::vault::Key;

/// 60 bits: nobody guesses one of ten, least of all at a door that counts.
const CHARS: usize = 12;

/// Codes to be written down, as `abcd-efgh-ijkl`. They do not print and are wiped.
pub struct Codes(pub Vec<Zeroizing<String>>);

/// Makes new codes for whoever acts; those before are worthless from here on.
///
/// # Errors
/// `ProofNeeded`; `Conflict` without a second factor for which they could stand in.
pub fn make(ctx: &Ctx) -> Result<Codes, Failure> {
    let id = staff_id(ctx)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let before = of(ctx, id);
    if !before.is_second() {
        return Err(Failure::Conflict("Set up a second factor first. Recovery codes stand in for it.".to_owned()));
    }
    make_for(ctx, id, &before)
}

/// The codes that come with the first second factor; `None` for who has some already, and for who has no second factor.
///
/// # Errors
/// When the store does not write.
pub fn make_first(ctx: &Ctx) -> Result<Option<Codes>, Failure> {
    let id = staff_id(ctx)?;
    let _changing = ctx.memory.changing();
    let before = of(ctx, id);
    if !before.is_second() || !before.recovery.is_empty() {
        return Ok(None);
    }
    make_for(ctx, id, &before).map(Some)
}

fn make_for(ctx: &Ctx, id: OperatorId, before: &Factors) -> Result<Codes, Failure> {
    let codes: Vec<_> = (0..limits::RECOVERY_CODES).map(|_| code()).collect::<Result<_, _>>()?;
    let recovery = codes.iter().map(|code| hash(ctx, id, code)).collect();
    let mut batch = ctx.store.batch();
    batch.put_factors(id, &Factors { recovery, ..before.clone() });
    ctx.audit(&mut batch, AuditAction::RecoveryCodesMade(id));
    ctx.store.commit(batch).wait()?;
    Ok(Codes(codes.into_iter().map(grouped).collect()))
}

/// From the operating system, as keys are.
fn code() -> Result<Zeroizing<String>, Failure> {
    let key = Key::random().map_err(StoreError::from)?;
    let mut text = Zeroizing::new(id::base32(key.expose()));
    text.truncate(CHARS);
    Ok(text)
}

#[expect(clippy::needless_pass_by_value, reason = "the plain code is wiped when this returns")]
fn grouped(code: Zeroizing<String>) -> Zeroizing<String> {
    Zeroizing::new([&code[..4], &code[4..8], &code[8..]].join("-"))
}

/// Takes a code out of use, in the batch with which somebody comes in. Only who has a second factor has any.
pub(super) fn use_in(ctx: &Ctx, batch: &mut Batch, id: OperatorId, factors: &Factors, typed: &str) -> Option<SignInMethod> {
    let typed = Zeroizing::new(cleaned(typed));
    let wanted = hash(ctx, id, &typed);
    // Each is looked at, whatever the first ones say.
    let found = factors.recovery.iter().enumerate().fold(
        None,
        |found, (at, kept)| {
            if bool::from(kept.ct_eq(&wanted)) { Some(at) } else { found }
        },
    )?;
    let mut after = factors.clone();
    after.recovery.remove(found);
    let left = u8::try_from(after.recovery.len()).unwrap_or(u8::MAX);
    batch.put_factors(id, &after);
    ctx.audit_as(batch, AuditActor::Staff(id), AuditAction::RecoveryCodeUsed(id));
    letters::owe_in(ctx, batch, id, LetterKind::RecoveryCodeUsed { left });
    Some(SignInMethod::RecoveryCode)
}

fn hash(ctx: &Ctx, id: OperatorId, code: &str) -> [u8; 32] {
    ctx.store.keyed_hash("recovery code", &[id.as_bytes().as_slice(), code.as_bytes()].concat())
}

/// As it was made, whatever people make of it on the way: capitals, spaces, and digits that look like its letters.
fn cleaned(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).take(CHARS + 1);
    letters
        .map(|c| match c.to_ascii_lowercase() {
            '0' => 'o',
            '1' => 'l',
            '8' => 'b',
            other => other,
        })
        .collect()
}

#[cfg(test)]
#[path = "../tests/recovery.rs"]
mod tests;

//! Passkeys (Web Authentication, Level 3): a key pair whose private half stays in somebody's device, which asks them for a finger, a
//! face or a PIN before it signs. Each can be found by its device without a name, so that it signs in alone too.
//!
//! `registration` makes them, `proving` checks what they sign, `challenges` remembers what was asked, `party` says for whom. This
//! page has what their owner sees and does. Cryptography and parsing are the library's.

mod challenges;
mod party;
mod proving;
mod registration;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::fields::Fields;
use super::{Ctx, Failure, factors};
use crate::domain::access::{Actor, Denied};
use crate::domain::audit::{AuditAction, FactorKind};
use crate::domain::factor::{Factors, Passkey};
use crate::domain::id::{OperatorId, PasskeyId};
use crate::domain::operator::Operator;
use crate::domain::text::Label;

pub(super) use challenges::Challenges;
pub use party::Party;
pub use proving::{ask_anybody, ask_proof, ask_second, confirm, second, sign_in};
pub use registration::{finish, start};

/// Names a passkey in addresses: its own id is up to a kilobyte long, and its device's.
#[must_use]
pub fn id_of(passkey: &Passkey) -> PasskeyId {
    let digest = Sha256::digest(&passkey.credential_id);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    PasskeyId::from_bytes(bytes)
}

/// One's own passkeys, in the order in which they were made.
///
/// # Errors
/// `Denied` to anybody who is not a member of staff.
pub fn list(ctx: &Ctx) -> Result<Vec<Passkey>, Failure> {
    let (_, factors) = own(ctx)?;
    Ok(factors.passkeys)
}

/// # Errors
/// `Invalid` for `name`; `NotFound` when it is not theirs.
pub fn rename(ctx: &Ctx, id: PasskeyId, name: &str) -> Result<(), Failure> {
    let mut fields = Fields::default();
    let name = fields.take("name", Label::parse(name));
    let Some(name) = name else { return Err(fields.failure()) };
    let _changing = ctx.memory.changing();
    let (operator, mut factors) = own(ctx)?;
    let passkey = factors.passkeys.iter_mut().find(|it| id_of(it) == id).ok_or(Failure::NotFound)?;
    if passkey.name == name {
        return Ok(());
    }
    passkey.name = name;
    let mut batch = ctx.store.batch();
    batch.put_factors(operator.id, &factors);
    ctx.audit(&mut batch, AuditAction::PasskeyRenamed(operator.id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// From here on it signs nobody in.
///
/// # Errors
/// `ProofNeeded`; `NotFound` when it is not theirs; `Conflict` when they would be left without a second factor that they have to have.
pub fn remove(ctx: &Ctx, id: PasskeyId) -> Result<(), Failure> {
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let (_, mut factors) = own(ctx)?;
    let at = factors.passkeys.iter().position(|it| id_of(it) == id).ok_or(Failure::NotFound)?;
    factors.passkeys.remove(at);
    let mut batch = ctx.store.batch();
    factors::removed_in(ctx, &mut batch, factors, FactorKind::Passkey)?;
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Who is acting, and what they prove themselves with.
fn own(ctx: &Ctx) -> Result<(Arc<Operator>, Factors), Failure> {
    let Actor::Staff { id, .. } = ctx.actor else { return Err(Failure::Denied(Denied)) };
    let house = ctx.store.house();
    let operator = house.operators.get(id).filter(|it| it.is_active()).cloned().ok_or(Failure::NotFound)?;
    Ok((operator, factors_of(ctx, *id)))
}

fn factors_of(ctx: &Ctx, id: OperatorId) -> Factors {
    ctx.store.house().factors.get(&id).map(|factors| Factors::clone(factors)).unwrap_or_default()
}

#[cfg(test)]
#[path = "../tests/authenticator.rs"]
mod authenticator;
#[cfg(test)]
#[path = "../tests/passkeys.rs"]
mod tests;

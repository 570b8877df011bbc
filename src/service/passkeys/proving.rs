//! Checking what a passkey has signed. Whatever is wrong, the answer is the same as for a wrong password, so that nobody learns
//! whether a passkey, or the account behind it, is known here.

use std::net::{IpAddr, Ipv4Addr};

use webauthn_rs::prelude::{AuthenticationResult, Passkey as Known, PublicKeyCredential, Uuid, WebauthnError};

use super::challenges::{Ceremony, Purpose};
use super::{Party, factors_of};
use crate::domain::alert::AlertKind;
use crate::domain::id::OperatorId;
use crate::domain::session::SignInMethod;
use crate::service::factors::staff_id;
use crate::service::sessions::NewSession;
use crate::service::sign_in::{self, First, Step, proof, steps};
use crate::service::tokens::{TokenHash, hash_of};
use crate::service::{Ctx, Failure, alerts, throttle};
use crate::store::Batch;

/// What the browser has to be told (`PublicKeyCredentialRequestOptions`) to let anybody sign in who has a passkey here.
///
/// # Errors
/// When the library does not answer, which it always does.
pub fn ask_anybody(ctx: &Ctx, party: &Party, holder: TokenHash) -> Result<String, Failure> {
    let (options, state) = party.library().start_discoverable_authentication().map_err(|_| Failure::WrongCredentials)?;
    let options = serde_json::to_value(options.public_key).map_err(|_| Failure::WrongCredentials)?;
    ctx.memory.passkeys.put(holder, Purpose::Alone, Ceremony::Assertion(None, state), ctx.asked.from, ctx.now);
    Ok(options.to_string())
}

/// The same for somebody of whom it is known who they are: their device is asked for their passkeys alone.
///
/// # Errors
/// `NotFound` when they have none.
fn ask(ctx: &Ctx, party: &Party, (holder, purpose): (TokenHash, Purpose), whose: OperatorId) -> Result<String, Failure> {
    let passkeys = factors_of(ctx, whose).passkeys;
    if passkeys.is_empty() {
        return Err(Failure::NotFound);
    }
    let (options, state) = party.library().start_discoverable_authentication().map_err(|_| Failure::WrongCredentials)?;
    let mut options = serde_json::to_value(options.public_key).map_err(|_| Failure::WrongCredentials)?;
    let encode = |it: &[u8]| data_encoding::BASE64URL_NOPAD.encode(it);
    let allowed = passkeys.iter().map(|it| serde_json::json!({"type": "public-key", "id": encode(&it.credential_id)}));
    options["allowCredentials"] = allowed.collect();
    ctx.memory.passkeys.put(holder, purpose, Ceremony::Assertion(Some(whose), state), ctx.asked.from, ctx.now);
    Ok(options.to_string())
}

/// Signs in whoever has a passkey here and nothing else: their device has looked at them, so it is two factors in one.
///
/// # Errors
/// `WrongCredentials`, whatever was wrong; `TooMany` when this network has tried too often.
pub fn sign_in(ctx: &Ctx, party: &Party, holder: TokenHash, answer: &str) -> Result<Step, Failure> {
    // Nobody guesses a signature, but each try leaves a row behind. Whose account it would be is not known yet: the network counts.
    let from = ctx.asked.from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let attempt = throttle::attempt(ctx, throttle::account(&format!("passkeys from {from}")), from, None)?;
    let _changing = ctx.memory.changing();
    let mut batch = ctx.store.batch();
    let proven = prove_in(ctx, &mut batch, party, (holder, Purpose::Alone), answer)?;
    let house = ctx.store.house();
    let Some(operator) = proven.and_then(|id| house.operators.get(&id)) else {
        throttle::failed(ctx, &attempt, None);
        return sign_in::refuse(ctx);
    };
    let step = steps::go_on(ctx, batch, operator, First::by(SignInMethod::Passkey))?;
    throttle::succeeded(ctx, &attempt);
    Ok(step)
}

/// What the browser has to be told for the second step of a sign-in that waits for it.
///
/// # Errors
/// `NotFound` when nothing waits (any more), and for who has no passkey.
pub fn ask_second(ctx: &Ctx, party: &Party, secret: &str) -> Result<String, Failure> {
    let (operator, _) = steps::halfway(ctx, secret).ok_or(Failure::NotFound)?;
    let holder = hash_of(secret).ok_or(Failure::NotFound)?;
    ask(ctx, party, (holder, Purpose::SecondFactor), operator.id)
}

/// The second step with a passkey.
///
/// # Errors
/// As `steps::second`.
pub fn second(ctx: &Ctx, party: &Party, secret: &str, answer: &str) -> Result<NewSession, Failure> {
    let holder = hash_of(secret).ok_or(Failure::NotFound)?;
    steps::second(ctx, secret, |ctx, batch, _, _| {
        let proven = prove_in(ctx, batch, party, (holder, Purpose::SecondFactor), answer)?;
        Ok(proven.map(|_| SignInMethod::SecondPasskey))
    })
}

/// What the browser has to be told for somebody who is to show once more that it is them.
///
/// # Errors
/// `NotFound` for who has no passkey.
pub fn ask_proof(ctx: &Ctx, party: &Party, session: TokenHash) -> Result<String, Failure> {
    ask(ctx, party, (session, Purpose::Proof), staff_id(ctx)?)
}

/// A passkey shown once more: it stands for password and code together.
///
/// # Errors
/// As `proof::with`; `TooMany` when it is tried too often.
pub fn confirm(ctx: &Ctx, party: &Party, session: TokenHash, answer: &str) -> Result<NewSession, Failure> {
    let house = ctx.store.house();
    let attempt = steps::attempt(ctx, house.operators.get(&staff_id(ctx)?).ok_or(Failure::NotFound)?)?;
    let renewed = proof::with(ctx, &session, |ctx, batch, _, _| {
        let proven = prove_in(ctx, batch, party, (session, Purpose::Proof), answer)?;
        Ok(proven.map(|_| SignInMethod::SecondPasskey))
    });
    if renewed.is_ok() {
        throttle::succeeded(ctx, &attempt);
    }
    renewed
}

/// Checks the answer, and adds the use of the passkey to a batch that says what it was good for. The caller holds the change lock, so that
/// no two uses of one passkey are held against the same counter. Gives whose it is; `None` when it does not hold, which the caller
/// audits and answers like a wrong password.
///
/// # Errors
/// When a copied passkey could not be noted.
fn prove_in(
    ctx: &Ctx,
    batch: &mut Batch,
    party: &Party,
    (holder, purpose): (TokenHash, Purpose),
    answer: &str,
) -> Result<Option<OperatorId>, Failure> {
    let Some(Ceremony::Assertion(whose, state)) = ctx.memory.passkeys.take(holder, purpose, ctx.now) else { return Ok(None) };
    let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(None) };
    let named =
        answer.get_user_unique_id().and_then(|id| Uuid::from_slice(id).ok()).map(|id| OperatorId::from_bytes(*id.as_bytes()));
    let Some(operator) = whose.or(named).filter(|it| named.is_none_or(|named| named == *it)) else { return Ok(None) };
    if !ctx.store.house().operators.get(&operator).is_some_and(|it| it.is_active()) {
        return Ok(None);
    }
    let mut factors = factors_of(ctx, operator);
    let wanted = answer.get_credential_id();
    let Some(passkey) = factors.passkeys.iter_mut().find(|it| it.credential_id == wanted) else { return Ok(None) };
    let Ok(mut known) = serde_json::from_slice::<Known>(&passkey.record) else {
        tracing::error!("a passkey's record cannot be read");
        return Ok(None);
    };
    let used = match party.library().finish_discoverable_authentication_v2(&answer, state, &known) {
        Ok(used) if used.user_verified() => used,
        Err(WebauthnError::CredentialPossibleCompromise) => {
            note_copy(ctx, operator)?;
            return Ok(None);
        }
        Ok(_) | Err(_) => return Ok(None),
    };
    let Some(record) = renewed(&mut known, &used) else { return Ok(None) };
    passkey.record = record;
    passkey.used_at = Some(ctx.now);
    batch.put_factors(operator, &factors);
    Ok(Some(operator))
}

/// The record with the counter of this use.
fn renewed(known: &mut Known, used: &AuthenticationResult) -> Option<Vec<u8>> {
    known.update_credential(used)?;
    serde_json::to_vec(known).ok()
}

/// Its counter went back: there are two of it, and one of them is not its owner's.
fn note_copy(ctx: &Ctx, operator: OperatorId) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    alerts::raise_in(ctx, &mut batch, AlertKind::PasskeyCopied(operator));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

//! Making a passkey: the device makes a pair of keys and gives us the public one.

use webauthn_rs::prelude::{CredentialID, RegisterPublicKeyCredential, Uuid};

use super::challenges::{Ceremony, Purpose};
use super::{Party, own};
use crate::domain::audit::FactorKind;
use crate::domain::factor::Passkey;
use crate::domain::limits;
use crate::domain::session::SignInMethod;
use crate::domain::text::Label;
use crate::service::fields::Fields;
use crate::service::sessions::NewSession;
use crate::service::tokens::TokenHash;
use crate::service::{Ctx, Failure, factors};

const NOT_ADDED: &str = "This passkey could not be added. Try again; if it stays so, try another device or another browser.";

/// What the browser has to be told, as JSON (`PublicKeyCredentialCreationOptions`). `holder` names the session that asks.
///
/// # Errors
/// `ProofNeeded`; `Conflict` when they have enough of them.
pub fn start(ctx: &Ctx, party: &Party, holder: TokenHash) -> Result<String, Failure> {
    ctx.require_proof()?;
    let (operator, factors) = own(ctx)?;
    check_room(factors.passkeys.len())?;
    let known: Vec<CredentialID> = factors.passkeys.iter().map(|it| it.credential_id.clone()).collect();
    let (email, name) = (operator.email.as_str(), operator.name.as_str());
    let asked = party.library().start_passkey_registration(Uuid::from_bytes(*operator.id.as_bytes()), email, name, Some(known));
    let (options, state) = asked.map_err(|_| not_added())?;
    let mut options = serde_json::to_value(options.public_key).map_err(|_| not_added())?;
    // The library only hopes that a passkey can be found without a name. Ours can: whoever has one needs to type nothing.
    options["authenticatorSelection"]["residentKey"] = "required".into();
    options["authenticatorSelection"]["requireResidentKey"] = true.into();
    let ceremony = Ceremony::Registration(operator.id, state);
    ctx.memory.passkeys.put(holder, Purpose::Registration, ceremony, ctx.asked.from, ctx.now);
    Ok(options.to_string())
}

/// Takes what the browser answered. The session goes on under another secret, as one that began with two factors.
///
/// # Errors
/// `ProofNeeded`; `Invalid` for `name`; `Conflict` for an answer that does not hold.
pub fn finish(ctx: &Ctx, party: &Party, holder: TokenHash, name: &str, answer: &str) -> Result<NewSession, Failure> {
    ctx.require_proof()?;
    let mut fields = Fields::default();
    let name = fields.take("name", Label::parse(name));
    let Some(name) = name else { return Err(fields.failure()) };
    let Some(Ceremony::Registration(whose, state)) = ctx.memory.passkeys.take(holder, Purpose::Registration, ctx.now) else {
        return Err(Failure::Conflict("This took too long, so no passkey was added. Try again.".to_owned()));
    };
    let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| not_added())?;
    if answer.extensions.cred_props.as_ref().is_some_and(|it| it.rk == Some(false)) {
        return Err(Failure::Conflict("This device cannot keep a passkey. Use another one, such as your telephone.".to_owned()));
    }
    let made = party.library().finish_passkey_registration(&answer, &state).map_err(|_| not_added())?;
    let record = serde_json::to_vec(&made).map_err(|_| not_added())?;
    let credential_id = made.cred_id().to_vec();
    if credential_id.len() > limits::CREDENTIAL_ID_BYTES || record.len() > limits::PASSKEY_RECORD_BYTES {
        return Err(not_added());
    }

    let _changing = ctx.memory.changing();
    let (operator, before) = own(ctx)?;
    check_room(before.passkeys.len())?;
    let is_taken = ctx.store.house().factors.values().any(|it| it.passkeys.iter().any(|it| it.credential_id == credential_id));
    if operator.id != whose || is_taken {
        return Err(not_added());
    }
    let mut after = before.clone();
    after.passkeys.push(Passkey { credential_id, name, record, created_at: ctx.now, used_at: None });
    let began = ctx.store.session(&holder)?.ok_or(Failure::NotFound)?.by;
    // Their device has just looked at them.
    let by = if began.is_two_factor() { began } else { SignInMethod::SecondPasskey };
    let mut batch = ctx.store.batch();
    let renewed = factors::added_in(ctx, &mut batch, &holder, (&before, &after), (FactorKind::Passkey, by))?;
    ctx.store.commit(batch).wait()?;
    Ok(renewed)
}

fn check_room(passkeys: usize) -> Result<(), Failure> {
    if passkeys < limits::PASSKEYS_PER_OPERATOR {
        return Ok(());
    }
    let most = limits::PASSKEYS_PER_OPERATOR;
    Err(Failure::Conflict(format!("You have {most} passkeys already, and more do not fit. Remove one first.")))
}

fn not_added() -> Failure {
    Failure::Conflict(NOT_ADDED.to_owned())
}

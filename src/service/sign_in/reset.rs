//! A forgotten password. Whoever asks is answered at once and always alike, before anybody has looked whether the account exists; the
//! link comes by mail, is good once and for half an hour, and never leads around the second factor.

use std::collections::VecDeque;

use parking_lot::Mutex;

use super::steps::{self, First, Step};
use super::with_email;
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::credential::Password;
use crate::domain::id::OperatorId;
use crate::domain::letter::LetterKind;
use crate::domain::limits;
use crate::domain::operator::{Operator, PasswordReset};
use crate::domain::session::SignInMethod;
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;
use crate::service::fields::Fields;
use crate::service::throttle::{self, By};
use crate::service::tokens::{Token, equal, hash_of};
use crate::service::{Ctx, Failure, hashing, letters, sessions};
use crate::store::Batch;

/// Addresses that somebody typed and nobody has looked up yet. In memory alone: they are looked up within a moment.
#[derive(Default)]
pub(in crate::service) struct Asked(Mutex<VecDeque<String>>);

/// A link to choose another password, shown once: only the hash of its token is kept.
pub struct ResetLink {
    pub operator: OperatorId,
    pub token: Token,
    pub expires_at: Timestamp,
}

/// Somebody says that they have forgotten the password of this account. What becomes of it is `look_up`'s, so that this answer takes the
/// same time for every address.
///
/// # Errors
/// `TooMany`, for an account that does not exist too.
pub fn ask(ctx: &Ctx, email: &str) -> Result<(), Failure> {
    throttle::take_from(ctx, Limit::ResetsFrom)?;
    throttle::take(ctx, Limit::Resets, By::Account(&throttle::account(email)))?;
    let mut asked = ctx.memory.resets_asked.0.lock();
    if asked.len() >= limits::RESETS_WAITING {
        return Err(Failure::TooMany { seconds: 60 });
    }
    asked.push_back(email.chars().take(limits::LINE_CHARS).collect());
    Ok(())
}

/// Owes a letter to each who asked and has an account with a password.
///
/// # Errors
/// `Denied` for anybody but the appliance itself; when the store does not write.
pub fn look_up(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::Purge)?;
    loop {
        let next = ctx.memory.resets_asked.0.lock().pop_front();
        let Some(email) = next else { return Ok(()) };
        let _changing = ctx.memory.changing();
        let Some(operator) = with_email(ctx, &email).filter(|it| it.is_active() && it.password_hash.is_some()) else { continue };
        let mut batch = ctx.store.batch();
        ctx.audit_as(&mut batch, AuditActor::Unknown, AuditAction::PasswordResetAsked(operator.id));
        letters::owe_in(ctx, &mut batch, operator.id, LetterKind::PasswordReset);
        ctx.store.commit(batch).wait()?;
    }
}

/// Makes a link for somebody whose account is active. The link before is worthless from here on; their password stays until the link is
/// used. For the owner of the host, and for administrators who have proven that it is them.
///
/// # Errors
/// `Denied`; `ProofNeeded`; `NotFound`; `Conflict` for who is not active.
pub fn begin_for(ctx: &Ctx, id: OperatorId) -> Result<ResetLink, Failure> {
    ctx.authorize(Action::ManagePeople)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let mut batch = ctx.store.batch();
    let link = begin_in(ctx, &mut batch, id)?;
    ctx.audit(&mut batch, AuditAction::PasswordResetAsked(id));
    ctx.store.commit(batch).wait()?;
    Ok(link)
}

/// The same in a batch that does more, and says why. The caller holds the change lock, and puts the operator no other time in this batch.
///
/// # Errors
/// `NotFound`; `Conflict` for who is not active.
pub(in crate::service) fn begin_in(ctx: &Ctx, batch: &mut Batch, id: OperatorId) -> Result<ResetLink, Failure> {
    let house = ctx.store.house();
    let operator = house.operators.get(&id).ok_or(Failure::NotFound)?;
    if !operator.is_active() {
        return Err(Failure::Conflict("This account is not active. Enable it or invite them first.".to_owned()));
    }
    let (token, expires_at) = (Token::new(ctx), ctx.now.plus(limits::PASSWORD_RESET_LIFE));
    let reset = Some(PasswordReset { token_hash: token.hash(), expires_at });
    batch.put_operator(&Operator { reset, ..Operator::clone(operator) });
    Ok(ResetLink { operator: id, token, expires_at })
}

/// The secret for the letter that is about to be sent.
///
/// # Errors
/// When the store does not write.
pub(in crate::service) fn link_for_letter(ctx: &Ctx, id: OperatorId) -> Result<Option<Token>, Failure> {
    let _changing = ctx.memory.changing();
    let mut batch = ctx.store.batch();
    // Who was disabled meanwhile is owed nothing any more.
    let Ok(link) = begin_in(ctx, &mut batch, id) else { return Ok(None) };
    ctx.store.commit(batch).wait()?;
    Ok(Some(link.token))
}

/// Chooses another password through the link, which uses it up. All sessions end, and the door is where the next one begins: with the
/// second factor, for who has one.
///
/// # Errors
/// `Conflict` when the link is not valid (any more); `InvalidFields` for the password.
pub fn finish(ctx: &Ctx, token: &str, password: String) -> Result<Step, Failure> {
    let gone = || {
        let message = "This link is not valid any more: it works once, and for half an hour. Ask for a new one.";
        Failure::Conflict(message.to_owned())
    };
    throttle::take_from(ctx, Limit::Links)?;
    let person = whose(ctx, token).ok_or_else(gone)?;
    let mut fields = Fields::default();
    let password = fields.take("password", Password::parse_new(password, &[person.name.as_str(), person.email.as_str()]));
    let Some(password) = password else { return Err(fields.failure()) };
    let hash = hashing::hash(ctx, &password)?;

    let _changing = ctx.memory.changing();
    // The same link may have been used twice at once: only the first finds it still there.
    let person = whose(ctx, token).ok_or_else(gone)?;
    let person = Operator { password_hash: Some(hash), reset: None, ..person };
    let mut batch = ctx.store.batch();
    batch.put_operator(&person);
    sessions::end_all_in(ctx, &mut batch, person.id)?;
    ctx.audit_as(&mut batch, AuditActor::Staff(person.id), AuditAction::PasswordReset(person.id));
    letters::owe_in(ctx, &mut batch, person.id, LetterKind::PasswordChanged);
    steps::go_on(ctx, batch, &person, First::by(SignInMethod::Link))
}

fn whose(ctx: &Ctx, token: &str) -> Option<Operator> {
    let hash = hash_of(token)?;
    let is_theirs = |person: &Operator| {
        person.is_active() && person.reset.as_ref().is_some_and(|it| equal(&it.token_hash, &hash) && ctx.now < it.expires_at)
    };
    ctx.store.house().operators.values().find(|person| is_theirs(person)).map(|person| Operator::clone(person))
}

#[cfg(test)]
#[path = "../tests/reset.rs"]
mod tests;

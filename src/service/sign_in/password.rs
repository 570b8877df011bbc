//! Changing one's own password.

use super::{attempt, check};
use crate::domain::audit::AuditAction;
use crate::domain::credential::Password;
use crate::domain::letter::LetterKind;
use crate::domain::operator::Operator;
use crate::service::factors::staff_id;
use crate::service::fields::Fields;
use crate::service::hashing::{self, Verdict};
use crate::service::sessions::{self, NewSession};
use crate::service::tokens::TokenHash;
use crate::service::{Ctx, Failure, letters, throttle};

/// Changes one's own password. All other sessions end; the one it is done in goes on under another secret.
///
/// # Errors
/// `InvalidFields` for `current_password` and `new_password`; `TooMany` when guessing.
pub fn change(ctx: &Ctx, session: &TokenHash, current: &Password, new: String) -> Result<NewSession, Failure> {
    let id = staff_id(ctx)?;
    let house = ctx.store.house();
    let operator = house.operators.get(&id).ok_or(Failure::NotFound)?;
    // Whoever sits down at an unlocked screen must not be able to guess here faster than at the door.
    let attempt = attempt(ctx, operator.email.as_str())?;

    let mut fields = Fields::default();
    if check(ctx, current, operator.password_hash.as_ref(), &attempt)? == Verdict::Wrong {
        throttle::failed(ctx, &attempt, Some(id));
        fields.refuse("current_password", "This is not your present password.");
        let mut batch = ctx.store.batch();
        ctx.audit_refused(&mut batch, AuditAction::PasswordChanged);
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
    let by = ctx.store.session(session)?.ok_or(Failure::NotFound)?.by;
    let mut batch = ctx.store.batch();
    // A link that somebody may have asked for goes with the password that it was for.
    batch.put_operator(&Operator { password_hash: Some(hash), reset: None, ..Operator::clone(operator) });
    sessions::end_others_in(ctx, &mut batch, id, Some(session))?;
    let renewed = sessions::renew_in(ctx, &mut batch, session, by)?;
    ctx.audit(&mut batch, AuditAction::PasswordChanged);
    letters::owe_in(ctx, &mut batch, id, LetterKind::PasswordChanged);
    ctx.store.commit(batch).wait()?;
    Ok(renewed)
}

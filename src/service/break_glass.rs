//! Break-glass: the owner of the host lets somebody in again who cannot sign in any more. Nobody but the host's command line may, every
//! administrator gets to see it, and it opens no door by itself: what it gives is a link to choose a password, good once and for half an hour.

use std::sync::Arc;

use super::tokens::Token;
use super::{Ctx, Failure, alerts, sessions};
use crate::domain::access::{Actor, Denied};
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::operator::{Operator, PasswordReset, Role, Standing};
use crate::domain::text::EmailAddress;
use crate::domain::time::Timestamp;

/// The link, and what else was done for them.
pub struct WayIn {
    pub token: Token,
    pub expires_at: Timestamp,
    /// They were the last administrator, and disabled.
    pub was_enabled: bool,
    /// They had a second factor, or could not sign in but through a provider of identities.
    pub had_factors: bool,
    pub had_sso: bool,
}

/// One account as the owner of the host sees it.
pub struct Person {
    pub operator: Arc<Operator>,
    pub has_factors: bool,
}

/// Everybody, administrators first.
///
/// # Errors
/// `Denied` to everybody but the host's command line.
pub fn people(ctx: &Ctx) -> Result<Vec<Person>, Failure> {
    only_on_the_host(ctx)?;
    let house = ctx.store.house();
    let mut people: Vec<_> = house.operators.values().cloned().collect();
    people.sort_by_cached_key(|person| (person.role != Role::Admin, person.email.as_str().to_lowercase()));
    let has_factors = |person: &Operator| house.factors.get(&person.id).is_some_and(|factors| factors.is_second());
    Ok(people.into_iter().map(|operator| Person { has_factors: has_factors(&operator), operator }).collect())
}

/// Ends all sessions of somebody, takes away their password, second factors and the tie to a provider of identities, and makes a link to choose
/// a new password. A disabled account stays disabled, unless nobody else could enable it.
///
/// # Errors
/// `Denied` to everybody but the host's command line; `Conflict` when there is nobody to let in.
pub fn reset_person(ctx: &Ctx, email: &str) -> Result<WayIn, Failure> {
    only_on_the_host(ctx)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let email = EmailAddress::parse(email).ok();
    let Some(before) = house.operators.values().find(|person| email.as_ref() == Some(&person.email)) else {
        return Err(conflict("Nobody here has this e-mail address. To see who there is, run: parlor user list"));
    };
    let is_last_admin = before.role == Role::Admin
        && !house.operators.values().any(|other| other.id != before.id && other.role == Role::Admin && other.is_active());
    match before.standing {
        Standing::Active => {}
        Standing::Disabled if is_last_admin => {}
        Standing::Disabled => {
            return Err(conflict("This account is disabled. An administrator can enable it on the page People."));
        }
        Standing::Invited { .. } => {
            return Err(conflict("They have not joined yet. An administrator can make a new invitation on the page People."));
        }
    }
    let (token, expires_at) = (Token::new(ctx), ctx.now.plus(limits::PASSWORD_RESET_LIFE));
    let after = Operator {
        standing: Standing::Active,
        password_hash: None,
        sso: None,
        // So that the accounts that nobody uses are not looked through before they are back.
        last_seen_at: Some(ctx.now),
        reset: Some(PasswordReset { token_hash: token.hash(), expires_at }),
        ..Operator::clone(before)
    };
    let had_factors = house.factors.contains_key(&before.id);
    let mut batch = ctx.store.batch();
    batch.put_operator(&after);
    if had_factors {
        batch.delete_factors(before.id);
    }
    sessions::end_all_in(ctx, &mut batch, before.id)?;
    ctx.audit(&mut batch, AuditAction::OperatorReset(before.id));
    alerts::raise_in(ctx, &mut batch, AlertKind::UserReset(before.id));
    batch.tell(News::Operator(before.id));
    ctx.store.commit(batch).wait()?;
    let was_enabled = before.standing == Standing::Disabled;
    Ok(WayIn { token, expires_at, was_enabled, had_factors, had_sso: before.sso.is_some() })
}

pub(super) fn only_on_the_host(ctx: &Ctx) -> Result<(), Denied> {
    if *ctx.actor == Actor::Host { Ok(()) } else { Err(Denied) }
}

fn conflict(message: &str) -> Failure {
    Failure::Conflict(message.to_owned())
}

#[cfg(test)]
#[path = "tests/break_glass.rs"]
mod tests;

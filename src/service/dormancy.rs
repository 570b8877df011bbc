//! Accounts that nobody uses any more: each is a door that nobody would miss being open. After so many days without a sign-in, which
//! the policy says, they are disabled; an administrator lets them in again.

use std::collections::HashMap;
use std::sync::Arc;

use super::people::keep_an_admin;
use super::{Ctx, Failure, alerts, sessions};
use crate::domain::access::Action;
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::operator::{Operator, Standing};
use crate::domain::policy::SignInPolicy;
use crate::domain::time::Timestamp;

const DAY_SECONDS: u64 = 24 * 60 * 60;

/// For how many days nobody has signed in as them, when that is long enough to say so before the account is disabled.
#[must_use]
pub fn days_to_warn_of(policy: &SignInPolicy, person: &Operator, now: Timestamp) -> Option<u64> {
    let most = u64::from(policy.dormant_days?);
    let days = days_since(person.last_seen_at.filter(|_| person.is_active())?, now);
    (days + limits::DORMANT_WARNING_DAYS >= most.max(2 * limits::DORMANT_WARNING_DAYS)).then_some(days)
}

/// Disables who was not here for too long, but never the last active administrator; gives how many. Of whom it is not known when they
/// were here, as after an update from before this was noted, the days count from now on.
///
/// # Errors
/// When the store cannot be read or does not write.
pub fn disable_dormant(ctx: &Ctx) -> Result<usize, Failure> {
    ctx.authorize(Action::DisableDormant)?;
    let Some(most) = ctx.store.house().policy.dormant_days else { return Ok(0) };
    let mut in_use: HashMap<OperatorId, Timestamp> = HashMap::new();
    for (_, session) in ctx.store.sessions()? {
        let latest = in_use.entry(session.operator).or_insert(session.active_at);
        *latest = session.active_at.max(*latest);
    }
    let mut disabled = 0;
    let everybody: Vec<_> = ctx.store.house().operators.values().filter(|it| it.is_active()).map(|it| it.id).collect();
    for id in everybody {
        let _changing = ctx.memory.changing();
        // Read anew for each: who was disabled just now may have left this one as the last administrator.
        let Some(person) = ctx.store.house().operators.get(&id).filter(|it| it.is_active()).map(Arc::clone) else { continue };
        let Some(seen_at) = person.last_seen_at.max(in_use.get(&id).copied()) else {
            start_counting(ctx, &person)?;
            continue;
        };
        if days_since(seen_at, ctx.now) < u64::from(most) || keep_an_admin(ctx, &person).is_err() {
            continue;
        }
        let mut batch = ctx.store.batch();
        batch.put_operator(&Operator { standing: Standing::Disabled, ..Operator::clone(&person) });
        sessions::end_all_in(ctx, &mut batch, id)?;
        ctx.audit(&mut batch, AuditAction::OperatorDormant(id));
        alerts::raise_in(ctx, &mut batch, AlertKind::AccountsDormant);
        batch.tell(News::Operator(id));
        ctx.store.commit(batch).wait()?;
        disabled += 1;
    }
    Ok(disabled)
}

fn start_counting(ctx: &Ctx, person: &Operator) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    batch.put_operator(&Operator { last_seen_at: Some(ctx.now), ..person.clone() });
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn days_since(seen_at: Timestamp, now: Timestamp) -> u64 {
    now.since(seen_at).as_secs() / DAY_SECONDS
}

#[cfg(test)]
#[path = "tests/dormancy.rs"]
mod tests;

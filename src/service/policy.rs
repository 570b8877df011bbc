//! How staff have to sign in, and how long that lasts: one policy for the whole house, in force at once. Who has to have a second factor
//! and has none is worked out whenever it is asked, and stored nowhere.

use super::fields::Fields;
use super::{Ctx, Failure, sessions};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::operator::{Operator, Role};
use crate::domain::policy::{Roles, SignInPolicy};
use crate::domain::session::SignInMethod;
use crate::store::{Batch, House};

/// The policy as a form holds it: text as typed.
#[derive(Clone, Default)]
pub struct PolicyForm {
    /// Tags of roles.
    pub second_factor: Vec<String>,
    pub sso_is_second_factor: bool,
    pub idle_minutes: String,
    pub absolute_hours: String,
    /// Empty or 0: never.
    pub dormant_days: String,
}

impl PolicyForm {
    #[must_use]
    pub fn of(policy: &SignInPolicy) -> Self {
        let asked = Role::ALL.into_iter().filter(|role| policy.second_factor.contains(*role));
        Self {
            second_factor: asked.map(|role| role.tag().to_owned()).collect(),
            sso_is_second_factor: policy.sso_is_second_factor,
            idle_minutes: policy.idle_minutes.to_string(),
            absolute_hours: policy.absolute_hours.to_string(),
            dormant_days: policy.dormant_days.map(|days| days.to_string()).unwrap_or_default(),
        }
    }

    #[must_use]
    pub fn asks(&self, role: Role) -> bool {
        self.second_factor.iter().any(|tag| tag == role.tag())
    }
}

/// # Errors
/// `Denied` to those who do not look at how the installation is set up.
pub fn view(ctx: &Ctx) -> Result<SignInPolicy, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    Ok(ctx.store.house().policy)
}

/// In force at once, in open sockets too.
///
/// # Errors
/// `Denied`; `ProofNeeded`; `InvalidFields`, also when its author would be asked for a second factor that they do not have.
pub fn change(ctx: &Ctx, form: &PolicyForm) -> Result<(), Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    ctx.require_proof()?;
    let mut fields = Fields::default();
    let roles: Option<Vec<_>> = form.second_factor.iter().map(|tag| Role::of_tag(tag)).collect();
    let roles = fields.take("second_factor", roles.ok_or("One of these roles is not known. Choose again."));
    let idle = fields.take("idle_minutes", number(&form.idle_minutes, limits::IDLE_MINUTES_MIN, limits::IDLE_MINUTES_MAX));
    let absolute = fields.take("absolute_hours", number(&form.absolute_hours, 1, limits::ABSOLUTE_HOURS_MAX));
    let dormant = fields.take("dormant_days", days(&form.dormant_days));
    let (Some(roles), Some(idle_minutes), Some(absolute_hours), Some(dormant_days)) = (roles, idle, absolute, dormant) else {
        return Err(fields.failure());
    };
    fields.check()?;
    let second_factor = roles.into_iter().fold(Roles::NONE, Roles::with);
    let sso_is_second_factor = form.sso_is_second_factor;
    let after = SignInPolicy { second_factor, idle_minutes, absolute_hours, dormant_days, sso_is_second_factor };

    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if house.policy == after {
        return Ok(());
    }
    keep_its_author_in(ctx, &house, &after)?;
    let mut batch = ctx.store.batch();
    put_in(ctx, &mut batch, &house, after)?;
    ctx.settle(batch)?;
    // What has lasted too long by now has ended; its sockets do not wait for the timer.
    sessions::sweep(ctx)
}

/// Adds to the batch that this is the policy from now on, and ends what began with what is not enough any more.
pub(super) fn put_in(ctx: &Ctx, batch: &mut Batch, house: &House, after: SignInPolicy) -> Result<(), Failure> {
    batch.put_policy(after);
    ctx.audit(batch, AuditAction::SignInPolicyChanged);
    if house.policy.sso_is_second_factor && !after.sso_is_second_factor {
        sessions::end_all_by_in(ctx, batch, SignInMethod::SingleSignOn)?;
    }
    for person in house.operators.values().filter(|person| person.is_active()) {
        // Their sockets end, and what asks for new ones is led to the page where a second factor is added.
        if after.second_factor.contains(person.role) && !has_second_factor(house, person) {
            batch.tell(News::Operator(person.id));
        }
    }
    Ok(())
}

/// Whoever asks others for a second factor has one already: so nobody finds out that way that theirs does not work.
fn keep_its_author_in(ctx: &Ctx, house: &House, after: &SignInPolicy) -> Result<(), Failure> {
    if after.second_factor == Roles::NONE || !author_lacks_factor(ctx, house) {
        return Ok(());
    }
    let message = "Add a second factor to your own account first, under “Your account”. Then ask others for one.";
    Err(Failure::Invalid { field: "second_factor", message: message.to_owned() })
}

/// Whether whoever acts would be asked for a second factor that they do not have.
pub(super) fn author_lacks_factor(ctx: &Ctx, house: &House) -> bool {
    let Actor::Staff { id, .. } = ctx.actor else { return false };
    house.operators.get(id).is_none_or(|author| !has_second_factor(house, author))
}

fn has_second_factor(house: &House, operator: &Operator) -> bool {
    house.factors.get(&operator.id).is_some_and(|factors| factors.is_second())
}

#[must_use]
pub fn lacks_second_factor(house: &House, operator: &Operator) -> bool {
    !has_second_factor(house, operator)
}

/// Whether the policy asks somebody for a second factor.
#[must_use]
pub fn asks_for_second_factor(house: &House, operator: &Operator) -> bool {
    house.policy.second_factor.contains(operator.role)
}

/// Whether somebody who is signed in has to add a second factor before they get any further.
#[must_use]
pub fn must_enrol(house: &House, operator: &Operator, by: SignInMethod) -> bool {
    let is_shown_elsewhere = by == SignInMethod::SingleSignOn && house.policy.sso_is_second_factor;
    asks_for_second_factor(house, operator) && !has_second_factor(house, operator) && !is_shown_elsewhere
}

fn number(text: &str, least: u16, most: u16) -> Result<u16, String> {
    let number = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("Write a number from {least} to {most}."))
}

fn days(text: &str) -> Result<Option<u16>, String> {
    match text.trim() {
        "" | "0" => Ok(None),
        text => number(text, limits::DORMANT_DAYS_MIN, limits::DORMANT_DAYS_MAX).map(Some),
    }
}

#[cfg(test)]
#[path = "tests/policy.rs"]
mod tests;

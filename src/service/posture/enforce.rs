//! Enforcing a profile: putting its musts right, and holding them there.

use super::{Consequences, Control, Ctx, Failure, Machine, Profile, facts, fixes};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::posture::{Enforced, Posture, PostureAction};
use crate::service::{FieldError, sessions};

/// Puts right what can be, and locks it. What only people can put right has to be right before: each is named.
///
/// # Errors
/// `Denied` to those who do not manage privacy; `ProofNeeded`; `Conflict` when it is enforced already; `InvalidFields` with each control
/// that is for people and does not hold, under `control-TAG`; `Invalid` for `confirm` when chats would go.
pub fn enforce(ctx: &Ctx, profile: Profile, machine: &Machine, consequences: Consequences) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if house.posture.enforced.contains_key(&profile) {
        return Err(Failure::Conflict(format!("{} is enforced already.", profile.title())));
    }
    let by_click = |control: &Control| fixes::needs_people(ctx, &house, *control).is_none();
    let fixed = fixes::fixed(ctx, &house, Control::musts(profile).filter(by_click));
    let facts = facts::facts(ctx, *machine)?;
    let open: Vec<_> = Control::musts(profile).filter(|control| !control.broken(&fixed.after, &facts).is_empty()).collect();
    if !open.is_empty() {
        let told = |control: Control| FieldError {
            field: format!("control-{}", control.tag()).into(),
            message: match fixes::needs_people(ctx, &house, control) {
                Some(what) => format!("{}. {what}", control.title()),
                None => format!("{}.", control.title()),
            },
        };
        return Err(Failure::InvalidFields(open.into_iter().map(told).collect()));
    }
    fixes::weigh(ctx, &house, &fixed.after, consequences)?;
    let mut batch = ctx.store.batch();
    fixes::write(ctx, &mut batch, &house, &fixed)?;
    let mut posture = Posture::clone(&house.posture);
    let by = if let Actor::Staff { id, .. } = ctx.actor { Some(*id) } else { None };
    posture.enforced.insert(profile, Enforced { since: ctx.now, by });
    batch.put_posture(&posture);
    ctx.audit(&mut batch, AuditAction::Posture(PostureAction::Enforced(profile)));
    ctx.settle(batch)?;
    sessions::sweep(ctx)
}

//! What does not hold although it is enforced: told of once when it begins, and once on record when it is over.

use std::collections::BTreeMap;

use super::{Control, Ctx, Failure, Machine, facts, settings};
use crate::domain::access::Action;
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::posture::{Posture, PostureAction, PostureAlert};
use crate::service::alerts;

/// Looks whether all holds that is enforced.
///
/// # Errors
/// `Denied` to those who may not purge, as the appliance itself may; when the store cannot be read or does not write.
pub fn watch(ctx: &Ctx, machine: &Machine) -> Result<(), Failure> {
    ctx.authorize(Action::Purge)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let before = &house.posture.drift;
    if house.posture.enforced.is_empty() && before.is_empty() {
        return Ok(());
    }
    let (settings, facts) = (settings(&house), facts::facts(ctx, *machine)?);
    let is_locked = |control: &Control| house.posture.lock_of(*control).is_some();
    let broken = Control::ALL.into_iter().filter(is_locked).filter(|control| !control.broken(&settings, &facts).is_empty());
    let after: BTreeMap<_, _> = broken.map(|it| (it, before.get(&it).copied().unwrap_or(ctx.now))).collect();
    if after == *before {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    for control in after.keys().filter(|control| !before.contains_key(control)) {
        ctx.audit(&mut batch, AuditAction::Posture(PostureAction::Drifted(*control)));
        alerts::raise_in(ctx, &mut batch, AlertKind::Posture(PostureAlert::Drifted(*control)));
    }
    for control in before.keys().filter(|control| !after.contains_key(control)) {
        ctx.audit(&mut batch, AuditAction::Posture(PostureAction::Restored(*control)));
    }
    batch.put_posture(&Posture { drift: after, ..Posture::clone(&house.posture) });
    ctx.store.commit(batch).wait()?;
    Ok(())
}

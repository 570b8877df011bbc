//! What every change of settings passes before it is committed.

use std::sync::Arc;

use super::{Control, Ctx, Failure, Supplies, settings};
use crate::domain::access::Actor;
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::posture::{Posture, PostureAction, PostureAlert, broken_by};
use crate::domain::site::Site;
use crate::service::alerts;
use crate::store::Batch;

/// Refuses what would break a must of an enforced profile. The owner of the host may all the same, and every administrator sees it.
///
/// # Errors
/// `Locked`, naming each, and it is on record.
pub(in crate::service) fn guard(ctx: &Ctx, batch: &mut Batch) -> Result<(), Failure> {
    let house = ctx.store.house();
    if house.posture.enforced.is_empty() {
        return Ok(());
    }
    let broken = broken_by(&house.posture, &settings(&house), &settings(&batch.preview()));
    if broken.is_empty() {
        return Ok(());
    }
    match ctx.actor {
        // What the appliance does by itself ends something that was begun before; drift tells of it.
        Actor::Timer => Ok(()),
        Actor::Host => {
            let mut posture = Posture::clone(&house.posture);
            for locked in broken {
                if posture.drift.insert(locked.control, ctx.now).is_none() {
                    ctx.audit(batch, AuditAction::Posture(PostureAction::Drifted(locked.control)));
                    alerts::raise_in(ctx, batch, AlertKind::Posture(PostureAlert::Drifted(locked.control)));
                }
            }
            batch.put_posture(&posture);
            Ok(())
        }
        Actor::Staff { .. } | Actor::Visitor { .. } | Actor::Stranger => {
            let mut refusal = ctx.store.batch();
            for locked in &broken {
                ctx.audit_refused(&mut refusal, AuditAction::Posture(PostureAction::LockHeld(locked.control)));
            }
            ctx.store.commit(refusal).wait()?;
            Err(Failure::Locked(broken))
        }
    }
}

/// A site that is made while profiles are enforced begins as they want it.
pub(in crate::service) fn conform(ctx: &Ctx, site: &mut Site) {
    let house = ctx.store.house();
    let mut all = settings(&house);
    all.sites.insert(site.id, Arc::new(site.clone()));
    let supplies = Supplies { now: ctx.now, seed: ctx.random_bytes() };
    house.posture.enforced.keys().flat_map(|profile| Control::musts(*profile)).for_each(|it| it.fix(&mut all, &supplies));
    if let Some(right) = all.sites.get(&site.id) {
        site.clone_from(right);
    }
}

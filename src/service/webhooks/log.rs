//! What was told to whom, without what it was: kept for as long as the plan says, and sent again when somebody asks.

use std::collections::BTreeSet;

use super::sending::note_end;
use crate::domain::access::Action;
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::id::DeliveryId;
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::webhook::{Delivery, DeliveryOutcome, Webhook, WebhookAct};
use crate::service::{Ctx, Failure, alerts};

/// One page of them, the newest first.
pub struct Listed {
    pub deliveries: Vec<Delivery>,
    /// The last of this page, if there are older ones.
    pub older: Option<DeliveryId>,
    /// Of all that there are.
    pub waiting: usize,
    pub given_up: usize,
}

/// # Errors
/// `Denied` to those who do not look after how the installation is set up.
pub fn list(ctx: &Ctx, before: Option<DeliveryId>) -> Result<Listed, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let house = ctx.store.house();
    let is_older = |it: &&Delivery| before.is_none_or(|before| it.id < before);
    let mut deliveries: Vec<_> =
        house.deliveries.values().rev().filter(is_older).take(limits::DELIVERIES_SHOWN + 1).cloned().collect();
    let has_more = deliveries.len() > limits::DELIVERIES_SHOWN;
    deliveries.truncate(limits::DELIVERIES_SHOWN);
    let is_given_up = |it: &&Delivery| matches!(it.outcome, DeliveryOutcome::GivenUp { .. });
    Ok(Listed {
        older: deliveries.last().map(|it| it.id).filter(|_| has_more),
        deliveries,
        waiting: house.deliveries.values().filter(|it| it.is_waiting()).count(),
        given_up: house.deliveries.values().filter(is_given_up).count(),
    })
}

/// Has what was given up sent again, with the id that it had.
///
/// # Errors
/// `Denied`, `NotFound`; `Conflict` when it was not given up, or nobody would send it.
pub fn repeat(ctx: &Ctx, id: DeliveryId) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let it = house.deliveries.get(&id).ok_or(Failure::NotFound)?;
    if !matches!(it.outcome, DeliveryOutcome::GivenUp { .. }) {
        return Err(Failure::Conflict("This was not given up, so there is nothing to send again.".to_owned()));
    }
    if !house.webhooks.get(&it.webhook).is_some_and(|webhook| webhook.is_on) {
        return Err(Failure::Conflict("Switch the webhook on first.".to_owned()));
    }
    if !ctx.memory.reaches_out {
        return Err(Failure::Conflict("This installation opens no connection to anywhere (air_gap).".to_owned()));
    }
    let mut batch = ctx.store.batch();
    batch.put_delivery(Delivery { tries: 0, next_at: ctx.now, outcome: DeliveryOutcome::Waiting, ..it.clone() });
    ctx.audit(&mut batch, AuditAction::Webhook(it.webhook, WebhookAct::Repeated));
    batch.tell(News::DeliveryOwed);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Secrets that have signed for long enough beside the ones that took their place go.
///
/// # Errors
/// `Denied` for anybody but the appliance itself; when the store does not write.
pub fn forget_secrets(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::Purge)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let mut batch = ctx.store.batch();
    for webhook in house.webhooks.values().filter(|it| it.former.as_ref().is_some_and(|former| former.until <= ctx.now)) {
        batch.put_webhook(&Webhook { former: None, ..Webhook::clone(webhook) });
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Gives up the oldest when too many wait, with an alert: what waits is never dropped without a word. And ends all of them once nobody may
/// be told anything any more, so that they hold up no purge.
///
/// # Errors
/// `Denied` for anybody but the appliance itself; when the store does not write.
pub fn make_room(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::Purge)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let waiting = || house.deliveries.values().filter(|it| it.is_waiting());
    let (over, outcome) = if ctx.memory.reaches_out {
        (waiting().count().saturating_sub(limits::DELIVERIES), DeliveryOutcome::GivenUp { at: ctx.now, status: None })
    } else {
        (usize::MAX, DeliveryOutcome::Lapsed { at: ctx.now })
    };
    if over == 0 || waiting().next().is_none() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    let mut missed = BTreeSet::new();
    for it in waiting().take(over) {
        let mut ended = Delivery { outcome, ..it.clone() };
        note_end(ctx, &mut batch, &mut ended)?;
        batch.put_delivery(ended);
        missed.insert(it.webhook);
    }
    for webhook in missed.into_iter().filter(|_| ctx.memory.reaches_out) {
        alerts::raise_in(ctx, &mut batch, AlertKind::WebhookGivenUp(webhook));
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

//! What is sent now, as a signed message, and what became of it. A message is made when it is sent, so what was erased meanwhile is in
//! none; its id stays the same however often it is tried.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::body;
use crate::domain::access::Action;
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::id::{ConversationId, DeliveryId, WebhookId};
use crate::domain::limits;
use crate::domain::purge_rule::Happening;
use crate::domain::webhook::{Delivery, DeliveryOutcome, Message, Webhook, WebhookAct, WebhookEvent, WebhookSecret, pause_after};
use crate::service::{Ctx, Failure, alerts, purge_rules};
use crate::store::Batch;

/// What its receiver means by "this is no more": nothing is tried again.
const GONE: u16 = 410;
/// When it is looked again whether what was to be erased is.
const ERASED_LATER: Duration = Duration::from_secs(10);

/// A message that is due.
pub struct Due {
    pub delivery: DeliveryId,
    pub message: Message,
}

/// The receivers that are to be told something now.
///
/// # Errors
/// `Denied` for anybody but the appliance itself.
pub fn waiting(ctx: &Ctx) -> Result<BTreeSet<WebhookId>, Failure> {
    ctx.authorize(Action::Purge)?;
    let house = ctx.store.house();
    let is_due = |it: &&Delivery| it.is_waiting() && it.next_at <= ctx.now;
    Ok(house.deliveries.values().filter(is_due).map(|it| it.webhook).collect())
}

/// What this receiver is told next, if anything. What there is nothing left to tell of is cleared away.
///
/// # Errors
/// `Denied` for anybody but the appliance itself; when the store does not read or write.
pub fn next(ctx: &Ctx, webhook: WebhookId) -> Result<Option<Due>, Failure> {
    ctx.authorize(Action::Purge)?;
    loop {
        let house = ctx.store.house();
        let Some(webhook) = house.webhooks.get(&webhook).filter(|it| it.is_on && ctx.memory.reaches_out) else {
            return Ok(None);
        };
        let waiting = house.deliveries.values().filter(|it| it.webhook == webhook.id && it.is_waiting());
        let Some(delivery) = Delivery::next(waiting, ctx.now) else { return Ok(None) };
        if let Some(message) = message(ctx, webhook, delivery)? {
            return Ok(Some(Due { delivery: delivery.id, message }));
        }
    }
}

/// `None` when it was put off, or ended.
fn message(ctx: &Ctx, webhook: &Webhook, delivery: &Delivery) -> Result<Option<Message>, Failure> {
    if delivery.needs_conversation() {
        let head = delivery.conversation.map(|id| ctx.store.conversation(id)).transpose()?.flatten();
        let Some(head) = head else {
            end(ctx, delivery.id, no_more(ctx, delivery))?;
            return Ok(None);
        };
        let told = if webhook.with_transcript && !head.about.is_restricted {
            Some(ctx.store.events(head.id, 0, limits::EVENTS_PER_CONVERSATION as usize)?)
        } else {
            None
        };
        let body = body::of_conversation(&ctx.store.house(), delivery, &head, told.as_deref());
        return Ok(Some(signed(ctx, webhook, delivery.id, body)));
    }
    if delivery.event == WebhookEvent::Purged {
        let gone = erased(ctx, delivery)?;
        if gone.len() < delivery.purged.len() && ctx.now.since(delivery.since) < limits::WEBHOOK_HOLD {
            put_off(ctx, delivery.id, delivery.tries, ERASED_LATER)?;
            return Ok(None);
        }
        if gone.is_empty() {
            end(ctx, delivery.id, DeliveryOutcome::Lapsed { at: ctx.now })?;
            return Ok(None);
        }
        return Ok(Some(signed(ctx, webhook, delivery.id, body::of_purged(delivery, &gone))));
    }
    Ok(Some(signed(ctx, webhook, delivery.id, body::of_submission(delivery))))
}

/// What was never tried is nobody's fault; what was has failed.
fn no_more(ctx: &Ctx, delivery: &Delivery) -> DeliveryOutcome {
    if delivery.tries == 0 {
        DeliveryOutcome::Lapsed { at: ctx.now }
    } else {
        DeliveryOutcome::GivenUp { at: ctx.now, status: None }
    }
}

/// Those that are gone by now.
fn erased(ctx: &Ctx, delivery: &Delivery) -> Result<Vec<ConversationId>, Failure> {
    let mut gone = Vec::new();
    for id in delivery.purged.iter() {
        if ctx.store.conversation(*id)?.is_none() {
            gone.push(*id);
        }
    }
    Ok(gone)
}

/// The receiver has taken it.
///
/// # Errors
/// When that cannot be stored: then it is sent again, with the same id.
pub fn delivered(ctx: &Ctx, delivery: DeliveryId, status: u16) -> Result<(), Failure> {
    end(ctx, delivery, DeliveryOutcome::Delivered { at: ctx.now, status })
}

/// It has not. It is tried again later and later, and given up in the end.
///
/// # Errors
/// When that cannot be stored.
pub fn not_delivered(ctx: &Ctx, delivery: DeliveryId, status: Option<u16>) -> Result<(), Failure> {
    let tries = ctx.store.house().deliveries.get(&delivery).map_or(0, |it| it.tries).saturating_add(1);
    let [chance] = ctx.random_bytes();
    match pause_after(tries, chance).filter(|_| status != Some(GONE)) {
        Some(pause) => put_off(ctx, delivery, tries, pause),
        None => replace(ctx, delivery, |batch, it| {
            it.tries = tries;
            conclude(ctx, batch, it, DeliveryOutcome::GivenUp { at: ctx.now, status })
        }),
    }
}

fn put_off(ctx: &Ctx, delivery: DeliveryId, tries: u8, pause: Duration) -> Result<(), Failure> {
    replace(ctx, delivery, |_, it| {
        (it.tries, it.next_at) = (tries, ctx.now.plus(pause));
        Ok(())
    })
}

fn end(ctx: &Ctx, delivery: DeliveryId, outcome: DeliveryOutcome) -> Result<(), Failure> {
    replace(ctx, delivery, |batch, it| conclude(ctx, batch, it, outcome))
}

fn conclude(ctx: &Ctx, batch: &mut Batch, it: &mut Delivery, outcome: DeliveryOutcome) -> Result<(), Failure> {
    it.outcome = outcome;
    note_end(ctx, batch, it)?;
    if matches!(outcome, DeliveryOutcome::GivenUp { .. }) {
        alerts::raise_in(ctx, batch, AlertKind::WebhookGivenUp(it.webhook));
    }
    Ok(())
}

/// What else is true once one has ended: the row in the audit log, and what hangs on it, in the same commit.
pub(super) fn note_end(ctx: &Ctx, batch: &mut Batch, it: &mut Delivery) -> Result<(), Failure> {
    match it.outcome {
        DeliveryOutcome::Waiting => {}
        DeliveryOutcome::Lapsed { .. } => {
            it.purged = Arc::default();
            note_if_all_have_it(ctx, batch, it)?;
        }
        DeliveryOutcome::Delivered { .. } => {
            it.purged = Arc::default();
            ctx.audit(batch, AuditAction::Webhook(it.webhook, WebhookAct::Delivered(it.event, it.conversation)));
            note_if_all_have_it(ctx, batch, it)?;
        }
        DeliveryOutcome::GivenUp { .. } => {
            ctx.audit(batch, AuditAction::Webhook(it.webhook, WebhookAct::GivenUp(it.event, it.conversation)));
        }
    }
    Ok(())
}

/// Once every receiver that was to hear of a closed conversation has, or of a form that was filled in, and one has not just been spared it:
/// what is to be purged after that is due. The delivery is as it will be; of one whose receiver is no more, nothing is waited for.
pub(super) fn note_if_all_have_it(ctx: &Ctx, batch: &mut Batch, it: &Delivery) -> Result<(), Failure> {
    let house = ctx.store.house();
    let about = |delivery: &Delivery| (delivery.event, delivery.conversation, delivery.submission);
    let (webhook, what) = (it.webhook, about(it));
    let others = || house.deliveries.values().filter(move |other| other.webhook != webhook && about(other) == what);
    let is_taken = |delivery: &Delivery| matches!(delivery.outcome, DeliveryOutcome::Delivered { .. });
    let is_over = |delivery: &Delivery| is_taken(delivery) || matches!(delivery.outcome, DeliveryOutcome::Lapsed { .. });
    if !others().all(is_over) || !(is_taken(it) || others().any(is_taken)) {
        return Ok(());
    }
    match (it.event, it.conversation, it.submission) {
        (WebhookEvent::ConversationClosed, Some(conversation), _) => {
            purge_rules::happened(ctx, batch, conversation, Happening::Delivered)
        }
        (WebhookEvent::FormSubmitted, _, Some((submission, _))) => {
            purge_rules::happened_to_submission(ctx, batch, submission, Happening::Delivered)
        }
        _ => Ok(()),
    }
}

/// Changes one that still waits; what has been ended or removed meanwhile stays so.
fn replace(
    ctx: &Ctx,
    delivery: DeliveryId,
    change: impl FnOnce(&mut Batch, &mut Delivery) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let Some(mut it) = ctx.store.house().deliveries.get(&delivery).filter(|it| it.is_waiting()).cloned() else { return Ok(()) };
    let mut batch = ctx.store.batch();
    change(&mut batch, &mut it)?;
    batch.put_delivery(it);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// A message that says that this is a test, and nothing about anybody.
///
/// # Errors
/// `Denied` to those who do not manage privacy, `NotFound`; when the store does not write.
pub fn trial(ctx: &Ctx, id: WebhookId) -> Result<Message, Failure> {
    let webhook = super::get(ctx, id)?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::Webhook(id, WebhookAct::Tried));
    ctx.store.commit(batch).wait()?;
    Ok(signed(ctx, &webhook, DeliveryId::from_bytes(ctx.random_bytes()), body::of_test(ctx.now)))
}

/// Signed as Standard Webhooks asks for: over id, time and body, with points between.
fn signed(ctx: &Ctx, webhook: &Webhook, id: DeliveryId, body: Zeroizing<Vec<u8>>) -> Message {
    let (id, timestamp) = (id.to_string(), (ctx.now.as_millis() / 1_000).to_string());
    Message {
        url: webhook.url.clone(),
        authority: webhook.authority.clone(),
        signature: signatures(webhook.secrets(ctx.now), &id, &timestamp, &body),
        id,
        timestamp,
        body,
    }
}

/// One by each secret, with spaces between, as the standard has it for a time in which two are in use.
fn signatures<'a>(secrets: impl Iterator<Item = &'a WebhookSecret>, id: &str, timestamp: &str, body: &[u8]) -> String {
    secrets.map(|secret| signature(&secret.0, id, timestamp, body)).collect::<Vec<_>>().join(" ")
}

/// `v1,` and the code in base64.
pub(super) fn signature(secret: &[u8], id: &str, timestamp: &str, body: &[u8]) -> String {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    format!("v1,{}", data_encoding::BASE64.encode(&mac.finalize().into_bytes()))
}

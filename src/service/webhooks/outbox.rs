//! What is to be told. It is noted in the commit of what it is about, so neither comes without the other; with an air gap nothing is.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::sending::note_end;
use crate::domain::conversation::Conversation;
use crate::domain::id::{ConversationId, DeliveryId, FormId, SiteId, SubmissionId, WebhookId};
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Delivery, DeliveryOutcome, WebhookEvent};
use crate::service::{Ctx, Failure};
use crate::store::{Batch, House};

/// The front of the last id that was given to a delivery, so that ids rise, whatever the clock does.
#[derive(Default)]
pub struct LastId(AtomicU64);

/// Adds to the closing commit that receivers are to be told.
pub(in crate::service) fn note_closing(ctx: &Ctx, batch: &mut Batch, head: &Conversation) {
    if head.closed_at().is_some() {
        note(ctx, batch, WebhookEvent::ConversationClosed, &About { conversation: Some(head.id), ..About::of(head.site) });
    }
}

/// The same, of a message that was left.
pub(in crate::service) fn note_message(ctx: &Ctx, batch: &mut Batch, head: &Conversation) {
    note(ctx, batch, WebhookEvent::MessageLeft, &About { conversation: Some(head.id), ..About::of(head.site) });
}

/// The same, of a secure form that was filled in: that it was, and never with what.
pub fn note_submission(
    ctx: &Ctx,
    batch: &mut Batch,
    (site, form): (SiteId, FormId),
    submission: SubmissionId,
    conversation: Option<ConversationId>,
) {
    let about = About { conversation, submission: Some((submission, form)), ..About::of(site) };
    note(ctx, batch, WebhookEvent::FormSubmitted, &about);
}

/// Notes that these conversations of one site are about to be erased, before they are: so that no crash in between keeps it from
/// anybody. What was not erased after all is not told (`sending`).
///
/// # Errors
/// When the store does not write.
pub(in crate::service) fn note_purging(ctx: &Ctx, site: SiteId, drawers: &[ConversationId]) -> Result<(), Failure> {
    let house = ctx.store.house();
    if !house.webhooks.values().any(|it| it.wants(WebhookEvent::Purged, site)) {
        return Ok(());
    }
    // What was filled in in a form has a drawer of its own, of which nobody was told anything.
    let is_form = |drawer: &ConversationId| ctx.store.kept_submission(SubmissionId::from_bytes(*drawer.as_bytes())).is_some();
    let conversations: Vec<_> = drawers.iter().copied().filter(|drawer| !is_form(drawer)).collect();
    let mut batch = ctx.store.batch();
    for purged in conversations.chunks(limits::WEBHOOK_PURGED) {
        note(ctx, &mut batch, WebhookEvent::Purged, &About { purged: purged.into(), ..About::of(site) });
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// What an event is about.
struct About {
    site: SiteId,
    conversation: Option<ConversationId>,
    submission: Option<(SubmissionId, FormId)>,
    purged: Arc<[ConversationId]>,
}

impl About {
    fn of(site: SiteId) -> Self {
        Self { site, conversation: None, submission: None, purged: Arc::default() }
    }
}

fn note(ctx: &Ctx, batch: &mut Batch, event: WebhookEvent, about: &About) {
    if !ctx.memory.reaches_out {
        return;
    }
    let house = ctx.store.house();
    let mut is_any = false;
    for webhook in house.webhooks.values().filter(|it| it.wants(event, about.site)) {
        is_any = true;
        batch.put_delivery(Delivery {
            id: next_id(ctx, &house),
            webhook: webhook.id,
            event,
            site: Some(about.site),
            conversation: about.conversation,
            submission: about.submission,
            purged: Arc::clone(&about.purged),
            since: ctx.now,
            tries: 0,
            next_at: ctx.now,
            outcome: DeliveryOutcome::Waiting,
        });
    }
    if is_any {
        batch.tell(News::DeliveryOwed);
    }
}

/// An id above all that were given before, those of an earlier start included.
fn next_id(ctx: &Ctx, house: &House) -> DeliveryId {
    let front = |id: &DeliveryId| id.as_bytes().first_chunk().map_or(0, |front| u64::from_be_bytes(*front));
    let stored = house.deliveries.last_key_value().map_or(0, |(id, _)| front(id));
    // Room for 65,536 in a millisecond before they run ahead of the clock.
    let now = u64::try_from(ctx.now.as_millis()).unwrap_or(0) << 16;
    let least = stored.max(now);
    let last = &ctx.memory.last_delivery.0;
    let before = last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(last.max(least).saturating_add(1)));
    let front = before.unwrap_or(least).max(least).saturating_add(1);
    let mut bytes: [u8; 16] = ctx.random_bytes();
    bytes[..8].copy_from_slice(&front.to_be_bytes());
    DeliveryId::from_bytes(bytes)
}

/// Nothing waits for a receiver any more that is to be told nothing. What waited for it alone is due.
///
/// # Errors
/// When a conversation cannot be read.
pub(super) fn end_all(ctx: &Ctx, batch: &mut Batch, webhook: WebhookId) -> Result<(), Failure> {
    let house = ctx.store.house();
    for delivery in house.deliveries.values().filter(|it| it.webhook == webhook && it.is_waiting()) {
        let mut ended = Delivery { outcome: DeliveryOutcome::Lapsed { at: ctx.now }, ..delivery.clone() };
        note_end(ctx, batch, &mut ended)?;
        batch.put_delivery(ended);
    }
    Ok(())
}

/// The same of one that is removed, with all that was noted for it.
///
/// # Errors
/// As `end_all`.
pub(super) fn delete_all(ctx: &Ctx, batch: &mut Batch, webhook: WebhookId) -> Result<(), Failure> {
    let house = ctx.store.house();
    for delivery in house.deliveries.values().filter(|it| it.webhook == webhook) {
        // What it has taken was noted when it did.
        if delivery.is_waiting() || matches!(delivery.outcome, DeliveryOutcome::GivenUp { .. }) {
            let mut ended = Delivery { outcome: DeliveryOutcome::Lapsed { at: ctx.now }, ..delivery.clone() };
            note_end(ctx, batch, &mut ended)?;
        }
        batch.delete_delivery(delivery.id);
    }
    Ok(())
}

/// The conversations that are not purged yet because a receiver is still to be told of them. Not for longer than `WEBHOOK_HOLD`: what
/// was promised to visitors does not hang on a receiver that never answers.
#[must_use]
pub(in crate::service) fn held(house: &House, now: Timestamp) -> BTreeSet<ConversationId> {
    let holds = |it: &&Delivery| it.is_waiting() && it.needs_conversation() && now.since(it.since) < limits::WEBHOOK_HOLD;
    house.deliveries.values().filter(holds).filter_map(|it| it.conversation).collect()
}

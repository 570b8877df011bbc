//! Tells receivers what happened: as soon as something is noted, and again every few seconds for what is due once more. Each receiver has
//! a line of its own, so that one that does not answer holds up nobody else.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};

use super::mail::aside;
use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::id::WebhookId;
use crate::outbound::Trouble;
use crate::service::{Failure, webhooks};

const LOOK_EVERY: Duration = Duration::from_secs(10);
/// After so many failures the rest of a line waits for the next look.
const FAILURES_AT_ONCE: u32 = 3;

/// How a line came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing is left that is due.
    Empty,
    /// The receiver, or the store, does not take anything at the moment.
    Stuck,
}

/// Runs until it is aborted. What is on its way then is sent again after the next start, with the same id.
pub(super) fn start(app: &Arc<App>) -> JoinHandle<()> {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        let mut lines = JoinSet::new();
        let mut under_way = HashMap::new();
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = app.deliveries_due.notified() => {}
                Some(ended) = lines.join_next_with_id() => {
                    let (task, end) = ended.unwrap_or_else(|error| (error.id(), End::Stuck));
                    under_way.remove(&task);
                    if end == End::Stuck {
                        continue;
                    }
                }
            }
            for webhook in waiting(&app).await {
                if !under_way.values().any(|busy| *busy == webhook) {
                    let task = lines.spawn(line(Arc::clone(&app), webhook));
                    under_way.insert(task.id(), webhook);
                }
            }
        }
    })
}

async fn waiting(app: &Arc<App>) -> BTreeSet<WebhookId> {
    let waiting = aside(app, |app| webhooks::waiting(&app.ctx(&Actor::Timer))).await;
    waiting.inspect_err(|error| tracing::error!(?error, "what is to be told could not be looked up")).unwrap_or_default()
}

/// Everything that is due, one after the other.
pub async fn deliver(app: &Arc<App>) {
    for webhook in waiting(app).await {
        line(Arc::clone(app), webhook).await;
    }
}

async fn line(app: Arc<App>, webhook: WebhookId) -> End {
    let told = tell(&app, webhook).await;
    told.inspect_err(|error| tracing::error!(?error, %webhook, "a receiver could not be told")).unwrap_or(End::Stuck)
}

async fn tell(app: &Arc<App>, webhook: WebhookId) -> Result<End, Failure> {
    let mut failures = 0;
    while failures < FAILURES_AT_ONCE {
        let next = aside(app, move |app| webhooks::next(&app.ctx(&Actor::Timer), webhook)).await?;
        let Some(webhooks::Due { delivery, message }) = next else { return Ok(End::Empty) };
        let status = match app.receivers.tell(message).await {
            Ok(status) => Some(status),
            // That is our own doing, and says nothing about the receiver.
            Err(Trouble::Busy | Trouble::AirGap) => return Ok(End::Stuck),
            Err(_) => None,
        };
        let taken = status.filter(|status| (200..300).contains(status));
        if taken.is_none() {
            failures += 1;
            tracing::warn!(%webhook, %delivery, ?status, "a receiver did not take what it was told");
        }
        aside(app, move |app| {
            let ctx = app.ctx(&Actor::Timer);
            match taken {
                Some(status) => webhooks::delivered(&ctx, delivery, status),
                None => webhooks::not_delivered(&ctx, delivery, status),
            }
        })
        .await?;
    }
    Ok(End::Stuck)
}

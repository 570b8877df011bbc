//! Hands transcripts to the mail server: as soon as a chat was closed, and again each minute for what was not taken.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::app::App;
use crate::domain::access::Actor;
use crate::outbound::{Post, PostError};
use crate::service::{Failure, mailing};

const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Runs until it is aborted.
pub(super) fn start(app: &Arc<App>, post: Arc<dyn Post>) -> JoinHandle<()> {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = app.closed_for_mail.notified() => {}
            }
            if let Err(error) = deliver(&app, &*post).await {
                tracing::error!(?error, "transcripts could not be mailed");
            }
        }
    })
}

/// Everything that is due, one after the other.
///
/// # Errors
/// When what became of a letter cannot be stored; letters that a server does not take are no error.
pub async fn deliver(app: &Arc<App>, post: &dyn Post) -> Result<(), Failure> {
    let due = aside(app, |app| mailing::due(&app.ctx(&Actor::Timer))).await?;
    for outgoing in due {
        let (mail, mut outcome) = (outgoing.mail, Ok(()));
        for letter in &outgoing.letters {
            outcome = outcome.and(post.send(letter).await);
        }
        if let Err(error) = &outcome {
            tracing::warn!(%error, conversation = %mail.conversation, tries = mail.tries, "a transcript was not mailed");
        }
        aside(app, move |app| {
            let ctx = app.ctx(&Actor::Timer);
            match outcome {
                Ok(()) => mailing::sent(&ctx, &outgoing),
                Err(error) => mailing::not_sent(&ctx, &outgoing, error == PostError::Never),
            }
        })
        .await?;
    }
    Ok(())
}

pub(super) async fn aside<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let app = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || work(&app)).await;
    done.unwrap_or_else(|_| Err(Failure::Conflict("The appliance is going down.".to_owned())))
}

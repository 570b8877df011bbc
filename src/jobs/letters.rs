//! Hands letters to staff to the mail server: as soon as one is owed or somebody has asked for a link, and again each minute for what was
//! not taken.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::mail::aside;
use crate::app::App;
use crate::domain::access::Actor;
use crate::outbound::{Post, PostError};
use crate::service::sign_in::reset;
use crate::service::{Failure, letters};

const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Runs until it is aborted.
pub(super) fn start(app: &Arc<App>, post: Arc<dyn Post>) -> JoinHandle<()> {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = app.letters_due.notified() => {}
            }
            if let Err(error) = deliver(&app, &*post).await {
                tracing::error!(?error, "letters to staff could not be mailed");
            }
        }
    })
}

/// Looks up who asked for a link, then sends everything that is due, one after the other.
///
/// # Errors
/// When what became of a letter cannot be stored; letters that a server does not take are no error.
pub async fn deliver(app: &Arc<App>, post: &dyn Post) -> Result<(), Failure> {
    let due = aside(app, |app| {
        let ctx = app.ctx(&Actor::Timer);
        reset::look_up(&ctx)?;
        letters::due(&ctx)
    });
    for due in due.await? {
        let outcome = post.send(&due.letter).await;
        if let Err(error) = &outcome {
            tracing::warn!(%error, operator = %due.operator, tries = due.owed.tries, "a letter to somebody of the staff was not mailed");
        }
        aside(app, move |app| {
            let ctx = app.ctx(&Actor::Timer);
            match outcome {
                Ok(()) => letters::sent(&ctx, due.operator, &due.owed),
                Err(error) => letters::not_sent(&ctx, due.operator, &due.owed, error == PostError::Never),
            }
        })
        .await?;
    }
    Ok(())
}

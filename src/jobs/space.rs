//! The look at the disk, every two seconds: so that a full one is noticed before it hurts, and an emptied one at once.

use std::sync::{Arc, Weak};

use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::domain::limits;
use crate::domain::space::{Reading, Room};
use crate::service::{Failure, space};

/// The look at the disk of a running appliance.
pub(super) struct Watch {
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Watch {
    pub(super) fn start(app: &Arc<App>) -> Self {
        let stop = Arc::new(Notify::new());
        // Between two looks it must not keep an appliance that is going down.
        let task = tokio::spawn(watch(Arc::downgrade(app), Arc::clone(&stop)));
        Self { stop, task }
    }

    /// Waits for the look that is under way, so that it lets go of the appliance.
    pub(super) async fn stop(self) {
        self.stop.notify_one();
        // A look that panicked has said so itself.
        let _ = self.task.await;
    }
}

async fn watch(app: Weak<App>, stop: Arc<Notify>) {
    let mut tick = interval(limits::SPACE_LOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.notified() => return,
            _ = tick.tick() => {}
        }
        let Some(app) = app.upgrade() else { return };
        // The next look comes whatever became of this one.
        let _ = spawn_blocking(move || look(&app)).await;
    }
}

fn look(app: &App) {
    let outcome = app.store.space().measure().map(|reading| take_in(app, reading));
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(?error, "the room on the disk could not be taken in"),
        Err(error) => tracing::warn!(%error, "how much room the disk has cannot be found out"),
    }
}

/// Takes in what was found, and tells everybody whom it concerns.
///
/// # Errors
/// When the timers may not do that.
pub fn take_in(app: &App, reading: Reading) -> Result<(), Failure> {
    let before = app.store.space().standing();
    let changed = space::take_in(&super::ctx(app, app.now()), reading)?;
    let now = app.store.space().standing();
    if changed {
        app.hub.stir();
    }
    if changed || (now.room != Room::Plenty && now.free_mib() != before.free_mib()) {
        app.hub.tell_disk(now);
    }
    Ok(())
}

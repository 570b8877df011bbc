//! The look at the queues, every second: an offer that nobody answered goes to the next, and who was idle for long is away.

use std::sync::{Arc, Weak};

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::domain::limits;

/// The look at the queues of a running appliance.
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

    pub(super) async fn stop(self) {
        self.stop.notify_one();
        // A look that panicked has said so itself.
        let _ = self.task.await;
    }
}

async fn watch(app: Weak<App>, stop: Arc<Notify>) {
    let mut tick = interval(limits::QUEUE_LOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.notified() => return,
            _ = tick.tick() => {}
        }
        let Some(app) = app.upgrade() else { return };
        // Memory work, and short: it needs no thread of its own.
        app.hub.stir();
    }
}

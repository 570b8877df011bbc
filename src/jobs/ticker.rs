//! The tick: once at start, to catch up, then each minute (tokio-cron-scheduler, in UTC), and shortly after a conversation
//! was closed. The scheduler only ticks: it would freeze time zones, overlap slow runs and forget what it missed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use parking_lot::Mutex;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_cron_scheduler::{Job as Tick, JobScheduler, JobSchedulerError};

use super::LastRuns;
use super::letters;
use super::mail;
use super::queues;
use super::space::Watch;
use super::webhooks;
use crate::app::App;
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::service::starts;

#[derive(Debug, thiserror::Error)]
#[error("the timers do not start: {0}")]
pub struct StartError(#[from] JobSchedulerError);

/// The timers of a running appliance. `stop` them before the store is closed.
pub struct Running {
    clockwork: Arc<Clockwork>,
    scheduler: JobScheduler,
    after_closes: JoinHandle<()>,
    space: Watch,
    queues: queues::Watch,
    first: JoinHandle<()>,
    /// Those who hand over mail and tell webhooks.
    senders: Vec<JoinHandle<()>>,
}

struct Clockwork {
    app: Arc<App>,
    last_runs: LastRuns,
    /// When it last ticked, by the machine's clock and by one that nobody sets.
    ticked: Mutex<Option<(Timestamp, Instant)>>,
    /// Held while the slow jobs run.
    slow: Mutex<()>,
    stopping: AtomicBool,
}

/// Starts the timers; the first run follows at once and is not waited for.
///
/// # Errors
/// When the scheduler does not start.
pub async fn start(app: Arc<App>) -> Result<Running, StartError> {
    let clockwork = Arc::new(Clockwork {
        app,
        last_runs: LastRuns::default(),
        ticked: Mutex::new(None),
        slow: Mutex::new(()),
        stopping: AtomicBool::new(false),
    });
    let mut scheduler = JobScheduler::new().await?;
    // The scheduler keeps its closures even after its shutdown, so this one must not keep the appliance.
    let ticking = Arc::downgrade(&clockwork);
    let tick = Tick::new_async("0 * * * * *", move |_, _| {
        let clockwork = ticking.upgrade();
        Box::pin(async move {
            if let Some(clockwork) = clockwork {
                // On their own, so that a purge never waits for a backup.
                let slow = run(Arc::clone(&clockwork), Clockwork::slow_tick);
                let ((), ()) = tokio::join!(run(clockwork, Clockwork::tick), slow);
            }
        })
    })?;
    scheduler.add(tick).await?;
    if let Err(error) = scheduler.start().await {
        // What it has spawned already ends with it.
        let _ = scheduler.shutdown().await;
        return Err(error.into());
    }
    let space = Watch::start(&clockwork.app);
    let queues = queues::Watch::start(&clockwork.app);
    let after_closes = tokio::spawn(after_closes(Arc::clone(&clockwork)));
    let first = tokio::spawn(run(Arc::clone(&clockwork), Clockwork::tick));
    let mail = clockwork.app.post.clone().map(|post| {
        let app = &clockwork.app;
        vec![mail::start(app, Arc::clone(&post)), letters::start(app, post)]
    });
    let mut senders: Vec<_> = mail.into_iter().flatten().collect();
    if !clockwork.app.config.air_gap {
        senders.push(webhooks::start(&clockwork.app));
    }
    Ok(Running { clockwork, scheduler, after_closes, space, queues, first, senders })
}

impl Running {
    /// Stops the timers and waits for the run that is under way.
    pub async fn stop(mut self) {
        self.clockwork.stopping.store(true, Ordering::SeqCst);
        self.after_closes.abort();
        // It ends as cancelled, which is what was asked; waited for, so that it lets go of the appliance.
        let _ = self.after_closes.await;
        for sender in self.senders.drain(..) {
            sender.abort();
            let _ = sender.await;
        }
        self.space.stop().await;
        self.queues.stop().await;
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the timers did not stop by themselves");
        }
        // `run` has logged how it went.
        let _ = self.first.await;
        let clockwork = self.clockwork;
        run(clockwork, |clockwork| {
            drop(clockwork.app.memory.timers());
            drop(clockwork.slow.lock());
        })
        .await;
    }
}

impl Clockwork {
    /// Passed over while the run before is still busy: the next tick takes what it left.
    fn tick(&self) {
        self.look_at_clock();
        let Some(_alone) = self.app.memory.try_timers() else { return };
        if !self.stopping.load(Ordering::SeqCst) {
            // Failures are logged where they happen, each with its job, and tried again in a minute.
            let _ = super::run_table(&self.app, super::TABLE, &self.last_runs, self.app.now());
        }
    }

    /// Retention, throttles and every row of the audit log hang on the clock, so that it was set is on record.
    fn look_at_clock(&self) {
        let (now, real) = (self.app.now(), Instant::now());
        let Some((before, since)) = self.ticked.lock().replace((now, real)) else { return };
        let ctx = super::ctx(&self.app, now);
        if let Err(error) = starts::look_at_clock(&ctx, before, real.duration_since(since)) {
            tracing::error!(%error, "that the clock was set could not be put on record");
        }
    }

    fn slow_tick(&self) {
        let Some(_alone) = self.slow.try_lock() else { return };
        if !self.stopping.load(Ordering::SeqCst) {
            let _ = super::run_table(&self.app, super::SLOW, &self.last_runs, self.app.now());
        }
    }

    fn purge_at_close(&self) {
        let _alone = self.app.memory.timers();
        if !self.stopping.load(Ordering::SeqCst) {
            // Logged there; the purge each minute tries again.
            let _ = super::purge_at_close(&self.app, self.app.now());
        }
    }
}

/// Waits a moment after each bell, so that conversations closed together go together, in one change of the key tree.
async fn after_closes(clockwork: Arc<Clockwork>) {
    loop {
        clockwork.app.closed.notified().await;
        tokio::time::sleep(limits::PURGE_AFTER_CLOSE).await;
        run(Arc::clone(&clockwork), Clockwork::purge_at_close).await;
    }
}

/// Off the threads that serve connections: timers wait for the disk.
async fn run(clockwork: Arc<Clockwork>, act: fn(&Clockwork)) {
    if let Err(error) = spawn_blocking(move || act(&clockwork)).await {
        tracing::error!(%error, "a timer stopped in the middle");
    }
}

//! When: one table of what the appliance does by itself. Each job looks for what is due at the time it is told, so a run that
//! was missed is made up by the next, and running one twice does no harm. What is due is decided in `service`, never here.
//!
//! Start at `TABLE`; `ticker` decides when it is looked at. `space` is no job of the table: it looks at the disk every two seconds.

pub mod letters;
pub mod mail;
mod queues;
pub mod space;
mod ticker;
pub mod webhooks;

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;

use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::time::Timestamp;
use crate::service::posture;
use crate::service::{
    Ctx, Failure, alerts, allowlist, audit_log, backups, blocks, conversations, dormancy, evidence, mailing, purge_rules,
    refusals, reports, retention, secure_forms, sessions, subjects, webhooks as told,
};

pub use ticker::{Running, StartError, start};

struct Job {
    title: &'static str,
    schedule: Schedule,
    run: fn(&App, &Ctx) -> Result<(), Failure>,
}

/// How often a job is run at most; all times are UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schedule {
    EachMinute,
    Minutes(u16),
}

/// In this order: what closes first can be purged in the same run.
const TABLE: &[Job] = &[
    Job { title: "look after the queues", schedule: Schedule::EachMinute, run: stir },
    Job { title: "close idle conversations", schedule: Schedule::EachMinute, run: close_idle },
    Job { title: "give up mail that nobody takes", schedule: Schedule::Minutes(5), run: |_, ctx| mailing::give_up(ctx) },
    Job { title: "give up what nobody can be told", schedule: Schedule::EachMinute, run: |_, ctx| told::make_room(ctx) },
    Job { title: "forget former secrets", schedule: Schedule::Minutes(60), run: |_, ctx| told::forget_secrets(ctx) },
    Job { title: "purge", schedule: Schedule::EachMinute, run: |_, ctx| retention::purge_due(ctx).map(drop) },
    Job { title: "purge by rules", schedule: Schedule::EachMinute, run: |_, ctx| purge_rules::run_due(ctx).map(drop) },
    Job { title: "erase files", schedule: Schedule::EachMinute, run: |_, ctx| retention::erase_files(ctx).map(drop) },
    Job {
        title: "erase answers of chats that are closed",
        schedule: Schedule::EachMinute,
        run: |_, ctx| secure_forms::purge_due(ctx).map(drop),
    },
    Job { title: "forget links to forms", schedule: Schedule::Minutes(60), run: |_, ctx| secure_forms::sweep(ctx).map(drop) },
    Job { title: "remove old counters", schedule: Schedule::Minutes(60), run: |_, ctx| reports::remove_old(ctx).map(drop) },
    Job { title: "end an allowlist trial", schedule: Schedule::EachMinute, run: |_, ctx| allowlist::end_trial(ctx) },
    Job {
        title: "let in again who was kept out for a time",
        schedule: Schedule::EachMinute,
        run: |_, ctx| blocks::expire(ctx).map(drop),
    },
    Job {
        title: "disable accounts that nobody uses",
        schedule: Schedule::Minutes(24 * 60),
        run: |_, ctx| dormancy::disable_dormant(ctx).map(drop),
    },
    Job { title: "unlock what was asked for a day ago", schedule: Schedule::EachMinute, run: |_, ctx| posture::come_true(ctx) },
    Job {
        title: "look whether what is enforced holds",
        schedule: Schedule::EachMinute,
        run: |app, ctx| posture::watch(ctx, &app.machine()),
    },
    Job { title: "tell administrators of alerts", schedule: Schedule::EachMinute, run: |_, ctx| alerts::tell_by_mail(ctx) },
    Job { title: "sweep sessions", schedule: Schedule::EachMinute, run: |_, ctx| sessions::sweep(ctx) },
    Job {
        title: "put on record how often the same was refused",
        schedule: Schedule::EachMinute,
        run: |_, ctx| refusals::flush(ctx),
    },
    Job { title: "note how late it is", schedule: Schedule::Minutes(60), run: |_, ctx| purge_rules::look_alive(ctx) },
    Job { title: "sweep live tickets and visits", schedule: Schedule::Minutes(5), run: sweep_tickets },
];

/// What takes the disk for a while has a lane of its own, so that purges and closings never wait for it.
const SLOW: &[Job] = &[
    Job { title: "make backups and rehearse them", schedule: Schedule::EachMinute, run: back_up },
    Job {
        title: "make a snapshot",
        schedule: Schedule::Minutes(5),
        run: |app, ctx| backups::snapshot_due(ctx, &app.config.data_dir),
    },
    Job {
        title: "make the evidence report of the month",
        schedule: Schedule::Minutes(60),
        run: |app, ctx| evidence::make_due(ctx, &app.surroundings()).map(drop),
    },
    Job {
        title: "make older chats findable for requests of people",
        schedule: Schedule::EachMinute,
        run: |_, ctx| subjects::backlog::run(ctx).map(drop),
    },
    Job {
        title: "follow who was read about in the audit log",
        schedule: Schedule::EachMinute,
        run: |_, ctx| subjects::follow(ctx),
    },
    Job {
        title: "remove old rows of the audit log",
        schedule: Schedule::Minutes(24 * 60),
        run: |_, ctx| audit_log::trim_old(ctx).map(drop),
    },
];

fn back_up(app: &App, ctx: &Ctx) -> Result<(), Failure> {
    match &app.config.backups {
        Some(backups) => backups::run_due(ctx, backups, &app.config.data_dir),
        None => Ok(()),
    }
}

fn stir(app: &App, _: &Ctx) -> Result<(), Failure> {
    app.hub.stir();
    Ok(())
}

fn close_idle(_: &App, ctx: &Ctx) -> Result<(), Failure> {
    if conversations::close_idle(ctx)? > 0 {
        // Closing does not wait for the disk, but the purge that follows looks at what is closed durably.
        ctx.store.commit(ctx.store.batch()).wait()?;
    }
    Ok(())
}

fn sweep_tickets(app: &App, ctx: &Ctx) -> Result<(), Failure> {
    app.hub.tickets.sweep(ctx.now);
    app.memory.visits.sweep(ctx.now);
    app.memory.suspicions.bans.sweep(ctx.now);
    Ok(())
}

impl Schedule {
    /// Pure. A clock that was set back makes a job run once more rather than not for a long time.
    fn is_due(self, last: Option<Timestamp>, now: Timestamp) -> bool {
        let minutes = match self {
            Self::EachMinute => 1,
            Self::Minutes(minutes) => u64::from(minutes),
        };
        // Ticks come a little early or late: half a minute of leeway, or every other one would be passed over.
        let pause = Duration::from_secs(minutes * 60 - 30);
        last.is_none_or(|last| now < last || now.since(last) >= pause)
    }
}

/// When each job was last run. Not written down: after a start everything is looked at once.
#[derive(Default)]
struct LastRuns(Mutex<HashMap<&'static str, Timestamp>>);

/// Runs everything that may be due at `now`, as after a start. Returns when it is done and durable.
///
/// # Errors
/// The first failure; the jobs after it have been run all the same.
pub fn run_due(app: &App, now: Timestamp) -> Result<(), Failure> {
    let alone = app.memory.timers();
    let last_runs = LastRuns::default();
    let done = run_table(app, TABLE, &last_runs, now);
    drop(alone);
    done.and(run_table(app, SLOW, &last_runs, now))
}

/// Purges what was just closed on sites that keep nothing or by a rule, and the files of all that was closed.
fn purge_at_close(app: &App, now: Timestamp) -> Result<(), Failure> {
    let ctx = ctx(app, now);
    let done = retention::purge_at_close(&ctx);
    let done = done.and_then(|_| purge_rules::run_happened(&ctx)).and_then(|_| retention::erase_files(&ctx));
    let done = done.and(secure_forms::purge_due(&ctx).map(drop));
    done.map(drop).inspect_err(|error| tracing::error!(?error, "the purge at close failed"))
}

fn run_table(app: &App, table: &[Job], last_runs: &LastRuns, now: Timestamp) -> Result<(), Failure> {
    let mut first_failure = Ok(());
    for job in table {
        if !job.schedule.is_due(last_runs.0.lock().get(job.title).copied(), now) {
            continue;
        }
        match (job.run)(app, &ctx(app, now)) {
            Ok(()) => {
                last_runs.0.lock().insert(job.title, now);
            }
            // It stays due and is tried again at the next tick.
            Err(error) => {
                tracing::error!(job = job.title, ?error, "a timer failed");
                first_failure = first_failure.and(Err(error));
            }
        }
    }
    first_failure
}

fn ctx(app: &App, now: Timestamp) -> Ctx<'_> {
    Ctx { now, ..app.ctx(&Actor::Timer) }
}

#[cfg(test)]
mod tests;

//! Backups: making them while chats go on, by the plan or when somebody asks, and rehearsing how they are restored. Each leaves a row in
//! the audit log; the last of each kind is remembered for the admin panel.

mod files;
mod rehearsal;
mod snapshots;

use std::path::Path;
use std::time::Instant;

use super::{Ctx, Failure, signing};
use crate::config::Backups;
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::backup::{Attempt, Contents, History};
use crate::domain::time::Timestamp;
use crate::store::{Destination, StoreError};
use crate::vault::container::Kind;

pub use files::BackupFile;
pub use rehearsal::{rehearse, rehearse_newest};
pub use snapshots::snapshot_due;

/// What the page about backups shows.
#[derive(Debug, Clone)]
pub struct Overview {
    pub history: History,
    /// None without a place for them.
    pub planned: Option<Planned>,
    pub public_key: String,
}

#[derive(Debug, Clone)]
pub struct Planned {
    pub directory: String,
    pub next: When,
    pub next_rehearsal: When,
    /// What lies there, newest first, or why that cannot be seen.
    pub files: Result<Vec<BackupFile>, String>,
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At the next look, within a minute.
    Now,
    At(Timestamp),
    AfterNextBackup,
    Never,
}

impl When {
    fn of(at: Timestamp, now: Timestamp) -> Self {
        if at <= now { Self::Now } else { Self::At(at) }
    }
}

/// # Errors
/// `Denied` to those who do not look after the installation.
pub fn overview(ctx: &Ctx, backups: Option<&Backups>) -> Result<Overview, Failure> {
    ctx.authorize(Action::BackUp)?;
    let history = ctx.store.backups()?;
    let planned = backups.map(|backups| Planned {
        directory: backups.directory.display().to_string(),
        next: When::of(backups.plan.next_backup(history.backup.as_ref()), ctx.now),
        next_rehearsal: match backups.plan.next_rehearsal(&history) {
            Some(at) => When::of(at, ctx.now),
            None if backups.plan.rehearse_days == 0 => When::Never,
            None => When::AfterNextBackup,
        },
        files: files::list(&backups.directory, &ctx.store.installation()).map_err(|error| error.to_string()),
    });
    Ok(Overview { history, planned, public_key: signing::key(ctx)?.public().to_string() })
}

/// Makes the backup, or rehearses its restoring, when the plan says so.
///
/// # Errors
/// When it could not be written down how it went.
pub fn run_due(ctx: &Ctx, backups: &Backups, data_dir: &Path) -> Result<(), Failure> {
    let history = ctx.store.backups()?;
    if backups.plan.next_backup(history.backup.as_ref()) <= ctx.now {
        make(ctx, backups)?;
    }
    let history = ctx.store.backups()?;
    if backups.plan.next_rehearsal(&history).is_some_and(|at| at <= ctx.now) {
        rehearse_newest(ctx, backups, data_dir)?;
    }
    Ok(())
}

/// Makes a backup in the planned place and lets superfluous ones go. The outcome says whether it was made.
///
/// # Errors
/// When one is being made already, or it cannot be written down how it went.
pub fn make(ctx: &Ctx, backups: &Backups) -> Result<Attempt<Contents>, Failure> {
    ctx.authorize(Action::BackUp)?;
    ctx.require_proof()?;
    let _alone = ctx.memory.try_backing_up().ok_or_else(being_made)?;
    let began = Instant::now();
    let file = files::name(&ctx.store.installation(), ctx.now);
    let outcome = files::begin(&backups.directory, &file, &ctx.store.installation())
        .map_err(|error| unwritable(&backups.directory, &error))
        .and_then(|out| {
            let signer = signing::key(ctx)?;
            let public = signer.public();
            let (out, copied) = ctx.store.back_up(Kind::Backup, signer, ctx.now, out)?;
            let bytes = out.finish(&public).map_err(|error| unwritable(&backups.directory, &error))?;
            Ok(Contents { bytes, conversations: copied.drawers, audit_rows: copied.audit_rows })
        })
        .map_err(|failure| sentence(&failure));
    let attempt = Attempt { at: ctx.now, took_ms: millis(began), file, outcome };
    let mut history = ctx.store.backups()?;
    history.backup = Some(attempt.clone());
    let is_trusted = history.rehearsal.as_ref().is_none_or(|last| last.outcome.is_ok());
    match &attempt.outcome {
        Ok(_) => {
            remember(ctx, &history, Some(AuditAction::BackedUp))?;
            // As long as restoring fails, nobody knows which of the older ones will be needed.
            if is_trusted {
                let gone = files::rotate(&backups.directory, &ctx.store.installation(), &backups.plan, ctx.now);
                gone.unwrap_or_else(|error| tracing::warn!(%error, "older backups could not be removed"));
            }
        }
        Err(why) => {
            tracing::error!(why, "the backup was not made");
            remember(ctx, &history, None)?;
        }
    }
    Ok(attempt)
}

/// Writes a backup to wherever somebody wants it, and gives `out` back.
///
/// # Errors
/// When it could not be written.
pub fn write_to<W: Destination + 'static>(ctx: &Ctx, out: W) -> Result<(W, Contents), Failure> {
    ctx.authorize(Action::BackUp)?;
    let _alone = ctx.memory.try_backing_up().ok_or_else(being_made)?;
    let (out, copied) = ctx.store.back_up(Kind::Backup, signing::key(ctx)?, ctx.now, out)?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::BackedUp);
    ctx.store.commit(batch).wait()?;
    Ok((out, Contents { bytes: copied.bytes, conversations: copied.drawers, audit_rows: copied.audit_rows }))
}

/// Writes which conversations have been destroyed, for restoring a backup that is older than that, and gives `out` back.
///
/// # Errors
/// When it could not be written.
pub fn write_tombstones<W: Destination + 'static>(ctx: &Ctx, out: W) -> Result<W, Failure> {
    ctx.authorize(Action::BackUp)?;
    Ok(ctx.store.export_tombstones(signing::key(ctx)?, ctx.now, out)?)
}

fn remember(ctx: &Ctx, history: &History, action: Option<AuditAction>) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    batch.put_backups(history);
    if let Some(action) = action {
        ctx.audit(&mut batch, action);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn being_made() -> Failure {
    Failure::Conflict("A backup is being made or rehearsed already. Wait until it is done.".to_owned())
}

fn unwritable(directory: &Path, error: &std::io::Error) -> Failure {
    Failure::Conflict(format!("The backup could not be written to {}: {error}.", directory.display()))
}

/// For the page: what the store says of a copy that failed is more than that nothing can be stored.
fn sentence(failure: &Failure) -> String {
    match failure {
        Failure::Store(StoreError::NotCopied(why)) => format!("The backup could not be written: {why}."),
        Failure::Store(error) => format!("The backup could not be made: {error}."),
        other => other.to_string(),
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

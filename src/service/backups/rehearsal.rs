//! Rehearsing a restore: the same as restoring, into a scratch directory that is thrown away.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{files, millis, remember};
use crate::config::Backups;
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::backup::{Attempt, Contents};
use crate::domain::time::Timestamp;
use crate::service::restoration::{Opener, Progress, Restoration, Since, Trouble};
use crate::service::{Ctx, Failure, Random};
use crate::vault::RootKey;

/// Where in the data directory; whatever a crash has left there goes first.
const SCRATCH: &str = "rehearsal";

/// Rehearses with the newest backup that lies in the planned place, and writes down how it went.
///
/// # Errors
/// When there is none, when one is being made, or it cannot be written down.
pub fn rehearse_newest(ctx: &Ctx, backups: &Backups, data_dir: &Path) -> Result<Attempt<Contents>, Failure> {
    ctx.authorize(Action::BackUp)?;
    let _alone = ctx.memory.try_backing_up().ok_or_else(super::being_made)?;
    let began = Instant::now();
    let newest = files::list(&backups.directory, &ctx.store.installation());
    let newest = newest.map(|files| files.into_iter().next());
    let (file, outcome) = match newest {
        Ok(Some(newest)) => {
            let open: Opener = &|unopened| ctx.store.open_container(unopened);
            let scratch = data_dir.join(SCRATCH);
            let path = backups.directory.join(&newest.name);
            let done = rehearse(&path, open, &scratch, (ctx.now, ctx.random), &mut |_, _, _| {});
            (newest.name, done.map_err(|trouble| trouble.to_string()))
        }
        Ok(None) => (String::new(), Err(format!("There is no backup in {}.", backups.directory.display()))),
        Err(error) => (String::new(), Err(format!("{} cannot be read: {error}.", backups.directory.display()))),
    };
    if let Err(why) = &outcome {
        tracing::error!(why, "the rehearsal of a restore failed");
    }
    let whole = outcome.is_ok();
    let attempt = Attempt { at: ctx.now, took_ms: millis(began), file, outcome };
    let mut history = ctx.store.backups()?;
    history.rehearsal = Some(attempt.clone());
    remember(ctx, &history, Some(AuditAction::Rehearsed { whole }))?;
    Ok(attempt)
}

/// Restores a backup into `scratch`, opens it and reads every conversation, and removes it again.
///
/// # Errors
/// When it could not be restored.
pub fn rehearse(
    backup: &Path,
    open: Opener,
    scratch: &Path,
    (now, random): (Timestamp, &dyn Random),
    progress: Progress,
) -> Result<Contents, Trouble> {
    let scratch = Scratch::new(scratch)?;
    // A key that is never written down: what the disk keeps of the scratch directory nobody can open.
    let root = RootKey::generate().map_err(|_| Trouble::Open(crate::store::OpenError::NoRandomness))?;
    let restoration = Restoration { backup, open, into: &scratch.0, root: &root, now, random };
    restoration.prove(progress)?;
    Ok(restoration.carry_out(|_| Ok(Since::default()), progress)?.contents)
}

/// Gone when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(path: &Path) -> Result<Self, Trouble> {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Trouble::Unreadable { path: path.to_owned(), error })
            }
            _ => Ok(Self(path.to_owned())),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the scratch directory of a rehearsal could not be removed");
        }
    }
}

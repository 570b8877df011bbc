//! Snapshots: copies of everything beside the database, which together with the journal since then mend it when it is damaged
//! (`parlor rescue`). The two newest are kept. They hold no top key: without the tip nobody can open them.

use std::path::Path;
use std::time::Duration;

use crate::service::{Ctx, Failure, signing};
use crate::store::{StoreError, snapshots};

const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes one when the newest is a day old, when the journal since then has grown beyond half of what is stored, or when it is much
/// larger than that by now.
///
/// # Errors
/// When it cannot be made. What was there stays.
pub fn snapshot_due(ctx: &Ctx, data_dir: &Path) -> Result<(), Failure> {
    let Some(_alone) = ctx.memory.try_backing_up() else { return Ok(()) };
    let live = ctx.store.live_bytes()?;
    let newest = snapshots::newest(data_dir).map_err(|error| failed(&error))?;
    let is_due = newest.is_none_or(|newest| {
        let is_old = ctx.now.since(newest.at) >= EVERY || ctx.now < newest.at;
        let is_behind = ctx.store.journal_bytes() > (live / 2).max(snapshots::WORTH_IT_BYTES);
        is_old || is_behind || newest.bytes > 2 * live + snapshots::WORTH_IT_BYTES
    });
    if is_due {
        match ctx.store.make_snapshot(data_dir, signing::key(ctx)?, ctx.now) {
            // There is no room for it, most likely. Nothing is lost by that, and it is tried again in a while.
            Err(StoreError::NotCopied(why)) => tracing::warn!(why, "no snapshot was made"),
            done => done?,
        }
    }
    Ok(())
}

fn failed(error: &std::io::Error) -> Failure {
    StoreError::NotCopied(error.to_string()).into()
}

//! Restoring: proving a backup, making a data directory of it, and putting that in order before anybody may look into it. What was
//! purged since the backup was made is purged again, what is due by now goes, and nobody is signed in.
//!
//! Rehearsals do exactly this and then throw the result away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Asked, Ctx, Failure, Memory, Random, conversations, holds, posture, purge_rules, retention, subjects};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::{AuditAction, PurgeRule};
use crate::domain::backup::Contents;
use crate::domain::hold::Hold;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::limits;
use crate::domain::posture::Posture;
use crate::domain::time::Timestamp;
use crate::store::{self, OpenError, Purge, RestoreError, Scope, Seen, Store};
use crate::vault::RootKey;
use crate::vault::container::{ContainerError, Header, Reader, Unopened};

/// What a restored directory takes on the disk, as a multiple of the backup in tenths, and what has to be free besides.
const ROOM_TENTHS: u64 = 25;
const ROOM_BYTES: u64 = 64 << 20;

/// Why a backup was not restored. The data that was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("The backup {path} cannot be used: {error}.")]
    Backup { path: PathBuf, error: RestoreError },
    #[error("{path} cannot be read: {error}.")]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("Only {free_mib} MiB are free at {path}, and about {needed_mib} MiB are needed. Make room and try again.")]
    Room { path: PathBuf, free_mib: u64, needed_mib: u64 },
    #[error("What was restored does not open. {0}")]
    Open(#[from] OpenError),
    #[error("What was restored could not be put in order: {0}")]
    Order(#[from] Failure),
    #[error("{0}")]
    Key(String),
    #[error("What was restored is not whole ({faults} faults): {first}.")]
    Faults { faults: u64, first: String },
    #[error("What was restored holds {found} conversations, and {expected} should be there.")]
    Count { expected: u64, found: u64 },
}

/// What is being done, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Proving,
    Restoring,
    Verifying,
}

/// What is known to have happened since the backup was made.
#[derive(Debug, Default)]
pub struct Since {
    pub destroyed: BTreeSet<ConversationId>,
    /// What was enforced in the data that is to be replaced, if that could be read.
    pub posture: Option<Posture>,
    /// What is held there.
    pub holds: Vec<Arc<Hold>>,
    /// What is kept there and not used, since somebody asked for it.
    pub restricted: Vec<ConversationId>,
}

/// Hears how many of how many bytes or conversations are done.
pub type Progress<'a> = &'a mut dyn FnMut(Step, u64, u64);

/// Opens a container, whoever holds the key.
pub type Opener<'a> = &'a dyn Fn(Unopened<Input>) -> Result<Reader<Input>, ContainerError>;
pub type Input = BufReader<File>;

/// One restoring.
pub struct Restoration<'a> {
    pub backup: &'a Path,
    pub open: Opener<'a>,
    /// A directory that is not there yet.
    pub into: &'a Path,
    /// What the new directory is sealed under.
    pub root: &'a RootKey,
    pub now: Timestamp,
    pub random: &'a dyn Random,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub backup_at: Timestamp,
    pub contents: Contents,
    /// Purged again since they had been purged after the backup, and purged since they are due.
    pub again: usize,
    pub due: usize,
}

/// The header of a container, not proven yet.
///
/// # Errors
/// When it is none.
pub fn begin(path: &Path) -> Result<Unopened<Input>, Trouble> {
    let file = File::open(path).map_err(|error| Trouble::Unreadable { path: path.to_owned(), error })?;
    Unopened::begin(BufReader::with_capacity(1 << 20, file)).map_err(|error| of_backup(path, error))
}

impl Restoration<'_> {
    /// Reads the backup to its end and changes nothing. Says what it says of itself.
    ///
    /// # Errors
    /// When anything in it is not what was written, or it is no backup.
    pub fn prove(&self, progress: Progress) -> Result<Header, Trouble> {
        let unopened = begin(self.backup)?;
        store::can_restore(unopened.header()).map_err(|error| of_backup(self.backup, error))?;
        let length = bytes_of(self.backup)?;
        let reader = (self.open)(unopened).map_err(|error| of_backup(self.backup, error))?;
        let header = reader.header().clone();
        let mut done = 0;
        let proven = reader.prove(|bytes| {
            done += bytes;
            progress(Step::Proving, done, length);
        });
        proven.map_err(|error| of_backup(self.backup, error))?;
        Ok(header)
    }

    /// Makes the directory and puts it in order. Call it after `prove`.
    ///
    /// # Errors
    /// When that cannot be done; what is in the directory then may be removed.
    pub fn carry_out(
        &self,
        since: impl FnOnce(&Store) -> Result<Since, Trouble>,
        progress: Progress,
    ) -> Result<Outcome, Trouble> {
        let bytes = bytes_of(self.backup)?;
        check_room(self.into, bytes)?;
        let unopened = begin(self.backup)?;
        let backup_at = Timestamp::from_millis(unopened.header().created_ms);
        let reader = (self.open)(unopened).map_err(|error| of_backup(self.backup, error))?;
        let on_bytes = |done, all| progress(Step::Restoring, done, all);
        let restored = store::restore(reader, self.into, self.root, on_bytes).map_err(|error| of_backup(self.backup, error))?;
        let store = Store::open(self.into, self.root, Box::new(|_| {}))?;
        let done = self.put_in_order(&store, backup_at, since, progress);
        store.close();
        let (again, due, found) = done?;
        if found != restored.drawers {
            return Err(Trouble::Count { expected: restored.drawers, found });
        }
        let contents = Contents { bytes, conversations: restored.drawers, audit_rows: restored.audit_rows };
        Ok(Outcome { backup_at, contents, again, due })
    }

    fn put_in_order(
        &self,
        store: &Store,
        backup_at: Timestamp,
        since: impl FnOnce(&Store) -> Result<Since, Trouble>,
        progress: Progress,
    ) -> Result<(usize, usize, u64), Trouble> {
        let memory = Memory::default();
        let ctx =
            Ctx { actor: &Actor::Host, now: self.now, random: self.random, store, memory: &memory, asked: Asked::default() };
        let found = verify(store, progress)?;
        let since = since(store)?;
        let again = purge_again(&ctx, &since.destroyed)?;
        holds::bring_along(&ctx, &since.holds)?;
        subjects::change::bring_along(&ctx, &since.restricted)?;
        if let Some(present) = &since.posture {
            posture::keep(&ctx, present)?;
        }
        end_all_sessions(&ctx)?;
        if conversations::close_idle(&ctx)? > 0 {
            store.commit(store.batch()).wait().map_err(Failure::from)?;
        }
        let due = retention::purge_due(&ctx)?.gone + purge_rules::run_due(&ctx)?.gone;
        // Else the start that follows would take the age of the backup for a rest.
        purge_rules::look_alive(&ctx)?;
        retention::erase_files(&ctx)?;
        let mut batch = store.batch();
        let purged = u32::try_from(again + due).unwrap_or(u32::MAX);
        ctx.audit(&mut batch, AuditAction::Restored { backup_at, purged });
        store.commit(batch).wait().map_err(Failure::from)?;
        Ok((again, due, found))
    }
}

/// Whether all of it is whole; how many conversations there are.
fn verify(store: &Store, progress: Progress) -> Result<u64, Trouble> {
    let mut first = None;
    let mut watch = |seen| {
        match seen {
            Seen::Progress { done, total, .. } => progress(Step::Verifying, done, total),
            Seen::Fault(fault) => drop(first.get_or_insert(fault)),
        }
        ControlFlow::Continue(())
    };
    let verdict = store.verify(Scope::Everything, &mut watch).map_err(Failure::from)?;
    match first {
        Some(first) => Err(Trouble::Faults { faults: verdict.faults, first }),
        None => Ok((store.open_count() + store.closed_count()) as u64),
    }
}

/// Purges those of the destroyed drawers that have come back.
fn purge_again(ctx: &Ctx, destroyed: &BTreeSet<ConversationId>) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    let mut sites: BTreeMap<SiteId, Vec<ConversationId>> = BTreeMap::new();
    for id in destroyed {
        if let Some(site) = ctx.store.site_of_drawer(*id) {
            sites.entry(site).or_default().push(*id);
        }
    }
    let mut again = 0;
    for (site, ids) in sites {
        for ids in ids.chunks(limits::PURGE_BATCH) {
            let rule = PurgeRule::Tombstone;
            let purge = Purge { site, conversations: ids.to_vec(), rule, actor: ctx.audit_actor(), now: ctx.now };
            let before = ctx.store.open_count() + ctx.store.closed_count();
            ctx.store.purge(purge).wait()?;
            // Drawers of files are among them, and no chats.
            let chats = before - (ctx.store.open_count() + ctx.store.closed_count());
            again += chats;
        }
    }
    Ok(again)
}

/// Who was signed out, or disabled, since the backup must not come back with it as signed in.
fn end_all_sessions(ctx: &Ctx) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    for (hash, _) in ctx.store.sessions()? {
        batch.delete_session(&hash);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn of_backup(path: &Path, error: impl Into<RestoreError>) -> Trouble {
    Trouble::Backup { path: path.to_owned(), error: error.into() }
}

fn bytes_of(path: &Path) -> Result<u64, Trouble> {
    let facts = std::fs::metadata(path).map_err(|error| Trouble::Unreadable { path: path.to_owned(), error })?;
    Ok(facts.len())
}

fn check_room(into: &Path, bytes: u64) -> Result<(), Trouble> {
    let place = into.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(facts) = rustix::fs::statvfs(place) else { return Ok(()) };
    let (free, needed) = (facts.f_bavail.saturating_mul(facts.f_frsize), bytes / 10 * ROOM_TENTHS + ROOM_BYTES);
    if free < needed {
        return Err(Trouble::Room { path: place.to_owned(), free_mib: free >> 20, needed_mib: needed >> 20 });
    }
    Ok(())
}

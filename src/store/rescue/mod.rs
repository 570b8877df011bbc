//! Mending a damaged data directory. A new generation of the database is made beside the old one, from the newest snapshot and the
//! journal behind it, or from the whole journal, or from what can still be read of the old one; it is looked through wholly,
//! and only then put in force. What was there before is kept under another name.
//!
//! Whatever cannot be brought back is named by its number. Where anything is, nothing is put in force unless that was asked for.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::watermark::{self, Mark, Watermark};
use super::{CommitNumber, OpenError, StoreError, audit, files, generation, journal, migrate, snapshots, tip_file};
use crate::domain::time::Timestamp;
use crate::vault::{RootKey, Tip, TipState};

mod build;
mod mend;

use build::{Built, Source};

/// What the owner wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Put nothing in force that is not whole.
    KeepAll,
    /// Put in force what there is, when nothing better can be made.
    AcceptLoss,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescued {
    /// What the database was made of, in words.
    pub from: String,
    pub commit: CommitNumber,
    pub conversations: u64,
    pub audit_rows: u64,
    /// What could not be brought back, a sentence each. Empty when all is there.
    pub lost: Vec<String>,
    /// Whether it is in force now.
    pub in_force: bool,
    /// Where that which was there before lies now.
    pub kept: Vec<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum RescueError {
    #[error("{0}")]
    Open(#[from] OpenError),
    #[error(
        "The tip of the key tree in {0} is gone, and with it every key: nothing here can be read any more, by anybody. Restore the newest backup with `parlor restore`."
    )]
    NoTip(PathBuf),
    #[error(
        "The data directory {0} is of an older format, which this command does not mend. Restore the newest backup with `parlor restore`."
    )]
    Former(PathBuf),
    #[error(
        "Nothing in {path} is good enough to build on: {why}. Restore the newest backup with `parlor restore`. Nothing was changed."
    )]
    Nothing { path: PathBuf, why: String },
    #[error("{path} cannot be written: {error}. Make room or mend the disk, and try again.")]
    Unwritable { path: PathBuf, error: io::Error },
}

/// Builds the database anew and puts it in force, if nothing is lost or the wish allows it. `now` goes into the audit log when
/// something was lost.
///
/// # Errors
/// When the directory is in use, the root key is another one, or there is nothing to build on.
pub fn rescue(data_dir: &Path, root: &RootKey, wish: Wish, now: Timestamp) -> Result<Rescued, RescueError> {
    let held = files::hold(data_dir)?;
    let rescue = Rescue::begin(data_dir, root, now)?;
    let best = rescue.best()?;
    let in_force = best.lost.is_empty() || wish == Wish::AcceptLoss;
    let kept = if in_force { rescue.put_in_force(&best) } else { rescue.discard(&best).map(|()| Vec::new()) };
    let kept = kept.map_err(|error| rescue.unwritable(error))?;
    drop(held);
    let Built { from, mark, lost, .. } = best;
    Ok(Rescued { from, commit: mark.commit, conversations: mark.drawers, audit_rows: mark.audit_rows, lost, in_force, kept })
}

struct Rescue<'a> {
    data_dir: &'a Path,
    root: &'a RootKey,
    tip: Tip,
    now: Timestamp,
    /// What was promised, as far as that can be read.
    promised: Option<Mark>,
}

impl<'a> Rescue<'a> {
    fn begin(data_dir: &'a Path, root: &'a RootKey, now: Timestamp) -> Result<Self, RescueError> {
        let unusable = |error: io::Error| OpenError::Unusable { path: data_dir.to_owned(), reason: error.to_string() };
        let tip_file::Found::Slot { header, .. } = tip_file::read(data_dir).map_err(unusable)? else {
            return Err(RescueError::NoTip(data_dir.to_owned()));
        };
        if header.format > super::tables::FORMAT {
            let (found, known) = (header.format, super::tables::FORMAT);
            return Err(OpenError::NewerFormat { path: data_dir.to_owned(), found, known }.into());
        }
        if header.format == migrate::FORMER || header.state == TipState::New {
            return Err(RescueError::Former(data_dir.to_owned()));
        }
        let tip = header.open(root).map_err(|_| OpenError::WrongKey(data_dir.to_owned()))?;
        let promised = watermark::read(data_dir, &tip.installation).ok().flatten();
        Ok(Self { data_dir, root, tip, now, promised })
    }

    /// The first that is whole, or else the one that lacks least.
    fn best(&self) -> Result<Built, RescueError> {
        let snapshots = snapshots::list(self.data_dir).unwrap_or_default();
        let mut sources: Vec<Source> = snapshots.into_iter().map(Source::Snapshot).collect();
        sources.push(Source::Journal);
        sources.extend(self.remains().map(Source::Remains));
        let first = generation::list(self.data_dir).map_err(|error| self.unwritable(error))?.into_iter().max().unwrap_or(0) + 1;
        let mut best: Option<Built> = None;
        let mut reasons = Vec::new();
        for (number, source) in (first..).zip(sources) {
            let name = source.name();
            match self.build(&source, number) {
                Ok(built) => {
                    let is_whole = built.lost.is_empty();
                    let (keep, drop) = match best.take() {
                        Some(before) if before.lost.len() <= built.lost.len() => (before, Some(built)),
                        before => (built, before),
                    };
                    if let Some(gone) = drop {
                        self.discard(&gone).map_err(|error| self.unwritable(error))?;
                    }
                    best = Some(keep);
                    if is_whole {
                        break;
                    }
                }
                Err(error) => {
                    reasons.push(format!("{name}: {error}"));
                    self.remove(number).map_err(|error| self.unwritable(error))?;
                }
            }
        }
        let why = reasons.join("; ");
        best.ok_or_else(|| RescueError::Nothing { path: self.data_dir.to_owned(), why })
    }

    /// The old generation, wherever an earlier attempt has put it.
    fn remains(&self) -> Option<PathBuf> {
        let named = generation::read(self.data_dir).ok().flatten();
        let newest = || generation::list(self.data_dir).ok()?.into_iter().max();
        let dir = generation::dir(self.data_dir, named.or_else(newest)?);
        [dir.clone(), aside_of(&dir)].into_iter().find(|dir| dir.join("db").exists())
    }

    /// From here on the new one counts.
    fn put_in_force(&self, built: &Built) -> io::Result<Vec<PathBuf>> {
        let mut kept = Vec::new();
        for other in generation::list(self.data_dir)?.into_iter().filter(|other| *other != built.generation) {
            kept.push(put_aside(&generation::dir(self.data_dir, other))?);
        }
        generation::switch(self.data_dir, built.generation)?;
        let dir = self.data_dir.join(journal::NAME);
        if !built.journal_is_whole {
            if dir.exists() {
                kept.push(put_aside(&dir)?);
            }
            std::fs::create_dir(&dir)?;
            let end = journal::End { commit: built.mark.commit, ..journal::End::default() };
            let segments = journal::Segments::new(self.data_dir, &end, None);
            let (key, installation) = (self.tip.journal.clone(), self.tip.installation);
            drop(journal::Journal::start(Arc::clone(&segments), key, installation, &end)?);
        }
        let mut watermark = Watermark::open(self.data_dir, self.tip.installation)?;
        // One that was taken away stays away, so that the next start says so.
        if let Some((chain, keys)) = &built.log {
            audit::write_head(self.data_dir, keys, &self.tip.installation, chain)?;
        }
        // Both slots: one that promises what was lost would be believed at the next start.
        watermark.write(built.mark)?;
        watermark.write(built.mark)?;
        watermark.sync()?;
        files::sync_directory(self.data_dir)?;
        Ok(kept)
    }

    fn discard(&self, built: &Built) -> io::Result<()> {
        self.remove(built.generation)
    }

    fn remove(&self, generation: u64) -> io::Result<()> {
        match std::fs::remove_dir_all(generation::dir(self.data_dir, generation)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn unwritable(&self, error: io::Error) -> RescueError {
        RescueError::Unwritable { path: self.data_dir.to_owned(), error }
    }
}

fn aside_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".damaged");
    PathBuf::from(name)
}

/// Under a name that no start takes for anything. What an earlier rescue has put there goes.
fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = aside_of(path);
    match std::fs::remove_dir_all(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::rename(path, &aside)?;
    Ok(aside)
}

/// Why one source is of no use.
fn useless(error: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(error.to_string())
}

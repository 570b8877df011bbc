//! Restoring a backup in the place of the data directory, while nothing runs on it. The new directory is made beside the old one and put
//! in order; only then do the two change places, in one step. Until that step nothing in the old one was touched.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::opening::{self, StartError};
use crate::config::Config;
use crate::domain::id::ConversationId;
use crate::domain::posture::Posture;
use crate::domain::time::Timestamp;
use crate::service::Random;
use crate::service::restoration::{Outcome, Progress, Restoration, Since, Trouble, begin};
use crate::service::subjects;
use crate::store::{self, OpenError, Store};
use crate::vault::RootKey;
use crate::vault::container::Header;

#[derive(Debug, thiserror::Error)]
pub enum RestoringError {
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("{0} Nothing was changed.")]
    Trouble(#[from] Trouble),
    #[error(
        "The data directory {0} belongs to another installation than the backup. Name another with --data-dir DIR, or move it away. Nothing was changed."
    )]
    OtherInstallation(PathBuf),
    #[error(
        "{new} could not take the place of {old}: {error}. Is it a mount point? Then restore into another directory with --data-dir DIR. Nothing was changed."
    )]
    Exchange { new: PathBuf, old: PathBuf, error: io::Error },
    #[error("{path} cannot be written: {error}. Nothing was changed.")]
    Unwritable { path: PathBuf, error: io::Error },
}

impl From<OpenError> for RestoringError {
    fn from(error: OpenError) -> Self {
        Self::Start(error.into())
    }
}

/// What was done.
#[derive(Debug)]
pub struct Done {
    pub outcome: Outcome,
    /// Where that which was replaced is kept, if anything was.
    pub replaced: Option<PathBuf>,
    /// Why the purges since the backup, what was held and what was enforced are not known from the data that was replaced, when that is so.
    pub unread: Option<String>,
}

/// Restores `backup`. `tombstones` are newer backups, or files of `parlor tombstones export`.
///
/// # Errors
/// Says what is wrong; the data directory is as it was.
pub fn restore(
    config: &Config,
    (backup, tombstones): (&Path, &[PathBuf]),
    now: Timestamp,
    random: &dyn Random,
    progress: Progress,
) -> Result<Done, RestoringError> {
    opening::check_clock(now)?;
    opening::check_not_running(config)?;
    opening::check_data_dir(&config.data_dir)?;
    // A link to the directory stays, and what it leads to is replaced.
    let data_dir = fs::canonicalize(&config.data_dir).unwrap_or_else(|_| config.data_dir.clone());
    let held = if data_dir.exists() { Some(store::hold(&data_dir)?) } else { None };
    let unopened = begin(backup)?;
    let header = unopened.header().clone();
    if store::tip_of(&data_dir)?.is_some_and(|tip| tip.installation != header.installation) {
        return Err(RestoringError::OtherInstallation(data_dir));
    }
    let root = opening::key_of_backup(config, &header.key, |key| unopened.fits(key))?;
    let new = beside(&data_dir, "restoring");
    let restoration = Restoration { backup, open: &|unopened| unopened.open(&root), into: &new, root: &root, now, random };
    restoration.prove(progress)?;
    clear(&new)?;
    let mut unread = None;
    let collect = |store: &Store| {
        let mut since = Since { destroyed: drawers(store)?, ..Since::default() };
        for file in tombstones {
            since.destroyed.extend(in_file(store, file, config, &header)?);
        }
        match in_replaced(&data_dir, &root) {
            Ok(more) => {
                since.destroyed.extend(more.destroyed);
                since.posture = more.posture;
                since.holds = more.holds;
                since.restricted = more.restricted;
            }
            Err(why) => unread = Some(why),
        }
        Ok(since)
    };
    let outcome = restoration.carry_out(collect, progress).inspect_err(|_| drop(clear(&new)))?;
    own_as(&data_dir, &new).map_err(|error| RestoringError::Unwritable { path: new.clone(), error })?;
    let exchanged = store::exchange(&new, &data_dir).map_err(|error| RestoringError::Exchange {
        new: new.clone(),
        old: data_dir.clone(),
        error,
    });
    let replaced = if exchanged.inspect_err(|_| drop(clear(&new)))? {
        let kept = beside(&data_dir, &format!("replaced-{}", now.as_millis()));
        // It is out of the way already; a better name is all that could fail here.
        Some(if fs::rename(&new, &kept).is_ok() { kept } else { new })
    } else {
        None
    };
    drop(held);
    Ok(Done { outcome, replaced: replaced.filter(|path| store::is_initialised(path)), unread })
}

/// `/var/lib/parlor` has its neighbours in `/var/lib/parlor.WORD`.
fn beside(data_dir: &Path, word: &str) -> PathBuf {
    let mut name = data_dir.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(word);
    data_dir.with_file_name(name)
}

fn clear(path: &Path) -> Result<(), RestoringError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(RestoringError::Unwritable { path: path.to_owned(), error }),
        _ => Ok(()),
    }
}

fn drawers(store: &Store) -> Result<BTreeSet<ConversationId>, Trouble> {
    let all = store.tombstones().map_err(|error| Trouble::Order(error.into()))?;
    Ok(all.into_iter().flat_map(|it| it.drawers).collect())
}

/// What a newer backup, or an exported file, knows to be destroyed.
fn in_file(store: &Store, path: &Path, config: &Config, of: &Header) -> Result<BTreeSet<ConversationId>, Trouble> {
    let refused = |error: store::RestoreError| Trouble::Backup { path: path.to_owned(), error };
    let unopened = begin(path)?;
    if unopened.header().installation != of.installation {
        return Err(refused(store::RestoreError::OtherInstallation));
    }
    let root = opening::key_of_backup(config, &unopened.header().key.clone(), |key| unopened.fits(key));
    let root = root.map_err(|error| Trouble::Key(error.to_string()))?;
    let reader = unopened.open(&root).map_err(|error| refused(error.into()))?;
    let all = store.tombstones_of(reader).map_err(refused)?;
    Ok(all.into_iter().flat_map(|it| it.drawers).collect())
}

/// What the data that is to be replaced knows to be destroyed, and what is enforced, held and restricted there. It is read from a copy, since opening it would change it; the copy is
/// sealed under a key that is never written down.
fn in_replaced(data_dir: &Path, root: &RootKey) -> Result<Since, String> {
    if !store::is_initialised(data_dir) {
        return Ok(Since::default());
    }
    let copy = beside(data_dir, "looked-into");
    let read = || {
        clear(&copy).map_err(|error| error.to_string())?;
        let key = RootKey::generate().map_err(|error| error.to_string())?;
        store::copy_aside(data_dir, &copy, root, &key).map_err(|error| error.to_string())?;
        let store = Store::open(&copy, &key, Box::new(|_| {})).map_err(|error| error.to_string())?;
        let house = store.house();
        let (posture, holds) = (Some(Posture::clone(&house.posture)), house.holds.values().cloned().collect());
        let restricted = subjects::restricted(&store).map_err(|error| error.to_string())?.into_iter().collect();
        let since = |destroyed| Since { destroyed, posture, holds, restricted };
        let found = drawers(&store).map(since).map_err(|error| error.to_string());
        store.close();
        found
    };
    let found = read();
    if let Err(error) = clear(&copy) {
        tracing::warn!(%error, "a copy of the replaced data could not be removed");
    }
    found
}

/// Root may restore for the user who runs the service, who then has to own all of it.
fn own_as(data_dir: &Path, new: &Path) -> io::Result<()> {
    let Ok(facts) = fs::metadata(data_dir) else { return Ok(()) };
    if !rustix::process::geteuid().is_root() || facts.uid() == 0 {
        return Ok(());
    }
    let mut waiting = vec![new.to_owned()];
    while let Some(path) = waiting.pop() {
        std::os::unix::fs::lchown(&path, Some(facts.uid()), Some(facts.gid()))?;
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        }
    }
    Ok(())
}

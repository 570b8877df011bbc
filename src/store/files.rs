//! Files and directories: the lock, the reading through before sled may touch anything, and the syncing that sled leaves out.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::OpenError;
use rustix::fs::{FlockOperation, flock};

const LOCK_WAIT: Duration = Duration::from_secs(10);
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Makes the directory, for its owner only, where it is missing.
pub(super) fn make_private(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    sync_directory(dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

/// Holds the data directory for this process: the lock is on the directory itself, so there is no lock file to be left
/// behind. Waits for an instance that is just ending. `None` when it does not end.
pub(super) fn lock(dir: &Path, wait: Duration) -> io::Result<Option<File>> {
    let handle = File::open(dir)?;
    let until = Instant::now() + wait;
    loop {
        match flock(&handle, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Some(handle)),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) if Instant::now() < until => {
                std::thread::sleep(LOCK_PAUSE)
            }
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

/// A data directory that nobody else opens for as long as this lives.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "held, not used")] File);

/// Holds the directory without opening what is in it, and changes nothing.
///
/// # Errors
/// `Busy` when another process uses it.
pub fn hold(data_dir: &Path) -> Result<Held, OpenError> {
    let unusable = |error: io::Error| OpenError::Unusable { path: data_dir.to_owned(), reason: error.to_string() };
    lock(data_dir, lock_wait()).map_err(unusable)?.map(Held).ok_or_else(|| OpenError::Busy(data_dir.to_owned()))
}

pub(super) fn lock_wait() -> Duration {
    // Tests of the refusal itself need not take ten seconds each.
    if cfg!(test) { Duration::from_millis(300) } else { LOCK_WAIT }
}

/// Sled closes its file when the last of its own threads lets go of it: until then it is locked.
pub(super) fn wait_for_release(path: &Path) {
    let Ok(file) = File::open(path) else { return };
    for _ in 0..200 {
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Reads every file once. Sled takes a failed read for the end of its log and deletes what comes behind, so a disk that
/// cannot be read has to be noticed before sled opens it.
pub(super) fn read_through(dir: &Path) -> Result<(), (PathBuf, io::Error)> {
    let mut buffer = vec![0; 256 * 1024];
    let mut waiting = vec![dir.to_owned()];
    while let Some(path) = waiting.pop() {
        let failed = |error| (path.clone(), error);
        let facts = fs::symlink_metadata(&path).map_err(failed)?;
        if facts.is_dir() {
            for entry in fs::read_dir(&path).map_err(failed)? {
                waiting.push(entry.map_err(failed)?.path());
            }
        } else if facts.is_file() {
            let mut file = File::open(&path).map_err(failed)?;
            while file.read(&mut buffer).map_err(failed)? > 0 {}
        }
    }
    Ok(())
}

pub(super) fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Syncs every file and directory below `dir`, and `dir`.
pub(super) fn sync_tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() { sync_tree(&entry.path())? } else { File::open(entry.path())?.sync_all()? }
    }
    sync_directory(dir)
}

/// Makes durable what sled has flushed: its log, and the blob files that it would make of large pages and never sync.
pub(super) struct Syncer {
    log: File,
    blobs: PathBuf,
    synced: HashSet<OsString>,
}

impl Syncer {
    pub(super) fn open(sled_dir: &Path) -> io::Result<Self> {
        let blobs = sled_dir.join("blobs");
        let synced = fs::read_dir(&blobs)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<_>>()?;
        Ok(Self { log: fs::OpenOptions::new().read(true).write(true).open(sled_dir.join("db"))?, blobs, synced })
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.log.sync_data()?;
        // Values are small enough that there are none; a directory that stays empty costs three system calls.
        let mut new = Vec::new();
        for entry in fs::read_dir(&self.blobs)? {
            let name = entry?.file_name();
            if !self.synced.contains(&name) {
                new.push(name);
            }
        }
        for name in &new {
            match File::open(self.blobs.join(name)) {
                Ok(file) => file.sync_all()?,
                // Sled removes blobs that it has replaced.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        if !new.is_empty() {
            sync_directory(&self.blobs)?;
            self.synced.extend(new);
        }
        Ok(())
    }
}

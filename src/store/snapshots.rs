//! Snapshots in the data directory: `snapshots/COMMIT.parlor`, the two newest. The journal since the older one is kept, so either of them,
//! the tip and the journal are all that is needed to make the database anew.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::backup::Destination;
use super::{CommitNumber, Store, StoreError, files};
use crate::domain::time::Timestamp;
use crate::vault::SigningKey;
use crate::vault::container::{Kind, Unopened};

const NAME: &str = "snapshots";
const ENDING: &str = "parlor";
const PART: &str = "part";
const KEPT: usize = 2;
/// Below this nothing is made sooner than its day for the sake of room.
pub const WORTH_IT_BYTES: u64 = 64 << 20;
/// What has to stay free besides a snapshot.
const SPARE_BYTES: u64 = 256 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    pub path: PathBuf,
    /// The last commit that it holds.
    pub commit: CommitNumber,
    pub at: Timestamp,
    pub bytes: u64,
}

/// Newest first. What has no readable header is passed over.
///
/// # Errors
/// When the directory cannot be read.
pub fn list(data_dir: &Path) -> io::Result<Vec<SnapshotFile>> {
    let entries = match fs::read_dir(data_dir.join(NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let commit = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        let (Some(commit), true) = (commit, path.extension().is_some_and(|ending| ending == ENDING)) else { continue };
        let file = File::open(&path)?;
        let bytes = file.metadata()?.len();
        let Ok(unopened) = Unopened::begin(BufReader::new(file)) else { continue };
        found.push(SnapshotFile { path, commit, at: Timestamp::from_millis(unopened.header().created_ms), bytes });
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.commit));
    Ok(found)
}

/// # Errors
/// When the directory cannot be read.
pub fn newest(data_dir: &Path) -> io::Result<Option<SnapshotFile>> {
    Ok(list(data_dir)?.into_iter().next())
}

/// The commit behind which the journal is needed, if there is a snapshot.
pub(super) fn needed_behind(data_dir: &Path) -> io::Result<Option<CommitNumber>> {
    Ok(list(data_dir)?.into_iter().take(KEPT).next_back().map(|oldest| oldest.commit))
}

impl Store {
    /// Makes a snapshot, durably, and lets go of those that it makes superfluous, with the journal before them.
    ///
    /// # Errors
    /// When it cannot be made; what was there stays.
    pub fn make_snapshot(&self, data_dir: &Path, signer: SigningKey, now: Timestamp) -> Result<(), StoreError> {
        let failed = |error: io::Error| StoreError::NotCopied(error.to_string());
        let dir = data_dir.join(NAME);
        files::make_private(&dir).map_err(failed)?;
        let part = dir.join(PART);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).map_err(failed)?;
        let copied = self.back_up(Kind::Snapshot, signer, now, Part { file: BufWriter::new(file), part: part.clone() });
        let keep = |commit| {
            File::open(&part)?.sync_all()?;
            fs::rename(&part, dir.join(format!("{commit:020}.{ENDING}")))?;
            files::sync_directory(&dir)?;
            let all = list(data_dir)?;
            if let Some(oldest) = all.iter().take(KEPT).next_back() {
                self.keep_journal_behind(oldest.commit);
            }
            all.iter().skip(KEPT).try_for_each(|gone| fs::remove_file(&gone.path))
        };
        match copied {
            Ok((_, copied)) => keep(copied.commit).map_err(failed),
            Err(error) => {
                let _ = fs::remove_file(&part);
                Err(error)
            }
        }
    }
}

struct Part {
    file: BufWriter<File>,
    part: PathBuf,
}

impl io::Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Destination for Part {
    /// A snapshot is a convenience and must not take the room that messages need.
    fn foresee(&mut self, bytes: u64) -> io::Result<()> {
        let facts = rustix::fs::statvfs(&self.part)?;
        if facts.f_bavail.saturating_mul(facts.f_frsize) < bytes + bytes / 8 + SPARE_BYTES {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }
}

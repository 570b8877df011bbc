//! Generations: sled lives in `index-N`, and the file `generation` says which N is in force. A new one is made complete and durable
//! beside the old one; then the file is replaced in one step, and the old directory is removed.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::digest::Digest;
use super::tables::{META_CHECK, META_COMMIT, META_LIVE, Table};
use super::{CommitNumber, files};

pub(super) const NAME: &str = "generation";
const PREFIX: &str = "index-";
/// The one that a new directory begins with.
pub(super) const FIRST_GENERATION: u64 = 1;
/// Sled's cache of pages. Its default of 1 GiB would let the process grow to that.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// How much is best given to `fill` at once: some hundred keys of the largest kind.
pub(super) const FILL_BYTES: usize = 2 * 1024 * 1024;

/// Why sled does not open.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenFailed {
    /// An instance that is just ending holds sled's file a moment longer than our lock.
    #[error("its file is still locked")]
    Locked,
    #[error("{0}")]
    Io(io::Error),
    #[error("{0}")]
    Damaged(String),
}

/// Opens or makes the sled of a generation.
pub(super) fn open(data_dir: &Path, generation: u64) -> Result<sled::Db, OpenFailed> {
    open_at(&dir(data_dir, generation))
}

/// Opens or makes a sled. It panics over much that is wrong with its files; that ends here.
pub(super) fn open_at(path: &Path) -> Result<sled::Db, OpenFailed> {
    remove_unfinished_snapshots(path).map_err(OpenFailed::Io)?;
    let config = sled::Config::new()
        .path(path)
        .mode(sled::Mode::HighThroughput)
        .cache_capacity(CACHE_BYTES)
        // The checkpoint thread flushes, and nobody else.
        .flush_every_ms(None);
    match catch_unwind(AssertUnwindSafe(|| config.open())) {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(sled::Error::Io(error))) if error.to_string().contains("could not acquire lock") => Err(OpenFailed::Locked),
        Ok(Err(sled::Error::Io(error))) => Err(OpenFailed::Io(error)),
        Ok(Err(error)) => Err(OpenFailed::Damaged(format!("the database does not open: {error}"))),
        Err(_) => Err(OpenFailed::Damaged("the database does not open".to_owned())),
    }
}

/// What sled says of itself: bytes of all keys and values, the last commit that it holds wholly, and the digest of its records. One write,
/// since each means nothing without the others.
pub(super) fn meta(live: u64, commit: CommitNumber, digest: &Digest) -> sled::Batch {
    let mut batch = sled::Batch::default();
    batch.insert(Table::Meta.key(META_LIVE), &live.to_be_bytes());
    batch.insert(Table::Meta.key(META_COMMIT), &commit.to_be_bytes());
    batch.insert(Table::Meta.key(META_CHECK), &digest.encode());
    batch
}

/// Puts many keys, in their order, behind all that are there. First without their values: sled splits its leaves while they are small, and
/// then writes each value once instead of two or three times, which makes the file half as large.
pub(super) fn fill<K: AsRef<[u8]>, V: AsRef<[u8]>>(db: &sled::Db, chunk: &[(K, V)]) -> sled::Result<()> {
    for (key, _) in chunk {
        db.insert(key, &[])?;
    }
    for (key, value) in chunk {
        db.insert(key, value.as_ref())?;
    }
    db.flush().map(drop)
}

/// Ends the making of a generation that was filled by hand: reads all that is in it, and says so in it.
pub(super) fn complete(db: &sled::Db, commit: CommitNumber) -> sled::Result<()> {
    let (digest, _) = Digest::of(db, commit, &BTreeSet::new())?;
    let mut live = 0;
    for entry in db.iter() {
        let (key, value) = entry?;
        live += (key.len() + value.len()) as u64;
    }
    db.apply_batch(meta(live, commit, &digest))?;
    db.flush().map(drop)
}

/// Sled takes a `snap.N.generating` that a power cut left half written for its newest snapshot and then refuses to open. It never
/// needs one: without it, it reads its log from the snapshot before.
fn remove_unfinished_snapshots(dir: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "generating") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The directory of a generation.
pub(super) fn dir(data_dir: &Path, generation: u64) -> PathBuf {
    data_dir.join(format!("{PREFIX}{generation}"))
}

/// Lies in the data directory since the disk failed to take a write of sled or of the journal. What the kernel could not write it forgets
/// and does not tell again, so what is read back may be gone later: the next start that finds everything there makes a new copy.
const DISTRUSTED: &str = "distrusted";

/// Leaves the mark. Where even that fails, the digest has to do.
pub(super) fn distrust(data_dir: &Path) {
    let mark = || File::create(data_dir.join(DISTRUSTED))?.sync_all();
    if let Err(error) = mark().and_then(|()| files::sync_directory(data_dir)) {
        tracing::warn!(%error, "that the disk has failed could not be noted on it");
    }
}

pub(super) fn is_distrusted(data_dir: &Path) -> bool {
    data_dir.join(DISTRUSTED).exists()
}

pub(super) fn trust(data_dir: &Path) -> io::Result<()> {
    match fs::remove_file(data_dir.join(DISTRUSTED)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => files::sync_directory(data_dir),
    }
}

/// Which generation is in force; `None` when the file is missing or says nothing.
pub(super) fn read(data_dir: &Path) -> io::Result<Option<u64>> {
    match fs::read_to_string(data_dir.join(NAME)) {
        Ok(text) => Ok(text.trim_end().parse().ok()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => Ok(None),
        Err(error) => Err(error),
    }
}

/// From here on, durably, this generation is in force. Its directory is synced first.
pub(super) fn switch(data_dir: &Path, generation: u64) -> io::Result<()> {
    files::sync_tree(&dir(data_dir, generation))?;
    let new = data_dir.join("generation.new");
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(format!("{generation}\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, data_dir.join(NAME))?;
    files::sync_directory(data_dir)
}

/// Generations that are there.
pub(super) fn list(data_dir: &Path) -> io::Result<Vec<u64>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(data_dir)? {
        let name = entry?.file_name();
        found.extend(name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|number| number.parse::<u64>().ok()));
    }
    Ok(found)
}

/// Removes what an interrupted compaction or switch has left.
pub(super) fn remove_others(data_dir: &Path, in_force: u64) -> io::Result<()> {
    for other in list(data_dir)?.into_iter().filter(|other| *other != in_force) {
        fs::remove_dir_all(dir(data_dir, other))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_that_sled_was_writing_does_not_matter() {
        let at = tempfile::tempdir().unwrap();
        drop(open(at.path(), 1).unwrap());
        let torn = dir(at.path(), 1).join("snap.00000000000000ff.generating");
        fs::write(&torn, b"half").unwrap();
        files::wait_for_release(&dir(at.path(), 1).join("db"));
        open(at.path(), 1).unwrap().insert("key", "value").unwrap();
        assert!(!torn.exists());
    }

    #[test]
    fn the_file_names_the_one_in_force() {
        let at = tempfile::tempdir().unwrap();
        assert_eq!(read(at.path()).unwrap(), None);
        for generation in [1, 2, 7] {
            fs::create_dir(dir(at.path(), generation)).unwrap();
            switch(at.path(), generation).unwrap();
            assert_eq!(read(at.path()).unwrap(), Some(generation));
        }
        remove_others(at.path(), 7).unwrap();
        assert_eq!(list(at.path()).unwrap(), [7]);
        fs::write(at.path().join(NAME), [0xff, 1]).unwrap();
        assert_eq!(read(at.path()).unwrap(), None);
    }
}

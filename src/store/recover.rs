//! What sled and the journal make together at a start: whether they belong to each other, whether sled still holds what it was given, and
//! the commits that it does not have yet.

use std::collections::BTreeSet;
use std::path::Path;

use super::CommitNumber;
use super::digest::Digest;
use super::index::Index;
use super::journal::{self, End, ReadError};
use super::tables::{FORMAT_ALIKE, META_CHECK, META_COMMIT, META_FORMAT, META_INSTALLATION, META_LIVE, Table};
use super::watermark::Mark;
use crate::vault::Tip;

/// What sled says of itself.
pub(super) struct Said {
    /// The last commit that it holds wholly.
    pub commit: CommitNumber,
    pub live_bytes: u64,
    pub digest: Digest,
}

/// Reads it, and whether it belongs to this tip.
pub(super) fn said(db: &sled::Db, tip: &Tip) -> Result<Said, ReadError> {
    let get = |name: &[u8]| db.get(Table::Meta.key(name)).map_err(|error| damaged(error.to_string()));
    let format = get(META_FORMAT)?.and_then(|bytes| bytes[..].try_into().ok()).map(u16::from_be_bytes);
    // A database goes on under a newer format whose records tell their own versions.
    if !format.is_some_and(|format| (FORMAT_ALIKE..=tip.format).contains(&format)) {
        return Err(damaged("the database is empty or of another format than the tip of the key tree"));
    }
    if get(META_INSTALLATION)?.is_none_or(|found| found[..] != tip.installation) {
        return Err(damaged("the database belongs to another installation than the tip of the key tree"));
    }
    let number = |found: sled::IVec| found[..].try_into().ok().map(u64::from_be_bytes);
    let digest = get(META_CHECK)?.and_then(|bytes| Digest::decode(&bytes));
    Ok(Said {
        commit: get(META_COMMIT)?.and_then(number).ok_or_else(|| damaged("the number of the last commit is missing"))?,
        live_bytes: get(META_LIVE)?.and_then(number).ok_or_else(|| damaged("the size of the database is missing"))?,
        digest: digest.ok_or_else(|| damaged("the digest of the database is missing"))?,
    })
}

/// Puts into the index what the journal has and sled has not, and holds what sled has against its digest, which it returns as it is now.
pub(super) fn replay(data_dir: &Path, tip: &Tip, said: &Said, db: &sled::Db, index: &Index) -> Result<(End, Digest), ReadError> {
    let mut underway = BTreeSet::new();
    let dir = data_dir.join(journal::NAME);
    let end = journal::read(&dir, &tip.journal, &tip.installation, said.commit, |commit, writes| {
        if commit <= said.digest.but_for {
            underway.extend(writes.iter().map(|(key, _)| key.clone()));
        }
        index.apply(writes, Mark { commit, ..Mark::default() });
        Ok(())
    })?;
    if end.commit < said.commit.max(said.digest.but_for) {
        return Err(damaged("the journal ends before what the database has taken over from it"));
    }
    let (now, settled) = Digest::of(db, said.digest.but_for, &underway).map_err(|error| damaged(error.to_string()))?;
    if settled != said.digest {
        return Err(damaged("records in the database are older than they should be, or missing"));
    }
    Ok((end, now))
}

fn damaged(what: impl Into<String>) -> ReadError {
    ReadError::Damaged(what.into())
}

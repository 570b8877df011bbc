//! Looking through the audit log of a directory on which nothing runs, also where it does not open any more: what a start refuses as
//! damaged is exactly what somebody wants to see row by row.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use super::{HEAD_MISSING, HouseKeys, Looked, head_in, load};
use crate::store::generation::{self, OpenFailed};
use crate::store::index::Index;
use crate::store::tip_file::{self, Found};
use crate::store::watermark::{self, Mark};
use crate::store::{Counted, OpenError, StoreError, drawers, files, journal, recover};
use crate::vault::{RootKey, Tip, Walker};

/// What was counted, and a sentence for each thing that is not as it should be. Sled may mend its own files on the way, as with each
/// start; nothing else is changed.
///
/// # Errors
/// When the directory is in use, the root key is another one, or what leads to the log does not read.
pub fn look_at(data_dir: &Path, root: &RootKey) -> Result<(Vec<Counted>, Vec<String>), OpenError> {
    let held = files::hold(data_dir)?;
    let damaged = |what: String| OpenError::Damaged { path: data_dir.to_owned(), what };
    let found = tip_file::read(data_dir).map_err(|error| damaged(error.to_string()))?;
    let Found::Slot { header, .. } = found else { return Err(damaged("the tip of the key tree is unreadable".to_owned())) };
    let tip = header.open(root).map_err(|_| OpenError::WrongKey(data_dir.to_owned()))?;
    // Sled panics over some failures.
    let looked = catch_unwind(AssertUnwindSafe(|| look(data_dir, &tip)));
    drop(held);
    let stopped = |_| damaged("the database stopped unexpectedly while it was read".to_owned());
    let looked = looked.map_err(stopped)?.map_err(|error| damaged(error.to_string()))?;
    Ok((looked.counted(), looked.faults))
}

fn look(data_dir: &Path, tip: &Tip) -> Result<Looked, StoreError> {
    let damaged = |what: String| StoreError::Damaged(what);
    let generation = generation::read(data_dir).ok().flatten();
    let generation = generation.ok_or_else(|| damaged("the file that names the database is unreadable".to_owned()))?;
    let db = generation::open(data_dir, generation).map_err(|error: OpenFailed| damaged(error.to_string()))?;
    let db = Arc::new(db);
    // Where the database does not say how far it goes, all that the journal has is newer.
    let commit = recover::said(&db, tip).map_or(0, |said| said.commit);
    let index = Index::new(db, Mark { commit, ..Mark::default() });
    let promised = watermark::read(data_dir, &tip.installation).ok().flatten().unwrap_or_default();
    // As far as it reads: what lies behind that is missed below.
    let _ = journal::read(&data_dir.join(journal::NAME), &tip.journal, &tip.installation, commit, |commit, writes| {
        index.apply(writes, Mark { commit, ..Mark::default() });
        Ok(())
    });
    let read = |level, at| drawers::node_in(&index, tip.epoch, level, at);
    let keys = HouseKeys::new(Walker::default().key(&tip.top, 0, &tip.installation, read)?);
    let head = head_in(data_dir, &keys, &tip.installation).map_err(|error| damaged(error.to_string()))?;
    let mut looked = load(&index, &keys, &tip.installation, head.head().as_ref())?;
    looked.miss(promised.audit_rows);
    if head.head().is_none() && tip.format == crate::store::tables::FORMAT {
        looked.faults.push(HEAD_MISSING.to_owned());
    }
    Ok(looked)
}

//! One try: a new generation out of one source and the journal behind it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::mend::mend;
use super::{Rescue, useless};
use crate::store::audit::Chain;
use crate::store::digest::Digest;
use crate::store::house::HouseKeys;
use crate::store::image::ImageReader;
use crate::store::index::Index;
use crate::store::journal::{self, ReadError, Salvaged, salvage};
use crate::store::snapshots::SnapshotFile;
use crate::store::tables::{FORMAT, FORMAT_ALIKE, META_COMMIT, META_FORMAT, META_INSTALLATION, Table};
use crate::store::watermark::Mark;
use crate::store::{CommitNumber, StoreError, generation, recover};
use crate::vault::container::Unopened;

/// What a database can be made of, besides the journal.
pub(super) enum Source {
    Snapshot(SnapshotFile),
    /// The journal alone, when it goes back to the first commit.
    Journal,
    /// The directory of the old generation.
    Remains(PathBuf),
}

impl Source {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Snapshot(it) => format!("the snapshot of {} (commit {})", it.at, it.commit),
            Self::Journal => "the journal alone".to_owned(),
            Self::Remains(_) => "what can be read of the old database".to_owned(),
        }
    }
}

/// A new generation, complete and checked, and not in force.
pub(super) struct Built {
    pub generation: u64,
    pub from: String,
    pub mark: Mark,
    /// Where the audit log ends, and what its head is keyed with; none where the head is gone.
    pub log: Option<(Chain, HouseKeys)>,
    pub lost: Vec<String>,
    /// Whether the journal can go on as it is.
    pub journal_is_whole: bool,
}

/// What sled gets between two flushes.
const WINDOW_BYTES: usize = 8 * 1024 * 1024;

impl Rescue<'_> {
    pub(super) fn build(&self, source: &Source, number: u64) -> Result<Built, StoreError> {
        let db = generation::open(self.data_dir, number).map_err(useless)?;
        let mut filling = Filling { db: &db, window: 0 };
        let mut lost = Vec::new();
        let base = match source {
            Source::Snapshot(it) => self.take_snapshot(it, &mut filling)?,
            Source::Journal => 0,
            Source::Remains(dir) => self.take_remains(dir, number, &mut filling, &mut lost)?,
        };
        let mut commits = self.take_journal(source, base, &mut filling)?;
        if let Some(promised) = self.promised {
            commits.miss(promised.commit);
        }
        let commit = commits.end.commit;
        // As the next start will read it.
        let dir = self.data_dir.join(journal::NAME);
        let end = journal::read(&dir, &self.tip.journal, &self.tip.installation, commit, |_, _| Ok(()));
        let journal_is_whole = end.is_ok_and(|end| end.commit == commit);
        lost.extend(commits.missing.iter().map(|range| match (range.start(), range.end()) {
            (first, last) if first == last => format!("Commit {first} is missing."),
            (first, last) => format!("Commits {first} to {last} are missing."),
        }));
        let db = Arc::new(db);
        let (mark, log) = mend(self, &db, commit, &mut lost)?;
        self.finish(&db, commit)?;
        Ok(Built { generation: number, from: source.name(), mark, log, lost, journal_is_whole })
    }

    fn take_snapshot(&self, it: &SnapshotFile, filling: &mut Filling) -> Result<CommitNumber, StoreError> {
        let file = File::open(&it.path).map_err(useless)?;
        let container = Unopened::begin(BufReader::new(file)).and_then(|it| it.open(self.root)).map_err(useless)?;
        let format = container.header().format;
        if container.header().installation != self.tip.installation || !(FORMAT_ALIKE..=FORMAT).contains(&format) {
            return Err(useless("it is of another installation or format"));
        }
        let mut image = ImageReader::begin(container).map_err(useless)?;
        let (commit, epoch) = (image.facts().commit, image.facts().epoch);
        if epoch > self.tip.epoch {
            return Err(useless("it is newer than the tip of the key tree"));
        }
        // The end of the stream is reached only when all of it was proven.
        while let Some((key, value)) = image.next().map_err(useless)? {
            filling.put(key, Some(value))?;
        }
        Ok(commit)
    }

    /// Every commit behind `base` that opens. The journal alone has to go back to the first one.
    fn take_journal(&self, source: &Source, base: CommitNumber, filling: &mut Filling) -> Result<Salvaged, StoreError> {
        let dir = self.data_dir.join(journal::NAME);
        let mut first = None;
        let found = salvage(&dir, &self.tip.journal, &self.tip.installation, base, |commit, writes| {
            first.get_or_insert(commit);
            for (key, value) in writes {
                filling.put(&key, value.as_deref()).map_err(|error| ReadError::Damaged(error.to_string()))?;
            }
            Ok(())
        });
        match (found, source) {
            (Ok(_), Source::Journal) if first != Some(1) => Err(useless("it does not go back to the first commit")),
            (Ok(found), _) => Ok(found),
            (Err(ReadError::Damaged(what)), _) => Err(StoreError::Damaged(what)),
            // There is no journal at all. What was promised tells how much is missing.
            (Err(ReadError::Io { .. }), _) => {
                Ok(Salvaged { end: journal::End { commit: base, ..journal::End::default() }, missing: Vec::new() })
            }
        }
    }

    /// What a copy of the old database still gives out: sled writes when it is opened, and the original stays as it is.
    fn take_remains(
        &self,
        dir: &Path,
        number: u64,
        filling: &mut Filling,
        lost: &mut Vec<String>,
    ) -> Result<CommitNumber, StoreError> {
        let copy = self.data_dir.join(format!("remains-{number}"));
        let read = copy_files(dir, &generation::dir(&copy, number)).map_err(useless).and_then(|()| {
            let db = Arc::new(generation::open(&copy, number).map_err(useless)?);
            if !self.is_sound(&db) {
                lost.push(
                    "The old database lacks records, or holds some that are older than they should be. Which ones cannot be told \
                     where they are not named here."
                        .to_owned(),
                );
            }
            Table::ALL.into_iter().try_for_each(|table| read_table(&db, table, filling))?;
            let commit = db.get(Table::Meta.key(META_COMMIT)).ok().flatten();
            let commit = commit.and_then(|bytes| bytes[..].try_into().ok()).map(u64::from_be_bytes);
            // One that does not say how far it goes reaches as far as the journal begins: what was before that is nowhere else.
            let first =
                || journal::first(&self.data_dir.join(journal::NAME), &self.tip.installation).map_or(0, |first| first - 1);
            Ok(commit.unwrap_or_else(first))
        });
        let removed = fs::remove_dir_all(&copy);
        let commit = read?;
        removed.map_err(useless)?;
        Ok(commit)
    }

    /// What sled says of itself, and the end of the writing.
    fn finish(&self, db: &sled::Db, commit: CommitNumber) -> Result<(), StoreError> {
        db.insert(Table::Meta.key(META_FORMAT), &FORMAT.to_be_bytes())?;
        db.insert(Table::Meta.key(META_INSTALLATION), &self.tip.installation)?;
        Ok(generation::complete(db, commit)?)
    }

    /// Whether sled holds what it was given: it may have fallen back to older records without a word.
    fn is_sound(&self, db: &Arc<sled::Db>) -> bool {
        let Ok(said) = recover::said(db, &self.tip) else { return false };
        let index = Index::new(Arc::clone(db), Mark::default());
        let with_journal = || recover::replay(self.data_dir, &self.tip, &said, db, &index).is_ok();
        // Without the journal it can be told as long as nothing was on its way.
        let alone = || Digest::of(db, said.digest.but_for, &BTreeSet::new()).is_ok_and(|(_, settled)| settled == said.digest);
        with_journal() || alone()
    }
}

/// Writes to sled in pieces that it can bear.
pub(super) struct Filling<'a> {
    db: &'a sled::Db,
    window: usize,
}

impl Filling<'_> {
    fn put(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.db.insert(key, value)?,
            None => self.db.remove(key)?,
        };
        self.window += key.len() + value.map_or(0, <[u8]>::len);
        if self.window >= WINDOW_BYTES {
            self.window = 0;
            self.db.flush()?;
        }
        Ok(())
    }
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &target)?
        } else {
            fs::copy(entry.path(), target).map(drop)?
        }
    }
    Ok(())
}

/// From both ends, as far as each goes: sled ends, or panics, where it cannot read on.
fn read_table(db: &sled::Db, table: Table, filling: &mut Filling) -> Result<(), StoreError> {
    let mut each = db.scan_prefix([table.tag()]);
    let is_broken = loop {
        match catch_unwind(AssertUnwindSafe(|| each.next())) {
            Ok(Some(Ok((key, value)))) => filling.put(&key, Some(&value))?,
            Ok(None) => break false,
            Ok(Some(Err(_))) | Err(_) => break true,
        }
    };
    if is_broken {
        let mut each = db.scan_prefix([table.tag()]);
        while let Ok(Some(Ok((key, value)))) = catch_unwind(AssertUnwindSafe(|| each.next_back())) {
            if filling.db.contains_key(&key)? {
                break;
            }
            filling.put(&key, Some(&value))?;
        }
    }
    Ok(())
}

//! Bringing a data directory of format 1 up to date. Format 1 had no journal and no generations: sled lay in `index/`, was written
//! by each commit, and held closed conversations like open ones, with two tables in clear that led to them.
//!
//! 1. Everything is written anew, as the first generation, with nothing changed in what is there.
//! 2. A journal begins behind it.
//! 3. The tip is written in the new format: from here on, what is new counts.
//! 4. What was there goes.
//!
//! A start that was killed before step 3 begins again, and one that was killed after it clears away.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sled::IVec;

use super::audit::{self, Chain};
use super::catalogue::{Catalogue, Entry, PAGE_SLOTS, State, Turns};
use super::fold::{Drawer, Folder};
use super::generation::{self, FIRST_GENERATION};
use super::house::HouseKeys;
use super::index::Index;
use super::journal::{self, End, Journal, Segments};
use super::parts::{self, Write};
use super::records::{self, ConversationRecord, PurgeRecord1};
use super::tables::{FORMAT, META_COMMIT, META_FORMAT, META_INSTALLATION, Table};
use super::tip_file::TipFile;
use super::transcript::Sealed;
use super::watermark::{self, Mark};
use super::{CommitNumber, StoreError, drawers, files};
use crate::domain::id::ConversationId;
use crate::domain::retention::ClosedKind;
use crate::vault::{NodeAt, RootKey, Sealer, Slot, Tip, TipState, Walker};

/// The format that is read here.
pub(super) const FORMER: u16 = 1;
/// Where its sled lay.
pub(super) const FORMER_SLED: &str = "index";
/// Its table of drawers: id 16 → slot 4, in clear.
const DRAWERS: u8 = 0x03;
/// Bytes handed to sled in one go, and flushed.
const PIECE_BYTES: usize = 1024 * 1024;

/// A data directory of format 1, with its tip opened and the slot of the file that holds it.
pub(super) struct Upgrade<'a> {
    pub data_dir: &'a Path,
    pub root: &'a RootKey,
    pub tip: Tip,
    pub slot: u64,
}

impl Upgrade<'_> {
    pub(super) fn run(mut self) -> Result<(), StoreError> {
        tracing::info!(from = FORMER, to = FORMAT, "bringing the data directory up to date");
        self.clear_attempt()?;
        let commit = self.copy()?;
        self.begin_journal(commit)?;
        self.switch()?;
        clear_former(self.data_dir).map_err(unwritable)?;
        tracing::info!(format = FORMAT, "the data directory is up to date");
        Ok(())
    }

    /// What an attempt that was cut short has left. None of it ever counted.
    pub(super) fn clear_attempt(&self) -> Result<(), StoreError> {
        for number in generation::list(self.data_dir).map_err(unwritable)? {
            remove(&generation::dir(self.data_dir, number))?;
        }
        remove(&self.data_dir.join(journal::NAME))
    }

    /// Step 1. Returns the number of the commit that the new generation is.
    pub(super) fn copy(&self) -> Result<CommitNumber, StoreError> {
        let former = self.data_dir.join(FORMER_SLED);
        if !former.join("db").exists() {
            return Err(damaged("the database is missing"));
        }
        files::read_through(&former).map_err(|(path, error)| unreadable(&path, &error))?;
        let mark = watermark::read(self.data_dir, &self.tip.installation).map_err(|error| unreadable(self.data_dir, &error))?;
        let mark = mark.ok_or_else(|| damaged("the watermark, which says how much there should be, is missing or unreadable"))?;
        let index = Index::new(Arc::new(open_sled(&former)?), Mark::default());
        let mut copy = Copy::new(&index, &self.tip, mark)?;
        let mut new = New::open(self.data_dir)?;
        let commit = copy.all(&mut new)?;
        new.finish(commit)?;
        audit::write_head(self.data_dir, &copy.keys, &self.tip.installation, &copy.chain).map_err(unwritable)?;
        generation::switch(self.data_dir, FIRST_GENERATION).map_err(unwritable)?;
        Ok(commit)
    }

    /// Step 2.
    pub(super) fn begin_journal(&self, commit: CommitNumber) -> Result<(), StoreError> {
        let begin = || {
            fs::create_dir(self.data_dir.join(journal::NAME))?;
            files::sync_directory(self.data_dir)?;
            let end = End { commit, ..End::default() };
            Journal::start(Segments::new(self.data_dir, &end, None), self.tip.journal.clone(), self.tip.installation, &end)
        };
        begin().map(drop).map_err(unwritable)
    }

    /// Step 3. The next epoch, although no key changes: so the newer of the two slots is known.
    pub(super) fn switch(&mut self) -> Result<(), StoreError> {
        self.tip.format = FORMAT;
        self.tip.epoch += 1;
        let (first, second) = (self.tip.slot(self.root)?, self.tip.slot(self.root)?);
        let write = || {
            let mut file = TipFile::open(self.data_dir, self.slot)?;
            file.flip(&first)?;
            file.scrub(&second)
        };
        debug_assert_eq!(self.tip.state, TipState::InForce, "what was never in force is made anew");
        write().map_err(unwritable)
    }
}

/// Step 4, which a start does again when it finds something.
pub(super) fn clear_former(data_dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(data_dir.join(FORMER_SLED)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The new generation while it is written.
struct New {
    sled: sled::Db,
    batch: sled::Batch,
    waiting: usize,
}

impl New {
    fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let sled = open_sled(&generation::dir(data_dir, FIRST_GENERATION))?;
        Ok(Self { sled, batch: sled::Batch::default(), waiting: 0 })
    }

    fn put(&mut self, key: impl Into<IVec>, value: impl Into<IVec>) -> Result<(), StoreError> {
        let (key, value) = (key.into(), value.into());
        let bytes = key.len() + value.len();
        self.batch.insert(key, value);
        self.waiting += bytes;
        if self.waiting >= PIECE_BYTES { self.write() } else { Ok(()) }
    }

    /// Puts what writes insert; there is nothing yet that they could remove.
    fn put_all(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
        writes.into_iter().filter_map(|(key, value)| Some((key, value?))).try_for_each(|(key, value)| self.put(key, value))
    }

    fn write(&mut self) -> Result<(), StoreError> {
        self.waiting = 0;
        let failed = |error: sled::Error| StoreError::NotWritable(error.to_string());
        self.sled.apply_batch(std::mem::take(&mut self.batch)).map_err(failed)?;
        self.sled.flush().map(drop).map_err(failed)
    }

    fn finish(mut self, commit: CommitNumber) -> Result<(), StoreError> {
        self.write()?;
        generation::complete(&self.sled, commit).map_err(|error| StoreError::NotWritable(error.to_string()))
    }
}

/// What is read of format 1.
struct Copy<'a> {
    index: &'a Index,
    tip: &'a Tip,
    keys: HouseKeys,
    commit: CommitNumber,
    /// By slot.
    drawers: Vec<(Slot, ConversationId)>,
    chain: Chain,
    /// A purge that was cut short after its flip.
    purged: Option<PurgeRecord1>,
}

impl<'a> Copy<'a> {
    /// Reads what is small, and holds it against what there should be.
    fn new(index: &'a Index, tip: &'a Tip, mark: Mark) -> Result<Self, StoreError> {
        let meta = |name: &[u8]| index.get(&Table::Meta.key(name));
        if meta(META_FORMAT)?.is_none_or(|found| found[..] != FORMER.to_be_bytes()) {
            return Err(damaged("the database is empty or of another format than the tip of the key tree"));
        }
        if meta(META_INSTALLATION)?.is_none_or(|found| found[..] != tip.installation) {
            return Err(damaged("the database belongs to another installation than the tip of the key tree"));
        }
        let commit = meta(META_COMMIT)?.and_then(|found| found[..].try_into().ok()).map(u64::from_be_bytes);
        let commit = commit.ok_or_else(|| damaged("the number of the last commit is missing"))?;
        if commit < mark.commit {
            return Err(damaged(&format!("commits {} to {} are missing from the database", commit + 1, mark.commit)));
        }
        let read = |level, at| drawers::node_in(index, tip.epoch, level, at);
        let keys = HouseKeys::new(Walker::default().key(&tip.top, 0, &tip.installation, read)?);
        let chain = audit::chain_of(index, &keys, &tip.installation)?;
        let drawers = drawers_by_slot(index)?;
        if commit == mark.commit && (mark.drawers, mark.audit_rows) != (drawers.len() as u64, chain.last) {
            return Err(damaged("the database holds another number of conversations or audit rows than it should"));
        }
        let purged = purge_after_flip(index, &keys, tip)?;
        Ok(Self { index, tip, keys, commit, drawers, chain, purged })
    }

    fn all(&mut self, new: &mut New) -> Result<CommitNumber, StoreError> {
        let commit = self.commit + 1;
        new.put(Table::Meta.key(META_FORMAT), &FORMAT.to_be_bytes()[..])?;
        new.put(Table::Meta.key(META_INSTALLATION), &self.tip.installation[..])?;
        self.nodes(new)?;
        for table in [Table::Settings, Table::Sites, Table::Operators, Table::Sessions, Table::Secrets, Table::Audit] {
            self.as_it_is(&[table.tag()], new)?;
        }
        let doomed = self.purged.as_ref().map(PurgeRecord1::drawers).unwrap_or_default();
        if let Some(purged) = self.purged.take() {
            let mut row = Vec::new();
            self.chain.row_under(&self.keys, &self.tip.installation, purged.audit_row(), &mut row)?;
            new.put_all(row)?;
        }
        self.conversations(&doomed, new)?;
        Ok(commit)
    }

    /// The nodes of the key tree that are in force: what a purge that was cut short before its flip has made is left behind.
    fn nodes(&self, new: &mut New) -> Result<(), StoreError> {
        let mut latest: Option<(NodeAt, IVec, IVec)> = None;
        for found in self.index.scan(&[Table::Keys.tag()])? {
            let (key, sealed) = found?;
            let at = NodeAt::from_key(&key[1..]).ok_or_else(|| damaged("a node of the key tree has a strange key"))?;
            if at.epoch > self.tip.epoch {
                continue;
            }
            if let Some((before, key, sealed)) = latest.replace((at, key, sealed))
                && (before.level, before.index) != (at.level, at.index)
            {
                new.put(key, sealed)?;
            }
        }
        latest.map_or(Ok(()), |(_, key, sealed)| new.put(key, sealed))
    }

    /// Values that are sealed for the same place in both formats.
    fn as_it_is(&self, prefix: &[u8], new: &mut New) -> Result<(), StoreError> {
        self.index.scan(prefix)?.try_for_each(|found| found.and_then(|(key, value)| new.put(key, value)))
    }

    fn conversations(&self, doomed: &BTreeSet<ConversationId>, new: &mut New) -> Result<(), StoreError> {
        let mut walker = Walker::default();
        let mut folder = Folder::new()?;
        for page in self.drawers.chunk_by(|(one, _), (two, _)| one / PAGE_SLOTS == two / PAGE_SLOTS) {
            let mut turns = Turns::new();
            for (slot, id) in page.iter().filter(|(_, id)| !doomed.contains(id)) {
                let read = |level, at| drawers::node_in(self.index, self.tip.epoch, level, at);
                let key = walker.key(&self.tip.top, *slot, &self.tip.installation, read)?;
                turns.insert(*slot, Some(self.conversation(*id, Sealer::new(&key), &mut folder, new)?));
            }
            let mut writes = Vec::new();
            Catalogue::default().seal(&turns, &self.keys, &self.tip.installation, &mut writes)?;
            new.put_all(writes)?;
        }
        Ok(())
    }

    fn conversation(&self, id: ConversationId, sealer: Sealer, folder: &mut Folder, new: &mut New) -> Result<Entry, StoreError> {
        let head_key = Table::Heads.key(id.as_bytes());
        let first = self.index.get(&head_key)?.ok_or_else(|| damaged(&format!("the conversation {id} has no head")))?;
        let read = |key: &[u8]| self.index.get(key);
        let bytes = parts::open(&sealer, &self.tip.installation, Table::Heads, id.as_bytes(), &first, read)?;
        let head = records::decode::<ConversationRecord>(&bytes)?.conversation(id)?;
        let mut state = State::Open;
        if let Some(at) = head.closed_at() {
            let drawer = Drawer::new(self.index, &self.tip.installation, sealer, id);
            let mut writes = Vec::new();
            let Sealed { events, parts, digest } = drawer.fold(folder, &mut writes)?;
            state = State::Closed { at, events, parts, digest, kind: ClosedKind::Chat };
            new.put_all(writes)?;
        }
        if state.sealed().is_none() {
            self.as_it_is(&head_key, new)?;
            self.as_it_is(&Table::Events.key(id.as_bytes()), new)?;
        }
        Ok(Entry { drawer: id, site: head.site, token_index: head.token_index, state })
    }
}

fn drawers_by_slot(index: &Index) -> Result<Vec<(Slot, ConversationId)>, StoreError> {
    let strange = || damaged("a drawer has a strange key or slot");
    let mut drawers = Vec::new();
    for found in index.scan(&[DRAWERS])? {
        let (key, slot) = found?;
        let id = ConversationId::from_bytes(key[1..].try_into().map_err(|_| strange())?);
        drawers.push((Slot::from_be_bytes(slot[..].try_into().map_err(|_| strange())?), id));
    }
    drawers.sort_unstable();
    Ok(drawers)
}

/// The one purge that may have been cut short. Before its flip it has done nothing.
fn purge_after_flip(index: &Index, keys: &HouseKeys, tip: &Tip) -> Result<Option<PurgeRecord1>, StoreError> {
    for found in index.scan(&[Table::Purges.tag()])? {
        let (key, first) = found?;
        // Nine bytes are a further part.
        if key.len() != 1 + 8 {
            continue;
        }
        let (sealer, read) = (keys.sealer(Table::Purges), |key: &[u8]| index.get(key));
        let bytes = parts::open(sealer, &tip.installation, Table::Purges, &key[1..], &first, read)?;
        let record: PurgeRecord1 = records::decode(&bytes)?;
        if record.epoch <= tip.epoch {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

fn open_sled(path: &Path) -> Result<sled::Db, StoreError> {
    // An instance that is just ending holds it a moment longer than our lock.
    files::wait_for_release(&path.join("db"));
    generation::open_at(path).map_err(|error| StoreError::NotWritable(format!("{}: {error}", path.display())))
}

fn remove(dir: &PathBuf) -> Result<(), StoreError> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(error)),
        _ => Ok(()),
    }
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

fn unreadable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::NotWritable(format!("{}: {error}", path.display()))
}

fn unwritable(error: io::Error) -> StoreError {
    StoreError::NotWritable(error.to_string())
}

//! Opening: every check first, every change afterwards. A start that is refused has changed nothing.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use parking_lot::{Mutex, RwLock};

use super::audit;
use super::audit::head::{Head, HeadFile};
use super::catalogue::Catalogue;
use super::checkpoint::{self, Worker};
use super::drawers::{self, Drawers, Top};
use super::eraser::Eraser;
use super::files::{self, Syncer};
use super::fold::Folder;
use super::generation::{self, FIRST_GENERATION, OpenFailed};
use super::house::{House, HouseKeys};
use super::index::Index;
use super::journal::{self, Journal, ReadError, Segments};
use super::migrate::{self, Upgrade};
use super::parts::Write;
use super::space::Space;
use super::tables::{FORMAT, META_FORMAT, META_INSTALLATION, SETTING_ORGANISATION, Table};
use super::tip_file::{self, Found, TipFile};
use super::watermark::{self, Mark, Watermark};
use super::writer::Writer;
use super::{
    Findings, Handle, OnDurable, OpenError, OpenOnes, Queue, Shared, Store, StoreError, attachments, load, recover, snapshots,
};
use crate::vault::{CHILDREN, Key, RootKey, Tip, TipHeader, TipState, VaultError, Walker, fill_random, grow};

/// The house's own slot: its path is all that a new key tree has.
const FIRST_SLOT: u32 = 0;

/// Whether there is an installation in this directory: if so, it needs the root key that it was made with.
#[must_use]
pub fn is_initialised(data_dir: &Path) -> bool {
    [tip_file::NAME, generation::NAME, migrate::FORMER_SLED].iter().any(|name| data_dir.join(name).exists())
}

/// What the tip says without any key: which key it takes, and whether one fits. `None` where there is no installation.
///
/// # Errors
/// When it cannot be read.
pub fn tip_of(data_dir: &Path) -> Result<Option<TipHeader>, OpenError> {
    match tip_file::read(data_dir).map_err(|error| Place(data_dir).unusable(&error))? {
        Found::Slot { header, .. } => Ok(Some(*header)),
        Found::Nothing | Found::Torn => Ok(None),
    }
}

impl Store {
    /// Opens the data directory, or makes it where there is none.
    ///
    /// # Errors
    /// When it is in use, sealed under another root key, newer than this program, damaged, or cannot be used. Then nothing in
    /// it was changed.
    pub fn open(data_dir: &Path, root: &RootKey, on_durable: OnDurable) -> Result<Self, OpenError> {
        // Sled panics over some failures, also when it is let go of.
        let prepared = catch_unwind(AssertUnwindSafe(|| prepare(data_dir, root, on_durable)));
        let stopped = |_| Place(data_dir).damaged("the database stopped unexpectedly while it was opened");
        let (writer, eraser) = prepared.map_err(stopped)??;
        let shared = Arc::clone(&writer.shared);
        let failed = |error| Place(data_dir).unusable(&error);
        let writer = spawn("store-writer", move || writer.run()).map_err(failed)?;
        let (tasks, asked) = mpsc::channel();
        let eraser = spawn("store-eraser", move || eraser.run(&asked)).map_err(failed)?;
        let handle = Handle {
            shared: Arc::clone(&shared),
            tasks: Mutex::new(Some(tasks)),
            eraser: Mutex::new(Some(eraser)),
            writer: Mutex::new(Some(writer)),
        };
        Ok(Self { handle: Arc::new(handle), shared })
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run)
}

/// Everything but the threads: what is there is checked, and then taken into memory.
pub(super) fn prepare(data_dir: &Path, root: &RootKey, on_durable: OnDurable) -> Result<(Writer, Eraser), OpenError> {
    let at = Place(data_dir);
    files::make_private(data_dir).map_err(|error| at.unusable(&error))?;
    let lock = files::lock(data_dir, files::lock_wait()).map_err(|error| at.unusable(&error))?;
    let lock = lock.ok_or_else(|| OpenError::Busy(data_dir.to_owned()))?;

    let mut found = at.read_tip(root)?;
    let came_from = found.tip.format;
    if found.tip.format == migrate::FORMER && found.tip.state == TipState::InForce {
        let upgrade = Upgrade { data_dir, root: &found.root, tip: found.tip, slot: found.slot };
        upgrade.run().map_err(|error| at.failed(&error))?;
        found = at.read_tip(root)?;
    }
    let InForce { mut tip, root, slot, other_differs } = found;
    let fresh = tip.state == TipState::New;
    let (mark, generation) = if fresh {
        at.clear_unfinished()?;
        tip.format = FORMAT;
        (Mark::default(), FIRST_GENERATION)
    } else {
        at.check_files(&tip)?
    };
    let space = Space::open(data_dir).map_err(|error| at.unusable(&error))?;
    let db = at.open_sled(generation)?;
    let tip_file = TipFile::open(data_dir, slot).map_err(|error| at.unusable(&error))?;
    let opening = Opening { at, root: &root, tip, tip_file, db, generation, mark, other_differs, lock, space, came_from };
    if fresh { opening.make(on_durable) } else { opening.load(on_durable) }
}

/// The tip, opened, and the root key with what the tip says of it.
struct InForce {
    tip: Tip,
    root: RootKey,
    slot: u64,
    other_differs: bool,
}

/// The data directory, and how its troubles are worded.
#[derive(Clone, Copy)]
struct Place<'a>(&'a Path);

impl Place<'_> {
    fn unusable(self, error: &io::Error) -> OpenError {
        OpenError::Unusable { path: self.0.to_owned(), reason: error.to_string() }
    }

    fn damaged(self, what: impl Into<String>) -> OpenError {
        OpenError::Damaged { path: self.0.to_owned(), what: what.into() }
    }

    fn failed(self, error: &StoreError) -> OpenError {
        match error {
            StoreError::NotWritable(reason) => OpenError::Unusable { path: self.0.to_owned(), reason: reason.clone() },
            StoreError::Damaged(what) => self.damaged(what.clone()),
            other => self.damaged(other.to_string()),
        }
    }

    /// The tip in force; of a new installation where there is none.
    fn read_tip(self, root: &RootKey) -> Result<InForce, OpenError> {
        let (header, slot, other_differs) = match tip_file::read(self.0).map_err(|error| self.unusable(&error))? {
            Found::Slot { header, at, other_differs } => (header, at, other_differs),
            Found::Torn => return Err(self.damaged("both copies of the tip of the key tree are unreadable")),
            // A file that holds nothing yet is all that a first start may leave; with anything else beside it, something is gone.
            Found::Nothing if [generation::NAME, journal::NAME, "index"].iter().any(|name| self.0.join(name).exists()) => {
                return Err(self.damaged("the tip of the key tree is missing, without which nothing can be read"));
            }
            Found::Nothing => (Box::new(self.make_tip(root)?), 0, false),
        };
        if header.format > FORMAT {
            return Err(OpenError::NewerFormat { path: self.0.to_owned(), found: header.format, known: FORMAT });
        }
        let tip = header.open(root).map_err(|_| OpenError::WrongKey(self.0.to_owned()))?;
        // A key that a recovery kit gave back may be made of a passphrase all the same, and the tip goes on saying so.
        Ok(InForce { tip, root: root.clone().noted(header.key), slot, other_differs })
    }

    /// The tip of an installation that is just being made. Until its state changes, what else is there may be thrown away.
    fn make_tip(self, root: &RootKey) -> Result<TipHeader, OpenError> {
        let random = |_: VaultError| OpenError::NoRandomness;
        let mut installation = [0; 16];
        fill_random(&mut installation).map_err(random)?;
        let (top, journal) = (Key::random().map_err(random)?, Key::random().map_err(random)?);
        let tip = Tip { format: FORMAT, state: TipState::New, installation, epoch: 1, top, journal };
        let (first, second) = (tip.slot(root).map_err(random)?, tip.slot(root).map_err(random)?);
        let write = || {
            let mut file = TipFile::open(self.0, 1)?;
            file.flip(&first)?;
            file.scrub(&second)?;
            file.sync_all()?;
            files::sync_directory(self.0)
        };
        write().map_err(|error| self.unusable(&error))?;
        TipHeader::read(&first).ok_or_else(|| self.damaged("the tip of the key tree could not be written"))
    }

    /// What an interrupted first start left behind. Nothing in it was ever acknowledged.
    fn clear_unfinished(self) -> Result<(), OpenError> {
        for directory in
            [generation::dir(self.0, FIRST_GENERATION), self.0.join(journal::NAME), self.0.join(migrate::FORMER_SLED)]
        {
            match fs::remove_dir_all(directory) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(self.unusable(&error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Everything that can be checked before sled touches its files.
    fn check_files(self, tip: &Tip) -> Result<(Mark, u64), OpenError> {
        let generation = generation::read(self.0).map_err(|error| self.unusable(&error))?;
        let generation =
            generation.ok_or_else(|| self.damaged("the file that names the database in force is missing or unreadable"))?;
        let sled = generation::dir(self.0, generation);
        if !sled.join("db").exists() {
            return Err(self.damaged("the database is missing"));
        }
        if !self.0.join(journal::NAME).is_dir() {
            return Err(self.damaged("the journal is missing"));
        }
        files::read_through(&sled).map_err(|(path, error)| unreadable(path, &error))?;
        let mark = watermark::read(self.0, &tip.installation).map_err(|error| self.unusable(&error))?;
        let mark =
            mark.ok_or_else(|| self.damaged("the watermark, which says how much there should be, is missing or unreadable"))?;
        let end =
            journal::end(&self.0.join(journal::NAME), &tip.journal, &tip.installation).map_err(|error| self.unread(error))?;
        if end.commit < mark.commit {
            let (from, to) = (end.commit + 1, mark.commit);
            return Err(self.damaged(format!("commits {from} to {to} were acknowledged and are not in the journal")));
        }
        Ok((mark, generation))
    }

    /// In both places, one after the other.
    fn write_tip(self, tip: &Tip, root: &RootKey, file: &mut TipFile) -> Result<(), OpenError> {
        let slots = tip.slot(root).and_then(|first| Ok((first, tip.slot(root)?)));
        let (first, second) = slots.map_err(|_| OpenError::NoRandomness)?;
        file.flip(&first).and_then(|()| file.scrub(&second)).map_err(|error| self.unusable(&error))
    }

    fn read_head(self, shared: &Shared) -> Result<audit::head::Found, OpenError> {
        audit::head_in(self.0, &shared.house_keys, &shared.installation)
            .map_err(|error| unreadable(self.0.join(audit::head::NAME), &error))
    }

    fn unread(self, error: ReadError) -> OpenError {
        match error {
            ReadError::Io { path, error } => unreadable(path, &error),
            ReadError::Damaged(what) => self.damaged(what),
        }
    }

    fn open_sled(self, generation: u64) -> Result<sled::Db, OpenError> {
        let until = Instant::now() + files::lock_wait();
        loop {
            match generation::open(self.0, generation) {
                Ok(db) => return Ok(db),
                Err(OpenFailed::Locked) if Instant::now() > until => return Err(OpenError::Busy(self.0.to_owned())),
                Err(OpenFailed::Locked) => std::thread::sleep(Duration::from_millis(50)),
                Err(OpenFailed::Io(error)) => return Err(self.unusable(&error)),
                Err(OpenFailed::Damaged(what)) => return Err(self.damaged(what)),
            }
        }
    }
}

/// What the user may not read is a matter of permissions; what the disk does not give is damage until it does.
fn unreadable(path: PathBuf, error: &io::Error) -> OpenError {
    let reason = error.to_string();
    match error.kind() {
        io::ErrorKind::PermissionDenied => OpenError::Unusable { path, reason },
        _ => OpenError::Unreadable { path, reason },
    }
}

/// An installation between the checks and the start of its writer.
struct Opening<'a> {
    at: Place<'a>,
    root: &'a RootKey,
    tip: Tip,
    tip_file: TipFile,
    db: sled::Db,
    generation: u64,
    mark: Mark,
    other_differs: bool,
    lock: fs::File,
    space: Space,
    /// The format that the tip named at first.
    came_from: u16,
}

impl Opening<'_> {
    /// A new installation: the first path of the key tree, the house in its slot 0, and then the tip that makes it count.
    fn make(mut self, on_durable: OnDurable) -> Result<(Writer, Eraser), OpenError> {
        let at = self.at;
        let grown = grow(&self.tip.top, FIRST_SLOT, self.tip.epoch, &self.tip.installation, |_, _| Ok::<_, VaultError>(None))
            .map_err(|_| OpenError::NoRandomness)?;
        let mut first: Vec<Write> =
            grown.written.into_iter().map(|(node, sealed)| (Table::Keys.key(&node.key()), Some(sealed))).collect();
        first.push((Table::Meta.key(META_FORMAT), Some(FORMAT.to_be_bytes().to_vec())));
        first.push((Table::Meta.key(META_INSTALLATION), Some(self.tip.installation.to_vec())));
        let mut batch = sled::Batch::default();
        for (key, value) in &first {
            batch.insert(key.as_slice(), value.as_deref().unwrap_or_default());
        }
        let write = |db: &sled::Db| {
            db.apply_batch(batch)?;
            generation::complete(db, 0)
        };
        let unusable = |error: io::Error| at.unusable(&error);
        write(&self.db).map_err(|error| unusable(io::Error::other(error)))?;
        fs::create_dir(at.0.join(journal::NAME)).map_err(unusable)?;
        generation::switch(at.0, self.generation).map_err(unusable)?;
        let mut watermark = Watermark::open(at.0, self.tip.installation).map_err(unusable)?;
        watermark.write(self.mark).and_then(|()| watermark.sync()).map_err(unusable)?;
        files::sync_directory(at.0).map_err(unusable)?;
        self.tip.state = TipState::InForce;
        at.write_tip(&self.tip, self.root, &mut self.tip_file)?;
        let (mut writer, eraser) = self.load(on_durable)?;
        // The same once more as the first commit: so the journal alone is enough to make the database anew.
        if let Err(error) = writer.write(first) {
            writer.end();
            return Err(at.failed(&error));
        }
        Ok((writer, eraser))
    }

    fn load(mut self, on_durable: OnDurable) -> Result<(Writer, Eraser), OpenError> {
        let at = self.at;
        let db = Arc::new(self.db);
        let said = recover::said(&db, &self.tip).map_err(|error| at.unread(error))?;
        let index = Index::new(Arc::clone(&db), Mark { commit: said.commit, ..Mark::default() });
        let (end, digest) = recover::replay(at.0, &self.tip, &said, &db, &index).map_err(|error| at.unread(error))?;
        let commit = end.commit;
        if self.other_differs {
            // A purge was cut short after its flip: the old top key must not stay.
            let slot = self.tip.slot(self.root).map_err(|_| OpenError::NoRandomness)?;
            self.tip_file.scrub(&slot).map_err(|error| at.unusable(&error))?;
        }
        let segments = Segments::new(at.0, &end, snapshots::needed_behind(at.0).map_err(|error| at.unusable(&error))?);
        let shared = assemble(at.0, &self.tip, self.root, index, segments, self.space).map_err(|error| at.failed(&error))?;
        let drawers = shared.catalogue.read().len();
        if commit == self.mark.commit && self.mark.drawers != drawers {
            return Err(at.damaged(format!("{} conversations should be there and {drawers} are", self.mark.drawers)));
        }
        let head = at.read_head(&shared)?;
        let log = audit::load(&shared.index, &shared.house_keys, &shared.installation, head.head().as_ref());
        let audit::Looked { chain, behind, faults, .. } = log.map_err(|error| at.failed(&error))?;
        if !faults.is_empty() {
            return Err(OpenError::Audit { path: at.0.to_owned(), faults });
        }
        if commit == self.mark.commit && self.mark.audit_rows != chain.last {
            return Err(at.damaged(format!("{} audit rows should be there and {} are", self.mark.audit_rows, chain.last)));
        }
        shared.index.note(Mark { commit, drawers, audit_rows: chain.last });
        let unusable = |error: io::Error| at.unusable(&error);
        let findings = findings(&shared, self.came_from, head.head().as_ref(), behind);
        shared.found_at_start(findings.map_err(|error| at.failed(&error))?);
        // From here on the directory is written to.
        generation::remove_others(at.0, self.generation).map_err(unusable)?;
        migrate::clear_former(at.0).map_err(unusable)?;
        // Before the tip says that there is one.
        let mut head_file = HeadFile::open(at.0, shared.house_keys.audit_head(), shared.installation, head).map_err(unusable)?;
        head_file.settle(&chain, false).and_then(|()| files::sync_directory(at.0)).map_err(unusable)?;
        if self.tip.format < FORMAT {
            tracing::info!(from = self.tip.format, to = FORMAT, "bringing the data directory up to date");
            self.tip.format = FORMAT;
            at.write_tip(&self.tip, self.root, &mut self.tip_file)?;
        }
        let segments = Arc::clone(&shared.segments);
        let journal = Journal::start(segments, self.tip.journal.clone(), shared.installation, &end).map_err(unusable)?;
        let worker = Worker {
            shared: Arc::clone(&shared),
            data_dir: at.0.to_owned(),
            generation: self.generation,
            syncer: Syncer::open(&generation::dir(at.0, self.generation)).map_err(unusable)?,
            journal_key: self.tip.journal.clone(),
            not_worth_below: 0,
            live_bytes: said.live_bytes,
            digest,
            failed: None,
            waits_for_room: false,
        };
        drop(db);
        let checkpoints = spawn("checkpoint", move || worker.run()).map_err(unusable)?;
        let mut writer = Writer {
            shared: Arc::clone(&shared),
            journal,
            checkpoints: Some(checkpoints),
            watermark: Watermark::open(at.0, shared.installation).map_err(unusable)?,
            head: head_file,
            unmarked: None,
            is_full: false,
            commit,
            chain,
            folder: Folder::new().map_err(|error| at.failed(&error))?,
            on_durable,
            lock: self.lock,
            data_dir: at.0.to_owned(),
        };
        let finished =
            writer.finish_purges().and_then(|()| writer.finish_interrupted_root_change()).and_then(|()| writer.fill_memory());
        match finished {
            Ok(()) => Ok((writer, Eraser { shared, tip: self.tip_file, journal_key: self.tip.journal })),
            Err(error) => {
                writer.end();
                Err(at.failed(&error))
            }
        }
    }
}

/// What has to be on record about this start.
fn findings(shared: &Shared, came_from: u16, head: Option<&Head>, behind: u64) -> Result<Findings, StoreError> {
    let is_set_up = || shared.index.get(&Table::Settings.key(SETTING_ORGANISATION)).map(|it| it.is_some());
    Ok(Findings {
        format: FORMAT,
        upgraded_from: Some(came_from).filter(|format| *format < FORMAT),
        was_not_closed: head.is_some_and(|head| !head.is_closed),
        rows_behind_head: behind,
        // Formats before this one had none, and neither has what was only just made.
        head_was_missing: head.is_none() && came_from == FORMAT && is_set_up()?,
    })
}

/// What is shared, as the index has it, before there is anybody who writes.
pub(super) fn assemble(
    data_dir: &Path,
    tip: &Tip,
    root: &RootKey,
    index: Index,
    segments: Arc<Segments>,
    space: Space,
) -> Result<Arc<Shared>, StoreError> {
    let read = |level, at| drawers::node_in(&index, tip.epoch, level, at);
    let house_keys = HouseKeys::new(Walker::default().key(&tip.top, 0, &tip.installation, read)?);
    let catalogue = Catalogue::load(&index, &house_keys, &tip.installation)?;
    let leaves = load::leaves(&index)?;
    let slots = || catalogue.entries().map(|(slot, _)| slot);
    if slots().any(|slot| slot == 0 || slot >= leaves * CHILDREN) {
        return Err(StoreError::Damaged("a conversation has a place in the key tree that does not exist".to_owned()));
    }
    Ok(Arc::new(Shared {
        data_dir: data_dir.to_owned(),
        installation: tip.installation,
        house_keys,
        house: ArcSwap::from_pointee(House::default()),
        root: Mutex::new(root.clone()),
        top: RwLock::new(Top { epoch: tip.epoch, key: tip.top.clone() }),
        drawers: Mutex::new(Drawers::new(slots(), leaves)),
        open: RwLock::new(OpenOnes::default()),
        catalogue: RwLock::new(catalogue),
        checkpoints: checkpoint::Requests::default(),
        index,
        segments,
        trouble: ArcSwapOption::empty(),
        queue: Queue::default(),
        file_lane: Mutex::default(),
        space,
        findings: OnceLock::new(),
    }))
}

impl Writer {
    fn fill_memory(&mut self) -> Result<(), StoreError> {
        self.shared.house.store(Arc::new(load::house(&self.shared)?));
        load::conversations(&self.shared)?;
        for (drawer, file) in attachments::load(&self.shared)? {
            let shared = Arc::clone(&self.shared);
            attachments::remove_pieces(&shared.index, drawer, Some(file), |writes| self.write(writes).map(drop))?;
        }
        Ok(())
    }
}

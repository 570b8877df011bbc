//! Opening: every check first, every change afterwards. A start that is refused has changed nothing.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use parking_lot::{Mutex, RwLock};

use super::audit::Chain;
use super::drawers::{self, Drawers, Top};
use super::files::{self, Syncer};
use super::house::{House, HouseKeys};
use super::index::Index;
use super::tables::{FORMAT, META_COMMIT, META_FORMAT, META_INSTALLATION, Table};
use super::tip_file::{self, Found, TipFile};
use super::watermark::{self, Mark, Watermark};
use super::writer::Writer;
use super::{Closed, Handle, OnDurable, OpenError, OpenOnes, Queue, Shared, Store, StoreError, load};
use crate::vault::{CHILDREN, Key, RootKey, Tip, TipHeader, TipState, VaultError, Walker, fill_random, grow};

/// Sled's cache of pages. Its default of 1 GiB would let the process grow to that.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// The house's own slot: its path is all that a new key tree has.
const FIRST_SLOT: u32 = 0;

/// Whether there is an installation in this directory: if so, it needs the root key that it was made with.
#[must_use]
pub fn is_initialised(data_dir: &Path) -> bool {
    data_dir.join(tip_file::NAME).exists() || data_dir.join(files::SLED).exists()
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
        let writer = prepare(data_dir, root, on_durable)?;
        let shared = Arc::clone(&writer.shared);
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || writer.run());
        let thread = thread.map_err(|error| Place(data_dir).unusable(&error))?;
        Ok(Self { handle: Arc::new(Handle { shared: Arc::clone(&shared), thread: Mutex::new(Some(thread)) }), shared })
    }
}

/// Everything but the thread: what is there is checked, and then taken into memory.
pub(super) fn prepare(data_dir: &Path, root: &RootKey, on_durable: OnDurable) -> Result<Writer, OpenError> {
    let at = Place(data_dir);
    files::make_private(data_dir).map_err(|error| at.unusable(&error))?;
    let lock = files::lock(data_dir, files::lock_wait()).map_err(|error| at.unusable(&error))?;
    let lock = lock.ok_or_else(|| OpenError::Busy(data_dir.to_owned()))?;

    let (header, slot, other_differs) = match tip_file::read(data_dir).map_err(|error| at.unusable(&error))? {
        Found::Slot { header, at, other_differs } => (header, at, other_differs),
        Found::Torn => return Err(at.damaged("both copies of the tip of the key tree are unreadable")),
        Found::Nothing if data_dir.join(files::SLED).exists() => {
            return Err(at.damaged("the tip of the key tree is missing, without which nothing can be read"));
        }
        Found::Nothing => {
            let tip = at.make_tip(root)?;
            (Box::new(tip), 0, false)
        }
    };
    if header.format > FORMAT {
        return Err(OpenError::NewerFormat { path: data_dir.to_owned(), found: header.format, known: FORMAT });
    }
    let tip = header.open(root).map_err(|_| OpenError::WrongKey(data_dir.to_owned()))?;
    // A key that a recovery kit gave back may be made of a passphrase all the same, and the tip goes on saying so.
    let root = &root.clone().noted(header.key);
    let fresh = tip.state == TipState::New;
    let mark = if fresh {
        at.clear_unfinished()?;
        Mark::default()
    } else {
        at.check_files(&tip)?
    };
    let db = at.open_sled()?;
    let tip_file = TipFile::open(data_dir, slot).map_err(|error| at.unusable(&error))?;
    let opening = Opening { at, root, tip, tip_file, db, mark, other_differs, lock };
    if fresh { opening.make(on_durable) } else { opening.load(on_durable) }
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

    fn sled_dir(self) -> PathBuf {
        self.0.join(files::SLED)
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
        match fs::remove_dir_all(self.sled_dir()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.unusable(&error)),
            _ => Ok(()),
        }
    }

    /// Everything that can be checked before sled touches its files.
    fn check_files(self, tip: &Tip) -> Result<Mark, OpenError> {
        if !self.sled_dir().join("db").exists() {
            return Err(self.damaged("the database is missing"));
        }
        files::read_through(&self.sled_dir()).map_err(|(path, error)| OpenError::Unusable { path, reason: error.to_string() })?;
        let mark = watermark::read(self.0, &tip.installation).map_err(|error| self.unusable(&error))?;
        mark.ok_or_else(|| self.damaged("the watermark, which says how much there should be, is missing or unreadable"))
    }

    fn open_sled(self) -> Result<sled::Db, OpenError> {
        let config = sled::Config::new()
            .path(self.sled_dir())
            .mode(sled::Mode::HighThroughput)
            .cache_capacity(CACHE_BYTES)
            // The writer flushes, and nobody else.
            .flush_every_ms(None);
        let until = Instant::now() + files::lock_wait();
        loop {
            match catch_unwind(AssertUnwindSafe(|| config.open())) {
                Ok(Ok(db)) => return Ok(db),
                // An instance that is just ending holds sled's file a moment longer than our lock.
                Ok(Err(sled::Error::Io(error))) if error.to_string().contains("could not acquire lock") => {
                    if Instant::now() > until {
                        return Err(OpenError::Busy(self.0.to_owned()));
                    }
                    std::thread::sleep(Duration::from_millis(50));
                }
                Ok(Err(sled::Error::Io(error))) => return Err(self.unusable(&error)),
                Ok(Err(error)) => return Err(self.damaged(format!("the database does not open: {error}"))),
                Err(_) => return Err(self.damaged("the database does not open")),
            }
        }
    }
}

/// An installation between the checks and the start of its writer.
struct Opening<'a> {
    at: Place<'a>,
    root: &'a RootKey,
    tip: Tip,
    tip_file: TipFile,
    db: sled::Db,
    mark: Mark,
    other_differs: bool,
    lock: fs::File,
}

impl Opening<'_> {
    /// A new installation: the first path of the key tree, the house in its slot 0, and then the tip that makes it count.
    fn make(mut self, on_durable: OnDurable) -> Result<Writer, OpenError> {
        let at = self.at;
        let grown = grow(&self.tip.top, FIRST_SLOT, self.tip.epoch, &self.tip.installation, |_, _| Ok::<_, VaultError>(None))
            .map_err(|_| OpenError::NoRandomness)?;
        let mut batch = sled::Batch::default();
        for (node, sealed) in grown.written {
            batch.insert(Table::Keys.key(&node.key()), sealed);
        }
        batch.insert(Table::Meta.key(META_FORMAT), &FORMAT.to_be_bytes());
        batch.insert(Table::Meta.key(META_INSTALLATION), &self.tip.installation);
        batch.insert(Table::Meta.key(META_COMMIT), &0_u64.to_be_bytes());
        let write = |db: &sled::Db| {
            db.apply_batch(batch)?;
            db.flush()
        };
        write(&self.db).map_err(|error| OpenError::Unusable { path: at.sled_dir(), reason: error.to_string() })?;
        let unusable = |error: io::Error| at.unusable(&error);
        files::sync_tree(&at.sled_dir()).map_err(unusable)?;
        let mut watermark = Watermark::open(at.0, self.tip.installation).map_err(unusable)?;
        watermark.write(self.mark).and_then(|()| watermark.sync()).map_err(unusable)?;
        files::sync_directory(at.0).map_err(unusable)?;
        self.tip.state = TipState::InForce;
        self.write_tip()?;
        self.load(on_durable)
    }

    fn write_tip(&mut self) -> Result<(), OpenError> {
        let slots = self.tip.slot(self.root).and_then(|first| Ok((first, self.tip.slot(self.root)?)));
        let (first, second) = slots.map_err(|_| OpenError::NoRandomness)?;
        self.tip_file.flip(&first).and_then(|()| self.tip_file.scrub(&second)).map_err(|error| self.at.unusable(&error))
    }

    fn load(mut self, on_durable: OnDurable) -> Result<Writer, OpenError> {
        let at = self.at;
        let commit = self.check_meta()?;
        if self.other_differs {
            // A purge was cut short after its flip: the old top key must not stay.
            let slot = self.tip.slot(self.root).map_err(|_| OpenError::NoRandomness)?;
            self.tip_file.scrub(&slot).map_err(|error| at.unusable(&error))?;
        }
        let db = Arc::new(self.db);
        let index = Index::new(Arc::clone(&db));
        let read = |level, at| drawers::node_in(&index, self.tip.epoch, level, at);
        let house_key =
            Walker::default().key(&self.tip.top, 0, &self.tip.installation, read).map_err(|error| at.failed(&error))?;
        let slots = load::slots(&index).map_err(|error| at.failed(&error))?;
        let leaves = load::leaves(&index).map_err(|error| at.failed(&error))?;
        if commit == self.mark.commit && self.mark.drawers != slots.len() as u64 {
            return Err(at.damaged(format!("{} conversations should be there and {} are", self.mark.drawers, slots.len())));
        }
        if slots.values().any(|slot| *slot == 0 || *slot >= leaves * CHILDREN) {
            return Err(at.damaged("a conversation has a place in the key tree that does not exist"));
        }
        let shared = Arc::new(Shared {
            installation: self.tip.installation,
            index,
            house_keys: HouseKeys::new(house_key),
            house: ArcSwap::from_pointee(House::default()),
            root: Mutex::new(self.root.clone()),
            top: RwLock::new(Top { epoch: self.tip.epoch, key: self.tip.top.clone() }),
            drawers: Mutex::new(Drawers::new(slots, leaves)),
            open: RwLock::new(OpenOnes::default()),
            closed: RwLock::new(Closed::default()),
            unsynced: Mutex::new(HashMap::new()),
            trouble: ArcSwapOption::empty(),
            queue: Queue::default(),
        });
        let chain = Chain::load(&shared).map_err(|error| at.failed(&error))?;
        if commit == self.mark.commit && self.mark.audit_rows != chain.last {
            return Err(at.damaged(format!("{} audit rows should be there and {} are", self.mark.audit_rows, chain.last)));
        }
        let unusable = |error: io::Error| at.unusable(&error);
        let mut writer = Writer {
            shared: Arc::clone(&shared),
            db,
            syncer: Syncer::open(&at.sled_dir()).map_err(unusable)?,
            tip: self.tip_file,
            journal_key: self.tip.journal,
            watermark: Watermark::open(at.0, shared.installation).map_err(unusable)?,
            commit,
            chain,
            on_durable,
            lock: self.lock,
            data_dir: at.0.to_owned(),
        };
        writer
            .finish_purges()
            .and_then(|()| writer.finish_interrupted_root_change())
            .and_then(|()| writer.fill_memory())
            .map_err(|error| at.failed(&error))?;
        Ok(writer)
    }

    /// Whether sled holds what the tip and the watermark say it should. Returns the number of the last commit.
    fn check_meta(&self) -> Result<u64, OpenError> {
        let at = self.at;
        let get = |key: &[u8]| self.db.get(Table::Meta.key(key)).map_err(|error| at.damaged(error.to_string()));
        let format = get(META_FORMAT)?.and_then(|bytes| bytes[..].try_into().ok()).map(u16::from_be_bytes);
        if format != Some(self.tip.format) {
            return Err(at.damaged("the database is empty or of another format than the tip of the key tree"));
        }
        if get(META_INSTALLATION)?.is_none_or(|found| found[..] != self.tip.installation) {
            return Err(at.damaged("the database belongs to another installation than the tip of the key tree"));
        }
        let commit = get(META_COMMIT)?.and_then(|bytes| bytes[..].try_into().ok()).map(u64::from_be_bytes);
        let commit = commit.ok_or_else(|| at.damaged("the number of the last commit is missing"))?;
        if commit < self.mark.commit {
            return Err(at.damaged(format!("commits {} to {} are missing from the database", commit + 1, self.mark.commit)));
        }
        Ok(commit)
    }
}

impl Writer {
    /// What a crash in the middle of a purge left: after the flip it is finished, before it is undone.
    fn finish_purges(&mut self) -> Result<(), StoreError> {
        let epoch = self.shared.top.read().epoch;
        for record in self.unfinished()? {
            if record.epoch > epoch {
                self.undo(&record)?;
            } else {
                let gone: Vec<_> = record.drawers().collect();
                {
                    let mut drawers = self.shared.drawers.lock();
                    gone.into_iter().for_each(|drawer| drawers.remove(drawer));
                }
                self.remove_leftovers(record)?;
            }
        }
        Ok(())
    }

    fn fill_memory(&mut self) -> Result<(), StoreError> {
        self.shared.house.store(Arc::new(load::house(&self.shared)?));
        let slots = load::slots(&self.shared.index)?;
        load::conversations(&self.shared, &slots)
    }
}

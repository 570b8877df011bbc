//! Looking whether everything is whole, while chats go on: every node of the key tree, every page of the catalogue, every
//! conversation against what the catalogue says of it, the house, the audit chain, the journal and the small files. Nothing is
//! changed and nothing of what is read is told: counts, and for each fault a sentence with a number.
//!
//! Others write meanwhile. What looks wrong is therefore looked at again, and counts only when it is still the same.

use std::ops::ControlFlow;

use super::audit::Looked;
use super::audit::head::{Found, Head};
use super::watermark::{self, Mark};
use super::{Shared, Store, StoreError, audit, files, tip_file};

pub(super) mod drawers;
mod journal;
pub(super) mod tables;

/// What to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Everything,
    /// The audit chain alone.
    Audit,
}

/// What is told while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Progress { what: &'static str, done: u64, total: u64 },
    Fault(String),
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub what: &'static str,
    pub count: u64,
}

/// How it ended. Everything is whole when there is no fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub counted: Vec<Counted>,
    pub faults: u64,
}

/// Hears what is seen; breaks when nobody wants to know any more.
pub type Watch<'a> = &'a mut dyn FnMut(Seen) -> ControlFlow<()>;

impl Store {
    /// Reads everything that the scope names and says what is not whole. Takes as long as reading takes, and little memory.
    ///
    /// # Errors
    /// When the store is closed meanwhile, or nobody listens any more. Damage is a fault and no error.
    pub fn verify(&self, scope: Scope, watch: Watch) -> Result<Verdict, StoreError> {
        let mut check = Check { shared: &self.shared, watch, verdict: Verdict::default() };
        if scope == Scope::Everything {
            check.step(|it| it.files())?;
            check.step(|it| it.journal(self))?;
            check.step(|it| it.drawers())?;
            check.step(|it| it.tables())?;
        }
        check.step(|it| it.audit())?;
        Ok(check.verdict)
    }
}

/// What the index holds, without the files beside it: for a database that is not in force yet.
pub(super) fn contents(shared: &Shared, watch: Watch) -> Result<(), StoreError> {
    let mut check = Check { shared, watch, verdict: Verdict::default() };
    check.step(|it| it.drawers())?;
    check.step(|it| it.tables())?;
    check.step(|it| it.audit())
}

struct Check<'a> {
    shared: &'a Shared,
    watch: Watch<'a>,
    verdict: Verdict,
}

impl Check<'_> {
    /// Where the database itself fails to read on, the next step still has something to say.
    fn step(&mut self, step: impl FnOnce(&mut Self) -> Result<(), StoreError>) -> Result<(), StoreError> {
        match step(self) {
            Err(StoreError::Damaged(what)) => self.fault(format!("The database cannot be read to its end: {what}.")),
            other => other,
        }
    }

    fn fault(&mut self, sentence: impl Into<String>) -> Result<(), StoreError> {
        self.verdict.faults += 1;
        self.say(Seen::Fault(sentence.into()))
    }

    fn counted(&mut self, what: &'static str, count: u64) {
        self.verdict.counted.push(Counted { what, count });
    }

    /// Now and then: a line for each record would cost more than the record.
    fn progress(&mut self, what: &'static str, done: u64, total: u64) -> Result<(), StoreError> {
        const EVERY: u64 = 64;
        if done.is_multiple_of(EVERY) || done == total { self.say(Seen::Progress { what, done, total }) } else { Ok(()) }
    }

    fn say(&mut self, seen: Seen) -> Result<(), StoreError> {
        if (self.watch)(seen).is_break() { Err(StoreError::Closed) } else { Ok(()) }
    }

    /// What lies beside the database, and whether all of it can be read.
    fn files(&mut self) -> Result<(), StoreError> {
        let data_dir = &self.shared.data_dir;
        if let Err((path, error)) = files::read_through(data_dir) {
            // A file that was removed in its turn is no fault.
            if error.kind() != std::io::ErrorKind::NotFound {
                self.fault(format!("The file {} cannot be read: {error}.", path.display()))?;
            }
        }
        let epoch = self.shared.top.read().epoch;
        match tip_file::read(data_dir) {
            Ok(tip_file::Found::Slot { header, .. })
                if header.installation == self.shared.installation && header.epoch >= epoch => {}
            Ok(tip_file::Found::Slot { .. }) => {
                self.fault("The tip of the key tree on the disk is older than the one in use, or of another installation.")?;
            }
            Ok(_) => self.fault("The tip of the key tree is missing or unreadable. It is written anew with the next erasure.")?,
            Err(error) => self.fault(format!("The tip of the key tree cannot be read: {error}."))?,
        }
        // Read in this order: the mark follows what is in the index.
        let mark = watermark::read(data_dir, &self.shared.installation);
        let there = self.shared.index.mark();
        match mark {
            Ok(Some(mark)) if mark.commit > there.commit || (mark.commit == there.commit && mark != there) => {
                let (promised, is) = (described(mark), described(there));
                self.fault(format!("The watermark promises {promised}, and there is {is}."))?;
            }
            Ok(Some(_)) => {}
            Ok(None) => self.fault("The watermark, which says how much there should be, is missing or unreadable.")?,
            Err(error) => self.fault(format!("The watermark cannot be read: {error}."))?,
        }
        self.counted("files beside the database", 2);
        Ok(())
    }

    /// Every row from the first on, each against the one before, and the last against the head.
    fn audit(&mut self) -> Result<(), StoreError> {
        // Rows whose time is over may be removed meanwhile; then it is looked at once more.
        const TRIES: usize = 3;
        for last_try in (0..TRIES).map(|number| number + 1 == TRIES) {
            let before = self.head()?;
            let looked = self.audit_once(before.head())?;
            let is_the_same = self.head()?.head().map(|head| head.chain.first) == before.head().map(|head| head.chain.first);
            if looked.faults.is_empty() || is_the_same || last_try {
                return self.audit_seen(before, looked);
            }
        }
        Ok(())
    }

    /// Of a database that is not in force yet there is none.
    fn head(&self) -> Result<Found, StoreError> {
        if self.shared.findings.get().is_none() {
            return Ok(Found::Missing);
        }
        let (dir, keys, installation) = (&self.shared.data_dir, &self.shared.house_keys, &self.shared.installation);
        audit::head_in(dir, keys, installation)
            .map_err(|error| StoreError::Damaged(format!("the head of the audit log: {error}")))
    }

    fn audit_once(&mut self, head: Option<Head>) -> Result<Looked, StoreError> {
        let shared = self.shared;
        let promised = shared.index.mark().audit_rows;
        let place = (&shared.index, &shared.house_keys, &shared.installation);
        let mut looked = audit::look(place, head.as_ref(), |rows| self.progress(audit::ROWS, rows, promised.max(rows)))?;
        looked.miss(promised);
        Ok(looked)
    }

    fn audit_seen(&mut self, head: Found, looked: Looked) -> Result<(), StoreError> {
        self.verdict.counted.extend(looked.counted());
        for fault in looked.faults {
            self.fault(fault)?;
        }
        if self.shared.findings.get().is_some() && head.head().is_none() {
            self.fault(audit::HEAD_MISSING)?;
        }
        Ok(())
    }
}

fn described(mark: Mark) -> String {
    format!("commit {} with {} conversations and {} audit rows", mark.commit, mark.drawers, mark.audit_rows)
}

//! Somebody who holds the disk and the root key changes rows of the audit log in the closed database, mends what is not keyed, and hopes
//! that nobody sees it. Each way is found, and the row is named; only who also makes another head is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::domain::audit::{AuditEvent, Outcome};
use crate::store::audit::{self, Chain, head};
use crate::store::digest::Digest;
use crate::store::house::HouseKeys;
use crate::store::index::Index;
use crate::store::records::{self, AuditRecord};
use crate::store::tables::{META_CHECK, META_COMMIT};
use crate::store::watermark::{self, Mark, Watermark};
use crate::store::{Wish, look_at_audit, parts, rescue, tip_file};
use crate::vault::{Tip, Walker};

const ROWS: u32 = 6;

/// A house that was closed, and what its owner, or a thief, has of it.
struct Closed {
    dir: tempfile::TempDir,
    root: RootKey,
}

/// The database opened behind Parlor's back, with the keys.
struct Thief {
    data_dir: PathBuf,
    db: Arc<sled::Db>,
    tip: Tip,
    keys: HouseKeys,
}

fn event(networks: u32) -> AuditEvent {
    AuditEvent::done(at(i64::from(networks) * 1_000), AuditActor::Host, AuditAction::AllowlistChanged { networks })
}

fn lived(rows: u32) -> Closed {
    let house = House::new();
    write(&house, 1..=rows);
    house.store.close();
    let House { dir, root, .. } = house;
    Closed { dir, root }
}

fn write(house: &House, rows: impl Iterator<Item = u32>) {
    for number in rows {
        let mut batch = house.store.batch();
        batch.audit_event(event(number));
        house.store.commit(batch).wait().unwrap();
    }
}

impl Closed {
    fn data_dir(&self) -> PathBuf {
        data(self.dir.path())
    }

    fn open(&self) -> Result<Store, OpenError> {
        Store::open(&self.data_dir(), &self.root, Box::new(|_| {}))
    }

    /// What a start says.
    fn refused(&self) -> Vec<String> {
        match self.open() {
            Err(OpenError::Audit { faults, .. }) => faults,
            Err(other) => panic!("{other}"),
            Ok(_) => vec![],
        }
    }

    /// What `parlor verify audit` says while nothing runs.
    fn looked_at(&self) -> Vec<String> {
        look_at_audit(&self.data_dir(), &self.root).unwrap().1
    }

    fn tamper(&self, change: impl FnOnce(&Thief)) {
        let thief = Thief::enter(&self.data_dir(), &self.root);
        change(&thief);
        thief.leave();
    }

    /// Both looks find exactly this.
    fn says(&self, expected: &[&str]) {
        assert_eq!(self.refused(), expected);
        assert_eq!(self.looked_at(), expected);
    }
}

impl Thief {
    fn enter(data_dir: &Path, root: &RootKey) -> Self {
        let tip_file::Found::Slot { header, .. } = tip_file::read(data_dir).unwrap() else { panic!("no tip") };
        let tip = header.open(root).unwrap();
        let generation = generation::read(data_dir).unwrap().unwrap();
        let db = Arc::new(generation::open(data_dir, generation).unwrap());
        let index = Index::new(Arc::clone(&db), Mark::default());
        let read = |level, at| drawers::node_in(&index, tip.epoch, level, at);
        let keys = HouseKeys::new(Walker::default().key(&tip.top, 0, &tip.installation, read).unwrap());
        Self { data_dir: data_dir.to_owned(), db, tip, keys }
    }

    fn key(number: u64) -> Vec<u8> {
        Table::Audit.key(&number.to_be_bytes())
    }

    fn row(&self, number: u64) -> audit::AuditRow {
        let sealed = self.db.get(Self::key(number)).unwrap().unwrap();
        let (sealer, place) = (self.keys.sealer(Table::Audit), number.to_be_bytes());
        let bytes = parts::open(sealer, &self.tip.installation, Table::Audit, &place, &sealed, |_| Ok(None)).unwrap();
        audit::AuditRow::read(&bytes).unwrap()
    }

    /// Seals a row of this content, behind a row of this hash, under this number.
    fn put(&self, number: u64, event: AuditEvent, previous: [u8; 32]) -> [u8; 32] {
        let entry = AuditEntry { number, event };
        let bytes = records::encode(&AuditRecord::new(&entry, previous)).unwrap();
        let mut writes = Vec::new();
        let sealer = self.keys.sealer(Table::Audit);
        parts::seal(sealer, &self.tip.installation, Table::Audit, &number.to_be_bytes(), &bytes, &mut writes).unwrap();
        for (key, value) in writes {
            self.db.insert(key, value.unwrap()).unwrap();
        }
        audit::AuditRow::read(&bytes).unwrap().hash()
    }

    fn take(&self, number: u64) {
        assert!(self.db.remove(Self::key(number)).unwrap().is_some());
    }

    /// Mends whatever is not keyed: the database's own digest, and the watermark.
    fn leave(self) {
        let commit = self.db.get(Table::Meta.key(META_COMMIT)).unwrap().unwrap();
        let commit = u64::from_be_bytes(commit[..].try_into().unwrap());
        let (digest, _) = Digest::of(&self.db, commit, &BTreeSet::new()).unwrap();
        self.db.insert(Table::Meta.key(META_CHECK), &digest.encode()).unwrap();
        let last = self.db.scan_prefix([Table::Audit.tag()]).next_back().map(|row| row.unwrap().0);
        let audit_rows = last.map_or(0, |key| u64::from_be_bytes(key[1..].try_into().unwrap()));
        let mark = watermark::read(&self.data_dir, &self.tip.installation).unwrap().unwrap();
        let mut watermark = Watermark::open(&self.data_dir, self.tip.installation).unwrap();
        for _ in 0..2 {
            watermark.write(Mark { audit_rows, ..mark }).unwrap();
        }
        self.db.flush().unwrap();
        let Self { data_dir, db, .. } = self;
        drop(db);
        let generation = generation::read(&data_dir).unwrap().unwrap();
        super::super::files::wait_for_release(&generation::dir(&data_dir, generation).join("db"));
    }
}

/// A fresh house for each way of changing it.
fn tampered(change: impl FnOnce(&Thief)) -> Closed {
    let closed = lived(ROWS);
    assert_eq!((closed.refused(), closed.looked_at()), (vec![], vec![]), "whole before");
    closed.tamper(change);
    closed
}

#[test]
fn an_altered_row_is_named() {
    let altered = |thief: &Thief, number: u64| thief.put(number, event(99), thief.row(number).previous);
    for number in 1..u64::from(ROWS) {
        let closed = tampered(|thief| _ = altered(thief, number));
        closed.says(&[&format!("Audit row {number} was altered: it is not the one that row {} follows.", number + 1)]);
    }
    // Nothing follows the last one; the head vouches for it.
    let closed = tampered(|thief| _ = altered(thief, 6));
    closed.says(&[
        "Audit row 6 is not the row that the head of the log vouches for: it was altered, or a row before it was and those behind \
         that were chained anew.",
    ]);
}

#[test]
fn a_chain_that_was_made_anew_does_not_end_in_the_head() {
    let closed = tampered(|thief| {
        let mut previous = thief.row(3).previous;
        for number in 3..=6 {
            let content = if number == 3 { event(99) } else { thief.row(number).entry.event };
            previous = thief.put(number, content, previous);
        }
    });
    assert_eq!(closed.refused().len(), 1);
    assert!(closed.looked_at()[0].starts_with("Audit row 6 is not the row that the head of the log vouches for"));
}

#[test]
fn a_row_without_the_key_does_not_read() {
    let closed = tampered(|thief| {
        let mut sealed = thief.db.get(Thief::key(3)).unwrap().unwrap().to_vec();
        sealed[25] ^= 1;
        thief.db.insert(Thief::key(3), sealed).unwrap();
    });
    let said = closed.refused();
    assert!(said.len() == 1 && said[0].starts_with("Audit row 3 does not read"), "{said:?}");
    assert_eq!(closed.looked_at(), said);
}

#[test]
fn a_removed_row_is_named_wherever_it_was() {
    for number in 1..=6_u64 {
        let closed = tampered(|thief| thief.take(number));
        closed.says(&[&format!("Audit row {number} is missing.")]);
    }
    tampered(|thief| (2..=4).for_each(|number| thief.take(number))).says(&["Audit rows 2 to 4 are missing."]);
    tampered(|thief| (4..=6).for_each(|number| thief.take(number))).says(&["Audit rows 4 to 6 are missing."]);
    tampered(|thief| (1..=2).for_each(|number| thief.take(number))).says(&["Audit rows 1 to 2 are missing."]);
    tampered(|thief| (1..=6).for_each(|number| thief.take(number))).says(&["Audit rows 1 to 6 are missing."]);
}

#[test]
fn a_row_taken_out_with_the_others_moved_up_is_found() {
    // The numbers are without a gap again, and only the hashes tell.
    let closed = tampered(|thief| {
        for number in 3..=5 {
            thief.put(number, thief.row(number + 1).entry.event, thief.row(number).previous);
        }
        thief.take(6);
    });
    let said = closed.refused();
    assert!(said.contains(&"Audit row 6 is missing.".to_owned()), "{said:?}");
    assert!(said.iter().any(|fault| fault.starts_with("Audit rows 3 and 4 do not belong together")), "{said:?}");
}

#[test]
fn rows_that_changed_places_are_named() {
    // As they are: each says which row it is.
    let closed = tampered(|thief| {
        let (two, three) = (thief.row(2), thief.row(3));
        thief.put(2, three.entry.event, two.previous);
        thief.put(3, two.entry.event, three.previous);
    });
    closed.says(&[
        "Audit rows 2 and 3 do not belong together: one of them or both were altered.",
        "Audit row 3 was altered: it is not the one that row 4 follows.",
    ]);
    // The sealed values themselves, without a key.
    let closed = tampered(|thief| {
        let (two, three) = (Thief::key(2), Thief::key(3));
        let value = thief.db.get(&two).unwrap().unwrap();
        let other = thief.db.insert(&three, value).unwrap().unwrap();
        thief.db.insert(&two, other).unwrap();
    });
    let said = closed.looked_at();
    assert!(said.len() == 2 && said[0].starts_with("Audit row 2 does not read") && said[1].starts_with("Audit row 3 does not"));
}

#[test]
fn a_row_slipped_in_is_named() {
    // In the middle, with all behind it moved down.
    let closed = tampered(|thief| {
        let rows: Vec<_> = (3..=6).map(|number| thief.row(number)).collect();
        let mut previous = thief.put(3, event(99), rows[0].previous);
        for (number, row) in (4..).zip(&rows) {
            previous = thief.put(number, row.entry.event.clone(), previous);
        }
    });
    let said = closed.refused();
    assert!(said[0].starts_with("Audit row 6 is not the row that the head of the log vouches for"), "{said:?}");
    // Behind the end, in a chain without a fault.
    let closed = tampered(|thief| _ = thief.put(7, event(99), thief.row(6).hash()));
    closed.says(&["Audit row 7 is behind the end of the log: added after Parlor had ended."]);
}

#[test]
fn an_older_database_is_found_by_its_head() {
    let closed = lived(3);
    let before = tempfile::tempdir().unwrap();
    super::erasure::copy(&closed.data_dir(), before.path());
    let House { store, .. } = &open_again(&closed);
    let mut batch = store.batch();
    batch.audit_event(event(4));
    store.commit(batch).wait().unwrap();
    store.close();
    // Everything but the head as it was.
    let head = fs::read(closed.data_dir().join(head::NAME)).unwrap();
    fs::remove_dir_all(closed.data_dir()).unwrap();
    super::erasure::copy(before.path(), &closed.data_dir());
    fs::write(closed.data_dir().join(head::NAME), head).unwrap();
    closed.says(&["Audit row 4 is missing."]);
    // The head too: nobody can tell, and SECURITY.md says so.
    fs::remove_dir_all(closed.data_dir()).unwrap();
    super::erasure::copy(before.path(), &closed.data_dir());
    closed.says(&[]);
}

fn open_again(closed: &Closed) -> House {
    let dir = tempfile::tempdir().unwrap();
    House { dir, root: closed.root.clone(), store: closed.open().unwrap(), told: Arc::default() }
}

#[test]
fn spoiling_one_slot_of_the_head_takes_nothing_back() {
    for slot in [0, 512] {
        let closed = lived(ROWS);
        let path = closed.data_dir().join(head::NAME);
        let mut bytes = fs::read(&path).unwrap();
        bytes[slot + 50] ^= 1;
        fs::write(&path, bytes).unwrap();
        closed.tamper(|thief| thief.take(6));
        closed.says(&["Audit row 6 is missing."]);
    }
}

#[test]
fn a_head_that_is_gone_is_said_and_made_anew() {
    let organised = || {
        let house = House::new();
        let mut batch = house.store.batch();
        batch.put_organisation(&Organisation { name: Name::parse("Clinic Nord").unwrap(), set_up_at: at(1) });
        house.store.commit(batch).wait().unwrap();
        write(&house, 1..=ROWS);
        house.store.close();
        let House { dir, root, .. } = house;
        Closed { dir, root }
    };
    for spoil in [|path: &Path| fs::remove_file(path).unwrap(), |path: &Path| fs::write(path, [0; 2_000]).unwrap()] {
        let closed = organised();
        spoil(&closed.data_dir().join(head::NAME));
        assert_eq!(closed.looked_at(), [audit::HEAD_MISSING]);
        let store = closed.open().unwrap();
        assert!(store.findings().head_was_missing && !store.findings().was_not_closed);
        store.close();
        drop(store);
        assert_eq!((closed.looked_at(), closed.refused()), (vec![], vec![]));
        assert!(!closed.open().unwrap().findings().head_was_missing);
    }
}

#[test]
fn what_was_killed_is_told_from_what_was_stopped() {
    let closed = lived(2);
    let copied = tempfile::tempdir().unwrap();
    let store = closed.open().unwrap();
    assert_eq!(store.findings(), Findings { format: FORMAT, ..Findings::default() });
    let mut batch = store.batch();
    batch.audit_event(event(3));
    store.commit(batch).wait().unwrap();
    // The head follows a row after that is acknowledged, and before the next commit: one without a row, so that none is on its way.
    let mut batch = store.batch();
    batch.put_secret("another", b"x");
    store.commit(batch).wait().unwrap();
    // As a crash would leave it.
    super::erasure::copy(&closed.data_dir(), &data(copied.path()));
    let crashed = Closed { dir: copied, root: closed.root.clone() };
    let store = crashed.open().unwrap();
    assert!(store.findings().was_not_closed && store.findings().rows_behind_head == 0);
}

#[test]
fn a_head_that_lags_after_a_loss_of_power_is_no_damage() {
    let closed = lived(2);
    let old_head = |closed: &Closed| fs::read(closed.data_dir().join(head::NAME)).unwrap();
    let store = closed.open().unwrap();
    let head = old_head(&closed);
    for number in 3..=5 {
        let mut batch = store.batch();
        batch.audit_event(event(number));
        store.commit(batch).wait().unwrap();
    }
    let copied = tempfile::tempdir().unwrap();
    super::erasure::copy(&closed.data_dir(), &data(copied.path()));
    let crashed = Closed { dir: copied, root: closed.root.clone() };
    fs::write(crashed.data_dir().join(head::NAME), head).unwrap();
    let store = crashed.open().unwrap();
    assert!(store.findings().was_not_closed);
    assert_eq!(store.findings().rows_behind_head, 3);
    store.close();
}

#[test]
fn what_is_tampered_with_can_be_rescued_and_is_declared_lost() {
    let closed = tampered(|thief| _ = thief.put(3, event(99), thief.row(3).previous));
    // Only what is left of the database itself: the journal would have all.
    fs::remove_dir_all(closed.data_dir().join("journal")).unwrap();
    let refused = rescue(&closed.data_dir(), &closed.root, Wish::KeepAll, at(7)).unwrap();
    assert!(!refused.in_force && refused.lost.contains(&"Audit row 3 was altered.".to_owned()), "{:?}", refused.lost);
    let rescued = rescue(&closed.data_dir(), &closed.root, Wish::AcceptLoss, at(7)).unwrap();
    assert!(rescued.in_force);
    assert_eq!((closed.refused(), closed.looked_at()), (vec![], vec![]));
    let store = closed.open().unwrap();
    assert!(matches!(store.audit_rows(None, 1).unwrap()[0].action, AuditAction::Rescued { .. }));
    store.close();
}

#[test]
fn the_oldest_rows_go_and_the_chain_holds_from_its_anchor() {
    let house = House::new();
    write(&house, 1..=ROWS);
    let trim = |house: &House, up_to: u64| {
        let mut batch = house.store.batch();
        batch.trim_audit(up_to, AuditEvent::done(at(9_000), AuditActor::Timer, AuditAction::AuditRead));
        house.store.commit(batch).wait().unwrap();
    };
    let numbers = |house: &House| house.store.audit_rows(None, 99).unwrap().iter().map(|row| row.number).collect::<Vec<_>>();
    trim(&house, 4);
    assert_eq!(numbers(&house), [7, 6, 5]);
    let newest = house.store.audit_rows(None, 1).unwrap().remove(0);
    assert!(matches!(newest.action, AuditAction::AuditTrimmed { rows: 4, up_to: 4, .. }) && newest.outcome == Outcome::Done);
    // What is not there, or is the last, is left alone.
    for up_to in [2, 4, 7, 99] {
        trim(&house, up_to);
    }
    assert_eq!(numbers(&house), [7, 6, 5]);
    let verified = |house: &House| {
        let mut faults = Vec::new();
        let verdict = house.store.verify(Scope::Audit, &mut |seen| {
            if let Seen::Fault(fault) = seen {
                faults.push(fault);
            }
            std::ops::ControlFlow::Continue(())
        });
        (verdict.unwrap().counted.iter().map(|it| it.count).collect::<Vec<_>>(), faults)
    };
    assert_eq!(verified(&house), (vec![3, 0, 4], vec![]));
    let house = house.again();
    trim(&house, 6);
    assert_eq!((numbers(&house), verified(&house)), (vec![8, 7], (vec![2, 0, 6], vec![])));
    house.store.close();
    let House { dir, root, .. } = house;
    let closed = Closed { dir, root };
    closed.says(&[]);
    // Also without the head: the row that tells of the removal is an anchor as well.
    fs::remove_file(closed.data_dir().join(head::NAME)).unwrap();
    assert_eq!(closed.looked_at(), [audit::HEAD_MISSING]);
    closed.open().unwrap().close();
    // Who cuts off one more, or brings one back, is found.
    closed.tamper(|thief| thief.take(7));
    closed.says(&["Audit row 7 is missing."]);
    let closed = lived_and_trimmed();
    closed.tamper(|thief| _ = thief.put(4, event(4), [0; 32]));
    assert!(closed.refused().contains(&"Audit row 4 is there again, which had been removed when its time was over.".to_owned()));
    let closed = lived_and_trimmed();
    closed.tamper(|thief| _ = thief.put(5, event(99), [7; 32]));
    assert!(closed.refused().iter().any(|fault| fault.starts_with("Audit row 5 was altered")));
}

fn lived_and_trimmed() -> Closed {
    let house = House::new();
    write(&house, 1..=ROWS);
    let mut batch = house.store.batch();
    batch.trim_audit(4, AuditEvent::done(at(9_000), AuditActor::Timer, AuditAction::AuditRead));
    house.store.commit(batch).wait().unwrap();
    house.store.close();
    let House { dir, root, .. } = house;
    Closed { dir, root }
}

#[test]
fn who_forges_the_head_as_well_is_not_found_here() {
    // The root key makes everything, this too: what was exported and signed before is what speaks against it (SECURITY.md).
    let closed = tampered(|thief| {
        thief.take(6);
        let last = thief.row(5);
        let chain = Chain { last: 5, hash: last.hash(), ..Chain::default() };
        audit::write_head(&thief.data_dir, &thief.keys, &thief.tip.installation, &chain).unwrap();
    });
    closed.says(&[]);
}

//! What a new generation holds is looked through wholly. Where something is missing or does not open, everything that hung on it
//! is taken out and named by its number, so that what is left opens and is whole in itself.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Rescue, useless};
use crate::domain::audit::{AuditAction, AuditActor, AuditEvent};
use crate::domain::event::{Author, Event, EventKind, Seq};
use crate::domain::id::{ConversationId, FileId};
use crate::domain::text::MessageText;
use crate::store::audit::check::missing_rows;
use crate::store::audit::head::Head;
use crate::store::audit::{self, AuditRow, Chain};
use crate::store::catalogue::{Entry, PAGE_SLOTS, State, Turns};
use crate::store::house::HouseKeys;
use crate::store::index::Index;
use crate::store::parts::{self, Write};
use crate::store::records::{self, EventRecord, PageRecord};
use crate::store::space::Space;
use crate::store::tables::{SETTING_GAPS, Table, event_key};
use crate::store::verify::{self, drawers as contents, tables as values};
use crate::store::watermark::Mark;
use crate::store::{CommitNumber, Seen, Shared, StoreError, attachments, drawers, journal, load, open};
use crate::vault::{CHILDREN, Key, Sealer, Slot, Walker, grow};

/// What stands where an entry was that nobody can read any more.
const LOST: &str = "This entry was lost when the stored data was damaged.";

/// Makes what sled holds whole in itself and says how much it is, and where its audit log ends. What had to go is added to `lost`.
pub(super) fn mend(
    rescue: &Rescue,
    db: &Arc<sled::Db>,
    commit: CommitNumber,
    lost: &mut Vec<String>,
) -> Result<(Mark, Option<(Chain, HouseKeys)>), StoreError> {
    let mender = Mender { rescue, db, commit, head: head(rescue, db)? };
    if lost.is_empty()
        && let Ok((mark, chain)) = mender.check()
    {
        mender.compare(mark, lost)?;
        if lost.is_empty() {
            return Ok((mark, mender.log(chain)?));
        }
    }
    mender.pages(lost)?;
    mender.audit(lost)?;
    mender.conversations(lost)?;
    mender.house(lost)?;
    mender.strays()?;
    let (before, _) = mender.check()?;
    if lost.is_empty() {
        mender.compare(before, lost)?;
    }
    if !lost.is_empty() {
        mender.note(lost.len())?;
    }
    let (mark, chain) = mender.check()?;
    Ok((mark, mender.log(chain)?))
}

/// What the head of the audit log promises, if there is one.
fn head(rescue: &Rescue, db: &Arc<sled::Db>) -> Result<Option<Head>, StoreError> {
    let index = Index::new(Arc::clone(db), Mark::default());
    let keys = house_keys(rescue, &index)?;
    Ok(audit::head_in(rescue.data_dir, &keys, &rescue.tip.installation).map_err(useless)?.head())
}

fn house_keys(rescue: &Rescue, index: &Index) -> Result<HouseKeys, StoreError> {
    let tip = &rescue.tip;
    let read = |level, at| drawers::node_in(index, tip.epoch, level, at);
    Ok(HouseKeys::new(Walker::default().key(&tip.top, 0, &tip.installation, read)?))
}

struct Mender<'a> {
    rescue: &'a Rescue<'a>,
    db: &'a Arc<sled::Db>,
    commit: CommitNumber,
    head: Option<Head>,
}

impl Mender<'_> {
    fn index(&self) -> Index {
        Index::new(Arc::clone(self.db), Mark { commit: self.commit, ..Mark::default() })
    }

    /// A look at it as an opened store would have it.
    fn view(&self) -> Result<Arc<Shared>, StoreError> {
        let end = journal::End { commit: self.commit, ..journal::End::default() };
        let segments = journal::Segments::new(self.rescue.data_dir, &end, None);
        let space = Space::idle(self.rescue.data_dir);
        open::assemble(self.rescue.data_dir, &self.rescue.tip, self.rescue.root, self.index(), segments, space)
    }

    fn house_keys(&self, index: &Index) -> Result<HouseKeys, StoreError> {
        house_keys(self.rescue, index)
    }

    /// What the new head is made of, where there was one before.
    fn log(&self, chain: Chain) -> Result<Option<(Chain, HouseKeys)>, StoreError> {
        self.head.map(|_| Ok((chain, self.house_keys(&self.index())?))).transpose()
    }

    /// How many rows were acknowledged once, as far as anything says so.
    fn promised_rows(&self) -> u64 {
        let marked = self.rescue.promised.map_or(0, |promised| promised.audit_rows);
        self.head.map_or(marked, |head| marked.max(head.chain.last))
    }

    fn write(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        for (key, value) in writes {
            match value {
                Some(value) => self.db.insert(key, value)?,
                None => self.db.remove(key)?,
            };
        }
        Ok(())
    }

    /// Everything, as `parlor verify` looks at it. The first fault is why it is of no use.
    fn check(&self) -> Result<(Mark, Chain), StoreError> {
        let shared = self.view()?;
        let chain = audit::chain_of(&shared.index, &shared.house_keys, &shared.installation)?;
        let mut first = None;
        verify::contents(&shared, &mut |seen| match seen {
            Seen::Fault(sentence) => {
                first.get_or_insert(sentence);
                ControlFlow::Continue(())
            }
            Seen::Progress { .. } => ControlFlow::Continue(()),
        })?;
        match first {
            Some(sentence) => Err(useless(sentence)),
            None => Ok((Mark { commit: self.commit, drawers: shared.catalogue.read().len(), audit_rows: chain.last }, chain)),
        }
    }

    /// Against the head of the audit log, and what was promised where that is about this very commit.
    fn compare(&self, mark: Mark, lost: &mut Vec<String>) -> Result<(), StoreError> {
        if let Some(head) = &self.head {
            let (index, installation) = (self.index(), &self.rescue.tip.installation);
            lost.extend(audit::load(&index, &self.house_keys(&index)?, installation, Some(head))?.faults);
        }
        let Some(promised) = self.rescue.promised.filter(|promised| promised.commit == mark.commit) else { return Ok(()) };
        if promised.drawers > mark.drawers {
            lost.push(format!("{} of {} conversations are missing.", promised.drawers - mark.drawers, promised.drawers));
        }
        let missing = missing_rows(mark.audit_rows + 1, promised.audit_rows);
        if promised.audit_rows > mark.audit_rows && !lost.contains(&missing) {
            lost.push(missing);
        }
        Ok(())
    }

    /// Pages of the catalogue that do not open go, with all that they list.
    fn pages(&self, lost: &mut Vec<String>) -> Result<(), StoreError> {
        let index = self.index();
        let keys = self.house_keys(&index)?;
        for found in index.scan(&[Table::Catalogue.tag()])? {
            let (key, sealed) = found?;
            let sealer = keys.sealer(Table::Catalogue);
            let opened = parts::open(sealer, &self.rescue.tip.installation, Table::Catalogue, &key[1..], &sealed, |_| Ok(None));
            if opened.and_then(|bytes| records::decode::<PageRecord>(&bytes)).is_err() {
                let number = key[1..].try_into().map_or(0, u32::from_be_bytes);
                let first = number.saturating_mul(PAGE_SLOTS);
                let last = first.saturating_add(PAGE_SLOTS - 1);
                lost.push(format!(
                    "Page {number} of the catalogue is damaged: the conversations in places {first} to {last} are lost."
                ));
                self.db.remove(key)?;
            }
        }
        Ok(())
    }

    /// Rows that do not read, or are not what they were, are gaps from now on, and so are those that were promised and are not there.
    fn audit(&self, lost: &mut Vec<String>) -> Result<(), StoreError> {
        let index = self.index();
        let keys = self.house_keys(&index)?;
        let installation = &self.rescue.tip.installation;
        let known = audit::gaps(&index, &keys, installation).unwrap_or_default();
        let kept = self.whole_rows(&index, &keys, lost)?;
        let mut gaps = known.clone();
        let mut gap = |first: u64, last: u64| {
            if first <= last && !known.contains(&(first, last)) {
                gaps.push((first, last));
                lost.push(missing_rows(first, last));
            }
        };
        let mut last = kept.begins - 1;
        for number in kept.numbers {
            gap(last + 1, number.saturating_sub(1));
            last = last.max(number);
        }
        gap(last + 1, self.promised_rows());
        if gaps.len() > known.len() {
            gaps.sort_unstable();
            let mut writes = Vec::new();
            let (sealer, bytes) = (keys.sealer(Table::Settings), records::encode(&gaps)?);
            parts::seal(sealer, installation, Table::Settings, SETTING_GAPS, &bytes, &mut writes)?;
            self.write(writes)?;
        }
        Ok(())
    }

    /// Takes out every row that is not whole, or that the one behind it does not follow.
    fn whole_rows(&self, index: &Index, keys: &HouseKeys, lost: &mut Vec<String>) -> Result<KeptRows, StoreError> {
        let installation = &self.rescue.tip.installation;
        let mut kept = KeptRows { begins: self.head.map_or(1, |head| head.chain.first), numbers: Vec::new() };
        let mut before: Option<(u64, [u8; 32])> = None;
        let mut altered = |number: u64, kept: &mut KeptRows| -> Result<(), StoreError> {
            lost.push(format!("Audit row {number} was altered."));
            kept.numbers.pop();
            Ok(self.db.remove(Table::Audit.key(&number.to_be_bytes())).map(drop)?)
        };
        for found in index.scan(&[Table::Audit.tag()])? {
            let (key, sealed) = found?;
            let number = key[1..].try_into().map_or(0, u64::from_be_bytes);
            let opened = parts::open(keys.sealer(Table::Audit), installation, Table::Audit, &key[1..], &sealed, |_| Ok(None));
            let row = opened.and_then(|bytes| AuditRow::read(&bytes)).ok().filter(|row| row.entry.number == number);
            let Some(row) = row else {
                self.db.remove(key)?;
                before = None;
                continue;
            };
            if let Some((last, hash)) = before
                && last + 1 == number
                && row.previous != hash
            {
                altered(last, &mut kept)?;
            }
            if let AuditAction::AuditTrimmed { up_to, .. } = row.entry.action {
                kept.begins = kept.begins.max(up_to + 1);
            }
            before = Some((number, row.hash()));
            kept.numbers.push(number);
        }
        if let (Some(head), Some((last, hash))) = (self.head, before)
            && head.chain.last == last
            && head.chain.hash != hash
        {
            altered(last, &mut kept)?;
        }
        Ok(kept)
    }

    /// Conversations that are not whole: an open one keeps what opens, a closed one goes.
    fn conversations(&self, lost: &mut Vec<String>) -> Result<(), StoreError> {
        let shared = self.view()?;
        let leaves = load::leaves(&shared.index)?;
        let mut reader = contents::Reader::new()?;
        let mut turns = Turns::new();
        let mut writes = Vec::new();
        for number in 0..leaves {
            let Ok(listed) = contents::leaf(&shared, number) else {
                self.replace_leaf(&shared, number, &mut turns, &mut writes)?;
                let (first, last) = (number * CHILDREN, (number + 1) * CHILDREN - 1);
                lost.push(format!(
                    "Leaf {number} of the key tree does not open: the conversations in places {first} to {last} are lost."
                ));
                continue;
            };
            for (slot, entry, key) in listed {
                let Err(error) = contents::drawer(&shared, &mut reader, entry, &key) else { continue };
                let id = entry.drawer;
                if let State::Files { of } = entry.state {
                    let gone = without_damaged_files(&shared, of, id, &key, &mut writes);
                    lost.extend(gone?.map(|file| format!("A file in place {slot} ({file}) is lost.")));
                    continue;
                }
                if entry.submission().is_some() {
                    lost.push(format!("The form submission in place {slot} ({id}) is lost: {error}."));
                    turns.insert(slot, None);
                    continue;
                }
                // Nothing is lost with a signature: who has none is opened by every search.
                self.db.remove(Table::Signatures.key(id.as_bytes()))?;
                let (_, drafts) = shared.check_drafts(&Sealer::new(&key), id)?;
                for draft in &drafts {
                    let mut writes = Vec::new();
                    parts::remove(Table::Drafts, draft, &mut writes);
                    self.write(writes)?;
                }
                if !drafts.is_empty() {
                    lost.push(format!("{} drafts in the conversation in place {slot} ({id}) are lost.", drafts.len()));
                }
                if contents::drawer(&shared, &mut reader, entry, &key).is_ok() {
                    continue;
                }
                match filled(&shared, entry, &key, &mut writes)? {
                    Some(gone) => lost.extend(gone.into_iter().map(|(first, last)| {
                        format!("Entries {first} to {last} of the open conversation in place {slot} ({id}) are lost.")
                    })),
                    None => {
                        lost.push(format!("The conversation in place {slot} ({id}) is lost: {error}."));
                        turns.insert(slot, None);
                    }
                }
            }
        }
        shared.catalogue.read().seal(&turns, &shared.house_keys, &shared.installation, &mut writes)?;
        self.write(writes)
    }

    /// New keys for places whose keys are lost, so that they can be used again.
    fn replace_leaf(&self, shared: &Shared, number: u32, turns: &mut Turns, writes: &mut Vec<Write>) -> Result<(), StoreError> {
        let (tip, first) = (&self.rescue.tip, number * CHILDREN);
        let read = |level, at| drawers::node_in(&shared.index, tip.epoch, level, at);
        let grown = grow(&tip.top, first, tip.epoch, &tip.installation, read)?;
        writes.extend(grown.written.into_iter().map(|(at, sealed)| (Table::Keys.key(&at.key()), Some(sealed))));
        let catalogue = shared.catalogue.read();
        turns.extend((first..first + CHILDREN).filter(|slot| catalogue.at(*slot).is_some()).map(|slot: Slot| (slot, None)));
        Ok(())
    }

    /// Values of the house that do not open.
    fn house(&self, lost: &mut Vec<String>) -> Result<(), StoreError> {
        let shared = self.view()?;
        for (table, _) in values::HOUSE {
            let (mut count, mut first) = (0, Vec::new());
            for found in shared.index.scan(&[table.tag()])? {
                let (key, sealed) = found?;
                let key = &key[1..];
                if values::is_further_part(&first, key) {
                    continue;
                }
                first = key.to_vec();
                count += 1;
                if values::value(&shared, table, key, &sealed).is_err() {
                    lost.push(format!("{} is lost.", values::described(table, key, count)));
                    let mut writes = Vec::new();
                    parts::remove(table, key, &mut writes);
                    self.write(writes)?;
                }
            }
        }
        Ok(())
    }

    /// Records of conversations that are not listed any more: nobody could find them, and nothing would ever erase them.
    fn strays(&self) -> Result<(), StoreError> {
        let shared = self.view()?;
        if shared.index.scan(&[Table::Purges.tag()])?.next().is_some() {
            return Ok(());
        }
        for table in [Table::Heads, Table::Events, Table::Transcripts, Table::Drafts, Table::Signatures, Table::Files] {
            for found in shared.index.scan(&[table.tag()])? {
                let (key, _) = found?;
                if values::is_stray(&shared, table, &key) {
                    self.db.remove(key)?;
                }
            }
        }
        Ok(())
    }

    /// One row that says that it was so.
    fn note(&self, losses: usize) -> Result<(), StoreError> {
        let shared = self.view()?;
        let mut chain = audit::chain_of(&shared.index, &shared.house_keys, &shared.installation)?;
        // Numbers that were acknowledged once are not given again.
        chain.last = chain.last.max(self.promised_rows());
        let mut writes = Vec::new();
        let action = AuditAction::Rescued { losses: u32::try_from(losses).unwrap_or(u32::MAX) };
        chain.row(&shared, AuditEvent::done(self.rescue.now, AuditActor::Host, action), &mut writes)?;
        self.write(writes)
    }
}

/// The rows of the audit log that can stay, and the number of the first that should be there.
struct KeptRows {
    begins: u64,
    numbers: Vec<u64>,
}

/// A note in the place of each file that cannot be read to its end.
fn without_damaged_files(
    shared: &Shared,
    of: ConversationId,
    drawer: ConversationId,
    key: &Key,
    writes: &mut Vec<Write>,
) -> Result<impl Iterator<Item = FileId> + use<>, StoreError> {
    let sealer = Sealer::new(key);
    let damaged = contents::files(shared, of, drawer, &sealer)?.damaged;
    for (file, _) in &damaged {
        attachments::remove_pieces(&shared.index, drawer, Some(*file), |mut piece| {
            writes.append(&mut piece);
            Ok(())
        })?;
        attachments::lost(drawer, &sealer, &shared.installation, *file, writes)?;
    }
    Ok(damaged.into_iter().map(|(file, _)| file))
}

/// For an open conversation whose head opens: something in the place of each entry that does not, so that the others keep their
/// numbers. `None` when there is nothing to keep.
fn filled(shared: &Shared, entry: Entry, key: &Key, writes: &mut Vec<Write>) -> Result<Option<Vec<(Seq, Seq)>>, StoreError> {
    let (id, sealer) = (entry.drawer, Sealer::new(key));
    if entry.state != State::Open {
        return Ok(None);
    }
    let Ok(Some(head)) = shared.read_head(&sealer, id) else { return Ok(None) };
    let (there, last) = readable(shared, &sealer, id)?;
    let text = MessageText::parse(LOST).map_err(useless)?;
    let mut gaps: Vec<(Seq, Seq)> = Vec::new();
    for seq in (1..=last).filter(|seq| !there.contains(seq)) {
        let (at, kind) = (head.started_at, EventKind::Message(text.clone()));
        let event = Event { seq, at, author: Author::System, kind, client_id: None };
        let bytes = records::encode(&EventRecord::from(&event))?;
        parts::seal(&sealer, &shared.installation, Table::Events, &event_key(id, seq), &bytes, writes)?;
        match gaps.last_mut() {
            Some((_, end)) if *end + 1 == seq => *end = seq,
            _ => gaps.push((seq, seq)),
        }
    }
    Ok(Some(gaps))
}

/// Which entries open, and the number of the last of which there is anything.
fn readable(shared: &Shared, sealer: &Sealer, id: ConversationId) -> Result<(BTreeSet<Seq>, Seq), StoreError> {
    let (mut there, mut last) = (BTreeSet::new(), 0);
    for found in shared.index.scan(&Table::Events.key(id.as_bytes()))? {
        let (key, sealed) = found?;
        // Longer keys are further parts.
        let Ok(place) = <[u8; 20]>::try_from(&key[1..]) else { continue };
        let [.., a, b, c, d] = place;
        last = Seq::from_be_bytes([a, b, c, d]);
        let opened = parts::open(sealer, &shared.installation, Table::Events, &place, &sealed, |key| shared.index.get(key));
        if opened.and_then(|bytes| records::decode::<EventRecord>(&bytes)?.event(last)).is_ok() {
            there.insert(last);
        }
    }
    Ok((there, last))
}

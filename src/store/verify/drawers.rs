//! The key tree and what lies in its drawers, leaf by leaf: neighbours share the way to their keys.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::Check;
use crate::domain::event::EventKind;
use crate::domain::id::{ConversationId, FileId};
use crate::store::catalogue::{Entry, State};
use crate::store::drawers::node_in;
use crate::store::search::signature::Signer;
use crate::store::transcript::Unpacker;
use crate::store::{Shared, StoreError, attachments, load};
use crate::vault::{CHILDREN, Key, LEVELS, Sealer, Slot, Walker};

/// What lies in a drawer that is whole.
#[derive(Default)]
pub(in crate::store) struct Contents {
    events: u64,
    parts: u64,
    signatures: u64,
    files: u64,
    drafts: u64,
}

/// What reads one drawer after the other.
pub(in crate::store) struct Reader {
    unpacker: Unpacker,
    signer: Signer,
}

impl Reader {
    pub(in crate::store) fn new() -> Result<Self, StoreError> {
        Ok(Self { unpacker: Unpacker::new()?, signer: Signer::new() })
    }
}

impl Check<'_> {
    pub(super) fn drawers(&mut self) -> Result<(), StoreError> {
        const WHAT: &str = "leaves of the key tree";
        let leaves = load::leaves(&self.shared.index)?;
        let (mut open, mut closed, mut events, mut parts) = (0_u64, 0_u64, 0, 0);
        let (mut signatures, mut files, mut drafts, mut submissions) = (0, 0, 0, 0_u64);
        let mut reader = Reader::new()?;
        for leaf in 0..leaves {
            for (slot, entry, key) in self.listed(leaf)? {
                match drawer(self.shared, &mut reader, entry, &key) {
                    Ok(Some(found)) => {
                        match entry.state {
                            State::Open => open += 1,
                            State::Closed { .. } => closed += 1,
                            State::Submission { .. } => submissions += 1,
                            State::Files { .. } => {}
                        }
                        files += found.files;
                        events += found.events;
                        parts += found.parts;
                        signatures += found.signatures;
                        drafts += found.drafts;
                    }
                    Ok(None) => {}
                    Err(StoreError::Closed) => return Err(StoreError::Closed),
                    Err(error) => {
                        let kind = match entry.state {
                            State::Open => "open conversation",
                            State::Closed { .. } => "closed conversation",
                            State::Files { .. } => "drawer of files",
                            State::Submission { .. } => "form submission",
                        };
                        self.fault(format!("The {kind} in place {slot} ({}) is damaged: {error}.", entry.drawer))?;
                    }
                }
            }
            self.progress(WHAT, u64::from(leaf) + 1, leaves.into())?;
        }
        self.counted(WHAT, leaves.into());
        self.counted("open conversations", open);
        self.counted("closed conversations", closed);
        self.counted("entries in them", events);
        self.counted("parts of transcripts", parts);
        self.counted("signatures of transcripts", signatures);
        self.counted("files", files);
        self.counted("drafts", drafts);
        self.counted("form submissions", submissions);
        Ok(())
    }

    fn listed(&mut self, number: u32) -> Result<Vec<Listed>, StoreError> {
        match leaf(self.shared, number) {
            Ok(listed) => Ok(listed),
            Err(StoreError::Closed) => Err(StoreError::Closed),
            Err(error) => {
                let (first, last) = (number * CHILDREN, (number + 1) * CHILDREN - 1);
                let what =
                    format!("Leaf {number} of the key tree does not open ({error}): places {first} to {last} cannot be read.");
                self.fault(what)?;
                Ok(Vec::new())
            }
        }
    }
}

/// A drawer with its place and its key.
type Listed = (Slot, Entry, Key);

/// The drawers of one leaf.
pub(in crate::store) fn leaf(shared: &Shared, number: u32) -> Result<Vec<Listed>, StoreError> {
    let first = number * CHILDREN;
    // While this is held, no key of the tree is destroyed.
    let top = shared.top.read();
    let read = |level, index| node_in(&shared.index, top.epoch, level, index);
    let mut walker = Walker::default();
    let node = walker.node(&top.key, LEVELS - 1, first, &shared.installation, read)?;
    let catalogue = shared.catalogue.read();
    // One whose keys are destroyed stays in its page for a while, and is not found any more.
    let listed = |slot: Slot| catalogue.at(slot).filter(|it| catalogue.get(it.drawer).is_some()).copied();
    Ok((0..CHILDREN).filter_map(|at| Some((first + at, listed(first + at)?, node.child(at as usize)))).collect())
}

/// Reads all of one drawer. `None` when it changed or went while it was read: what it is now was checked when it was written.
pub(in crate::store) fn drawer(
    shared: &Shared,
    reader: &mut Reader,
    entry: Entry,
    key: &Key,
) -> Result<Option<Contents>, StoreError> {
    let found = contents(shared, reader, entry, key);
    // The writer changes the entry and what lies in the drawer at once, so an entry that is still the same was so meanwhile.
    if shared.entry(entry.drawer).is_none_or(|(_, now)| now != entry) {
        return Ok(None);
    }
    found.map(Some)
}

fn contents(shared: &Shared, reader: &mut Reader, entry: Entry, key: &Key) -> Result<Contents, StoreError> {
    let Reader { unpacker, signer } = reader;
    let (id, sealer) = (entry.drawer, Sealer::new(key));
    if let Some(sealed) = entry.state.sealed() {
        let transcript = unpacker.open(&sealer, &shared.installation, id, sealed, |key| shared.index.get(key))?;
        signer.begin();
        signer.head(&transcript.head(id)?);
        for event in transcript.events(1) {
            signer.event(&event?);
        }
        let is_signed = shared.check_signature(&sealer, id, signer)?;
        return Ok(Contents {
            events: sealed.events.into(),
            parts: sealed.parts.into(),
            signatures: is_signed.into(),
            ..Contents::default()
        });
    }
    if let State::Files { of } = entry.state {
        let missing = files(shared, of, id, &sealer)?;
        return match missing.damaged.first() {
            Some((_, error)) => Err(error.clone()),
            None => Ok(Contents { files: missing.whole, ..Contents::default() }),
        };
    }
    if let Some(kept) = entry.submission() {
        let found = shared.read_submission(&sealer, kept.id)?;
        return match found {
            Some(_) => Ok(Contents::default()),
            None => Err(StoreError::Damaged("it is missing".to_owned())),
        };
    }
    let (drafts, broken) = shared.check_drafts(&sealer, id)?;
    if !broken.is_empty() {
        return Err(StoreError::Damaged(format!("{} drafts in it do not open", broken.len())));
    }
    shared.read_head(&sealer, id)?.ok_or_else(|| StoreError::Damaged("its head is missing".to_owned()))?;
    let mut last = 0;
    shared.read_events(&sealer, id, 1, |event| {
        if event.seq != last + 1 {
            return Err(StoreError::Damaged(format!("its entries {} to {} are missing", last + 1, event.seq - 1)));
        }
        last = event.seq;
        Ok(ControlFlow::Continue(()))
    })?;
    match entry.state {
        State::Closed { events, .. } if events != last => {
            Err(StoreError::Damaged(format!("it should hold {events} entries and holds {last}")))
        }
        _ => Ok(Contents { events: last.into(), drafts, ..Contents::default() }),
    }
}

/// What is in a drawer of files.
#[derive(Default)]
pub(in crate::store) struct Files {
    whole: u64,
    pub damaged: Vec<(FileId, StoreError)>,
}

/// Reads every file of a conversation that is open. Of one that is not, they are on their way out, and nobody asks for them.
pub(in crate::store) fn files(
    shared: &Shared,
    of: ConversationId,
    drawer: ConversationId,
    sealer: &Sealer,
) -> Result<Files, StoreError> {
    let mut found = Files::default();
    // Before the headers: what is sent meanwhile is in these, and not in what was told before.
    let Some(mut told) = told_of(shared, of)? else { return Ok(found) };
    for (file, header) in attachments::list(&shared.index, drawer)? {
        // One without a header is still arriving.
        let Some(header) = header else { continue };
        told.remove(&file);
        match shared.check_file(drawer, sealer, file, &header) {
            Ok(_) => found.whole += 1,
            Err(error) => found.damaged.push((file, error)),
        }
    }
    let missing = || StoreError::Damaged("a file is missing".to_owned());
    found.damaged.extend(told.into_iter().map(|file| (file, missing())));
    Ok(found)
}

/// The files that the events of an open conversation tell of.
fn told_of(shared: &Shared, of: ConversationId) -> Result<Option<BTreeSet<FileId>>, StoreError> {
    let Some((_, Entry { state: State::Open, .. })) = shared.entry(of) else { return Ok(None) };
    let Some(key) = shared.drawer_key(of)? else { return Ok(None) };
    let mut told = BTreeSet::new();
    shared.read_events(&Sealer::new(&key), of, 1, |event| {
        if let EventKind::File(file) = event.kind {
            told.insert(file.id);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Some(told))
}

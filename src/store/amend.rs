//! The one change that a closed conversation may still see: a new head, such as a rating that came late. Its events stay as they are.
//!
//! The writer makes the new transcript, since it alone knows which one is in force; the key comes along from whoever asked, because
//! walking the key tree has to wait while a purge flips it, and the purge waits for the writer.

use sled::IVec;
use zeroize::Zeroizing;

use super::batch::Batch;
use super::catalogue::{Entry, State, Turns};
use super::fold::{Folder, Waiting};
use super::parts::{self, Write};
use super::records::{self, ConversationRecord, EventRecord};
use super::tables::Table;
use super::transcript::{self, Sealed, Unpacker};
use super::{Shared, Store, StoreError};
use crate::domain::conversation::Conversation;
use crate::domain::event::Seq;
use crate::domain::id::ConversationId;
use crate::vault::{Key, Sealer};

/// A new head for a closed conversation, on its way to the writer.
pub(super) struct Amended {
    pub id: ConversationId,
    pub key: Key,
    pub head: Zeroizing<Vec<u8>>,
}

impl Batch {
    /// Writes the head of a conversation that is closed, or about to be. Of one that is purged meanwhile nothing is written.
    pub fn amend_closed(&mut self, head: &Conversation) {
        let amended = self.drawer_key(head.id).and_then(|key| {
            let key = key.ok_or(StoreError::Gone)?;
            Ok(Amended { id: head.id, key, head: records::encode(&ConversationRecord::from(head))? })
        });
        match amended {
            Ok(amended) => self.contents.amended.push(amended),
            Err(error) => self.fail(error),
        }
    }
}

impl Store {
    /// The number of the last event of a conversation; 0 when there is none (any more).
    #[must_use]
    pub fn last_event(&self, id: ConversationId) -> Seq {
        if let Some(open) = self.open_conversation(id) {
            return open.lock().last;
        }
        match self.shared.entry(id) {
            Some((_, Entry { state: State::Closed { events, .. }, .. })) => events,
            _ => 0,
        }
    }
}

impl Folder {
    /// A conversation that closes in this very group is folded with the new head.
    pub(super) fn amend_closing(shared: &Shared, amended: &Amended, waiting: &mut Waiting) -> Result<(), StoreError> {
        let mut writes = Vec::new();
        let (table, place) = (Table::Heads, amended.id.as_bytes());
        parts::seal(&Sealer::new(&amended.key), &shared.installation, table, place, &amended.head, &mut writes)?;
        waiting.extend(writes.into_iter().map(|(key, value)| (key, value.map(IVec::from))));
        Ok(())
    }

    /// Makes the transcript anew, with the new head and the events that it has.
    pub(super) fn amend(
        &mut self,
        shared: &Shared,
        amended: &Amended,
        turns: &mut Turns,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        let Amended { id, key, head } = amended;
        // Purged on the way, or not closed at all: then there is nothing to amend.
        let Some((slot, entry)) = shared.entry(*id) else { return Ok(()) };
        let State::Closed { at, parts: before, kind, .. } = entry.state else { return Ok(()) };
        let sealer = Sealer::new(key);
        let Some(sealed) = entry.state.sealed() else {
            // Too long for a transcript: its head is a record of its own.
            return parts::seal(&sealer, &shared.installation, Table::Heads, id.as_bytes(), head, writes);
        };
        let mut unpacker = Unpacker::new()?;
        let transcript = unpacker.open(&sealer, &shared.installation, *id, sealed, |key| shared.index.get(key))?;
        let Self { packer, signer } = self;
        signer.begin();
        signer.head(&records::decode::<ConversationRecord>(head)?.conversation(*id)?);
        let mut packed = packer.begin(head);
        for (number, record) in (1..).zip(transcript.records()) {
            signer.event(&records::decode::<EventRecord>(record)?.event(number)?);
            packed = packed.and_then(|()| packer.event(record));
        }
        // What would be too long stays as it is: others wait in this group who have nothing to do with it.
        if packed.is_err() {
            return Ok(());
        }
        // All of the former is taken away first, and what is there again put in its place.
        transcript::remove(*id, before, writes);
        signer.seal(&sealer, &shared.installation, *id, writes)?;
        let Sealed { events, parts, digest } = packer.seal(&sealer, &shared.installation, *id, writes)?;
        turns.insert(slot, Some(Entry { state: State::Closed { at, events, parts, digest, kind }, ..entry }));
        Ok(())
    }
}

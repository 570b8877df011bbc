//! What staff have typed and not sent, in the drawer of its conversation and so under its key: there are drafts while a conversation is
//! open, and the write that closes it removes them.

use super::index::Index;
use super::parts::{self, Write};
use super::records::{self, DraftRecord};
use super::tables::Table;
use super::{Batch, Shared, Store, StoreError};
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::id::{ConversationId, OperatorId};
use crate::vault::Sealer;

/// Bytes of a key: conversation, operator and kind.
const KEY_BYTES: usize = 33;

fn key(conversation: ConversationId, operator: OperatorId, kind: DraftKind) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    key[..16].copy_from_slice(conversation.as_bytes());
    key[16..32].copy_from_slice(operator.as_bytes());
    key[32] = kind as u8;
    key
}

impl Batch {
    /// In the place of the operator's draft of this kind, if there is one. The conversation has to be open.
    pub fn put_draft(&mut self, conversation: ConversationId, operator: OperatorId, kind: DraftKind, draft: &Draft) {
        self.put_drawer(conversation, Table::Drafts, &key(conversation, operator, kind), &DraftRecord::from(draft));
    }

    pub fn delete_draft(&mut self, conversation: ConversationId, operator: OperatorId, kind: DraftKind) {
        self.remove_drawer(conversation, Table::Drafts, &key(conversation, operator, kind));
    }
}

impl Store {
    /// `None` too when the conversation is not open.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn draft(
        &self,
        conversation: ConversationId,
        operator: OperatorId,
        kind: DraftKind,
    ) -> Result<Option<Draft>, StoreError> {
        let key = key(conversation, operator, kind);
        let found = self.shared.look(conversation, |sealer, _| match self.shared.index.get(&Table::Drafts.key(&key))? {
            Some(sealed) => self.shared.open_draft(sealer, &key, &sealed).map(Some),
            None => Ok(None),
        })?;
        Ok(found.flatten())
    }
}

impl Shared {
    fn open_draft(&self, sealer: &Sealer, key: &[u8], sealed: &[u8]) -> Result<Draft, StoreError> {
        let bytes = parts::open(sealer, &self.installation, Table::Drafts, key, sealed, |key| self.index.get(key))?;
        records::decode::<DraftRecord>(&bytes)?.draft()
    }

    /// How many drafts of a conversation open, and the keys of those that do not.
    pub(super) fn check_drafts(&self, sealer: &Sealer, conversation: ConversationId) -> Result<(u64, Vec<Vec<u8>>), StoreError> {
        let (mut whole, mut broken) = (0, Vec::new());
        for found in self.index.scan(&Table::Drafts.key(conversation.as_bytes()))? {
            let (key, sealed) = found?;
            // Longer keys are further parts.
            if key.len() != 1 + KEY_BYTES {
                continue;
            }
            match self.open_draft(sealer, &key[1..], &sealed) {
                Ok(_) => whole += 1,
                Err(_) => broken.push(key[1..].to_vec()),
            }
        }
        Ok((whole, broken))
    }
}

/// Removes all drafts of a conversation.
pub(super) fn remove_all(index: &Index, conversation: ConversationId, writes: &mut Vec<Write>) -> Result<(), StoreError> {
    for found in index.scan(&Table::Drafts.key(conversation.as_bytes()))? {
        writes.push((found?.0.to_vec(), None));
    }
    Ok(())
}

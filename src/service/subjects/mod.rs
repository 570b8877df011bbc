//! What somebody may ask of those who keep something about them: to see it, to have it corrected, locked away, handed out or erased
//! (GDPR Art. 15 to 20). People are found by their marks through an index of keyed hashes (`domain/subject.rs`).
//!
//! `find` looks, `dossier` hands out, `change` corrects and locks away, `erase` erases; each for an administrator, who asks for
//! somebody, and some of it for visitors themselves (`own`), who show their code. `backlog` indexes what is older than the index.

pub mod backlog;
pub mod change;
pub mod dossier;
pub mod erase;
pub mod find;
pub mod own;
mod trail;

pub use trail::{Receipt, Trail, follow};

use std::collections::HashSet;

use super::Ctx;
use crate::domain::conversation::Conversation;
use crate::domain::hold::HeldThing;
use crate::domain::id::ConversationId;
use crate::domain::subject::{Mark, SubjectHash, SubjectKey, VisitorCode, marks_of};
use crate::store::{Batch, Store, StoreError};

/// The code that a visitor is shown. It is made anew each time and kept nowhere.
#[must_use]
pub fn code_of(store: &Store, token_index: &[u8; 32]) -> VisitorCode {
    VisitorCode::of_hash(&store.keyed_hash("visitor code", token_index))
}

/// Under what this person is in the index, in holds and in the audit log.
#[must_use]
pub fn hash_of(store: &Store, mark: &Mark) -> SubjectHash {
    store.subject_hash(mark.key(), mark.text())
}

fn hashes_of(store: &Store, head: &Conversation) -> HashSet<SubjectHash> {
    marks_of(head, &code_of(store, &head.token_index)).iter().map(|mark| hash_of(store, mark)).collect()
}

/// Whoever writes a head that says something new about its visitor adds this, so that they are found by it.
pub(super) fn index(ctx: &Ctx, batch: &mut Batch, head: &Conversation) {
    for hash in hashes_of(ctx.store, head) {
        batch.index_subject(head.id, hash);
    }
}

/// The same where something was known before: what does not hold any more is not found any more. Whose chats are held keep their place in
/// the index all the same: nobody gets out of a legal hold by another address, which they, their website or an administrator may write.
pub(super) fn reindex(ctx: &Ctx, batch: &mut Batch, before: &Conversation, now: &Conversation) {
    let (was, is) = (hashes_of(ctx.store, before), hashes_of(ctx.store, now));
    let house = ctx.store.house();
    let is_held = |hash: &SubjectHash| house.holds.values().any(|hold| hold.on == HeldThing::Person(*hash));
    for gone in was.difference(&is).filter(|hash| !is_held(hash)) {
        batch.unindex_subject(now.id, *gone);
    }
    for new in is.difference(&was) {
        batch.index_subject(now.id, *new);
    }
}

/// Conversations that are kept and not used (GDPR Art. 18): no clock and no rule purges them. They stand in the index under a mark that
/// is nobody's.
///
/// # Errors
/// When the index cannot be read.
pub fn restricted(store: &Store) -> Result<HashSet<ConversationId>, StoreError> {
    Ok(store.drawers_of_subject(restriction(store))?.into_iter().collect())
}

fn restriction(store: &Store) -> SubjectHash {
    store.subject_hash(SubjectKey::Restriction, "")
}

#[cfg(test)]
#[path = "../tests/subjects.rs"]
mod tests;

//! Who has looked at what, remembered so that it is on record once and not with each page and frame.

use std::collections::{HashMap, HashSet};

use parking_lot::Mutex;

use super::Ctx;
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::file::{FileKind, FileRef};
use crate::domain::id::{ConversationId, OperatorId, SessionId, SubmissionId};
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::store::Commit;

/// Something that somebody has looked at, by its id: no two things share one. By session: what began with it ends with it.
type Reading = (OperatorId, Option<SessionId>, [u8; 16]);

#[derive(Default)]
pub(super) struct Readings {
    opened: Mutex<HashSet<Reading>>,
    log: Mutex<HashMap<OperatorId, Timestamp>>,
}

impl Readings {
    fn is_first(&self, ctx: &Ctx, reader: OperatorId, id: [u8; 16]) -> bool {
        let mut opened = self.opened.lock();
        // Rather a second row than no bound.
        if opened.len() >= limits::REMEMBERED_READINGS {
            opened.clear();
        }
        opened.insert((reader, ctx.asked.session, id))
    }

    /// Whether this reader has not read the audit log for a while.
    pub(super) fn is_first_of_log(&self, ctx: &Ctx) -> bool {
        let Actor::Staff { id, .. } = ctx.actor else { return true };
        let mut log = self.log.lock();
        let is_recent = log.get(id).is_some_and(|at| *at <= ctx.now && ctx.now < at.plus(limits::AUDIT_READ_AGAIN));
        if !is_recent {
            log.insert(*id, ctx.now);
        }
        !is_recent
    }
}

/// A member of staff looks at a chat that is not closed: a row for the first time in their session. The row is only queued, since nobody
/// waits for the disk where chats are answered.
pub fn note_chat(ctx: &Ctx, id: ConversationId) -> Option<Commit> {
    let Actor::Staff { id: reader, .. } = ctx.actor else { return None };
    ctx.memory.readings.is_first(ctx, *reader, *id.as_bytes()).then(|| note(ctx, AuditAction::ConversationOpened(id)))
}

/// A member of staff looks at what was filled in in a secure form, masked as it is: a row for the first time in their session.
pub fn note_submission(ctx: &Ctx, id: SubmissionId) -> Option<Commit> {
    let Actor::Staff { id: reader, .. } = ctx.actor else { return None };
    ctx.memory.readings.is_first(ctx, *reader, *id.as_bytes()).then(|| note(ctx, AuditAction::SubmissionOpened(id)))
}

/// A member of staff is given a file of a chat. What has to be saved to be looked at leaves a row each time; a picture, which the page shows
/// by itself whenever it is drawn, one for the first time in their session.
pub fn note_file(ctx: &Ctx, of: ConversationId, file: &FileRef) -> Option<Commit> {
    let Actor::Staff { id: reader, .. } = ctx.actor else { return None };
    let is_shown = matches!(file.kind, FileKind::Picture { .. });
    let is_told = !is_shown || ctx.memory.readings.is_first(ctx, *reader, *file.id.as_bytes());
    is_told.then(|| note(ctx, AuditAction::FileTaken(of, file.id)))
}

fn note(ctx: &Ctx, what: AuditAction) -> Commit {
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, what);
    ctx.store.commit(batch)
}

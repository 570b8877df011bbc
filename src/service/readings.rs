//! Who has looked at what, remembered so that it is on record once and not with each page and frame.

use std::collections::{HashMap, HashSet};

use parking_lot::Mutex;

use super::Ctx;
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::id::{ConversationId, OperatorId, SessionId, SubmissionId};
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::store::Commit;

#[derive(Default)]
pub(super) struct Readings {
    /// By session: what began with it ends with it.
    opened: Mutex<HashSet<(OperatorId, Option<SessionId>, ConversationId)>>,
    submissions: Mutex<HashSet<(OperatorId, Option<SessionId>, SubmissionId)>>,
    log: Mutex<HashMap<OperatorId, Timestamp>>,
}

impl Readings {
    fn is_first_of_chat(&self, reader: OperatorId, session: Option<SessionId>, id: ConversationId) -> bool {
        let mut opened = self.opened.lock();
        // Rather a second row than no bound.
        if opened.len() >= limits::REMEMBERED_READINGS {
            opened.clear();
        }
        opened.insert((reader, session, id))
    }

    fn is_first_of_submission(&self, reader: OperatorId, session: Option<SessionId>, id: SubmissionId) -> bool {
        let mut submissions = self.submissions.lock();
        if submissions.len() >= limits::REMEMBERED_READINGS {
            submissions.clear();
        }
        submissions.insert((reader, session, id))
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
    if !ctx.memory.readings.is_first_of_chat(*reader, ctx.asked.session, id) {
        return None;
    }
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::ConversationOpened(id));
    Some(ctx.store.commit(batch))
}

/// A member of staff looks at what was filled in in a secure form, masked as it is: a row for the first time in their session.
pub fn note_submission(ctx: &Ctx, id: SubmissionId) -> Option<Commit> {
    let Actor::Staff { id: reader, .. } = ctx.actor else { return None };
    if !ctx.memory.readings.is_first_of_submission(*reader, ctx.asked.session, id) {
        return None;
    }
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::SubmissionOpened(id));
    Some(ctx.store.commit(batch))
}

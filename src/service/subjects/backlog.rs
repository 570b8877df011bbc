//! Indexing what is older than the index: chats from before format 5 are found once this has been through them, oldest first. It goes on
//! where it was, whenever it was stopped; doing one twice does no harm.

use super::index;
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::subject::Backlog;
use crate::service::{Ctx, Failure};

/// Indexes some more; how many chats it went through. Nothing is left to do once the backlog says so.
///
/// # Errors
/// When a chat cannot be read, or the store does not write; what went before stays indexed.
pub fn run(ctx: &Ctx) -> Result<u64, Failure> {
    ctx.authorize(Action::Purge)?;
    let begun = ctx.store.house().backlog;
    if begun.is_done {
        return Ok(0);
    }
    if begun.through.is_none() {
        index_open(ctx)?;
    }
    let mut closed = ctx.store.closed().skip_while(|it| begun.through.is_some_and(|through| it.closed_at < through));
    let mut now = begun;
    while !now.is_done && now.chats - begun.chats < limits::BACKLOG_RUN {
        let mut batch = ctx.store.batch();
        now.is_done = true;
        for it in closed.by_ref().take(limits::BACKLOG_PIECE) {
            // It may have been purged since.
            if let Some(head) = ctx.store.conversation(it.id)? {
                index(ctx, &mut batch, &head);
            }
            now = Backlog { through: Some(it.closed_at), chats: now.chats + 1, is_done: false };
        }
        batch.put_backlog(now);
        if now.is_done && now.chats > 0 {
            ctx.audit(&mut batch, AuditAction::SubjectsIndexed { chats: now.chats });
        }
        ctx.store.commit(batch).wait()?;
    }
    Ok(now.chats - begun.chats)
}

fn index_open(ctx: &Ctx) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    for open in ctx.store.open_conversations() {
        index(ctx, &mut batch, &open.lock().head);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

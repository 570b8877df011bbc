//! Drafts: what a member of staff has typed in a chat and not sent is kept for them alone, wherever they sign in.

use super::redaction::{self, Masker};
use super::{Ctx, Failure, conversations};
use crate::domain::access::Actor;
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::text::MessageText;

/// Keeps it, durably, in the place of the one before. An empty text keeps nothing.
///
/// # Errors
/// `NotFound` for a chat that is not the actor's to serve; `Conflict` when it is closed; `Invalid` when it is too long to be sent.
pub fn keep(ctx: &Ctx, id: ConversationId, kind: DraftKind, text: &str) -> Result<(), Failure> {
    let me = me(ctx)?;
    let site = conversations::view(ctx, id, 0, 0)?.conversation.site;
    if ctx.store.open_conversation(id).is_none() {
        return Err(Failure::Conflict("This chat is closed.".to_owned()));
    }
    let before = ctx.store.draft(id, me, kind)?;
    let mut batch = ctx.store.batch();
    if text.trim().is_empty() {
        if before.is_none() {
            return Ok(());
        }
        batch.delete_draft(id, me, kind);
    } else {
        let mut text =
            MessageText::parse(text).map_err(|error| Failure::Invalid { field: "text", message: error.to_string() })?;
        if redaction::detectors(ctx, site).is_unfinished(text.as_str()) {
            // It may become a number that nobody wants here. What was kept before stays until that is clear.
            return Ok(());
        }
        Masker::of(ctx, site).message(&mut text);
        if before.is_some_and(|before| before.text == text) {
            return Ok(());
        }
        batch.put_draft(id, me, kind, &Draft { text, written_at: ctx.now });
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// The actor's own drafts of an open chat.
///
/// # Errors
/// `NotFound` for a chat that is not the actor's to serve.
pub fn of(ctx: &Ctx, id: ConversationId) -> Result<Vec<(DraftKind, Draft)>, Failure> {
    let me = me(ctx)?;
    conversations::view(ctx, id, 0, 0)?;
    let mut drafts = Vec::new();
    for kind in DraftKind::ALL {
        drafts.extend(ctx.store.draft(id, me, kind)?.map(|draft| (kind, draft)));
    }
    Ok(drafts)
}

fn me(ctx: &Ctx) -> Result<OperatorId, Failure> {
    match ctx.actor {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Failure::NotFound),
    }
}

#[cfg(test)]
#[path = "tests/drafts.rs"]
mod tests;

//! What the staff say among themselves about a conversation: notes that its visitor never sees, and tags.

use super::entries::{add, change_head};
use super::serve::as_staff;
use crate::domain::access::Action;
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::EventKind;
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::permission::Permission;
use crate::domain::text::{MessageText, Tag};
use crate::service::{Ctx, Failure};

/// An operator leaves a note; in a colleague's chat that is a whisper.
///
/// # Errors
/// `Conflict` when it is over or full.
pub fn note(ctx: &Ctx, id: ConversationId, text: MessageText, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        if open.last >= limits::EVENTS_PER_CONVERSATION {
            return Err(Failure::Conflict("This chat is full, and takes no more notes.".to_owned()));
        }
        let mut batch = ctx.store.batch();
        add(ctx, &mut batch, open, me.into(), EventKind::Note(text), Some(origin));
        ctx.store.commit(batch);
        Ok(())
    })
}

/// Marks a conversation with these tags and no others.
///
/// # Errors
/// `Invalid` for a tag that the site does not have; `Denied` for somebody else's chat, unless one may supervise.
pub fn tag(ctx: &Ctx, id: ConversationId, tags: Vec<Tag>, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        may_mark(ctx, &open.head, me.id)?;
        let house = ctx.store.house();
        let site = house.sites.get(&open.head.site).ok_or(Failure::NotFound)?;
        // One that was taken off the site's list since stays where it is.
        let is_known = |tag: &Tag| site.tags.contains(tag) || open.head.about.tags.contains(tag);
        if !tags.iter().all(is_known) {
            return Err(Failure::Invalid {
                field: "tags",
                message: "The site has no such tag. Choose one of its list.".to_owned(),
            });
        }
        if tags.len() > limits::TAGS_PER_CONVERSATION {
            let message = format!("At most {} tags fit.", limits::TAGS_PER_CONVERSATION);
            return Err(Failure::Invalid { field: "tags", message });
        }
        open.head.about.tags = tags.into_iter().collect();
        change_head(ctx, ctx.store.batch(), open, origin);
        Ok(())
    })
}

/// Whoever talks in it may, anybody while nobody does, and supervisors always.
fn may_mark(ctx: &Ctx, head: &Conversation, me: OperatorId) -> Result<(), Failure> {
    if matches!(head.state, State::Waiting) || head.is_served_by(me) {
        return Ok(());
    }
    Ok(ctx.authorize(Action::UseIn(Permission::Supervise, head))?)
}

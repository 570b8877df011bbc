//! How it was, as the visitor says it once the chat is over.

use super::entries::{change, may_see, repeat, writable};
use crate::domain::access::Actor;
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::{Author, EventKind, Rating, Seq};
use crate::domain::id::ConversationId;
use crate::domain::news::{News, Origin};
use crate::service::redaction::Masker;
use crate::service::{Ctx, Failure, reports};

/// A visitor rates their chat, or rates it otherwise; possible until it is deleted. While it is open that is an event, afterwards
/// only the head says so: what was said in a closed chat does not change.
///
/// # Errors
/// `NotFound` for somebody else's chat, one that nobody answered, and where the site does not ask, `Conflict` before it is over.
pub fn rate(ctx: &Ctx, id: ConversationId, rating: Rating, origin: Origin) -> Result<(), Failure> {
    writable(ctx)?;
    let Actor::Visitor { site, .. } = ctx.actor else { return Err(Failure::NotFound) };
    if !ctx.store.house().sites.get(site).is_some_and(|site| site.rating) {
        return Err(Failure::NotFound);
    }
    let mut shown = rating.clone();
    Masker::of(ctx, *site).rating(&mut shown);
    if let Some(open) = ctx.store.open_conversation(id) {
        let mut open = open.lock();
        may_see(ctx, &open.head)?;
        if let Some(&first) = open.client_ids.get(&(None, origin.client_id.clone())) {
            repeat(ctx, id, first, origin);
            return Ok(());
        }
        return match open.head.state {
            State::Wrapping { .. } => {
                open.head.about.rating = Some(shown);
                change(ctx, &mut open, Author::Visitor, EventKind::Rated(rating), Some(origin));
                Ok(())
            }
            // It is closed, and about to be folded: what is stored of it may not say so yet.
            State::Closed { .. } => {
                let last = open.last;
                amend(ctx, &mut open.head, last, shown, origin)
            }
            State::Waiting | State::Active { .. } => Err(Failure::Conflict("A chat can be rated when it is over.".to_owned())),
        };
    }
    let mut is_on_its_way = ctx.memory.amending();
    let mut head = ctx.store.conversation(id)?.ok_or(Failure::NotFound)?;
    may_see(ctx, &head)?;
    amend(ctx, &mut head, ctx.store.last_event(id), shown, origin)?;
    *is_on_its_way = true;
    Ok(())
}

/// Nobody waits for it: whoever changes the same head next does.
fn amend(ctx: &Ctx, head: &mut Conversation, last: Seq, rating: Rating, origin: Origin) -> Result<(), Failure> {
    if head.assignee().is_none() {
        return Err(Failure::NotFound);
    }
    let before = head.about.rating.replace(rating).map(|rating| rating.stars.get());
    let mut batch = ctx.store.batch();
    batch.amend_closed(head);
    reports::count_rating(ctx, &mut batch, head, before);
    batch.tell(News::Changed { conversation: head.clone().into(), last, at: ctx.now, origin: Some(origin) });
    ctx.store.commit(batch);
    Ok(())
}

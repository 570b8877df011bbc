//! What a website tells about its visitor while a conversation of theirs is open.

use std::sync::Arc;

use super::redaction::Masker;
use super::{Ctx, Failure, subjects};
use crate::domain::access::{Action, Actor};
use crate::domain::conversation::Conversation;
use crate::domain::news::News;
use crate::domain::told::Told;

/// Puts it into a head that is about to be written.
pub(super) fn put(head: &mut Conversation, told: &Told) {
    let about = &mut head.about;
    // The next page begins without any, until it says some.
    if !told.attributes.is_empty() {
        about.attributes.clone_from(&told.attributes);
    }
    // Who was proven once stays so: a page that says nothing, or something else, takes nothing back in the middle of a chat.
    if about.identity.is_none()
        && let Some(identity) = &told.identity
    {
        about.identity = Some(identity.clone());
        head.visitor.name = head.visitor.name.take().or_else(|| told.name.clone());
        if identity.email_is_proven {
            head.visitor.email.clone_from(&told.email);
        }
    }
}

/// Takes it over into the visitor's open conversation, if they have one, and lets its operators know.
///
/// # Errors
/// `NotFound` from anybody but a visitor.
pub fn update(ctx: &Ctx, told: &Told) -> Result<(), Failure> {
    let Actor::Visitor { site, token_index } = ctx.actor else { return Err(Failure::NotFound) };
    ctx.authorize(Action::StartConversation(*site))?;
    let theirs = ctx.store.conversation_of(token_index).and_then(|id| ctx.store.open_conversation(id));
    let Some(open) = theirs else { return Ok(()) };
    let mut told = told.clone();
    Masker::of(ctx, *site).told(&mut told);
    let mut open = open.lock();
    let mut head = open.head.clone();
    put(&mut head, &told);
    if head == open.head || head.closed_at().is_some() {
        return Ok(());
    }
    ctx.memory.identities.note(ctx, &head);
    let mut batch = ctx.store.batch();
    batch.put_conversation(&head);
    subjects::reindex(ctx, &mut batch, &open.head, &head);
    batch.tell(News::About(Arc::new(head.clone())));
    open.head = head;
    ctx.store.commit(batch);
    Ok(())
}

//! What is left of a conversation that is anonymised: when it was, for which site and department, how it was rated. It is written into
//! a drawer of its own and the former one is destroyed, key and all, so nothing that was said or told can come back.
//!
//! The shell's id is derived from the conversation's under a key of the house: a crash between the two writes is made up for by the
//! next run, which finds the shell that is there and makes no second one.

use crate::domain::about::About;
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::Rating;
use crate::domain::id::ConversationId;
use crate::domain::visitor::Visitor;
use crate::service::{Ctx, Failure};
use crate::store::StoreError;

/// Durable when it returns. Gives back what may be destroyed now: what could not be read is left as it is.
///
/// # Errors
/// When the store does not write.
pub(super) fn leave_shells(ctx: &Ctx, conversations: &[ConversationId]) -> Result<Vec<ConversationId>, Failure> {
    let mut batch = ctx.store.batch();
    let mut done = Vec::with_capacity(conversations.len());
    for id in conversations {
        let shell = shell_of(ctx, *id);
        if ctx.store.closed_conversation(shell).is_some() {
            done.push(*id);
            continue;
        }
        match ctx.store.conversation(*id) {
            Ok(Some(head)) => {
                batch.start_conversation(&bare(&head, shell));
                done.push(*id);
            }
            Ok(None) => {}
            Err(StoreError::Damaged(_)) => {
                tracing::error!(conversation = %id, "a chat that cannot be read is not anonymised");
            }
            Err(error) => return Err(error.into()),
        }
    }
    ctx.store.commit(batch).wait()?;
    Ok(done)
}

fn shell_of(ctx: &Ctx, id: ConversationId) -> ConversationId {
    let mut short = [0; 16];
    short.copy_from_slice(&ctx.store.keyed_hash("anonymised", id.as_bytes())[..16]);
    ConversationId::from_bytes(short)
}

/// Counts and choices alone. Tags are words that somebody wrote, and a comment beside a rating is as well; who answered is nobody's
/// secret from the house, but with the time it would tell more than a count needs.
fn bare(head: &Conversation, id: ConversationId) -> Conversation {
    let about = &head.about;
    Conversation {
        id,
        site: head.site,
        visitor: Visitor::default(),
        token_index: [0; 32],
        state: State::Closed { operator: None, at: head.closed_at().unwrap_or(head.started_at) },
        started_at: head.started_at,
        about: About {
            channel: about.channel,
            department: about.department,
            window: about.window,
            language: about.language,
            rating: about.rating.as_ref().map(|rating| Rating { stars: rating.stars, comment: None }),
            answered_at: about.answered_at,
            is_anonymised: true,
            ..About::default()
        },
    }
}

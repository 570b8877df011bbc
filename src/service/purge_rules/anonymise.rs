//! What is left of a conversation that is anonymised: when it was, for which site and department, how it was rated. It is written into
//! a drawer of its own and the former one is destroyed, key and all, so nothing that was said or told can come back.
//!
//! The shell's id is derived under the conversation's own key: a crash between the two writes is made up for by the next run, which finds
//! the shell that is there and makes no second one, and once the key is destroyed nobody can tell any more which chat a shell came from.

use std::time::Duration;

use crate::domain::about::About;
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::Rating;
use crate::domain::id::ConversationId;
use crate::domain::time::Timestamp;
use crate::domain::visitor::Visitor;
use crate::service::{Ctx, Failure};
use crate::store::StoreError;

const MINUTE: u64 = 60;
const HOUR: i64 = 3_600;

/// Durable when it returns. Gives back what may be destroyed now: what could not be read is left as it is.
///
/// # Errors
/// When the store does not write.
pub(super) fn leave_shells(ctx: &Ctx, conversations: &[ConversationId]) -> Result<Vec<ConversationId>, Failure> {
    let mut batch = ctx.store.batch();
    let (mut done, mut shells) = (Vec::with_capacity(conversations.len()), Vec::new());
    for id in conversations {
        let Some(shell) = shell_of(ctx, *id)? else { continue };
        if ctx.store.closed_conversation(shell).is_some() {
            done.push(*id);
            continue;
        }
        match ctx.store.conversation(*id) {
            Ok(Some(head)) => {
                batch.start_conversation(&bare(&head, shell));
                done.push(*id);
                shells.push(shell);
            }
            Ok(None) => {}
            Err(StoreError::Damaged(_)) => {
                tracing::error!(conversation = %id, "a chat that cannot be read is not anonymised");
            }
            Err(error) => return Err(error.into()),
        }
    }
    ctx.store.commit(batch).wait()?;
    ctx.memory.purge_rules.came_late(&shells);
    Ok(done)
}

/// `None`: the conversation is not there any more.
fn shell_of(ctx: &Ctx, id: ConversationId) -> Result<Option<ConversationId>, StoreError> {
    let hash = ctx.store.drawer_hash(id, "anonymised")?;
    Ok(hash.and_then(|hash| hash.first_chunk().copied()).map(ConversationId::from_bytes))
}

/// Counts and choices alone. Tags are words that somebody wrote, and a comment beside a rating is as well; who answered is nobody's
/// secret from the house, but with the time it would tell more than a count needs. A time to the millisecond stands in other logs too,
/// with an address beside it; so what is left is the hour in which it began, and how many minutes it took.
fn bare(head: &Conversation, id: ConversationId) -> Conversation {
    let about = &head.about;
    let hour = floored(head.started_at, HOUR);
    let moved = |at: Timestamp| hour.plus(Duration::from_secs(at.since(head.started_at).as_secs() / MINUTE * MINUTE));
    Conversation {
        id,
        site: head.site,
        visitor: Visitor::default(),
        token_index: [0; 32],
        state: State::Closed { operator: None, at: moved(head.closed_at().unwrap_or(head.started_at)) },
        started_at: hour,
        about: About {
            channel: about.channel,
            department: about.department,
            window: about.window,
            language: about.language,
            rating: about.rating.as_ref().map(|rating| Rating { stars: rating.stars, comment: None }),
            answered_at: about.answered_at.map(moved),
            is_anonymised: true,
            ..About::default()
        },
    }
}

/// The beginning of the stretch of so many seconds in which it is.
fn floored(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis() - at.as_millis().rem_euclid(seconds * 1_000))
}

//! What becomes of a conversation in which nothing happens any more.

use std::time::Duration;

use super::entries::{change, remark};
use crate::domain::about::Channel;
use crate::domain::access::Action;
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::{Author, EventKind};
use crate::domain::limits;
use crate::domain::site::Site;
use crate::service::{Ctx, Failure};

/// Closes every conversation in which nobody has written for as long as its site allows. Who waited in vain and has said how
/// to reach them is not sent away: their chat becomes a message, which waits for an answer. Returns how many were closed.
///
/// # Errors
/// `Denied` unless a timer or the host asks.
pub fn close_idle(ctx: &Ctx) -> Result<usize, Failure> {
    let house = ctx.store.house();
    let mut closed = 0;
    for open in ctx.store.open_conversations() {
        let mut open = open.lock();
        ctx.authorize(Action::ServeConversation(&open.head))?;
        let Some(site) = house.sites.get(&open.head.site) else { continue };
        if ctx.now.since(open.active_at) < patience(site, &open.head) {
            continue;
        }
        if can_be_answered_later(&open.head) {
            open.head.about.channel = Channel::Message;
            remark(ctx, &open);
        } else if open.head.close(ctx.now) {
            change(ctx, &mut open, Author::System, EventKind::Closed, None);
            closed += 1;
        }
    }
    Ok(closed)
}

/// Nobody sits in front of a message: the answer to it stands there until its visitor returns.
fn patience(site: &Site, head: &Conversation) -> Duration {
    let is_talk = head.about.channel == Channel::Chat || matches!(head.state, State::Wrapping { .. });
    if is_talk { site.idle_close() } else { limits::MESSAGE_KEPT_OPEN.max(site.idle_close()) }
}

fn can_be_answered_later(head: &Conversation) -> bool {
    let is_reachable = head.visitor.email.is_some() || head.visitor.phone.is_some();
    head.state == State::Waiting && head.about.channel == Channel::Chat && is_reachable
}

#[cfg(test)]
#[path = "../tests/idle.rs"]
mod tests;

//! Who waits, and at which place: a queue for each site and for each of its departments, the longest waiting first.

use super::frames::{self, Face, Present};
use super::table::Table;
use crate::domain::about::Channel;
use crate::domain::conversation::{Conversation, State};
use crate::domain::id::{ConversationId, DepartmentId, SiteId};
use crate::domain::limits;

/// Where a conversation waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    pub site: SiteId,
    pub department: Option<DepartmentId>,
}

impl Queue {
    /// `None` for what does not wait, and for a message: whoever left one has gone.
    pub fn of(head: &Conversation) -> Option<Self> {
        let waits = head.state == State::Waiting && head.about.channel == Channel::Chat;
        waits.then_some(Self { site: head.site, department: head.about.department })
    }
}

impl Table {
    /// A conversation is another than it was: it leaves its queue, or joins one.
    pub fn requeue(&mut self, before: Option<&Conversation>, after: &Conversation) {
        if let Some(before) = before {
            self.leave_queue(before);
        }
        if let Some(queue) = Queue::of(after) {
            self.waiting.entry(queue).or_default().insert((after.started_at, after.id));
        }
    }

    pub fn leave_queue(&mut self, head: &Conversation) {
        let Some(queue) = Queue::of(head) else { return };
        if let Some(waiting) = self.waiting.get_mut(&queue) {
            waiting.remove(&(head.started_at, head.id));
            if waiting.is_empty() {
                self.waiting.remove(&queue);
            }
        }
    }

    /// From 1; `None` for what does not wait.
    pub fn place(&self, head: &Conversation) -> Option<usize> {
        let waiting = self.waiting.get(&Queue::of(head)?)?;
        waiting.iter().position(|(_, id)| *id == head.id).map(|position| position + 1)
    }

    /// Everybody else in this queue may have moved by one; who stands far back is told when they come nearer.
    pub fn tell_places(&self, queue: Queue, except: ConversationId) {
        for (position, (_, id)) in self.waiting.get(&queue).into_iter().flatten().enumerate().take(limits::QUEUE_PLACES_TOLD) {
            let Some(topic) = self.topics.get(id).filter(|topic| *id != except && !topic.followers.is_empty()) else { continue };
            let present = Present { place: Some(position + 1), ..self.present_quick(topic) };
            let frame = frames::state(&topic.head, &present, Face::Visitor);
            self.to_followers(*id, |_, face| (face == Face::Visitor).then(|| frame.clone()));
        }
    }
}

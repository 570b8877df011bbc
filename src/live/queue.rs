//! Who waits, and at which place: a queue for each site and for each of its departments, the longest waiting first.

use std::sync::Arc;
use std::time::Duration;

use super::frames::{self, Face};
use super::table::{Table, Topic};
use crate::domain::about::Channel;
use crate::domain::conversation::{Conversation, State};
use crate::domain::id::{ConversationId, DepartmentId, OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::time::Timestamp;

/// Where a conversation waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    pub site: SiteId,
    pub department: Option<DepartmentId>,
}

impl Queue {
    /// `None` for what does not wait, and for a message: whoever left one has gone.
    pub fn of(head: &Conversation) -> Option<Self> {
        Self::of_any(head).filter(|_| head.about.channel == Channel::Chat)
    }

    /// The same, for a message as well: it may be handed on to somebody.
    pub fn of_any(head: &Conversation) -> Option<Self> {
        (head.state == State::Waiting).then_some(Self { site: head.site, department: head.about.department })
    }
}

/// Whom a conversation keeps busy. Whoever left a message has gone, so that it can wait.
pub(super) fn busy(head: &Conversation) -> Option<OperatorId> {
    let is_going_on = head.closed_at().is_none() && head.about.channel == Channel::Chat;
    head.assignee().filter(|_| is_going_on).map(|assignee| assignee.id)
}

/// Since when somebody waits, and from which place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    since: Timestamp,
    place: usize,
}

impl Table {
    /// A conversation is another than it was: it leaves its queue, or joins one, and somebody has a chat more or less.
    pub fn requeue(&mut self, before: Option<&Conversation>, after: &Conversation, at: Timestamp) {
        if let Some(before) = before {
            self.leave_queue(before);
            self.note_answer(before, after, at);
        }
        if let Some(queue) = Queue::of(after) {
            self.waiting.entry(queue).or_default().insert((after.started_at, after.id));
            let place = self.place(after).unwrap_or(1);
            if let Some(topic) = self.topics.get_mut(&after.id) {
                topic.waiting.get_or_insert(Waiting { since: at, place });
            }
        }
        let is_same = before.is_some_and(|before| before.state == after.state && Queue::of(before) == Queue::of(after));
        if !is_same {
            self.forget_offer(after.id);
        }
        self.count_chats(before.and_then(busy), busy(after));
    }

    /// One of them has a chat less, the other one more.
    pub fn count_chats(&mut self, before: Option<OperatorId>, after: Option<OperatorId>) {
        if before == after {
            return;
        }
        if let Some(chats) = before.and_then(|id| self.chats.get_mut(&id)) {
            *chats = chats.saturating_sub(1);
        }
        if let Some(id) = after {
            *self.chats.entry(id).or_default() += 1;
        }
    }

    /// How long somebody had waited tells the next ones how long it may take.
    fn note_answer(&mut self, before: &Conversation, after: &Conversation, at: Timestamp) {
        let Some(topic) = self.topics.get_mut(&after.id) else { return };
        if let State::Active { .. } = after.state
            && let (Some(queue), Some(waiting)) = (Queue::of(before), topic.waiting)
        {
            self.waits.entry(queue).or_default().note(at, at.since(waiting.since), waiting.place);
        }
        if Queue::of(before) != Queue::of(after) {
            topic.waiting = None;
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

    /// Those in this queue who are still there, the longest waiting first.
    fn present_in(&self, queue: Queue) -> impl Iterator<Item = &Topic> {
        let waiting = self.waiting.get(&queue).into_iter().flatten();
        waiting.filter_map(|(_, id)| self.topics.get(id)).filter(|topic| !topic.has_left)
    }

    /// From 1; `None` for what does not wait.
    pub fn place(&self, head: &Conversation) -> Option<usize> {
        let queue = Queue::of(head)?;
        let key = (head.started_at, head.id);
        self.waiting.get(&queue)?.contains(&key).then_some(())?;
        let before = self.present_in(queue).take_while(|topic| (topic.head.started_at, topic.head.id) < key);
        Some(before.count() + 1)
    }

    /// How long it may take from this place, as far as that can be told.
    pub fn expected_wait(&self, head: &Conversation, place: Option<usize>) -> Option<Duration> {
        self.waits.get(&Queue::of(head)?)?.expected(self.now, place?)
    }

    /// At once while nobody could answer, else after the time that the site has set.
    pub fn may_leave_message(&self, topic: &Topic) -> bool {
        let Some(queue) = Queue::of(&topic.head) else { return false };
        let Some(reception) = self.receptions.get(&queue) else { return false };
        let has_waited = |after: Duration| self.now.since(topic.head.started_at) >= after;
        !reception.opening.is_open() || reception.here == 0 || reception.leave_after.is_some_and(has_waited)
    }

    /// Visitors who left while they waited, and did not come back: those behind them move up.
    pub fn pass_over_who_left(&mut self) {
        let has_left = |topic: &Topic| {
            Queue::of(&topic.head).is_some()
                && !topic.has_left
                && topic.left_at.is_some_and(|left| self.now.since(left) >= limits::LEFT_QUEUE_AFTER)
        };
        let gone: Vec<_> = self.topics.values().filter(|topic| has_left(topic)).map(|topic| Arc::clone(&topic.head)).collect();
        for head in gone {
            if let Some(topic) = self.topics.get_mut(&head.id) {
                topic.has_left = true;
            }
            self.forget_offer(head.id);
            if let Some(queue) = Queue::of(&head) {
                self.tell_places(queue, head.id);
            }
        }
    }

    /// The visitor of a conversation is back.
    pub fn welcome_back(&mut self, id: ConversationId) {
        let Some(topic) = self.topics.get_mut(&id) else { return };
        topic.left_at = None;
        if std::mem::take(&mut topic.has_left)
            && let Some(queue) = Queue::of(&topic.head)
        {
            self.tell_places(queue, id);
        }
    }

    /// Everybody else in this queue may have moved by one; who stands far back is told when they come nearer.
    pub fn tell_places(&self, queue: Queue, except: ConversationId) {
        for (position, topic) in self.present_in(queue).enumerate().take(limits::QUEUE_PLACES_TOLD) {
            if topic.head.id == except || topic.followers.is_empty() {
                continue;
            }
            let frame = frames::state(&topic.head, &self.present_at(topic, Some(position + 1)), Face::Visitor);
            self.to_followers(topic.head.id, |_, face| (face == Face::Visitor).then(|| frame.clone()));
        }
    }
}

//! The table of the hub: who is connected, what each follows, who waits. Memory work alone, under the hub's one lock.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use bytestring::ByteString;

use super::frames::{self, Bye, Face, Present};
use super::offers::Offers;
use super::outbox::Outbox;
use super::queue::{Queue, Waiting, busy};
use super::reception::Reception;
use super::staffing::Staffing;
use super::tickets::Person;
use crate::domain::access::{Action, Actor, authorize};
use crate::domain::conversation::{Conversation, Receipts};
use crate::domain::event::Seq;
use crate::domain::id::{ConversationId, OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::domain::waits::Waits;

pub type ConnectionId = u64;

#[derive(Default)]
pub(super) struct Table {
    pub next: ConnectionId,
    pub connections: HashMap<ConnectionId, Connection>,
    pub visitors: HashMap<[u8; 32], Vec<ConnectionId>>,
    pub operators: HashMap<OperatorId, Vec<ConnectionId>>,
    pub topics: HashMap<ConversationId, Topic>,
    /// The longest waiting first.
    pub waiting: HashMap<Queue, BTreeSet<(Timestamp, ConversationId)>>,
    /// Visitors' connections of each site, who are told about presence, and what they were told.
    pub site_visitors: HashMap<SiteId, HashSet<ConnectionId>>,
    pub told_presence: HashMap<SiteId, ByteString>,
    /// The time of this moment: whoever locks the table says it.
    pub now: Timestamp,
    pub staffing: Staffing,
    pub offers: Offers,
    /// Chats that each operator has.
    pub chats: HashMap<OperatorId, usize>,
    pub waits: HashMap<Queue, Waits>,
    /// How the queues are served in which somebody waits.
    pub receptions: HashMap<Queue, Reception>,
    pub stopping: bool,
}

pub(super) struct Connection {
    pub person: Person,
    pub outbox: Arc<Outbox>,
    pub topics: Vec<ConversationId>,
    /// How often a visitor may show what they are typing.
    pub peeks: (f64, Timestamp),
}

/// A conversation that somebody follows or that is still open.
pub(super) struct Topic {
    pub head: Arc<Conversation>,
    pub last: Last,
    pub receipts: Receipts,
    pub followers: Vec<ConnectionId>,
    /// Pages of the staff that show it, and whether something is typed there.
    pub viewers: Vec<(ConnectionId, bool)>,
    /// Whether news of it went round yet.
    pub is_told: bool,
    pub waiting: Option<Waiting>,
    /// When its visitor left while they waited, and whether the queue moved on since.
    pub left_at: Option<Timestamp>,
    pub has_left: bool,
    pub told_may_leave: bool,
}

impl Topic {
    fn new(head: &Arc<Conversation>, last: Last) -> Self {
        Self {
            head: Arc::clone(head),
            last,
            receipts: Receipts::default(),
            followers: Vec::new(),
            viewers: Vec::new(),
            is_told: true,
            waiting: None,
            left_at: None,
            has_left: false,
            told_may_leave: false,
        }
    }
}

/// The numbers of the last event of a conversation, and of the last one that its visitor may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Last {
    pub seq: Seq,
    pub public: Seq,
}

impl Last {
    fn max(self, other: Self) -> Self {
        Self { seq: self.seq.max(other.seq), public: self.public.max(other.public) }
    }
}

/// Which side an actor speaks for.
#[must_use]
pub fn face(actor: &Actor) -> Face {
    match actor {
        Actor::Visitor { .. } => Face::Visitor,
        _ => Face::Operator,
    }
}

/// What is new about a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noted {
    /// Its state or its queue is another, or nobody was told of the conversation before.
    pub moved: bool,
    /// The list of the staff says something else about it.
    pub marked: bool,
}

impl Noted {
    fn between(before: &Conversation, after: &Conversation) -> Self {
        let moved = before.state != after.state || Queue::of(before) != Queue::of(after);
        let (old, new) = (&before.about, &after.about);
        let marked = moved
            || old.guests != new.guests
            || old.invited != new.invited
            || old.tags != new.tags
            || old.department != new.department
            || before.visitor != after.visitor;
        Self { moved, marked }
    }
}

impl Connection {
    pub fn face(&self) -> Face {
        face(&self.person.actor)
    }
}

impl Table {
    /// Makes a place for a conversation that somebody follows. What is known of it already came with the news and stays: the
    /// store may be a moment ahead, and a change that were taken in here would be told to nobody.
    pub fn meet(&mut self, head: &Arc<Conversation>, last: Last) {
        if !self.topics.contains_key(&head.id) {
            self.note(head, last, head.started_at);
            if let Some(topic) = self.topics.get_mut(&head.id) {
                topic.is_told = false;
            }
        }
    }

    /// Takes in the newest head, and says what is new about it.
    pub fn note(&mut self, head: &Arc<Conversation>, last: Last, at: Timestamp) -> Noted {
        let (noted, before) = match self.topics.get_mut(&head.id) {
            Some(topic) => {
                let mut noted = Noted::between(&topic.head, head);
                if !topic.is_told {
                    noted = Noted { moved: true, marked: true };
                }
                // A page that opened meanwhile may have brought a number whose news are still on their way.
                topic.last = topic.last.max(last);
                topic.is_told = true;
                (noted, Some(std::mem::replace(&mut topic.head, Arc::clone(head))))
            }
            None => {
                self.topics.insert(head.id, Topic::new(head, last));
                (Noted { moved: true, marked: true }, None)
            }
        };
        if noted.moved {
            self.requeue(before.as_deref(), head, at);
        }
        noted
    }

    /// Takes in a head of which nothing is told but that it changed.
    pub fn renew(&mut self, head: &Arc<Conversation>) {
        if let Some(topic) = self.topics.get_mut(&head.id) {
            topic.head = Arc::clone(head);
        }
    }

    pub fn follow(&mut self, id: ConnectionId, conversation: ConversationId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let sees = |topic: &Topic| authorize(&connection.person.actor, Action::ServeConversation(&topic.head)).is_ok();
        if connection.topics.contains(&conversation) || !self.topics.get(&conversation).is_some_and(sees) {
            return;
        }
        if connection.topics.len() >= limits::WATCHED_CONVERSATIONS {
            // The first that is over makes room; while none is, the connection cannot follow more and its page asks again.
            let over = |topic: &ConversationId| self.topics.get(topic).is_none_or(|topic| topic.head.closed_at().is_some());
            let Some(position) = connection.topics.iter().position(over) else { return };
            let old = connection.topics.remove(position);
            self.unfollow(id, old);
        }
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.topics.push(conversation);
        if let Some(topic) = self.topics.get_mut(&conversation) {
            topic.followers.push(id);
        }
    }

    pub fn unfollow(&mut self, id: ConnectionId, conversation: ConversationId) {
        let Some(topic) = self.topics.get_mut(&conversation) else { return };
        topic.followers.retain(|follower| *follower != id);
        topic.viewers.retain(|(viewer, _)| *viewer != id);
        self.drop_if_over(conversation);
    }

    /// A closed conversation that nobody follows is kept until its purge, but not here.
    pub fn drop_if_over(&mut self, conversation: ConversationId) {
        let is_over = |topic: &Topic| topic.followers.is_empty() && topic.head.closed_at().is_some();
        if self.topics.get(&conversation).is_some_and(is_over) {
            self.topics.remove(&conversation);
        }
    }

    pub fn purge(&mut self, conversation: ConversationId) {
        let frame = frames::purged(conversation);
        self.to_followers(conversation, |_, _| Some(frame.clone()));
        let Some(topic) = self.topics.remove(&conversation) else { return };
        for id in &topic.followers {
            if let Some(connection) = self.connections.get_mut(id) {
                connection.topics.retain(|followed| *followed != conversation);
            }
        }
        self.leave_queue(&topic.head);
        self.forget_offer(conversation);
        self.count_chats(busy(&topic.head), None);
        self.to_staff_who_see(&topic.head, &frames::row_gone(conversation));
    }

    /// An answer goes ahead of live frames that are held back.
    pub fn answer(&self, id: ConnectionId, frame: ByteString) {
        if let Some(connection) = self.connections.get(&id) {
            connection.outbox.answer(frame);
        }
    }

    /// An acknowledgement counts against the bound, since the client decides how many there are. It leaves together with the
    /// event, at the latest with `ring`.
    pub fn acknowledge(&self, id: ConnectionId, frame: ByteString) {
        if let Some(connection) = self.connections.get(&id) {
            connection.outbox.put(frame);
        }
    }

    pub fn ring(&self, id: ConnectionId) {
        if let Some(connection) = self.connections.get(&id) {
            connection.outbox.ring();
        }
    }

    pub fn end(&self, id: ConnectionId, bye: Bye) {
        if let Some(connection) = self.connections.get(&id) {
            connection.outbox.end(bye);
        }
    }

    pub fn to_followers(&self, conversation: ConversationId, frame: impl Fn(ConnectionId, Face) -> Option<ByteString>) {
        let Some(topic) = self.topics.get(&conversation) else { return };
        for id in &topic.followers {
            let Some(connection) = self.connections.get(id) else { continue };
            if let Some(frame) = frame(*id, connection.face()) {
                connection.outbox.push(frame);
            }
        }
    }

    pub fn to_staff_who_see(&self, head: &Conversation, frame: &ByteString) {
        for id in self.operators.values().flatten() {
            let Some(connection) = self.connections.get(id) else { continue };
            if authorize(&connection.person.actor, Action::ServeConversation(head)).is_ok() {
                connection.outbox.push(frame.clone());
            }
        }
    }

    pub fn to_operator(&self, operator: OperatorId, frame: &ByteString) {
        for connection in self.operators.get(&operator).into_iter().flatten().filter_map(|id| self.connections.get(id)) {
            connection.outbox.push(frame.clone());
        }
    }

    pub fn to_staff(&self, frame: &ByteString) {
        for connection in self.operators.values().flatten().filter_map(|id| self.connections.get(id)) {
            connection.outbox.push(frame.clone());
        }
    }

    pub fn present(&self, topic: &Topic) -> Present {
        self.present_at(topic, self.place(&topic.head))
    }

    /// As `present`, where the place in the queue is known already.
    pub fn present_at(&self, topic: &Topic, place: Option<usize>) -> Present {
        let head = &topic.head;
        let reception = self.receptions.get(&Queue { site: head.site, department: head.about.department });
        Present {
            place,
            wait: self.expected_wait(head, place),
            may_leave_message: self.may_leave_message(topic),
            open: reception.is_none_or(|reception| reception.opening.is_open()),
            operator_online: head.assignee().is_some_and(|assignee| self.operators.contains_key(&assignee.id)),
            visitor_online: self.visitors.contains_key(&head.token_index),
            last: topic.last,
            receipts: topic.receipts,
        }
    }

    pub fn tell_state(&mut self, conversation: ConversationId) {
        let Some(topic) = self.topics.get(&conversation) else { return };
        let present = self.present(topic);
        if let Some(topic) = self.topics.get_mut(&conversation) {
            topic.told_may_leave = present.may_leave_message;
        }
        let Some(topic) = self.topics.get(&conversation) else { return };
        let [visitor, operator] = [Face::Visitor, Face::Operator].map(|face| frames::state(&topic.head, &present, face));
        self.to_followers(conversation, |_, face| {
            Some(match face {
                Face::Visitor => visitor.clone(),
                Face::Operator => operator.clone(),
            })
        });
    }

    pub fn tell_states_of(&mut self, operator: OperatorId) {
        let is_theirs = |topic: &&Topic| {
            topic.head.assignee().is_some_and(|assignee| assignee.id == operator) && topic.head.closed_at().is_none()
        };
        let theirs: Vec<_> = self.topics.values().filter(is_theirs).map(|topic| topic.head.id).collect();
        for id in theirs {
            self.tell_state(id);
        }
    }
}

/// Takes a connection from its person's list; `true` when it was the last.
pub(super) fn forget<K: std::hash::Hash + Eq>(people: &mut HashMap<K, Vec<ConnectionId>>, key: &K, id: ConnectionId) -> bool {
    let Some(crowd) = people.get_mut(key) else { return false };
    crowd.retain(|other| *other != id);
    if crowd.is_empty() {
        people.remove(key);
        return true;
    }
    false
}

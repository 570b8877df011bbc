//! What everybody who is connected is told.
//!
//! Ordering: news arrive in commit order on the store's writer thread, and each is handed to the outboxes before the next,
//! so a conversation's events leave in the order of their numbers. One lock guards the whole table; everything under it is
//! memory work, and the rendering happens before it is taken.

use std::sync::{Arc, OnceLock};

use bytestring::ByteString;
use parking_lot::Mutex;

use super::frames::{self, Bye, Face};
use super::outbox::Outbox;
use super::table::{Connection, Table, forget};
use super::tickets::{Person, Tickets};
use crate::domain::access::Actor;
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Seq};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::limits;
use crate::domain::news::{News, Origin};
use crate::domain::space::Standing;
use crate::store::{House, Store};

pub use super::table::{ConnectionId, face};

/// The switchboard of one appliance.
#[derive(Default)]
pub struct Hub {
    pub tickets: Tickets,
    table: Mutex<Table>,
    store: OnceLock<Store>,
}

impl Hub {
    /// Called once when the appliance is put together: the hub reads site names and the open conversations from here.
    pub fn attach(&self, store: Store) {
        let mut table = self.table.lock();
        for open in store.open_conversations() {
            let open = open.lock();
            table.note(&Arc::new(open.head.clone()), open.last);
        }
        drop(table);
        let _ = self.store.set(store);
    }

    fn house(&self) -> Option<Arc<House>> {
        self.store.get().map(Store::house)
    }

    /// Lets a person in. Live frames are held back until `Outbox::release`, so that what was missed comes first.
    pub fn connect(&self, person: Person) -> (ConnectionId, Arc<Outbox>) {
        let outbox = Arc::new(Outbox::holding());
        let mut table = self.table.lock();
        table.next += 1;
        let id = table.next;
        if table.stopping {
            outbox.end(Bye::Restart);
        }
        let actor = person.actor.clone();
        table.connections.insert(id, Connection { person, outbox: Arc::clone(&outbox), topics: Vec::new() });
        let crowd = match &actor {
            Actor::Visitor { site, token_index } => {
                table.site_visitors.entry(*site).or_default().insert(id);
                let crowd = table.visitors.entry(*token_index).or_default();
                crowd.push(id);
                crowd.clone()
            }
            Actor::Staff { id: operator, .. } => {
                let crowd = table.operators.entry(*operator).or_default();
                crowd.push(id);
                let crowd = crowd.clone();
                if crowd.len() == 1 {
                    table.tell_presence(self.house().as_deref(), self.takes_new_chats());
                    table.tell_states_of(*operator);
                }
                crowd
            }
            Actor::Host | Actor::Timer | Actor::Stranger => Vec::new(),
        };
        // The oldest make room: a person with that many tabs has forgotten them. One that was told before may still be here.
        let over = crowd.len().saturating_sub(limits::CONNECTIONS_PER_PERSON);
        for oldest in crowd.iter().take(over) {
            table.end(*oldest, Bye::TooMany);
        }
        (id, outbox)
    }

    pub fn disconnect(&self, id: ConnectionId) {
        let mut table = self.table.lock();
        let Some(connection) = table.connections.remove(&id) else { return };
        for topic in &connection.topics {
            table.unfollow(id, *topic);
        }
        match &connection.person.actor {
            Actor::Visitor { site, token_index } => {
                if let Some(visitors) = table.site_visitors.get_mut(site) {
                    visitors.remove(&id);
                }
                if forget(&mut table.visitors, token_index, id) {
                    for topic in &connection.topics {
                        table.tell_state(*topic);
                    }
                }
            }
            Actor::Staff { id: operator, .. } => {
                if forget(&mut table.operators, operator, id) {
                    table.tell_presence(self.house().as_deref(), self.takes_new_chats());
                    table.tell_states_of(*operator);
                }
            }
            Actor::Host | Actor::Timer | Actor::Stranger => {}
        }
    }

    /// The connection follows a conversation that its person may see (the caller has asked `service`).
    pub fn follow(&self, id: ConnectionId, conversation: &Arc<Conversation>, last: Seq) {
        let mut table = self.table.lock();
        table.meet(conversation, last);
        table.follow(id, conversation.id);
        table.drop_if_over(conversation.id);
        if table.connections.get(&id).is_some_and(|connection| connection.face() == Face::Visitor) {
            table.tell_state(conversation.id);
        }
    }

    pub fn unfollow(&self, id: ConnectionId, conversation: ConversationId) {
        let mut table = self.table.lock();
        if let Some(connection) = table.connections.get_mut(&id) {
            connection.topics.retain(|topic| *topic != conversation);
        }
        table.unfollow(id, conversation);
    }

    /// The present state of a conversation, as an answer to the connection that asks.
    #[must_use]
    pub fn state_frame(&self, conversation: ConversationId) -> Option<ByteString> {
        let table = self.table.lock();
        let topic = table.topics.get(&conversation)?;
        Some(frames::state(&topic.head, &table.present(topic)))
    }

    /// Who is there for a visitor of this site.
    #[must_use]
    pub fn presence_frame(&self, site: SiteId) -> ByteString {
        frames::presence(self.operators_online(site), self.takes_new_chats())
    }

    /// Tells every visitor anew whether somebody is there, and whether new chats are taken.
    pub fn tell_presence(&self) {
        let taking = self.takes_new_chats();
        self.table.lock().tell_presence(self.house().as_deref(), taking);
    }

    /// Tells all staff how much room the server has.
    pub fn tell_disk(&self, standing: Standing) {
        self.table.lock().to_staff(&frames::disk(standing));
    }

    fn takes_new_chats(&self) -> bool {
        self.store.get().is_none_or(|store| store.space().room().takes_new_chats())
    }

    /// How many operators of this site are connected.
    #[must_use]
    pub fn operators_online(&self, site: SiteId) -> usize {
        self.table.lock().operators_online(site, self.house().as_deref())
    }

    /// Somebody types, or has stopped. The others are told; nothing is kept.
    pub fn typing(&self, id: ConnectionId, conversation: ConversationId, on: bool) {
        let table = self.table.lock();
        let Some(connection) = table.connections.get(&id) else { return };
        if !connection.topics.contains(&conversation) {
            return;
        }
        let who = connection.face();
        let house = self.house();
        let name = match &connection.person.actor {
            Actor::Staff { id, .. } => house.as_ref().and_then(|house| house.operators.get(id)).map(|it| it.name.as_str()),
            _ => None,
        };
        let frame = frames::typing(conversation, who, name, on);
        table.to_followers(conversation, |follower, other| (follower != id && other != who).then(|| frame.clone()));
    }

    /// One side has received, or read, everything up to `seq`. The other side is told when that is news.
    pub fn receipt(&self, id: ConnectionId, conversation: ConversationId, seq: Seq, seen: bool) {
        let mut table = self.table.lock();
        let Some(connection) = table.connections.get(&id) else { return };
        let who = connection.face();
        let is_party = match &connection.person.actor {
            Actor::Visitor { .. } => connection.topics.contains(&conversation),
            // A colleague who looks in has not read it for the one who answers.
            Actor::Staff { id, .. } => {
                table.topics.get(&conversation).and_then(|topic| topic.head.assignee()).is_some_and(|assignee| assignee.id == *id)
            }
            _ => false,
        };
        let Some(topic) = table.topics.get_mut(&conversation).filter(|_| is_party) else { return };
        let seq = seq.min(topic.last);
        let before = topic.receipts;
        let receipts = &mut topic.receipts;
        let (delivered, read) = match who {
            Face::Visitor => (&mut receipts.delivered_to_visitor, &mut receipts.seen_by_visitor),
            Face::Operator => (&mut receipts.delivered_to_operator, &mut receipts.seen_by_operator),
        };
        *delivered = seq.max(*delivered);
        if seen {
            *read = seq.max(*read);
        }
        if topic.receipts == before {
            return;
        }
        if let Some(topic) = table.topics.get(&conversation) {
            let frame = frames::state(&topic.head, &table.present(topic));
            table.to_followers(conversation, |_, other| (other != who).then(|| frame.clone()));
        }
    }

    /// Turns news into frames. Runs on the store's writer thread, in commit order.
    pub fn tell(&self, news: News) {
        match news {
            News::Event { conversation, event, origin } => self.tell_event(&conversation, &event, origin.as_ref()),
            News::Repeated { conversation, seq, at, origin } => {
                let frame = frames::ack(&origin.client_id, conversation, seq, at);
                self.table.lock().answer(origin.connection, frame);
            }
            News::NotStored { conversation, origin, is_disk_full } => {
                let code = if is_disk_full { "no_room" } else { "unavailable" };
                let message = "This could not be stored. Please try again in a few minutes.";
                let frame = frames::refused(Some(origin.client_id.as_str()), Some(conversation), code, message);
                self.table.lock().answer(origin.connection, frame);
            }
            News::Purged { conversation, .. } => self.table.lock().purge(conversation),
            News::Site(_) => {}
            News::Operator(operator) => {
                let table = self.table.lock();
                for id in table.operators.get(&operator).into_iter().flatten() {
                    table.end(*id, Bye::Restart);
                }
            }
            News::SessionEnded(session) => {
                self.end_where(Bye::SignedOut, |person| person.session == Some(session));
            }
            News::Allowlist => self.end_where(Bye::Restart, |person| matches!(person.actor, Actor::Staff { .. })),
        }
    }

    /// The appliance stops: everybody is asked to connect again.
    pub fn stop(&self) {
        self.table.lock().stopping = true;
        self.end_where(Bye::Restart, |_| true);
    }

    /// How many visitors' and operators' connections there are.
    #[must_use]
    pub fn connected(&self) -> (usize, usize) {
        let table = self.table.lock();
        let operators = table.operators.values().map(Vec::len).sum();
        (table.connections.len() - operators, operators)
    }

    fn end_where(&self, bye: Bye, is_meant: impl Fn(&Person) -> bool) {
        for connection in self.table.lock().connections.values() {
            if is_meant(&connection.person) {
                connection.outbox.end(bye);
            }
        }
    }

    fn tell_event(&self, head: &Arc<Conversation>, event: &Event, origin: Option<&Origin>) {
        let for_visitor = frames::event(head, event, Face::Visitor);
        let for_operator = frames::event(head, event, Face::Operator);
        let house = self.house();
        let mut table = self.table.lock();
        let moved = table.note(head, event.seq);
        if let Some(origin) = origin {
            table.acknowledge(origin.connection, frames::ack(&origin.client_id, head.id, event.seq, event.at));
        }
        if moved {
            for id in table.visitors.get(&head.token_index).cloned().unwrap_or_default() {
                table.follow(id, head.id);
            }
            if let Some(assignee) = head.assignee() {
                for id in table.operators.get(&assignee.id).cloned().unwrap_or_default() {
                    table.follow(id, head.id);
                }
            }
        }
        table.to_followers(head.id, |_, face| {
            Some(match face {
                Face::Visitor => for_visitor.clone(),
                Face::Operator => for_operator.clone(),
            })
        });
        if let Some(origin) = origin {
            table.ring(origin.connection);
        }
        if moved {
            let site = house.as_ref().and_then(|house| house.sites.get(&head.site));
            let row = frames::row(head, site.map_or("", |site| site.name.as_str()));
            table.to_staff_of(head.site, &row);
            table.tell_state(head.id);
            table.tell_places(head.site, head.id);
            table.drop_if_over(head.id);
        }
    }
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;

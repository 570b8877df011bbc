//! Who is here: a person comes, follows conversations, and goes.

use std::net::IpAddr;
use std::sync::Arc;

use bytestring::ByteString;

use super::Hub;
use crate::domain::access::Actor;
use crate::domain::conversation::Conversation;
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::live::frames::{self, Bye, Face};
use crate::live::outbox::Outbox;
use crate::live::table::{Connection, ConnectionId, Last, forget};
use crate::live::tickets::Person;

impl Hub {
    /// Lets a person in. Live frames are held back until `Outbox::release`, so that what was missed comes first.
    pub fn connect(&self, person: Person) -> (ConnectionId, Arc<Outbox>) {
        let outbox = Arc::new(Outbox::holding());
        let mut table = self.lock();
        table.next += 1;
        let id = table.next;
        if table.stopping {
            outbox.end(Bye::Restart);
        }
        let (actor, now) = (person.actor.clone(), table.now);
        table.connections.insert(
            id,
            Connection { person, outbox: Arc::clone(&outbox), topics: Vec::new(), peeks: (f64::from(limits::PEEK_BURST), now) },
        );
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
                    table.staffing.arrive(*operator, now);
                    table.stir(self.house().as_deref(), self.takes_new_chats());
                    table.tell_states_of(*operator);
                }
                outbox.push(frames::available(table.staffing.availability(*operator, now)));
                for offer in table.offers_to(*operator) {
                    outbox.push(offer);
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

    /// From where a visitor is connected, for keeping them out; shown to nobody from here.
    #[must_use]
    pub fn address_of(&self, token_index: &[u8; 32]) -> Option<IpAddr> {
        let table = self.table.lock();
        let crowd = table.visitors.get(token_index)?;
        crowd.iter().rev().find_map(|id| table.connections.get(id)?.person.address)
    }

    /// The session that a connection hangs on, under its secret of now.
    #[must_use]
    pub fn session_of(&self, id: ConnectionId) -> Option<[u8; 32]> {
        self.table.lock().connections.get(&id)?.person.session
    }

    pub fn disconnect(&self, id: ConnectionId) {
        let mut table = self.lock();
        let Some(connection) = table.connections.remove(&id) else { return };
        let house = self.house();
        for topic in &connection.topics {
            let was_shown = table.look_away(id, *topic);
            table.unfollow(id, *topic);
            if was_shown {
                table.tell_viewers(house.as_deref(), *topic);
            }
        }
        match &connection.person.actor {
            Actor::Visitor { site, token_index } => {
                if let Some(visitors) = table.site_visitors.get_mut(site) {
                    visitors.remove(&id);
                }
                if forget(&mut table.visitors, token_index, id) {
                    let now = table.now;
                    for id in &connection.topics {
                        if let Some(topic) = table.topics.get_mut(id) {
                            topic.left_at = Some(now);
                        }
                        table.tell_state(*id);
                    }
                }
            }
            Actor::Staff { id: operator, .. } => {
                if forget(&mut table.operators, operator, id) {
                    let now = table.now;
                    table.staffing.leave(*operator, now);
                    table.stir(self.house().as_deref(), self.takes_new_chats());
                    table.tell_states_of(*operator);
                }
            }
            Actor::Host | Actor::Timer | Actor::Stranger => {}
        }
    }

    /// The connection follows a conversation that its person may see (the caller has asked `service`).
    pub fn follow(&self, id: ConnectionId, conversation: &Arc<Conversation>, last: Last) {
        let mut table = self.lock();
        table.meet(conversation, last);
        table.follow(id, conversation.id);
        table.drop_if_over(conversation.id);
        if table.connections.get(&id).is_some_and(|connection| connection.face() == Face::Visitor) {
            table.welcome_back(conversation.id);
            table.tell_state(conversation.id);
        }
    }

    pub fn unfollow(&self, id: ConnectionId, conversation: ConversationId) {
        self.look(id, conversation, false);
        let mut table = self.lock();
        // Whoever serves it hears what happens there, whether a page shows it or not.
        let serves = |connection: &Connection| match &connection.person.actor {
            Actor::Staff { id, .. } => table.topics.get(&conversation).is_some_and(|topic| topic.head.is_served_by(*id)),
            _ => false,
        };
        if table.connections.get(&id).is_some_and(serves) {
            return;
        }
        if let Some(connection) = table.connections.get_mut(&id) {
            connection.topics.retain(|topic| *topic != conversation);
        }
        table.unfollow(id, conversation);
    }

    /// The present state of a conversation, as an answer to a connection of this side that asks.
    #[must_use]
    pub fn state_frame(&self, conversation: ConversationId, face: Face) -> Option<ByteString> {
        let table = self.lock();
        let topic = table.topics.get(&conversation)?;
        Some(frames::state(&topic.head, &table.present(topic), face))
    }
}

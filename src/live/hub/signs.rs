//! What passes and is never stored: who is there, who types, who has read how far.

use bytestring::ByteString;

use super::Hub;
use crate::domain::access::Actor;
use crate::domain::event::Seq;
use crate::domain::id::{ConversationId, OperatorId, SiteId};
use crate::domain::space::Standing;
use crate::live::frames::{self, Face};
use crate::live::table::ConnectionId;

impl Hub {
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

    /// How many operators of this site are connected.
    #[must_use]
    pub fn operators_online(&self, site: SiteId) -> usize {
        self.table.lock().operators_online(site, self.house().as_deref())
    }

    /// Whether this member of staff has the console open.
    #[must_use]
    pub fn is_connected(&self, operator: OperatorId) -> bool {
        self.table.lock().operators.contains_key(&operator)
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
        let seq = seq.min(topic.last.seq);
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
            let other_side = match who {
                Face::Visitor => Face::Operator,
                Face::Operator => Face::Visitor,
            };
            let frame = frames::state(&topic.head, &table.present(topic), other_side);
            table.to_followers(conversation, |_, other| (other == other_side).then(|| frame.clone()));
        }
    }
}

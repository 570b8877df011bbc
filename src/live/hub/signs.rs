//! What passes and is never stored: who is there, who types, who has read how far.

use bytestring::ByteString;

use super::Hub;
use crate::domain::access::Actor;
use crate::domain::event::Seq;
use crate::domain::id::{ConversationId, OperatorId, SiteId};
use crate::domain::space::Standing;
use crate::live::frames::{self, Face};
use crate::live::staffing::Availability;
use crate::live::table::ConnectionId;

impl Hub {
    /// Who is there for a visitor of this site.
    #[must_use]
    pub fn presence_frame(&self, site: SiteId) -> ByteString {
        let taking = self.takes_new_chats();
        self.lock().presence_frame(self.house().as_deref(), site, taking)
    }

    /// Something has changed, or time has passed: tells visitors how they are served, and asks whoever is free to take who waits.
    pub fn stir(&self) {
        let (house, taking) = (self.house(), self.takes_new_chats());
        self.lock().stir(house.as_deref(), taking);
    }

    /// An operator does something, so they are not idle.
    pub fn act(&self, operator: OperatorId) {
        let mut table = self.lock();
        let (before, now) = (table.staffing.availability(operator, table.now), table.now);
        table.staffing.act(operator, now);
        let has_changed = table.staffing.availability(operator, now) != before;
        drop(table);
        if has_changed {
            self.stir();
        }
    }

    /// An operator switches new chats on or off.
    pub fn choose_available(&self, operator: OperatorId, on: bool) {
        let mut table = self.lock();
        let now = table.now;
        table.staffing.choose(operator, on, now);
        drop(table);
        self.stir();
    }

    /// An operator does not take what they were asked about. `false` when they were not asked.
    pub fn decline(&self, operator: OperatorId, conversation: ConversationId) -> bool {
        let house = self.house();
        let was_asked = self.lock().decline(house.as_deref(), conversation, operator);
        if was_asked {
            self.stir();
        }
        was_asked
    }

    /// What the switch of an operator's page shows before the page is connected.
    #[must_use]
    pub fn is_away(&self, operator: OperatorId) -> bool {
        self.lock().staffing.is_away(operator)
    }

    /// Whether new chats come to this member of staff.
    #[must_use]
    pub fn availability(&self, operator: OperatorId) -> Availability {
        let table = self.lock();
        table.staffing.availability(operator, table.now)
    }

    /// Tells all staff how much room the server has.
    pub fn tell_disk(&self, standing: Standing) {
        self.lock().to_staff(&frames::disk(standing));
    }

    /// How many operators accept chats of this site.
    #[must_use]
    pub fn operators_online(&self, site: SiteId) -> usize {
        let table = self.lock();
        self.house().map_or(0, |house| table.online(&house, site))
    }

    /// One side has received, or read, everything up to `seq`. The other side is told when that is news.
    pub fn receipt(&self, id: ConnectionId, conversation: ConversationId, seq: Seq, seen: bool) {
        let mut table = self.lock();
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

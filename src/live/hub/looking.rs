//! Who of the staff has a conversation open, who of them is typing in it, and what its visitor is typing, where their site
//! allows that to be seen. Nothing of it is kept.

use super::Hub;
use crate::domain::access::Actor;
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::limits;
use crate::domain::visitor::Allowance;
use crate::live::frames::{self, Face, Viewer};
use crate::live::table::{ConnectionId, Table};
use crate::store::House;

/// A page sends what is typed about twice a second; what comes faster is passed over.
const PEEKS: Allowance = Allowance { burst: limits::PEEK_BURST, per_second: limits::PEEKS_PER_SECOND };

impl Hub {
    /// A page of the staff shows a conversation that it follows, or shows it no more.
    pub fn look(&self, id: ConnectionId, conversation: ConversationId, on: bool) {
        let house = self.house();
        let mut table = self.lock();
        let has_changed = if on { table.begin_to_look(id, conversation) } else { table.look_away(id, conversation) };
        if has_changed {
            table.tell_viewers(house.as_deref(), conversation);
        }
    }

    /// Somebody types, or has stopped. The other side is told, and colleagues who look at it; nothing is kept. A colleague who
    /// reads along unseen stays unseen while they write a note.
    pub fn typing(&self, id: ConnectionId, conversation: ConversationId, on: bool) {
        let house = self.house();
        let mut table = self.lock();
        let Some(connection) = table.connections.get(&id) else { return };
        let Some(topic) = table.topics.get(&conversation).filter(|_| connection.topics.contains(&conversation)) else { return };
        let (who, name) = match &connection.person.actor {
            Actor::Staff { id: operator, .. } => {
                let is_heard = topic.head.is_served_by(*operator);
                let name = house.as_ref().and_then(|house| house.operators.get(operator)).map(|it| it.name.as_str());
                (is_heard.then_some(Face::Operator), name)
            }
            _ => (Some(Face::Visitor), None),
        };
        if let Some(who) = who {
            let frame = frames::typing(conversation, who, name, on);
            table.to_followers(conversation, |follower, other| (follower != id && other != who).then(|| frame.clone()));
        }
        if table.note_typing(id, conversation, on) {
            table.tell_viewers(house.as_deref(), conversation);
        }
    }

    /// What a visitor has typed and not sent: to the pages of the staff that show the conversation, if the site wants that.
    pub fn peek(&self, id: ConnectionId, conversation: ConversationId, text: &str) {
        let Some(house) = self.house() else { return };
        let mut table = self.lock();
        let now = table.now;
        let Some(topic) = table.topics.get(&conversation) else { return };
        let is_wanted = house.sites.get(&topic.head.site).is_some_and(|site| site.switches.sneak_peek);
        let may_write = topic.head.may_visitor_write().is_ok();
        let Some(connection) = table.connections.get_mut(&id) else { return };
        let is_theirs = connection.face() == Face::Visitor && connection.topics.contains(&conversation);
        if !is_wanted || !may_write || !is_theirs || PEEKS.take(&mut connection.peeks, now).is_err() {
            return;
        }
        let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(limits::MESSAGE_CHARS).collect();
        let frame = frames::peek(conversation, &text);
        for (viewer, _) in table.topics.get(&conversation).into_iter().flat_map(|topic| &topic.viewers) {
            if let Some(connection) = table.connections.get(viewer) {
                connection.outbox.push(frame.clone());
            }
        }
    }
}

impl Table {
    fn begin_to_look(&mut self, id: ConnectionId, conversation: ConversationId) -> bool {
        let is_following =
            self.connections.get(&id).is_some_and(|it| it.face() == Face::Operator && it.topics.contains(&conversation));
        let Some(topic) = self.topics.get_mut(&conversation).filter(|_| is_following) else { return false };
        if topic.viewers.iter().any(|(viewer, _)| *viewer == id) {
            return false;
        }
        topic.viewers.push((id, false));
        true
    }

    /// `false` when that page did not show it.
    pub fn look_away(&mut self, id: ConnectionId, conversation: ConversationId) -> bool {
        let Some(topic) = self.topics.get_mut(&conversation) else { return false };
        let before = topic.viewers.len();
        topic.viewers.retain(|(viewer, _)| *viewer != id);
        topic.viewers.len() != before
    }

    fn note_typing(&mut self, id: ConnectionId, conversation: ConversationId, on: bool) -> bool {
        let viewer = self.topics.get_mut(&conversation).and_then(|topic| topic.viewers.iter_mut().find(|(it, _)| *it == id));
        viewer.is_some_and(|(_, is_typing)| std::mem::replace(is_typing, on) != on)
    }

    /// Tells each page of the staff that shows it who else does; somebody with two pages is one person.
    pub fn tell_viewers(&self, house: Option<&House>, conversation: ConversationId) {
        let Some((topic, house)) = self.topics.get(&conversation).zip(house) else { return };
        let mut people: Vec<(OperatorId, bool)> = Vec::new();
        for (viewer, is_typing) in &topic.viewers {
            let Some(Actor::Staff { id, .. }) = self.connections.get(viewer).map(|it| &it.person.actor) else { continue };
            match people.iter_mut().find(|(operator, _)| operator == id) {
                Some((_, typing)) => *typing |= is_typing,
                None => people.push((*id, *is_typing)),
            }
        }
        let people: Vec<_> = people
            .iter()
            .filter_map(|(id, typing)| {
                Some(Viewer { operator: *id, name: house.operators.get(id)?.name.as_str(), typing: *typing })
            })
            .collect();
        let frame = frames::viewers(conversation, &people);
        for connection in topic.viewers.iter().filter_map(|(viewer, _)| self.connections.get(viewer)) {
            connection.outbox.push(frame.clone());
        }
    }
}

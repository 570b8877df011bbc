//! A conversation that goes where somebody may not look: it leaves their list and their pages at once.

use crate::domain::access::{Action, authorize};
use crate::domain::conversation::Conversation;
use crate::live::frames;
use crate::live::table::{ConnectionId, Table};
use crate::store::House;

impl Table {
    /// Staff who saw it before and may not see it now, or who follow it and may not, hear of it for the last time. To be called
    /// before anything is told of what it has become.
    pub fn close_to(&mut self, house: Option<&House>, before: Option<&Conversation>, after: &Conversation) {
        let lost: Vec<ConnectionId> =
            self.operators.values().flatten().copied().filter(|id| self.loses_sight(*id, before, after)).collect();
        let (gone, row) = (frames::out_of_sight(after.id), frames::row_gone(after.id));
        let mut was_shown = false;
        for id in lost {
            was_shown |= self.look_away(id, after.id);
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            let followed = connection.topics.len();
            connection.topics.retain(|topic| *topic != after.id);
            if connection.topics.len() < followed {
                connection.outbox.push(gone.clone());
            }
            connection.outbox.push(row.clone());
            if let Some(topic) = self.topics.get_mut(&after.id) {
                topic.followers.retain(|follower| *follower != id);
            }
        }
        if was_shown {
            self.tell_viewers(house, after.id);
        }
    }

    fn loses_sight(&self, id: ConnectionId, before: Option<&Conversation>, after: &Conversation) -> bool {
        let Some(connection) = self.connections.get(&id) else { return false };
        let sees = |head: &Conversation| authorize(&connection.person.actor, Action::ServeConversation(head)).is_ok();
        !sees(after) && (before.is_some_and(sees) || connection.topics.contains(&after.id))
    }
}

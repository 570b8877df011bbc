//! Turning news into frames.

use std::sync::Arc;

use super::Hub;
use crate::domain::access::Actor;
use crate::domain::conversation::Conversation;
use crate::domain::event::{Event, Seq};
use crate::domain::news::{News, Origin};
use crate::live::frames::{self, Bye, Face};
use crate::live::table::Last;

impl Hub {
    /// Turns news into frames. Runs on the store's writer thread, in commit order.
    pub fn tell(&self, news: News) {
        match news {
            News::Event { conversation, event, after, origin } => {
                self.tell_event(&conversation, &event, after, origin.as_ref());
            }
            News::Repeated { conversation, seq, at, origin } => {
                let frame = frames::ack(&origin.client_id, conversation, seq, at);
                self.table.lock().answer(origin.connection, frame);
            }
            News::NotStored { conversation, origin, is_disk_full } => {
                let code = if is_disk_full { "no_room" } else { "unavailable" };
                let message = "This could not be stored. Please try again in a few minutes.";
                let frame = frames::refused(Some(origin.client_id.as_str()), Some(conversation), code, None, message);
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

    fn tell_event(&self, head: &Arc<Conversation>, event: &Event, after: Seq, origin: Option<&Origin>) {
        let for_visitor = event.public().map(|event| frames::public_event(head, event, after));
        let for_operator = frames::event(head, event);
        let public = if for_visitor.is_some() { event.seq } else { after };
        let house = self.house();
        let mut table = self.table.lock();
        let moved = table.note(head, Last { seq: event.seq, public });
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
        table.to_followers(head.id, |_, face| match face {
            Face::Visitor => for_visitor.clone(),
            Face::Operator => Some(for_operator.clone()),
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

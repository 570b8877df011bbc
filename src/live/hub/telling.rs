//! Turning news into frames.

use std::sync::Arc;

use super::Hub;
use crate::domain::access::Actor;
use crate::domain::conversation::Conversation;
use crate::domain::event::{Author, Event, EventKind, Seq};
use crate::domain::news::{News, Origin};
use crate::domain::time::Timestamp;
use crate::live::frames::{self, Bye, Face};
use crate::live::queue::Queue;
use crate::live::table::{Last, Noted, Table};
use crate::store::House;

impl Hub {
    /// Turns news into frames. Runs on the store's writer thread, in commit order.
    pub fn tell(&self, news: News) {
        match news {
            News::Event { conversation, event, after, origin } => {
                self.tell_event(&conversation, &event, after, origin.as_ref());
            }
            News::Changed { conversation, last, at, origin } => self.tell_change(&conversation, last, at, origin.as_ref()),
            News::Repeated { conversation, seq, at, origin } => {
                let frame = frames::ack(&origin.client_id, conversation, seq, at);
                self.lock().answer(origin.connection, frame);
            }
            News::NotStored { conversation, origin, is_disk_full } => {
                let code = if is_disk_full { "no_room" } else { "unavailable" };
                let message = "This could not be stored. Please try again in a few minutes.";
                let frame = frames::refused(Some(origin.client_id.as_str()), Some(conversation), code, None, message);
                self.lock().answer(origin.connection, frame);
            }
            News::About(head) => self.tell_about(&head),
            News::Purged { conversation, .. } => self.lock().purge(conversation),
            News::Site(_) => self.stir(),
            News::Operator(operator) => {
                let table = self.lock();
                for id in table.operators.get(&operator).into_iter().flatten() {
                    table.end(*id, Bye::Restart);
                }
                drop(table);
                self.stir();
            }
            News::SessionEnded(session) => {
                self.end_where(Bye::SignedOut, |person| person.session == Some(session));
            }
            News::SessionRenewed { was, is } => {
                for connection in self.lock().connections.values_mut().filter(|it| it.person.session == Some(was)) {
                    connection.person.session = Some(is);
                }
            }
            News::LetterOwed | News::DeliveryOwed => {}
            News::Allowlist => self.end_where(Bye::Restart, |person| matches!(person.actor, Actor::Staff { .. })),
        }
    }

    /// What operators see beside the conversation is drawn anew by their pages.
    fn tell_about(&self, head: &Arc<Conversation>) {
        let mut table = self.lock();
        table.renew(head);
        table.to_followers(head.id, |_, face| (face == Face::Operator).then(|| frames::about(head.id)));
    }

    fn tell_event(&self, head: &Arc<Conversation>, event: &Event, after: Seq, origin: Option<&Origin>) {
        let for_visitor = event.public().map(|event| frames::public_event(head, event, after));
        let for_operator = frames::event(head, event);
        let public = if for_visitor.is_some() { event.seq } else { after };
        let house = self.house();
        let mut table = self.lock();
        let before = table.topics.get(&head.id).map(|topic| Arc::clone(&topic.head));
        let noted = table.note(head, Last { seq: event.seq, public }, event.at);
        if let Some(origin) = origin {
            table.acknowledge(origin.connection, frames::ack(&origin.client_id, head.id, event.seq, event.at));
        }
        if noted.marked {
            table.close_to(house.as_deref(), before.as_deref(), head);
        }
        if noted.moved {
            for id in table.visitors.get(&head.token_index).cloned().unwrap_or_default() {
                table.follow(id, head.id);
            }
        }
        if noted.marked {
            for person in head.assignee().into_iter().chain(&head.about.guests) {
                for id in table.operators.get(&person.id).cloned().unwrap_or_default() {
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
        table.tell_noted(house.as_deref(), (head, event.at), noted, before.as_deref());
        if let (EventKind::Transferred(transfer), Author::Operator { id: from, .. }) = (&event.kind, &event.author) {
            table.hand_on(house.as_deref(), head.id, *from, &transfer.to);
        }
        if noted.moved {
            table.route(house.as_deref());
        }
    }

    /// A head that was marked otherwise: the list shows it, and whoever asked knows that it is stored.
    fn tell_change(&self, head: &Arc<Conversation>, last: Seq, at: Timestamp, origin: Option<&Origin>) {
        let house = self.house();
        let mut table = self.lock();
        let before = table.topics.get(&head.id).map(|topic| Arc::clone(&topic.head));
        let public = table.topics.get(&head.id).map_or(0, |topic| topic.last.public);
        let noted = table.note(head, Last { seq: last, public }, at);
        if noted.marked {
            table.close_to(house.as_deref(), before.as_deref(), head);
        }
        if let Some(origin) = origin {
            table.answer(origin.connection, frames::ack(&origin.client_id, head.id, last, at));
        }
        // What a visitor says of a chat that is over moves it nowhere; their window still shows what is stored.
        let is_rated_anew = before.as_ref().is_some_and(|before| before.about.rating != head.about.rating);
        table.tell_noted(house.as_deref(), (head, at), noted, before.as_deref());
        if is_rated_anew && !noted.moved {
            table.tell_state(head.id);
        }
    }
}

impl Table {
    /// Tells the list, the two sides and whoever waits what is new about a conversation beside its events.
    fn tell_noted(
        &mut self,
        house: Option<&House>,
        (head, at): (&Conversation, Timestamp),
        noted: Noted,
        before: Option<&Conversation>,
    ) {
        if noted.marked {
            self.to_staff_who_see(head, &frames::row(head, house, at));
        }
        if noted.moved {
            let (before, after) = (before.and_then(Queue::of), Queue::of(head));
            let queues = [before, after.filter(|after| before != Some(*after))];
            for queue in queues.into_iter().flatten() {
                self.renew_reception(house, queue);
            }
            self.tell_state(head.id);
            for queue in queues.into_iter().flatten() {
                self.tell_places(queue, head.id);
            }
            self.drop_if_over(head.id);
        }
    }
}

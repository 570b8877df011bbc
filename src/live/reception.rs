//! How a queue is served at this moment: whether it is open, how many answer for it, and what its visitors are told of that.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::frames::{self, Here};
use super::queue::Queue;
use super::table::Table;
use crate::domain::access::{Action, is_open_to};
use crate::domain::department::Department;
use crate::domain::id::{OperatorId, SiteId};
use crate::domain::opening::Opening;
use crate::domain::routing::Routing;
use crate::store::House;

#[derive(Debug, Clone, Copy)]
pub(super) struct Reception {
    pub opening: Opening,
    /// Operators who accept chats of this queue.
    pub here: usize,
    /// How long somebody waits before they may leave a message instead.
    pub leave_after: Option<Duration>,
}

/// What holds for a queue: the rules of its department, where that has its own, else those of its site.
pub(super) fn routing_of(house: &House, queue: Queue) -> Routing {
    let of_site = || house.sites.get(&queue.site).map(|site| site.routing);
    department_of(house, queue).and_then(|department| department.routing).or_else(of_site).unwrap_or_default()
}

/// `None` also for a department that is no more: whoever waits there is everybody's.
fn department_of(house: &House, queue: Queue) -> Option<&Arc<Department>> {
    house.departments.get(&queue.department?).filter(|department| department.site == queue.site)
}

/// Whether this member of staff answers for this queue.
pub(super) fn serves(house: &House, queue: Queue, operator: OperatorId) -> bool {
    let department = department_of(house, queue);
    let place = Action::ServePart(queue.site, department.map(|department| department.id));
    house.operators.get(&operator).is_some_and(|person| is_open_to(person, place))
        && department.is_none_or(|department| department.members.includes(operator))
}

impl Table {
    pub fn reception(&self, house: &House, queue: Queue) -> Reception {
        let department = department_of(house, queue);
        let hours = department.and_then(|department| department.hours.as_ref());
        let hours = hours.or_else(|| house.sites.get(&queue.site).map(|site| &site.hours));
        let leave_after = routing_of(house, queue).leave_message_after_seconds;
        Reception {
            opening: hours.map_or(Opening::Open, |hours| hours.opening(self.now)),
            here: self.staffing.accepting(self.now).filter(|id| serves(house, queue, *id)).count(),
            leave_after: leave_after.map(|seconds| Duration::from_secs(seconds.into())),
        }
    }

    /// How many are there for a visitor who has not said yet what it is about: where they may choose a department, those of each.
    pub fn online(&self, house: &House, site: SiteId) -> usize {
        let chooses = house.sites.get(&site).is_some_and(|site| site.pre_chat.asks_for_department());
        let departments = house.departments.values().filter(|it| chooses && it.site == site).map(|it| Some(it.id));
        let queues: Vec<_> = departments.chain([None]).map(|department| Queue { site, department }).collect();
        self.staffing.accepting(self.now).filter(|id| queues.iter().any(|queue| serves(house, *queue, *id))).count()
    }

    /// What a visitor of a site is told before they have a conversation.
    pub fn presence_frame(&self, house: Option<&House>, site: SiteId, taking: bool) -> bytestring::ByteString {
        let Some(house) = house else { return frames::presence(Here::default(), &[], taking) };
        let here = |queue: Queue| {
            let reception = self.reception(house, queue);
            let (open, opens_at) = (reception.opening.is_open(), reception.opening.opens_at());
            Here { department: queue.department, online: reception.here, open, opens_at }
        };
        let of_site = Queue { site, department: None };
        let online = self.online(house, site);
        let departments = house.departments.values().filter(|department| department.site == site);
        let departments: Vec<_> = departments.map(|it| here(Queue { site, department: Some(it.id) })).collect();
        frames::presence(Here { online, ..here(of_site) }, &departments, taking)
    }

    /// Tells the visitors of each site how it is served, where that is news.
    pub fn tell_presence(&mut self, house: Option<&House>, taking: bool) {
        let sites: Vec<_> = self.site_visitors.iter().filter(|(_, visitors)| !visitors.is_empty()).map(|(id, _)| *id).collect();
        for site in sites {
            let frame = self.presence_frame(house, site, taking);
            if self.told_presence.get(&site) == Some(&frame) {
                continue;
            }
            for connection in self.site_visitors.get(&site).into_iter().flatten().filter_map(|id| self.connections.get(id)) {
                connection.outbox.push(frame.clone());
            }
            self.told_presence.insert(site, frame);
        }
    }

    /// Keeps at hand how a queue is served, for as long as somebody waits in it.
    pub fn renew_reception(&mut self, house: Option<&House>, queue: Queue) {
        let reception = house.filter(|_| self.waiting.contains_key(&queue)).map(|house| self.reception(house, queue));
        match reception {
            Some(reception) => self.receptions.insert(queue, reception),
            None => self.receptions.remove(&queue),
        };
    }

    /// Time has passed, or somebody came, went or was changed: everything that follows from it.
    pub fn stir(&mut self, house: Option<&House>, taking: bool) {
        for (operator, is) in self.staffing.take_changes(self.now) {
            self.to_operator(operator, &frames::available(is));
        }
        self.tell_presence(house, taking);
        let known = self.receptions.keys().chain(self.waiting.keys()).copied().collect::<HashSet<_>>();
        for queue in known {
            self.renew_reception(house, queue);
        }
        self.pass_over_who_left();
        self.route(house);
        self.tell_who_may_leave_messages();
    }

    /// Tells those who wait and whose choice has changed since they were told.
    fn tell_who_may_leave_messages(&mut self) {
        let mut changed = Vec::new();
        for topic in self.waiting.values().flatten().filter_map(|(_, id)| self.topics.get(id)) {
            if !topic.followers.is_empty() && topic.told_may_leave != self.may_leave_message(topic) {
                changed.push(topic.head.id);
            }
        }
        for id in changed {
            self.tell_state(id);
        }
    }
}

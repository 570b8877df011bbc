//! Asking one operator after the other to take whoever waits. An offer ends when it is accepted, declined, not answered in
//! time, or when whoever was asked goes; then the next one is asked. While nobody is left to ask, the conversation simply
//! stands in the list of those who wait, where it stood all along: so nothing that happens to an offer can lose one.

use std::collections::HashMap;
use std::time::Duration;

use super::frames;
use super::queue::Queue;
use super::reception::{routing_of, serves};
use super::staffing::Availability;
use super::table::Table;
use crate::domain::access::{Action, is_open_to};
use crate::domain::assignment::{Candidate, choose};
use crate::domain::event::TransferTarget;
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::limits;
use crate::domain::routing::{Assignment, Routing};
use crate::domain::time::Timestamp;
use crate::store::House;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    pub to: OperatorId,
    pub until: Timestamp,
    /// A colleague chose this operator.
    pub is_transfer: bool,
}

/// What is known of the offers of this moment.
#[derive(Debug, Default)]
pub(super) struct Offers {
    standing: HashMap<ConversationId, Offer>,
    /// Who was asked in vain about a conversation, and from when on they may be asked again.
    passed: HashMap<ConversationId, HashMap<OperatorId, Timestamp>>,
    /// When each operator was asked last, counted.
    asked: HashMap<OperatorId, u64>,
    turn: u64,
}

impl Offers {
    pub fn of(&self, conversation: ConversationId) -> Option<Offer> {
        self.standing.get(&conversation).copied()
    }

    fn to(&self, operator: OperatorId) -> impl Iterator<Item = (ConversationId, Offer)> {
        self.standing.iter().filter(move |(_, offer)| offer.to == operator).map(|(id, offer)| (*id, *offer))
    }

    fn has_passed(&self, conversation: ConversationId, operator: OperatorId, now: Timestamp) -> bool {
        self.passed.get(&conversation).and_then(|passed| passed.get(&operator)).is_some_and(|until| now < *until)
    }

    fn pass(&mut self, conversation: ConversationId, operator: OperatorId, until: Timestamp) {
        self.passed.entry(conversation).or_default().insert(operator, until);
    }
}

fn time_to_answer(routing: Routing) -> Duration {
    routing.answer_within_seconds.map_or(limits::ANSWER_WITHIN, |seconds| Duration::from_secs(seconds.into()))
}

impl Table {
    /// Takes back what cannot be kept, and asks whoever is free.
    pub fn route(&mut self, house: Option<&House>) {
        let Some(house) = house else { return };
        self.take_back(house);
        let mut free = self.free_operators(house);
        if free.is_empty() {
            return;
        }
        for (_, id, queue) in self.to_be_asked(house) {
            if free.iter().all(|it| it.chats >= usize::from(it.capacity)) {
                return;
            }
            let routing = routing_of(house, queue);
            let may_be_asked =
                |it: &&Candidate| serves(house, queue, it.operator) && !self.offers.has_passed(id, it.operator, self.now);
            let Some(chosen) = choose(routing.assignment, free.iter().filter(may_be_asked).copied()) else { continue };
            self.offer(id, Offer { to: chosen, until: self.now.plus(time_to_answer(routing)), is_transfer: false });
            if let Some(candidate) = free.iter_mut().find(|it| it.operator == chosen) {
                candidate.chats += 1;
                candidate.asked = self.offers.turn;
            }
        }
    }

    /// A colleague hands a conversation on. `false`: whoever is to take it is not there, so it stands in the list.
    pub fn hand_on(&mut self, house: Option<&House>, id: ConversationId, from: OperatorId, to: &TransferTarget) {
        self.offers.passed.remove(&id);
        // Whoever hands it on is not asked about it at once.
        self.offers.pass(id, from, self.now.plus(limits::ASK_AGAIN_AFTER));
        let (TransferTarget::Operator { id: to, .. }, Some(house)) = (to, house) else { return };
        let Some(queue) = self.topics.get(&id).and_then(|topic| Queue::of_any(&topic.head)) else { return };
        let until = self.now.plus(time_to_answer(routing_of(house, queue)));
        if self.staffing.is_around(*to, self.now) {
            self.offer(id, Offer { to: *to, until, is_transfer: true });
        } else {
            self.tell_declined(house, id, *to);
        }
    }

    /// Whoever was asked does not take it. `false` when they were not asked.
    pub fn decline(&mut self, house: Option<&House>, id: ConversationId, operator: OperatorId) -> bool {
        let Some(offer) = self.offers.of(id).filter(|offer| offer.to == operator) else { return false };
        self.withdraw(id);
        self.offers.pass(id, operator, self.now.plus(limits::DECLINED_FOR));
        if let Some(house) = house.filter(|_| offer.is_transfer) {
            self.tell_declined(house, id, operator);
        }
        true
    }

    /// The conversation does not wait any more, or not there.
    pub fn forget_offer(&mut self, id: ConversationId) {
        self.withdraw(id);
        self.offers.passed.remove(&id);
    }

    /// What a page of this operator has to know when it opens.
    pub fn offers_to(&self, operator: OperatorId) -> Vec<bytestring::ByteString> {
        self.offers.to(operator).map(|(id, offer)| self.offer_frame(id, offer)).collect()
    }

    fn offer_frame(&self, id: ConversationId, offer: Offer) -> bytestring::ByteString {
        frames::offer(id, offer.until.since(self.now).as_secs().max(1), offer.is_transfer)
    }

    fn offer(&mut self, id: ConversationId, offer: Offer) {
        self.withdraw(id);
        self.offers.turn += 1;
        self.offers.asked.insert(offer.to, self.offers.turn);
        self.offers.standing.insert(id, offer);
        self.to_operator(offer.to, &self.offer_frame(id, offer));
    }

    fn withdraw(&mut self, id: ConversationId) {
        if let Some(offer) = self.offers.standing.remove(&id) {
            self.to_operator(offer.to, &frames::offer(id, 0, offer.is_transfer));
        }
    }

    fn take_back(&mut self, house: &House) {
        let now = self.now;
        let mut over: Vec<_> = self.offers.standing.iter().map(|(id, offer)| (*id, *offer)).collect();
        over.sort_unstable_by_key(|(id, offer)| (offer.until, *id));
        // Who took chats by themselves meanwhile may have less room than when they were asked.
        let mut room = HashMap::new();
        over.retain(|(id, offer)| {
            let left = room.entry(offer.to).or_insert_with(|| self.room_of(house, offer.to));
            let has_room = offer.is_transfer || *left > 0;
            *left = left.saturating_sub(usize::from(!offer.is_transfer));
            !has_room || !self.is_kept(house, *id, *offer)
        });
        for (id, offer) in over {
            self.withdraw(id);
            self.offers.pass(id, offer.to, now.plus(limits::ASK_AGAIN_AFTER));
            if offer.is_transfer {
                self.tell_declined(house, id, offer.to);
            }
        }
    }

    /// How many chats more an operator may be asked about, those they are asked about already not counted.
    fn room_of(&self, house: &House, operator: OperatorId) -> usize {
        let capacity = house.operators.get(&operator).map_or(0, |person| usize::from(person.capacity));
        capacity.saturating_sub(self.chats.get(&operator).copied().unwrap_or_default())
    }

    /// Whether whoever was asked may still answer.
    fn is_kept(&self, house: &House, id: ConversationId, offer: Offer) -> bool {
        let Some(topic) = self.topics.get(&id) else { return false };
        let Some(queue) = Queue::of_any(&topic.head) else { return false };
        let sees = || house.operators.get(&offer.to).is_some_and(|it| is_open_to(it, Action::ServeConversation(&topic.head)));
        let may = if offer.is_transfer { sees() } else { serves(house, queue, offer.to) };
        let is_there = match self.staffing.availability(offer.to, self.now) {
            Availability::Accepting => true,
            // Whom a colleague chose may answer though they are away.
            Availability::Away | Availability::Idle => offer.is_transfer,
            Availability::Offline => self.staffing.is_around(offer.to, self.now),
        };
        self.now < offer.until && may && is_there
    }

    fn free_operators(&self, house: &House) -> Vec<Candidate> {
        let candidate = |operator: OperatorId| {
            let person = house.operators.get(&operator)?;
            let chats = self.chats.get(&operator).copied().unwrap_or_default() + self.offers.to(operator).count();
            let asked = self.offers.asked.get(&operator).copied().unwrap_or_default();
            (chats < usize::from(person.capacity)).then_some(Candidate { operator, chats, capacity: person.capacity, asked })
        };
        self.staffing.accepting(self.now).filter_map(candidate).collect()
    }

    /// Who waits to be offered to somebody, the longest waiting first; of each queue the first ones only, since more are not free.
    fn to_be_asked(&self, house: &House) -> Vec<(Timestamp, ConversationId, Queue)> {
        let mut all = Vec::new();
        for (queue, waiting) in &self.waiting {
            if routing_of(house, *queue).assignment == Assignment::Manual {
                continue;
            }
            let is_here = |id: &ConversationId| self.topics.get(id).is_some_and(|topic| !topic.has_left);
            let first = waiting.iter().filter(|(_, id)| is_here(id) && self.offers.of(*id).is_none());
            all.extend(first.take(limits::QUEUE_PLACES_TOLD).map(|(at, id)| (*at, *id, *queue)));
        }
        all.sort_unstable_by_key(|(at, id, _)| (*at, *id));
        all
    }

    fn tell_declined(&self, house: &House, id: ConversationId, operator: OperatorId) {
        let Some(person) = house.operators.get(&operator) else { return };
        let frame = frames::declined(id, operator, person.name.as_str());
        self.to_followers(id, |_, face| (face == frames::Face::Operator).then(|| frame.clone()));
    }
}

#[cfg(test)]
#[path = "offers_tests.rs"]
mod tests;

//! Whatever people do, in whatever order: nobody is asked about what they cannot take, and nobody waits for ever.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::about::About;
use crate::domain::access::Actor;
use crate::domain::conversation::{Assignee, Conversation, State};
use crate::domain::id::SiteId;
use crate::domain::operator::{Membership, Operator, Role, Standing};
use crate::domain::permission::Permissions;
use crate::domain::site::Site;
use crate::domain::text::{EmailAddress, Name};
use crate::domain::visitor::Visitor;
use crate::live::outbox::Outbox;
use crate::live::table::{Connection, Last};
use crate::live::tickets::Person;

const SITE: SiteId = SiteId::from_bytes([1; 16]);

fn operator(number: u8) -> OperatorId {
    OperatorId::from_bytes([number + 10; 16])
}

fn house(assignment: Assignment, capacities: &[u8]) -> House {
    let now = Timestamp::from_millis(0);
    let name = || Name::parse("Somebody").unwrap();
    let mut site = Site::new(SITE, name(), Vec::new(), now);
    site.routing = Routing { assignment, answer_within_seconds: Some(20), leave_message_after_seconds: None };
    let mut house = House::default();
    house.sites.insert(SITE, Arc::new(site));
    for (number, capacity) in (0..).zip(capacities) {
        let person = Operator {
            id: operator(number),
            name: name(),
            email: EmailAddress::parse("somebody@example.org").unwrap(),
            role: Role::Operator,
            membership: Membership::AllSites,
            standing: Standing::Active,
            password_hash: None,
            created_at: now,
            capacity: *capacity,
            sso: None,
            last_seen_at: None,
            reset: None,
        };
        house.operators.insert(person.id, Arc::new(person));
    }
    house
}

#[derive(Debug, Clone)]
enum Step {
    Start,
    Arrive(u8),
    Leave(u8),
    Away(u8, bool),
    Disable(u8),
    /// Whoever was asked about one of the waiting answers.
    Accept(u8),
    Decline(u8),
    /// Somebody who was not asked takes one.
    Grab(u8, u8),
    Close(u8),
    HandOn(u8, u8),
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..4_u8;
    let step = prop_oneof![
        4 => Just(Step::Start),
        2 => who.clone().prop_map(Step::Arrive),
        1 => who.clone().prop_map(Step::Leave),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, on)| Step::Away(who, on)),
        1 => who.clone().prop_map(Step::Disable),
        4 => any::<u8>().prop_map(Step::Accept),
        2 => any::<u8>().prop_map(Step::Decline),
        1 => (any::<u8>(), who.clone()).prop_map(|(chat, who)| Step::Grab(chat, who)),
        3 => any::<u8>().prop_map(Step::Close),
        1 => (any::<u8>(), who).prop_map(|(chat, who)| Step::HandOn(chat, who)),
        3 => (0..90_u16).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..80)
}

struct Desk {
    table: Table,
    house: House,
    chats: Vec<Conversation>,
}

impl Desk {
    fn new(assignment: Assignment) -> Self {
        let table = Table { now: Timestamp::from_millis(1_000_000), ..Table::default() };
        Self { table, house: house(assignment, &[1, 2, 3, 1]), chats: Vec::new() }
    }

    fn tell(&mut self, index: usize) {
        let (head, last) = (Arc::new(self.chats[index].clone()), Last::default());
        self.table.note(&head, last, self.table.now);
        self.table.route(Some(&self.house));
    }

    /// The `choice`th of those in this state, if there are any.
    fn pick(&self, choice: u8, is_meant: impl Fn(&Conversation) -> bool) -> Option<usize> {
        let all: Vec<_> = (0..self.chats.len()).filter(|index| is_meant(&self.chats[*index])).collect();
        (!all.is_empty()).then(|| all[usize::from(choice) % all.len()])
    }

    fn take(&mut self, index: usize, by: OperatorId) {
        let by = Assignee { id: by, name: Name::parse("Somebody").unwrap() };
        if self.chats[index].accept(by).is_ok() {
            self.tell(index);
        }
    }

    fn arrive(&mut self, id: OperatorId) {
        self.table.next += 1;
        let actor = Actor::Staff { id, role: Role::Operator, membership: Membership::AllSites, permissions: Permissions::NONE };
        let person = Person { actor, session: None, session_id: None, address: None, browser: None };
        let (outbox, peeks) = (Arc::new(Outbox::default()), (0.0, self.table.now));
        self.table.connections.insert(self.table.next, Connection { person, outbox, topics: Vec::new(), peeks });
        self.table.operators.insert(id, vec![self.table.next]);
        self.table.staffing.arrive(id, self.table.now);
    }

    fn carry_out(&mut self, step: Step) {
        let waits = |it: &Conversation| it.state == State::Waiting;
        match step {
            Step::Start => {
                let number = u8::try_from(self.chats.len() + 1).unwrap();
                self.chats.push(Conversation {
                    id: ConversationId::from_bytes([number; 16]),
                    site: SITE,
                    visitor: Visitor::default(),
                    token_index: [number; 32],
                    state: State::Waiting,
                    started_at: self.table.now,
                    about: About::default(),
                });
                self.tell(self.chats.len() - 1);
            }
            Step::Arrive(who) => self.arrive(operator(who)),
            Step::Leave(who) => {
                self.table.operators.remove(&operator(who));
                self.table.staffing.leave(operator(who), self.table.now);
            }
            Step::Away(who, on) => self.table.staffing.choose(operator(who), on, self.table.now),
            Step::Disable(who) => {
                let mut person = Operator::clone(&self.house.operators[&operator(who)]);
                person.standing = if person.is_active() { Standing::Disabled } else { Standing::Active };
                self.house.operators.insert(person.id, Arc::new(person));
            }
            Step::Accept(choice) => {
                let Some(index) = self.pick(choice, |it| self.table.offers.of(it.id).is_some()) else { return };
                let Some(offer) = self.table.offers.of(self.chats[index].id) else { return };
                self.take(index, offer.to);
            }
            Step::Decline(choice) => {
                let Some(index) = self.pick(choice, |it| self.table.offers.of(it.id).is_some()) else { return };
                let id = self.chats[index].id;
                let Some(offer) = self.table.offers.of(id) else { return };
                assert!(self.table.decline(Some(&self.house), id, offer.to));
            }
            Step::Grab(choice, who) => {
                if let Some(index) = self.pick(choice, waits) {
                    self.take(index, operator(who));
                }
            }
            Step::Close(choice) => {
                let Some(index) = self.pick(choice, |it| matches!(it.state, State::Active { .. })) else { return };
                self.chats[index].close(self.table.now);
                self.tell(index);
            }
            Step::HandOn(choice, who) => {
                let Some(index) = self.pick(choice, |it| matches!(it.state, State::Active { .. })) else { return };
                let from = self.chats[index].assignee().unwrap().id;
                self.chats[index].hand_on().unwrap();
                let head = Arc::new(self.chats[index].clone());
                self.table.note(&head, Last::default(), self.table.now);
                let to = TransferTarget::Operator { id: operator(who), name: Name::parse("Somebody").unwrap() };
                self.table.hand_on(Some(&self.house), head.id, from, &to);
            }
            Step::Wait(seconds) => self.table.now = self.table.now.plus(Duration::from_secs(seconds.into())),
        }
        self.table.stir(Some(&self.house), true);
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let queue = Queue { site: SITE, department: None };
        for chat in &self.chats {
            let is_listed = self.table.waiting.get(&queue).is_some_and(|it| it.contains(&(chat.started_at, chat.id)));
            prop_assert_eq!(is_listed, chat.state == State::Waiting, "who waits is in the queue, and nobody else");
            if let Some(offer) = self.table.offers.of(chat.id) {
                prop_assert!(chat.state == State::Waiting && self.table.now < offer.until);
                prop_assert!(self.house.operators[&offer.to].is_active());
                prop_assert!(self.table.staffing.is_around(offer.to, self.table.now));
            }
        }
        for person in self.house.operators.values() {
            let is_theirs = |it: &&Conversation| it.closed_at().is_none() && it.is_served_by(person.id);
            let chats = self.chats.iter().filter(is_theirs).count();
            prop_assert_eq!(self.table.chats.get(&person.id).copied().unwrap_or_default(), chats);
            let asked = self.table.offers.to(person.id).filter(|(_, offer)| !offer.is_transfer).count();
            prop_assert!(asked == 0 || chats + asked <= usize::from(person.capacity), "nobody is asked beyond their capacity");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_lost_or_stuck_whatever_people_do(steps in steps(), in_turn in any::<bool>()) {
        let mut desk = Desk::new(if in_turn { Assignment::RoundRobin } else { Assignment::LeastBusy });
        for step in steps {
            desk.carry_out(step);
            desk.check()?;
        }
        // From here on one operator is there and takes and closes whatever they are asked about: everybody gets an answer.
        let mut willing = Operator::clone(&desk.house.operators[&operator(2)]);
        willing.standing = Standing::Active;
        desk.house.operators.insert(willing.id, Arc::new(willing));
        desk.arrive(operator(2));
        desk.table.staffing.choose(operator(2), true, desk.table.now);
        for _ in 0..4 * (desk.chats.len() + 2) {
            desk.table.staffing.act(operator(2), desk.table.now);
            while let Some(index) = desk.pick(0, |it| it.assignee().is_some_and(|by| by.id == operator(2)) && it.closed_at().is_none()) {
                desk.chats[index].close(desk.table.now);
                desk.tell(index);
            }
            let asked: Vec<_> = desk.table.offers.to(operator(2)).map(|(id, _)| id).collect();
            for index in (0..desk.chats.len()).filter(|index| asked.contains(&desk.chats[*index].id)).collect::<Vec<_>>() {
                desk.take(index, operator(2));
            }
            desk.carry_out(Step::Wait(200));
            desk.check()?;
        }
        prop_assert!(desk.chats.iter().all(|it| it.state != State::Waiting), "somebody waits for ever");
    }
}

//! How a conversation goes from hand to hand among the staff.

use super::conversation::{Assignee, Conversation, IllegalMove, State};
use super::id::OperatorId;

impl Conversation {
    /// Back to those who wait, so that somebody else may take it.
    ///
    /// # Errors
    /// When it is over.
    pub fn hand_on(&mut self) -> Result<(), IllegalMove> {
        match &self.state {
            State::Waiting => Ok(()),
            State::Active { .. } => {
                self.state = State::Waiting;
                Ok(())
            }
            State::Wrapping { .. } => Err(IllegalMove::Ended),
            State::Closed { .. } => Err(IllegalMove::Closed),
        }
    }

    #[must_use]
    pub fn is_guest(&self, id: OperatorId) -> bool {
        self.about.guests.iter().any(|guest| guest.id == id)
    }

    /// Whether this member of staff talks in it: they answer, or joined whoever does.
    #[must_use]
    pub fn is_served_by(&self, id: OperatorId) -> bool {
        self.assignee().is_some_and(|assignee| assignee.id == id) || self.is_guest(id)
    }

    /// Whether this member of staff was brought into it: they talk in it, or, while it goes on, were asked to.
    #[must_use]
    pub fn was_opened_to(&self, id: OperatorId) -> bool {
        self.is_served_by(id) || (self.closed_at().is_none() && self.about.invited.contains(&id))
    }

    /// A colleague joins whoever answers. `Ok(false)` when they were here already.
    ///
    /// # Errors
    /// When nobody answers it yet, or it is over.
    pub fn join(&mut self, guest: Assignee) -> Result<bool, IllegalMove> {
        match &self.state {
            State::Active { .. } if self.is_served_by(guest.id) => Ok(false),
            State::Active { .. } => {
                self.about.invited.remove(&guest.id);
                self.about.guests.push(guest);
                Ok(true)
            }
            State::Waiting => Err(IllegalMove::NotAccepted),
            State::Wrapping { .. } => Err(IllegalMove::Ended),
            State::Closed { .. } => Err(IllegalMove::Closed),
        }
    }

    /// A colleague who had joined goes. `false` when they were no guest.
    pub fn depart(&mut self, id: OperatorId) -> bool {
        let before = self.about.guests.len();
        self.about.guests.retain(|guest| guest.id != id);
        self.about.guests.len() != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::about::About;
    use crate::domain::id::{ConversationId, SiteId};
    use crate::domain::text::Name;
    use crate::domain::time::Timestamp;
    use crate::domain::visitor::Visitor;

    fn person(number: u8, name: &str) -> Assignee {
        Assignee { id: OperatorId::from_bytes([number; 16]), name: Name::parse(name).unwrap() }
    }

    fn conversation() -> Conversation {
        Conversation {
            id: ConversationId::from_bytes([1; 16]),
            site: SiteId::from_bytes([2; 16]),
            visitor: Visitor::default(),
            token_index: [0; 32],
            state: State::Waiting,
            started_at: Timestamp::from_millis(0),
            about: About::default(),
        }
    }

    #[test]
    fn a_guest_writes_along_until_they_go_or_it_is_over() {
        let (anna, bert) = (person(3, "Anna"), person(4, "Bert"));
        let mut it = conversation();
        assert_eq!(it.join(bert.clone()), Err(IllegalMove::NotAccepted));
        it.accept(anna.clone()).unwrap();
        assert_eq!(it.may_operator_write(bert.id), Err(IllegalMove::Taken));
        assert_eq!((it.join(bert.clone()), it.join(bert.clone()), it.join(anna.clone())), (Ok(true), Ok(false), Ok(false)));
        assert_eq!(it.may_operator_write(bert.id), Ok(()));
        assert!(it.is_served_by(anna.id) && it.is_served_by(bert.id));
        assert!(it.depart(bert.id) && !it.depart(bert.id) && !it.depart(anna.id));
        assert_eq!(it.may_operator_write(bert.id), Err(IllegalMove::Taken));
        it.end(Timestamp::from_millis(9)).unwrap();
        assert_eq!(it.join(bert), Err(IllegalMove::Ended));
    }

    #[test]
    fn what_is_handed_on_waits_again_and_a_guest_may_become_the_one_who_answers() {
        let (anna, bert) = (person(3, "Anna"), person(4, "Bert"));
        let mut it = conversation();
        assert_eq!(it.hand_on(), Ok(()), "a waiting one may be pointed at somebody");
        it.accept(anna).unwrap();
        it.join(bert.clone()).unwrap();
        assert_eq!(it.hand_on(), Ok(()));
        assert_eq!((it.state_word(), it.assignee()), ("waiting", None));
        assert_eq!(it.accept(bert.clone()), Ok(true));
        assert!(!it.is_guest(bert.id), "who answers is no guest");
        it.end(Timestamp::from_millis(9)).unwrap();
        assert_eq!(it.hand_on(), Err(IllegalMove::Ended));
        it.close(Timestamp::from_millis(9));
        assert_eq!(it.hand_on(), Err(IllegalMove::Closed));
    }
}

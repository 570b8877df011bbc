//! A conversation and its states: `waiting → active → wrapping → closed`.

use super::about::{About, Channel};
use super::event::Seq;
use super::id::{ConversationId, OperatorId, SiteId};
use super::retention::ClosedKind;
use super::text::Name;
use super::time::Timestamp;
use super::visitor::Visitor;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The visitor waits for somebody.
    Waiting,
    /// An operator has accepted and both may write.
    Active { operator: Assignee },
    /// The visitor has ended the talk; the operator may still read, and then closes.
    Wrapping { operator: Assignee },
    /// Nobody writes any more; the purge policy counts from here.
    Closed { operator: Option<Assignee>, at: Timestamp },
}

/// The operator who answers, with the name as it was at acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignee {
    pub id: OperatorId,
    pub name: Name,
}

/// The head of a conversation: everything about it but its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub id: ConversationId,
    pub site: SiteId,
    pub visitor: Visitor,
    /// The keyed hash of the visitor's token, which is all that ties the visitor's browser to this conversation.
    pub token_index: [u8; 32],
    pub state: State,
    pub started_at: Timestamp,
    pub about: About,
}

/// Why a move is not possible from the present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IllegalMove {
    #[error("This chat is closed.")]
    Closed,
    #[error("Somebody else is already answering this chat.")]
    Taken,
    #[error("The visitor has ended this chat.")]
    Ended,
    #[error("Accept this chat before you answer.")]
    NotAccepted,
    #[error("This chat is full. Please start a new one.")]
    Full,
    #[error("Too many chats are open at the moment. Please try again later.")]
    Crowded,
}

impl Conversation {
    /// An operator takes the conversation. `Ok(false)` when it was theirs already.
    ///
    /// # Errors
    /// When it is somebody else's, or over.
    pub fn accept(&mut self, by: Assignee) -> Result<bool, IllegalMove> {
        match &self.state {
            State::Waiting => {
                self.depart(by.id);
                self.about.invited.remove(&by.id);
                self.state = State::Active { operator: by };
                Ok(true)
            }
            State::Active { operator } if operator.id == by.id => Ok(false),
            State::Active { .. } => Err(IllegalMove::Taken),
            State::Wrapping { .. } => Err(IllegalMove::Ended),
            State::Closed { .. } => Err(IllegalMove::Closed),
        }
    }

    /// Takes the place of whoever answers. `Ok(false)` when that is who asks.
    ///
    /// # Errors
    /// When it is over.
    pub fn take_over(&mut self, by: Assignee) -> Result<bool, IllegalMove> {
        if matches!(&self.state, State::Active { operator } if operator.id != by.id) {
            self.state = State::Waiting;
        }
        self.accept(by)
    }

    /// The visitor ends the talk. Nobody had answered yet: it closes. `Ok(false)` when it had ended already.
    ///
    /// # Errors
    /// When it is closed.
    pub fn end(&mut self, now: Timestamp) -> Result<bool, IllegalMove> {
        match &self.state {
            State::Waiting => {
                self.state = State::Closed { operator: None, at: now };
                Ok(true)
            }
            State::Active { operator } => {
                self.state = State::Wrapping { operator: operator.clone() };
                Ok(true)
            }
            State::Wrapping { .. } => Ok(false),
            State::Closed { .. } => Err(IllegalMove::Closed),
        }
    }

    /// The staff, or the timer, closes. `false` when it was closed already.
    pub fn close(&mut self, now: Timestamp) -> bool {
        let operator = match &self.state {
            State::Waiting => None,
            State::Active { operator } | State::Wrapping { operator } => Some(operator.clone()),
            State::Closed { .. } => return false,
        };
        self.state = State::Closed { operator, at: now };
        true
    }

    /// # Errors
    /// When the visitor may not write any more.
    pub fn may_visitor_write(&self) -> Result<(), IllegalMove> {
        match &self.state {
            State::Waiting | State::Active { .. } => Ok(()),
            State::Wrapping { .. } => Err(IllegalMove::Ended),
            State::Closed { .. } => Err(IllegalMove::Closed),
        }
    }

    /// # Errors
    /// When this operator has neither accepted the conversation nor joined it, or it is over.
    pub fn may_operator_write(&self, id: OperatorId) -> Result<(), IllegalMove> {
        match &self.state {
            State::Active { operator } if operator.id == id || self.is_guest(id) => Ok(()),
            State::Active { .. } => Err(IllegalMove::Taken),
            State::Waiting => Err(IllegalMove::NotAccepted),
            State::Wrapping { .. } => Err(IllegalMove::Ended),
            State::Closed { .. } => Err(IllegalMove::Closed),
        }
    }

    #[must_use]
    pub fn assignee(&self) -> Option<&Assignee> {
        match &self.state {
            State::Waiting => None,
            State::Active { operator } | State::Wrapping { operator } => Some(operator),
            State::Closed { operator, .. } => operator.as_ref(),
        }
    }

    /// What it is to the clocks that it is kept by once it is closed.
    #[must_use]
    pub fn closed_kind(&self) -> ClosedKind {
        match self.about.channel {
            _ if self.about.is_anonymised => ClosedKind::Anonymised,
            Channel::Chat => ClosedKind::Chat,
            Channel::Message => ClosedKind::Message,
        }
    }

    #[must_use]
    pub fn closed_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Closed { at, .. } => Some(at),
            _ => None,
        }
    }

    /// Kept, and not used any more. An open one goes on, and is withheld from when it is closed.
    #[must_use]
    pub fn is_withheld(&self) -> bool {
        self.about.is_restricted && self.closed_at().is_some()
    }

    #[must_use]
    pub fn state_word(&self) -> &'static str {
        match self.state {
            State::Waiting => "waiting",
            State::Active { .. } => "active",
            State::Wrapping { .. } => "wrapping",
            State::Closed { .. } => "closed",
        }
    }
}

/// How far each side has received and read; kept in memory only, since each client says it again when it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Receipts {
    pub delivered_to_visitor: Seq,
    pub delivered_to_operator: Seq,
    pub seen_by_visitor: Seq,
    pub seen_by_operator: Seq,
}

#[cfg(test)]
mod tests {
    use super::*;

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

    fn anna() -> Assignee {
        Assignee { id: OperatorId::from_bytes([3; 16]), name: Name::parse("Anna").unwrap() }
    }

    fn bert() -> Assignee {
        Assignee { id: OperatorId::from_bytes([4; 16]), name: Name::parse("Bert").unwrap() }
    }

    #[test]
    fn a_conversation_runs_its_course_once() {
        let now = Timestamp::from_millis(5);
        let mut it = conversation();
        assert_eq!(it.may_operator_write(anna().id), Err(IllegalMove::NotAccepted));
        assert_eq!(it.accept(anna()), Ok(true));
        assert_eq!(it.accept(anna()), Ok(false));
        assert_eq!(it.accept(bert()), Err(IllegalMove::Taken));
        assert_eq!(it.may_operator_write(bert().id), Err(IllegalMove::Taken));
        assert_eq!(it.end(now), Ok(true));
        assert_eq!(it.may_visitor_write(), Err(IllegalMove::Ended));
        assert!(it.close(now));
        assert!(!it.close(now));
        assert_eq!(it.closed_at(), Some(now));
        assert_eq!(it.assignee(), Some(&anna()));
        assert_eq!(it.accept(anna()), Err(IllegalMove::Closed));
    }

    #[test]
    fn a_visitor_who_leaves_the_queue_closes_the_conversation() {
        let mut it = conversation();
        assert_eq!(it.end(Timestamp::from_millis(9)), Ok(true));
        assert_eq!(it.state_word(), "closed");
        assert_eq!(it.assignee(), None);
    }
}

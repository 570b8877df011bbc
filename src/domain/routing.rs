//! How waiting conversations find somebody who answers.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Routing {
    pub assignment: Assignment,
    /// Seconds in which the operator who was asked has to accept before the next one is asked.
    pub answer_within_seconds: Option<u16>,
    /// Seconds of waiting after which a visitor is offered to leave a message instead.
    pub leave_message_after_seconds: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Assignment {
    /// Whoever is free takes it from the list.
    #[default]
    Manual,
    /// The operator with the fewest chats is asked.
    LeastBusy,
    /// One after the other is asked.
    RoundRobin,
}

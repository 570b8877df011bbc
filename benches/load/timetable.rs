//! Who sends when, in the open loop: the pairs of one thread in turn, visitors as far as they may.

use tokio::sync::mpsc::UnboundedSender;

/// The orders of one client thread. Each is the moment at which a message is meant to be sent.
pub struct Timetable {
    start: u64,
    per_second: f64,
    ordered: u64,
    /// Which share of the messages visitors send, and what is owed to them.
    visitor_share: f64,
    visitor_messages: f64,
    visitors: Vec<UnboundedSender<u64>>,
    operators: Vec<UnboundedSender<u64>>,
    next_visitor: usize,
    next_operator: usize,
}

impl Timetable {
    pub fn new(
        start: u64,
        per_second: f64,
        visitor_messages_per_second: f64,
        visitors: Vec<UnboundedSender<u64>>,
        operators: Vec<UnboundedSender<u64>>,
    ) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a count of pairs")]
        let allowed = visitor_messages_per_second * visitors.len() as f64;
        Self {
            start,
            per_second,
            ordered: 0,
            visitor_share: (allowed / per_second.max(1.0)).min(0.5),
            visitor_messages: 0.0,
            visitors,
            operators,
            next_visitor: 0,
            next_operator: 0,
        }
    }

    /// Gives every order that is due by now.
    pub fn order_until(&mut self, now: u64) {
        loop {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "far below 2^52"
            )]
            let meant = self.start + (self.ordered as f64 * 1e9 / self.per_second) as u64;
            if meant > now || self.operators.is_empty() {
                return;
            }
            self.visitor_messages += self.visitor_share;
            let (senders, next) = if self.visitor_messages >= 1.0 {
                self.visitor_messages -= 1.0;
                (&self.visitors, &mut self.next_visitor)
            } else {
                (&self.operators, &mut self.next_operator)
            };
            // A closed channel is a broken connection, which reports itself.
            let _ = senders[*next % senders.len()].send(meant);
            *next += 1;
            self.ordered += 1;
        }
    }
}

//! A visitor: a person on a site, anonymous until they say who they are.

use super::limits;
use super::text::{EmailAddress, Name, PhoneNumber};
use super::time::Timestamp;

/// What a visitor has told about themselves. Lives in the drawer of their conversation and goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visitor {
    pub name: Option<Name>,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneNumber>,
    /// What they agreed to, if the site asks.
    pub consent: Option<ConsentGiven>,
}

/// Which version of the site's consent text a visitor has agreed to, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentGiven {
    pub version: u32,
    pub at: Timestamp,
}

/// How many messages a visitor may send: a burst, and how fast it fills up again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowance {
    pub burst: u32,
    pub per_second: f64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { burst: limits::VISITOR_MESSAGE_BURST, per_second: limits::VISITOR_MESSAGES_PER_SECOND }
    }
}

impl Allowance {
    /// Takes one message from what is `left` (a number and the time it was true).
    ///
    /// # Errors
    /// The whole seconds to wait when nothing is left.
    pub fn take(&self, left: &mut (f64, Timestamp), now: Timestamp) -> Result<(), u32> {
        let refilled = left.0 + now.since(left.1).as_secs_f64() * self.per_second;
        let available = refilled.min(f64::from(self.burst));
        if available < 1.0 {
            *left = (available, now);
            let seconds = ((1.0 - available) / self.per_second.max(0.001)).ceil();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 1,000 and never negative")]
            return Err(seconds as u32);
        }
        *left = (available - 1.0, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_a_rate() {
        let allowance = Allowance { burst: 2, per_second: 1.0 };
        let at = Timestamp::from_millis;
        let mut left = (2.0, at(0));
        assert_eq!(allowance.take(&mut left, at(0)), Ok(()));
        assert_eq!(allowance.take(&mut left, at(0)), Ok(()));
        assert_eq!(allowance.take(&mut left, at(0)), Err(1));
        assert_eq!(allowance.take(&mut left, at(1_000)), Ok(()));
        assert_eq!(allowance.take(&mut left, at(1_000)), Err(1));
        assert_eq!(allowance.take(&mut left, at(60_000)), Ok(()));
        assert_eq!(allowance.take(&mut left, at(60_000)), Ok(()));
        assert_eq!(allowance.take(&mut left, at(60_000)), Err(1));
    }
}

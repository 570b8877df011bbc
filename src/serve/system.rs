//! The real clock and the real randomness: the only place of the product that reads either.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::time::Timestamp;
use crate::service::{Clock, Random};

/// The clock of this machine.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, i64::wrapping_neg),
        };
        Timestamp::from_millis(millis)
    }
}

/// The randomness of the operating system.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // A kernel that once gave random bytes always does (getrandom(2)). Should that ever be untrue, stopping is all that is
        // left: an id or a token that can be guessed would open somebody's conversation.
        if getrandom::fill(bytes).is_err() {
            tracing::error!("the operating system gives no random bytes: stopping");
            std::process::abort();
        }
    }
}

//! Token buckets, kept as one number each: when the stock will be full again. What is not remembered is full, so forgetting is
//! safe as long as those go first who have used the least.

use std::collections::HashMap;

use crate::domain::limits;
use crate::domain::throttle::Rate;
use crate::domain::time::Timestamp;

/// Whose stock it is: an address or a digest, by no name that anybody could read.
pub(super) type Holder = u128;

/// The stocks of one limit.
#[derive(Default)]
pub(super) struct Stocks {
    /// In microseconds: a limit may give thousands an hour.
    full_at: HashMap<Holder, i64>,
}

impl Stocks {
    /// When the stock would be full again if one more were taken now.
    ///
    /// # Errors
    /// The microseconds to wait while nothing is left.
    pub fn look(&self, holder: Holder, rate: Rate, now: i64) -> Result<i64, i64> {
        let every = rate.every_micros();
        let empty = now.saturating_add(every.saturating_mul(i64::from(rate.burst)));
        // Never later than an empty stock takes to fill: neither a clock that was set back nor a limit that was lowered locks
        // anybody out for longer.
        let full = self.full_at.get(&holder).map_or(now, |full| (*full).clamp(now, empty));
        let taken = full.saturating_add(every);
        if taken > empty { Err(taken - empty) } else { Ok(taken) }
    }

    pub fn set(&mut self, holder: Holder, full_at: i64, now: i64) {
        if self.full_at.len() >= limits::REMEMBERED_STOCKS && !self.full_at.contains_key(&holder) {
            self.make_room(now);
        }
        self.full_at.insert(holder, full_at);
    }

    /// What was taken turned out not to count.
    pub fn give_back(&mut self, holder: Holder, rate: Rate) {
        if let Some(full_at) = self.full_at.get_mut(&holder) {
            *full_at = full_at.saturating_sub(rate.every_micros());
        }
    }

    /// Forgets what is full again; when that is not enough, the quarter of those who have used the least. So whoever wants
    /// somebody's attempts forgotten has to use up as many for each of thousands of others, in the time in which one comes back. A
    /// quarter at a time, so that a flood of addresses does not pay for itself in our time.
    fn make_room(&mut self, now: i64) {
        self.full_at.retain(|_, full_at| now < *full_at);
        let kept = limits::REMEMBERED_STOCKS / 4 * 3;
        let mut over = self.full_at.len().saturating_sub(kept);
        if over == 0 {
            return;
        }
        let mut used: Vec<i64> = self.full_at.values().copied().collect();
        let (_, &mut least, _) = used.select_nth_unstable(over - 1);
        self.full_at.retain(|_, full_at| {
            let goes = over > 0 && *full_at <= least;
            over -= usize::from(goes);
            !goes
        });
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.full_at.len()
    }
}

pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_millis().saturating_mul(1_000)
}

/// Whole seconds, for people and for `Retry-After`.
pub(super) fn seconds(micros: i64) -> u32 {
    u32::try_from(micros.max(0).unsigned_abs().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

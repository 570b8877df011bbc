//! How long a visitor may have to wait, told from how long others have waited a moment ago. In memory only.

use std::collections::VecDeque;
use std::time::Duration;

use super::limits;
use super::time::Timestamp;

/// The recent waits of one queue.
#[derive(Debug, Default)]
pub struct Waits {
    /// When somebody was answered, and how long each place of the queue had taken them.
    recent: VecDeque<(Timestamp, Duration)>,
}

impl Waits {
    /// Somebody was answered who had waited this long, from this place on.
    pub fn note(&mut self, now: Timestamp, waited: Duration, place: usize) {
        let places = u32::try_from(place.max(1)).unwrap_or(u32::MAX);
        self.recent.push_back((now, waited / places));
        if self.recent.len() > limits::REMEMBERED_WAITS {
            self.recent.pop_front();
        }
    }

    /// How long it may take from this place; `None` while too little is known to say something true.
    #[must_use]
    pub fn expected(&self, now: Timestamp, place: usize) -> Option<Duration> {
        let is_fresh = |at: Timestamp| now.since(at) < limits::WAITS_COUNT_FOR;
        let mut each: Vec<_> = self.recent.iter().filter(|(at, _)| is_fresh(*at)).map(|(_, each)| *each).collect();
        if each.len() < limits::WAITS_NEEDED {
            return None;
        }
        // The middle one: a single visitor who was forgotten over lunch says nothing about the next.
        each.sort_unstable();
        let middle = each.get(each.len() / 2).copied()?;
        Some(middle.saturating_mul(u32::try_from(place.max(1)).unwrap_or(u32::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_comes_from_the_middle_of_the_recent_waits() {
        let (mut waits, now) = (Waits::default(), Timestamp::from_millis(1_000_000_000));
        let seconds = Duration::from_secs;
        waits.note(now, seconds(40), 1);
        waits.note(now, seconds(120), 2);
        assert_eq!(waits.expected(now, 1), None, "two say too little");
        waits.note(now, seconds(3_000), 1);
        assert_eq!(waits.expected(now, 1), Some(seconds(60)));
        assert_eq!(waits.expected(now, 3), Some(seconds(180)));
        assert_eq!(waits.expected(now.plus(limits::WAITS_COUNT_FOR), 1), None, "that was long ago");
    }

    #[test]
    fn only_the_last_ones_are_remembered() {
        let (mut waits, now) = (Waits::default(), Timestamp::from_millis(0));
        for _ in 0..limits::REMEMBERED_WAITS {
            waits.note(now, Duration::from_secs(600), 1);
        }
        for _ in 0..limits::REMEMBERED_WAITS {
            waits.note(now, Duration::from_secs(6), 1);
        }
        assert_eq!(waits.expected(now, 1), Some(Duration::from_secs(6)));
    }
}

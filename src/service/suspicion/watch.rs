//! Counting what is odd, source by source, within a span of time. Memory is bounded: whoever was counted least is forgotten first.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;

use crate::domain::limits;
use crate::domain::time::Timestamp;

/// A source, or what is aimed at: an address, an account, a person.
pub(super) type Source = u128;

/// When it becomes a matter for people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Threshold {
    pub within: Duration,
    /// So many different things, such as accounts or addresses of pages.
    pub distinct: usize,
    /// Or so many altogether.
    pub times: u32,
}

/// One kind of oddness.
#[derive(Default)]
pub(super) struct Watch(Mutex<HashMap<Source, Seen>>);

struct Seen {
    since: Timestamp,
    times: u32,
    distinct: Vec<u64>,
    /// When people were told, and of how many times by now.
    told: Option<(Timestamp, u32)>,
}

/// People have to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    /// How many times more than they know of.
    pub more: u32,
    /// Nobody was told within the last hour.
    pub is_new: bool,
}

impl Watch {
    /// Something odd. Tells people when it is enough, and within the hour after that each time it has doubled.
    pub fn note(&self, source: Source, what: u64, threshold: Threshold, now: Timestamp) -> Option<Told> {
        let mut table = self.0.lock();
        make_room(&mut table, source, now);
        let seen = table.entry(source).or_insert_with(|| Seen::new(now));
        let is_over = match seen.told {
            Some((at, _)) => now.since(at) >= limits::ALERT_PAUSE,
            None => now.since(seen.since) >= threshold.within,
        };
        // A clock that was set back begins anew as well.
        if is_over || now < seen.since {
            *seen = Seen::new(now);
        }
        seen.times = seen.times.saturating_add(1);
        if !seen.distinct.contains(&what) && seen.distinct.len() < threshold.distinct {
            seen.distinct.push(what);
        }
        match seen.told {
            None if seen.distinct.len() >= threshold.distinct || seen.times >= threshold.times => {
                seen.told = Some((now, seen.times));
                Some(Told { more: seen.times, is_new: true })
            }
            Some((at, known)) if seen.times >= known.saturating_mul(2) => {
                seen.told = Some((at, seen.times));
                Some(Told { more: seen.times - known, is_new: false })
            }
            _ => None,
        }
    }

    /// Whether people know of this source already.
    pub fn is_told(&self, source: Source) -> bool {
        self.0.lock().get(&source).is_some_and(|seen| seen.told.is_some())
    }

    /// It was not odd after all: whoever mistyped has come in.
    pub fn forgive(&self, source: Source, what: u64) {
        if let Some(seen) = self.0.lock().get_mut(&source) {
            seen.distinct.retain(|it| *it != what);
        }
    }
}

impl Seen {
    fn new(now: Timestamp) -> Self {
        Self { since: now, times: 0, distinct: Vec::new(), told: None }
    }
}

fn make_room(table: &mut HashMap<Source, Seen>, source: Source, now: Timestamp) {
    if table.len() < limits::WATCHED_SOURCES || table.contains_key(&source) {
        return;
    }
    table.retain(|_, seen| now.since(seen.since) < limits::ALERT_PAUSE);
    let over = table.len().saturating_sub(limits::WATCHED_SOURCES / 4 * 3);
    if over == 0 {
        return;
    }
    let mut times: Vec<u32> = table.values().map(|seen| seen.times).collect();
    let (_, &mut least, _) = times.select_nth_unstable(over - 1);
    let mut over = over;
    table.retain(|_, seen| {
        let goes = over > 0 && seen.times <= least;
        over -= usize::from(goes);
        !goes
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const THRESHOLD: Threshold = Threshold { within: Duration::from_secs(300), distinct: 3, times: 10 };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn people_are_told_once_an_hour_and_when_it_doubles() {
        let watch = Watch::default();
        assert_eq!(watch.note(1, 1, THRESHOLD, at(0)), None);
        assert_eq!(watch.note(1, 2, THRESHOLD, at(1)), None);
        assert_eq!(watch.note(1, 3, THRESHOLD, at(2)), Some(Told { more: 3, is_new: true }));
        assert_eq!(watch.note(1, 4, THRESHOLD, at(3)), None);
        assert_eq!(watch.note(1, 4, THRESHOLD, at(4)), None);
        assert_eq!(watch.note(1, 4, THRESHOLD, at(3_000)), Some(Told { more: 3, is_new: false }));
        assert_eq!(watch.note(2, 1, THRESHOLD, at(3_001)), None, "another source is another matter");
        // An hour later it begins anew.
        assert_eq!(watch.note(1, 1, THRESHOLD, at(3_602)), None);
        assert_eq!(watch.note(1, 2, THRESHOLD, at(3_603)), None);
        assert_eq!(watch.note(1, 3, THRESHOLD, at(3_604)), Some(Told { more: 3, is_new: true }));
    }

    #[test]
    fn the_same_thing_again_takes_longer_and_what_is_old_does_not_count() {
        let watch = Watch::default();
        let told: Vec<_> = (0..10).filter_map(|n| watch.note(1, 7, THRESHOLD, at(n))).collect();
        assert_eq!(told, [Told { more: 10, is_new: true }]);
        for n in 0..20 {
            assert_eq!(watch.note(2, n as u64, THRESHOLD, at(n * 200)), None, "never three within five minutes");
        }
    }

    #[test]
    fn who_came_in_after_all_does_not_count() {
        let watch = Watch::default();
        for account in 0..50 {
            assert_eq!(watch.note(1, account, Threshold { times: 1_000, ..THRESHOLD }, at(0)), None);
            watch.forgive(1, account);
        }
    }

    #[test]
    fn a_flood_of_sources_makes_nobody_forgotten_who_was_counted_more() {
        let watch = Watch::default();
        watch.note(7, 1, THRESHOLD, at(0));
        watch.note(7, 2, THRESHOLD, at(0));
        for source in 0..(2 * limits::WATCHED_SOURCES as u128) {
            watch.note(1_000 + source, 1, THRESHOLD, at(1));
        }
        assert!(watch.0.lock().len() <= limits::WATCHED_SOURCES);
        assert_eq!(watch.note(7, 3, THRESHOLD, at(2)), Some(Told { more: 3, is_new: true }));
    }
}

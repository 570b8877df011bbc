//! When a schedule comes round: on the wall clock of its zone, across the days on which that is set. Pure: the caller brings the
//! times.
//!
//! An hour that a clock change skips is taken right after the gap, and one that comes twice is taken the first time; what comes each
//! hour comes in both. A run that was missed is made up for once, however many were missed.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::purge_rule::{Every, Schedule};
use super::time::Timestamp;

/// How far a day is looked for: a month and the longest one after it, and the day on either side that a zone may have skipped.
const DAYS: i32 = 66;
/// How far a full hour is looked for. Zones have moved by half an hour (Lord Howe), and by less in former times.
const MINUTES: i64 = 150;

impl Schedule {
    /// The first time after `after`.
    #[must_use]
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let zone = self.zone();
        let start = local(after, &zone)?;
        if self.every == Every::Hour {
            let minute = start.timestamp().as_second().div_euclid(60);
            return (1..=MINUTES).find_map(|ahead| full_hour(minute + ahead, &zone));
        }
        let yesterday = start.date().saturating_sub(1.day());
        (0..DAYS).filter_map(|ahead| self.on(yesterday.checked_add(ahead.days()).ok()?, &zone)).find(|at| *at > after)
    }

    /// The last time that is not after `until`.
    #[must_use]
    pub fn last_until(&self, until: Timestamp) -> Option<Timestamp> {
        let zone = self.zone();
        let start = local(until, &zone)?;
        if self.every == Every::Hour {
            let minute = start.timestamp().as_second().div_euclid(60);
            return (0..MINUTES).find_map(|back| full_hour(minute - back, &zone));
        }
        let tomorrow = start.date().saturating_add(1.day());
        (0..DAYS).filter_map(|back| self.on(tomorrow.checked_sub(back.days()).ok()?, &zone)).find(|at| *at <= until)
    }

    /// A zone that has left the database since it was chosen: an hour that is off is better than none.
    fn zone(&self) -> TimeZone {
        TimeZone::get(self.zone.as_str()).unwrap_or(TimeZone::UTC)
    }

    /// When it comes on this day, if it does.
    fn on(&self, day: Date, zone: &TimeZone) -> Option<Timestamp> {
        let comes = match self.every {
            Every::Hour => false,
            Every::Day => true,
            Every::Week(weekday) => u8::try_from(day.weekday().to_monday_one_offset()).is_ok_and(|it| it == weekday),
            Every::Month(wanted) => {
                let wanted = i8::try_from(wanted).unwrap_or(i8::MAX).min(day.days_in_month());
                day.day() == wanted
            }
        };
        if !comes {
            return None;
        }
        let at = day.at(i8::try_from(self.hour).ok()?, 0, 0, 0).to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    Some(jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(zone.clone()))
}

/// This minute since 1970, when clocks in the zone show a full hour in it.
fn full_hour(minute: i64, zone: &TimeZone) -> Option<Timestamp> {
    let at = Timestamp::from_millis(minute.checked_mul(60_000)?);
    let there = local(at, zone)?;
    (there.minute() == 0 && there.second() == 0).then_some(at)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;

//! Reports: how many chats there were, how long people waited, how they were rated. They are built from counters that hold nothing
//! about anybody who wrote: one for each site, department, operator and day, with small histograms. A chat is counted when it is
//! closed, for the day and hour at which it began on the clock of its site; a rating that comes later is counted when it comes.
//!
//! Pure: the same numbers come out whether they were counted one by one or recomputed from the conversations (see the tests).

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Unit};

use super::id::{DepartmentId, OperatorId, SiteId};
use super::retention::ZoneName;
use super::time::Timestamp;

/// A day of the calendar, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// This is not a day as `2026-11-22` writes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write a day like 2026-11-22.")]
pub struct NotADay;

/// A day and an hour on the clock of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub day: Day,
    pub hour: u8,
}

/// What one counter counts: everything of one site, department and operator on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counted {
    pub day: Day,
    pub site: SiteId,
    pub department: Option<DepartmentId>,
    /// Who had the chat at the end; nobody for one that was missed.
    pub operator: Option<OperatorId>,
}

/// The numbers of one counter, or of many together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    pub answered: u32,
    /// Closed before anybody answered.
    pub missed: u32,
    /// Left while nobody was there, and answered or not.
    pub messages: u32,
    /// Chats, answered and missed ones, by the hour at which they began.
    pub by_hour: [u32; 24],
    /// From the beginning to the first answer.
    pub waiting: Durations,
    /// From the first answer to the end.
    pub handling: Durations,
    /// How often one star was given, two, … five.
    pub ratings: [u32; 5],
}

/// The upper ends of the intervals that durations are sorted into, in seconds; what takes longer than the last is in one more.
pub const BOUNDS: [u32; 24] = [
    5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1_200, 1_800, 2_700, 3_600, 5_400, 7_200, 14_400, 28_800,
    86_400,
];

/// How many durations fell into each interval. Nobody can tell from it how long one particular chat took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Durations(pub [u32; BOUNDS.len() + 1]);

/// What is counted of a chat that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub site: SiteId,
    pub department: Option<DepartmentId>,
    pub operator: Option<OperatorId>,
    /// Left as a message while nobody was there.
    pub is_message: bool,
    pub started_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub closed_at: Timestamp,
    /// 1 to 5.
    pub stars: Option<u8>,
}

impl Day {
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// # Errors
    /// When it is not a day as `2026-11-22` writes one.
    pub fn parse(raw: &str) -> Result<Self, NotADay> {
        raw.trim().parse::<Date>().map(Self::of_date).map_err(|_| NotADay)
    }

    /// The day so many days later; earlier, when it is negative. Stays within the calendar.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// 0 is Monday.
    #[must_use]
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((i64::from(self.0) + 3).rem_euclid(7)).unwrap_or_default()
    }

    /// The first day of its month.
    #[must_use]
    pub fn month(self) -> Self {
        Self::of_date(self.date().first_of_month())
    }

    /// `22 Nov`
    #[must_use]
    pub fn short(self) -> String {
        self.date().strftime("%-d %b").to_string()
    }

    /// `Nov 2026`
    #[must_use]
    pub fn month_name(self) -> String {
        self.date().strftime("%b %Y").to_string()
    }

    fn of_date(date: Date) -> Self {
        let days = EPOCH.until((Unit::Day, date)).map_or(0, |span| span.get_days());
        Self(days)
    }

    fn date(self) -> Date {
        EPOCH.saturating_add(self.0.days())
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl Moment {
    /// What the clock of the zone shows; of UTC for a zone that has left the database since it was chosen.
    #[must_use]
    pub fn of(at: Timestamp, zone: &ZoneName) -> Self {
        let zone = TimeZone::get(zone.as_str()).unwrap_or(TimeZone::UTC);
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(zone);
        Self { day: Day::of_date(at.date()), hour: u8::try_from(at.hour()).unwrap_or_default() }
    }
}

impl Durations {
    pub fn add(&mut self, seconds: u64) {
        let place = BOUNDS.iter().position(|bound| seconds < u64::from(*bound)).unwrap_or(BOUNDS.len());
        self.0[place] = self.0[place].saturating_add(1);
    }

    pub fn merge(&mut self, other: &Self) {
        add_each(&mut self.0, &other.0);
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|count| u64::from(*count)).sum()
    }

    /// About how many seconds half of them took at most: exact to the interval, and within it as if they lay evenly. More than
    /// a day reads as a day.
    #[must_use]
    pub fn median(&self) -> Option<u32> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        // Half of them, counted in halves so that an odd number has a middle.
        let mut before = 0_u64;
        for (place, here) in self.0.iter().enumerate() {
            let here = u64::from(*here) * 2;
            if before + here >= count {
                let low = if place == 0 { 0 } else { BOUNDS[place - 1] };
                let high = BOUNDS.get(place).copied().unwrap_or(low);
                let share = u64::from(high - low) * (count - before) / here.max(1);
                return Some(low + u32::try_from(share).unwrap_or_default());
            }
            before += here;
        }
        None
    }
}

impl Tally {
    /// Chats that began, answered or not; messages are none.
    #[must_use]
    pub const fn chats(&self) -> u32 {
        self.answered.saturating_add(self.missed)
    }

    pub fn merge(&mut self, other: &Self) {
        self.answered = self.answered.saturating_add(other.answered);
        self.missed = self.missed.saturating_add(other.missed);
        self.messages = self.messages.saturating_add(other.messages);
        add_each(&mut self.by_hour, &other.by_hour);
        add_each(&mut self.ratings, &other.ratings);
        self.waiting.merge(&other.waiting);
        self.handling.merge(&other.handling);
    }

    /// One rating alone.
    #[must_use]
    pub fn rated(stars: u8) -> Self {
        let mut tally = Self::default();
        if let Some(count) = tally.ratings.get_mut(usize::from(stars).wrapping_sub(1)) {
            *count = 1;
        }
        tally
    }

    /// Takes one rating back, which the visitor has exchanged for another.
    pub fn retract(&mut self, stars: u8) {
        if let Some(count) = self.ratings.get_mut(usize::from(stars).wrapping_sub(1)) {
            *count = count.saturating_sub(1);
        }
    }

    #[must_use]
    pub fn rated_chats(&self) -> u64 {
        self.ratings.iter().map(|count| u64::from(*count)).sum()
    }

    /// The mean of the stars in tenths, rounded: 43 is 4.3.
    #[must_use]
    pub fn stars_in_tenths(&self) -> Option<u64> {
        let count = self.rated_chats();
        let sum: u64 = (1..).zip(&self.ratings).map(|(stars, count)| stars * u64::from(*count)).sum();
        (count > 0).then(|| (sum * 20 / count).div_ceil(2))
    }
}

fn add_each<const N: usize>(into: &mut [u32; N], from: &[u32; N]) {
    for (into, from) in into.iter_mut().zip(from) {
        *into = into.saturating_add(*from);
    }
}

impl Outcome {
    /// Which counter it belongs to, and what it adds there.
    #[must_use]
    pub fn counted(&self, zone: &ZoneName) -> (Counted, Tally) {
        let Moment { day, hour } = Moment::of(self.started_at, zone);
        let mut tally = self.stars.map(Tally::rated).unwrap_or_default();
        if self.is_message {
            tally.messages = 1;
        } else {
            tally.by_hour[usize::from(hour) % 24] = 1;
            match self.answered_at {
                Some(answered_at) => {
                    tally.answered = 1;
                    tally.waiting.add(answered_at.since(self.started_at).as_secs());
                    tally.handling.add(self.closed_at.since(answered_at).as_secs());
                }
                None => tally.missed = 1,
            }
        }
        (self.counter(day), tally)
    }

    /// Which counter it belongs to, for what is to be added when the chat was counted already.
    #[must_use]
    pub fn counter_of(&self, zone: &ZoneName) -> Counted {
        self.counter(Moment::of(self.started_at, zone).day)
    }

    const fn counter(&self, day: Day) -> Counted {
        Counted { day, site: self.site, department: self.department, operator: self.operator }
    }
}

/// What a report is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub first: Day,
    pub last: Day,
    pub site: Option<SiteId>,
    pub department: Option<DepartmentId>,
    pub operator: Option<OperatorId>,
}

impl Question {
    #[must_use]
    pub fn concerns(&self, it: &Counted) -> bool {
        (self.first..=self.last).contains(&it.day)
            && self.site.is_none_or(|site| site == it.site)
            && self.department.is_none_or(|department| it.department == Some(department))
            && self.operator.is_none_or(|operator| it.operator == Some(operator))
    }
}

/// Counters together, from every side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub all: Tally,
    /// Only days on which something was counted.
    pub days: BTreeMap<Day, Tally>,
    /// Monday first.
    pub weekdays: [Tally; 7],
    pub sites: BTreeMap<SiteId, Tally>,
    pub departments: BTreeMap<(SiteId, Option<DepartmentId>), Tally>,
    pub operators: BTreeMap<Option<OperatorId>, Tally>,
}

impl Report {
    pub fn add(&mut self, counted: &Counted, tally: &Tally) {
        self.all.merge(tally);
        self.days.entry(counted.day).or_default().merge(tally);
        self.weekdays[counted.day.weekday()].merge(tally);
        self.sites.entry(counted.site).or_default().merge(tally);
        self.departments.entry((counted.site, counted.department)).or_default().merge(tally);
        self.operators.entry(counted.operator).or_default().merge(tally);
    }
}

/// The days of a drawing: each, or weeks or months of them where there would be too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    Day,
    Week,
    Month,
}

impl Grain {
    #[must_use]
    pub fn fitting(first: Day, last: Day) -> Self {
        match last.number().saturating_sub(first.number()) {
            ..=45 => Self::Day,
            46..=200 => Self::Week,
            _ => Self::Month,
        }
    }

    /// The first day of the span that a day belongs to.
    #[must_use]
    pub fn start(self, day: Day) -> Day {
        match self {
            Self::Day => day,
            Self::Week => day.plus(-i32::try_from(day.weekday()).unwrap_or_default()),
            Self::Month => day.month(),
        }
    }

    /// The first day of the next span.
    fn after(self, start: Day) -> Day {
        match self {
            Self::Day => start.plus(1),
            Self::Week => start.plus(7),
            Self::Month => start.plus(31).month(),
        }
    }

    /// Every span from `first` to `last` with what was counted in it, empty ones too.
    #[must_use]
    pub fn spans(self, first: Day, last: Day, days: &BTreeMap<Day, Tally>) -> Vec<(Day, Tally)> {
        let mut spans = Vec::new();
        let mut start = self.start(first);
        while start <= last {
            let next = self.after(start);
            let mut tally = Tally::default();
            days.range(start..next).for_each(|(_, it)| tally.merge(it));
            spans.push((start, tally));
            start = next;
        }
        spans
    }

    #[must_use]
    pub fn label(self, start: Day) -> String {
        match self {
            Self::Day | Self::Week => start.short(),
            Self::Month => start.month_name(),
        }
    }
}

/// What an hour of the clock is called; `Weekday` names the days.
#[must_use]
pub fn weekday_name(index: usize) -> &'static str {
    match Weekday::from_monday_zero_offset(i8::try_from(index % 7).unwrap_or_default()) {
        Ok(Weekday::Tuesday) => "Tuesday",
        Ok(Weekday::Wednesday) => "Wednesday",
        Ok(Weekday::Thursday) => "Thursday",
        Ok(Weekday::Friday) => "Friday",
        Ok(Weekday::Saturday) => "Saturday",
        Ok(Weekday::Sunday) => "Sunday",
        Ok(Weekday::Monday) | Err(_) => "Monday",
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;

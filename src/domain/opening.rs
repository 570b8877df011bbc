//! Whether a site or a department is open at a moment, and when it opens next. What counts is the clock on the wall of its
//! zone: an hour that a clock change skips is nobody's hour, and one that comes twice is kept both times.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::hours::{Hours, Span, Week};
use super::limits;
use super::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    Open,
    /// `None`: as far as anybody has said, never again.
    Closed {
        opens_at: Option<Timestamp>,
    },
}

impl Opening {
    #[must_use]
    pub fn is_open(self) -> bool {
        self == Self::Open
    }

    #[must_use]
    pub fn opens_at(self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Closed { opens_at } => opens_at,
        }
    }
}

impl Hours {
    #[must_use]
    pub fn opening(&self, now: Timestamp) -> Opening {
        if self.is_open(now) { Opening::Open } else { Opening::Closed { opens_at: self.next_opening(now) } }
    }

    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        match self {
            Self::Always => true,
            Self::Weekly(week) => week.is_open(now),
        }
    }

    fn next_opening(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Always => Some(after),
            Self::Weekly(week) => week.next_opening(after),
        }
    }
}

impl Week {
    fn time_zone(&self) -> TimeZone {
        // A zone that has left the database since it was chosen: then the hours are kept, if not quite at the right time.
        TimeZone::get(self.zone.as_str()).unwrap_or(TimeZone::UTC)
    }

    /// The spans of one day: those of a holiday in the place of the weekday's.
    #[must_use]
    pub fn spans(&self, date: Date) -> &[Span] {
        if let Some(holiday) = self.holidays.iter().find(|holiday| holiday.date.date() == date) {
            return &holiday.spans;
        }
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.days.get(day).map_or(&[], Vec::as_slice)
    }

    fn is_open(&self, at: Timestamp) -> bool {
        let Ok(at) = jiff::Timestamp::from_millisecond(at.as_millis()) else { return false };
        self.is_open_on_the_wall(&at.to_zoned(self.time_zone()))
    }

    fn is_open_on_the_wall(&self, at: &Zoned) -> bool {
        let minute = i32::from(at.hour()) * 60 + i32::from(at.minute());
        self.spans(at.date()).iter().any(|span| (i32::from(span.from_minute)..i32::from(span.to_minute)).contains(&minute))
    }

    /// The first moment after this one at which it is open: where a span begins, or where the clock jumps into the middle of one.
    fn next_opening(&self, after: Timestamp) -> Option<Timestamp> {
        if self.days.iter().all(Vec::is_empty) && self.holidays.iter().all(|holiday| holiday.spans.is_empty()) {
            return None;
        }
        let zone = self.time_zone();
        let after = jiff::Timestamp::from_millisecond(after.as_millis()).ok()?;
        let first_day = after.to_zoned(zone.clone()).date();
        let end = after.checked_add(((limits::OPENING_DAYS + 1) * 24).hours()).ok()?;
        let is_open = |at: &jiff::Timestamp| *at > after && self.is_open_on_the_wall(&at.to_zoned(zone.clone()));
        let jump = zone.following(after).map(|change| change.timestamp()).take_while(|at| *at < end).find(is_open);
        let beginning = (0..=limits::OPENING_DAYS).find_map(|days| {
            let date = first_day.checked_add(days.days()).ok()?;
            let begins = self.spans(date).iter().filter_map(|span| {
                let (hour, minute) = (span.from_minute / 60, span.from_minute % 60);
                let wall = date.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0);
                // In the hour that comes twice there are two beginnings; in one that is skipped there is none, but a jump.
                let at = zone.to_ambiguous_zoned(wall);
                [at.clone().earlier(), at.later()].into_iter().flatten().map(|at| at.timestamp()).filter(is_open).min()
            });
            begins.min()
        });
        let at = [jump, beginning].into_iter().flatten().min()?;
        Some(Timestamp::from_millis(at.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::hours::{CalendarDay, Holiday};
    use crate::domain::retention::ZoneName;
    use crate::domain::text::Name;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn span(from: u16, to: u16) -> Span {
        Span::new(from, to).unwrap()
    }

    /// Nine to five from Monday to Friday in Berlin, but for two days.
    fn office() -> Hours {
        let nine_to_five = || vec![span(9 * 60, 17 * 60)];
        let holiday = |day, spans| Holiday { date: CalendarDay::parse(day).unwrap(), name: Name::parse("Feast").unwrap(), spans };
        Hours::Weekly(Week {
            zone: ZoneName::parse("Europe/Berlin").unwrap(),
            days: std::array::from_fn(|day| if day < 5 { nine_to_five() } else { Vec::new() }),
            holidays: vec![holiday("2026-12-24", vec![span(9 * 60, 12 * 60)]), holiday("2026-12-25", Vec::new())],
        })
    }

    fn opens(hours: &Hours, now: &str) -> Option<String> {
        match hours.opening(at(now)) {
            Opening::Open => None,
            Opening::Closed { opens_at } => Some(opens_at.unwrap().to_string()),
        }
    }

    #[test]
    fn an_office_keeps_its_hours_and_its_holidays() {
        let office = office();
        assert_eq!(opens(&office, "2026-11-23T07:59:00Z").as_deref(), Some("2026-11-23T08:00:00.000Z"));
        assert_eq!(opens(&office, "2026-11-23T08:00:00Z"), None);
        assert_eq!(opens(&office, "2026-11-23T15:59:59Z"), None);
        assert_eq!(opens(&office, "2026-11-23T16:00:00Z").as_deref(), Some("2026-11-24T08:00:00.000Z"));
        assert_eq!(opens(&office, "2026-11-27T20:00:00Z").as_deref(), Some("2026-11-30T08:00:00.000Z"), "over the weekend");
        assert_eq!(opens(&office, "2026-12-24T10:59:00Z"), None);
        // Christmas and the weekend behind it.
        assert_eq!(opens(&office, "2026-12-24T11:00:00Z").as_deref(), Some("2026-12-28T08:00:00.000Z"));
        // In summer nine o'clock is an hour earlier.
        assert_eq!(opens(&office, "2026-07-06T06:30:00Z").as_deref(), Some("2026-07-06T07:00:00.000Z"));
    }

    #[test]
    fn who_never_opens_says_no_time_and_who_always_does_is_open() {
        let never = Week { zone: ZoneName::utc(), days: Default::default(), holidays: Vec::new() };
        assert_eq!(Hours::Weekly(never).opening(at("2026-11-23T08:00:00Z")), Opening::Closed { opens_at: None });
        assert_eq!(Hours::Always.opening(at("2026-11-23T08:00:00Z")), Opening::Open);
    }

    fn every_day(zone: &str, from: u16, to: u16) -> Hours {
        let days = std::array::from_fn(|_| vec![span(from, to)]);
        Hours::Weekly(Week { zone: ZoneName::parse(zone).unwrap(), days, holidays: Vec::new() })
    }

    #[test]
    fn an_hour_that_is_skipped_opens_right_behind_the_gap() {
        // In Berlin 02:00 to 03:00 is not there on 29 March 2026.
        let early = every_day("Europe/Berlin", 150, 300);
        assert_eq!(opens(&early, "2026-03-29T00:30:00Z").as_deref(), Some("2026-03-29T01:00:00.000Z"));
        let skipped = every_day("Europe/Berlin", 120, 180);
        assert_eq!(opens(&skipped, "2026-03-29T00:30:00Z").as_deref(), Some("2026-03-30T00:00:00.000Z"));
    }

    #[test]
    fn an_hour_that_comes_twice_is_open_twice() {
        // 02:00 to 03:00 comes twice on 25 October 2026.
        let half = every_day("Europe/Berlin", 120, 150);
        assert_eq!(opens(&half, "2026-10-25T00:15:00Z"), None);
        assert_eq!(opens(&half, "2026-10-25T00:40:00Z").as_deref(), Some("2026-10-25T01:00:00.000Z"));
        assert_eq!(opens(&half, "2026-10-25T01:15:00Z"), None);
        // The clock jumps back into the middle of the span.
        let earlier = every_day("Europe/Berlin", 60, 150);
        assert_eq!(opens(&earlier, "2026-10-25T00:40:00Z").as_deref(), Some("2026-10-25T01:00:00.000Z"));
    }

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        proptest::collection::vec((0..1_440_u16, 1..600_u16), 0..3)
            .prop_map(|raw| raw.into_iter().map(|(from, length)| span(from, (from + length).min(1_440))).collect())
    }

    fn weeks() -> impl Strategy<Value = Week> {
        let zones = vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC"];
        let holidays = proptest::collection::vec((1..29_i8, 1..13_i8, spans()), 0..4);
        let days = proptest::array::uniform7(spans());
        (proptest::sample::select(zones), days, holidays).prop_map(|(zone, days, holidays)| Week {
            zone: ZoneName::parse(zone).unwrap(),
            days,
            holidays: holidays
                .into_iter()
                .map(|(day, month, spans)| Holiday {
                    date: CalendarDay::new(2026, month, day).unwrap(),
                    name: Name::parse("Feast").unwrap(),
                    spans,
                })
                .collect(),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn it_opens_when_it_says_and_not_before(week in weeks(), minute in 0..500_000_i64) {
            let now = at("2026-01-01T00:00:00Z").plus(std::time::Duration::from_secs(60 * minute.unsigned_abs()));
            match Hours::Weekly(week.clone()).opening(now) {
                Opening::Open => prop_assert!(week.is_open(now)),
                Opening::Closed { opens_at: None } => prop_assert!(week.days.iter().all(Vec::is_empty)),
                Opening::Closed { opens_at: Some(opens_at) } => {
                    prop_assert!(opens_at > now && week.is_open(opens_at));
                    // Every quarter of an hour until then, and the last minute of all.
                    let step = std::time::Duration::from_secs(900);
                    let mut between = now;
                    while between < opens_at && between.since(now) < std::time::Duration::from_secs(14 * 86_400) {
                        prop_assert!(!week.is_open(between), "{between}");
                        between = between.plus(step);
                    }
                    prop_assert!(!week.is_open(Timestamp::from_millis(opens_at.as_millis() - 1)));
                }
            }
        }
    }
}

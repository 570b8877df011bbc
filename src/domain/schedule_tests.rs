//! Schedules over the days on which clocks are set, and over all times.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::retention::ZoneName;

const HOUR: Duration = Duration::from_secs(3_600);
/// Half-hour shifts, quarter-hour offsets, a skipped day, both hemispheres, and none of it.
const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "UTC",
];

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn schedule(every: Every, hour: u8, zone: &str) -> Schedule {
    Schedule { every, hour, zone: ZoneName::parse(zone).unwrap() }
}

/// So many times from there on.
fn times(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    let next = |at: &Timestamp| schedule.next_after(*at);
    std::iter::successors(Some(at(after)), next).skip(1).take(count).map(|at| at.to_string()[..16].to_owned()).collect()
}

#[test]
fn a_day_keeps_its_hour_when_clocks_are_set() {
    let three = schedule(Every::Day, 3, "Europe/Berlin");
    assert_eq!(times(&three, "2026-03-27T12:00:00Z", 3), ["2026-03-28T02:00", "2026-03-29T01:00", "2026-03-30T01:00"]);
    // From two to three there is no hour on 29 March: it is made up for right after the gap, and once.
    let two = schedule(Every::Day, 2, "Europe/Berlin");
    assert_eq!(times(&two, "2026-03-28T12:00:00Z", 2), ["2026-03-29T01:00", "2026-03-30T00:00"]);
    // It comes twice on 25 October, and is taken once.
    assert_eq!(times(&two, "2026-10-24T12:00:00Z", 2), ["2026-10-25T00:00", "2026-10-26T01:00"]);
}

#[test]
fn each_hour_comes_in_both_of_those_that_read_alike() {
    let hourly = schedule(Every::Hour, 0, "Europe/Berlin");
    assert_eq!(
        times(&hourly, "2026-10-24T23:30:00Z", 4),
        ["2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"]
    );
    // Lord Howe goes by half an hour: the full hours of its clocks are half an hour off before and after.
    let island = schedule(Every::Hour, 0, "Australia/Lord_Howe");
    assert_eq!(times(&island, "2026-04-04T13:40:00Z", 3), ["2026-04-04T14:00", "2026-04-04T15:30", "2026-04-04T16:30"]);
    assert_eq!(
        times(&schedule(Every::Hour, 9, "Asia/Kathmandu"), "2026-01-01T00:00:00Z", 2),
        ["2026-01-01T00:15", "2026-01-01T01:15"]
    );
}

#[test]
fn a_month_that_is_too_short_has_its_last_day() {
    let last = schedule(Every::Month(31), 4, "UTC");
    assert_eq!(
        times(&last, "2028-01-31T04:00:00Z", 4),
        ["2028-02-29T04:00", "2028-03-31T04:00", "2028-04-30T04:00", "2028-05-31T04:00"]
    );
    assert_eq!(times(&schedule(Every::Month(30), 4, "UTC"), "2027-01-31T00:00:00Z", 2), ["2027-02-28T04:00", "2027-03-30T04:00"]);
    assert_eq!(times(&schedule(Every::Month(1), 0, "UTC"), "2026-12-01T00:00:00Z", 1), ["2027-01-01T00:00"]);
}

#[test]
fn a_week_has_its_day() {
    // 23 November 2026 is a Monday.
    let monday = schedule(Every::Week(1), 6, "Europe/Berlin");
    assert_eq!(times(&monday, "2026-11-22T00:00:00Z", 2), ["2026-11-23T05:00", "2026-11-30T05:00"]);
    assert_eq!(times(&schedule(Every::Week(7), 6, "UTC"), "2026-11-22T06:00:00Z", 1), ["2026-11-29T06:00"]);
}

#[test]
fn a_day_that_was_skipped_comes_with_the_next() {
    // Samoa had no 30 December 2011.
    let daily = schedule(Every::Day, 12, "Pacific/Apia");
    assert_eq!(times(&daily, "2011-12-29T00:00:00Z", 3), ["2011-12-29T22:00", "2011-12-30T22:00", "2011-12-31T22:00"]);
}

#[test]
fn what_is_beyond_all_calendars_has_no_time() {
    let daily = schedule(Every::Day, 3, "UTC");
    for at in [Timestamp::from_millis(i64::MAX), Timestamp::from_millis(i64::MIN)] {
        assert_eq!((daily.next_after(at), daily.last_until(at)), (None, None));
    }
}

#[test]
fn the_last_day_of_all_calendars_has_its_times() {
    let it = schedule(Every::Day, 11, "Pacific/Apia");
    let next = it.next_after(at("9999-12-29T22:00:00Z")).unwrap();
    assert_eq!(next, at("9999-12-30T22:00:00Z"));
    assert_eq!(it.last_until(next), Some(next));
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let every =
        prop_oneof![Just(Every::Hour), Just(Every::Day), (1_u8..=7).prop_map(Every::Week), (1_u8..=31).prop_map(Every::Month),];
    (every, 0_u8..24, 0..ZONES.len()).prop_map(|(every, hour, zone)| schedule(every, hour, ZONES[zone]))
}

proptest! {
    #[test]
    fn the_next_and_the_last_agree(it in any_schedule(), millis in 1_000_000_000_000_i64..4_000_000_000_000) {
        let now = Timestamp::from_millis(millis);
        let next = it.next_after(now).unwrap();
        let last = it.last_until(now).unwrap();
        prop_assert!(last <= now && now < next);
        // There is none between them.
        prop_assert_eq!(it.next_after(last), Some(next));
        prop_assert_eq!(it.last_until(next), Some(next));
        prop_assert_eq!(it.last_until(next.minus(Duration::from_millis(1))), Some(last));
    }

    #[test]
    fn it_comes_as_often_as_it_says(it in any_schedule(), millis in 1_000_000_000_000_i64..4_000_000_000_000) {
        let now = Timestamp::from_millis(millis);
        let gap = it.next_after(now).unwrap().since(it.last_until(now).unwrap());
        let (least, most) = match it.every {
            Every::Hour => (HOUR / 2, HOUR * 2),
            Every::Day => (HOUR * 22, HOUR * 49),
            Every::Week(_) => (HOUR * (7 * 24 - 26), HOUR * (7 * 24 + 26)),
            Every::Month(_) => (HOUR * (28 * 24 - 26), HOUR * (31 * 24 + 26)),
        };
        prop_assert!(gap >= least && gap <= most, "{gap:?}");
    }

    #[test]
    fn it_comes_at_its_hour_or_right_after_a_gap(it in any_schedule(), millis in 1_000_000_000_000_i64..4_000_000_000_000) {
        let next = it.next_after(Timestamp::from_millis(millis)).unwrap();
        let there = local(next, &it.zone()).unwrap();
        if it.every == Every::Hour {
            prop_assert_eq!((there.minute(), there.second()), (0, 0));
        } else if there.hour() != i8::try_from(it.hour).unwrap() || there.minute() != 0 {
            // The hour does not exist on that day: a moment before the gap clocks showed an earlier one.
            let before = local(next.minus(HOUR * 3), &it.zone()).unwrap();
            prop_assert_ne!(before.offset(), there.offset());
        }
    }
}

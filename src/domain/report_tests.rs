//! Tests: counting one by one comes to the same as counting all at once, and a median is where it should be.

use proptest::prelude::*;

use super::*;

fn zone() -> ZoneName {
    ZoneName::parse("Europe/Berlin").unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[test]
fn a_day_reads_as_it_is_written() {
    assert_eq!(day("2026-11-22").to_string(), "2026-11-22");
    assert_eq!(day("1970-01-01").number(), 0);
    assert_eq!(day("2026-11-22").weekday(), 6, "a Sunday");
    assert_eq!(day("1969-12-29").weekday(), 0, "a Monday before the beginning");
    assert_eq!((day("2026-11-22").short(), day("2026-11-22").month_name()), ("22 Nov".to_owned(), "Nov 2026".to_owned()));
    assert_eq!(day("2024-02-29").plus(1), day("2024-03-01"));
    for wrong in ["", "22.11.2026", "2026-02-30", "tomorrow"] {
        assert_eq!(Day::parse(wrong), Err(NotADay), "{wrong}");
    }
}

#[test]
fn a_chat_counts_for_the_hour_at_which_it_began_where_its_site_is() {
    let late = Outcome {
        site: SiteId::from_bytes([1; 16]),
        department: None,
        operator: Some(OperatorId::from_bytes([2; 16])),
        is_message: false,
        started_at: at("2026-11-21T23:30:00Z"),
        answered_at: Some(at("2026-11-21T23:30:12Z")),
        closed_at: at("2026-11-21T23:40:12Z"),
        stars: Some(5),
    };
    let (counted, tally) = late.counted(&zone());
    assert_eq!((counted.day, tally.by_hour[0]), (day("2026-11-22"), 1), "in Berlin it was the next day already");
    assert_eq!((tally.answered, tally.missed, tally.chats(), tally.stars_in_tenths()), (1, 0, 1, Some(50)));
    assert_eq!((tally.waiting.median(), tally.handling.median()), (Some(12), Some(750)));

    let missed = Outcome { answered_at: None, operator: None, stars: None, ..late };
    let (_, tally) = missed.counted(&zone());
    assert_eq!((tally.answered, tally.missed, tally.waiting.count()), (0, 1, 0));
    let (_, tally) = Outcome { is_message: true, ..missed }.counted(&zone());
    assert_eq!((tally.messages, tally.chats(), tally.by_hour.iter().sum::<u32>()), (1, 0, 0));
}

#[test]
fn a_drawing_has_no_holes() {
    assert_eq!(Grain::fitting(day("2026-11-01"), day("2026-11-30")), Grain::Day);
    assert_eq!(Grain::fitting(day("2026-09-01"), day("2026-11-30")), Grain::Week);
    assert_eq!(Grain::fitting(day("2026-01-01"), day("2026-12-31")), Grain::Month);
    let days = BTreeMap::from([(day("2026-11-02"), Tally::rated(3)), (day("2026-11-08"), Tally::rated(4))]);
    let weeks = Grain::Week.spans(day("2026-11-01"), day("2026-11-15"), &days);
    assert_eq!(weeks.iter().map(|(start, _)| start.to_string()).collect::<Vec<_>>(), ["2026-10-26", "2026-11-02", "2026-11-09"]);
    assert_eq!(weeks[1].1.ratings, [0, 0, 1, 1, 0]);
    let months = Grain::Month.spans(day("2026-01-31"), day("2026-12-01"), &days);
    assert_eq!(months.len(), 12);
    assert_eq!(Grain::Month.label(months[10].0), "Nov 2026");
    assert_eq!([0, 6].map(weekday_name), ["Monday", "Sunday"]);
}

prop_compose! {
    fn outcome()(
        ids in (0_u8..3, 0_u8..3, 0_u8..4),
        is_message: bool,
        started in 1_700_000_000_000_i64..1_800_000_000_000,
        waited in proptest::option::of(0_i64..100_000_000),
        took in 0_i64..100_000_000,
        stars in proptest::option::of(1_u8..=5),
    ) -> Outcome {
        Outcome {
            site: SiteId::from_bytes([ids.0; 16]),
            department: (ids.1 > 0).then(|| DepartmentId::from_bytes([ids.1; 16])),
            operator: (ids.2 > 0).then(|| OperatorId::from_bytes([ids.2; 16])),
            is_message,
            started_at: Timestamp::from_millis(started),
            answered_at: waited.map(|waited| Timestamp::from_millis(started + waited)),
            closed_at: Timestamp::from_millis(started + waited.unwrap_or(0) + took),
            stars,
        }
    }
}

/// When a rating came: with the close, after it, or after it in the place of another.
#[derive(Debug, Clone, Copy)]
enum Rated {
    Before,
    After,
    InPlaceOf(u8),
}

fn rated() -> impl Strategy<Value = Rated> {
    prop_oneof![Just(Rated::Before), Just(Rated::After), (1_u8..=5).prop_map(Rated::InPlaceOf)]
}

/// As the house keeps them: one by one.
fn counted_live(outcomes: &[(Outcome, Rated)]) -> BTreeMap<Counted, Tally> {
    let mut counters: BTreeMap<Counted, Tally> = BTreeMap::new();
    for (outcome, rated) in outcomes {
        let at_close = match rated {
            Rated::Before => outcome.stars,
            Rated::After => None,
            Rated::InPlaceOf(other) => outcome.stars.and(Some(*other)),
        };
        let (counted, tally) = Outcome { stars: at_close, ..*outcome }.counted(&zone());
        counters.entry(counted).or_default().merge(&tally);
        if at_close != outcome.stars {
            let tally = counters.entry(outcome.counter_of(&zone())).or_default();
            tally.merge(&outcome.stars.map(Tally::rated).unwrap_or_default());
            at_close.into_iter().for_each(|stars| tally.retract(stars));
        }
    }
    counters
}

fn report_of<'a>(counters: impl IntoIterator<Item = (&'a Counted, &'a Tally)>) -> Report {
    let mut report = Report::default();
    counters.into_iter().for_each(|(counted, tally)| report.add(counted, tally));
    report
}

proptest! {
    #[test]
    fn counted_live_or_recomputed_the_numbers_are_the_same(outcomes in proptest::collection::vec((outcome(), rated()), 0..60)) {
        let live = report_of(&counted_live(&outcomes));
        let mut again = Report::default();
        // The other way round, all of each chat at once.
        for (outcome, _) in outcomes.iter().rev() {
            let (counted, tally) = outcome.counted(&zone());
            again.add(&counted, &tally);
        }
        prop_assert_eq!(&live, &again);

        let chats = outcomes.iter().filter(|(it, _)| !it.is_message).count();
        let answered = outcomes.iter().filter(|(it, _)| !it.is_message && it.answered_at.is_some()).count();
        prop_assert_eq!((live.all.chats() as usize, live.all.answered as usize), (chats, answered));
        prop_assert_eq!(live.all.waiting.count() as usize, answered);
        prop_assert_eq!(live.all.rated_chats() as usize, outcomes.iter().filter(|(it, _)| it.stars.is_some()).count());
        // Every side adds up to the whole.
        for parts in [
            live.days.values().collect::<Vec<_>>(),
            live.weekdays.iter().collect(),
            live.sites.values().collect(),
            live.departments.values().collect(),
            live.operators.values().collect(),
        ] {
            let mut sum = Tally::default();
            parts.into_iter().for_each(|it| sum.merge(it));
            prop_assert_eq!(&sum, &live.all);
        }
    }

    #[test]
    fn the_median_lies_in_the_interval_of_the_true_one(mut seconds in proptest::collection::vec(0_u64..100_000, 1..80)) {
        let mut durations = Durations::default();
        seconds.iter().for_each(|it| durations.add(*it));
        seconds.sort_unstable();
        let middle = seconds[(seconds.len() - 1) / 2];
        let interval = |seconds: u64| BOUNDS.iter().position(|bound| seconds < u64::from(*bound)).unwrap_or(BOUNDS.len());
        let place = interval(middle);
        let low = if place == 0 { 0 } else { BOUNDS[place - 1] };
        let high = BOUNDS.get(place).copied().unwrap_or(low);
        let median = durations.median().unwrap();
        prop_assert!((low..=high).contains(&median), "{median} for {middle}");
    }

    #[test]
    fn the_mean_of_the_stars_is_rounded(ratings in proptest::array::uniform5(0_u32..50)) {
        let tally = Tally { ratings, ..Tally::default() };
        let count: u32 = ratings.iter().sum();
        let sum: u32 = (1..).zip(ratings).map(|(stars, count)| stars * count).sum();
        let expected = (count > 0).then(|| (f64::from(sum) * 10.0 / f64::from(count)).round() as u64);
        prop_assert_eq!(tally.stars_in_tenths(), expected);
    }
}

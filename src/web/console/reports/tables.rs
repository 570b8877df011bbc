//! Numbers as people read them, and the rows of the tables.

use std::collections::BTreeMap;

use super::chart::{Chart, Column};
use crate::domain::report::{BOUNDS, Grain, Question, Report, Tally, weekday_name};
use crate::store::House;

/// One row: what it is about, and its numbers in words.
pub struct Row {
    pub name: String,
    pub chats: u32,
    pub missed: u32,
    pub messages: u32,
    pub waiting: String,
    pub handling: String,
    pub rating: String,
}

impl Row {
    pub fn new(name: impl Into<String>, tally: &Tally) -> Self {
        Self {
            name: name.into(),
            chats: tally.chats(),
            missed: tally.missed,
            messages: tally.messages,
            waiting: duration(tally.waiting.median()),
            handling: duration(tally.handling.median()),
            rating: rating(tally),
        }
    }
}

/// `45 s`, `3 min`, `2 h 10 min`; a dash where nothing was counted.
pub fn duration(seconds: Option<u32>) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(seconds @ 0..=89) => format!("{seconds} s"),
        Some(seconds @ 90..=3_569) => format!("{} min", (seconds + 30) / 60),
        Some(86_400..) => "over a day".to_owned(),
        Some(seconds) => match ((seconds + 30) / 3_600, (seconds + 30) % 3_600 / 60) {
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        },
    }
}

/// `4.3 of 5 (12)`; a dash where nobody said.
pub fn rating(tally: &Tally) -> String {
    tally
        .stars_in_tenths()
        .map_or_else(|| "–".to_owned(), |tenths| format!("{}.{} of 5 ({})", tenths / 10, tenths % 10, tally.rated_chats()))
}

/// A share of the whole in percent, rounded.
pub fn share(part: u32, whole: u32) -> Option<u64> {
    (whole > 0).then(|| (u64::from(part) * 200 / u64::from(whole)).div_ceil(2))
}

/// A drawing and the table beside it: what the rows are called, the names of the numbers, and the rows.
pub struct Drawn {
    pub chart: Chart,
    pub first: &'static str,
    pub rows: Vec<(String, [u32; 2])>,
}

const CHATS: &[&str] = &["answered", "missed"];

impl Drawn {
    fn new(
        id: &'static str,
        title: &'static str,
        first: &'static str,
        series: &'static [&'static str],
        columns: Vec<Column>,
    ) -> Self {
        let chart = Chart::new(id, title, series, &columns);
        Self { chart, first, rows: columns.into_iter().map(|column| (column.name, column.values)).collect() }
    }

    pub fn by_day(report: &Report, question: &Question) -> Self {
        let grain = Grain::fitting(question.first, question.last);
        let column = |(start, tally): (crate::domain::report::Day, Tally)| Column {
            label: grain.label(start),
            name: match grain {
                Grain::Day => start.to_string(),
                Grain::Week => format!("Week of {start}"),
                Grain::Month => start.month_name(),
            },
            values: [tally.answered, tally.missed],
        };
        let columns = grain.spans(question.first, question.last, &report.days).into_iter().map(column).collect();
        let first = match grain {
            Grain::Day => "Day",
            Grain::Week => "Week",
            Grain::Month => "Month",
        };
        Self::new("by-day", "Chats over time", first, CHATS, columns)
    }

    pub fn by_hour(report: &Report) -> Self {
        let column = |(hour, count): (usize, &u32)| Column {
            label: hour.to_string(),
            name: format!("{hour:02}:00 to {:02}:00", hour + 1),
            values: [*count, 0],
        };
        let columns = report.all.by_hour.iter().enumerate().map(column).collect();
        Self::new("by-hour", "Chats by hour of the day", "Hour", &["chats"], columns)
    }

    pub fn by_weekday(report: &Report) -> Self {
        let column = |(index, tally): (usize, &Tally)| Column {
            label: weekday_name(index).chars().take(3).collect(),
            name: weekday_name(index).to_owned(),
            values: [tally.answered, tally.missed],
        };
        let columns = report.weekdays.iter().enumerate().map(column).collect();
        Self::new("by-weekday", "Chats by day of the week", "Day of the week", CHATS, columns)
    }

    pub fn waiting(report: &Report) -> Self {
        Self::new("waiting", "Waiting for the first answer", "Waited", &["chats"], intervals(&report.all.waiting.0))
    }

    pub fn handling(report: &Report) -> Self {
        Self::new("handling", "From the first answer to the end", "Took", &["chats"], intervals(&report.all.handling.0))
    }

    pub fn ratings(report: &Report) -> Self {
        let column = |(stars, count): (usize, &u32)| Column {
            label: format!("{stars} ★"),
            name: if stars == 1 { "1 star".to_owned() } else { format!("{stars} stars") },
            values: [*count, 0],
        };
        let columns = (1..).zip(&report.all.ratings).map(column).collect();
        Self::new("ratings", "Ratings", "Stars", &["ratings"], columns)
    }
}

/// Fewer intervals than are counted: what a person can take in.
fn intervals(counts: &[u32]) -> Vec<Column> {
    const ENDS: [u32; 10] = [10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400];
    let mut columns: Vec<Column> = Vec::new();
    let mut low = 0;
    for end in ENDS.into_iter().map(Some).chain([None]) {
        let inside = |bound: u32| bound > low && end.is_none_or(|end| bound <= end);
        let bounds = BOUNDS.iter().copied().chain([u32::MAX]);
        let count = bounds.zip(counts).filter(|(bound, _)| inside(*bound)).map(|(_, count)| *count).sum();
        let (label, name) = match end {
            Some(end) => (format!("< {}", duration(Some(end))), format!("{} to {}", duration(Some(low)), duration(Some(end)))),
            None => ("longer".to_owned(), format!("more than {}", duration(Some(low)))),
        };
        columns.push(Column { label, name, values: [count, 0] });
        low = end.unwrap_or(low);
    }
    columns
}

/// By name; what has no name any more comes last.
pub fn by_site(report: &Report, house: &House) -> Vec<Row> {
    named(
        report.sites.iter().map(|(id, tally)| (house.sites.get(id).map(|it| it.name.as_str().to_owned()), tally)),
        "A site that is gone",
    )
}

pub fn by_operator(report: &Report, house: &House) -> Vec<Row> {
    let name = |(id, tally)| {
        let id: &Option<crate::domain::id::OperatorId> = id;
        let name = id.map(|id| house.operators.get(&id).map_or("Somebody who is gone", |it| it.name.as_str()).to_owned());
        (name, tally)
    };
    named(report.operators.iter().map(name), "Nobody")
}

pub fn by_department(report: &Report, house: &House) -> Vec<Row> {
    let name = |((site, id), tally): (&(crate::domain::id::SiteId, Option<crate::domain::id::DepartmentId>), _)| {
        let site = house.sites.get(site).map_or("A site that is gone", |it| it.name.as_str());
        let department = id.map(|id| house.departments.get(&id).map_or("a department that is gone", |it| it.name.as_str()));
        (department.map(|department| format!("{site}: {department}")).or_else(|| Some(format!("{site}: none"))), tally)
    };
    named(report.departments.iter().map(name), "")
}

fn named<'a>(rows: impl Iterator<Item = (Option<String>, &'a Tally)>, nameless: &str) -> Vec<Row> {
    // What goes by the same name stands together: nobody could tell the rows apart.
    let mut sums: BTreeMap<(bool, String, String), Tally> = BTreeMap::new();
    for (name, tally) in rows {
        let key =
            (name.is_none(), name.as_deref().unwrap_or_default().to_lowercase(), name.unwrap_or_else(|| nameless.to_owned()));
        sums.entry(key).or_default().merge(tally);
    }
    sums.into_iter().map(|((_, _, name), tally)| Row::new(name, &tally)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::Durations;

    #[test]
    fn times_read_as_people_say_them() {
        let said = [0, 45, 89, 90, 150, 3_569, 3_570, 3_600, 7_800, 86_400].map(|seconds| duration(Some(seconds)));
        assert_eq!(said, ["0 s", "45 s", "89 s", "2 min", "3 min", "59 min", "1 h", "1 h", "2 h 10 min", "over a day"]);
        assert_eq!(duration(None), "–");
    }

    #[test]
    fn every_duration_is_in_one_of_the_drawn_intervals() {
        let mut durations = Durations::default();
        for seconds in (0..100_000).step_by(7) {
            durations.add(seconds);
        }
        let drawn: u64 = intervals(&durations.0).iter().map(|column| u64::from(column.values[0])).sum();
        assert_eq!(drawn, durations.count());
        let few = intervals(&Durations::default().0);
        assert_eq!((few[0].name.as_str(), few[10].name.as_str()), ("0 s to 10 s", "more than 4 h"));
    }

    #[test]
    fn a_mean_and_a_share_are_rounded() {
        let tally = Tally { ratings: [1, 0, 0, 1, 1], ..Tally::default() };
        assert_eq!((rating(&tally).as_str(), rating(&Tally::default()).as_str()), ("3.3 of 5 (3)", "–"));
        assert_eq!((share(1, 3), share(2, 3), share(0, 0)), (Some(33), Some(67), None));
    }
}

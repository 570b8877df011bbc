//! The counters as a file for a spreadsheet.

use crate::domain::report::{Counted, Tally};
use crate::service::csv::line;
use crate::store::House;

const HEADER: [&str; 16] = [
    "day",
    "site",
    "department",
    "operator",
    "chats",
    "answered",
    "missed",
    "messages",
    "waiting median (s)",
    "handling median (s)",
    "1 star",
    "2 stars",
    "3 stars",
    "4 stars",
    "5 stars",
    "busiest hour",
];

pub fn write(house: &House, counters: &[(Counted, Tally)]) -> String {
    let mut file = String::new();
    line(&mut file, HEADER);
    for (counted, tally) in counters {
        let seconds = |median: Option<u32>| median.map(|it| it.to_string()).unwrap_or_default();
        let busiest = (0..24).rev().max_by_key(|hour| tally.by_hour[*hour]).filter(|hour| tally.by_hour[*hour] > 0);
        let [one, two, three, four, five] = tally.ratings.map(|count| count.to_string());
        let name = |name: Option<&str>| name.unwrap_or_default().to_owned();
        line(
            &mut file,
            [
                counted.day.to_string(),
                name(house.sites.get(&counted.site).map(|it| it.name.as_str())),
                name(counted.department.and_then(|id| house.departments.get(&id)).map(|it| it.name.as_str())),
                name(counted.operator.and_then(|id| house.operators.get(&id)).map(|it| it.name.as_str())),
                tally.chats().to_string(),
                tally.answered.to_string(),
                tally.missed.to_string(),
                tally.messages.to_string(),
                seconds(tally.waiting.median()),
                seconds(tally.handling.median()),
                one,
                two,
                three,
                four,
                five,
                busiest.map(|hour| hour.to_string()).unwrap_or_default(),
            ],
        );
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;
    use crate::domain::report::Day;

    #[test]
    fn a_line_is_a_counter() {
        let counted = Counted {
            day: Day::parse("2026-11-22").unwrap(),
            site: SiteId::from_bytes([1; 16]),
            department: None,
            operator: None,
        };
        let mut tally = Tally { answered: 2, missed: 1, ..Tally::rated(4) };
        tally.by_hour[9] = 2;
        tally.by_hour[11] = 2;
        tally.waiting.add(3);
        let file = write(&House::default(), &[(counted, tally)]);
        assert_eq!(file.lines().nth(1), Some("2026-11-22,,,,3,2,1,0,2,,0,0,0,1,0,9"));
    }
}

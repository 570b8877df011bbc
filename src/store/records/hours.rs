//! Business hours, as a part of other records.

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::hours::{CalendarDay, Holiday, Hours, Span, Week};
use crate::domain::retention::ZoneName;
use crate::domain::text::Name;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "it lives for as long as it is written or read")]
pub(super) enum HoursRecord {
    Always,
    Weekly { zone: String, days: [Vec<SpanRecord>; 7], holidays: Vec<HolidayRecord> },
}

/// From and to, in minutes of the day.
type SpanRecord = (u16, u16);

#[derive(Serialize, Deserialize)]
pub(super) struct HolidayRecord {
    /// Year, month, day.
    date: (i16, i8, i8),
    name: String,
    spans: Vec<SpanRecord>,
}

fn records(spans: &[Span]) -> Vec<SpanRecord> {
    spans.iter().map(|span| (span.from_minute, span.to_minute)).collect()
}

fn spans(records: Vec<SpanRecord>) -> Result<Vec<Span>, StoreError> {
    records.into_iter().map(|(from, to)| Span::new(from, to).map_err(unfit)).collect()
}

impl From<&Hours> for HoursRecord {
    fn from(it: &Hours) -> Self {
        match it {
            Hours::Always => Self::Always,
            Hours::Weekly(week) => Self::Weekly {
                zone: week.zone.as_str().to_owned(),
                days: week.days.each_ref().map(|spans| records(spans)),
                holidays: week.holidays.iter().map(HolidayRecord::from).collect(),
            },
        }
    }
}

impl From<&Holiday> for HolidayRecord {
    fn from(it: &Holiday) -> Self {
        let date = it.date.date();
        Self { date: (date.year(), date.month(), date.day()), name: it.name.as_str().to_owned(), spans: records(&it.spans) }
    }
}

impl HoursRecord {
    pub(super) fn hours(self) -> Result<Hours, StoreError> {
        let Self::Weekly { zone, days, holidays } = self else { return Ok(Hours::Always) };
        let mut week = Week { zone: ZoneName::parse(&zone).map_err(unfit)?, days: Default::default(), holidays: Vec::new() };
        for (day, records) in week.days.iter_mut().zip(days) {
            *day = spans(records)?;
        }
        for HolidayRecord { date: (year, month, day), name, spans: records } in holidays {
            let (date, name) = (CalendarDay::new(year, month, day).map_err(unfit)?, Name::parse(&name).map_err(unfit)?);
            week.holidays.push(Holiday { date, name, spans: spans(records)? });
        }
        Ok(Hours::Weekly(week))
    }
}

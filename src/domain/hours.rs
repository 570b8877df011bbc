//! When a site or a department answers: spans of a week in a time zone, and holidays.

use super::retention::ZoneName;
use super::text::Name;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::large_enum_variant, reason = "there is one for each site and department, and most have a week")]
pub enum Hours {
    #[default]
    Always,
    Weekly(Week),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    pub zone: ZoneName,
    /// Monday first; each day's spans by their beginning, apart from each other.
    pub days: [Vec<Span>; 7],
    pub holidays: Vec<Holiday>,
}

/// From one minute of the day to another, the second one not included: 540 to 1,020 is nine to five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from_minute: u16,
    pub to_minute: u16,
}

/// A day on which other hours hold; without any spans it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    pub date: CalendarDay,
    pub name: Name,
    pub spans: Vec<Span>,
}

/// A day of the calendar, known to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarDay(jiff::civil::Date);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error("Write a day as year-month-day, such as 2026-12-24.")]
    Day,
    #[error("Write times as hours and minutes, from 00:00 to 24:00, the later one last.")]
    Span,
}

impl CalendarDay {
    /// # Errors
    /// When it is not a day of the calendar, written as in ISO 8601.
    pub fn parse(raw: &str) -> Result<Self, HoursError> {
        raw.trim().parse().map(Self).map_err(|_| HoursError::Day)
    }

    /// # Errors
    /// When there is no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, HoursError> {
        jiff::civil::Date::new(year, month, day).map(Self).map_err(|_| HoursError::Day)
    }

    #[must_use]
    pub fn date(self) -> jiff::civil::Date {
        self.0
    }
}

impl Span {
    /// # Errors
    /// When it does not end after it begins, or beyond the day.
    pub fn new(from_minute: u16, to_minute: u16) -> Result<Self, HoursError> {
        if from_minute < to_minute && to_minute <= 24 * 60 { Ok(Self { from_minute, to_minute }) } else { Err(HoursError::Span) }
    }
}

//! When a closed conversation has to be gone. Pure: the caller brings the times, `jiff` brings the time zones.
//!
//! A policy turns the moment of closing into the moment of purging, so a run that was missed is caught up by itself: whatever
//! is due is due, however late anybody looks.

use std::time::Duration;

use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::time::Timestamp;

/// What kind of thing is kept or erased; each kind may have rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetentionClass {
    /// Conversations with everything that was written in them.
    Transcripts,
    /// Files that were sent in conversations. They go when these close.
    Attachments,
    /// The counters that reports are made of, which hold nothing about anybody who wrote.
    Reporting,
    /// Conversations that are messages left while nobody was there.
    Messages,
    /// What was filled in in secure forms.
    Submissions,
    /// What was told to webhooks.
    Deliveries,
}

/// What closed conversations are to the clocks that they are kept by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ClosedKind {
    #[default]
    Chat,
    Message,
    /// What is left of one without content or identity.
    Anonymised,
}

/// How long things are kept where their site says nothing else. Chats have the clock of their site alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionPlan {
    /// None: as long as the chats of their site.
    pub messages: Option<PurgePolicy>,
    pub submissions: PurgePolicy,
    pub deliveries: PurgePolicy,
}

impl Default for RetentionPlan {
    fn default() -> Self {
        Self { messages: None, submissions: PurgePolicy::DaysAfterClose(1), deliveries: PurgePolicy::DaysAfterClose(30) }
    }
}

/// What a site keeps for another time than the plan says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteClocks {
    pub messages: Option<PurgePolicy>,
    pub submissions: Option<PurgePolicy>,
}

/// For how many days the counters of reports are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportingDays(u16);

impl ReportingDays {
    pub const LEAST: u16 = 7;
    pub const MOST: u16 = 3_650;

    /// # Errors
    /// When it is out of its range.
    pub fn new(days: u16) -> Result<Self, PolicyError> {
        if (Self::LEAST..=Self::MOST).contains(&days) { Ok(Self(days)) } else { Err(PolicyError::Reporting) }
    }

    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for ReportingDays {
    fn default() -> Self {
        Self(365)
    }
}

/// For how many days the rows of the audit log are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditDays(u16);

impl AuditDays {
    pub const LEAST: u16 = 30;
    pub const MOST: u16 = 3_650;

    /// # Errors
    /// When it is out of its range.
    pub fn new(days: u16) -> Result<Self, PolicyError> {
        if (Self::LEAST..=Self::MOST).contains(&days) { Ok(Self(days)) } else { Err(PolicyError::Audit) }
    }

    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for AuditDays {
    /// A year that can be looked back on as a whole, as auditors do (PCI DSS 10.5.1 asks for twelve months), and a month to do it in.
    fn default() -> Self {
        Self(400)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PurgePolicy {
    AtClose,
    HoursAfterClose(u16),
    DaysAfterClose(u16),
    /// Each day at this hour, in this time zone, everything closed by then.
    Daily {
        hour: u8,
        zone: ZoneName,
    },
}

/// The name of a time zone of the IANA database, such as `Europe/Berlin`; known to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("Choose 1 to 720 hours.")]
    Hours,
    #[error("Choose 1 to 3650 days.")]
    Days,
    #[error("Choose an hour from 0 to 23.")]
    Hour,
    #[error("Choose {} to {} days.", ReportingDays::LEAST, ReportingDays::MOST)]
    Reporting,
    #[error("Choose {} to {} days.", AuditDays::LEAST, AuditDays::MOST)]
    Audit,
    #[error("This time zone is not known. Write it like Europe/Berlin.")]
    Zone,
}

impl ZoneName {
    /// # Errors
    /// When the time zone database does not have it.
    pub fn parse(raw: &str) -> Result<Self, PolicyError> {
        let raw = raw.trim();
        TimeZone::get(raw).map_err(|_| PolicyError::Zone)?;
        Ok(Self(raw.to_owned()))
    }

    /// When a day such as `2026-11-22` begins and ends on the wall clocks of this zone. `None` for what is no day.
    #[must_use]
    pub fn day(&self, day: &str) -> Option<(Timestamp, Timestamp)> {
        let zone = TimeZone::get(&self.0).ok()?;
        let day: jiff::civil::Date = day.parse().ok()?;
        let begin = |day: jiff::civil::Date| {
            let at = day.to_zoned(zone.clone()).ok()?.timestamp();
            Some(Timestamp::from_millis(at.as_millisecond()))
        };
        Some((begin(day)?, begin(day.tomorrow().ok()?)?))
    }

    /// When the wall clocks of this zone show a moment such as `2026-11-22T14:05`; one that a clock change skips is taken right after the
    /// gap. `None` for what is no moment.
    #[must_use]
    pub fn moment(&self, text: &str) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.0).ok()?;
        let at: jiff::civil::DateTime = text.parse().ok()?;
        let at = at.to_zoned(zone).ok()?.timestamp();
        Some(Timestamp::from_millis(at.as_millisecond()))
    }

    #[must_use]
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first time after `after` at which the wall clock of this zone shows the hour; an hour that a clock change skips is
    /// taken right after the gap. `None` for a zone that has left the database since it was chosen.
    #[must_use]
    pub fn next_hour(&self, after: Timestamp, hour: u8) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.0).ok()?;
        let after = jiff::Timestamp::from_millisecond(after.as_millis()).ok()?;
        let mut day = after.to_zoned(zone.clone()).date();
        // The first or the second day has it; a third only where a zone skipped a whole day (Samoa, 2011).
        for _ in 0..4 {
            let at = day.at(i8::try_from(hour).ok()?, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp();
            if at > after {
                return Some(Timestamp::from_millis(at.as_millisecond()));
            }
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }
}

impl PurgePolicy {
    /// # Errors
    /// When a number is out of its range.
    pub fn checked(self) -> Result<Self, PolicyError> {
        match self {
            Self::HoursAfterClose(hours) if !(1..=720).contains(&hours) => Err(PolicyError::Hours),
            Self::DaysAfterClose(days) if !(1..=3650).contains(&days) => Err(PolicyError::Days),
            Self::Daily { hour, .. } if hour > 23 => Err(PolicyError::Hour),
            fine => Ok(fine),
        }
    }

    /// When a conversation closed at `closed_at` has to be purged. A day counts 24 hours; a daily hour is the hour of the
    /// wall clock, and an hour that a clock change skips is taken right after the gap.
    #[must_use]
    pub fn due_at(&self, closed_at: Timestamp) -> Timestamp {
        const HOUR: u64 = 3_600;
        match self {
            Self::AtClose => closed_at,
            Self::HoursAfterClose(hours) => closed_at.plus(Duration::from_secs(u64::from(*hours) * HOUR)),
            Self::DaysAfterClose(days) => closed_at.plus(Duration::from_secs(u64::from(*days) * 24 * HOUR)),
            // A zone that has left the database since it was chosen falls back to a day: late is mendable, never is not.
            Self::Daily { hour, zone } => {
                zone.next_hour(closed_at, *hour).unwrap_or_else(|| closed_at.plus(Duration::from_secs(24 * HOUR)))
            }
        }
    }

    /// The longest that it keeps anything.
    #[must_use]
    pub fn longest(&self) -> Duration {
        const HOUR: u64 = 3_600;
        match self {
            Self::AtClose => Duration::ZERO,
            Self::HoursAfterClose(hours) => Duration::from_secs(u64::from(*hours) * HOUR),
            Self::DaysAfterClose(days) => Duration::from_secs(u64::from(*days) * 24 * HOUR),
            // A day on which the clocks are put back.
            Self::Daily { .. } => Duration::from_secs(25 * HOUR),
        }
    }

    /// How long it keeps something, in words: what it says for the close, and what it counts from.
    #[must_use]
    pub fn told(&self, at_close: &str, event: &str) -> String {
        const YEAR: u16 = 365;
        match self {
            Self::AtClose => at_close.to_owned(),
            Self::HoursAfterClose(1) => format!("Until 1 hour after {event}"),
            Self::HoursAfterClose(hours) => format!("Until {hours} hours after {event}"),
            Self::DaysAfterClose(1) => format!("Until 1 day after {event}"),
            Self::DaysAfterClose(YEAR) => format!("Until 1 year after {event}"),
            Self::DaysAfterClose(days) if days % YEAR == 0 => format!("Until {} years after {event}", days / YEAR),
            Self::DaysAfterClose(days) => format!("Until {days} days after {event}"),
            Self::Daily { hour, zone } => format!("Until {hour:02}:00 on the day or the next ({})", zone.as_str()),
        }
    }

    /// The same of what is closed.
    #[must_use]
    pub fn told_of_closed(&self) -> String {
        self.told("Until it is closed", "it is closed")
    }

    /// The same of what was filled in.
    #[must_use]
    pub fn told_of_forms(&self) -> String {
        self.told("Until the chat is closed, a day without one", "it was filled in")
    }

    /// The promise as a visitor and an admin read it, to follow "This chat is deleted".
    #[must_use]
    pub fn promise(&self) -> String {
        match self {
            Self::AtClose => "as soon as it is closed".to_owned(),
            Self::HoursAfterClose(1) => "1 hour after it is closed".to_owned(),
            Self::HoursAfterClose(hours) => format!("{hours} hours after it is closed"),
            Self::DaysAfterClose(1) => "1 day after it is closed".to_owned(),
            Self::DaysAfterClose(days) => format!("{days} days after it is closed"),
            Self::Daily { hour, zone } => format!("each day at {hour:02}:00 ({})", zone.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn daily(hour: u8) -> PurgePolicy {
        PurgePolicy::Daily { hour, zone: ZoneName::parse("Europe/Berlin").unwrap() }
    }

    #[test]
    fn a_daily_purge_keeps_its_hour_across_clock_changes() {
        assert_eq!(daily(3).due_at(at("2026-03-27T12:00:00Z")), at("2026-03-28T02:00:00Z"));
        // On 29 March the clock goes from 02:00 to 03:00, so three o'clock comes an hour earlier in UTC.
        assert_eq!(daily(3).due_at(at("2026-03-28T12:00:00Z")), at("2026-03-29T01:00:00Z"));
        // The hour from two to three does not exist on that day.
        assert_eq!(daily(2).due_at(at("2026-03-28T12:00:00Z")), at("2026-03-29T01:00:00Z"));
        assert_eq!(daily(3).due_at(at("2026-10-24T12:00:00Z")), at("2026-10-25T02:00:00Z"));
    }

    #[test]
    fn a_policy_out_of_range_is_refused() {
        assert_eq!(PurgePolicy::HoursAfterClose(0).checked(), Err(PolicyError::Hours));
        assert_eq!(PurgePolicy::DaysAfterClose(4000).checked(), Err(PolicyError::Days));
        assert_eq!(ZoneName::parse("Mars/Olympus"), Err(PolicyError::Zone));
    }

    proptest! {
        #[test]
        fn a_daily_purge_comes_within_25_hours_and_at_its_hour(millis in 1_500_000_000_000_i64..2_500_000_000_000, hour in 0_u8..24) {
            let closed = Timestamp::from_millis(millis);
            let due = daily(hour).due_at(closed);
            prop_assert!(due > closed);
            prop_assert!(due.since(closed) <= Duration::from_secs(25 * 3_600));
            let local = jiff::Timestamp::from_millisecond(due.as_millis()).unwrap().in_tz("Europe/Berlin").unwrap();
            prop_assert!(local.hour() == i8::try_from(hour).unwrap() || local.hour() == i8::try_from(hour).unwrap() + 1);
            prop_assert_eq!(local.minute(), 0);
        }
    }
}

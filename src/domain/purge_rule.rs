//! Purge rules: what goes, when, and how much of it.

use std::time::Duration;

use super::id::{DepartmentId, OrderId, SiteId};
use super::limits;
use super::retention::{RetentionClass, ZoneName};
use super::text::{Name, Tag};
use super::time::Timestamp;

/// A rule that an administrator made. Pages call it a purge rule; the audit log's `PurgeRule` says why a purge came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeOrder {
    pub id: OrderId,
    pub name: Name,
    pub what: What,
    pub when: When,
    pub how: How,
    pub standing: Standing,
    pub last: Option<LastRun>,
    pub created_at: Timestamp,
}

/// Each that is not named stands for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct What {
    pub class: RetentionClass,
    pub site: Option<SiteId>,
    pub department: Option<DepartmentId>,
    pub tag: Option<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    AtClose,
    /// Once the transcript was handed to the mail server.
    AfterMailed,
    /// Once the receiver of a webhook has answered with 2xx.
    AfterDelivered,
    OnFirstView,
    OnConsentWithdrawn,
    HoursAfter(u16),
    DaysAfter(u16),
    /// At these times, whatever there is by then.
    Schedule(Schedule),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub every: Every,
    /// On the wall clock of the zone; of no meaning to what comes each hour.
    pub hour: u8,
    pub zone: ZoneName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    Hour,
    Day,
    /// 1 is Monday (ISO 8601).
    Week(u8),
    /// 1 to 31; where a month is shorter, on its last day.
    Month(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Erase,
    /// What is left says when it was and how it was marked.
    Anonymise,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Draft,
    Armed { since: Timestamp },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    pub at: Timestamp,
    pub drawers: u32,
    /// What would have gone and is held.
    pub held: u32,
}

/// A drawer that has to go because of something that happened. Its own id is the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuePurge {
    pub drawer: [u8; 16],
    pub order: Option<OrderId>,
    pub how: How,
    pub at: Timestamp,
}

/// Whether anything is purged at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purging {
    pub paused: Option<Pause>,
    /// When something last ran, as a start after it can know: what comes much later may come from a clock that is wrong.
    pub alive_at: Option<Timestamp>,
}

/// The machine's clock was set by more than a day: nothing goes by itself until somebody says that the time is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub since: Timestamp,
    pub seconds: i64,
}

/// Something that makes a rule take what it happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    Closed,
    Mailed,
    Delivered,
    Viewed,
    ConsentWithdrawn,
}

/// Why a rule cannot be as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    #[error("Choose 1 to {} hours.", limits::PURGE_RULE_HOURS)]
    Hours,
    #[error("Choose 1 to {} days.", limits::PURGE_RULE_DAYS)]
    Days,
    #[error("Choose an hour from 0 to 23.")]
    Hour,
    #[error("Choose a day of the week.")]
    Weekday,
    #[error("Choose a day from 1 to 31. A month that is shorter has its last day.")]
    MonthDay,
    #[error("No rule is needed for this: {0}")]
    Class(&'static str),
    #[error("What was filled in is content and nothing else, so nothing would be left of it. Choose to erase it.")]
    NothingLeft,
    #[error("This never happens to what was filled in. Choose another time.")]
    NeverOfSubmissions,
}

/// Why two rules cannot both be in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// One erases at the very moment at which the other anonymises.
    Contradiction,
    /// The other takes all of it, and no later.
    TakenBefore,
    /// It takes all that the other would, and no later.
    TakesAll,
}

impl When {
    #[must_use]
    pub const fn is_on(&self, what: Happening) -> bool {
        matches!(
            (self, what),
            (Self::AtClose, Happening::Closed)
                | (Self::AfterMailed, Happening::Mailed)
                | (Self::AfterDelivered, Happening::Delivered)
                | (Self::OnFirstView, Happening::Viewed)
                | (Self::OnConsentWithdrawn, Happening::ConsentWithdrawn)
        )
    }

    /// How long after something closed, for those that count.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        const HOUR: u64 = 3_600;
        match self {
            Self::HoursAfter(hours) => Some(Duration::from_secs(u64::from(*hours) * HOUR)),
            Self::DaysAfter(days) => Some(Duration::from_secs(u64::from(*days) * 24 * HOUR)),
            _ => None,
        }
    }

    /// # Errors
    /// When a number is out of its range.
    pub fn checked(self) -> Result<Self, RuleFault> {
        match &self {
            Self::HoursAfter(hours) if *hours < 1 || *hours > limits::PURGE_RULE_HOURS => Err(RuleFault::Hours),
            Self::DaysAfter(days) if *days < 1 || *days > limits::PURGE_RULE_DAYS => Err(RuleFault::Days),
            Self::Schedule(Schedule { hour: 24.., .. }) => Err(RuleFault::Hour),
            Self::Schedule(Schedule { every: Every::Week(0 | 8..), .. }) => Err(RuleFault::Weekday),
            Self::Schedule(Schedule { every: Every::Month(0 | 32..), .. }) => Err(RuleFault::MonthDay),
            _ => Ok(self),
        }
    }

    /// Whether this comes to everything as early as the other does, or earlier. What cannot be said in advance counts as later; so does
    /// what looks only at what happens from now on, beside what looks back as well.
    fn is_never_later(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::HoursAfter(_) | Self::DaysAfter(_), Self::HoursAfter(_) | Self::DaysAfter(_)) => self.age() <= other.age(),
            // Each of the other's times is a full hour there as well.
            (Self::Schedule(one), Self::Schedule(other)) if one.every == Every::Hour && one.zone == other.zone => true,
            _ => self == other,
        }
    }

    /// To follow what goes: "Erase chats …". What was filled in has no close of its own.
    #[must_use]
    pub fn words(&self, class: RetentionClass) -> String {
        let is_form = class == RetentionClass::Submissions;
        let begin = if is_form { "filled in" } else { "closed" };
        let counted =
            |count: u16, unit: &str| format!("{count} {unit}{} after they are {begin}", if count == 1 { "" } else { "s" });
        match self {
            Self::AtClose if is_form => "as soon as their chat is closed".to_owned(),
            Self::AtClose => "as soon as they are closed".to_owned(),
            Self::AfterMailed => "once their transcript was mailed".to_owned(),
            Self::AfterDelivered => "once the receiver of a webhook has taken them".to_owned(),
            Self::OnFirstView if is_form => "once one of their fields was uncovered".to_owned(),
            Self::OnFirstView => "once somebody has read them after they were closed".to_owned(),
            Self::OnConsentWithdrawn => "when their visitor takes back the consent".to_owned(),
            Self::HoursAfter(hours) => counted(*hours, "hour"),
            Self::DaysAfter(days) => counted(*days, "day"),
            Self::Schedule(schedule) => schedule.words(),
        }
    }
}

impl Schedule {
    fn words(&self) -> String {
        const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let Self { every, hour, zone } = self;
        let zone = zone.as_str();
        match every {
            Every::Hour => format!("each hour, on the hour ({zone})"),
            Every::Day => format!("each day at {hour:02}:00 ({zone})"),
            Every::Week(day) => {
                let day = DAYS.get(usize::from(*day).wrapping_sub(1)).unwrap_or(&"week");
                format!("each {day} at {hour:02}:00 ({zone})")
            }
            Every::Month(day @ 29..) => format!("each month on day {day}, or its last, at {hour:02}:00 ({zone})"),
            Every::Month(day) => format!("each month on day {day} at {hour:02}:00 ({zone})"),
        }
    }
}

impl What {
    /// Whether something may belong to both.
    fn meets(&self, other: &Self) -> bool {
        fn apart<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
            matches!((one, other), (Some(one), Some(other)) if one != other)
        }
        // One conversation may bear two tags.
        self.class == other.class && !apart(self.site, other.site) && !apart(self.department, other.department)
    }

    /// Whether everything that belongs to the other belongs to this.
    fn covers(&self, other: &Self) -> bool {
        self.class == other.class
            && (self.site.is_none() || self.site == other.site)
            && (self.department.is_none() || self.department == other.department)
            && (self.tag.is_none() || self.tag == other.tag)
    }
}

impl PurgeOrder {
    /// # Errors
    /// When it could never do anything, or not what it says.
    pub fn checked(self) -> Result<Self, RuleFault> {
        let fault = match (self.what.class, self.how, &self.when) {
            (RetentionClass::Attachments, ..) => RuleFault::Class("files go when their chat is closed."),
            (RetentionClass::Reporting, ..) => {
                RuleFault::Class("counters hold nothing about anybody, and have a time of their own.")
            }
            (RetentionClass::Deliveries, ..) => RuleFault::Class("what was told to webhooks has a time of its own."),
            (RetentionClass::Submissions, How::Anonymise, _) => RuleFault::NothingLeft,
            (RetentionClass::Submissions, _, When::AfterMailed) => RuleFault::NeverOfSubmissions,
            _ => return Ok(self),
        };
        Err(fault)
    }

    #[must_use]
    pub const fn is_armed(&self) -> bool {
        matches!(self.standing, Standing::Armed { .. })
    }

    /// When it comes round next, for one that is in force and has a schedule: a time that has passed is one that was missed.
    #[must_use]
    pub fn next_run(&self) -> Option<Timestamp> {
        let (Standing::Armed { since }, When::Schedule(schedule)) = (self.standing, &self.when) else { return None };
        schedule.next_after(self.last.map_or(since, |last| last.at.max(since)))
    }

    /// Up to when what is closed goes in this run, if there is one to be made now: one for all that were missed.
    #[must_use]
    pub fn run_due(&self, now: Timestamp) -> Option<Timestamp> {
        let When::Schedule(schedule) = &self.when else { return None };
        self.next_run().filter(|next| *next <= now).and_then(|_| schedule.last_until(now))
    }

    /// Up to when what is closed goes now, if anything does: what is old enough, or the whole of a run.
    #[must_use]
    pub fn takes_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.when.age().map_or_else(|| self.run_due(now), |age| Some(now.minus(age)))
    }

    /// What speaks against having both in force.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<Overlap> {
        // Who anonymises leaves what another may erase later.
        let leaves_nothing = |one: &Self, other: &Self| one.how == How::Erase || one.how == other.how;
        let takes_all = |one: &Self, other: &Self| {
            one.what.covers(&other.what) && one.when.is_never_later(&other.when) && leaves_nothing(one, other)
        };
        if self.how != other.how && self.when == other.when && self.what.meets(&other.what) {
            Some(Overlap::Contradiction)
        } else if takes_all(other, self) {
            Some(Overlap::TakenBefore)
        } else if takes_all(self, other) {
            Some(Overlap::TakesAll)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: &str = "Europe/Berlin";

    fn order(when: When, how: How) -> PurgeOrder {
        PurgeOrder {
            id: OrderId::from_bytes([1; 16]),
            name: Name::parse("Nightly").unwrap(),
            what: What { class: RetentionClass::Transcripts, site: None, department: None, tag: None },
            when,
            how,
            standing: Standing::Draft,
            last: None,
            created_at: Timestamp::default(),
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn daily(hour: u8) -> When {
        When::Schedule(Schedule { every: Every::Day, hour, zone: ZoneName::parse(BERLIN).unwrap() })
    }

    fn of_site(order: &PurgeOrder, site: u8) -> PurgeOrder {
        let site = Some(SiteId::from_bytes([site; 16]));
        PurgeOrder { what: What { site, ..order.what.clone() }, ..order.clone() }
    }

    #[test]
    fn what_can_never_come_is_refused() {
        let scheduled = |every, hour| When::Schedule(Schedule { every, hour, zone: ZoneName::utc() });
        for (when, fault) in [
            (When::HoursAfter(0), RuleFault::Hours),
            (When::DaysAfter(4_000), RuleFault::Days),
            (scheduled(Every::Day, 24), RuleFault::Hour),
            (scheduled(Every::Week(0), 1), RuleFault::Weekday),
            (scheduled(Every::Week(8), 1), RuleFault::Weekday),
            (scheduled(Every::Month(32), 1), RuleFault::MonthDay),
            (scheduled(Every::Month(0), 1), RuleFault::MonthDay),
        ] {
            assert_eq!(when.checked(), Err(fault));
        }
        assert!(scheduled(Every::Month(31), 23).checked().is_ok());
        let of = |class, when, how| {
            let order = order(when, how);
            PurgeOrder { what: What { class, ..order.what.clone() }, ..order }.checked()
        };
        assert!(matches!(of(RetentionClass::Attachments, When::AtClose, How::Erase), Err(RuleFault::Class(_))));
        assert_eq!(of(RetentionClass::Submissions, When::AtClose, How::Anonymise), Err(RuleFault::NothingLeft));
        assert_eq!(of(RetentionClass::Submissions, When::AfterMailed, How::Erase), Err(RuleFault::NeverOfSubmissions));
        assert!(of(RetentionClass::Submissions, When::OnFirstView, How::Erase).is_ok());
    }

    #[test]
    fn runs_that_were_missed_are_made_up_for_once() {
        let armed = Standing::Armed { since: at("2026-11-20T12:00:00Z") };
        let mut it = PurgeOrder { standing: armed, ..order(daily(3), How::Erase) };
        assert_eq!(it.next_run(), Some(at("2026-11-21T02:00:00Z")));
        assert_eq!(it.run_due(at("2026-11-21T01:59:59Z")), None);
        // Three nights are over: what was closed before the last of them goes, at once and in one run.
        let now = at("2026-11-23T11:00:00Z");
        assert_eq!(it.run_due(now), Some(at("2026-11-23T02:00:00Z")));
        it.last = Some(LastRun { at: now, drawers: 1, held: 0 });
        assert_eq!((it.run_due(now), it.next_run()), (None, Some(at("2026-11-24T02:00:00Z"))));
        // What was disarmed meanwhile makes up for nothing.
        it.standing = Standing::Armed { since: at("2026-12-24T12:00:00Z") };
        assert_eq!(it.next_run(), Some(at("2026-12-25T02:00:00Z")));
        it.standing = Standing::Draft;
        assert_eq!((it.next_run(), it.run_due(at("2027-01-01T00:00:00Z"))), (None, None));
    }

    #[test]
    fn rules_that_get_in_each_others_way_are_told_apart() {
        use How::{Anonymise, Erase};
        let cases = [
            (order(When::DaysAfter(7), Erase), order(When::DaysAfter(7), Anonymise), Some(Overlap::Contradiction)),
            (order(When::DaysAfter(7), Erase), order(When::HoursAfter(100), Erase), Some(Overlap::TakenBefore)),
            (order(When::DaysAfter(7), Anonymise), order(When::DaysAfter(6), Erase), Some(Overlap::TakenBefore)),
            (order(When::HoursAfter(1), Erase), of_site(&order(When::DaysAfter(1), Erase), 1), Some(Overlap::TakesAll)),
            (order(daily(3), Erase), order(daily(3), Erase), Some(Overlap::TakenBefore)),
            // The part of a whole may go earlier than the rest, and what was anonymised may be erased later.
            (of_site(&order(When::HoursAfter(1), Erase), 1), order(When::DaysAfter(1), Erase), None),
            (order(When::DaysAfter(30), Erase), order(When::DaysAfter(1), Anonymise), None),
            (order(When::DaysAfter(30), Erase), order(When::AtClose, Erase), None),
            (order(daily(3), Erase), order(daily(4), Erase), None),
            (order(When::AfterMailed, Erase), order(When::OnFirstView, Erase), None),
            (of_site(&order(When::AtClose, Erase), 1), of_site(&order(When::AtClose, Anonymise), 2), None),
            (of_site(&order(When::AtClose, Erase), 1), order(When::AtClose, Anonymise), Some(Overlap::Contradiction)),
        ];
        for (one, other, expected) in cases {
            assert_eq!(one.overlap(&other), expected, "{:?} {:?}", one.when, other.when);
        }
    }
}

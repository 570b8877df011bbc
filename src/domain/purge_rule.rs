//! Purge rules: what goes, when, and how much of it.

use super::id::{DepartmentId, OrderId, SiteId};
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
}

/// The machine's clock was set by more than a day: nothing goes by itself until somebody says that the time is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub since: Timestamp,
    pub seconds: i64,
}

//! Purge rules, and what they have made due, as they are stored. The id is the key and not in it.

use serde::{Deserialize, Serialize};

use super::retention::ClassRecord;
use super::{Record, unfit};
use crate::domain::id::{DepartmentId, OrderId, SiteId};
use crate::domain::purge_rule::{DuePurge, Every, How, LastRun, PurgeOrder, Schedule, Standing, What, When};
use crate::domain::retention::ZoneName;
use crate::domain::text::{Name, Tag};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct OrderRecord {
    name: String,
    class: ClassRecord,
    site: Option<[u8; 16]>,
    department: Option<[u8; 16]>,
    tag: Option<String>,
    when: WhenRecord,
    how: HowRecord,
    armed_since: Option<i64>,
    last: Option<LastRecord>,
    created_at: i64,
}

#[derive(Serialize, Deserialize)]
enum WhenRecord {
    AtClose,
    AfterMailed,
    AfterDelivered,
    OnFirstView,
    OnConsentWithdrawn,
    HoursAfter(u16),
    DaysAfter(u16),
    Schedule { every: EveryRecord, hour: u8, zone: String },
}

#[derive(Serialize, Deserialize)]
enum EveryRecord {
    Hour,
    Day,
    Week(u8),
    Month(u8),
}

#[derive(Serialize, Deserialize)]
enum HowRecord {
    Erase,
    Anonymise,
}

#[derive(Serialize, Deserialize)]
struct LastRecord {
    at: i64,
    drawers: u32,
    held: u32,
}

impl Record for OrderRecord {}

impl From<&PurgeOrder> for OrderRecord {
    fn from(it: &PurgeOrder) -> Self {
        Self {
            name: it.name.as_str().to_owned(),
            class: it.what.class.into(),
            site: it.what.site.map(|id| *id.as_bytes()),
            department: it.what.department.map(|id| *id.as_bytes()),
            tag: it.what.tag.as_ref().map(|tag| tag.as_str().to_owned()),
            when: (&it.when).into(),
            how: it.how.into(),
            armed_since: match it.standing {
                Standing::Draft => None,
                Standing::Armed { since } => Some(since.as_millis()),
            },
            last: it.last.map(|run| LastRecord { at: run.at.as_millis(), drawers: run.drawers, held: run.held }),
            created_at: it.created_at.as_millis(),
        }
    }
}

impl OrderRecord {
    pub(in crate::store) fn order(self, id: OrderId) -> Result<PurgeOrder, StoreError> {
        let last = |run: LastRecord| LastRun { at: Timestamp::from_millis(run.at), drawers: run.drawers, held: run.held };
        Ok(PurgeOrder {
            id,
            name: Name::parse(&self.name).map_err(unfit)?,
            what: What {
                class: self.class.into(),
                site: self.site.map(SiteId::from_bytes),
                department: self.department.map(DepartmentId::from_bytes),
                tag: self.tag.as_deref().map(Tag::parse).transpose().map_err(unfit)?,
            },
            when: self.when.when()?,
            how: self.how.into(),
            standing: self.armed_since.map_or(Standing::Draft, |at| Standing::Armed { since: Timestamp::from_millis(at) }),
            last: self.last.map(last),
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

impl From<&When> for WhenRecord {
    fn from(it: &When) -> Self {
        match it {
            When::AtClose => Self::AtClose,
            When::AfterMailed => Self::AfterMailed,
            When::AfterDelivered => Self::AfterDelivered,
            When::OnFirstView => Self::OnFirstView,
            When::OnConsentWithdrawn => Self::OnConsentWithdrawn,
            When::HoursAfter(hours) => Self::HoursAfter(*hours),
            When::DaysAfter(days) => Self::DaysAfter(*days),
            When::Schedule(schedule) => Self::Schedule {
                every: match schedule.every {
                    Every::Hour => EveryRecord::Hour,
                    Every::Day => EveryRecord::Day,
                    Every::Week(day) => EveryRecord::Week(day),
                    Every::Month(day) => EveryRecord::Month(day),
                },
                hour: schedule.hour,
                zone: schedule.zone.as_str().to_owned(),
            },
        }
    }
}

impl WhenRecord {
    fn when(self) -> Result<When, StoreError> {
        Ok(match self {
            Self::AtClose => When::AtClose,
            Self::AfterMailed => When::AfterMailed,
            Self::AfterDelivered => When::AfterDelivered,
            Self::OnFirstView => When::OnFirstView,
            Self::OnConsentWithdrawn => When::OnConsentWithdrawn,
            Self::HoursAfter(hours) => When::HoursAfter(hours),
            Self::DaysAfter(days) => When::DaysAfter(days),
            Self::Schedule { every, hour, zone } => When::Schedule(Schedule {
                every: match every {
                    EveryRecord::Hour => Every::Hour,
                    EveryRecord::Day => Every::Day,
                    EveryRecord::Week(day) => Every::Week(day),
                    EveryRecord::Month(day) => Every::Month(day),
                },
                hour,
                zone: ZoneName::parse(&zone).map_err(unfit)?,
            }),
        })
    }
}

impl From<How> for HowRecord {
    fn from(it: How) -> Self {
        match it {
            How::Erase => Self::Erase,
            How::Anonymise => Self::Anonymise,
        }
    }
}

impl From<HowRecord> for How {
    fn from(it: HowRecord) -> Self {
        match it {
            HowRecord::Erase => Self::Erase,
            HowRecord::Anonymise => Self::Anonymise,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct DueRecord {
    order: Option<[u8; 16]>,
    how: HowRecord,
    at: i64,
}

impl Record for DueRecord {}

impl From<&DuePurge> for DueRecord {
    fn from(it: &DuePurge) -> Self {
        Self { order: it.order.map(|id| *id.as_bytes()), how: it.how.into(), at: it.at.as_millis() }
    }
}

impl DueRecord {
    pub(in crate::store) fn due(self, drawer: [u8; 16]) -> DuePurge {
        let (order, at) = (self.order.map(OrderId::from_bytes), Timestamp::from_millis(self.at));
        DuePurge { drawer, order, how: self.how.into(), at }
    }
}

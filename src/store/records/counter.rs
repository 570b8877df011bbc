//! A counter for reports as it is stored: whom it counts, and the numbers.

use serde::{Deserialize, Serialize};

use super::damaged;
use crate::domain::id::{DepartmentId, OperatorId, SiteId};
use crate::domain::report::{Counted, Day, Durations, Tally};
use crate::domain::retention::ReportingDays;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct CounterRecord {
    day: i32,
    site: [u8; 16],
    department: Option<[u8; 16]>,
    operator: Option<[u8; 16]>,
    answered: u32,
    missed: u32,
    messages: u32,
    /// 24 hours.
    by_hour: Vec<u32>,
    /// As many intervals as `report::BOUNDS` has, and one.
    waiting: Vec<u32>,
    handling: Vec<u32>,
    ratings: [u32; 5],
}

impl super::Record for CounterRecord {}

impl CounterRecord {
    pub(in crate::store) fn new(counted: &Counted, tally: &Tally) -> Self {
        Self {
            day: counted.day.number(),
            site: *counted.site.as_bytes(),
            department: counted.department.map(|id| *id.as_bytes()),
            operator: counted.operator.map(|id| *id.as_bytes()),
            answered: tally.answered,
            missed: tally.missed,
            messages: tally.messages,
            by_hour: tally.by_hour.to_vec(),
            waiting: tally.waiting.0.to_vec(),
            handling: tally.handling.0.to_vec(),
            ratings: tally.ratings,
        }
    }

    pub(in crate::store) fn counter(self) -> Result<(Counted, Tally), StoreError> {
        let counted = Counted {
            day: Day::from_number(self.day),
            site: SiteId::from_bytes(self.site),
            department: self.department.map(DepartmentId::from_bytes),
            operator: self.operator.map(OperatorId::from_bytes),
        };
        let tally = Tally {
            answered: self.answered,
            missed: self.missed,
            messages: self.messages,
            by_hour: self.by_hour.try_into().map_err(|_| damaged("a counter has other hours"))?,
            waiting: Durations(self.waiting.try_into().map_err(|_| damaged("a counter has other intervals"))?),
            handling: Durations(self.handling.try_into().map_err(|_| damaged("a counter has other intervals"))?),
            ratings: self.ratings,
        };
        Ok((counted, tally))
    }
}

/// For how long counters are kept.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct ReportingRecord {
    days: u16,
}

impl super::Record for ReportingRecord {}

impl From<ReportingDays> for ReportingRecord {
    fn from(days: ReportingDays) -> Self {
        Self { days: days.get() }
    }
}

impl ReportingRecord {
    pub(in crate::store) fn days(self) -> Result<ReportingDays, StoreError> {
        ReportingDays::new(self.days).map_err(|_| damaged("a number of days is out of its range"))
    }
}

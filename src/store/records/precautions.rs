//! What is done about haste and worse, as it is stored.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::suspicion::Precautions;
use crate::domain::throttle::{Limit, Rate};

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PrecautionsRecord {
    limits: Vec<(LimitRecord, u32, u32)>,
    bans: bool,
    ban_minutes: u16,
    mails_alerts: bool,
}

/// A limit's place among all limits is its number on disk: new ones go to the end.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub(super) struct LimitRecord(pub Limit);

impl Record for PrecautionsRecord {}

impl From<LimitRecord> for u8 {
    fn from(it: LimitRecord) -> Self {
        it.0 as Self
    }
}

impl TryFrom<u8> for LimitRecord {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Limit::ALL.get(usize::from(number)).copied().map(Self).ok_or("there is no such limit")
    }
}

impl From<&Precautions> for PrecautionsRecord {
    fn from(it: &Precautions) -> Self {
        Self {
            limits: it.limits.iter().map(|(limit, rate)| (LimitRecord(*limit), rate.burst, rate.per_hour)).collect(),
            bans: it.bans,
            ban_minutes: it.ban_minutes,
            mails_alerts: it.mails_alerts,
        }
    }
}

impl From<PrecautionsRecord> for Precautions {
    fn from(it: PrecautionsRecord) -> Self {
        Self {
            limits: it.limits.into_iter().map(|(limit, burst, per_hour)| (limit.0, Rate { burst, per_hour })).collect(),
            bans: it.bans,
            ban_minutes: it.ban_minutes,
            mails_alerts: it.mails_alerts,
        }
    }
}

//! How long things are kept, as it is stored.

use serde::{Deserialize, Serialize};

use super::{Record, unfit};
use crate::domain::preset::Preset;
use crate::domain::purge_rule::{Pause, Purging};
use crate::domain::retention::{PurgePolicy, RetentionClass, RetentionPlan, SiteClocks, ZoneName};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(super) enum PolicyRecord {
    AtClose,
    HoursAfterClose(u16),
    DaysAfterClose(u16),
    Daily { hour: u8, zone: String },
}

impl From<&PurgePolicy> for PolicyRecord {
    fn from(it: &PurgePolicy) -> Self {
        match it {
            PurgePolicy::AtClose => Self::AtClose,
            PurgePolicy::HoursAfterClose(hours) => Self::HoursAfterClose(*hours),
            PurgePolicy::DaysAfterClose(days) => Self::DaysAfterClose(*days),
            PurgePolicy::Daily { hour, zone } => Self::Daily { hour: *hour, zone: zone.as_str().to_owned() },
        }
    }
}

impl PolicyRecord {
    pub(super) fn policy(self) -> Result<PurgePolicy, StoreError> {
        Ok(match self {
            Self::AtClose => PurgePolicy::AtClose,
            Self::HoursAfterClose(hours) => PurgePolicy::HoursAfterClose(hours),
            Self::DaysAfterClose(days) => PurgePolicy::DaysAfterClose(days),
            Self::Daily { hour, zone } => PurgePolicy::Daily { hour, zone: ZoneName::parse(&zone).map_err(unfit)? },
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PlanRecord {
    messages: Option<PolicyRecord>,
    submissions: PolicyRecord,
    deliveries: PolicyRecord,
}

impl Record for PlanRecord {}

impl From<&RetentionPlan> for PlanRecord {
    fn from(it: &RetentionPlan) -> Self {
        Self {
            messages: it.messages.as_ref().map(Into::into),
            submissions: (&it.submissions).into(),
            deliveries: (&it.deliveries).into(),
        }
    }
}

impl PlanRecord {
    pub(in crate::store) fn plan(self) -> Result<RetentionPlan, StoreError> {
        Ok(RetentionPlan {
            messages: self.messages.map(PolicyRecord::policy).transpose()?,
            submissions: self.submissions.policy()?,
            deliveries: self.deliveries.policy()?,
        })
    }
}

/// Of one site.
#[derive(Serialize, Deserialize)]
pub(super) struct ClocksRecord {
    messages: Option<PolicyRecord>,
    submissions: Option<PolicyRecord>,
}

impl From<&SiteClocks> for ClocksRecord {
    fn from(it: &SiteClocks) -> Self {
        Self { messages: it.messages.as_ref().map(Into::into), submissions: it.submissions.as_ref().map(Into::into) }
    }
}

impl ClocksRecord {
    pub(super) fn clocks(self) -> Result<SiteClocks, StoreError> {
        Ok(SiteClocks {
            messages: self.messages.map(PolicyRecord::policy).transpose()?,
            submissions: self.submissions.map(PolicyRecord::policy).transpose()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum ClassRecord {
    Transcripts,
    Attachments,
    Reporting,
    Messages,
    Submissions,
    Deliveries,
}

impl From<RetentionClass> for ClassRecord {
    fn from(it: RetentionClass) -> Self {
        match it {
            RetentionClass::Transcripts => Self::Transcripts,
            RetentionClass::Attachments => Self::Attachments,
            RetentionClass::Reporting => Self::Reporting,
            RetentionClass::Messages => Self::Messages,
            RetentionClass::Submissions => Self::Submissions,
            RetentionClass::Deliveries => Self::Deliveries,
        }
    }
}

impl From<ClassRecord> for RetentionClass {
    fn from(it: ClassRecord) -> Self {
        match it {
            ClassRecord::Transcripts => Self::Transcripts,
            ClassRecord::Attachments => Self::Attachments,
            ClassRecord::Reporting => Self::Reporting,
            ClassRecord::Messages => Self::Messages,
            ClassRecord::Submissions => Self::Submissions,
            ClassRecord::Deliveries => Self::Deliveries,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum PresetRecord {
    NothingKept,
    Standard,
    Extended,
}

impl From<Preset> for PresetRecord {
    fn from(it: Preset) -> Self {
        match it {
            Preset::NothingKept => Self::NothingKept,
            Preset::Standard => Self::Standard,
            Preset::Extended => Self::Extended,
        }
    }
}

impl From<PresetRecord> for Preset {
    fn from(it: PresetRecord) -> Self {
        match it {
            PresetRecord::NothingKept => Self::NothingKept,
            PresetRecord::Standard => Self::Standard,
            PresetRecord::Extended => Self::Extended,
        }
    }
}

/// Whether anything is purged by itself at the moment.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PurgingRecord {
    /// Since when, and by how many seconds the clock was set.
    paused: Option<(i64, i64)>,
    alive_at: Option<i64>,
}

impl Record for PurgingRecord {}

impl From<Purging> for PurgingRecord {
    fn from(it: Purging) -> Self {
        Self {
            paused: it.paused.map(|pause| (pause.since.as_millis(), pause.seconds)),
            alive_at: it.alive_at.map(Timestamp::as_millis),
        }
    }
}

impl From<PurgingRecord> for Purging {
    fn from(it: PurgingRecord) -> Self {
        let pause = |(since, seconds)| Pause { since: Timestamp::from_millis(since), seconds };
        Self { paused: it.paused.map(pause), alive_at: it.alive_at.map(Timestamp::from_millis) }
    }
}

//! When closed chats are erased, as five fields of a form say it.

use super::{Fields, number};
use crate::domain::retention::{PolicyError, PurgePolicy, ZoneName};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeForm {
    /// `at_close`, `hours`, `days` or `daily`; which of the others counts.
    pub purge: String,
    pub purge_hours: String,
    pub purge_days: String,
    pub purge_hour: String,
    pub purge_zone: String,
}

impl PurgeForm {
    pub(super) fn of(policy: &PurgePolicy) -> Self {
        let mut form = Self {
            purge: String::new(),
            purge_hours: "1".to_owned(),
            purge_days: "1".to_owned(),
            purge_hour: "3".to_owned(),
            purge_zone: "UTC".to_owned(),
        };
        form.purge = match policy {
            PurgePolicy::AtClose => "at_close",
            PurgePolicy::HoursAfterClose(hours) => {
                form.purge_hours = hours.to_string();
                "hours"
            }
            PurgePolicy::DaysAfterClose(days) => {
                form.purge_days = days.to_string();
                "days"
            }
            PurgePolicy::Daily { hour, zone } => {
                form.purge_hour = hour.to_string();
                zone.as_str().clone_into(&mut form.purge_zone);
                "daily"
            }
        }
        .to_owned();
        form
    }

    pub(super) fn parse(&self, fields: &mut Fields) -> Option<PurgePolicy> {
        match self.purge.as_str() {
            "at_close" => Some(PurgePolicy::AtClose),
            "hours" => {
                let hours = number(&self.purge_hours).ok_or(PolicyError::Hours);
                fields.take("purge_hours", hours.and_then(|hours| PurgePolicy::HoursAfterClose(hours).checked()))
            }
            "days" => {
                let days = number(&self.purge_days).ok_or(PolicyError::Days);
                fields.take("purge_days", days.and_then(|days| PurgePolicy::DaysAfterClose(days).checked()))
            }
            "daily" => {
                let hour = number(&self.purge_hour).filter(|hour| *hour <= 23).ok_or(PolicyError::Hour);
                let hour = fields.take("purge_hour", hour);
                let zone = fields.take("purge_zone", ZoneName::parse(&self.purge_zone));
                Some(PurgePolicy::Daily { hour: u8::try_from(hour?).ok()?, zone: zone? })
            }
            _ => {
                fields.refuse("purge", "Choose when closed chats are deleted.");
                None
            }
        }
    }
}

//! When something is erased, as five fields of a form say it. The first bears the name of the clock, the others have it before them.

use super::fields::Fields;
use crate::domain::retention::{PolicyError, PurgePolicy, ZoneName};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeForm {
    /// `at_close`, `hours`, `days` or `daily`; which of the others counts. `same` where there need not be a clock of its own.
    pub purge: String,
    pub purge_hours: String,
    pub purge_days: String,
    pub purge_hour: String,
    pub purge_zone: String,
}

impl PurgeForm {
    #[must_use]
    pub fn of(policy: &PurgePolicy) -> Self {
        Self::of_own(Some(policy))
    }

    /// Of a clock that need not be there.
    #[must_use]
    pub fn of_own(policy: Option<&PurgePolicy>) -> Self {
        let mut form = Self {
            purge: String::new(),
            purge_hours: "1".to_owned(),
            purge_days: "1".to_owned(),
            purge_hour: "3".to_owned(),
            purge_zone: "UTC".to_owned(),
        };
        form.purge = match policy {
            None => "same",
            Some(PurgePolicy::AtClose) => "at_close",
            Some(PurgePolicy::HoursAfterClose(hours)) => {
                form.purge_hours = hours.to_string();
                "hours"
            }
            Some(PurgePolicy::DaysAfterClose(days)) => {
                form.purge_days = days.to_string();
                "days"
            }
            Some(PurgePolicy::Daily { hour, zone }) => {
                form.purge_hour = hour.to_string();
                zone.as_str().clone_into(&mut form.purge_zone);
                "daily"
            }
        }
        .to_owned();
        form
    }

    pub(super) fn parse(&self, name: &str, fields: &mut Fields) -> Option<PurgePolicy> {
        let of = |part: &str| format!("{name}_{part}");
        match self.purge.as_str() {
            "at_close" => Some(PurgePolicy::AtClose),
            "hours" => {
                let hours = number(&self.purge_hours).ok_or(PolicyError::Hours);
                fields.take(of("hours"), hours.and_then(|hours| PurgePolicy::HoursAfterClose(hours).checked()))
            }
            "days" => {
                let days = number(&self.purge_days).ok_or(PolicyError::Days);
                fields.take(of("days"), days.and_then(|days| PurgePolicy::DaysAfterClose(days).checked()))
            }
            "daily" => {
                let hour = number(&self.purge_hour).filter(|hour| *hour <= 23).ok_or(PolicyError::Hour);
                let hour = fields.take(of("hour"), hour);
                let zone = fields.take(of("zone"), ZoneName::parse(&self.purge_zone));
                Some(PurgePolicy::Daily { hour: u8::try_from(hour?).ok()?, zone: zone? })
            }
            _ => {
                fields.refuse(name.to_owned(), "Choose when this is erased.");
                None
            }
        }
    }

    /// Of a clock that need not be there; the outer `None` is a form that cannot be taken.
    pub(super) fn parse_own(&self, name: &str, fields: &mut Fields) -> Option<Option<PurgePolicy>> {
        if self.purge == "same" { Some(None) } else { self.parse(name, fields).map(Some) }
    }
}

fn number(text: &str) -> Option<u16> {
    text.trim().parse().ok()
}

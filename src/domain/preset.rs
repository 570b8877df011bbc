//! Sets of clocks under one name, for those who do not want to think about each.

use super::retention::{PurgePolicy, ReportingDays, RetentionPlan, SiteClocks};
use super::site::Site;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    NothingKept,
    Standard,
    Extended,
}

const DAYS_OF_YEAR: u16 = 365;

impl Preset {
    pub const ALL: [Self; 3] = [Self::NothingKept, Self::Standard, Self::Extended];

    /// What a form sends.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NothingKept => "nothing",
            Self::Standard => "standard",
            Self::Extended => "extended",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.code() == code)
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::NothingKept => "Nothing kept",
            Self::Standard => "Standard",
            Self::Extended => "Extended",
        }
    }

    /// What it means, for whoever chooses.
    #[must_use]
    pub const fn told(self) -> &'static str {
        match self {
            Self::NothingKept => {
                "A chat lives while it is open. It goes when it is closed, or as soon as its copy was mailed; messages that were left and filled-in forms go with it."
            }
            Self::Standard => "Chats 3 months, numbers for reports 1 year, messages left while nobody was there 2 years.",
            Self::Extended => "Chats 2 years, numbers for reports 3 years, messages left while nobody was there 5 years.",
        }
    }

    const fn chats(self) -> PurgePolicy {
        match self {
            Self::NothingKept => PurgePolicy::AtClose,
            Self::Standard => PurgePolicy::DaysAfterClose(91),
            Self::Extended => PurgePolicy::DaysAfterClose(2 * DAYS_OF_YEAR),
        }
    }

    const fn messages(self) -> PurgePolicy {
        match self {
            Self::NothingKept => PurgePolicy::AtClose,
            Self::Standard => PurgePolicy::DaysAfterClose(2 * DAYS_OF_YEAR),
            Self::Extended => PurgePolicy::DaysAfterClose(5 * DAYS_OF_YEAR),
        }
    }

    /// The plan of the house, as it would be. What secure forms hold is the last thing to be kept longer by the way: only a preset that
    /// shortens touches it.
    #[must_use]
    pub fn plan(self, before: &RetentionPlan) -> RetentionPlan {
        let messages = Some(self.messages());
        match self {
            Self::NothingKept => RetentionPlan { messages, submissions: PurgePolicy::AtClose, deliveries: PurgePolicy::AtClose },
            Self::Standard | Self::Extended => RetentionPlan { messages, ..before.clone() },
        }
    }

    /// Whether numbers that are about nobody go too is not asked by the one that keeps no content.
    #[must_use]
    pub fn reporting(self, before: ReportingDays) -> ReportingDays {
        let days = match self {
            Self::NothingKept => return before,
            Self::Standard => DAYS_OF_YEAR,
            Self::Extended => 3 * DAYS_OF_YEAR,
        };
        ReportingDays::new(days).unwrap_or(before)
    }

    /// A site, as it would be: without clocks of its own, except that shorter ones of secure forms stay.
    #[must_use]
    pub fn site(self, before: &Site) -> Site {
        let submissions = match self {
            Self::NothingKept => None,
            Self::Standard | Self::Extended => before.clocks.submissions.clone(),
        };
        Site { purge: self.chats(), clocks: SiteClocks { messages: None, submissions }, ..before.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;
    use crate::domain::text::Name;
    use crate::domain::time::Timestamp;

    fn site() -> Site {
        Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default())
    }

    #[test]
    fn every_preset_is_within_what_may_be_set() {
        for preset in Preset::ALL {
            assert_eq!(Preset::from_code(preset.code()), Some(preset));
            let plan = preset.plan(&RetentionPlan::default());
            let clocks = [preset.site(&site()).purge, plan.messages.clone().unwrap(), plan.submissions, plan.deliveries];
            for clock in clocks {
                assert_eq!(clock.clone().checked(), Ok(clock), "{preset:?}");
            }
        }
        let days = |preset: Preset| preset.reporting(ReportingDays::new(100).unwrap()).get();
        assert_eq!(Preset::ALL.map(days), [100, 365, 1_095]);
    }

    #[test]
    fn no_preset_keeps_what_was_filled_in_for_longer() {
        let own = SiteClocks { messages: Some(PurgePolicy::AtClose), submissions: Some(PurgePolicy::HoursAfterClose(1)) };
        let before = Site { clocks: own, ..site() };
        let after = Preset::Extended.site(&before);
        assert_eq!(after.clocks, SiteClocks { messages: None, submissions: Some(PurgePolicy::HoursAfterClose(1)) });
        assert_eq!(Preset::NothingKept.site(&before).clocks, SiteClocks::default());
        let plan = Preset::Extended.plan(&RetentionPlan::default());
        assert_eq!(plan.submissions, RetentionPlan::default().submissions);
    }
}

//! The pages on which controls are set.

use super::Control;

/// A page of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    SiteGeneral,
    SitePrivacy,
    SiteForms,
    SiteRedaction,
    Kept,
    Rules,
    Webhooks,
    SecureForms,
    Networks,
    SignIn,
    Limits,
    Alerts,
    Permissions,
    People,
    Audit,
    Backups,
    /// Settings of the host, which no page changes.
    Host,
}

impl Place {
    /// What templates call it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::SiteGeneral => "site-general",
            Self::SitePrivacy => "site-privacy",
            Self::SiteForms => "site-forms",
            Self::SiteRedaction => "site-redaction",
            Self::Kept => "kept",
            Self::Rules => "rules",
            Self::Webhooks => "webhooks",
            Self::SecureForms => "secure-forms",
            Self::Networks => "networks",
            Self::SignIn => "sign-in",
            Self::Limits => "limits",
            Self::Alerts => "alerts",
            Self::Permissions => "permissions",
            Self::People => "people",
            Self::Audit => "audit",
            Self::Backups => "backups",
            Self::Host => "host",
        }
    }
}

impl Control {
    /// The pages on which it can be broken, with the field there, where it is one: first the one where it is put right.
    pub fn spots(self) -> impl Iterator<Item = (Place, Option<&'static str>)> {
        let words = self.words();
        std::iter::once((words.place, words.field)).chain(self.elsewhere().iter().copied())
    }

    const fn elsewhere(self) -> &'static [(Place, Option<&'static str>)] {
        match self {
            Self::NoCvv => &[(Place::SecureForms, None)],
            Self::PurgedAfterDelivery => &[(Place::Webhooks, None), (Place::SitePrivacy, None)],
            Self::ChatsGoInADay => &[(Place::Kept, Some("preset"))],
            Self::SubmissionsGoInADay => &[(Place::SitePrivacy, Some("submissions"))],
            Self::MessagesGoInAMonth => &[(Place::SitePrivacy, Some("messages"))],
            Self::NothingForever => &[(Place::SitePrivacy, None)],
            _ => &[],
        }
    }
}

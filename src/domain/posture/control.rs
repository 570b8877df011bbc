//! The controls by name and number. What is said of each stands in `words`, where it is set in `place`, how it is looked at in `checks`.
//!
//! Tags and numbers stay what they are: they stand in the audit log, in evidence reports and in the answers to scripts.

use super::Profile;
use super::words::Weight;

macro_rules! controls {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $tag:literal;)*) => {
        /// Something that a machine can check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Control {
            $($(#[$doc])* $name = $number,)*
        }

        impl Control {
            /// In the order in which people read them.
            pub const ALL: [Self; [$($number),*].len()] = [$(Self::$name),*];

            /// What it is called where machines read.
            #[must_use]
            pub const fn tag(self) -> &'static str {
                match self {
                    $(Self::$name => $tag,)*
                }
            }
        }
    };
}

controls! {
    // What leaves a chat, and what never gets into one.
    HealthForms = 1, "secure-forms";
    CardForms = 2, "card-forms";
    CardsShortened = 3, "card-numbers-shortened";
    NoCvv = 4, "no-card-verification-codes";
    CardsRedacted = 5, "card-numbers-masked";
    IdentifiersRedacted = 6, "identifiers-masked";
    VisitorFilesOff = 7, "visitor-files-off";
    OperatorFilesOff = 8, "operator-files-off";
    OperatorsMailNothing = 9, "operators-mail-no-transcripts";
    VisitorsGetNoCopy = 10, "visitors-get-no-transcripts";
    MailboxesGetNothing = 11, "mailboxes-get-no-transcripts";
    PushOff = 12, "push-messages-off";
    PeekOff = 13, "sneak-peek-off";
    // How long things are kept.
    PurgedAfterDelivery = 14, "purged-after-delivery";
    ChatsGoInADay = 15, "chats-go-within-a-day";
    SubmissionsGoInADay = 16, "submissions-go-within-a-day";
    MessagesGoInAMonth = 17, "messages-go-within-a-month";
    DeliveriesGoInAMonth = 18, "deliveries-go-within-a-month";
    NothingForever = 19, "nothing-beyond-two-years";
    SilentChatsClose = 20, "silent-chats-close";
    PurgingRuns = 21, "purging-runs";
    NothingOverdue = 22, "nothing-overdue";
    // What is known of visitors.
    VisitorsInformed = 23, "visitors-informed";
    NothingBeforeConsent = 24, "nothing-before-consent";
    AddressesMinimised = 25, "addresses-minimised";
    MonitoringOff = 26, "monitoring-off";
    // Who comes in.
    StaffNetworks = 27, "staff-networks";
    IdleSessions = 28, "idle-sessions-end";
    LongSessions = 29, "sessions-end-after-a-shift";
    AdminFactors = 30, "administrators-second-factor";
    EverybodysFactors = 31, "everybodys-second-factor";
    DormantAccounts = 32, "unused-accounts-disabled";
    GuessingLimits = 33, "guessing-limits";
    Bans = 34, "scanners-kept-out";
    ExportsAreForFew = 35, "operators-export-nothing";
    LeadsAreForFew = 36, "operators-see-no-leads";
    TwoAdmins = 37, "two-administrators";
    // What is written down, and who looks.
    AuditYear = 38, "audit-a-year";
    AuditSixYears = 39, "audit-six-years";
    AuditWhole = 40, "audit-whole";
    AlertsByMail = 41, "alerts-by-mail";
    AlertsSeen = 42, "alerts-seen";
    // The machine.
    KeyApart = 43, "root-key-apart";
    BackedUp = 44, "backed-up";
    Rehearsed = 45, "restore-rehearsed";
    CertificateValid = 46, "certificate-valid";
    CertificateKnown = 47, "certificate-known";
    DemoOff = 48, "demo-off";
    Confined = 49, "process-confined";
}

impl Control {
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|control| control.number() == number)
    }

    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|control| control.tag() == tag)
    }

    #[must_use]
    pub fn is_must_of(self, profile: Profile) -> bool {
        self.words().asked_by(profile).is_some_and(|asked| asked.weight == Weight::Must)
    }

    /// What a profile insists on.
    pub fn musts(profile: Profile) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |control| control.is_must_of(profile))
    }

    #[must_use]
    pub fn title(self) -> &'static str {
        self.words().title
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tags_and_numbers_name_one_control_each() {
        let tags: BTreeSet<_> = Control::ALL.iter().map(|it| it.tag()).collect();
        let titles: BTreeSet<_> = Control::ALL.iter().map(|it| it.title()).collect();
        assert_eq!((tags.len(), titles.len()), (Control::ALL.len(), Control::ALL.len()));
        for control in Control::ALL {
            assert_eq!(Control::of_number(control.number()), Some(control));
            assert_eq!(Control::of_tag(control.tag()), Some(control));
            assert!(control.tag().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", control.tag());
        }
        assert_eq!((Control::of_number(0), Control::of_tag("")), (None, None));
    }

    #[test]
    fn each_profile_asks_with_a_reference_of_its_own() {
        let own = [(Profile::Hipaa, "45 CFR 164."), (Profile::Pci, "PCI DSS "), (Profile::Gdpr, "GDPR Art. ")];
        for (profile, begins) in own {
            for control in Control::ALL {
                if let Some(asked) = control.words().asked_by(profile) {
                    assert!(asked.reference.contains(begins), "{}: {}", control.tag(), asked.reference);
                }
            }
            assert!(Control::musts(profile).count() >= 10, "{profile:?}");
        }
        let asked_by_none = |control: &Control| Profile::ALL.iter().all(|it| control.words().asked_by(*it).is_none());
        assert!(!Control::ALL.iter().any(asked_by_none));
    }
}

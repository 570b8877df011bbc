//! What is said of each control: its title, why, where it stands in the law or the standard, and where it is set.

use super::{Control, Place, Profile};

/// How much a profile asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Enforcing the profile puts it right and locks it.
    Must,
    /// Advice.
    Optional,
}

/// That a profile asks for something, and where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub weight: Weight,
    pub reference: &'static str,
}

/// What is said of a control.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub title: &'static str,
    /// Why, or what exactly is looked at.
    pub why: &'static str,
    pub place: Place,
    /// The field on that page, where it is one.
    pub field: Option<&'static str>,
    /// By profile: HIPAA, PCI DSS, GDPR.
    asked: [Option<Asked>; Profile::ALL.len()],
}

impl Words {
    #[must_use]
    pub fn asked_by(&self, profile: Profile) -> Option<Asked> {
        self.asked[profile as usize]
    }
}

const fn must(reference: &'static str) -> Option<Asked> {
    Some(Asked { weight: Weight::Must, reference })
}

const fn may(reference: &'static str) -> Option<Asked> {
    Some(Asked { weight: Weight::Optional, reference })
}

/// The profile says nothing of it.
const NO: Option<Asked> = None;

impl Control {
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
    pub const fn words(self) -> Words {
        match self {
            Self::HealthForms => Words {
                title: "Health and other sensitive data has a secure form on every site",
                why: "What is sensitive is asked on a page of its own, kept in a drawer of its own and shown masked; a chat is no place for it.",
                place: Place::SecureForms,
                field: None,
                asked: [must("45 CFR 164.312(e)(1), 164.502(b)"), may("PCI DSS 4.2.2"), may("GDPR Art. 25(1), 32(1)(a)")],
            },
            Self::CardForms => Words {
                title: "Card numbers have a secure form on every site",
                why: "A form with a card number’s own field, so that nobody has a reason to type one into a chat.",
                place: Place::SecureForms,
                field: None,
                asked: [NO, must("PCI DSS 4.2.2, 3.4.1"), NO],
            },
            Self::CardsShortened => Words {
                title: "Secure forms keep of a card number the first six and last four digits",
                why: "What is not kept cannot be stolen. More than these may be shown to nobody without a business need.",
                place: Place::SecureForms,
                field: None,
                asked: [may("45 CFR 164.502(b)"), must("PCI DSS 3.4.1, 3.5.1"), may("GDPR Art. 5(1)(c)")],
            },
            Self::NoCvv => Words {
                title: "No form asks for a card’s verification code",
                why: "No field for it exists, and none may be called so: it may not be kept after a payment was authorised, encrypted or not.",
                place: Place::SiteForms,
                field: None,
                asked: [NO, must("PCI DSS 3.3.1, 3.3.1.2"), may("GDPR Art. 5(1)(c)")],
            },
            Self::CardsRedacted => Words {
                title: "Card numbers in chats are made unreadable before they are stored",
                why: "Whoever types one into a chat all the same has not left it there.",
                place: Place::SiteRedaction,
                field: Some("cards"),
                asked: [must("45 CFR 164.502(b), 164.514(d)"), must("PCI DSS 3.5.1, 4.2.2"), may("GDPR Art. 5(1)(c)")],
            },
            Self::IdentifiersRedacted => Words {
                title: "Social security numbers in chats are made unreadable before they are stored",
                why: "They are identifiers that make health data somebody’s.",
                place: Place::SiteRedaction,
                field: Some("ssn"),
                asked: [must("45 CFR 164.514(b)(2)(i)(G), 164.502(b)"), NO, may("GDPR Art. 5(1)(c), 87")],
            },
            Self::VisitorFilesOff => Words {
                title: "Visitors cannot send files",
                why: "Nobody knows what is in them before they are there.",
                place: Place::SitePrivacy,
                field: Some("visitor_files"),
                asked: [must("45 CFR 164.502(b), 164.312(e)(1)"), must("PCI DSS 4.2.2, 3.2.1"), may("GDPR Art. 5(1)(c)")],
            },
            Self::OperatorFilesOff => Words {
                title: "Operators cannot send files or ask for them",
                why: "A file that was sent is out of your hands.",
                place: Place::SitePrivacy,
                field: Some("operator_files"),
                asked: [must("45 CFR 164.502(b), 164.312(e)(1)"), must("PCI DSS 4.2.2, 3.4.2"), may("GDPR Art. 5(1)(c)")],
            },
            Self::OperatorsMailNothing => Words {
                title: "Operators cannot e-mail transcripts",
                why: "Mail is kept by others, often in clear, and for as long as they like.",
                place: Place::SitePrivacy,
                field: Some("operators_mail_transcripts"),
                asked: [must("45 CFR 164.312(e)(1), 164.502(b)"), must("PCI DSS 4.2.2"), may("GDPR Art. 5(1)(f)")],
            },
            Self::VisitorsGetNoCopy => Words {
                title: "No transcript is e-mailed to visitors",
                why: "Neither when they ask nor when a chat closes: their mailbox is none of yours to protect.",
                place: Place::SitePrivacy,
                field: Some("visitor_transcripts"),
                asked: [must("45 CFR 164.312(e)(1)"), must("PCI DSS 4.2.2"), may("GDPR Art. 5(1)(f)")],
            },
            Self::MailboxesGetNothing => Words {
                title: "No transcript is e-mailed to mailboxes",
                why: "A mailbox keeps what was purged here.",
                place: Place::SitePrivacy,
                field: Some("transcript_mailboxes"),
                asked: [must("45 CFR 164.312(e)(1), 164.310(d)(2)(i)"), must("PCI DSS 4.2.2, 3.2.1"), may("GDPR Art. 5(1)(e)")],
            },
            Self::PushOff => Words {
                title: "No push messages",
                why: "They go through the makers of browsers.",
                place: Place::SitePrivacy,
                field: None,
                asked: [must("45 CFR 164.502(e), 164.312(e)(1)"), may("PCI DSS 4.2.2"), may("GDPR Art. 28, 44")],
            },
            Self::PeekOff => Words {
                title: "Operators do not see what is typed before it is sent",
                why: "It was not sent, so it was not given; and a card number in it has not been made unreadable yet.",
                place: Place::SitePrivacy,
                field: Some("sneak_peek"),
                asked: [must("45 CFR 164.502(b)"), must("PCI DSS 3.4.1"), must("GDPR Art. 5(1)(a), 5(1)(c)")],
            },
            Self::PurgedAfterDelivery => Words {
                title: "What another system was given is purged here once it has it",
                why: "A webhook that is told transcripts has purge rules beside it, for chats and for messages left: after delivery, or at close. Without such a webhook there is nothing to do.",
                place: Place::Rules,
                field: None,
                asked: [must("45 CFR 164.310(d)(2)(i)"), must("PCI DSS 3.2.1"), may("GDPR Art. 5(1)(e)")],
            },
            Self::ChatsGoInADay => Words {
                title: "Chats are erased at close, or within a day after it",
                why: "At close, after some hours, after a day, or each day at an hour.",
                place: Place::SitePrivacy,
                field: Some("purge"),
                asked: [must("45 CFR 164.310(d)(2)(i), 164.502(b)"), must("PCI DSS 3.2.1"), may("GDPR Art. 5(1)(e)")],
            },
            Self::SubmissionsGoInADay => Words {
                title: "What was filled in in secure forms is erased within a day",
                why: "By its clock; forms may purge it sooner, on first view or at close.",
                place: Place::Kept,
                field: Some("submissions"),
                asked: [must("45 CFR 164.310(d)(2)(i), 164.502(b)"), must("PCI DSS 3.2.1"), may("GDPR Art. 5(1)(e)")],
            },
            Self::MessagesGoInAMonth => Words {
                title: "Messages left while nobody was there are erased within 30 days",
                why: "Long enough to be answered. The bound is ours; the rules name none.",
                place: Place::Kept,
                field: Some("messages"),
                asked: [must("45 CFR 164.310(d)(2)(i)"), must("PCI DSS 3.2.1"), may("GDPR Art. 5(1)(e)")],
            },
            Self::DeliveriesGoInAMonth => Words {
                title: "What was told to webhooks is forgotten within 30 days",
                why: "They say who was told when, and no content.",
                place: Place::Kept,
                field: Some("deliveries"),
                asked: [may("45 CFR 164.310(d)(2)(i)"), may("PCI DSS 3.2.1"), must("GDPR Art. 5(1)(e)")],
            },
            Self::NothingForever => Words {
                title: "Nothing about visitors is kept for more than two years",
                why: "Chats, messages, submissions, and the numbers for reports. The bound is ours: the law asks for no longer than needed, and names no number.",
                place: Place::Kept,
                field: None,
                asked: [may("45 CFR 164.502(b)"), may("PCI DSS 3.2.1"), must("GDPR Art. 5(1)(e), 25(2)")],
            },
            Self::SilentChatsClose => Words {
                title: "A silent chat is closed within a day",
                why: "The time until it is erased counts from there.",
                place: Place::SitePrivacy,
                field: Some("idle_close_minutes"),
                asked: [must("45 CFR 164.310(d)(2)(i)"), must("PCI DSS 3.2.1"), must("GDPR Art. 5(1)(e)")],
            },
            Self::PurgingRuns => Words {
                title: "Purging is not paused",
                why: "It pauses when the machine’s clock was set by more than a day, until somebody says that the time is right.",
                place: Place::Rules,
                field: None,
                asked: [must("45 CFR 164.310(d)(2)(i)"), must("PCI DSS 3.2.1"), must("GDPR Art. 5(1)(e)")],
            },
            Self::NothingOverdue => Words {
                title: "Nothing is overdue for purging",
                why: "By more than an hour, and not held for a reason.",
                place: Place::Kept,
                field: None,
                asked: [must("45 CFR 164.310(d)(2)(i)"), must("PCI DSS 3.2.1"), must("GDPR Art. 5(1)(e)")],
            },
            Self::VisitorsInformed => Words {
                title: "Visitors are told what happens to what they write, and agree",
                why: "Before the first message, with the version of the text on record.",
                place: Place::SitePrivacy,
                field: Some("consent"),
                asked: [may("45 CFR 164.520"), NO, must("GDPR Art. 7(1), 13")],
            },
            Self::NothingBeforeConsent => Words {
                title: "Nothing is stored in a visitor’s browser before they write or agree",
                why: "Not even what the tab forgets when it is closed.",
                place: Place::SitePrivacy,
                field: Some("before_consent"),
                asked: [may("45 CFR 164.502(b)"), NO, must("Directive 2002/58/EC Art. 5(3), GDPR Art. 25(2)")],
            },
            Self::AddressesMinimised => Words {
                title: "IP addresses of visitors are shortened or not recorded",
                why: "Hidden alone means that they are there, and shown to nobody.",
                place: Place::SitePrivacy,
                field: Some("address"),
                asked: [must("45 CFR 164.514(b)(2)(i)(O), 164.502(b)"), NO, must("GDPR Art. 5(1)(c), 25(2)")],
            },
            Self::MonitoringOff => Words {
                title: "Operators do not see who browses the website",
                why: "Which pages somebody looked at says what they worry about.",
                place: Place::SitePrivacy,
                field: Some("monitoring"),
                asked: [must("45 CFR 164.502(b)"), NO, must("GDPR Art. 5(1)(c), 25(2)")],
            },
            Self::StaffNetworks => Words {
                title: "Staff come in from known networks only",
                why: "A list of networks for everybody, none of them as wide as the internet. Only you know them, so no click can set it.",
                place: Place::Networks,
                field: Some("networks"),
                asked: [must("45 CFR 164.312(a)(1), 164.310(b)"), must("PCI DSS 1.3.1, 1.4.2"), may("GDPR Art. 32(1)(b)")],
            },
            Self::IdleSessions => Words {
                title: "A session without activity ends after 15 minutes at most",
                why: "Of whoever left their desk.",
                place: Place::SignIn,
                field: Some("idle_minutes"),
                asked: [must("45 CFR 164.312(a)(2)(iii)"), must("PCI DSS 8.2.8"), may("GDPR Art. 32(1)(b)")],
            },
            Self::LongSessions => Words {
                title: "Every session ends after 12 hours at most",
                why: "One shift. The bound is ours: the rules name one for sessions without activity alone.",
                place: Place::SignIn,
                field: Some("absolute_hours"),
                asked: [may("45 CFR 164.312(a)(1)"), NO, may("GDPR Art. 32(1)(b)")],
            },
            Self::AdminFactors => Words {
                title: "Administrators show a second factor",
                why: "The policy asks for it. Whoever enforces this has to have one themselves.",
                place: Place::SignIn,
                field: Some("second_factor"),
                asked: [must("45 CFR 164.312(d)"), must("PCI DSS 8.4.1"), must("GDPR Art. 32(1)(b)")],
            },
            Self::EverybodysFactors => Words {
                title: "All of the staff show a second factor",
                why: "The policy asks every role for it.",
                place: Place::SignIn,
                field: Some("second_factor"),
                asked: [may("45 CFR 164.312(d)"), must("PCI DSS 8.4.2"), may("GDPR Art. 32(1)(b)")],
            },
            Self::DormantAccounts => Words {
                title: "Accounts that nobody uses are disabled after 90 days at most",
                why: "Each is a door that nobody watches.",
                place: Place::SignIn,
                field: Some("dormant_days"),
                asked: [must("45 CFR 164.308(a)(3)(ii)(C)"), must("PCI DSS 8.2.6"), may("GDPR Art. 32(1)(b)")],
            },
            Self::GuessingLimits => Words {
                title: "Passwords and codes cannot be guessed faster than usual",
                why: "The limits against guessing are as they come, or narrower. Tries come back one by one; nobody can lock out somebody else. PCI DSS speaks of ten tries and half an hour: show this to whoever assesses you.",
                place: Place::Limits,
                field: None,
                asked: [must("45 CFR 164.308(a)(5)(ii)(C)"), must("PCI DSS 8.3.4"), may("GDPR Art. 32(1)(b)")],
            },
            Self::Bans => Words {
                title: "Who scans or sprays is kept out for a time",
                why: "By itself, and lifted by hand where it was wrong.",
                place: Place::Limits,
                field: Some("bans"),
                asked: [may("45 CFR 164.308(a)(1)(ii)(D)"), must("PCI DSS 8.3.4, 11.5.1"), may("GDPR Art. 32(1)(b)")],
            },
            Self::ExportsAreForFew => Words {
                title: "Operators cannot save chats as files",
                why: "Supervisors may, where you let them; each file leaves a line in the audit log.",
                place: Place::Permissions,
                field: Some("operator-export_transcripts"),
                asked: [must("45 CFR 164.502(b), 164.308(a)(4)"), must("PCI DSS 3.4.2, 7.2.2"), may("GDPR Art. 25(2), 32(4)")],
            },
            Self::LeadsAreForFew => Words {
                title: "Operators do not see the list of leads",
                why: "Names and addresses of many people at once.",
                place: Place::Permissions,
                field: Some("operator-see_leads"),
                asked: [must("45 CFR 164.502(b), 164.308(a)(4)"), may("PCI DSS 7.2.2"), may("GDPR Art. 25(2), 32(4)")],
            },
            Self::TwoAdmins => Words {
                title: "There are two administrators or more",
                why: "So that one can let the other in again, and approve what one alone should not do.",
                place: Place::People,
                field: None,
                asked: [may("45 CFR 164.312(a)(2)(ii)"), NO, may("GDPR Art. 32(1)(b)")],
            },
            Self::AuditYear => Words {
                title: "The audit log is kept for a year or longer",
                why: "365 days at least. PCI DSS asks for twelve months; the others name no number.",
                place: Place::Audit,
                field: Some("audit_days"),
                asked: [must("45 CFR 164.312(b)"), must("PCI DSS 10.5.1"), may("GDPR Art. 5(2), 33(5)")],
            },
            Self::AuditSixYears => Words {
                title: "The audit log is kept for six years",
                why: "Some read the six years for documentation as six years of logs. Ask who advises you.",
                place: Place::Audit,
                field: Some("audit_days"),
                asked: [may("45 CFR 164.316(b)(2)(i)"), NO, NO],
            },
            Self::AuditWhole => Words {
                title: "The audit log is whole",
                why: "Each start holds its rows against the head outside the database. None has found the head missing, or an administrator has looked at that.",
                place: Place::Audit,
                field: None,
                asked: [
                    must("45 CFR 164.312(b), 164.312(c)(1)"),
                    must("PCI DSS 10.3.2, 10.3.4"),
                    must("GDPR Art. 5(2), 32(1)(b)"),
                ],
            },
            Self::AlertsByMail => Words {
                title: "Administrators get mail about alerts",
                why: "Mail without content: that there is an alert, and where to look.",
                place: Place::Alerts,
                field: None,
                asked: [may("45 CFR 164.308(a)(6)(ii)"), may("PCI DSS 10.7.2, 12.10.5"), may("GDPR Art. 33(1)")],
            },
            Self::AlertsSeen => Words {
                title: "No alert waits for more than a day",
                why: "Until an administrator says that they have seen it.",
                place: Place::Alerts,
                field: None,
                asked: [may("45 CFR 164.308(a)(1)(ii)(D)"), may("PCI DSS 10.4.1"), may("GDPR Art. 33(1)")],
            },
            Self::KeyApart => Words {
                title: "The root key is not on the disk that it opens",
                why: "A passphrase, a systemd credential, or a key file elsewhere. The key beside the data protects from nobody who takes the disk.",
                place: Place::Host,
                field: None,
                asked: [may("45 CFR 164.312(a)(2)(iv)"), may("PCI DSS 3.6.1"), may("GDPR Art. 32(1)(a)")],
            },
            Self::BackedUp => Words {
                title: "There is a backup of the last two days",
                why: "Made by the plan or by hand, and read back.",
                place: Place::Backups,
                field: None,
                asked: [may("45 CFR 164.308(a)(7)(ii)(A)"), may("PCI DSS 10.3.3"), may("GDPR Art. 32(1)(c)")],
            },
            Self::Rehearsed => Words {
                title: "Restoring was rehearsed within 30 days",
                why: "A backup that was never restored is a hope.",
                place: Place::Backups,
                field: None,
                asked: [may("45 CFR 164.308(a)(7)(ii)(D)"), NO, may("GDPR Art. 32(1)(d)")],
            },
            Self::CertificateValid => Words {
                title: "The certificate is valid for a week or longer",
                why: "There is no way in without TLS 1.2 or 1.3; this is about its certificate.",
                place: Place::Host,
                field: None,
                asked: [must("45 CFR 164.312(e)(1), 164.312(e)(2)(ii)"), must("PCI DSS 4.2.1"), must("GDPR Art. 32(1)(a)")],
            },
            Self::CertificateKnown => Words {
                title: "The certificate comes from an authority that browsers know",
                why: "Or from one that your own machines trust: whoever gets used to a warning sees no attack.",
                place: Place::Host,
                field: None,
                asked: [may("45 CFR 164.312(e)(1)"), may("PCI DSS 4.2.1"), may("GDPR Art. 32(1)(a)")],
            },
            Self::DemoOff => Words {
                title: "The demonstration page is off",
                why: "It is for trying out.",
                place: Place::SiteGeneral,
                field: Some("demo"),
                asked: [may("45 CFR 164.308(a)(1)(ii)(B)"), must("PCI DSS 2.2.4, 6.5.6"), may("GDPR Art. 25(2)")],
            },
            Self::Confined => Words {
                title: "The process reaches nothing but its own",
                why: "Landlock holds it to its own files, ports and processes, where the kernel can.",
                place: Place::Host,
                field: None,
                asked: [may("45 CFR 164.308(a)(1)(ii)(B)"), may("PCI DSS 2.2.6"), may("GDPR Art. 32(1)(b)")],
            },
        }
    }
}

//! What a row says, in words that a person understands. A new action gets its line in `told`, and where it counts something, one in
//! `details`. Names are those of today; what is gone is named by its id alone.

use std::fmt;

use crate::domain::audit::{AuditAction, AuditActor, FactorKind, SubjectErasure};
use crate::domain::id::{
    AlertId, BlockId, CannedId, ConversationId, DepartmentId, FormId, OperatorId, OrderId, SiteId, SubmissionId, WebhookId,
};
use crate::domain::posture::PostureAction;
use crate::domain::retention::RetentionClass;
use crate::domain::root_key::KeyPlace;
use crate::domain::session::SignInMethod;
use crate::domain::space::Room;
use crate::domain::webhook::WebhookAct;
use crate::store::House;

/// What kind of thing happened, as one filters for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Coming in, going out, and proving who one is.
    SignIn,
    /// Content was looked at.
    Reading,
    /// Content left the appliance, or was searched for.
    Leaving,
    Erasing,
    People,
    Sites,
    /// Who may come from where, and what roles may.
    Access,
    Keys,
    Backups,
    System,
    /// The log itself.
    Log,
}

impl Kind {
    /// In the order in which they are offered.
    pub const ALL: [Self; 11] = [
        Self::SignIn,
        Self::Reading,
        Self::Leaving,
        Self::Erasing,
        Self::People,
        Self::Sites,
        Self::Access,
        Self::Keys,
        Self::Backups,
        Self::System,
        Self::Log,
    ];

    /// What a form sends.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Reading => "reading",
            Self::Leaving => "leaving",
            Self::Erasing => "erasing",
            Self::People => "people",
            Self::Sites => "sites",
            Self::Access => "access",
            Self::Keys => "keys",
            Self::Backups => "backups",
            Self::System => "system",
            Self::Log => "log",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Signing in and out",
            Self::Reading => "Reading chats",
            Self::Leaving => "Exports, mail and searches",
            Self::Erasing => "Erasing",
            Self::People => "People",
            Self::Sites => "Sites and their settings",
            Self::Access => "Access and limits",
            Self::Keys => "Keys and certificates",
            Self::Backups => "Backups",
            Self::System => "The machine and its settings",
            Self::Log => "This log",
        }
    }
}

/// What it was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Nothing,
    Site(SiteId),
    Person(OperatorId),
    Conversation(ConversationId),
    Department(DepartmentId),
    Canned(CannedId),
    Block(BlockId),
    Alert(AlertId),
    PurgeRule(OrderId),
    Webhook(WebhookId),
    Form(FormId),
    Submission(SubmissionId),
}

impl About {
    #[must_use]
    pub fn id(&self) -> Option<[u8; 16]> {
        Some(match self {
            Self::Nothing => return None,
            Self::Site(id) => *id.as_bytes(),
            Self::Person(id) => *id.as_bytes(),
            Self::Conversation(id) => *id.as_bytes(),
            Self::Department(id) => *id.as_bytes(),
            Self::Canned(id) => *id.as_bytes(),
            Self::Block(id) => *id.as_bytes(),
            Self::Alert(id) => *id.as_bytes(),
            Self::PurgeRule(id) => *id.as_bytes(),
            Self::Webhook(id) => *id.as_bytes(),
            Self::Form(id) => *id.as_bytes(),
            Self::Submission(id) => *id.as_bytes(),
        })
    }

    /// The name that it has today, if it is still there and has one that may be shown to whoever reads the log.
    #[must_use]
    pub fn name<'a>(&self, house: &'a House) -> Option<&'a str> {
        match self {
            Self::Site(id) => house.sites.get(id).map(|site| site.name.as_str()),
            Self::Person(id) => house.operators.get(id).map(|person| person.name.as_str()),
            Self::Department(id) => house.departments.get(id).map(|department| department.name.as_str()),
            Self::PurgeRule(id) => house.orders.get(id).map(|order| order.name.as_str()),
            Self::Webhook(id) => house.webhooks.get(id).map(|webhook| webhook.name.as_str()),
            Self::Form(id) => house.forms.get(id).map(|form| form.name.as_str()),
            // Chats have none, and what a canned response is called may be about somebody.
            Self::Nothing | Self::Conversation(_) | Self::Canned(_) | Self::Block(_) | Self::Alert(_) | Self::Submission(_) => {
                None
            }
        }
    }
}

/// Its id, as pages and addresses have it.
impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Site(id) => id.fmt(f),
            Self::Person(id) => id.fmt(f),
            Self::Conversation(id) => id.fmt(f),
            Self::Department(id) => id.fmt(f),
            Self::Canned(id) => id.fmt(f),
            Self::Block(id) => id.fmt(f),
            Self::Alert(id) => id.fmt(f),
            Self::PurgeRule(id) => id.fmt(f),
            Self::Webhook(id) => id.fmt(f),
            Self::Form(id) => id.fmt(f),
            Self::Submission(id) => id.fmt(f),
        }
    }
}

/// An action in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub kind: Kind,
    /// What was done, or wanted where it was refused.
    pub what: &'static str,
    pub about: About,
}

/// Who did it.
#[must_use]
pub fn who<'a>(house: &'a House, actor: &AuditActor) -> &'a str {
    match actor {
        AuditActor::Host => "The host’s command line",
        AuditActor::Timer => "Parlor itself",
        AuditActor::Staff(id) => house.operators.get(id).map_or("Somebody who is gone", |person| person.name.as_str()),
        AuditActor::Unknown => "Nobody known",
    }
}

#[must_use]
pub fn told(action: &AuditAction) -> Told {
    use AuditAction as A;
    let (kind, what, about) = match action {
        A::SetUp => (Kind::System, "Set up the installation", About::Nothing),
        A::SetUpRefused => (Kind::SignIn, "Setup with a wrong token", About::Nothing),
        A::SignedIn => (Kind::SignIn, "Signed in", About::Nothing),
        A::SignedInBy(method) => (Kind::SignIn, signed_in(*method), About::Nothing),
        A::SignInRefused => (Kind::SignIn, "Sign-in with a wrong password or address", About::Nothing),
        A::SignedOut => (Kind::SignIn, "Signed out", About::Nothing),
        A::PasswordChanged => (Kind::SignIn, "Changed the own password", About::Nothing),
        A::FactorAdded(id, FactorKind::Totp) => (Kind::SignIn, "Added an authenticator app", About::Person(*id)),
        A::FactorAdded(id, FactorKind::Passkey) => (Kind::SignIn, "Added a passkey", About::Person(*id)),
        A::PasskeyRenamed(id) => (Kind::SignIn, "Renamed a passkey", About::Person(*id)),
        A::FactorRemoved(id, FactorKind::Totp) => (Kind::SignIn, "Removed an authenticator app", About::Person(*id)),
        A::FactorRemoved(id, FactorKind::Passkey) => (Kind::SignIn, "Removed a passkey", About::Person(*id)),
        A::RecoveryCodesMade(id) => (Kind::SignIn, "Made new recovery codes", About::Person(*id)),
        A::RecoveryCodeUsed(id) => (Kind::SignIn, "Used a recovery code", About::Person(*id)),
        A::Proved => (Kind::SignIn, "Confirmed who they are", About::Nothing),
        A::ProofRefused => (Kind::SignIn, "Wrong password or code when asked to confirm", About::Nothing),
        A::PasswordResetAsked(id) => (Kind::SignIn, "Asked for a new password", About::Person(*id)),
        A::PasswordReset(id) => (Kind::SignIn, "Set a new password by mail", About::Person(*id)),
        A::SessionEnded(id) => (Kind::SignIn, "Ended a session", About::Person(*id)),
        A::SignInThrottled => (Kind::SignIn, "Sign-in before its time: too many attempts", About::Nothing),
        A::OperatorDormant(id) => (Kind::People, "Disabled an account that nobody had used for long", About::Person(*id)),
        A::OperatorReset(id) => (Kind::People, "Let somebody in again from the host", About::Person(*id)),
        A::OperatorInvited(id) => (Kind::People, "Invited", About::Person(*id)),
        A::InvitationRenewed(id) => (Kind::People, "Renewed the invitation of", About::Person(*id)),
        A::OperatorJoined(id) => (Kind::People, "Accepted the invitation", About::Person(*id)),
        A::OperatorChanged(id) => (Kind::People, "Changed the account of", About::Person(*id)),
        A::OperatorDisabled(id) => (Kind::People, "Disabled", About::Person(*id)),
        A::OperatorEnabled(id) => (Kind::People, "Enabled", About::Person(*id)),
        A::PermissionsChanged => (Kind::Access, "Changed what the roles may", About::Nothing),
        A::SignInPolicyChanged => (Kind::Access, "Changed the rules for signing in", About::Nothing),
        A::AllowlistChanged { .. } => (Kind::Access, "Changed from where staff may come", About::Nothing),
        A::AllowlistTried { .. } => (Kind::Access, "Began a trial of from where staff may come", About::Nothing),
        A::AllowlistReverted => (Kind::Access, "Ended that trial: nobody had confirmed it", About::Nothing),
        A::AllowlistReset => (Kind::Access, "Let staff come from anywhere again", About::Nothing),
        A::AddressRefused(id) => (Kind::Access, "Signed in rightly from where their role may not", About::Person(*id)),
        A::LimitChanged(_) => (Kind::Access, "Changed how often something may be done", About::Nothing),
        A::PrecautionsChanged => (Kind::Access, "Changed what is done about scans and guessing", About::Nothing),
        A::AddressBanned { .. } => (Kind::Access, "Kept an address out", About::Nothing),
        A::BanLifted(_) => (Kind::Access, "Let an address in again", About::Nothing),
        A::NotAllowlisted => (Kind::Access, "Came to a staff page from outside the allowlist", About::Nothing),
        A::AccessDenied(_) => (Kind::Access, "Wanted what their role may not", About::Nothing),
        A::Forged => (Kind::Access, "Sent a form that did not come from a page of this session", About::Nothing),
        A::Blocked(id) => (Kind::Access, "Kept a visitor out", About::Block(*id)),
        A::BlockLifted(id) => (Kind::Access, "Let a visitor in again", About::Block(*id)),
        A::AlertRaised(_) => (Kind::System, "Raised an alert", About::Nothing),
        A::AlertAcknowledged(id) => (Kind::System, "Has seen an alert", About::Alert(*id)),
        A::SiteCreated(id) => (Kind::Sites, "Created the site", About::Site(*id)),
        A::SiteChanged(id) => (Kind::Sites, "Changed the site", About::Site(*id)),
        A::SiteSectionChanged(id, _) => (Kind::Sites, "Changed the site", About::Site(*id)),
        A::IdentitySecretRenewed(id) => (Kind::Sites, "Renewed the identity secret of the site", About::Site(*id)),
        A::IdentitySecretDropped(id) => (Kind::Sites, "Dropped the identity secret of the site", About::Site(*id)),
        A::DepartmentCreated(id) => (Kind::Sites, "Created the department", About::Department(*id)),
        A::DepartmentChanged(id) => (Kind::Sites, "Changed the department", About::Department(*id)),
        A::DepartmentRemoved(id) => (Kind::Sites, "Removed the department", About::Department(*id)),
        A::CannedSaved(id) => (Kind::Sites, "Saved a canned response", About::Canned(*id)),
        A::CannedDeleted(id) => (Kind::Sites, "Deleted a canned response", About::Canned(*id)),
        A::ConversationOpened(id) => (Kind::Reading, "Opened a chat", About::Conversation(*id)),
        A::TranscriptRead(id) => (Kind::Reading, "Read a closed chat", About::Conversation(*id)),
        A::ChatsSearched { .. } => (Kind::Leaving, "Searched in chats", About::Nothing),
        A::TranscriptExported(id) => (Kind::Leaving, "Exported a chat", About::Conversation(*id)),
        A::Exported { .. } => (Kind::Leaving, "Exported chats on the host", About::Nothing),
        A::LeadsRead { .. } => (Kind::Reading, "Read a list of leads", About::Nothing),
        A::LeadsExported { .. } => (Kind::Leaving, "Exported leads", About::Nothing),
        A::LetterSent(id) => (Kind::Leaving, "Mailed a letter about their account to", About::Person(*id)),
        A::LetterGivenUp(id) => (Kind::Leaving, "Gave up mailing a letter to", About::Person(*id)),
        A::TranscriptMailed(id) => (Kind::Leaving, "Mailed a chat", About::Conversation(*id)),
        A::MailGivenUp(id) => (Kind::Leaving, "Gave up mailing a chat", About::Conversation(*id)),
        A::Purged(receipt) => (Kind::Erasing, "Erased", About::Site(receipt.site)),
        A::ReportingKeptFor { .. } => (Kind::Erasing, "Changed how long numbers for reports are kept", About::Nothing),
        A::PurgeRuleSaved(id) => (Kind::Erasing, "Saved the draft of a purge rule", About::PurgeRule(*id)),
        A::PurgeRuleArmed(id) => (Kind::Erasing, "Put a purge rule in force", About::PurgeRule(*id)),
        A::PurgeRuleDisarmed(id) => (Kind::Erasing, "Took a purge rule out of force", About::PurgeRule(*id)),
        A::PurgeRuleRemoved(id) => (Kind::Erasing, "Removed a purge rule", About::PurgeRule(*id)),
        A::PurgeRuleRan { order, .. } => (Kind::Erasing, "Ran a purge rule", About::PurgeRule(*order)),
        A::PurgingPaused { .. } => (Kind::Erasing, "Stopped purging: the clock cannot be trusted", About::Nothing),
        A::PurgingResumed => (Kind::Erasing, "Let purging go on: the time is right", About::Nothing),
        A::RootKeyChanged(_) => (Kind::Keys, "Changed the root key", About::Nothing),
        A::RootKeyRotated => (Kind::Keys, "Rotated the root key", About::Nothing),
        A::RecoveryKitMade { .. } => (Kind::Keys, "Made a recovery kit", About::Nothing),
        A::CertificateRenewed { .. } => (Kind::Keys, "Took a new certificate into use", About::Nothing),
        A::BackedUp => (Kind::Backups, "Made a backup", About::Nothing),
        A::Rehearsed { .. } => (Kind::Backups, "Rehearsed a restore", About::Nothing),
        A::Restored { .. } => (Kind::Backups, "Restored a backup", About::Nothing),
        A::Rescued { .. } => (Kind::Backups, "Mended damaged data", About::Nothing),
        A::RoomChanged { .. } => (Kind::System, "Found the room on the disk", About::Nothing),
        A::Started => (Kind::System, "Started", About::Nothing),
        A::Stopped => (Kind::System, "Stopped", About::Nothing),
        A::NotStopped => (Kind::System, "Was not stopped before this start: killed, or without power", About::Nothing),
        A::SettingsChanged(_) => (Kind::System, "Started with other settings", About::Nothing),
        A::VersionChanged { .. } => (Kind::System, "Started as another version", About::Nothing),
        A::FormatUpgraded { .. } => (Kind::System, "Brought the data up to date", About::Nothing),
        A::ClockJumped { .. } => (Kind::System, "Found the clock of the machine set", About::Nothing),
        A::SsoChanged { .. } => (Kind::Access, "Changed single sign-on", About::Nothing),
        A::SsoDisabled => (Kind::Access, "Switched single sign-on off on the host", About::Nothing),
        A::SsoRefused(_) => (Kind::SignIn, "Did not come in through single sign-on", About::Nothing),
        A::SsoLinked(id) => (Kind::People, "Linked an identity of the organisation to", About::Person(*id)),
        A::SsoUnlinked(id) => (Kind::People, "Took the identity of the organisation from", About::Person(*id)),
        A::SsoAccountMade(id) => (Kind::People, "Came in through single sign-on with a new account", About::Person(*id)),
        A::EvidenceMade => (Kind::System, "Made an evidence report", About::Nothing),
        A::AccountExported { .. } => (Kind::Leaving, "Exported everything that is kept", About::Nothing),
        A::SsoSessionEnded(id) => (Kind::SignIn, "Ended a session, as the provider said, of", About::Person(*id)),
        A::RetentionChanged => (Kind::Erasing, "Changed how long things are kept", About::Nothing),
        A::RetentionPreset(_) => (Kind::Erasing, "Set all clocks at once", About::Nothing),
        A::HoldPlaced(_) => (Kind::Erasing, "Placed a legal hold", About::Nothing),
        A::HoldLifted(_) => (Kind::Erasing, "Lifted a legal hold", About::Nothing),
        A::SubjectLooked { .. } => (Kind::Reading, "Looked for what is kept about somebody", About::Nothing),
        A::SubjectExported { .. } => (Kind::Leaving, "Handed out what is kept about somebody", About::Nothing),
        A::SubjectErased(_) => (Kind::Erasing, "Erased what was kept about somebody", About::Nothing),
        A::SubjectRectified(id) => {
            (Kind::Erasing, "Corrected what is known about the visitor of a chat", About::Conversation(*id))
        }
        A::SubjectRestricted(id) => (Kind::Erasing, "Restricted a chat", About::Conversation(*id)),
        A::SubjectRestrictionLifted(id) => (Kind::Erasing, "Lifted the restriction of a chat", About::Conversation(*id)),
        A::ConsentWithdrawn(id) => (Kind::Erasing, "Noted that consent was withdrawn", About::Conversation(*id)),
        A::SubjectsIndexed { .. } => (Kind::System, "Made older chats findable for requests of people", About::Nothing),
        A::Webhook(id, act) => {
            let (kind, what, conversation) = webhook(*act);
            (kind, what, conversation.map_or(About::Webhook(*id), About::Conversation))
        }
        A::FormSaved(id) => (Kind::Sites, "Saved a secure form", About::Form(*id)),
        A::FormAsked(id, _) => (Kind::Sites, "Sent a secure form", About::Form(*id)),
        A::FormWithdrawn(id, _) => (Kind::Sites, "Withdrew a secure form", About::Form(*id)),
        A::FormSubmitted(_, id) => (Kind::Sites, "Filled in a secure form", About::Submission(*id)),
        A::SubmissionOpened(id) => (Kind::Reading, "Looked at a filled-in form, masked", About::Submission(*id)),
        A::AnswerRevealed { submission, .. } => {
            (Kind::Reading, "Saw an answer of a secure form in clear", About::Submission(*submission))
        }
        A::SubmissionShown { submission, .. } => {
            (Kind::Reading, "Saw all answers of a secure form in clear", About::Submission(*submission))
        }
        A::Posture(action) => (Kind::System, posture(*action), About::Nothing),
        A::FileTaken(id, _) => (Kind::Leaving, "Opened or saved a file of a chat", About::Conversation(*id)),
        A::TranscriptPrinted(id) => (Kind::Reading, "Opened a chat to print it", About::Conversation(*id)),
        A::AuditTrimmed { .. } => (Kind::Log, "Removed rows whose time was over", About::Nothing),
        A::AuditKeptFor { .. } => (Kind::Log, "Changed how long this log is kept", About::Nothing),
        A::AuditRead => (Kind::Log, "Read this log", About::Nothing),
        A::AuditExported { .. } => (Kind::Log, "Exported this log", About::Nothing),
        A::AuditHeadMissing => {
            (Kind::Log, "Found the head of this log missing: rows removed from its end would not be missed", About::Nothing)
        }
        A::AuditUnvouched { .. } => (Kind::Log, "Found rows behind the head of this log, after a loss of power", About::Nothing),
    };
    Told { kind, what, about }
}

const fn webhook(act: WebhookAct) -> (Kind, &'static str, Option<ConversationId>) {
    match act {
        WebhookAct::Added => (Kind::Sites, "Added the webhook", None),
        WebhookAct::Changed => (Kind::Sites, "Changed the webhook", None),
        WebhookAct::SecretRenewed => (Kind::Sites, "Renewed the secret of the webhook", None),
        WebhookAct::Removed => (Kind::Sites, "Removed the webhook", None),
        WebhookAct::Tried => (Kind::Leaving, "Sent a test to the webhook", None),
        WebhookAct::Delivered(_, conversation) => (Kind::Leaving, "Told a webhook of", conversation),
        WebhookAct::GivenUp(_, conversation) => (Kind::Leaving, "Gave up telling a webhook of", conversation),
        WebhookAct::Repeated => (Kind::Leaving, "Had something sent again to the webhook", None),
    }
}

const fn signed_in(method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::Password => "Signed in with a password",
        SignInMethod::Totp => "Signed in with a password and a code",
        SignInMethod::RecoveryCode => "Signed in with a password and a recovery code",
        SignInMethod::SecondPasskey => "Signed in with a password and a passkey",
        SignInMethod::Passkey => "Signed in with a passkey",
        SignInMethod::SingleSignOn => "Signed in with single sign-on",
        SignInMethod::Directory => "Signed in with a password of the directory",
        SignInMethod::Link => "Signed in by an invitation or the setup",
    }
}

const fn posture(action: PostureAction) -> &'static str {
    match action {
        PostureAction::Enforced(_) => "Enforced a profile",
        PostureAction::UnlockAsked(_) => "Asked to unlock a profile",
        PostureAction::UnlockWithdrawn(_) => "Keeps a profile locked",
        PostureAction::Unlocked(_) => "Unlocked a profile",
        PostureAction::PutRight(_) => "Put right",
        PostureAction::LockHeld(_) => "Wanted to change what a profile locks",
        PostureAction::Drifted(_) => "Found that something enforced does not hold",
        PostureAction::Restored(_) => "Found that something enforced holds again",
    }
}

/// Counts and the like, which come behind it.
#[must_use]
pub fn details(action: &AuditAction) -> Option<String> {
    use AuditAction as A;
    Some(match action {
        A::Posture(
            PostureAction::Enforced(profile)
            | PostureAction::UnlockAsked(profile)
            | PostureAction::UnlockWithdrawn(profile)
            | PostureAction::Unlocked(profile),
        ) => profile.title().to_owned(),
        A::Posture(
            PostureAction::PutRight(control)
            | PostureAction::LockHeld(control)
            | PostureAction::Drifted(control)
            | PostureAction::Restored(control),
        ) => control.title().to_owned(),
        A::AllowlistChanged { networks: 0 } => "from anywhere".to_owned(),
        A::AllowlistChanged { networks } | A::AllowlistTried { networks } => counted(u64::from(*networks), "network", "networks"),
        A::AccessDenied(area) => area.title().to_owned(),
        A::AnswerRevealed { field, reason, .. } => format!("field {field}: “{reason}”"),
        A::SubmissionShown { reason, .. } => format!("“{reason}”"),
        A::AddressBanned { address, minutes } => {
            format!("{address} for {}", counted(u64::from(*minutes), "minute", "minutes"))
        }
        A::BanLifted(address) => address.to_string(),
        A::Webhook(_, WebhookAct::Delivered(event, _) | WebhookAct::GivenUp(event, _)) => event.word().to_owned(),
        A::SiteSectionChanged(_, section) => section.title().to_owned(),
        A::ChatsSearched { conversations } => format!("{} shown", counted(u64::from(*conversations), "chat", "chats")),
        A::LeadsRead { leads } | A::LeadsExported { leads } => counted(u64::from(*leads), "lead", "leads"),
        A::Exported { conversations } => counted(u64::from(*conversations), "chat", "chats"),
        A::Purged(receipt) => match receipt.class {
            RetentionClass::Transcripts => counted(u64::from(receipt.drawers), "chat", "chats"),
            RetentionClass::Attachments => counted(receipt.events, "file", "files"),
            RetentionClass::Reporting => format!("{} of reports", counted(receipt.events, "counter", "counters")),
            RetentionClass::Messages => counted(u64::from(receipt.drawers), "message left", "messages left"),
            RetentionClass::Submissions => counted(u64::from(receipt.drawers), "form submission", "form submissions"),
            RetentionClass::Deliveries => counted(receipt.events, "webhook delivery", "webhook deliveries"),
        },
        A::AccountExported { files, with_submissions: true } => {
            format!("{}, with form submissions", counted(u64::from(*files), "file", "files"))
        }
        A::AccountExported { files, .. } => counted(u64::from(*files), "file", "files"),
        A::ReportingKeptFor { days } | A::AuditKeptFor { days } => counted(u64::from(*days), "day", "days"),
        A::RetentionPreset(preset) => preset.title().to_owned(),
        A::HoldPlaced(id) | A::HoldLifted(id) => id.to_string(),
        A::FileTaken(_, file) => file.to_string(),
        A::RootKeyChanged(KeyPlace::File) => "it is in a file".to_owned(),
        A::RootKeyChanged(KeyPlace::Credential) => "it is a credential of systemd".to_owned(),
        A::RootKeyChanged(KeyPlace::Passphrase) => "it is made of a passphrase".to_owned(),
        A::RootKeyChanged(KeyPlace::Variable) => "it is in a variable".to_owned(),
        A::RecoveryKitMade { shares, threshold } => format!("{threshold} of {shares} shares open it"),
        A::CertificateRenewed { until } => format!("valid until {}", day(until)),
        A::Rehearsed { whole: true } => "it is whole".to_owned(),
        A::Rehearsed { whole: false } => "it failed".to_owned(),
        A::Restored { backup_at, purged } => {
            format!("of {}; {} erased again", day(backup_at), counted(u64::from(*purged), "chat", "chats"))
        }
        A::Rescued { losses } => counted(u64::from(*losses), "loss", "losses"),
        A::RoomChanged { room, free_mib } => {
            let room = match room {
                Room::Plenty => "plenty",
                Room::Low => "low",
                Room::Critical => "critical",
            };
            format!("{room}, {free_mib} MiB free")
        }
        A::SubjectLooked { found, .. } | A::SubjectExported { found, .. } => counted(u64::from(*found), "thing", "things"),
        A::SubjectErased(it) if it.kept > 0 => format!("{}, {} held", erased(it), it.kept),
        A::SubjectErased(it) => erased(it),
        A::SubjectsIndexed { chats } => counted(*chats, "chat", "chats"),
        A::SsoChanged { is_enforced: true } => "nothing else counts".to_owned(),
        A::SsoRefused(refusal) => refusal.reason().to_owned(),
        A::SettingsChanged(names) => names.join(", "),
        A::VersionChanged { from, to } => format!("from {from} to {to}"),
        A::FormatUpgraded { from, to } => format!("from format {from} to {to}"),
        A::PurgeRuleRan { drawers, held: 0, .. } => format!("{} taken", counted(u64::from(*drawers), "drawer", "drawers")),
        A::PurgeRuleRan { drawers, held, .. } => {
            format!("{} taken, {held} held", counted(u64::from(*drawers), "drawer", "drawers"))
        }
        A::PurgingPaused { seconds } if *seconds < 0 => {
            format!("back by {}", counted(seconds.unsigned_abs(), "second", "seconds"))
        }
        A::PurgingPaused { seconds } => format!("forward by {}", counted(seconds.unsigned_abs(), "second", "seconds")),
        A::ClockJumped { seconds } if *seconds < 0 => format!("back by {}", counted(seconds.unsigned_abs(), "second", "seconds")),
        A::ClockJumped { seconds } => format!("forward by {}", counted(seconds.unsigned_abs(), "second", "seconds")),
        A::AuditTrimmed { rows, up_to, .. } => format!("{}, up to row {up_to}", counted(*rows, "row", "rows")),
        A::AuditExported { rows } => counted(u64::from(*rows), "row", "rows"),
        A::AuditUnvouched { rows } => counted(*rows, "row", "rows"),
        _ => return None,
    })
}

fn erased(it: &SubjectErasure) -> String {
    let chats = counted(u64::from(it.conversations), "chat", "chats");
    format!("{chats}, {}", counted(u64::from(it.submissions), "form", "forms"))
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn day(at: &impl fmt::Display) -> String {
    at.to_string().chars().take(10).collect()
}

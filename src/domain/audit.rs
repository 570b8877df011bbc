//! What the audit log says: who did what, when, with what result and how many; never what was written.

use std::net::IpAddr;

use super::access::Actor;
use super::alert::AlertKind;
use super::id::{
    AlertId, BlockId, CannedId, ConversationId, DepartmentId, FileId, FormId, HoldId, OperatorId, OrderId, RequestId, SiteId,
    SubmissionId, WebhookId,
};
use super::posture::PostureAction;
use super::preset::Preset;
use super::retention::RetentionClass;
use super::root_key::KeyPlace;
use super::session::SignInMethod;
use super::space::Room;
use super::sso::SsoRefusal;
use super::subject::SubjectHash;
use super::throttle::Limit;
use super::time::Timestamp;
use super::webhook::WebhookAct;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditActor {
    Host,
    Timer,
    Staff(OperatorId),
    /// Nobody known, such as a failed sign-in.
    Unknown,
}

impl From<&Actor> for AuditActor {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Host => Self::Host,
            Actor::Timer => Self::Timer,
            Actor::Staff { id, .. } => Self::Staff(*id),
            Actor::Visitor { .. } | Actor::Stranger => Self::Unknown,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditAction {
    SetUp,
    /// Somebody tried a wrong setup token.
    SetUpRefused,
    SignedIn,
    SignInRefused,
    SignedOut,
    PasswordChanged,
    SiteCreated(SiteId),
    SiteChanged(SiteId),
    OperatorInvited(OperatorId),
    /// A new link was made for somebody; the one before is worthless.
    InvitationRenewed(OperatorId),
    OperatorJoined(OperatorId),
    OperatorChanged(OperatorId),
    OperatorDisabled(OperatorId),
    OperatorEnabled(OperatorId),
    AllowlistChanged {
        networks: u32,
    },
    AllowlistTried {
        networks: u32,
    },
    /// Nobody confirmed the list on trial in time, so the one before holds again.
    AllowlistReverted,
    AllowlistReset,
    TranscriptRead(ConversationId),
    /// Closed chats were looked through for some words; so many of them were shown.
    ChatsSearched {
        conversations: u32,
    },
    /// Everything was written into a file that may leave this machine.
    BackedUp,
    /// The newest backup was restored into a scratch directory, to see whether it can be.
    Rehearsed {
        whole: bool,
    },
    /// This installation goes on from a backup; what had been purged since was purged again.
    Restored {
        backup_at: Timestamp,
        purged: u32,
    },
    /// Conversations were written into a file in clear.
    Exported {
        conversations: u32,
    },
    /// The disk was found to have another amount of room than before.
    RoomChanged {
        room: Room,
        free_mib: u32,
    },
    Purged(PurgeReceipt),
    /// The data was damaged and was built anew; so many things could not be brought back.
    Rescued {
        losses: u32,
    },
    /// Another root key opens everything from now on, and this is where it is kept.
    RootKeyChanged(KeyPlace),
    /// The same place, a new key.
    RootKeyRotated,
    /// Whoever holds enough of these papers holds the root key.
    RecoveryKitMade {
        shares: u8,
        threshold: u8,
    },
    /// A canned response was written or changed.
    CannedSaved(CannedId),
    CannedDeleted(CannedId),
    /// One chat was written into a file in clear.
    TranscriptExported(ConversationId),
    /// The site and its customer's server share a new secret; codes under the one before prove nothing any more.
    IdentitySecretRenewed(SiteId),
    IdentitySecretDropped(SiteId),
    /// Somebody is kept out from now on.
    Blocked(BlockId),
    /// They are let in again, by somebody or because their time is over.
    BlockLifted(BlockId),
    /// Counters of reports are removed after so many days from now on.
    ReportingKeptFor {
        days: u16,
    },
    /// What the roles may was changed.
    PermissionsChanged,
    DepartmentCreated(DepartmentId),
    DepartmentChanged(DepartmentId),
    DepartmentRemoved(DepartmentId),
    /// The transcript was handed to the mail server.
    TranscriptMailed(ConversationId),
    /// It could not be mailed for a day.
    MailGivenUp(ConversationId),
    /// Somebody can prove themselves in one more way, or in one fewer.
    FactorAdded(OperatorId, FactorKind),
    FactorRemoved(OperatorId, FactorKind),
    RecoveryCodesMade(OperatorId),
    RecoveryCodeUsed(OperatorId),
    /// Somebody showed once more that it is them.
    Proved,
    ProofRefused,
    PasswordResetAsked(OperatorId),
    PasswordReset(OperatorId),
    /// Somebody's session was ended by hand.
    SessionEnded(OperatorId),
    SignInPolicyChanged,
    /// Nobody had used the account for too long.
    OperatorDormant(OperatorId),
    AlertRaised(AlertKind),
    AlertAcknowledged(AlertId),
    /// The owner of the host let somebody in again.
    OperatorReset(OperatorId),
    /// Somebody calls a passkey of theirs something else.
    PasskeyRenamed(OperatorId),
    /// Everything was right but the address, from which nobody with their role may come in.
    AddressRefused(OperatorId),
    /// Something may be done more or less often from now on.
    LimitChanged(Limit),
    /// What is done about those who scan, or who is told by mail, was changed.
    PrecautionsChanged,
    /// An address is kept out for a time, because of what came from there.
    AddressBanned {
        address: IpAddr,
        minutes: u32,
    },
    BanLifted(IpAddr),
    /// So many people who had left an address were shown as a list, or written into a file.
    LeadsRead {
        leads: u32,
    },
    LeadsExported {
        leads: u32,
    },
    /// A letter about their own account was handed to the mail server.
    LetterSent(OperatorId),
    /// It could not be.
    LetterGivenUp(OperatorId),
    /// As which; rows of earlier formats do not say.
    SignedInBy(SignInMethod),
    /// Somebody tried passwords faster than that is let.
    SignInThrottled,
    /// Somebody came to a page of staff from outside the allowlist.
    NotAllowlisted,
    /// Somebody wanted what their role may not.
    AccessDenied(Area),
    /// A form or a command that came from no page of this session.
    Forged,
    /// A chat that is not closed was looked at, for the first time in this session.
    ConversationOpened(ConversationId),
    SiteSectionChanged(SiteId, SiteSection),
    Started,
    Stopped,
    /// What ran before this start was not stopped, but ended: killed, or without power.
    NotStopped,
    /// Settings from outside that are not what they were at the start before, by name.
    SettingsChanged(Vec<String>),
    VersionChanged {
        from: String,
        to: String,
    },
    FormatUpgraded {
        from: u16,
        to: u16,
    },
    /// The machine's clock was set, forward or back.
    ClockJumped {
        seconds: i64,
    },
    CertificateRenewed {
        until: Timestamp,
    },
    /// The oldest rows were removed, up to this one, whose bytes had this hash.
    AuditTrimmed {
        rows: u64,
        up_to: u64,
        hash: [u8; 32],
    },
    AuditKeptFor {
        days: u16,
    },
    /// Somebody looked into this log.
    AuditRead,
    AuditExported {
        rows: u32,
    },
    /// A start found no head of this log beside the database, where there should be one.
    AuditHeadMissing,
    /// Rows stood behind the head when the power went: their seal alone vouches for them.
    AuditUnvouched {
        rows: u64,
    },
    /// How single sign-on is set up.
    SsoChanged {
        is_enforced: bool,
    },
    /// The owner of the host switched it off.
    SsoDisabled,
    /// Somebody did not come in through it.
    SsoRefused(SsoRefusal),
    /// An identity there is this member of staff's, or is no more.
    SsoLinked(OperatorId),
    SsoUnlinked(OperatorId),
    /// Somebody who was not here came in and has an account now.
    SsoAccountMade(OperatorId),
    /// The provider said that a session of this member of staff is over.
    SsoSessionEnded(OperatorId),
    /// For how long things are kept where their site says nothing else.
    RetentionChanged,
    /// All clocks were set at once.
    RetentionPreset(Preset),
    /// Something is not erased any more until the hold is lifted.
    HoldPlaced(HoldId),
    HoldLifted(HoldId),
    /// A purge rule was made or changed. It does nothing yet.
    PurgeRuleSaved(OrderId),
    PurgeRuleArmed(OrderId),
    PurgeRuleDisarmed(OrderId),
    PurgeRuleRemoved(OrderId),
    /// It has taken so many drawers, and left so many that somebody holds.
    PurgeRuleRan {
        order: OrderId,
        drawers: u32,
        held: u32,
    },
    /// The clock cannot be trusted, so nothing is purged by itself.
    PurgingPaused {
        seconds: i64,
    },
    /// Somebody says that it can.
    PurgingResumed,
    /// How the installation is set up was written down and signed.
    EvidenceMade,
    /// Everything that is kept was written into so many files in clear.
    AccountExported {
        files: u32,
        with_submissions: bool,
    },
    /// Somebody was looked for, by an administrator or by themselves; so many chats and forms were found.
    SubjectLooked {
        subject: SubjectHash,
        found: u32,
    },
    /// What is kept about them was written into an archive.
    SubjectExported {
        subject: SubjectHash,
        found: u32,
    },
    SubjectErased(SubjectErasure),
    /// Name, address or number were put right.
    SubjectRectified(ConversationId),
    /// It is kept and not used from now on.
    SubjectRestricted(ConversationId),
    SubjectRestrictionLifted(ConversationId),
    /// They took back what they had agreed to.
    ConsentWithdrawn(ConversationId),
    /// Chats from before the index of people can be found in it.
    SubjectsIndexed {
        chats: u64,
    },
    /// What is told to a receiver, or to whom.
    Webhook(WebhookId, WebhookAct),
    /// A secure form was made or changed.
    FormSaved(FormId),
    /// Somebody is asked to fill it in, and is not any more.
    FormAsked(FormId, RequestId),
    FormWithdrawn(FormId, RequestId),
    /// Somebody has.
    FormSubmitted(FormId, SubmissionId),
    /// What was filled in was looked at, masked, for the first time in this session.
    SubmissionOpened(SubmissionId),
    /// One answer was shown in clear. The reason is the words of whoever asked, and quotes no answer.
    AnswerRevealed {
        submission: SubmissionId,
        field: String,
        reason: String,
    },
    /// All answers were shown in clear, as the form says.
    SubmissionShown {
        submission: SubmissionId,
        reason: String,
    },
    /// About a profile that is enforced, or one of its controls.
    Posture(PostureAction),
    /// A member of staff was given a file of a chat, to look at or to keep.
    FileTaken(ConversationId, FileId),
    /// A whole chat was drawn for the printer.
    TranscriptPrinted(ConversationId),
}

impl AuditAction {
    /// Whether it may have put this account into the hands of whoever did it.
    #[must_use]
    pub fn puts_in_hands(&self, account: OperatorId) -> bool {
        match self {
            Self::OperatorInvited(id)
            | Self::InvitationRenewed(id)
            | Self::OperatorChanged(id)
            | Self::OperatorEnabled(id)
            | Self::OperatorReset(id)
            | Self::FactorRemoved(id, _)
            | Self::SsoLinked(id)
            | Self::SsoAccountMade(id) => *id == account,
            _ => false,
        }
    }
}

/// Where somebody wanted what they may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    Admin,
    Console,
    Live,
    Account,
    Leads,
}

impl Area {
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Admin => "in the admin panel",
            Self::Console => "in the console",
            Self::Live => "over the live connection",
            Self::Account => "in an account",
            Self::Leads => "in the list of leads",
        }
    }
}

/// What of a site was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteSection {
    General,
    Look,
    Windows,
    Chat,
    Hours,
    Queue,
    Form,
    OfflineForm,
    Texts,
    Invitations,
    Privacy,
    /// From which networks visitors may come.
    Visitors,
    /// What is taken out of chats.
    Redaction,
}

impl SiteSection {
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Look => "look",
            Self::Windows => "windows",
            Self::Chat => "chat",
            Self::Hours => "hours",
            Self::Queue => "queue",
            Self::Form => "form",
            Self::OfflineForm => "form while nobody is there",
            Self::Texts => "texts",
            Self::Invitations => "invitations",
            Self::Privacy => "privacy",
            Self::Visitors => "visitors",
            Self::Redaction => "redaction",
        }
    }
}

/// With what somebody proves themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorKind {
    Totp,
    Passkey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Refused,
}

/// What one act leaves behind; the writer numbers it and chains it to the row before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    pub at: Timestamp,
    pub actor: AuditActor,
    /// From where, if it came over the network.
    pub from: Option<IpAddr>,
    pub outcome: Outcome,
    /// How many of the same it stands for: refusals may be counted (see `service/refusals`).
    pub times: u32,
    pub action: AuditAction,
}

impl AuditEvent {
    /// Something that was done, from nowhere on the network.
    #[must_use]
    pub const fn done(at: Timestamp, actor: AuditActor, action: AuditAction) -> Self {
        Self { at, actor, from: None, outcome: Outcome::Done, times: 1, action }
    }
}

/// What one purge run over one site leaves behind: the proof that it happened, with counts, and with nothing about anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurgeReceipt {
    pub site: SiteId,
    pub rule: PurgeRule,
    pub class: RetentionClass,
    /// Units of erasure whose keys were destroyed; of transcripts, each is one conversation.
    pub drawers: u32,
    pub events: u64,
    /// The epoch of the key tree in which the last of those keys had ceased to exist. Rows of format 1 do not say.
    pub epoch: Option<u64>,
}

/// What somebody's request to be erased leaves behind: how much it was, and about whom under a keyed hash alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectErasure {
    pub subject: SubjectHash,
    pub conversations: u32,
    pub submissions: u32,
    /// What is under a legal hold and stayed.
    pub kept: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurgeRule {
    Policy,
    ByHand,
    /// It had been purged before, and came back with a backup.
    Tombstone,
    /// A purge rule that an administrator made.
    Order(OrderId),
    /// The person whom it was about asked for it.
    Request,
    /// The secure form that it was filled in in says so.
    Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3… without gaps.
    pub number: u64,
    pub event: AuditEvent,
}

impl std::ops::Deref for AuditEntry {
    type Target = AuditEvent;

    fn deref(&self) -> &AuditEvent {
        &self.event
    }
}

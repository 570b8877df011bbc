//! What was done, as it is stored. A new act gets its variant at the end here, a line in `writing` and one in `reading`.

use serde::{Deserialize, Serialize};

use super::parts::{AreaRecord, FactorRecord, KeyPlaceRecord, RoomRecord, RuleRecord, SectionRecord};
use crate::store::records::alert::AlertKindRecord;
use crate::store::records::posture::PostureActionRecord;
use crate::store::records::precautions::LimitRecord;
use crate::store::records::retention::{ClassRecord, PresetRecord};
use crate::store::records::session::MethodRecord;
use crate::store::records::sso::SsoRefusalRecord;
use crate::store::records::webhook::WebhookActRecord;

/// A variant's place is its number on disk: new ones go to the end.
#[derive(Serialize, Deserialize)]
pub(in crate::store::records) enum ActionRecord {
    SetUp,
    SignedIn,
    SignInRefused,
    SignedOut,
    PasswordChanged,
    SiteCreated([u8; 16]),
    SiteChanged([u8; 16]),
    OperatorInvited([u8; 16]),
    OperatorJoined([u8; 16]),
    OperatorChanged([u8; 16]),
    OperatorDisabled([u8; 16]),
    OperatorEnabled([u8; 16]),
    AllowlistChanged {
        networks: u32,
    },
    AllowlistTried {
        networks: u32,
    },
    AllowlistReset,
    TranscriptRead([u8; 16]),
    /// As format 1 wrote it. Its rows stay in the chain; `Receipt` has taken its place.
    Purged {
        site: [u8; 16],
        rule: RuleRecord,
        conversations: u32,
        events: u32,
    },
    SetUpRefused,
    InvitationRenewed([u8; 16]),
    AllowlistReverted,
    Receipt {
        site: [u8; 16],
        rule: RuleRecord,
        class: ClassRecord,
        drawers: u32,
        events: u64,
        epoch: u64,
    },
    RootKeyChanged(KeyPlaceRecord),
    RootKeyRotated,
    RecoveryKitMade {
        shares: u8,
        threshold: u8,
    },
    BackedUp,
    Rehearsed {
        whole: bool,
    },
    Restored {
        backup_at: i64,
        purged: u32,
    },
    Exported {
        conversations: u32,
    },
    RoomChanged {
        room: RoomRecord,
        free_mib: u32,
    },
    ChatsSearched {
        conversations: u32,
    },
    Rescued {
        losses: u32,
    },
    CannedSaved([u8; 16]),
    CannedDeleted([u8; 16]),
    TranscriptExported([u8; 16]),
    IdentitySecretRenewed([u8; 16]),
    IdentitySecretDropped([u8; 16]),
    Blocked([u8; 16]),
    BlockLifted([u8; 16]),
    ReportingKeptFor {
        days: u16,
    },
    PermissionsChanged,
    DepartmentCreated([u8; 16]),
    DepartmentChanged([u8; 16]),
    DepartmentRemoved([u8; 16]),
    TranscriptMailed([u8; 16]),
    MailGivenUp([u8; 16]),
    FactorAdded([u8; 16], FactorRecord),
    FactorRemoved([u8; 16], FactorRecord),
    RecoveryCodesMade([u8; 16]),
    RecoveryCodeUsed([u8; 16]),
    Proved,
    ProofRefused,
    PasswordResetAsked([u8; 16]),
    PasswordReset([u8; 16]),
    SessionEnded([u8; 16]),
    SignInPolicyChanged,
    OperatorDormant([u8; 16]),
    AlertRaised(AlertKindRecord),
    AlertAcknowledged([u8; 16]),
    OperatorReset([u8; 16]),
    PasskeyRenamed([u8; 16]),
    AddressRefused([u8; 16]),
    LimitChanged(LimitRecord),
    PrecautionsChanged,
    AddressBanned {
        address: [u8; 16],
        minutes: u32,
    },
    BanLifted([u8; 16]),
    LeadsRead {
        leads: u32,
    },
    LeadsExported {
        leads: u32,
    },
    LetterSent([u8; 16]),
    LetterGivenUp([u8; 16]),
    SignedInBy(MethodRecord),
    SignInThrottled,
    NotAllowlisted,
    AccessDenied(AreaRecord),
    Forged,
    ConversationOpened([u8; 16]),
    SiteSectionChanged([u8; 16], SectionRecord),
    Started,
    Stopped,
    NotStopped,
    SettingsChanged(Vec<String>),
    VersionChanged {
        from: String,
        to: String,
    },
    FormatUpgraded {
        from: u16,
        to: u16,
    },
    ClockJumped {
        seconds: i64,
    },
    CertificateRenewed {
        until: i64,
    },
    AuditTrimmed {
        rows: u64,
        up_to: u64,
        hash: [u8; 32],
    },
    AuditKeptFor {
        days: u16,
    },
    AuditRead,
    AuditExported {
        rows: u32,
    },
    AuditHeadMissing,
    AuditUnvouched {
        rows: u64,
    },
    SsoChanged {
        is_enforced: bool,
    },
    SsoDisabled,
    SsoRefused(SsoRefusalRecord),
    SsoLinked([u8; 16]),
    SsoUnlinked([u8; 16]),
    SsoAccountMade([u8; 16]),
    SsoSessionEnded([u8; 16]),
    RetentionChanged,
    RetentionPreset(PresetRecord),
    HoldPlaced([u8; 16]),
    HoldLifted([u8; 16]),
    PurgeRuleSaved([u8; 16]),
    PurgeRuleArmed([u8; 16]),
    PurgeRuleDisarmed([u8; 16]),
    PurgeRuleRemoved([u8; 16]),
    PurgeRuleRan {
        order: [u8; 16],
        drawers: u32,
        held: u32,
    },
    PurgingPaused {
        seconds: i64,
    },
    PurgingResumed,
    EvidenceMade,
    AccountExported {
        files: u32,
        with_submissions: bool,
    },
    SubjectLooked {
        subject: [u8; 16],
        found: u32,
    },
    SubjectExported {
        subject: [u8; 16],
        found: u32,
    },
    SubjectErased {
        subject: [u8; 16],
        conversations: u32,
        submissions: u32,
        kept: u32,
    },
    SubjectRectified([u8; 16]),
    SubjectRestricted([u8; 16]),
    SubjectRestrictionLifted([u8; 16]),
    ConsentWithdrawn([u8; 16]),
    SubjectsIndexed {
        chats: u64,
    },
    Webhook([u8; 16], WebhookActRecord),
    FormSaved([u8; 16]),
    FormAsked([u8; 16], [u8; 16]),
    FormWithdrawn([u8; 16], [u8; 16]),
    FormSubmitted([u8; 16], [u8; 16]),
    SubmissionOpened([u8; 16]),
    AnswerRevealed {
        submission: [u8; 16],
        field: String,
        reason: String,
    },
    SubmissionShown {
        submission: [u8; 16],
        reason: String,
    },
    Posture(PostureActionRecord),
    FileTaken([u8; 16], [u8; 16]),
    TranscriptPrinted([u8; 16]),
}

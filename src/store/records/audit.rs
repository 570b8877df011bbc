//! A row of the audit log as it is stored: ids and counts, like the row itself.

use serde::{Deserialize, Serialize};

use super::alert::AlertKindRecord;
use super::posture::PostureActionRecord;
use super::precautions::LimitRecord;
use super::retention::{ClassRecord, PresetRecord};
use super::session::MethodRecord;
use super::sso::SsoRefusalRecord;
use super::webhook::WebhookActRecord;
use super::{Record, address, address_bytes, damaged, read};
use crate::domain::audit::{
    Area, AuditAction, AuditActor, AuditEntry, AuditEvent, FactorKind, Outcome, PurgeReceipt, PurgeRule, SiteSection,
    SubjectErasure,
};
use crate::domain::id::{
    AlertId, BlockId, CannedId, ConversationId, DepartmentId, FileId, FormId, HoldId, OperatorId, OrderId, RequestId, SiteId,
    SubmissionId, WebhookId,
};
use crate::domain::retention::{AuditDays, RetentionClass};
use crate::domain::root_key::KeyPlace;
use crate::domain::space::Room;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

/// An audit row as it stands in the chain: it carries the hash of the row before it.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AuditRecord {
    pub number: u64,
    pub previous: [u8; 32],
    at: i64,
    actor: ActorRecord,
    /// As IPv6, an IPv4 address mapped.
    from: Option<[u8; 16]>,
    is_refused: bool,
    times: u32,
    action: ActionRecord,
}

/// Version 1 knew neither from where nor refusals.
#[derive(Deserialize)]
struct AuditRecord1 {
    number: u64,
    previous: [u8; 32],
    at: i64,
    actor: ActorRecord,
    action: ActionRecord,
}

impl Record for AuditRecord {
    const VERSION: u8 = 2;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        if version != 1 {
            return Err(damaged("its version is not known"));
        }
        let AuditRecord1 { number, previous, at, actor, action } = read(body)?;
        // What was refused says so in its name.
        let is_refused = matches!(action, ActionRecord::SignInRefused | ActionRecord::SetUpRefused);
        Ok(Self { number, previous, at, actor, from: None, is_refused, times: 1, action })
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(in crate::store) enum ActorRecord {
    Host,
    Timer,
    Staff([u8; 16]),
    Unknown,
}

/// A variant's place is its number on disk: new ones go to the end.
#[derive(Serialize, Deserialize)]
pub(super) enum ActionRecord {
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

#[derive(Serialize, Deserialize)]
pub(super) enum AreaRecord {
    Admin,
    Console,
    Live,
    Account,
    Leads,
}

#[derive(Serialize, Deserialize)]
pub(super) enum SectionRecord {
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
    Visitors,
    Redaction,
}

#[derive(Serialize, Deserialize)]
pub(super) enum FactorRecord {
    Totp,
    Passkey,
}

#[derive(Serialize, Deserialize)]
pub(super) enum KeyPlaceRecord {
    File,
    Credential,
    Passphrase,
    Variable,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(in crate::store) enum RuleRecord {
    Policy,
    ByHand,
    Tombstone,
    Order([u8; 16]),
    Request,
    Form,
}

#[derive(Serialize, Deserialize)]
pub(super) enum RoomRecord {
    Plenty,
    Low,
    Critical,
}

/// For how long rows are kept.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AuditDaysRecord {
    days: u16,
}

impl Record for AuditDaysRecord {}

impl From<AuditDays> for AuditDaysRecord {
    fn from(days: AuditDays) -> Self {
        Self { days: days.get() }
    }
}

impl AuditDaysRecord {
    pub(in crate::store) fn days(self) -> Result<AuditDays, StoreError> {
        AuditDays::new(self.days).map_err(super::unfit)
    }
}

impl AuditRecord {
    pub(in crate::store) fn new(entry: &AuditEntry, previous: [u8; 32]) -> Self {
        Self {
            number: entry.number,
            previous,
            at: entry.at.as_millis(),
            actor: (&entry.actor).into(),
            from: entry.from.map(address_bytes),
            is_refused: entry.outcome == Outcome::Refused,
            times: entry.times,
            action: (&entry.action).into(),
        }
    }

    pub(in crate::store) fn entry(self) -> AuditEntry {
        let event = AuditEvent {
            at: Timestamp::from_millis(self.at),
            actor: self.actor.into(),
            from: self.from.map(address),
            outcome: if self.is_refused { Outcome::Refused } else { Outcome::Done },
            times: self.times,
            action: self.action.into(),
        };
        AuditEntry { number: self.number, event }
    }
}

impl From<&AuditActor> for ActorRecord {
    fn from(actor: &AuditActor) -> Self {
        match actor {
            AuditActor::Host => Self::Host,
            AuditActor::Timer => Self::Timer,
            AuditActor::Staff(id) => Self::Staff(*id.as_bytes()),
            AuditActor::Unknown => Self::Unknown,
        }
    }
}

impl From<ActorRecord> for AuditActor {
    fn from(record: ActorRecord) -> Self {
        match record {
            ActorRecord::Host => Self::Host,
            ActorRecord::Timer => Self::Timer,
            ActorRecord::Staff(id) => Self::Staff(OperatorId::from_bytes(id)),
            ActorRecord::Unknown => Self::Unknown,
        }
    }
}

/// The same variants under the same names.
macro_rules! alike {
    ($domain:ty, $record:ty, $($variant:ident),+) => {
        impl From<$domain> for $record {
            fn from(it: $domain) -> Self {
                match it {
                    $(<$domain>::$variant => Self::$variant,)+
                }
            }
        }

        impl From<$record> for $domain {
            fn from(it: $record) -> Self {
                match it {
                    $(<$record>::$variant => Self::$variant,)+
                }
            }
        }
    };
}

alike!(Area, AreaRecord, Admin, Console, Live, Account, Leads);
alike!(
    SiteSection,
    SectionRecord,
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
    Visitors,
    Redaction
);

impl From<FactorKind> for FactorRecord {
    fn from(kind: FactorKind) -> Self {
        match kind {
            FactorKind::Totp => Self::Totp,
            FactorKind::Passkey => Self::Passkey,
        }
    }
}

impl From<FactorRecord> for FactorKind {
    fn from(record: FactorRecord) -> Self {
        match record {
            FactorRecord::Totp => Self::Totp,
            FactorRecord::Passkey => Self::Passkey,
        }
    }
}

impl From<PurgeRule> for RuleRecord {
    fn from(rule: PurgeRule) -> Self {
        match rule {
            PurgeRule::Policy => Self::Policy,
            PurgeRule::ByHand => Self::ByHand,
            PurgeRule::Tombstone => Self::Tombstone,
            PurgeRule::Order(id) => Self::Order(*id.as_bytes()),
            PurgeRule::Request => Self::Request,
            PurgeRule::Form => Self::Form,
        }
    }
}

impl From<RuleRecord> for PurgeRule {
    fn from(record: RuleRecord) -> Self {
        match record {
            RuleRecord::Policy => Self::Policy,
            RuleRecord::ByHand => Self::ByHand,
            RuleRecord::Tombstone => Self::Tombstone,
            RuleRecord::Order(id) => Self::Order(OrderId::from_bytes(id)),
            RuleRecord::Request => Self::Request,
            RuleRecord::Form => Self::Form,
        }
    }
}

impl From<&PurgeReceipt> for ActionRecord {
    fn from(it: &PurgeReceipt) -> Self {
        let (site, rule, class) = (*it.site.as_bytes(), it.rule.into(), it.class.into());
        match (it.epoch, it.class) {
            (Some(epoch), _) => Self::Receipt { site, rule, class, drawers: it.drawers, events: it.events, epoch },
            // No key was destroyed, and no epoch is 0.
            (None, RetentionClass::Reporting | RetentionClass::Deliveries) => {
                Self::Receipt { site, rule, class, drawers: it.drawers, events: it.events, epoch: 0 }
            }
            (None, _) => {
                let events = u32::try_from(it.events).unwrap_or(u32::MAX);
                Self::Purged { site, rule, conversations: it.drawers, events }
            }
        }
    }
}

impl From<Room> for RoomRecord {
    fn from(room: Room) -> Self {
        match room {
            Room::Plenty => Self::Plenty,
            Room::Low => Self::Low,
            Room::Critical => Self::Critical,
        }
    }
}

impl From<RoomRecord> for Room {
    fn from(record: RoomRecord) -> Self {
        match record {
            RoomRecord::Plenty => Self::Plenty,
            RoomRecord::Low => Self::Low,
            RoomRecord::Critical => Self::Critical,
        }
    }
}

impl From<KeyPlace> for KeyPlaceRecord {
    fn from(place: KeyPlace) -> Self {
        match place {
            KeyPlace::File => Self::File,
            KeyPlace::Credential => Self::Credential,
            KeyPlace::Passphrase => Self::Passphrase,
            KeyPlace::Variable => Self::Variable,
        }
    }
}

impl From<KeyPlaceRecord> for KeyPlace {
    fn from(record: KeyPlaceRecord) -> Self {
        match record {
            KeyPlaceRecord::File => Self::File,
            KeyPlaceRecord::Credential => Self::Credential,
            KeyPlaceRecord::Passphrase => Self::Passphrase,
            KeyPlaceRecord::Variable => Self::Variable,
        }
    }
}

impl From<&AuditAction> for ActionRecord {
    fn from(action: &AuditAction) -> Self {
        match action {
            AuditAction::SetUp => Self::SetUp,
            AuditAction::SignedIn => Self::SignedIn,
            AuditAction::SignInRefused => Self::SignInRefused,
            AuditAction::SignedOut => Self::SignedOut,
            AuditAction::PasswordChanged => Self::PasswordChanged,
            AuditAction::SiteCreated(id) => Self::SiteCreated(*id.as_bytes()),
            AuditAction::SiteChanged(id) => Self::SiteChanged(*id.as_bytes()),
            AuditAction::OperatorInvited(id) => Self::OperatorInvited(*id.as_bytes()),
            AuditAction::OperatorJoined(id) => Self::OperatorJoined(*id.as_bytes()),
            AuditAction::OperatorChanged(id) => Self::OperatorChanged(*id.as_bytes()),
            AuditAction::OperatorDisabled(id) => Self::OperatorDisabled(*id.as_bytes()),
            AuditAction::OperatorEnabled(id) => Self::OperatorEnabled(*id.as_bytes()),
            AuditAction::AllowlistChanged { networks } => Self::AllowlistChanged { networks: *networks },
            AuditAction::AllowlistTried { networks } => Self::AllowlistTried { networks: *networks },
            AuditAction::AllowlistReset => Self::AllowlistReset,
            AuditAction::SetUpRefused => Self::SetUpRefused,
            AuditAction::InvitationRenewed(id) => Self::InvitationRenewed(*id.as_bytes()),
            AuditAction::AllowlistReverted => Self::AllowlistReverted,
            AuditAction::RootKeyChanged(place) => Self::RootKeyChanged((*place).into()),
            AuditAction::RootKeyRotated => Self::RootKeyRotated,
            AuditAction::RecoveryKitMade { shares, threshold } => {
                Self::RecoveryKitMade { shares: *shares, threshold: *threshold }
            }
            AuditAction::RoomChanged { room, free_mib } => Self::RoomChanged { room: (*room).into(), free_mib: *free_mib },
            AuditAction::ChatsSearched { conversations } => Self::ChatsSearched { conversations: *conversations },
            AuditAction::TranscriptRead(id) => Self::TranscriptRead(*id.as_bytes()),
            AuditAction::BackedUp => Self::BackedUp,
            AuditAction::Rehearsed { whole } => Self::Rehearsed { whole: *whole },
            AuditAction::Restored { backup_at, purged } => Self::Restored { backup_at: backup_at.as_millis(), purged: *purged },
            AuditAction::Exported { conversations } => Self::Exported { conversations: *conversations },
            AuditAction::Purged(receipt) => receipt.into(),
            AuditAction::ReportingKeptFor { days } => Self::ReportingKeptFor { days: *days },
            AuditAction::PermissionsChanged => Self::PermissionsChanged,
            AuditAction::Rescued { losses } => Self::Rescued { losses: *losses },
            AuditAction::CannedSaved(id) => Self::CannedSaved(*id.as_bytes()),
            AuditAction::CannedDeleted(id) => Self::CannedDeleted(*id.as_bytes()),
            AuditAction::TranscriptExported(id) => Self::TranscriptExported(*id.as_bytes()),
            AuditAction::DepartmentCreated(id) => Self::DepartmentCreated(*id.as_bytes()),
            AuditAction::DepartmentChanged(id) => Self::DepartmentChanged(*id.as_bytes()),
            AuditAction::DepartmentRemoved(id) => Self::DepartmentRemoved(*id.as_bytes()),
            AuditAction::IdentitySecretRenewed(id) => Self::IdentitySecretRenewed(*id.as_bytes()),
            AuditAction::IdentitySecretDropped(id) => Self::IdentitySecretDropped(*id.as_bytes()),
            AuditAction::Blocked(id) => Self::Blocked(*id.as_bytes()),
            AuditAction::BlockLifted(id) => Self::BlockLifted(*id.as_bytes()),
            AuditAction::TranscriptMailed(id) => Self::TranscriptMailed(*id.as_bytes()),
            AuditAction::MailGivenUp(id) => Self::MailGivenUp(*id.as_bytes()),
            AuditAction::FactorAdded(id, kind) => Self::FactorAdded(*id.as_bytes(), (*kind).into()),
            AuditAction::FactorRemoved(id, kind) => Self::FactorRemoved(*id.as_bytes(), (*kind).into()),
            AuditAction::RecoveryCodesMade(id) => Self::RecoveryCodesMade(*id.as_bytes()),
            AuditAction::RecoveryCodeUsed(id) => Self::RecoveryCodeUsed(*id.as_bytes()),
            AuditAction::Proved => Self::Proved,
            AuditAction::ProofRefused => Self::ProofRefused,
            AuditAction::PasswordResetAsked(id) => Self::PasswordResetAsked(*id.as_bytes()),
            AuditAction::PasswordReset(id) => Self::PasswordReset(*id.as_bytes()),
            AuditAction::SessionEnded(id) => Self::SessionEnded(*id.as_bytes()),
            AuditAction::SignInPolicyChanged => Self::SignInPolicyChanged,
            AuditAction::OperatorDormant(id) => Self::OperatorDormant(*id.as_bytes()),
            AuditAction::AlertRaised(kind) => Self::AlertRaised((*kind).into()),
            AuditAction::AlertAcknowledged(id) => Self::AlertAcknowledged(*id.as_bytes()),
            AuditAction::OperatorReset(id) => Self::OperatorReset(*id.as_bytes()),
            AuditAction::PasskeyRenamed(id) => Self::PasskeyRenamed(*id.as_bytes()),
            AuditAction::AddressRefused(id) => Self::AddressRefused(*id.as_bytes()),
            AuditAction::LimitChanged(limit) => Self::LimitChanged(LimitRecord(*limit)),
            AuditAction::PrecautionsChanged => Self::PrecautionsChanged,
            AuditAction::AddressBanned { address, minutes } => {
                Self::AddressBanned { address: address_bytes(*address), minutes: *minutes }
            }
            AuditAction::BanLifted(address) => Self::BanLifted(address_bytes(*address)),
            AuditAction::LeadsRead { leads } => Self::LeadsRead { leads: *leads },
            AuditAction::LeadsExported { leads } => Self::LeadsExported { leads: *leads },
            AuditAction::LetterSent(id) => Self::LetterSent(*id.as_bytes()),
            AuditAction::LetterGivenUp(id) => Self::LetterGivenUp(*id.as_bytes()),
            AuditAction::SignedInBy(method) => Self::SignedInBy((*method).into()),
            AuditAction::SignInThrottled => Self::SignInThrottled,
            AuditAction::NotAllowlisted => Self::NotAllowlisted,
            AuditAction::AccessDenied(area) => Self::AccessDenied((*area).into()),
            AuditAction::Forged => Self::Forged,
            AuditAction::ConversationOpened(id) => Self::ConversationOpened(*id.as_bytes()),
            AuditAction::SiteSectionChanged(id, section) => Self::SiteSectionChanged(*id.as_bytes(), (*section).into()),
            AuditAction::Started => Self::Started,
            AuditAction::Stopped => Self::Stopped,
            AuditAction::NotStopped => Self::NotStopped,
            AuditAction::SettingsChanged(names) => Self::SettingsChanged(names.clone()),
            AuditAction::VersionChanged { from, to } => Self::VersionChanged { from: from.clone(), to: to.clone() },
            AuditAction::FormatUpgraded { from, to } => Self::FormatUpgraded { from: *from, to: *to },
            AuditAction::ClockJumped { seconds } => Self::ClockJumped { seconds: *seconds },
            AuditAction::CertificateRenewed { until } => Self::CertificateRenewed { until: until.as_millis() },
            AuditAction::AuditTrimmed { rows, up_to, hash } => Self::AuditTrimmed { rows: *rows, up_to: *up_to, hash: *hash },
            AuditAction::AuditKeptFor { days } => Self::AuditKeptFor { days: *days },
            AuditAction::AuditRead => Self::AuditRead,
            AuditAction::AuditExported { rows } => Self::AuditExported { rows: *rows },
            AuditAction::AuditHeadMissing => Self::AuditHeadMissing,
            AuditAction::AuditUnvouched { rows } => Self::AuditUnvouched { rows: *rows },
            AuditAction::SsoChanged { is_enforced } => Self::SsoChanged { is_enforced: *is_enforced },
            AuditAction::SsoDisabled => Self::SsoDisabled,
            AuditAction::SsoRefused(refusal) => Self::SsoRefused(SsoRefusalRecord(*refusal)),
            AuditAction::SsoLinked(id) => Self::SsoLinked(*id.as_bytes()),
            AuditAction::SsoUnlinked(id) => Self::SsoUnlinked(*id.as_bytes()),
            AuditAction::SsoAccountMade(id) => Self::SsoAccountMade(*id.as_bytes()),
            AuditAction::SsoSessionEnded(id) => Self::SsoSessionEnded(*id.as_bytes()),
            AuditAction::RetentionChanged => Self::RetentionChanged,
            AuditAction::RetentionPreset(preset) => Self::RetentionPreset((*preset).into()),
            AuditAction::HoldPlaced(id) => Self::HoldPlaced(*id.as_bytes()),
            AuditAction::HoldLifted(id) => Self::HoldLifted(*id.as_bytes()),
            AuditAction::PurgeRuleSaved(id) => Self::PurgeRuleSaved(*id.as_bytes()),
            AuditAction::PurgeRuleArmed(id) => Self::PurgeRuleArmed(*id.as_bytes()),
            AuditAction::PurgeRuleDisarmed(id) => Self::PurgeRuleDisarmed(*id.as_bytes()),
            AuditAction::PurgeRuleRemoved(id) => Self::PurgeRuleRemoved(*id.as_bytes()),
            AuditAction::PurgeRuleRan { order, drawers, held } => {
                Self::PurgeRuleRan { order: *order.as_bytes(), drawers: *drawers, held: *held }
            }
            AuditAction::PurgingPaused { seconds } => Self::PurgingPaused { seconds: *seconds },
            AuditAction::PurgingResumed => Self::PurgingResumed,
            AuditAction::EvidenceMade => Self::EvidenceMade,
            AuditAction::AccountExported { files, with_submissions } => {
                Self::AccountExported { files: *files, with_submissions: *with_submissions }
            }
            AuditAction::SubjectLooked { subject, found } => Self::SubjectLooked { subject: *subject, found: *found },
            AuditAction::SubjectExported { subject, found } => Self::SubjectExported { subject: *subject, found: *found },
            AuditAction::SubjectErased(SubjectErasure { subject, conversations, submissions, kept }) => {
                Self::SubjectErased { subject: *subject, conversations: *conversations, submissions: *submissions, kept: *kept }
            }
            AuditAction::SubjectRectified(id) => Self::SubjectRectified(*id.as_bytes()),
            AuditAction::SubjectRestricted(id) => Self::SubjectRestricted(*id.as_bytes()),
            AuditAction::SubjectRestrictionLifted(id) => Self::SubjectRestrictionLifted(*id.as_bytes()),
            AuditAction::ConsentWithdrawn(id) => Self::ConsentWithdrawn(*id.as_bytes()),
            AuditAction::SubjectsIndexed { chats } => Self::SubjectsIndexed { chats: *chats },
            AuditAction::Webhook(id, act) => Self::Webhook(*id.as_bytes(), (*act).into()),
            AuditAction::FormSaved(id) => Self::FormSaved(*id.as_bytes()),
            AuditAction::FormAsked(form, request) => Self::FormAsked(*form.as_bytes(), *request.as_bytes()),
            AuditAction::FormWithdrawn(form, request) => Self::FormWithdrawn(*form.as_bytes(), *request.as_bytes()),
            AuditAction::FormSubmitted(form, id) => Self::FormSubmitted(*form.as_bytes(), *id.as_bytes()),
            AuditAction::SubmissionOpened(id) => Self::SubmissionOpened(*id.as_bytes()),
            AuditAction::AnswerRevealed { submission, field, reason } => {
                Self::AnswerRevealed { submission: *submission.as_bytes(), field: field.clone(), reason: reason.clone() }
            }
            AuditAction::SubmissionShown { submission, reason } => {
                Self::SubmissionShown { submission: *submission.as_bytes(), reason: reason.clone() }
            }
            AuditAction::Posture(action) => Self::Posture((*action).into()),
            AuditAction::FileTaken(id, file) => Self::FileTaken(*id.as_bytes(), *file.as_bytes()),
            AuditAction::TranscriptPrinted(id) => Self::TranscriptPrinted(*id.as_bytes()),
        }
    }
}

impl From<ActionRecord> for AuditAction {
    fn from(record: ActionRecord) -> Self {
        let site = SiteId::from_bytes;
        let operator = OperatorId::from_bytes;
        match record {
            ActionRecord::SetUp => Self::SetUp,
            ActionRecord::SignedIn => Self::SignedIn,
            ActionRecord::SignInRefused => Self::SignInRefused,
            ActionRecord::SignedOut => Self::SignedOut,
            ActionRecord::PasswordChanged => Self::PasswordChanged,
            ActionRecord::SiteCreated(id) => Self::SiteCreated(site(id)),
            ActionRecord::SiteChanged(id) => Self::SiteChanged(site(id)),
            ActionRecord::OperatorInvited(id) => Self::OperatorInvited(operator(id)),
            ActionRecord::OperatorJoined(id) => Self::OperatorJoined(operator(id)),
            ActionRecord::OperatorChanged(id) => Self::OperatorChanged(operator(id)),
            ActionRecord::OperatorDisabled(id) => Self::OperatorDisabled(operator(id)),
            ActionRecord::OperatorEnabled(id) => Self::OperatorEnabled(operator(id)),
            ActionRecord::AllowlistChanged { networks } => Self::AllowlistChanged { networks },
            ActionRecord::AllowlistTried { networks } => Self::AllowlistTried { networks },
            ActionRecord::AllowlistReset => Self::AllowlistReset,
            ActionRecord::SetUpRefused => Self::SetUpRefused,
            ActionRecord::InvitationRenewed(id) => Self::InvitationRenewed(operator(id)),
            ActionRecord::AllowlistReverted => Self::AllowlistReverted,
            ActionRecord::RootKeyChanged(place) => Self::RootKeyChanged(place.into()),
            ActionRecord::RootKeyRotated => Self::RootKeyRotated,
            ActionRecord::RecoveryKitMade { shares, threshold } => Self::RecoveryKitMade { shares, threshold },
            ActionRecord::IdentitySecretRenewed(id) => Self::IdentitySecretRenewed(SiteId::from_bytes(id)),
            ActionRecord::IdentitySecretDropped(id) => Self::IdentitySecretDropped(SiteId::from_bytes(id)),
            ActionRecord::Blocked(id) => Self::Blocked(BlockId::from_bytes(id)),
            ActionRecord::BlockLifted(id) => Self::BlockLifted(BlockId::from_bytes(id)),
            ActionRecord::TranscriptMailed(id) => Self::TranscriptMailed(ConversationId::from_bytes(id)),
            ActionRecord::FactorAdded(id, kind) => Self::FactorAdded(operator(id), kind.into()),
            ActionRecord::FactorRemoved(id, kind) => Self::FactorRemoved(operator(id), kind.into()),
            ActionRecord::RecoveryCodesMade(id) => Self::RecoveryCodesMade(operator(id)),
            ActionRecord::RecoveryCodeUsed(id) => Self::RecoveryCodeUsed(operator(id)),
            ActionRecord::Proved => Self::Proved,
            ActionRecord::ProofRefused => Self::ProofRefused,
            ActionRecord::PasswordResetAsked(id) => Self::PasswordResetAsked(operator(id)),
            ActionRecord::PasswordReset(id) => Self::PasswordReset(operator(id)),
            ActionRecord::SessionEnded(id) => Self::SessionEnded(operator(id)),
            ActionRecord::SignInPolicyChanged => Self::SignInPolicyChanged,
            ActionRecord::OperatorDormant(id) => Self::OperatorDormant(operator(id)),
            ActionRecord::AlertRaised(kind) => Self::AlertRaised(kind.into()),
            ActionRecord::AlertAcknowledged(id) => Self::AlertAcknowledged(AlertId::from_bytes(id)),
            ActionRecord::OperatorReset(id) => Self::OperatorReset(operator(id)),
            ActionRecord::PasskeyRenamed(id) => Self::PasskeyRenamed(operator(id)),
            ActionRecord::AddressRefused(id) => Self::AddressRefused(operator(id)),
            ActionRecord::LimitChanged(limit) => Self::LimitChanged(limit.0),
            ActionRecord::PrecautionsChanged => Self::PrecautionsChanged,
            ActionRecord::AddressBanned { address: bytes, minutes } => Self::AddressBanned { address: address(bytes), minutes },
            ActionRecord::BanLifted(bytes) => Self::BanLifted(address(bytes)),
            ActionRecord::LeadsRead { leads } => Self::LeadsRead { leads },
            ActionRecord::LeadsExported { leads } => Self::LeadsExported { leads },
            ActionRecord::LetterSent(id) => Self::LetterSent(operator(id)),
            ActionRecord::LetterGivenUp(id) => Self::LetterGivenUp(operator(id)),
            ActionRecord::SignedInBy(method) => Self::SignedInBy(method.into()),
            ActionRecord::SignInThrottled => Self::SignInThrottled,
            ActionRecord::NotAllowlisted => Self::NotAllowlisted,
            ActionRecord::AccessDenied(area) => Self::AccessDenied(area.into()),
            ActionRecord::Forged => Self::Forged,
            ActionRecord::ConversationOpened(id) => Self::ConversationOpened(ConversationId::from_bytes(id)),
            ActionRecord::SiteSectionChanged(id, section) => Self::SiteSectionChanged(site(id), section.into()),
            ActionRecord::Started => Self::Started,
            ActionRecord::Stopped => Self::Stopped,
            ActionRecord::NotStopped => Self::NotStopped,
            ActionRecord::SettingsChanged(names) => Self::SettingsChanged(names),
            ActionRecord::VersionChanged { from, to } => Self::VersionChanged { from, to },
            ActionRecord::FormatUpgraded { from, to } => Self::FormatUpgraded { from, to },
            ActionRecord::ClockJumped { seconds } => Self::ClockJumped { seconds },
            ActionRecord::CertificateRenewed { until } => Self::CertificateRenewed { until: Timestamp::from_millis(until) },
            ActionRecord::AuditTrimmed { rows, up_to, hash } => Self::AuditTrimmed { rows, up_to, hash },
            ActionRecord::AuditKeptFor { days } => Self::AuditKeptFor { days },
            ActionRecord::AuditRead => Self::AuditRead,
            ActionRecord::AuditExported { rows } => Self::AuditExported { rows },
            ActionRecord::AuditHeadMissing => Self::AuditHeadMissing,
            ActionRecord::AuditUnvouched { rows } => Self::AuditUnvouched { rows },
            ActionRecord::SsoChanged { is_enforced } => Self::SsoChanged { is_enforced },
            ActionRecord::SsoDisabled => Self::SsoDisabled,
            ActionRecord::SsoRefused(SsoRefusalRecord(refusal)) => Self::SsoRefused(refusal),
            ActionRecord::SsoLinked(id) => Self::SsoLinked(OperatorId::from_bytes(id)),
            ActionRecord::SsoUnlinked(id) => Self::SsoUnlinked(OperatorId::from_bytes(id)),
            ActionRecord::SsoAccountMade(id) => Self::SsoAccountMade(OperatorId::from_bytes(id)),
            ActionRecord::SsoSessionEnded(id) => Self::SsoSessionEnded(OperatorId::from_bytes(id)),
            ActionRecord::RetentionChanged => Self::RetentionChanged,
            ActionRecord::RetentionPreset(preset) => Self::RetentionPreset(preset.into()),
            ActionRecord::HoldPlaced(id) => Self::HoldPlaced(HoldId::from_bytes(id)),
            ActionRecord::HoldLifted(id) => Self::HoldLifted(HoldId::from_bytes(id)),
            ActionRecord::PurgeRuleSaved(id) => Self::PurgeRuleSaved(OrderId::from_bytes(id)),
            ActionRecord::PurgeRuleArmed(id) => Self::PurgeRuleArmed(OrderId::from_bytes(id)),
            ActionRecord::PurgeRuleDisarmed(id) => Self::PurgeRuleDisarmed(OrderId::from_bytes(id)),
            ActionRecord::PurgeRuleRemoved(id) => Self::PurgeRuleRemoved(OrderId::from_bytes(id)),
            ActionRecord::PurgeRuleRan { order, drawers, held } => {
                Self::PurgeRuleRan { order: OrderId::from_bytes(order), drawers, held }
            }
            ActionRecord::PurgingPaused { seconds } => Self::PurgingPaused { seconds },
            ActionRecord::PurgingResumed => Self::PurgingResumed,
            ActionRecord::EvidenceMade => Self::EvidenceMade,
            ActionRecord::AccountExported { files, with_submissions } => Self::AccountExported { files, with_submissions },
            ActionRecord::SubjectLooked { subject, found } => Self::SubjectLooked { subject, found },
            ActionRecord::SubjectExported { subject, found } => Self::SubjectExported { subject, found },
            ActionRecord::SubjectErased { subject, conversations, submissions, kept } => {
                Self::SubjectErased(SubjectErasure { subject, conversations, submissions, kept })
            }
            ActionRecord::SubjectRectified(id) => Self::SubjectRectified(ConversationId::from_bytes(id)),
            ActionRecord::SubjectRestricted(id) => Self::SubjectRestricted(ConversationId::from_bytes(id)),
            ActionRecord::SubjectRestrictionLifted(id) => Self::SubjectRestrictionLifted(ConversationId::from_bytes(id)),
            ActionRecord::ConsentWithdrawn(id) => Self::ConsentWithdrawn(ConversationId::from_bytes(id)),
            ActionRecord::SubjectsIndexed { chats } => Self::SubjectsIndexed { chats },
            ActionRecord::Webhook(id, act) => Self::Webhook(WebhookId::from_bytes(id), act.into()),
            ActionRecord::FormSaved(id) => Self::FormSaved(FormId::from_bytes(id)),
            ActionRecord::FormAsked(form, request) => Self::FormAsked(FormId::from_bytes(form), RequestId::from_bytes(request)),
            ActionRecord::FormWithdrawn(form, request) => {
                Self::FormWithdrawn(FormId::from_bytes(form), RequestId::from_bytes(request))
            }
            ActionRecord::FormSubmitted(form, id) => Self::FormSubmitted(FormId::from_bytes(form), SubmissionId::from_bytes(id)),
            ActionRecord::SubmissionOpened(id) => Self::SubmissionOpened(SubmissionId::from_bytes(id)),
            ActionRecord::AnswerRevealed { submission, field, reason } => {
                Self::AnswerRevealed { submission: SubmissionId::from_bytes(submission), field, reason }
            }
            ActionRecord::SubmissionShown { submission, reason } => {
                Self::SubmissionShown { submission: SubmissionId::from_bytes(submission), reason }
            }
            ActionRecord::MailGivenUp(id) => Self::MailGivenUp(ConversationId::from_bytes(id)),
            ActionRecord::RoomChanged { room, free_mib } => Self::RoomChanged { room: room.into(), free_mib },
            ActionRecord::ChatsSearched { conversations } => Self::ChatsSearched { conversations },
            ActionRecord::TranscriptRead(id) => Self::TranscriptRead(ConversationId::from_bytes(id)),
            ActionRecord::BackedUp => Self::BackedUp,
            ActionRecord::Rehearsed { whole } => Self::Rehearsed { whole },
            ActionRecord::Restored { backup_at, purged } => {
                Self::Restored { backup_at: Timestamp::from_millis(backup_at), purged }
            }
            ActionRecord::Exported { conversations } => Self::Exported { conversations },
            ActionRecord::Rescued { losses } => Self::Rescued { losses },
            ActionRecord::CannedSaved(id) => Self::CannedSaved(CannedId::from_bytes(id)),
            ActionRecord::CannedDeleted(id) => Self::CannedDeleted(CannedId::from_bytes(id)),
            ActionRecord::TranscriptExported(id) => Self::TranscriptExported(ConversationId::from_bytes(id)),
            ActionRecord::DepartmentCreated(id) => Self::DepartmentCreated(DepartmentId::from_bytes(id)),
            ActionRecord::DepartmentChanged(id) => Self::DepartmentChanged(DepartmentId::from_bytes(id)),
            ActionRecord::DepartmentRemoved(id) => Self::DepartmentRemoved(DepartmentId::from_bytes(id)),
            ActionRecord::Purged { site: id, rule, conversations, events } => Self::Purged(PurgeReceipt {
                site: site(id),
                rule: rule.into(),
                class: RetentionClass::Transcripts,
                drawers: conversations,
                events: events.into(),
                epoch: None,
            }),
            ActionRecord::Receipt { site: id, rule, class, drawers, events, epoch } => {
                let (rule, class, epoch) = (rule.into(), class.into(), (epoch > 0).then_some(epoch));
                Self::Purged(PurgeReceipt { site: site(id), rule, class, drawers, events, epoch })
            }
            ActionRecord::ReportingKeptFor { days } => Self::ReportingKeptFor { days },
            ActionRecord::PermissionsChanged => Self::PermissionsChanged,
            ActionRecord::Posture(action) => Self::Posture(action.into()),
            ActionRecord::FileTaken(id, file) => Self::FileTaken(ConversationId::from_bytes(id), FileId::from_bytes(file)),
            ActionRecord::TranscriptPrinted(id) => Self::TranscriptPrinted(ConversationId::from_bytes(id)),
        }
    }
}

//! And back.

use super::action::ActionRecord;
use crate::domain::audit::{AuditAction, PurgeReceipt, SubjectErasure};
use crate::domain::id::{
    AlertId, BlockId, CannedId, ConversationId, DepartmentId, FileId, FormId, HoldId, OperatorId, OrderId, RequestId, SiteId,
    SubmissionId, WebhookId,
};
use crate::domain::retention::RetentionClass;
use crate::domain::time::Timestamp;
use crate::store::records::address;
use crate::store::records::sso::SsoRefusalRecord;

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

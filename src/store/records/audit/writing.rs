//! From an act to what is stored of it.

use super::action::ActionRecord;
use crate::domain::audit::{AuditAction, PurgeReceipt, SubjectErasure};
use crate::domain::retention::RetentionClass;
use crate::store::records::address_bytes;
use crate::store::records::precautions::LimitRecord;
use crate::store::records::sso::SsoRefusalRecord;

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

//! How each control is looked at, and how it is put right. Pure: a fix changes settings in memory, and the service writes what differs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::control::Control;
use super::picture::{Facts, Settings, Supplies};
use super::{LockedBy, Posture, fixes};
use crate::domain::card_code;
use crate::domain::clocks::Clocks;
use crate::domain::id::{FormId, SiteId, WebhookId};
use crate::domain::limits;
use crate::domain::network::are_as_wide_as;
use crate::domain::operator::Role;
use crate::domain::permission::Permission;
use crate::domain::purge_rule::{Standing, When};
use crate::domain::retention::{PurgePolicy, RetentionClass};
use crate::domain::secure_form::{SecureForm, SecureKind};
use crate::domain::site::Site;
use crate::domain::switches::{AddressPolicy, BeforeConsent};
use crate::domain::throttle::Rate;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Webhook, WebhookEvent};

/// Where a control does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// In the house as a whole.
    House,
    Site(SiteId),
    Form(FormId),
    Webhook(WebhookId),
}

/// How a control is looked at.
enum Check {
    /// Of each site alone.
    Site { holds: fn(&Site) -> bool, fix: Option<fn(&mut Site, &Supplies)> },
    /// Of the settings as a whole.
    Settings { broken: fn(&Settings) -> BTreeSet<Broken>, fix: Option<fn(&mut Settings, &Supplies)> },
    /// Of what is found. Nobody can change it by a setting, so nothing is locked.
    Fact { holds: fn(&Facts) -> bool },
}

impl Control {
    /// Where it does not hold; empty when it holds.
    #[must_use]
    pub fn broken(self, settings: &Settings, facts: &Facts) -> BTreeSet<Broken> {
        match self.check() {
            Check::Fact { holds } => somewhere(!holds(facts)),
            _ => self.broken_settings(settings),
        }
    }

    /// The same of what is set alone. Facts hold, here.
    #[must_use]
    pub fn broken_settings(self, settings: &Settings) -> BTreeSet<Broken> {
        match self.check() {
            Check::Site { holds, .. } => {
                settings.sites.values().filter(|site| !holds(site)).map(|site| Broken::Site(site.id)).collect()
            }
            Check::Settings { broken, .. } => broken(settings),
            Check::Fact { .. } => BTreeSet::new(),
        }
    }

    /// Whether a profile can lock it.
    #[must_use]
    pub fn is_setting(self) -> bool {
        !matches!(self.check(), Check::Fact { .. })
    }

    /// Whether one click puts it right. What is left is for people.
    #[must_use]
    pub fn has_fix(self) -> bool {
        matches!(self.check(), Check::Site { fix: Some(_), .. } | Check::Settings { fix: Some(_), .. })
    }

    /// Puts it right, as far as that can be done without people.
    pub fn fix(self, settings: &mut Settings, supplies: &Supplies) {
        match self.check() {
            Check::Site { holds, fix: Some(fix) } => {
                for site in settings.sites.values_mut().filter(|site| !holds(site)) {
                    fix(Arc::make_mut(site), supplies);
                }
            }
            Check::Settings { broken, fix: Some(fix) } if !broken(settings).is_empty() => fix(settings, supplies),
            _ => {}
        }
    }

    #[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
    fn check(self) -> Check {
        let of_site = |holds, fix| Check::Site { holds, fix: Some(fix) };
        let of_settings = |broken, fix| Check::Settings { broken, fix: Some(fix) };
        match self {
            Self::HealthForms => of_settings(|it| sites_without(it, is_for_secrets), fixes::add_form_for_secrets),
            Self::CardForms => of_settings(|it| sites_without(it, is_for_cards), fixes::add_form_for_cards),
            Self::CardsShortened => of_settings(keeping_cards, fixes::shorten_cards),
            Self::NoCvv => Check::Settings { broken: asking_for_cvv, fix: None },
            Self::CardsRedacted => of_site(|site| site.redaction.cards, |site, _| site.redaction.cards = true),
            Self::IdentifiersRedacted => of_site(|site| site.redaction.ssn, |site, _| site.redaction.ssn = true),
            Self::VisitorFilesOff => of_site(|site| !site.switches.visitor_files, |site, _| site.switches.visitor_files = false),
            Self::OperatorFilesOff => {
                of_site(|site| !site.switches.operator_files, |site, _| site.switches.operator_files = false)
            }
            Self::OperatorsMailNothing => of_site(
                |site| !site.switches.operators_mail_transcripts,
                |site, _| site.switches.operators_mail_transcripts = false,
            ),
            Self::VisitorsGetNoCopy => of_site(
                |site| !site.switches.visitor_transcripts && !site.switches.mail_transcript_at_close,
                |site, _| {
                    site.switches.visitor_transcripts = false;
                    site.switches.mail_transcript_at_close = false;
                },
            ),
            Self::MailboxesGetNothing => of_site(
                |site| site.switches.transcript_mailboxes.is_empty(),
                |site, _| site.switches.transcript_mailboxes.clear(),
            ),
            Self::PushOff => of_site(|site| !site.switches.web_push, |site, _| site.switches.web_push = false),
            Self::PeekOff => of_site(|site| !site.switches.sneak_peek, |site, _| site.switches.sneak_peek = false),
            Self::PurgedAfterDelivery => of_settings(given_and_kept, fixes::purge_after_delivery),
            Self::ChatsGoInADay => {
                of_site(|site| is_within(&site.purge, DAY), |site, _| site.purge = PurgePolicy::DaysAfterClose(1))
            }
            Self::SubmissionsGoInADay => {
                of_settings(|it| kept_too_long(it, |clocks| &clocks.submissions, DAY), fixes::submissions_go_in_a_day)
            }
            Self::MessagesGoInAMonth => {
                of_settings(|it| kept_too_long(it, |clocks| &clocks.messages, MONTH), fixes::messages_go_in_a_month)
            }
            Self::DeliveriesGoInAMonth => of_settings(
                |it| somewhere(!is_within(&it.retention.deliveries, MONTH)),
                |it, _| it.retention.deliveries = PurgePolicy::DaysAfterClose(30),
            ),
            Self::NothingForever => of_settings(kept_for_ever, fixes::nothing_for_ever),
            Self::SilentChatsClose => {
                of_site(|site| site.idle_close_minutes <= 24 * 60, |site, _| site.idle_close_minutes = 24 * 60)
            }
            Self::PurgingRuns => Check::Fact { holds: |facts| facts.is_purging },
            Self::NothingOverdue => Check::Fact { holds: |facts| is_since(facts, facts.overdue_since, limits::PURGE_OVERDUE) },
            Self::VisitorsInformed => of_site(|site| site.consent.is_some(), fixes::inform_visitors),
            Self::NothingBeforeConsent => of_site(
                |site| site.switches.before_consent == BeforeConsent::Nothing,
                |site, _| site.switches.before_consent = BeforeConsent::Nothing,
            ),
            Self::AddressesMinimised => of_site(
                |site| !matches!(site.switches.address, AddressPolicy::Hidden | AddressPolicy::Full),
                |site, _| site.switches.address = AddressPolicy::Shortened,
            ),
            Self::MonitoringOff => of_site(|site| !site.switches.monitoring, |site, _| site.switches.monitoring = false),
            Self::StaffNetworks => Check::Settings { broken: |it| somewhere(!has_staff_networks(it)), fix: None },
            Self::IdleSessions => of_settings(|it| somewhere(it.policy.idle_minutes > 15), |it, _| it.policy.idle_minutes = 15),
            Self::LongSessions => {
                of_settings(|it| somewhere(it.policy.absolute_hours > 12), |it, _| it.policy.absolute_hours = 12)
            }
            Self::AdminFactors => of_settings(
                |it| somewhere(!it.policy.second_factor.contains(Role::Admin)),
                |it, _| it.policy.second_factor = it.policy.second_factor.with(Role::Admin),
            ),
            Self::EverybodysFactors => of_settings(
                |it| somewhere(!Role::ALL.into_iter().all(|role| it.policy.second_factor.contains(role))),
                |it, _| it.policy.second_factor = Role::ALL.into_iter().fold(it.policy.second_factor, |all, role| all.with(role)),
            ),
            Self::DormantAccounts => of_settings(
                |it| somewhere(it.policy.dormant_days.is_none_or(|days| days > 90)),
                |it, _| it.policy.dormant_days = Some(90),
            ),
            Self::GuessingLimits => of_settings(
                |it| {
                    somewhere(
                        it.precautions
                            .limits
                            .iter()
                            .any(|(limit, rate)| limit.is_of_guessing() && is_wider(*rate, limit.usual())),
                    )
                },
                |it, _| it.precautions.limits.retain(|limit, rate| !limit.is_of_guessing() || !is_wider(*rate, limit.usual())),
            ),
            Self::Bans => of_settings(|it| somewhere(!it.precautions.bans), |it, _| it.precautions.bans = true),
            Self::ExportsAreForFew => of_settings(
                |it| somewhere(it.permissions.operator.contains(Permission::ExportTranscripts)),
                |it, _| it.permissions.operator = it.permissions.operator.without(Permission::ExportTranscripts),
            ),
            Self::LeadsAreForFew => of_settings(
                |it| somewhere(it.permissions.operator.contains(Permission::SeeLeads)),
                |it, _| it.permissions.operator = it.permissions.operator.without(Permission::SeeLeads),
            ),
            Self::TwoAdmins => Check::Fact { holds: |facts| facts.admins >= 2 },
            Self::AuditYear => {
                of_settings(|it| somewhere(it.audit_days.get() < 365), |it, _| it.audit_days = fixes::audit_days(365))
            }
            Self::AuditSixYears => {
                of_settings(|it| somewhere(it.audit_days.get() < 2_192), |it, _| it.audit_days = fixes::audit_days(2_192))
            }
            Self::AuditWhole => Check::Fact { holds: |facts| facts.audit_is_whole },
            Self::AlertsByMail => {
                of_settings(|it| somewhere(!it.precautions.mails_alerts), |it, _| it.precautions.mails_alerts = true)
            }
            Self::AlertsSeen => Check::Fact { holds: |facts| is_since(facts, facts.alert_since, 24 * HOUR) },
            Self::KeyApart => Check::Fact { holds: |facts| facts.machine.key_is_apart },
            Self::BackedUp => Check::Fact { holds: |facts| is_lately(facts, facts.backed_up_at, 48 * HOUR) },
            Self::Rehearsed => Check::Fact { holds: |facts| is_lately(facts, facts.rehearsed_at, 30 * 24 * HOUR) },
            Self::CertificateValid => Check::Fact {
                holds: |facts| facts.machine.certificate.is_none_or(|it| it.ends_at > facts.now.plus(7 * 24 * HOUR)),
            },
            Self::CertificateKnown => Check::Fact { holds: |facts| facts.machine.certificate.is_none_or(|it| !it.is_home_made) },
            Self::DemoOff => of_site(|site| !site.demo, |site, _| site.demo = false),
            Self::Confined => Check::Fact { holds: |facts| facts.machine.is_confined },
        }
    }
}

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: u64 = 24;
const MONTH: u64 = 30 * DAY;
/// The longest that anything about visitors is kept, in hours and in days.
const LONG: u64 = 2 * 366 * DAY;
const LONG_DAYS: u16 = 2 * 366;

fn somewhere(is_broken: bool) -> BTreeSet<Broken> {
    is_broken.then_some(Broken::House).into_iter().collect()
}

/// Whether a clock runs out within so many hours. A daily one does within a day, give or take the hour of a clock change.
fn is_within(policy: &PurgePolicy, hours: u64) -> bool {
    match policy {
        PurgePolicy::AtClose => true,
        PurgePolicy::HoursAfterClose(it) => u64::from(*it) <= hours,
        PurgePolicy::DaysAfterClose(days) => u64::from(*days) * DAY <= hours,
        PurgePolicy::Daily { .. } => DAY <= hours,
    }
}

/// Nothing of the kind, or not for that long yet.
fn is_since(facts: &Facts, since: Option<Timestamp>, most: Duration) -> bool {
    since.is_none_or(|since| facts.now < since.plus(most))
}

/// It was, and not longer ago than that.
fn is_lately(facts: &Facts, at: Option<Timestamp>, most: Duration) -> bool {
    at.is_some_and(|at| facts.now <= at.plus(most))
}

fn is_wider(rate: Rate, usual: Rate) -> bool {
    rate.burst > usual.burst || rate.per_hour > usual.per_hour
}

/// The sites where a clock runs for longer than that.
pub(super) fn kept_too_long(it: &Settings, clock: fn(&Clocks) -> &PurgePolicy, hours: u64) -> BTreeSet<Broken> {
    it.sites.values().filter(|site| !is_within(clock(&it.clocks(site)), hours)).map(|site| Broken::Site(site.id)).collect()
}

fn kept_for_ever(it: &Settings) -> BTreeSet<Broken> {
    let mut broken = kept_too_long(it, |clocks| &clocks.chats, LONG);
    broken.append(&mut kept_too_long(it, |clocks| &clocks.messages, LONG));
    broken.append(&mut kept_too_long(it, |clocks| &clocks.submissions, LONG));
    let of_house = !is_within(&it.retention.deliveries, LONG) || it.reporting.get() > LONG_DAYS;
    broken.append(&mut somewhere(of_house));
    broken
}

/// Sites on which nobody can be asked with a form of that kind.
fn sites_without(it: &Settings, is_right: fn(&SecureForm) -> bool) -> BTreeSet<Broken> {
    let forms: Vec<_> = it.forms.values().filter(|form| !form.is_archived && is_right(form)).collect();
    let has = |site: SiteId| forms.iter().any(|form| form.site.is_none_or(|of| of == site));
    it.sites.keys().filter(|site| !has(**site)).map(|site| Broken::Site(*site)).collect()
}

fn is_for_secrets(form: &SecureForm) -> bool {
    let is_free = |kind: &SecureKind| !matches!(kind, SecureKind::Card { .. } | SecureKind::Expiry);
    form.fields.iter().any(|field| field.is_sensitive && is_free(&field.kind))
}

fn is_for_cards(form: &SecureForm) -> bool {
    form.fields.iter().any(|field| matches!(field.kind, SecureKind::Card { .. }))
}

fn keeping_cards(it: &Settings) -> BTreeSet<Broken> {
    let keeps = |form: &SecureForm| form.fields.iter().any(|field| field.kind == SecureKind::Card { keeps_all: true });
    it.forms.values().filter(|form| keeps(form)).map(|form| Broken::Form(form.id)).collect()
}

/// Sites and forms with a question that can only be meant for a card's verification code.
fn asking_for_cvv(it: &Settings) -> BTreeSet<Broken> {
    let of_site = |site: &Site| {
        let fields = site.pre_chat.fields.iter().chain(&site.offline.fields);
        fields.map(|field| field.label.as_str()).any(card_code::is_asked)
    };
    let of_form = |form: &SecureForm| {
        let translated =
            form.translations.values().flat_map(|texts| texts.fields.values().filter_map(|field| field.label.as_ref()));
        form.fields.iter().map(|field| &field.label).chain(translated).any(|label| card_code::is_asked(label.as_str()))
    };
    let sites = it.sites.values().filter(|site| of_site(site)).map(|site| Broken::Site(site.id));
    sites.chain(it.forms.values().filter(|form| !form.is_archived && of_form(form)).map(|form| Broken::Form(form.id))).collect()
}

/// Whether a webhook carries transcripts out.
fn gives_away(webhook: &Webhook) -> bool {
    webhook.is_on && webhook.with_transcript && webhook.events.contains(WebhookEvent::ConversationClosed)
}

/// A class, and the clock that it is kept by.
pub(super) type Given = (RetentionClass, fn(&Clocks) -> &PurgePolicy);

/// What a closed conversation can be.
pub(super) const GIVEN: [Given; 2] =
    [(RetentionClass::Transcripts, |clocks| &clocks.chats), (RetentionClass::Messages, |clocks| &clocks.messages)];

/// Webhooks that are told transcripts which stay here.
fn given_and_kept(it: &Settings) -> BTreeSet<Broken> {
    let is_kept = |webhook: &&Arc<Webhook>| GIVEN.into_iter().any(|given| is_given_and_kept(it, webhook, given));
    it.webhooks.values().filter(is_kept).map(|webhook| Broken::Webhook(webhook.id)).collect()
}

/// The same of one webhook and one class.
pub(super) fn is_given_and_kept(it: &Settings, webhook: &Webhook, (class, clock): Given) -> bool {
    let mut sites = it.sites.values().filter(|site| webhook.site.is_none_or(|of| of == site.id));
    let stays = |site: &Arc<Site>| *clock(&it.clocks(site)) != PurgePolicy::AtClose && !goes_after_delivery(it, site.id, class);
    gives_away(webhook) && sites.any(stays)
}

fn goes_after_delivery(it: &Settings, site: SiteId, class: RetentionClass) -> bool {
    it.orders.values().any(|order| {
        let what = &order.what;
        let is_all = what.department.is_none() && what.tag.is_none() && what.site.is_none_or(|of| of == site);
        let is_armed = matches!(order.standing, Standing::Armed { .. });
        is_armed && is_all && what.class == class && order.when == When::AfterDelivered
    })
}

/// Whether there is a list, and its entries together do not let a good part of the internet in; the same of a list on trial.
fn has_staff_networks(it: &Settings) -> bool {
    let trial = it.allowlist.trial.as_ref().map(|trial| &trial.lists);
    [Some(&it.allowlist.lists), trial]
        .into_iter()
        .flatten()
        .all(|lists| !lists.everybody.is_empty() && !are_as_wide_as(&lists.everybody, 7, 15))
}

/// What a change would break of that which is enforced: something that is not broken already.
#[must_use]
pub fn broken_by(posture: &Posture, before: &Settings, after: &Settings) -> Vec<LockedBy> {
    let breaks = |control: Control| !control.broken_settings(after).is_subset(&control.broken_settings(before));
    let locked = |control: Control| posture.lock_of(control).map(|profile| LockedBy { control, profile });
    Control::ALL.into_iter().filter_map(locked).filter(|it| breaks(it.control)).collect()
}

#[cfg(test)]
#[path = "checks_tests.rs"]
mod tests;

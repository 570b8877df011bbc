use std::collections::BTreeMap;

use super::*;
use crate::domain::allowlist::{Allowlist, Lists, Trial};
use crate::domain::form::{Field, FieldKind};
use crate::domain::network::parse_networks;
use crate::domain::permission::RolePermissions;
use crate::domain::policy::SignInPolicy;
use crate::domain::posture::{Enforced, Machine, Profile};
use crate::domain::retention::{AuditDays, ReportingDays, RetentionPlan};
use crate::domain::suspicion::Precautions;
use crate::domain::text::{EmailAddress, FieldId, Label, Name};
use crate::domain::throttle::Limit;
use crate::domain::webhook::{EventSet, WebhookSecret, WebhookUrl};

fn at(seconds: u64) -> Timestamp {
    Timestamp::default().plus(Duration::from_secs(seconds))
}

fn site(n: u8) -> Site {
    Site::new(SiteId::from_bytes([n; 16]), Name::parse("Clinic Nord").unwrap(), vec![], at(0))
}

/// An installation as setup leaves it.
fn fresh() -> Settings {
    Settings {
        sites: BTreeMap::from([(site(1).id, Arc::new(site(1)))]),
        allowlist: Allowlist::default(),
        permissions: RolePermissions::default(),
        reporting: ReportingDays::default(),
        audit_days: AuditDays::default(),
        policy: SignInPolicy::default(),
        precautions: Precautions::default(),
        retention: RetentionPlan::default(),
        orders: BTreeMap::new(),
        forms: BTreeMap::new(),
        webhooks: BTreeMap::new(),
    }
}

/// The same with everything switched to what no profile likes.
fn careless() -> Settings {
    let mut it = fresh();
    let address = EmailAddress::parse("all@clinic.example").unwrap();
    let site = Arc::make_mut(it.sites.values_mut().next().unwrap());
    site.switches.visitor_files = true;
    site.switches.operator_files = true;
    site.switches.operators_mail_transcripts = true;
    site.switches.visitor_transcripts = true;
    site.switches.mail_transcript_at_close = true;
    site.switches.transcript_mailboxes = vec![address];
    site.switches.web_push = true;
    site.switches.sneak_peek = true;
    site.switches.monitoring = true;
    site.switches.address = AddressPolicy::Full;
    site.switches.before_consent = BeforeConsent::Session;
    site.redaction.cards = false;
    site.purge = PurgePolicy::DaysAfterClose(3_650);
    site.clocks.messages = Some(PurgePolicy::DaysAfterClose(3_000));
    site.clocks.submissions = Some(PurgePolicy::DaysAfterClose(3_000));
    site.idle_close_minutes = 10_080;
    it.retention = RetentionPlan {
        messages: Some(PurgePolicy::DaysAfterClose(2_000)),
        submissions: PurgePolicy::DaysAfterClose(2_000),
        deliveries: PurgePolicy::DaysAfterClose(2_000),
    };
    it.reporting = ReportingDays::new(3_650).unwrap();
    it.audit_days = AuditDays::new(30).unwrap();
    it.policy.idle_minutes = 60;
    it.policy.absolute_hours = 24;
    it.policy.dormant_days = None;
    it.precautions.bans = false;
    it.precautions.limits.insert(Limit::Passwords, Rate { burst: 20, per_hour: 480 });
    it.precautions.limits.insert(Limit::Files, Rate { burst: 1_000, per_hour: 36_000 });
    it.permissions.operator = it.permissions.operator.with(Permission::ExportTranscripts).with(Permission::SeeLeads);
    it.webhooks.insert(webhook(None).id, Arc::new(webhook(None)));
    it
}

fn webhook(site: Option<SiteId>) -> Webhook {
    Webhook {
        id: WebhookId::from_bytes([7; 16]),
        site,
        name: Name::parse("Records").unwrap(),
        url: WebhookUrl::parse("https://records.example/in").unwrap(),
        authority: None,
        secret: WebhookSecret([7; 32]),
        former: None,
        events: EventSet::default().with(WebhookEvent::ConversationClosed),
        with_transcript: true,
        is_on: true,
        created_at: at(0),
    }
}

fn supplies() -> Supplies {
    Supplies { now: at(10), seed: [9; 16] }
}

fn good_facts() -> Facts {
    Facts {
        now: at(1_000_000),
        is_purging: true,
        overdue_since: None,
        audit_is_whole: true,
        admins: 2,
        alert_since: None,
        backed_up_at: Some(at(999_000)),
        rehearsed_at: Some(at(999_000)),
        machine: Machine { key_is_apart: true, is_confined: true, certificate: None },
    }
}

fn enforcing(profile: Profile) -> Posture {
    Posture { enforced: BTreeMap::from([(profile, Enforced { since: at(0), by: None })]), ..Posture::default() }
}

#[test]
fn whatever_has_a_fix_holds_after_it_and_twice_is_once() {
    for control in Control::ALL {
        let mut settings = careless();
        control.fix(&mut settings, &supplies());
        let left = control.broken_settings(&settings);
        assert_eq!(
            left.is_empty(),
            control.has_fix() || !control.is_setting() || control == Control::NoCvv,
            "{control:?}: {left:?}"
        );
        let once = format!("{settings:?}");
        control.fix(&mut settings, &supplies());
        assert_eq!(format!("{settings:?}"), once, "{control:?} did something again");
    }
}

#[test]
fn careless_settings_break_what_they_say_and_good_facts_nothing() {
    let settings = careless();
    for control in Control::ALL.into_iter().filter(|it| it.is_setting()) {
        // Nobody asks for a code on the card there; a test below does.
        let expected = control == Control::NoCvv || control == Control::CardsShortened;
        assert_eq!(control.broken_settings(&settings).is_empty(), expected, "{control:?}");
    }
    for control in Control::ALL.into_iter().filter(|it| !it.is_setting()) {
        assert!(control.broken(&settings, &good_facts()).is_empty(), "{control:?}");
    }
}

#[test]
fn each_profile_can_be_reached_by_fixes_and_the_list_of_networks_alone() {
    for profile in Profile::ALL {
        let mut settings = careless();
        // Twice, since one fix may touch what another has looked at.
        for control in Control::musts(profile).chain(Control::musts(profile)) {
            control.fix(&mut settings, &supplies());
        }
        let open: Vec<_> = Control::musts(profile).filter(|it| !it.broken(&settings, &good_facts()).is_empty()).collect();
        let expected = if profile == Profile::Gdpr { vec![] } else { vec![Control::StaffNetworks] };
        assert_eq!(open, expected, "{profile:?}");
    }
    // And all of them together.
    let mut settings = careless();
    for control in Profile::ALL.into_iter().flat_map(Control::musts) {
        control.fix(&mut settings, &supplies());
    }
    let open: Vec<_> =
        Profile::ALL.into_iter().flat_map(Control::musts).filter(|it| !it.broken_settings(&settings).is_empty()).collect();
    assert!(open.iter().all(|it| *it == Control::StaffNetworks), "{open:?}");
}

#[test]
fn only_what_was_whole_can_be_broken() {
    let before = fresh();
    let posture = enforcing(Profile::Hipaa);
    assert_eq!(broken_by(&posture, &before, &before), [], "what is broken already keeps nobody from changing something else");
    let mut after = before.clone();
    Arc::make_mut(after.sites.values_mut().next().unwrap()).switches.visitor_files = true;
    let locked = LockedBy { control: Control::VisitorFilesOff, profile: Profile::Hipaa };
    assert_eq!(broken_by(&posture, &before, &after), [locked]);
    assert_eq!(broken_by(&posture, &after, &before), [], "and back");
    assert_eq!(broken_by(&Posture::default(), &before, &after), []);
    // One site's fault does not excuse another's.
    let mut more = after.clone();
    let mut other = site(2);
    more.sites.insert(other.id, Arc::new(other.clone()));
    let mut worse = more.clone();
    other.switches.visitor_files = true;
    worse.sites.insert(other.id, Arc::new(other));
    assert_eq!(broken_by(&posture, &more, &worse), [locked]);
    let words = locked.to_string();
    assert!(words.contains("HIPAA") && words.contains("Visitors cannot send files"), "{words}");
}

#[test]
fn a_list_is_one_only_when_it_keeps_somebody_out() {
    let with = |networks: &str| {
        let lists = Lists { everybody: parse_networks(networks).unwrap(), ..Lists::default() };
        Settings { allowlist: Allowlist { lists, trial: None }, ..fresh() }
    };
    let holds = |settings: &Settings| Control::StaffNetworks.broken_settings(settings).is_empty();
    assert!(holds(&with("203.0.113.7\n10.0.0.0/8\n2001:db8::/32")));
    for open in ["", "0.0.0.0/0", "203.0.113.7\n::/0", "0.0.0.0/1\n128.0.0.0/1"] {
        assert!(!holds(&with(open)), "{open}");
    }
    let mut trying = with("203.0.113.7");
    trying.allowlist.trial = Some(Trial { lists: Lists::default(), until: at(1) });
    assert!(!holds(&trying), "a list on trial is one too");
}

#[test]
fn a_code_on_the_card_is_known_by_its_names() {
    let asks = |label: &str| {
        let mut it = fresh();
        let (id, label) = (FieldId::parse("x").unwrap(), Label::parse(label).unwrap());
        let field = Field { id, label, kind: FieldKind::Text, is_required: false };
        Arc::make_mut(it.sites.values_mut().next().unwrap()).pre_chat.fields.push(field);
        !Control::NoCvv.broken_settings(&it).is_empty()
    };
    for label in
        ["CVV", "Your CVC2 please", "Card verification value", "Security code (back)", "Kartenprüfnummer", "Código de seguridad"]
    {
        assert!(asks(label), "{label}");
    }
    for label in ["Your name", "Verification code from the text message", "Curriculum", "CVA", "Postcode"] {
        assert!(!asks(label), "{label}");
    }
}

#[test]
fn what_a_webhook_has_goes_from_here() {
    let broken = |it: &Settings| !Control::PurgedAfterDelivery.broken_settings(it).is_empty();
    let with = |webhook: Webhook| Settings { webhooks: BTreeMap::from([(webhook.id, Arc::new(webhook))]), ..fresh() };
    assert!(!broken(&fresh()), "nobody is told");
    assert!(broken(&with(webhook(None))));
    assert!(!broken(&with(Webhook { is_on: false, ..webhook(None) })));
    assert!(!broken(&with(Webhook { with_transcript: false, ..webhook(None) })));
    let mut it = with(webhook(Some(site(1).id)));
    Control::PurgedAfterDelivery.fix(&mut it, &supplies());
    let classes: BTreeSet<_> = it.orders.values().map(|order| format!("{:?}", order.what.class)).collect();
    assert!(!broken(&it) && classes.len() == 2 && it.orders.len() == 2, "one for chats, one for messages left: {classes:?}");
    // Somebody takes a rule back to a draft: the fix arms that one, and makes no other.
    for n in 0..2 {
        Arc::make_mut(it.orders.values_mut().nth(n).unwrap()).standing = Standing::Draft;
        assert!(broken(&it));
        Control::PurgedAfterDelivery.fix(&mut it, &supplies());
        assert!(!broken(&it) && it.orders.len() == 2);
    }
    let mut closing = with(webhook(None));
    Arc::make_mut(closing.sites.values_mut().next().unwrap()).purge = PurgePolicy::AtClose;
    closing.retention.messages = Some(PurgePolicy::DaysAfterClose(30));
    assert!(broken(&closing), "messages left are told as well, and stay");
    closing.retention.messages = None;
    assert!(!broken(&closing), "at close it goes once it was delivered");
    // Two receivers of the same need one rule for each class.
    let mut two = with(webhook(None));
    let second = Webhook { id: WebhookId::from_bytes([9; 16]), ..webhook(None) };
    two.webhooks.insert(second.id, Arc::new(second));
    Control::PurgedAfterDelivery.fix(&mut two, &supplies());
    assert!(!broken(&two) && two.orders.len() == 2);
}

#[test]
fn facts_are_told_by_their_times() {
    let mut facts = good_facts();
    let broken = |control: Control, facts: &Facts| !control.broken(&fresh(), facts).is_empty();
    facts.overdue_since = Some(at(1_000_000 - 60));
    assert!(!broken(Control::NothingOverdue, &facts));
    facts.overdue_since = Some(at(1_000_000 - 3 * 3_600));
    assert!(broken(Control::NothingOverdue, &facts));
    facts.backed_up_at = Some(at(1_000_000 - 49 * 3_600));
    assert!(broken(Control::BackedUp, &facts) && !broken(Control::Rehearsed, &facts));
    facts.backed_up_at = None;
    assert!(broken(Control::BackedUp, &facts));
    facts.admins = 1;
    assert!(broken(Control::TwoAdmins, &facts));
    let certificate =
        |days: u64| crate::domain::posture::CertificateFacts { ends_at: at(1_000_000 + days * 86_400), is_home_made: true };
    facts.machine.certificate = Some(certificate(8));
    assert!(!broken(Control::CertificateValid, &facts) && broken(Control::CertificateKnown, &facts));
    facts.machine.certificate = Some(certificate(6));
    assert!(broken(Control::CertificateValid, &facts));
}

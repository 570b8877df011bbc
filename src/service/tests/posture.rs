use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::domain::alert::AlertKind;
use crate::domain::allowlist::{Allowlist, Lists};
use crate::domain::audit::{AuditAction, Outcome};
use crate::domain::id::OperatorId;
use crate::domain::network::parse_networks;
use crate::domain::permission::{Permission, RolePermissions};
use crate::domain::posture::{LockedBy, Posture, PostureAction, PostureAlert};
use crate::domain::retention::PurgePolicy;
use crate::domain::switches::AddressPolicy;
use crate::service::alerts;
use crate::service::allowlist::{self, ListsForm, Lockout};
use crate::service::policy::{self, PolicyForm};
use crate::service::setup::Finished;
use crate::service::sites::{self, GeneralForm, PrivacyForm, Section};
use crate::service::stage::{Stage, refused};
use crate::service::{audit_log, people, permissions, purge_rules};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MACHINE: Machine = Machine { key_is_apart: true, is_confined: true, certificate: None };

/// An administrator with a second factor, and a list of networks: what no click can do.
fn ready() -> (Stage, Finished, Actor) {
    let (stage, finished) = Stage::set_up();
    stage.give_totp(finished.operator);
    list(&stage, "192.0.2.0/24");
    let admin = stage.actor(finished.operator);
    (stage, finished, admin)
}

fn list(stage: &Stage, networks: &str) {
    let lists = Lists { everybody: parse_networks(networks).unwrap(), ..Lists::default() };
    let mut batch = stage.store.batch();
    batch.put_allowlist(&Allowlist { lists, trial: None });
    stage.store.commit(batch).wait().unwrap();
}

fn posture(stage: &Stage) -> Posture {
    Posture::clone(&stage.store.house().posture)
}

fn line(stage: &Stage, admin: &Actor, profile: Profile, control: Control) -> Line {
    let views = overview(&stage.ctx(admin), &MACHINE).unwrap();
    let view = views.into_iter().find(|view| view.profile == profile).unwrap();
    view.lines.into_iter().find(|line| line.control == control).unwrap()
}

/// How often an alert of drift was raised that nobody has seen.
fn alarms(stage: &Stage, control: Control) -> u32 {
    let kind = AlertKind::Posture(PostureAlert::Drifted(control));
    stage
        .store
        .house()
        .alerts
        .values()
        .filter(|alert| alert.kind == kind && alert.acknowledged.is_none())
        .map(|it| it.count)
        .sum()
}

/// Saves the privacy section of the site of `set_up` with this changed.
fn save(stage: &Stage, who: &Actor, finished: &Finished, change: impl FnOnce(&mut PrivacyForm)) -> Result<(), Failure> {
    let mut form = PrivacyForm::of(&stage.store.house().sites[&finished.site]);
    change(&mut form);
    sites::change(&stage.ctx(who), finished.site, &form)
}

#[test]
fn enforcing_names_what_is_for_people_and_changes_nothing_until_that_is_done() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let before = format!("{:?}", settings(&stage.store.house()));
    let named = refused(enforce(&stage.ctx(&admin), Profile::Hipaa, &MACHINE, Consequences::Ask));
    assert_eq!(named, ["control-staff-networks", "control-administrators-second-factor"]);
    assert_eq!(format!("{:?}", settings(&stage.store.house())), before);
    assert!(posture(&stage).enforced.is_empty());
    // A certificate that runs out is for people too, and a fact.
    let certificate = Some(crate::domain::posture::CertificateFacts { ends_at: stage.now, is_home_made: false });
    let named = refused(enforce(&stage.ctx(&admin), Profile::Gdpr, &Machine { certificate, ..MACHINE }, Consequences::Ask));
    assert_eq!(named, ["control-administrators-second-factor", "control-certificate-valid"]);
    let stale = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    assert!(matches!(enforce(&stale, Profile::Hipaa, &MACHINE, Consequences::Ask), Err(Failure::ProofNeeded)));
    let bert = stage.actor(stage.join(&admin, "Bert", "operator"));
    assert!(matches!(enforce(&stage.ctx(&bert), Profile::Hipaa, &MACHINE, Consequences::Ask), Err(Failure::Denied(_))));
    assert!(matches!(overview(&stage.ctx(&bert), &MACHINE), Err(Failure::Denied(_))));
    let auditor = stage.actor(stage.join(&admin, "Olga", "auditor"));
    assert_eq!(overview(&stage.ctx(&auditor), &MACHINE).unwrap().len(), 3);
    assert!(matches!(fix(&stage.ctx(&auditor), Control::DemoOff, Consequences::Ask), Err(Failure::Denied(_))));
}

#[test]
fn one_click_puts_one_thing_right_and_locks_nothing() {
    let (stage, finished, admin) = ready();
    assert!(!line(&stage, &admin, Profile::Hipaa, Control::AddressesMinimised).holds());
    fix(&stage.ctx(&admin), Control::AddressesMinimised, Consequences::Ask).unwrap();
    assert_eq!(stage.store.house().sites[&finished.site].switches.address, AddressPolicy::Shortened);
    assert_eq!(stage.last_audit(), AuditAction::SiteChanged(finished.site));
    assert!(line(&stage, &admin, Profile::Hipaa, Control::AddressesMinimised).holds());
    save(&stage, &admin, &finished, |form| form.address = "full".to_owned()).unwrap();
    let networks = fix(&stage.ctx(&admin), Control::StaffNetworks, Consequences::Ask);
    assert!(matches!(networks, Err(Failure::Conflict(_))));
    fix_all(&stage.ctx(&admin), Profile::Gdpr, Consequences::Ask).unwrap();
    let views = overview(&stage.ctx(&admin), &MACHINE).unwrap();
    let (held, all) = views[2].musts();
    assert_eq!((views[2].profile, held), (Profile::Gdpr, all));
    assert!(posture(&stage).enforced.is_empty());
}

#[test]
fn what_is_enforced_is_put_right_and_cannot_be_changed_any_more() {
    let (stage, finished, admin) = ready();
    save(&stage, &admin, &finished, |form| form.visitor_files = true).unwrap();
    enforce(&stage.ctx(&admin), Profile::Hipaa, &MACHINE, Consequences::Ask).unwrap();
    let audit = stage.audit();
    assert!(audit.contains(&AuditAction::Posture(PostureAction::Enforced(Profile::Hipaa))));
    assert!(!stage.store.house().sites[&finished.site].switches.visitor_files);
    let views = overview(&stage.ctx(&admin), &MACHINE).unwrap();
    let (held, all) = views[0].musts();
    assert_eq!((held, views[0].enforced.unwrap().by), (all, Some(finished.operator)));

    let locked = |control| LockedBy { control, profile: Profile::Hipaa };
    let was_refused = |outcome: Result<(), Failure>, control| {
        assert!(matches!(outcome, Err(Failure::Locked(it)) if it == [locked(control)]), "{control:?}");
        let row = stage.store.audit_rows(None, 1).unwrap().pop().unwrap();
        assert_eq!(
            (row.event.outcome, &row.event.action),
            (Outcome::Refused, &AuditAction::Posture(PostureAction::LockHeld(control)))
        );
    };
    was_refused(save(&stage, &admin, &finished, |form| form.visitor_files = true), Control::VisitorFilesOff);
    was_refused(
        save(&stage, &admin, &finished, |form| form.transcript_mailboxes = "all@clinic.example".to_owned()),
        Control::MailboxesGetNothing,
    );
    was_refused(save(&stage, &admin, &finished, |form| form.purging.purge_days = "2".to_owned()), Control::ChatsGoInADay);
    let idle = PolicyForm { idle_minutes: "30".to_owned(), ..PolicyForm::of(&stage.store.house().policy) };
    was_refused(policy::change(&stage.ctx(&admin), &idle), Control::IdleSessions);
    let may_export = stage.store.house().permissions.operator.with(Permission::ExportTranscripts);
    let roles = RolePermissions { operator: may_export, ..stage.store.house().permissions };
    was_refused(permissions::change(&stage.ctx(&admin), roles), Control::ExportsAreForFew);
    was_refused(audit_log::keep_for(&stage.ctx(&admin), "30"), Control::AuditYear);
    let anywhere = allowlist::replace(&stage.ctx(&admin), "192.0.2.1".parse().unwrap(), &ListsForm::default(), Lockout::Warn);
    was_refused(anywhere.map(drop), Control::StaffNetworks);
    // All that is held of one change is named at once, and on record.
    let both = save(&stage, &admin, &finished, |form| (form.operator_files, form.sneak_peek) = (true, true));
    let both_named = [locked(Control::OperatorFilesOff), locked(Control::PeekOff)];
    assert!(matches!(&both, Err(Failure::Locked(it)) if *it == both_named), "{both:?}");
    let held = |control| AuditAction::Posture(PostureAction::LockHeld(control));
    assert!(stage.audit().ends_with(&[held(Control::OperatorFilesOff), held(Control::PeekOff)]));
    // What it does not insist on stays everybody's own.
    save(&stage, &admin, &finished, |form| form.purging.purge = "at_close".to_owned()).unwrap();
    assert_eq!(stage.store.house().sites[&finished.site].purge, PurgePolicy::AtClose);
    // A new site begins as the profile wants it.
    let form = GeneralForm {
        name: "South".to_owned(),
        origins: "https://south.example.org".to_owned(),
        ..GeneralForm::of(&stage.store.house().sites[&finished.site])
    };
    let south = sites::create(&stage.ctx(&admin), &form).unwrap();
    assert!(stage.store.house().sites[&south].redaction.ssn);
    assert!(matches!(enforce(&stage.ctx(&admin), Profile::Hipaa, &MACHINE, Consequences::Ask), Err(Failure::Conflict(_))));
}

#[test]
fn all_three_can_be_enforced_together() {
    let (stage, _, admin) = ready();
    for profile in Profile::ALL {
        enforce(&stage.ctx(&admin), profile, &MACHINE, Consequences::Ask).unwrap();
    }
    for view in overview(&stage.ctx(&admin), &MACHINE).unwrap() {
        let (held, all) = view.musts();
        assert_eq!(held, all, "{:?}", view.profile);
    }
}

#[test]
fn unlocking_takes_a_second_administrator_or_a_day() {
    let (mut stage, finished, admin) = ready();
    let clara = stage.actor(stage.join(&admin, "Clara", "admin"));
    stage.advance(DAY + MINUTE);
    enforce(&stage.ctx(&admin), Profile::Gdpr, &MACHINE, Consequences::Ask).unwrap();
    assert_eq!(refused(ask(&stage.ctx(&admin), Profile::Gdpr, " ")), ["reason"]);
    assert!(matches!(ask(&stage.ctx(&admin), Profile::Pci, "why not"), Err(Failure::Conflict(_))));
    assert!(matches!(approve(&stage.ctx(&clara), Profile::Gdpr), Err(Failure::NotFound)));
    ask(&stage.ctx(&admin), Profile::Gdpr, "A new consent text").unwrap();
    let alert = AlertKind::Posture(PostureAlert::UnlockAsked(Profile::Gdpr));
    assert!(stage.store.house().alerts.values().any(|it| it.kind == alert));
    assert!(matches!(ask(&stage.ctx(&clara), Profile::Gdpr, "me too"), Err(Failure::Conflict(_))), "one question at a time");
    assert!(matches!(approve(&stage.ctx(&admin), Profile::Gdpr), Err(Failure::Conflict(_))), "not whoever asked");
    let stale = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&clara) };
    assert!(matches!(approve(&stale, Profile::Gdpr), Err(Failure::ProofNeeded)));
    // Somebody who was made for the answer does not count.
    stage.advance(MINUTE);
    let dora = stage.actor(stage.join(&admin, "Dora", "admin"));
    assert!(matches!(approve(&stage.ctx(&dora), Profile::Gdpr), Err(Failure::Conflict(_))));
    approve(&stage.ctx(&clara), Profile::Gdpr).unwrap();
    assert_eq!(posture(&stage), Posture::default());
    save(&stage, &admin, &finished, |form| form.sneak_peek = true).unwrap();

    // The other way: nobody agrees, and a day goes by.
    enforce(&stage.ctx(&admin), Profile::Gdpr, &MACHINE, Consequences::Ask).unwrap();
    ask(&stage.ctx(&admin), Profile::Gdpr, "Still").unwrap();
    withdraw(&stage.ctx(&clara), Profile::Gdpr).unwrap();
    stage.advance(DAY * 2);
    come_true(&stage.ctx(&Actor::Timer)).unwrap();
    assert!(posture(&stage).enforced.contains_key(&Profile::Gdpr), "it was withdrawn");
    ask(&stage.ctx(&admin), Profile::Gdpr, "Still").unwrap();
    stage.advance(DAY - MINUTE);
    come_true(&stage.ctx(&Actor::Timer)).unwrap();
    assert!(posture(&stage).enforced.contains_key(&Profile::Gdpr));
    stage.advance(MINUTE);
    come_true(&stage.ctx(&Actor::Timer)).unwrap();
    assert!(posture(&stage).enforced.is_empty());
    assert!(stage.audit().iter().filter(|it| **it == AuditAction::Posture(PostureAction::Unlocked(Profile::Gdpr))).count() == 2);
}

#[test]
fn nobody_asks_who_is_no_administrator_any_more() {
    let (mut stage, _, admin) = ready();
    let clara = stage.join(&admin, "Clara", "admin");
    enforce(&stage.ctx(&admin), Profile::Pci, &MACHINE, Consequences::Ask).unwrap();
    ask(&stage.ctx(&stage.actor(clara)), Profile::Pci, "So that it is easier").unwrap();
    crate::service::people::disable(&stage.ctx(&admin), clara).unwrap();
    stage.advance(DAY);
    come_true(&stage.ctx(&Actor::Timer)).unwrap();
    assert!(posture(&stage).enforced.contains_key(&Profile::Pci) && posture(&stage).unlocks.is_empty());
    assert_eq!(stage.last_audit(), AuditAction::Posture(PostureAction::UnlockWithdrawn(Profile::Pci)));
}

#[test]
fn drift_is_told_of_once_and_again_when_it_comes_back() {
    let (mut stage, finished, admin) = ready();
    let paused = |stage: &Stage, pause: bool| {
        let mut batch = stage.store.batch();
        let paused = pause.then_some(crate::domain::purge_rule::Pause { since: stage.now, seconds: 90_000 });
        batch.put_purging(crate::domain::purge_rule::Purging { paused, alive_at: None });
        stage.store.commit(batch).wait().unwrap();
    };
    let watched = |stage: &Stage| watch(&stage.ctx(&Actor::Timer), &MACHINE).unwrap();
    paused(&stage, true);
    watched(&stage);
    assert_eq!(alarms(&stage, Control::PurgingRuns), 0, "nothing is enforced");
    paused(&stage, false);
    enforce(&stage.ctx(&admin), Profile::Hipaa, &MACHINE, Consequences::Ask).unwrap();
    watched(&stage);
    assert!(posture(&stage).drift.is_empty());
    paused(&stage, true);
    for _ in 0..3 {
        watched(&stage);
        stage.advance(MINUTE);
    }
    assert_eq!(alarms(&stage, Control::PurgingRuns), 1);
    let since = line(&stage, &admin, Profile::Hipaa, Control::PurgingRuns).drifted_at;
    assert_eq!(since, Some(stage.now.minus(MINUTE * 3)));
    // Seen is seen, and told once more only when it comes back.
    alerts::acknowledge_all(&stage.ctx(&admin)).unwrap();
    watched(&stage);
    assert_eq!(alarms(&stage, Control::PurgingRuns), 0);
    paused(&stage, false);
    watched(&stage);
    assert_eq!(stage.last_audit(), AuditAction::Posture(PostureAction::Restored(Control::PurgingRuns)));
    paused(&stage, true);
    watched(&stage);
    assert_eq!(alarms(&stage, Control::PurgingRuns), 1);
    // What does not hold keeps nobody from changing something else.
    save(&stage, &admin, &finished, |form| form.purging.purge = "at_close".to_owned()).unwrap();
}

#[test]
fn the_owner_of_the_host_may_all_the_same_and_everybody_sees_it() {
    let (stage, _, admin) = ready();
    enforce(&stage.ctx(&admin), Profile::Pci, &MACHINE, Consequences::Ask).unwrap();
    allowlist::reset(&stage.ctx(&Actor::Host)).unwrap();
    assert!(stage.store.house().allowlist.lists.everybody.is_empty());
    assert_eq!(alarms(&stage, Control::StaffNetworks), 1);
    watch(&stage.ctx(&Actor::Timer), &MACHINE).unwrap();
    assert_eq!(alarms(&stage, Control::StaffNetworks), 1, "the timer does not say it again");
    assert!(line(&stage, &admin, Profile::Pci, Control::StaffNetworks).drifted_at.is_some());
}

#[test]
fn a_backup_is_no_way_around_what_is_enforced() {
    let (stage, finished, admin) = ready();
    enforce(&stage.ctx(&admin), Profile::Gdpr, &MACHINE, Consequences::Ask).unwrap();
    let present = posture(&stage);
    // As if an older backup had been restored: other settings, and nothing enforced.
    let mut site = crate::domain::site::Site::clone(&stage.store.house().sites[&finished.site]);
    site.switches.sneak_peek = true;
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    batch.put_posture(&Posture::default());
    stage.store.commit(batch).wait().unwrap();
    keep(&stage.ctx(&Actor::Host), &present).unwrap();
    assert!(!stage.store.house().sites[&finished.site].switches.sneak_peek);
    assert_eq!(posture(&stage), present);
    // What no click can put right is refused, and named.
    let hipaa = Posture { enforced: [(Profile::Hipaa, present.enforced[&Profile::Gdpr])].into(), ..Posture::default() };
    list(&stage, "");
    let refusal = keep(&stage.ctx(&Actor::Host), &hipaa).unwrap_err().to_string();
    assert!(refusal.contains("HIPAA") && refusal.contains("known networks"), "{refusal}");
    let _: OperatorId = finished.operator;
}

#[test]
fn an_account_that_somebody_else_had_in_hand_lately_approves_nothing() {
    let (mut stage, _, admin) = ready();
    let clara = stage.join(&admin, "Clara", "admin");
    // Made shortly before the question, by whoever asks.
    enforce(&stage.ctx(&admin), Profile::Pci, &MACHINE, Consequences::Ask).unwrap();
    stage.advance(MINUTE);
    let asks = |stage: &Stage| ask(&stage.ctx(&admin), Profile::Pci, "So that it is easier").unwrap();
    asks(&stage);
    let approves = |stage: &Stage| approve(&stage.ctx(&stage.actor(clara)), Profile::Pci);
    let is_refused = |stage: &Stage| matches!(approves(stage), Err(Failure::Conflict(why)) if why.contains("somebody else"));
    assert!(is_refused(&stage));
    withdraw(&stage.ctx(&admin), Profile::Pci).unwrap();
    // An old account that is taken over: its password goes with a new link, its second factor by hand.
    stage.advance(DAY * 2);
    let link = people::renew_invitation(&stage.ctx(&admin), clara).unwrap();
    people::join(&stage.ctx(&Actor::Stranger), link.token.expose(), "orchard lantern pebble".to_owned()).unwrap();
    asks(&stage);
    assert!(is_refused(&stage));
    // Waiting with it is no way either: then the day is over anyway.
    stage.advance(DAY - MINUTE);
    assert!(is_refused(&stage));
    withdraw(&stage.ctx(&admin), Profile::Pci).unwrap();
    stage.advance(MINUTE * 2);
    asks(&stage);
    approves(&stage).unwrap();
    assert!(posture(&stage).enforced.is_empty());
}

#[test]
fn a_clock_that_nobody_trusts_unlocks_nothing() {
    let (mut stage, _, admin) = ready();
    enforce(&stage.ctx(&admin), Profile::Pci, &MACHINE, Consequences::Ask).unwrap();
    ask(&stage.ctx(&admin), Profile::Pci, "So that it is easier").unwrap();
    stage.advance(DAY * 3);
    let mut batch = stage.store.batch();
    purge_rules::pause_in(&stage.ctx(&Actor::Timer), &mut batch, 3 * 24 * 60 * 60);
    stage.store.commit(batch).wait().unwrap();
    come_true(&stage.ctx(&Actor::Timer)).unwrap();
    assert!(posture(&stage).enforced.contains_key(&Profile::Pci), "the day went by on the clock alone");
    purge_rules::resume(&stage.ctx(&admin)).unwrap();
    come_true(&stage.ctx(&Actor::Timer)).unwrap();
    assert!(posture(&stage).enforced.is_empty());
}

//! Tests: the list, its trial and the way back in.

use std::time::Duration;

use super::*;
use crate::service::stage::{ADMIN_EMAIL, PASSWORD, Stage, refused};

const OFFICE: &str = "203.0.113.7";
const HOME: &str = "198.51.100.1";

fn from(address: &str) -> IpAddr {
    address.parse().unwrap()
}

fn may_enter(stage: &Stage, address: &str) -> bool {
    permits(&stage.store, from(address), stage.now)
}

fn only(everybody: &str) -> ListsForm {
    ListsForm { everybody: everybody.to_owned(), ..ListsForm::default() }
}

fn role_only(role: Role, networks: &str) -> ListsForm {
    ListsForm { by_role: [(role, networks.to_owned())].into(), ..ListsForm::default() }
}

fn signed_in(stage: &Stage, address: &str) -> Result<sessions::NewSession, Failure> {
    stage.sign_in(ADMIN_EMAIL, PASSWORD, address)
}

#[test]
fn a_role_comes_in_from_its_own_networks_alone() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let list = role_only(Role::Admin, OFFICE);
    let elsewhere = signed_in(&stage, HOME).unwrap();
    let inside = signed_in(&stage, OFFICE).unwrap();
    let resolves =
        |session: &sessions::NewSession| sessions::resolve_hash(&stage.store, &stage.memory, &session.secret.hash(), stage.now);
    assert!(resolves(&elsewhere).unwrap().is_some());

    assert_eq!(replace(&stage.ctx(&admin), from(HOME), &list, Lockout::Warn).unwrap(), Replaced::WouldLockOut);
    assert_eq!(replace(&stage.ctx(&admin), from(OFFICE), &list, Lockout::Warn).unwrap(), Replaced::InForce);
    assert!(may_enter(&stage, HOME), "whoever is not known yet sees the door");
    assert!(resolves(&elsewhere).unwrap().is_none(), "what began outside is over");
    assert!(resolves(&inside).unwrap().is_some());

    assert!(matches!(signed_in(&stage, HOME), Err(Failure::WrongCredentials)), "and the right password is not told apart");
    assert_eq!(stage.last_audit(), AuditAction::AddressRefused(finished.operator));
    signed_in(&stage, OFFICE).unwrap();
    let wrong = role_only(Role::Client, "the town");
    assert_eq!(refused(replace(&stage.ctx(&admin), from(OFFICE), &wrong, Lockout::Warn)), ["networks_client"]);
}

#[test]
fn a_rehearsal_tells_who_of_the_last_days_would_be_refused() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    signed_in(&stage, HOME).unwrap();
    stage.advance(Duration::from_secs(limits::REHEARSAL_DAYS * 24 * 60 * 60));
    signed_in(&stage, HOME).unwrap();
    signed_in(&stage, OFFICE).unwrap();
    let rehearse = |stage: &Stage, form: &ListsForm| rehearse(&stage.ctx(&admin), form).unwrap().refused;
    let [it] = &rehearse(&stage, &only(OFFICE))[..] else { panic!("one person, from one address") };
    assert_eq!((it.operator, it.role, it.address, it.times), (finished.operator, Role::Admin, from(HOME), 2));
    assert_eq!(rehearse(&stage, &role_only(Role::Admin, OFFICE)).len(), 1);
    assert_eq!(rehearse(&stage, &role_only(Role::Client, OFFICE)), []);
    assert_eq!(rehearse(&stage, &ListsForm::default()), []);
    assert!(may_enter(&stage, HOME), "nothing was changed");

    stage.advance(Duration::from_secs(1));
    assert_eq!(rehearse(&stage, &only(OFFICE))[0].times, 1, "the first was more than 30 days ago");
    let stranger = Actor::Stranger;
    assert!(matches!(super::rehearse(&stage.ctx(&stranger), &only(OFFICE)), Err(Failure::Denied(_))));
}

#[test]
fn a_list_with_its_author_on_it_holds_at_once() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    assert!(may_enter(&stage, HOME), "an empty list lets everybody in");
    assert_eq!(refused(replace(&stage.ctx(&admin), from(OFFICE), &only("office"), Lockout::Warn)), ["networks"]);
    stage.take_news();
    let answer = replace(&stage.ctx(&admin), from("::ffff:203.0.113.7"), &only("203.0.113.0/24"), Lockout::Warn).unwrap();
    assert_eq!(answer, Replaced::InForce);
    assert!(matches!(stage.take_news()[..], [News::Allowlist]));
    assert!(may_enter(&stage, OFFICE) && !may_enter(&stage, HOME));
    assert_eq!(stage.last_audit(), AuditAction::AllowlistChanged { networks: 1 });
}

#[test]
fn a_list_without_its_author_reverts_by_itself() {
    let (mut stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    assert_eq!(replace(&stage.ctx(&admin), from(HOME), &only(OFFICE), Lockout::Warn).unwrap(), Replaced::WouldLockOut);
    assert!(may_enter(&stage, HOME), "the first answer changes nothing");
    let until = stage.now.plus(limits::ALLOWLIST_TRIAL);
    assert_eq!(replace(&stage.ctx(&admin), from(HOME), &only(OFFICE), Lockout::Try).unwrap(), Replaced::OnTrial { until });
    assert_eq!(stage.last_audit(), AuditAction::AllowlistTried { networks: 1 });
    assert!(!may_enter(&stage, HOME) && may_enter(&stage, OFFICE));
    assert!(matches!(confirm(&stage.ctx(&admin), from(HOME)), Err(Failure::Conflict(_))));
    end_trial(&stage.ctx(&Actor::Timer)).unwrap();
    assert!(!may_enter(&stage, HOME), "not before its time");

    stage.advance(limits::ALLOWLIST_TRIAL);
    assert!(may_enter(&stage, HOME), "even before the timer comes by");
    assert!(view(&stage.ctx(&admin)).unwrap().trial.is_none());
    assert!(matches!(confirm(&stage.ctx(&admin), from(OFFICE)), Err(Failure::Conflict(_))));
    stage.take_news();
    for _ in 0..2 {
        end_trial(&stage.ctx(&Actor::Timer)).unwrap();
    }
    assert!(matches!(stage.take_news()[..], [News::Allowlist]));
    assert_eq!(stage.last_audit(), AuditAction::AllowlistReverted);
}

#[test]
fn a_trial_is_confirmed_from_inside() {
    let (mut stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    replace(&stage.ctx(&admin), from(HOME), &only(OFFICE), Lockout::Try).unwrap();
    confirm(&stage.ctx(&admin), from(OFFICE)).unwrap();
    stage.advance(limits::ALLOWLIST_TRIAL);
    assert!(!may_enter(&stage, HOME) && may_enter(&stage, OFFICE));
}

#[test]
fn only_the_host_resets() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    replace(&stage.ctx(&admin), from(OFFICE), &only(OFFICE), Lockout::Warn).unwrap();
    assert!(matches!(reset(&stage.ctx(&admin)), Err(Failure::Denied(_))));
    reset(&stage.ctx(&Actor::Host)).unwrap();
    assert!(may_enter(&stage, HOME));
    assert_eq!(stage.last_audit(), AuditAction::AllowlistReset);
}

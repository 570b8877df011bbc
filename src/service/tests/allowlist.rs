//! Tests: the list, its trial and the way back in.

use super::*;
use crate::service::stage::{Stage, refused};

const OFFICE: &str = "203.0.113.7";
const HOME: &str = "198.51.100.1";

fn from(address: &str) -> IpAddr {
    address.parse().unwrap()
}

fn may_enter(stage: &Stage, address: &str) -> bool {
    permits(&stage.store, from(address), stage.now)
}

#[test]
fn a_list_with_its_author_on_it_holds_at_once() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    assert!(may_enter(&stage, HOME), "an empty list lets everybody in");
    assert_eq!(refused(replace(&stage.ctx(&admin), from(OFFICE), "office", Lockout::Warn)), ["networks"]);
    stage.take_news();
    let answer = replace(&stage.ctx(&admin), from("::ffff:203.0.113.7"), "203.0.113.0/24", Lockout::Warn).unwrap();
    assert_eq!(answer, Replaced::InForce);
    assert!(matches!(stage.take_news()[..], [News::Allowlist]));
    assert!(may_enter(&stage, OFFICE) && !may_enter(&stage, HOME));
    assert_eq!(stage.last_audit(), AuditAction::AllowlistChanged { networks: 1 });
}

#[test]
fn a_list_without_its_author_reverts_by_itself() {
    let (mut stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    assert_eq!(replace(&stage.ctx(&admin), from(HOME), OFFICE, Lockout::Warn).unwrap(), Replaced::WouldLockOut);
    assert!(may_enter(&stage, HOME), "the first answer changes nothing");
    let until = stage.now.plus(limits::ALLOWLIST_TRIAL);
    assert_eq!(replace(&stage.ctx(&admin), from(HOME), OFFICE, Lockout::Try).unwrap(), Replaced::OnTrial { until });
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
    replace(&stage.ctx(&admin), from(HOME), OFFICE, Lockout::Try).unwrap();
    confirm(&stage.ctx(&admin), from(OFFICE)).unwrap();
    stage.advance(limits::ALLOWLIST_TRIAL);
    assert!(!may_enter(&stage, HOME) && may_enter(&stage, OFFICE));
}

#[test]
fn only_the_host_resets() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    replace(&stage.ctx(&admin), from(OFFICE), OFFICE, Lockout::Warn).unwrap();
    assert!(matches!(reset(&stage.ctx(&admin)), Err(Failure::Denied(_))));
    reset(&stage.ctx(&Actor::Host)).unwrap();
    assert!(may_enter(&stage, HOME));
    assert_eq!(stage.last_audit(), AuditAction::AllowlistReset);
}

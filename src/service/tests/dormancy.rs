//! Tests: whom nobody has seen for long, and who stays all the same.

use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::service::people;
use crate::service::stage::{PASSWORD, Stage};

fn days(n: u64) -> Duration {
    Duration::from_secs(n * DAY_SECONDS)
}

fn run(stage: &Stage) -> usize {
    disable_dormant(&stage.ctx(&Actor::Timer)).unwrap()
}

fn person(stage: &Stage, id: OperatorId) -> Arc<Operator> {
    Arc::clone(&stage.store.house().operators[&id])
}

#[test]
fn who_does_not_sign_in_for_ninety_days_is_disabled() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let bert = stage.join(&admin, "Bert", "operator");
    stage.sign_in("bert@example.org", PASSWORD, "192.0.2.7").unwrap();
    stage.advance(days(75));
    let clara = stage.join(&admin, "Clara", "operator");
    stage.sign_in("clara@example.org", PASSWORD, "192.0.2.8").unwrap();
    assert_eq!(days_to_warn_of(&stage.store.house().policy, &person(&stage, bert), stage.now), None);
    stage.advance(days(5));
    assert_eq!(run(&stage), 0);
    assert_eq!(days_to_warn_of(&stage.store.house().policy, &person(&stage, bert), stage.now), Some(80));
    stage.advance(days(10));
    stage.take_news();
    assert_eq!(run(&stage), 1);
    assert_eq!(person(&stage, bert).standing, Standing::Disabled);
    assert!(person(&stage, clara).is_active());
    assert!(stage.audit().contains(&AuditAction::OperatorDormant(bert)));
    assert!(stage.take_news().iter().any(|it| matches!(it, News::Operator(id) if *id == bert)));
    let house = stage.store.house();
    assert_eq!(house.alerts.values().map(|it| (it.kind, it.count)).collect::<Vec<_>>(), [(AlertKind::AccountsDormant, 1)]);
    assert!(stage.sign_in("bert@example.org", PASSWORD, "192.0.2.7").is_err());
    // Let in again, they have all the days before them.
    people::enable(&stage.ctx(&admin), bert).unwrap();
    assert_eq!(run(&stage), 0);
    stage.advance(days(89));
    assert!(person(&stage, bert).is_active());
}

#[test]
fn the_last_administrator_stays() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let second = stage.join(&admin, "Second", "admin");
    assert_eq!(run(&stage), 0, "the days begin to count");
    stage.advance(days(400));
    assert_eq!(run(&stage), 1);
    let stayed = [finished.operator, second].into_iter().filter(|id| person(&stage, *id).is_active()).count();
    assert_eq!(stayed, 1);
    assert_eq!(run(&stage), 0);
}

#[test]
fn what_is_not_known_counts_from_now_on_and_nobody_is_disabled_without_a_policy() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let bert = stage.join(&admin, "Bert", "operator");
    assert_eq!(person(&stage, bert).last_seen_at, None);
    stage.advance(days(200));
    assert_eq!(run(&stage), 0);
    assert_eq!(person(&stage, bert).last_seen_at, Some(stage.now));
    let mut policy = stage.store.house().policy;
    policy.dormant_days = None;
    let mut batch = stage.store.batch();
    batch.put_policy(policy);
    stage.store.commit(batch).wait().unwrap();
    stage.advance(days(200));
    assert_eq!(run(&stage), 0);
    assert_eq!(days_to_warn_of(&policy, &person(&stage, bert), stage.now), None);
}

//! Tests: what others may do to somebody's factors, and whom the policy keeps from being without one.

use super::*;
use crate::domain::operator::Role;
use crate::domain::policy::{Roles, SignInPolicy};
use crate::service::stage::Stage;

#[test]
fn an_administrator_takes_away_what_somebody_has_lost() {
    let (mut stage, admin) = Stage::set_up();
    stage.memory.sends_mail = true;
    let boss = stage.actor(admin.operator);
    let bert = stage.join(&boss, "Bert", "operator");
    let session = stage.sign_in("bert@example.org", crate::service::stage::PASSWORD, "192.0.2.1").unwrap();
    stage.give_totp(bert);
    assert!(matches!(remove_all(&stage.ctx(&stage.actor(bert)), admin.operator), Err(Failure::NotFound)));
    assert!(matches!(remove_all(&stage.ctx(&boss), admin.operator), Err(Failure::Conflict(_))), "not one's own");
    stage.take_news();
    remove_all(&stage.ctx(&boss), bert).unwrap();
    assert_eq!(*of(&stage.ctx(&boss), bert), Factors::default());
    assert!(!stage.is_valid(&session));
    assert_eq!(stage.last_audit(), AuditAction::FactorRemoved(bert, FactorKind::Totp));
    assert_eq!(stage.store.house().letters[&bert][0].kind, LetterKind::SecondFactorRemoved);
    assert!(matches!(remove_all(&stage.ctx(&boss), OperatorId::from_bytes([9; 16])), Err(Failure::NotFound)));
}

#[test]
fn the_last_one_stays_while_it_is_asked_for() {
    let (stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    let mut batch = stage.store.batch();
    batch.put_policy(SignInPolicy { second_factor: Roles::NONE.with(Role::Admin), ..SignInPolicy::default() });
    stage.store.commit(batch).wait().unwrap();
    let actor = stage.actor(admin.operator);
    assert!(matches!(totp::remove(&stage.ctx(&actor)), Err(Failure::Conflict(_))));
    assert!(own(&stage.ctx(&actor)).unwrap().is_second());
    assert!(matches!(own(&stage.ctx(&Actor::Stranger)), Err(Failure::Denied(_))));
}

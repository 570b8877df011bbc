//! Tests: who is let in again, how, and that everybody gets to see it.

use super::*;
use crate::domain::operator::SsoIdentity;
use crate::service::people;
use crate::service::stage::{ADMIN_EMAIL, PASSWORD, Stage};

/// Changes somebody without asking anybody, as years of use would.
fn change(stage: &Stage, email: &str, change: impl FnOnce(&mut Operator)) {
    let house = stage.store.house();
    let mut operator = Operator::clone(house.operators.values().find(|it| it.email.as_str() == email).unwrap());
    change(&mut operator);
    let mut batch = stage.store.batch();
    batch.put_operator(&operator);
    stage.store.commit(batch).wait().unwrap();
}

fn reset(stage: &Stage, email: &str) -> Result<WayIn, String> {
    reset_person(&stage.ctx(&Actor::Host), email).map_err(|failure| failure.to_string())
}

fn operator(stage: &Stage, email: &str) -> Arc<Operator> {
    stage.store.house().operators.values().find(|it| it.email.as_str() == email).unwrap().clone()
}

#[test]
fn nothing_that_opened_the_account_before_opens_it_any_more() {
    let (stage, finished) = Stage::set_up();
    let session = stage.admin_session();
    let mut batch = stage.store.batch();
    let factors = crate::domain::factor::Factors { recovery: vec![[1; 32]], ..Default::default() };
    batch.put_factors(finished.operator, &factors);
    stage.store.commit(batch).wait().unwrap();
    let identity = SsoIdentity { issuer: "https://id.example".to_owned(), subject: "1".to_owned() };
    change(&stage, ADMIN_EMAIL, |it| it.sso = Some(identity));
    stage.take_news();

    let way_in = reset(&stage, " ANNA@example.org").unwrap();
    assert!(way_in.had_factors && way_in.had_sso && !way_in.was_enabled);
    assert_eq!(way_in.expires_at, stage.now.plus(limits::PASSWORD_RESET_LIFE));
    let after = operator(&stage, ADMIN_EMAIL);
    assert!(after.sso.is_none() && after.password_hash.is_none() && after.is_active());
    assert_eq!(after.reset.as_ref().unwrap().token_hash, way_in.token.hash());
    assert!(!stage.is_valid(&session) && stage.sign_in(ADMIN_EMAIL, PASSWORD, "192.0.2.1").is_err());
    assert!(!stage.store.house().factors.contains_key(&finished.operator));
    assert!(stage.take_news().iter().any(|news| matches!(news, News::Operator(id) if *id == finished.operator)));

    let house = stage.store.house();
    let [alert] = house.alerts.values().collect::<Vec<_>>()[..] else { panic!("one alert") };
    assert!(alert.kind == AlertKind::UserReset(finished.operator) && alert.acknowledged.is_none());
    let audit = stage.audit();
    assert!(audit.contains(&AuditAction::OperatorReset(finished.operator)));
    assert!(audit.contains(&AuditAction::AlertRaised(AlertKind::UserReset(finished.operator))));
    // Once more: the link before is worthless, and the alert counts.
    let again = reset(&stage, ADMIN_EMAIL).unwrap();
    assert_ne!(again.token.hash(), way_in.token.hash());
    assert_eq!(operator(&stage, ADMIN_EMAIL).reset.as_ref().unwrap().token_hash, again.token.hash());
    assert_eq!(stage.store.house().alerts.values().map(|alert| alert.count).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_disabled_account_is_enabled_only_where_nobody_else_could() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let bert = stage.join(&admin, "Bert", "admin");
    people::disable(&stage.ctx(&admin), bert).unwrap();
    assert!(reset(&stage, "bert@example.org").err().unwrap().contains("disabled"));
    assert!(stage.store.house().alerts.is_empty());
    // Nobody can do this to the last one, but time can: the account that nobody used.
    change(&stage, ADMIN_EMAIL, |it| it.standing = Standing::Disabled);
    assert!(reset(&stage, "bert@example.org").unwrap().was_enabled);
    assert!(operator(&stage, "bert@example.org").is_active());
}

#[test]
fn whoever_is_not_there_or_has_not_joined_is_named() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    people::invite(&stage.ctx(&admin), &crate::service::stage::person("Tom", "operator")).unwrap();
    assert!(reset(&stage, "tom@example.org").err().unwrap().contains("not joined"));
    for nobody in ["nobody@example.org", "not an address", ""] {
        assert!(reset(&stage, nobody).err().unwrap().contains("parlor user list"), "{nobody}");
    }
}

#[test]
fn nobody_but_the_host_may() {
    let (stage, finished) = Stage::set_up();
    for actor in [stage.actor(finished.operator), Actor::Stranger, Actor::Timer] {
        assert!(matches!(reset_person(&stage.ctx(&actor), ADMIN_EMAIL), Err(Failure::Denied(_))));
        assert!(matches!(people(&stage.ctx(&actor)), Err(Failure::Denied(_))));
    }
    let seen = people(&stage.ctx(&Actor::Host)).unwrap();
    assert_eq!(seen.iter().map(|it| it.operator.email.as_str()).collect::<Vec<_>>(), [ADMIN_EMAIL]);
}

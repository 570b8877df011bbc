//! Tests: showing once more that it is oneself.

use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::domain::limits;
use crate::service::policy::{self, PolicyForm};
use crate::service::stage::{PASSWORD, Stage, refused};
use crate::service::{people, stage};

fn prove(stage: &Stage, session: &NewSession, password: &str, code: &str) -> Result<NewSession, Failure> {
    let actor = stage.actor(session.operator);
    with_password(&stage.from(&actor, "192.0.2.1"), &session.secret.hash(), &Password::typed(password.to_owned()), code)
}

#[test]
fn the_password_renews_the_proof_under_another_secret() {
    let (mut stage, admin) = Stage::set_up();
    let session = stage.admin_session();
    stage.advance(Duration::from_secs(600));
    let actor = stage.actor(admin.operator);
    let invite = |stage: &Stage, session: &NewSession| {
        people::invite(&stage.in_session(&actor, session), &stage::person("Bert", "operator")).map(|_| ())
    };
    assert!(matches!(invite(&stage, &session), Err(Failure::ProofNeeded)));
    assert_eq!(refused(prove(&stage, &session, "wrong", "")), ["password"]);
    assert!(stage.is_valid(&session));
    let renewed = prove(&stage, &session, PASSWORD, "").unwrap();
    assert!(!stage.is_valid(&session) && stage.is_valid(&renewed), "whoever read the old secret is out");
    assert_eq!(renewed.ends_at, session.ends_at, "it does not last longer for that");
    invite(&stage, &renewed).unwrap();
    stage.advance(limits::PROOF_LIFE);
    assert!(matches!(invite(&stage, &renewed), Err(Failure::ProofNeeded)));
    assert_eq!(stage.audit().iter().filter(|it| matches!(it, AuditAction::Proved | AuditAction::ProofRefused)).count(), 2);
}

#[test]
fn who_has_a_second_factor_shows_it_too() {
    let (mut stage, admin) = Stage::set_up();
    let session = stage.admin_session();
    stage.give_totp(admin.operator);
    stage.advance(Duration::from_secs(300));
    assert_eq!(refused(prove(&stage, &session, PASSWORD, "")), ["code"]);
    assert_eq!(refused(prove(&stage, &session, "wrong", &stage.code())), ["password"]);
    let renewed = prove(&stage, &session, PASSWORD, &stage.code()).unwrap();
    assert_eq!(refused(prove(&stage, &renewed, PASSWORD, &stage.code())), ["code"], "a code is good once, here too");
}

#[test]
fn guessing_here_is_as_slow_as_at_the_door() {
    let (stage, _) = Stage::set_up();
    let session = stage.admin_session();
    // The place is known by now, so it has a stock of its own, and that runs out as well.
    let tried = (0..20).map(|_| prove(&stage, &session, "guess", "")).collect::<Vec<_>>();
    assert!(tried.iter().any(|it| matches!(it, Err(Failure::TooMany { .. }))));
}

#[test]
fn what_needs_a_proof_asks_for_one() {
    let (stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let stale = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&actor) };
    let form = stage::person("Bert", "operator");
    let needs = |result: Result<(), Failure>, what: &str| assert!(matches!(result, Err(Failure::ProofNeeded)), "{what}");
    needs(people::invite(&stale, &form).map(drop), "invite");
    needs(people::change(&stale, admin.operator, &form), "change");
    needs(people::disable(&stale, admin.operator), "disable");
    needs(people::enable(&stale, admin.operator), "enable");
    needs(people::renew_invitation(&stale, admin.operator).map(drop), "renew");
    needs(policy::change(&stale, &PolicyForm::default()), "policy");
    needs(factors::remove_all(&stale, admin.operator), "factors");
    needs(super::super::reset::begin_for(&stale, admin.operator).map(drop), "reset");
    // Acts of the host have nobody to ask.
    assert!(people::invite(&Ctx { actor: &Actor::Host, ..stale }, &form).is_ok());
}

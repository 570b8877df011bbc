//! Tests: passkeys of an authenticator of our own, and everything that may be wrong with one.

use std::time::Duration;

use super::authenticator::Authenticator;
use super::*;
use crate::domain::access::Actor;
use crate::domain::alert::AlertKind;
use crate::domain::limits;
use crate::domain::operator::Role;
use crate::domain::policy::Roles;
use crate::domain::session::SignInMethod;
use crate::service::Asked;
use crate::service::people;
use crate::service::sessions::{self, NewSession};
use crate::service::sign_in::{First, Step};
use crate::service::stage::{ADMIN_EMAIL, Stage};
use crate::service::tokens::TokenHash;

const ORIGIN: &str = "https://chat.example.org";
const SESSION: TokenHash = [1; 32];
const DOOR: TokenHash = [2; 32];

fn party() -> Party {
    Party::at(ORIGIN, "Clinic Nord").unwrap()
}

/// Somebody with a passkey called "Telephone".
fn with_passkey() -> (Stage, Actor, Authenticator) {
    let (stage, finished) = Stage::set_up();
    let anna = stage.actor(finished.operator);
    let mut device = Authenticator::new();
    add(&stage, &anna, &mut device, "Telephone").unwrap();
    (stage, anna, device)
}

fn add(stage: &Stage, who: &Actor, device: &mut Authenticator, name: &str) -> Result<NewSession, Failure> {
    let session = session_of(stage, who).secret.hash();
    let options = start(&stage.ctx(who), &party(), session)?;
    let answer = device.create(&options, ORIGIN);
    finish(&stage.ctx(who), &party(), session, name, &answer)
}

/// A session that began without a second factor, as by a link.
fn session_of(stage: &Stage, who: &Actor) -> NewSession {
    let house = stage.store.house();
    let mut batch = stage.store.batch();
    let by = First::by(SignInMethod::Link);
    let session = sessions::begin_in(&stage.ctx(&Actor::Stranger), &mut batch, &house.operators[&id(who)], by).unwrap();
    stage.store.commit(batch).wait().unwrap();
    session
}

fn options(stage: &Stage) -> String {
    ask_anybody(&stage.ctx(&Actor::Stranger), &party(), DOOR).unwrap()
}

fn enter(stage: &Stage, answer: &str) -> Result<NewSession, Failure> {
    match sign_in(&stage.ctx(&Actor::Stranger), &party(), DOOR, answer)? {
        Step::In(session) => Ok(session),
        Step::Second(_) => panic!("a passkey is two factors in one"),
    }
}

fn is_wrong<T>(result: Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::WrongCredentials))
}

fn id(who: &Actor) -> OperatorId {
    match who {
        Actor::Staff { id, .. } => *id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_passkey_signs_in_alone_and_its_use_is_noted() {
    let (mut stage, anna, mut device) = with_passkey();
    assert_eq!(stage.last_audit(), AuditAction::FactorAdded(id(&anna), FactorKind::Passkey));
    stage.advance(Duration::from_secs(60));
    let answer = device.get(&options(&stage), ORIGIN);
    let session = enter(&stage, &answer).unwrap();
    assert!(session.operator == id(&anna) && stage.is_valid(&session));
    assert_eq!(stage.last_audit(), AuditAction::SignedInBy(SignInMethod::Passkey));
    let passkeys = list(&stage.ctx(&anna)).unwrap();
    assert_eq!(passkeys[0].used_at, Some(stage.now));
    assert_eq!(passkeys[0].name.as_str(), "Telephone");
}

#[test]
fn an_answer_is_good_once_for_its_challenge_and_for_five_minutes() {
    let (mut stage, _, mut device) = with_passkey();
    let answer = device.get(&options(&stage), ORIGIN);
    enter(&stage, &answer).unwrap();
    assert!(is_wrong(enter(&stage, &answer)), "twice");
    let old = device.get(&options(&stage), ORIGIN);
    let _newer = options(&stage);
    assert!(is_wrong(enter(&stage, &old)), "another challenge");
    let asked = options(&stage);
    let answer = device.get(&asked, ORIGIN);
    assert!(is_wrong(sign_in(&stage.ctx(&Actor::Stranger), &party(), [9; 32], &answer)), "another browser");
    stage.advance(limits::PASSKEY_CHALLENGE_LIFE);
    assert!(is_wrong(enter(&stage, &answer)), "too late");
    assert_eq!(stage.last_audit(), AuditAction::SignInRefused);
}

#[test]
fn a_false_page_gets_nothing() {
    let (stage, _, mut device) = with_passkey();
    for origin in ["https://chat.example.com", "https://chat.example.org.evil.example", "http://chat.example.org"] {
        let answer = device.get(&options(&stage), origin);
        assert!(is_wrong(enter(&stage, &answer)), "{origin}");
    }
    // Nor one that names itself as the party.
    let evil = Party::at("https://chat.example.com", "").unwrap();
    let asked = ask_anybody(&stage.ctx(&Actor::Stranger), &evil, DOOR).unwrap();
    let answer = device.get(&asked, "https://chat.example.com");
    assert!(is_wrong(enter(&stage, &answer)));
}

#[test]
fn a_device_that_did_not_look_at_its_owner_is_refused() {
    let (stage, anna, mut device) = with_passkey();
    device.verifies_user = false;
    let answer = device.get(&options(&stage), ORIGIN);
    assert!(is_wrong(enter(&stage, &answer)));
    let mut careless = Authenticator::new();
    careless.verifies_user = false;
    assert!(matches!(add(&stage, &anna, &mut careless, "Careless"), Err(Failure::Conflict(_))));
    let mut forgetful = Authenticator::new();
    forgetful.is_discoverable = false;
    assert!(matches!(add(&stage, &anna, &mut forgetful, "Forgetful"), Err(Failure::Conflict(_))));
    assert_eq!(list(&stage.ctx(&anna)).unwrap().len(), 1);
}

#[test]
fn a_copied_passkey_is_refused_and_administrators_are_told() {
    let (stage, anna, mut device) = with_passkey();
    let answer = device.get(&options(&stage), ORIGIN);
    enter(&stage, &answer).unwrap();
    device.counter -= 1;
    let answer = device.get(&options(&stage), ORIGIN);
    assert!(is_wrong(enter(&stage, &answer)));
    let house = stage.store.house();
    let alert = house.alerts.values().next().unwrap();
    assert_eq!(alert.kind, AlertKind::PasskeyCopied(id(&anna)));
    assert!(stage.audit().contains(&AuditAction::AlertRaised(alert.kind)));
    // The true one goes on.
    device.counter += 5;
    let answer = device.get(&options(&stage), ORIGIN);
    enter(&stage, &answer).unwrap();
}

#[test]
fn whoever_is_disabled_or_unknown_or_lies_reads_the_same() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let bert = stage.join(&admin, "Bert", "operator");
    let mut device = Authenticator::new();
    add(&stage, &stage.actor(bert), &mut device, "Bert's").unwrap();
    let mut unknown = Authenticator::new();
    unknown.user_handle = device.user_handle.clone();
    let answer = unknown.get(&options(&stage), ORIGIN);
    assert!(is_wrong(enter(&stage, &answer)), "an unknown passkey of somebody who is here");
    unknown.user_handle = vec![7; 16];
    let answer = unknown.get(&options(&stage), ORIGIN);
    assert!(is_wrong(enter(&stage, &answer)), "of nobody");
    // A known passkey in the name of somebody else.
    let own = std::mem::replace(&mut device.user_handle, finished.operator.as_bytes().to_vec());
    let answer = device.get(&options(&stage), ORIGIN);
    assert!(is_wrong(enter(&stage, &answer)), "of another");
    device.user_handle = own;
    people::disable(&stage.ctx(&admin), bert).unwrap();
    let answer = device.get(&options(&stage), ORIGIN);
    assert!(is_wrong(enter(&stage, &answer)), "disabled");
    people::enable(&stage.ctx(&admin), bert).unwrap();
    let answer = device.get(&options(&stage), ORIGIN);
    enter(&stage, &answer).unwrap();
    for garbage in ["", "{}", "null", "[]", &"x".repeat(10_000)] {
        let _ = options(&stage);
        assert!(is_wrong(enter(&stage, garbage)), "{garbage}");
    }
}

#[test]
fn a_removed_passkey_signs_nobody_in() {
    let (stage, anna, mut device) = with_passkey();
    let answer = device.get(&options(&stage), ORIGIN);
    let passkey = id_of(&list(&stage.ctx(&anna)).unwrap()[0]);
    remove(&stage.ctx(&anna), passkey).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::FactorRemoved(id(&anna), FactorKind::Passkey));
    assert!(is_wrong(enter(&stage, &answer)), "not even when it was asked before");
    assert!(matches!(remove(&stage.ctx(&anna), passkey), Err(Failure::NotFound)));
}

#[test]
fn the_last_factor_stays_where_one_is_demanded() {
    let (stage, anna, _) = with_passkey();
    let passkey = id_of(&list(&stage.ctx(&anna)).unwrap()[0]);
    let mut policy = stage.store.house().policy;
    policy.second_factor = Roles::NONE.with(Role::Admin);
    let mut batch = stage.store.batch();
    batch.put_policy(policy);
    stage.store.commit(batch).wait().unwrap();
    assert!(matches!(remove(&stage.ctx(&anna), passkey), Err(Failure::Conflict(_))));
    add(&stage, &anna, &mut Authenticator::new(), "Another").unwrap();
    remove(&stage.ctx(&anna), passkey).unwrap();
    assert_eq!(list(&stage.ctx(&anna)).unwrap().len(), 1);
}

#[test]
fn making_and_removing_want_a_proof_and_renaming_a_name() {
    let (stage, anna, _) = with_passkey();
    let passkey = id_of(&list(&stage.ctx(&anna)).unwrap()[0]);
    let asked = Asked::default();
    let stale = Ctx { asked, ..stage.ctx(&anna) };
    assert!(matches!(start(&stale, &party(), SESSION), Err(Failure::ProofNeeded)));
    assert!(matches!(finish(&stale, &party(), SESSION, "x", "{}"), Err(Failure::ProofNeeded)));
    assert!(matches!(remove(&stale, passkey), Err(Failure::ProofNeeded)));
    rename(&stale, passkey, "Key ring").unwrap();
    assert_eq!(list(&stale).unwrap()[0].name.as_str(), "Key ring");
    assert!(matches!(rename(&stale, passkey, " "), Err(Failure::InvalidFields(_))));
    let bert = stage.join(&anna, "Bert", "operator");
    let bert = stage.actor(bert);
    assert!(matches!(rename(&stage.ctx(&bert), passkey, "Mine"), Err(Failure::NotFound)), "not theirs");
    assert!(matches!(remove(&stage.ctx(&bert), passkey), Err(Failure::NotFound)));
}

#[test]
fn a_passkey_is_of_one_person_and_once() {
    let (stage, anna, mut device) = with_passkey();
    assert!(matches!(add(&stage, &anna, &mut device, "Again"), Err(Failure::Conflict(_))));
    let bert = stage.join(&anna, "Bert", "operator");
    assert!(matches!(add(&stage, &stage.actor(bert), &mut device, "Mine now"), Err(Failure::Conflict(_))));
    // A challenge that one asked for is not answered by another, even in the same browser.
    let mut other = Authenticator::new();
    let asked = start(&stage.ctx(&anna), &party(), SESSION).unwrap();
    let answer = other.create(&asked, ORIGIN);
    let theirs = stage.actor(bert);
    assert!(matches!(finish(&stage.ctx(&theirs), &party(), SESSION, "x", &answer), Err(Failure::Conflict(_))));
    assert!(matches!(finish(&stage.ctx(&anna), &party(), SESSION, "x", &answer), Err(Failure::Conflict(_))), "used up");
}

#[test]
fn passkeys_and_challenges_are_bounded() {
    let (mut stage, anna, _) = with_passkey();
    for n in 1..limits::PASSKEYS_PER_OPERATOR {
        add(&stage, &anna, &mut Authenticator::new(), &format!("Number {n}")).unwrap();
    }
    assert!(matches!(start(&stage.ctx(&anna), &party(), SESSION), Err(Failure::Conflict(_))));
    let from = |last: u8| Asked { from: Some([192, 0, 2, last].into()), ..Asked::default() };
    for n in 0..limits::PASSKEY_CHALLENGES_PER_ADDRESS + 20 {
        let mut holder = [3; 32];
        holder[..8].copy_from_slice(&n.to_be_bytes());
        let ctx = Ctx { asked: from(1), ..stage.ctx(&Actor::Stranger) };
        ask_anybody(&ctx, &party(), holder).unwrap();
    }
    let neighbour = Ctx { asked: from(2), ..stage.ctx(&Actor::Stranger) };
    ask_anybody(&neighbour, &party(), DOOR).unwrap();
    assert_eq!(stage.memory.passkeys.len(), limits::PASSKEY_CHALLENGES_PER_ADDRESS + 1);
    stage.advance(limits::PASSKEY_CHALLENGE_LIFE);
    let _ = options(&stage);
    assert_eq!(stage.memory.passkeys.len(), 1, "what is too old goes");
}

#[test]
fn a_passkey_is_the_second_step_of_its_owner() {
    let (stage, anna, mut device) = with_passkey();
    let stranger = stage.from(&Actor::Stranger, "192.0.2.1");
    let pending = stage.halfway();
    let secret = pending.secret.expose();
    let asked = ask_second(&stranger, &party(), secret).unwrap();
    let answer = device.get(&asked, ORIGIN);
    let session = second(&stranger, &party(), secret, &answer).unwrap();
    assert_eq!((session.operator, session.by), (id(&anna), SignInMethod::SecondPasskey));
    assert_eq!(stage.last_audit(), AuditAction::SignedInBy(SignInMethod::SecondPasskey));
    assert!(matches!(second(&stranger, &party(), secret, &answer), Err(Failure::NotFound)), "used up");

    // Somebody else's passkey, though known here, is worth nothing; nor is one without a password before it.
    let bert = stage.join(&anna, "Bert", "operator");
    let mut berts = Authenticator::new();
    add(&stage, &stage.actor(bert), &mut berts, "Bert's").unwrap();
    let pending = stage.halfway();
    let secret = pending.secret.expose();
    let asked = ask_second(&stranger, &party(), secret).unwrap();
    let answer = berts.get(&asked, ORIGIN);
    assert!(matches!(second(&stranger, &party(), secret, &answer), Err(Failure::Invalid { .. })));
    assert!(matches!(ask_second(&stranger, &party(), "nothing"), Err(Failure::NotFound)));
    assert!(asked.contains("allowCredentials\":[{"), "only hers are asked for");
}

#[test]
fn a_passkey_shows_once_more_who_it_is() {
    let (mut stage, anna, mut device) = with_passkey();
    let session = session_of(&stage, &anna);
    stage.advance(limits::PROOF_LIFE);
    let (ctx, hash) = (stage.from(&anna, "192.0.2.1"), session.secret.hash());
    let asked = ask_proof(&ctx, &party(), hash).unwrap();
    let answer = device.get(&asked, ORIGIN);
    let renewed = confirm(&ctx, &party(), hash, &answer).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::Proved);
    let stored = stage.store.session(&renewed.secret.hash()).unwrap().unwrap();
    assert_eq!((stored.proved_at, stored.by), (stage.now, SignInMethod::Link), "how it began stays as it was");
    assert!(stage.store.session(&hash).unwrap().is_none());
    let bert = stage.join(&anna, "Bert", "operator");
    assert!(matches!(ask_proof(&stage.ctx(&stage.actor(bert)), &party(), hash), Err(Failure::NotFound)), "has none");
}

#[test]
fn a_challenge_for_one_thing_is_worth_nothing_for_another() {
    let (stage, anna, mut device) = with_passkey();
    let session = session_of(&stage, &anna);
    let hash = session.secret.hash();
    let ctx = stage.from(&anna, "192.0.2.1");
    // Asked as a proof, answered at the door, and the other way round.
    let asked = ask_proof(&ctx, &party(), hash).unwrap();
    let answer = device.get(&asked, ORIGIN);
    assert!(is_wrong(sign_in(&ctx, &party(), hash, &answer)));
    let asked = ask_anybody(&ctx, &party(), hash).unwrap();
    let answer = device.get(&asked, ORIGIN);
    assert!(matches!(confirm(&ctx, &party(), hash, &answer), Err(Failure::Invalid { .. })));
    let pending = stage.halfway();
    let asked = ask_second(&ctx, &party(), pending.secret.expose()).unwrap();
    let answer = device.get(&asked, ORIGIN);
    assert!(is_wrong(sign_in(&ctx, &party(), pending.secret.hash(), &answer)));
    assert!(second(&ctx, &party(), pending.secret.expose(), &answer).is_ok());
}

#[test]
fn the_first_passkey_ends_the_sessions_that_began_without_one() {
    let (stage, finished) = Stage::set_up();
    let anna = stage.actor(finished.operator);
    let elsewhere = stage.sign_in(ADMIN_EMAIL, crate::service::stage::PASSWORD, "192.0.2.9").unwrap();
    let renewed = add(&stage, &anna, &mut Authenticator::new(), "Telephone").unwrap();
    assert!(!stage.is_valid(&elsewhere) && stage.is_valid(&renewed));
    assert_eq!(renewed.by, SignInMethod::SecondPasskey);
    let before = session_of(&stage, &anna);
    add(&stage, &anna, &mut Authenticator::new(), "Another").unwrap();
    assert!(stage.is_valid(&before), "the second one ends nothing");
}

//! Tests: from the first proof to the session, and all that must not lead there.

use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::domain::factor::Factors;
use crate::service::people;
use crate::service::stage::{Stage, refused};

fn try_code(stage: &Stage, pending: &Pending, code: &str) -> Result<NewSession, Failure> {
    with_code(&stage.from(&Actor::Stranger, "192.0.2.1"), pending.secret.expose(), code)
}

#[test]
fn without_a_second_factor_there_is_one_step() {
    let (stage, _) = Stage::set_up();
    assert!(stage.is_valid(&stage.admin_session()));
}

#[test]
fn with_one_the_password_opens_nothing_and_the_code_does() {
    let (stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    let sessions = stage.store.sessions().unwrap().len();
    let pending = stage.halfway();
    assert_eq!(stage.store.sessions().unwrap().len(), sessions, "nothing of it is a session");
    let resolved = sessions::resolve(&stage.store, &stage.memory, pending.secret.expose(), stage.now).unwrap();
    assert!(resolved.is_none(), "its secret opens nothing");
    assert_eq!(refused(try_code(&stage, &pending, "000000")), ["code"]);
    let session = try_code(&stage, &pending, &stage.code()).unwrap();
    assert!(stage.is_valid(&session));
    assert_eq!(session.by, SignInMethod::Totp);
    assert_eq!(stage.last_audit(), AuditAction::SignedInBy(SignInMethod::Totp));
    // It was good once, in both senses: the pending sign-in is gone, and so is the code.
    assert!(matches!(try_code(&stage, &pending, &stage.code()), Err(Failure::NotFound)));
    let again = stage.halfway();
    assert_eq!(refused(try_code(&stage, &again, &stage.code())), ["code"], "a code that was used");
}

#[test]
fn five_wrong_codes_end_it_and_its_owner_hears_of_it() {
    let (mut stage, admin) = Stage::set_up();
    stage.memory.sends_mail = true;
    stage.give_totp(admin.operator);
    let pending = stage.halfway();
    for _ in 0..limits::PENDING_SIGN_IN_TRIES {
        assert_eq!(refused(try_code(&stage, &pending, "000000")), ["code"]);
    }
    let tried = second(&stage.ctx(&Actor::Stranger), pending.secret.expose(), |_, _, _, _| Ok(Some(SignInMethod::Totp)));
    assert!(tried.is_err(), "even with the right one");
    let owed = &stage.store.house().letters[&admin.operator];
    assert!(matches!(owed[..], [letter] if letter.kind == LetterKind::CodesRefused));
}

#[test]
fn many_guesses_side_by_side_are_hardly_looked_at() {
    let (stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    // As many doors as there may be, so that it is the account that counts and not the one pending sign-in.
    let pending: Vec<_> = (0..limits::PENDING_SIGN_INS_PER_PERSON).map(|_| stage.halfway()).collect();
    let rows = stage.audit().len();
    let looked_at = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for n in 0..50_usize {
            let (stage, looked_at, pending) = (&stage, &looked_at, &pending[n % pending.len()]);
            scope.spawn(move || {
                let ctx = stage.from(&Actor::Stranger, &format!("198.51.100.{n}"));
                let guessed = second(&ctx, pending.secret.expose(), |_, _, _, _| {
                    looked_at.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    Ok(None)
                });
                assert!(guessed.is_err());
            });
        }
    });
    assert!(looked_at.into_inner() <= 5);
    assert!(stage.audit().len() - rows <= 5, "and what is sent away unseen does not fill the log");
}

#[test]
fn it_does_not_last() {
    let (mut stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    let pending = stage.halfway();
    stage.advance(limits::PENDING_SIGN_IN_LIFE);
    assert!(halfway(&stage.ctx(&Actor::Stranger), pending.secret.expose()).is_none());
    assert!(matches!(try_code(&stage, &pending, &stage.code()), Err(Failure::NotFound)));
    assert!(try_code(&stage, &stage.halfway(), &stage.code()).is_ok());
}

#[test]
fn whoever_was_disabled_in_between_stays_out() {
    let (stage, admin) = Stage::set_up();
    let boss = stage.actor(admin.operator);
    stage.join(&boss, "Second", "admin");
    stage.give_totp(admin.operator);
    let pending = stage.halfway();
    people::disable(&stage.ctx(&Actor::Host), admin.operator).unwrap();
    assert!(matches!(try_code(&stage, &pending, &stage.code()), Err(Failure::NotFound)));
}

#[test]
fn only_so_many_wait() {
    let (mut stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    let first = stage.halfway();
    for _ in 0..limits::PENDING_SIGN_INS_PER_PERSON {
        stage.advance(Duration::from_secs(1));
        stage.halfway();
    }
    assert!(halfway(&stage.ctx(&Actor::Stranger), first.secret.expose()).is_none(), "the oldest makes room");
    assert_eq!(stage.memory.waiting.0.lock().len(), limits::PENDING_SIGN_INS_PER_PERSON);
}

#[test]
fn what_counts_as_two_factors_goes_straight_in() {
    let (stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    let go = |by| admit(&stage.ctx(&Actor::Stranger), admin.operator, First::by(by)).unwrap();
    assert!(matches!(go(SignInMethod::Passkey), Step::In(_)));
    for by in [SignInMethod::Link, SignInMethod::Directory, SignInMethod::SingleSignOn] {
        assert!(matches!(go(by), Step::Second(_)), "{by:?}");
    }
    let mut batch = stage.store.batch();
    batch.put_policy(crate::domain::policy::SignInPolicy { sso_is_second_factor: true, ..Default::default() });
    stage.store.commit(batch).wait().unwrap();
    assert!(matches!(go(SignInMethod::SingleSignOn), Step::In(_)), "where the policy says so");
    let nobody = OperatorId::from_bytes([9; 16]);
    let asked = admit(&stage.ctx(&Actor::Stranger), nobody, First::by(SignInMethod::Link));
    assert!(matches!(asked, Err(Failure::NotFound)));
    assert_ne!(*factors::of(&stage.ctx(&Actor::Host), admin.operator), Factors::default());
}

//! Tests: the door, its uniform refusals, and the change of a password.

use std::time::Duration;

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash as Phc;

use super::*;
use crate::service::people;
use crate::service::stage::{ADMIN_EMAIL, PASSWORD, Stage, person, refused};

#[test]
fn the_right_password_begins_a_session() {
    let (stage, admin) = Stage::set_up();
    let session = stage.sign_in(" Anna@Example.ORG ", PASSWORD, "192.0.2.1").unwrap();
    assert_eq!(session.operator, admin.operator);
    assert!(stage.is_valid(&session));
    assert_eq!(stage.last_audit(), AuditAction::SignedInBy(SignInMethod::Password));
}

#[test]
fn every_refusal_reads_the_same() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    people::invite(&stage.ctx(&admin), &person("Invited", "operator")).unwrap();
    let disabled = stage.join(&admin, "Disabled", "operator");
    people::disable(&stage.ctx(&admin), disabled).unwrap();
    let long = "x".repeat(100_000);
    let attempts = [
        (ADMIN_EMAIL, "wrong"),
        (ADMIN_EMAIL, ""),
        (ADMIN_EMAIL, &long),
        ("nobody@example.org", PASSWORD),
        ("not an address", PASSWORD),
        ("invited@example.org", ""),
        ("disabled@example.org", PASSWORD),
    ];
    let sessions = stage.store.sessions().unwrap().len();
    for (email, password) in attempts {
        let refusal = stage.sign_in(email, password, "192.0.2.1").map(|_| ()).unwrap_err();
        assert!(matches!(refusal, Failure::WrongCredentials), "{email}: {refusal}");
        assert_eq!(stage.last_audit(), AuditAction::SignInRefused);
    }
    assert_eq!(stage.store.sessions().unwrap().len(), sessions);
}

#[test]
fn guessing_has_to_wait_and_its_owner_still_gets_in() {
    let (mut stage, _) = Stage::set_up();
    stage.sign_in(ADMIN_EMAIL, PASSWORD, "2001:db8::1").unwrap();
    for _ in 0..limits::SIGN_IN_BURST {
        assert!(matches!(stage.sign_in(ADMIN_EMAIL, "guess", "198.51.100.1"), Err(Failure::WrongCredentials)));
    }
    let rows = stage.audit().len();
    assert!(matches!(stage.sign_in(ADMIN_EMAIL, PASSWORD, "198.51.100.1"), Err(Failure::TooMany { seconds: 30 })));
    assert_eq!(stage.audit().len(), rows, "what is sent away unseen does not fill the log");
    assert!(stage.sign_in(ADMIN_EMAIL, PASSWORD, "2001:db8::2").is_ok(), "from the known place");
    stage.advance(Duration::from_secs(30));
    assert!(stage.sign_in(ADMIN_EMAIL, PASSWORD, "198.51.100.1").is_ok(), "never for good");
}

#[test]
fn a_hash_of_lower_cost_is_made_anew() {
    let (stage, admin) = Stage::set_up();
    let params = argon2::Params::new(8 * 1024, 1, 1, None).unwrap();
    let old: Phc = argon2::Argon2::from(params).hash_password_with_salt(PASSWORD.as_bytes(), &[5; 16]).unwrap();
    let operator = stage.store.house().operators[&admin.operator].clone();
    let mut batch = stage.store.batch();
    batch.put_operator(&Operator { password_hash: Some(PasswordHash(old.to_string())), ..Operator::clone(&operator) });
    stage.store.commit(batch).wait().unwrap();
    for _ in 0..2 {
        stage.sign_in(ADMIN_EMAIL, PASSWORD, "192.0.2.1").unwrap();
        let hash = stage.store.house().operators[&admin.operator].password_hash.clone().unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
    }
}

#[test]
fn a_new_password_ends_the_other_sessions() {
    const NEW: &str = "lantern pebble orchid";
    let (stage, admin) = Stage::set_up();
    let (here, elsewhere) = (stage.admin_session(), stage.admin_session());
    let actor = stage.actor(admin.operator);
    let change = |current: &str, new: &str| {
        let current = Password::typed(current.to_owned());
        password::change(&stage.from(&actor, "192.0.2.1"), &here.secret.hash(), &current, new.to_owned())
    };
    assert_eq!(refused(change("wrong", "short")), ["current_password", "new_password"]);
    assert_eq!(refused(change(PASSWORD, "short")), ["new_password"]);
    assert!(stage.is_valid(&elsewhere));
    let renewed = change(PASSWORD, NEW).unwrap();
    assert!(stage.is_valid(&renewed) && !stage.is_valid(&here) && !stage.is_valid(&elsewhere));
    assert_eq!(stage.last_audit(), AuditAction::PasswordChanged);
    assert!(stage.sign_in(ADMIN_EMAIL, PASSWORD, "192.0.2.1").is_err());
    assert!(stage.sign_in(ADMIN_EMAIL, NEW, "192.0.2.1").is_ok());
}

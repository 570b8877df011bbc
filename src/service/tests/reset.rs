//! Tests: a forgotten password.

use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::service::people;
use crate::service::stage::{ADMIN_EMAIL, PASSWORD, Stage, person, refused};

const NEW: &str = "lantern pebble orchid";

fn is_gone<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Conflict(_)))
}

fn choose(stage: &Stage, link: &ResetLink, password: &str) -> Result<Step, Failure> {
    finish(&stage.from(&Actor::Stranger, "192.0.2.1"), link.token.expose(), password.to_owned())
}

#[test]
fn a_link_chooses_another_password_once() {
    let (mut stage, admin) = Stage::set_up();
    stage.memory.sends_mail = true;
    let session = stage.admin_session();
    let link = begin_for(&stage.ctx(&Actor::Host), admin.operator).unwrap();
    assert!(stage.is_valid(&session) && stage.sign_in(ADMIN_EMAIL, PASSWORD, "192.0.2.1").is_ok(), "nothing has changed yet");
    assert_eq!(refused(choose(&stage, &link, "short")), ["password"]);
    let Step::In(new) = choose(&stage, &link, NEW).unwrap() else { panic!("there is no second factor") };
    assert!(stage.is_valid(&new) && !stage.is_valid(&session), "all other sessions have ended");
    assert!(is_gone(&choose(&stage, &link, NEW)), "once");
    assert!(stage.sign_in(ADMIN_EMAIL, PASSWORD, "192.0.2.1").is_err());
    assert!(stage.sign_in(ADMIN_EMAIL, NEW, "192.0.2.1").is_ok());
    assert!(stage.audit().contains(&AuditAction::PasswordReset(admin.operator)));
    assert_eq!(stage.store.house().letters[&admin.operator][0].kind, LetterKind::PasswordChanged);
}

#[test]
fn it_never_leads_around_the_second_factor() {
    let (stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    let sessions = stage.store.sessions().unwrap().len();
    let link = begin_for(&stage.ctx(&Actor::Host), admin.operator).unwrap();
    let Step::Second(pending) = choose(&stage, &link, NEW).unwrap() else { panic!("straight in") };
    assert_eq!(stage.store.sessions().unwrap().len(), sessions);
    let entered = steps::with_code(&stage.from(&Actor::Stranger, "192.0.2.1"), pending.secret.expose(), &stage.code());
    assert!(entered.is_ok());
}

#[test]
fn a_link_runs_out_is_replaced_and_goes_with_a_new_password() {
    let (mut stage, admin) = Stage::set_up();
    let first = begin_for(&stage.ctx(&Actor::Host), admin.operator).unwrap();
    let second = begin_for(&stage.ctx(&Actor::Host), admin.operator).unwrap();
    assert!(is_gone(&choose(&stage, &first, NEW)), "a newer one takes its place");
    stage.advance(limits::PASSWORD_RESET_LIFE);
    assert!(is_gone(&choose(&stage, &second, NEW)), "half an hour");
    let third = begin_for(&stage.ctx(&Actor::Host), admin.operator).unwrap();
    let session = stage.admin_session();
    let actor = stage.actor(admin.operator);
    let current = Password::typed(PASSWORD.to_owned());
    crate::service::sign_in::password::change(&stage.from(&actor, "192.0.2.1"), &session.secret.hash(), &current, NEW.to_owned())
        .unwrap();
    assert!(is_gone(&choose(&stage, &third, "another lantern pebble")));
    for nonsense in ["", "x", &"a".repeat(52)] {
        assert!(is_gone(&finish(&stage.ctx(&Actor::Stranger), nonsense, NEW.to_owned())));
    }
}

#[test]
fn two_at_once_get_one_password() {
    let (stage, admin) = Stage::set_up();
    let link = begin_for(&stage.ctx(&Actor::Host), admin.operator).unwrap();
    let won: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..2).map(|_| scope.spawn(|| choose(&stage, &link, NEW).is_ok())).collect();
        tries.into_iter().map(|it| usize::from(it.join().unwrap())).sum()
    });
    assert_eq!(won, 1);
}

#[test]
fn who_asks_is_looked_up_later_and_only_who_has_a_password_is_written_to() {
    let (mut stage, admin) = Stage::set_up();
    stage.memory.sends_mail = true;
    stage.memory.links_lead_to = Some("https://chat.example.org".to_owned());
    let boss = stage.actor(admin.operator);
    let invited = people::invite(&stage.ctx(&boss), &person("Invited", "operator")).unwrap();
    let disabled = stage.join(&boss, "Disabled", "operator");
    people::disable(&stage.ctx(&boss), disabled).unwrap();
    let rows = stage.audit().len();
    for email in [ADMIN_EMAIL, "nobody@example.org", "invited@example.org", "disabled@example.org", "not an address"] {
        ask(&stage.from(&Actor::Stranger, "192.0.2.1"), email).unwrap();
    }
    assert_eq!(stage.audit().len(), rows, "nothing has been looked at");
    look_up(&stage.ctx(&Actor::Timer)).unwrap();
    let owed = stage.store.house().letters.clone();
    let reset = |id: &OperatorId| owed.get(id).is_some_and(|owed| owed.iter().any(|it| it.kind == LetterKind::PasswordReset));
    assert!(reset(&admin.operator) && !reset(&disabled) && !reset(&invited.operator));
    assert_eq!(stage.audit()[rows..], [AuditAction::PasswordResetAsked(admin.operator)]);
    assert!(matches!(look_up(&stage.ctx(&Actor::Stranger)), Err(Failure::Denied(_))));
}

#[test]
fn asking_is_slowed_down_and_keeps_nobody_from_signing_in() {
    let (mut stage, _) = Stage::set_up();
    stage.advance(Duration::from_secs(1));
    let ctx = stage.from(&Actor::Stranger, "198.51.100.1");
    let asked = (0..20).map(|_| ask(&ctx, ADMIN_EMAIL)).collect::<Vec<_>>();
    assert!(asked.iter().any(|it| matches!(it, Err(Failure::TooMany { .. }))));
    assert!(stage.sign_in(ADMIN_EMAIL, PASSWORD, "192.0.2.1").is_ok());
}

#[test]
fn only_some_may_make_a_link() {
    let (stage, admin) = Stage::set_up();
    let boss = stage.actor(admin.operator);
    let bert = stage.join(&boss, "Bert", "operator");
    assert!(matches!(begin_for(&stage.ctx(&stage.actor(bert)), admin.operator), Err(Failure::Denied(_))));
    assert!(matches!(begin_for(&stage.ctx(&boss), OperatorId::from_bytes([9; 16])), Err(Failure::NotFound)));
    people::disable(&stage.ctx(&boss), bert).unwrap();
    assert!(is_gone(&begin_for(&stage.ctx(&boss), bert)));
}

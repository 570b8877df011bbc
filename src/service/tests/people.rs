//! Tests: how people come, change and go, and that an administrator always stays.

use super::*;
use crate::domain::session::SignInMethod;
use crate::service::stage::{PASSWORD, Stage, person, refused};

fn is_conflict<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Conflict(_)))
}

#[test]
fn a_capacity_is_a_number_of_chats() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let id = stage.join(&admin, "Bert", "supervisor");
    let ctx = stage.ctx(&admin);
    let bert = get(&ctx, id).unwrap();
    assert_eq!((bert.role, bert.capacity), (Role::Supervisor, limits::CAPACITY_DEFAULT));
    change(&ctx, id, &PersonForm { capacity: " 7 ".to_owned(), ..PersonForm::of(&bert) }).unwrap();
    assert_eq!(get(&ctx, id).unwrap().capacity, 7);
    for wrong in ["0", "51", "many"] {
        let form = PersonForm { capacity: wrong.to_owned(), ..PersonForm::of(&bert) };
        assert_eq!(refused(change(&ctx, id, &form)), ["capacity"], "{wrong}");
    }
}

#[test]
fn an_invitation_is_used_once() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    let stranger = stage.ctx(&Actor::Stranger);
    let invitation = invite(&stage.ctx(&admin), &person("Bert", "operator")).unwrap();
    let link = invitation.token.expose();
    assert_eq!(invited(&stranger, link).unwrap().name.as_str(), "Bert");
    assert_eq!(refused(join(&stranger, link, "short".to_owned())), ["password"]);
    assert_eq!(join(&stranger, link, PASSWORD.to_owned()).unwrap(), invitation.operator);
    assert!(is_conflict(&join(&stranger, link, PASSWORD.to_owned())));
    assert!(stage.sign_in("bert@example.org", PASSWORD, "192.0.2.1").is_ok());
    let id = invitation.operator;
    let signed_in = AuditAction::SignedInBy(SignInMethod::Password);
    assert!(stage.audit().ends_with(&[AuditAction::OperatorInvited(id), AuditAction::OperatorJoined(id), signed_in]));
}

#[test]
fn an_invitation_runs_out_and_can_be_renewed() {
    let (mut stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    let first = invite(&stage.ctx(&admin), &person("Bert", "operator")).unwrap();
    stage.advance(limits::INVITATION_LIFE);
    assert!(is_conflict(&join(&stage.ctx(&Actor::Stranger), first.token.expose(), PASSWORD.to_owned())));
    let second = renew_invitation(&stage.ctx(&admin), first.operator).unwrap();
    assert!(invited(&stage.ctx(&Actor::Stranger), first.token.expose()).is_none());
    assert!(join(&stage.ctx(&Actor::Stranger), second.token.expose(), PASSWORD.to_owned()).is_ok());
}

#[test]
fn a_forgotten_password_is_replaced_through_a_new_link() {
    let (stage, admin) = Stage::set_up();
    let admin_actor = stage.actor(admin.operator);
    let bert = stage.join(&admin_actor, "Bert", "operator");
    let session = stage.sign_in("bert@example.org", PASSWORD, "192.0.2.1").unwrap();
    let link = renew_invitation(&stage.ctx(&admin_actor), bert).unwrap();
    assert!(!stage.is_valid(&session));
    assert!(stage.sign_in("bert@example.org", PASSWORD, "192.0.2.1").is_err());
    join(&stage.ctx(&Actor::Stranger), link.token.expose(), "lantern pebble orchid".to_owned()).unwrap();
    assert!(stage.sign_in("bert@example.org", "lantern pebble orchid", "192.0.2.1").is_ok());
    assert!(is_conflict(&renew_invitation(&stage.ctx(&admin_actor), admin.operator)), "not for oneself");
    assert!(is_conflict(&renew_invitation(&stage.ctx(&Actor::Host), admin.operator)), "not for the last administrator");
}

#[test]
fn a_form_is_refused_with_all_its_errors() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    let form = PersonForm { email: "Anna@example.org".to_owned(), sites: vec!["sit_x".to_owned()], ..PersonForm::default() };
    assert_eq!(refused(invite(&stage.ctx(&admin), &form)), ["name", "email", "role", "sites"]);
}

#[test]
fn the_last_administrator_stays() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let ctx = stage.ctx(&admin);
    let demoted = person("Anna", "operator");
    invite(&ctx, &person("Carla", "admin")).unwrap();
    assert!(is_conflict(&disable(&ctx, finished.operator)), "somebody invited does not count");
    assert!(is_conflict(&change(&ctx, finished.operator, &demoted)));
    let bert = stage.join(&admin, "Bert", "admin");
    change(&ctx, finished.operator, &demoted).unwrap();
    assert!(is_conflict(&disable(&ctx, bert)));
    let as_operator = stage.actor(finished.operator);
    assert!(matches!(disable(&stage.ctx(&as_operator), bert), Err(Failure::NotFound)));
}

#[test]
fn two_administrators_cannot_remove_each_other_at_once() {
    let (stage, finished) = Stage::set_up();
    let anna = stage.actor(finished.operator);
    let bert_id = stage.join(&anna, "Bert", "admin");
    let bert = stage.actor(bert_id);
    let done = std::thread::scope(|scope| {
        let one = scope.spawn(|| disable(&stage.ctx(&anna), bert_id).is_ok());
        let other = scope.spawn(|| disable(&stage.ctx(&bert), finished.operator).is_ok());
        [one.join().unwrap(), other.join().unwrap()]
    });
    assert_eq!(done.into_iter().filter(|done| *done).count(), 1);
}

#[test]
fn who_is_disabled_is_out_at_once_and_can_come_back() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    let ctx = stage.ctx(&admin);
    let bert = stage.join(&admin, "Bert", "operator");
    let session = stage.sign_in("bert@example.org", PASSWORD, "192.0.2.1").unwrap();
    stage.take_news();
    disable(&ctx, bert).unwrap();
    let news = stage.take_news();
    assert!(news.iter().any(|it| matches!(it, News::Operator(id) if *id == bert)));
    assert!(news.iter().any(|it| matches!(it, News::SessionEnded(hash) if *hash == session.secret.hash())));
    assert!(is_conflict(&renew_invitation(&ctx, bert)));
    enable(&ctx, bert).unwrap();
    assert!(!stage.is_valid(&session), "the old session does not come back");
    assert!(stage.sign_in("bert@example.org", PASSWORD, "192.0.2.1").is_ok());
    assert_eq!(
        stage
            .audit()
            .iter()
            .filter(|it| matches!(it, AuditAction::OperatorDisabled(_) | AuditAction::OperatorEnabled(_)))
            .count(),
        2
    );
}

#[test]
fn who_never_joined_is_enabled_without_a_way_in() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    let ctx = stage.ctx(&admin);
    let invitation = invite(&ctx, &person("Bert", "operator")).unwrap();
    disable(&ctx, invitation.operator).unwrap();
    assert!(is_conflict(&join(&stage.ctx(&Actor::Stranger), invitation.token.expose(), PASSWORD.to_owned())));
    enable(&ctx, invitation.operator).unwrap();
    assert!(is_conflict(&join(&stage.ctx(&Actor::Stranger), invitation.token.expose(), PASSWORD.to_owned())));
    assert!(renew_invitation(&ctx, invitation.operator).is_ok());
}

#[test]
fn sites_are_given_and_taken() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let bert = stage.join(&admin, "Bert", "operator");
    let form = PersonForm { all_sites: false, sites: vec![finished.site.to_string()], ..person("Berta", "operator") };
    change(&stage.ctx(&admin), bert, &form).unwrap();
    let stored = stage.store.house().operators[&bert].clone();
    assert_eq!(stored.membership, Membership::of_sites([finished.site]));
    assert_eq!(PersonForm::of(&stored).sites, form.sites);
    assert_eq!(stored.email.as_str(), "bert@example.org", "the address names the account and stays");
    assert_eq!(list(&stage.ctx(&admin)).unwrap().len(), 2);
    let operator = stage.actor(bert);
    assert!(matches!(list(&stage.ctx(&operator)), Err(Failure::Denied(_))));
    assert!(matches!(get(&stage.ctx(&operator), bert), Err(Failure::NotFound)));
}

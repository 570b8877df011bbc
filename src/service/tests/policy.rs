//! Tests: who has to have a second factor, and that nobody shuts themselves out by asking for it.

use super::*;
use crate::service::stage::{PASSWORD, Stage, refused};
use crate::service::{factors, sessions};

fn form(second_factor: &[&str]) -> PolicyForm {
    PolicyForm {
        second_factor: second_factor.iter().map(|tag| (*tag).to_owned()).collect(),
        ..PolicyForm::of(&SignInPolicy::default())
    }
}

#[test]
fn its_author_has_one_first() {
    let (stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    assert_eq!(refused(change(&stage.ctx(&actor), &form(&["operator"]))), ["second_factor"]);
    assert_eq!(view(&stage.ctx(&actor)).unwrap(), SignInPolicy::default());
    stage.give_totp(admin.operator);
    change(&stage.ctx(&actor), &form(&["admin", "operator"])).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::SignInPolicyChanged);
    assert!(PolicyForm::of(&view(&stage.ctx(&actor)).unwrap()).asks(Role::Operator));
}

#[test]
fn who_has_none_gets_no_further_and_their_sockets_end() {
    let (stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let bert = stage.join(&actor, "Bert", "operator");
    let sven = stage.join(&actor, "Sven", "supervisor");
    stage.give_totp(admin.operator);
    let session = stage.sign_in("bert@example.org", PASSWORD, "192.0.2.1").unwrap();
    let must = |id| {
        let house = stage.store.house();
        must_enrol(&house, &house.operators[&id], SignInMethod::Password)
    };
    assert!(!must(bert));
    stage.take_news();
    change(&stage.ctx(&actor), &form(&["admin", "operator"])).unwrap();
    assert!(must(bert) && !must(sven) && !must(admin.operator));
    assert!(matches!(stage.take_news()[..], [News::Operator(told)] if told == bert));
    assert!(stage.is_valid(&session), "the session stays: it leads to the page where one is added");
    stage.give_totp(bert);
    assert!(!must(bert));
    factors::remove_all(&stage.ctx(&actor), bert).unwrap();
    assert!(must(bert), "worked out, and stored nowhere");
}

#[test]
fn single_sign_on_counts_where_the_policy_says_so() {
    let (stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let bert = stage.join(&actor, "Bert", "operator");
    stage.give_totp(admin.operator);
    let asked = PolicyForm { sso_is_second_factor: true, ..form(&["operator"]) };
    change(&stage.ctx(&actor), &asked).unwrap();
    let house = stage.store.house();
    assert!(!must_enrol(&house, &house.operators[&bert], SignInMethod::SingleSignOn));
    assert!(must_enrol(&house, &house.operators[&bert], SignInMethod::Directory));
    let first = crate::service::sign_in::First::by(SignInMethod::SingleSignOn);
    let step = crate::service::sign_in::steps::admit(&stage.ctx(&Actor::Stranger), bert, first).unwrap();
    let crate::service::sign_in::Step::In(session) = step else { panic!("a second factor") };
    change(&stage.ctx(&actor), &form(&["operator"])).unwrap();
    assert!(!stage.is_valid(&session), "it began with what is not enough any more");
}

#[test]
fn times_hold_at_once() {
    let (mut stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let session = stage.admin_session();
    let shorter = PolicyForm { idle_minutes: "5".to_owned(), dormant_days: String::new(), ..form(&[]) };
    change(&stage.ctx(&actor), &shorter).unwrap();
    assert_eq!(view(&stage.ctx(&actor)).unwrap().dormant_days, None);
    stage.advance(std::time::Duration::from_secs(5 * 60));
    assert!(!stage.is_valid(&session));
    sessions::sweep(&stage.ctx(&Actor::Timer)).unwrap();
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let wrong = PolicyForm {
        second_factor: vec!["king".to_owned()],
        idle_minutes: "61".to_owned(),
        absolute_hours: "0".to_owned(),
        dormant_days: "7".to_owned(),
        ..PolicyForm::default()
    };
    let fields = ["second_factor", "idle_minutes", "absolute_hours", "dormant_days"];
    assert_eq!(refused(change(&stage.ctx(&actor), &wrong)), fields);
    let bert = stage.join(&actor, "Bert", "operator");
    assert!(matches!(change(&stage.ctx(&stage.actor(bert)), &form(&[])), Err(Failure::Denied(_))));
    assert!(matches!(view(&stage.ctx(&Actor::Stranger)), Err(Failure::Denied(_))));
}

//! Tests: departments through their forms.

use super::*;
use crate::domain::access::Actor;
use crate::domain::routing::{Assignment, Routing};
use crate::service::sites::{Mode, WindowForm};
use crate::service::stage::{Stage, refused};

fn billing() -> DepartmentForm {
    DepartmentForm { name: "Billing".to_owned(), all_of_site: true, ..DepartmentForm::default() }
}

#[test]
fn a_department_is_made_changed_and_removed() {
    let (stage, done) = Stage::set_up();
    let admin = stage.actor(done.operator);
    let ctx = stage.ctx(&admin);
    let id = create(&ctx, done.site, &billing()).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::DepartmentCreated(id));
    assert!(matches!(stage.take_news().last(), Some(News::Site(site)) if *site == done.site));
    assert_eq!(refused(create(&ctx, done.site, &DepartmentForm { name: "BILLING".to_owned(), ..billing() })), ["name"]);

    let site = sites::get(&ctx, done.site).unwrap();
    let form = DepartmentForm::of(&get(&ctx, done.site, id).unwrap(), &site);
    change(&ctx, done.site, id, &form).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::DepartmentCreated(id), "nothing changed, nothing noted");
    let queue = QueueForm { assignment: "round_robin".to_owned(), answer_within: "30".to_owned(), leave_after: String::new() };
    let own = DepartmentForm {
        all_of_site: false,
        members: vec![done.operator.to_string()],
        has_own_rules: true,
        queue: queue.clone(),
        ..form.clone()
    };
    change(&ctx, done.site, id, &own).unwrap();
    let routing =
        Routing { assignment: Assignment::RoundRobin, answer_within_seconds: Some(30), leave_message_after_seconds: None };
    assert_eq!(get(&ctx, done.site, id).unwrap().routing, Some(routing));
    assert_eq!(DepartmentForm::of(&get(&ctx, done.site, id).unwrap(), &site), own);
    let wrong = QueueForm { assignment: "by dice".to_owned(), answer_within: "1".to_owned(), leave_after: "99999".to_owned() };
    let wrong = DepartmentForm { members: vec!["opr_x".to_owned()], queue: wrong, ..own.clone() };
    assert_eq!(refused(change(&ctx, done.site, id, &wrong)), ["members", "assignment", "answer_within", "leave_after"]);
    assert_eq!(refused(change(&ctx, done.site, id, &DepartmentForm { members: Vec::new(), ..own })), ["members"]);

    let week = HoursForm { mode: Mode::Weekly, ..HoursForm::default() };
    change_hours(&ctx, done.site, id, &week).unwrap();
    assert_eq!(HoursForm::showing(get(&ctx, done.site, id).unwrap().hours.as_ref()), week);

    let look = sites::LookForm::of_look(&site.look);
    let window =
        sites::add_window(&ctx, done.site, &WindowForm { name: "Bills".to_owned(), department: id.to_string(), look }).unwrap();
    remove(&ctx, done.site, id).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::DepartmentRemoved(id));
    assert!(list(&ctx, done.site).unwrap().is_empty());
    assert_eq!(sites::window(&ctx, done.site, window).unwrap().department, None);
    assert!(matches!(remove(&ctx, done.site, id), Err(Failure::NotFound)));
}

#[test]
fn nobody_but_an_administrator_sees_or_changes_departments() {
    let (stage, done) = Stage::set_up();
    let admin = stage.actor(done.operator);
    let id = create(&stage.ctx(&admin), done.site, &billing()).unwrap();
    let bert = stage.join(&admin, "Bert", "operator");
    for actor in [stage.actor(bert), Actor::Stranger, Actor::Visitor { site: done.site, token_index: [1; 32] }] {
        let ctx = stage.ctx(&actor);
        assert!(list(&ctx, done.site).is_err() && get(&ctx, done.site, id).is_err());
        assert!(create(&ctx, done.site, &billing()).is_err() && remove(&ctx, done.site, id).is_err());
        assert!(change(&ctx, done.site, id, &billing()).is_err());
        assert!(change_hours(&ctx, done.site, id, &HoursForm::default()).is_err());
    }
    assert!(get(&stage.ctx(&admin), SiteId::from_bytes([9; 16]), id).is_err(), "not through another site");
}

//! Tests: who may set up, how often, and what a wrong form is told.

use super::*;
use crate::service::refusals;
use crate::service::stage::{Stage, refused, set_up_form};

#[test]
fn the_newest_token_sets_up_once() {
    let stage = Stage::bare();
    let host = stage.ctx(&Actor::Host);
    let stranger = stage.ctx(&Actor::Stranger);
    let old = begin(&host).unwrap();
    let token = begin(&host).unwrap();
    assert!(!is_done(&stage.store));
    for wrong in [old.expose(), "", "x"] {
        assert_eq!(refused(finish(&stranger, wrong, set_up_form())), ["token"], "{wrong}");
    }
    let finished = finish(&stranger, token.expose(), set_up_form()).unwrap();
    assert!(is_done(&stage.store));
    let house = stage.store.house();
    assert_eq!(house.operators[&finished.operator].role, Role::Admin);
    assert_eq!(house.sites[&finished.site].origins.len(), 1);
    assert!(matches!(finish(&stranger, token.expose(), set_up_form()), Err(Failure::Conflict(_))));
    assert!(matches!(begin(&host), Err(Failure::Conflict(_))));
    // Three wrong ones: the first is a row, the others are counted.
    let audit = stage.audit();
    assert_eq!(audit, [AuditAction::SetUpRefused, AuditAction::SetUp, AuditAction::SiteCreated(finished.site)]);
    refusals::flush(&host).unwrap();
    let counted = stage.store.audit_rows(None, 1).unwrap().remove(0);
    assert_eq!((&counted.action, counted.times), (&AuditAction::SetUpRefused, 2));
}

#[test]
fn all_wrong_fields_are_named_at_once_and_nothing_happens() {
    let stage = Stage::bare();
    let form = SetUp { password: "short".to_owned(), origins: "clinic".to_owned(), ..SetUp::default() };
    let mut fields = refused(finish_on_host(&stage.ctx(&Actor::Host), form));
    fields.sort_unstable();
    assert_eq!(fields, ["admin_email", "admin_name", "organisation", "origins", "password", "site_name"]);
    assert!(!is_done(&stage.store));
    let own_name = SetUp { password: "anna@example.org".to_owned(), ..set_up_form() };
    assert_eq!(refused(finish_on_host(&stage.ctx(&Actor::Host), own_name)), ["password"]);
}

#[test]
fn only_the_host_needs_no_token() {
    let stage = Stage::bare();
    assert!(matches!(finish_on_host(&stage.ctx(&Actor::Stranger), set_up_form()), Err(Failure::Denied(_))));
}

#[test]
fn too_many_wrong_tokens_use_up_the_right_one() {
    let stage = Stage::bare();
    let stranger = stage.ctx(&Actor::Stranger);
    let token = begin(&stage.ctx(&Actor::Host)).unwrap();
    for _ in 0..limits::SETUP_ATTEMPTS {
        assert_eq!(refused(finish(&stranger, "wrong", set_up_form())), ["token"]);
    }
    assert_eq!(refused(finish(&stranger, token.expose(), set_up_form())), ["token"]);
    let token = begin(&stage.ctx(&Actor::Host)).unwrap();
    assert!(finish(&stranger, token.expose(), set_up_form()).is_ok());
}

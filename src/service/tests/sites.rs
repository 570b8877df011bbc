//! Tests: a site through its form.

use super::*;
use crate::domain::access::Actor;
use crate::service::stage::{Stage, refused};

#[test]
fn a_site_is_made_and_changed_through_its_form() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    let ctx = stage.ctx(&admin);
    let form = SiteForm {
        name: "Pharmacy".to_owned(),
        origins: " https://pharmacy.example.org \n\nhttps://pharmacy.example.org/\nhttps://www.example.org".to_owned(),
        purge: "daily".to_owned(),
        purge_hour: "0".to_owned(),
        purge_zone: "Asia/Tokyo".to_owned(),
        consent: " ".to_owned(),
        ..blank(&ctx)
    };
    let id = create(&ctx, &form).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::SiteCreated(id));
    let site = get(&ctx, id).unwrap();
    assert_eq!(site.origins.len(), 2);
    assert_eq!(site.purge, PurgePolicy::Daily { hour: 0, zone: ZoneName::parse("Asia/Tokyo").unwrap() });
    assert_eq!(site.consent, None);

    stage.take_news();
    let again = SiteForm::of(&site);
    change(&ctx, id, &again).unwrap();
    assert!(stage.take_news().is_empty(), "nothing changed, nothing told");
    change(&ctx, id, &SiteForm { purge: "at_close".to_owned(), ..again }).unwrap();
    assert_eq!(get(&ctx, id).unwrap().purge, PurgePolicy::AtClose);
    assert_eq!(get(&ctx, id).unwrap().created_at, site.created_at);
    assert_eq!(stage.last_audit(), AuditAction::SiteChanged(id));
    assert!(matches!(stage.take_news()[..], [News::Site(told)] if told == id));
    assert_eq!(list(&ctx).unwrap().iter().map(|site| site.name.as_str()).collect::<Vec<_>>(), ["Pharmacy", "Reception"]);
}

#[test]
fn a_form_is_refused_with_all_its_errors() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    let form = SiteForm {
        name: String::new(),
        origins: "http://example.org".to_owned(),
        accent: "#ffff00".to_owned(),
        position: "top".to_owned(),
        welcome: String::new(),
        closing: String::new(),
        consent: "x".repeat(1_001),
        ask_name: false,
        ask_email: false,
        purge: "daily".to_owned(),
        purge_hours: String::new(),
        purge_days: String::new(),
        purge_hour: "24".to_owned(),
        purge_zone: "Mars".to_owned(),
        idle_close_minutes: "4".to_owned(),
        demo: false,
    };
    let all = [
        "name",
        "origins",
        "accent",
        "position",
        "welcome",
        "closing",
        "consent",
        "purge_hour",
        "purge_zone",
        "idle_close_minutes",
    ];
    assert_eq!(refused(create(&stage.ctx(&admin), &form)), all);
    for (purge, field) in [("hours", "purge_hours"), ("days", "purge_days"), ("never", "purge")] {
        let form = SiteForm { purge: purge.to_owned(), ..form.clone() };
        assert!(refused(create(&stage.ctx(&admin), &form)).contains(&field));
    }
    let many: String = (0..=limits::ORIGINS_PER_SITE).map(|n| format!("https://{n}.example.org\n")).collect();
    assert_eq!(parse_origins(&many), Err(SiteError::TooManyOrigins));
}

#[test]
fn an_operator_sees_only_the_sites_they_serve() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let other = create(&stage.ctx(&admin), &SiteForm { name: "Other".to_owned(), ..blank(&stage.ctx(&admin)) }).unwrap();
    let bert = Actor::Staff {
        id: crate::domain::id::OperatorId::from_bytes([9; 16]),
        role: crate::domain::operator::Role::Operator,
        membership: crate::domain::operator::Membership::Sites([other].into()),
        permissions: crate::domain::permission::Permissions::NONE,
    };
    let ctx = stage.ctx(&bert);
    assert_eq!(served(&ctx).iter().map(|site| site.id).collect::<Vec<_>>(), [other]);
    assert!(matches!(list(&ctx), Err(Failure::Denied(_))));
    assert!(matches!(get(&ctx, other), Err(Failure::NotFound)));
    assert!(matches!(change(&ctx, other, &blank(&ctx)), Err(Failure::NotFound)));
}

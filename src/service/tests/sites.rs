//! Tests: a site through its forms, section by section.

use super::*;
use crate::domain::access::Actor;
use crate::domain::look::{Launcher, Position, Scheme};
use crate::domain::retention::{PurgePolicy, ZoneName};
use crate::domain::site::SiteError;
use crate::domain::switches::{AddressPolicy, Switches};
use crate::service::stage::{Stage, refused};

fn named(name: &str) -> GeneralForm {
    GeneralForm { name: name.to_owned(), ..GeneralForm::default() }
}

/// Changes one section as its page would.
fn edit<S: Section>(ctx: &Ctx, id: SiteId, with: impl FnOnce(&mut S)) -> Result<(), Failure> {
    let mut form = S::of(&get(ctx, id).unwrap());
    with(&mut form);
    change(ctx, id, &form)
}

#[test]
fn a_site_is_made_and_changed_through_its_forms() {
    let (stage, admin) = Stage::set_up();
    let admin = stage.actor(admin.operator);
    let ctx = stage.ctx(&admin);
    let form = GeneralForm {
        origins: " https://pharmacy.example.org \n\nhttps://pharmacy.example.org/\nhttps://www.example.org".to_owned(),
        zone: "Asia/Tokyo".to_owned(),
        ..named("Pharmacy")
    };
    let id = create(&ctx, &form).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::SiteCreated(id));
    let site = get(&ctx, id).unwrap();
    assert_eq!((site.origins.len(), site.zone.as_str(), site.demo), (2, "Asia/Tokyo", false));
    assert_eq!(site.switches, Switches::default(), "what costs privacy is off");

    stage.take_news();
    change(&ctx, id, &PrivacyForm::of(&site)).unwrap();
    assert!(stage.take_news().is_empty(), "nothing changed, nothing told");
    edit(&ctx, id, |form: &mut PrivacyForm| {
        form.purging.purge = "daily".to_owned();
        form.purging.purge_hour = "0".to_owned();
        form.purging.purge_zone = "Asia/Tokyo".to_owned();
    })
    .unwrap();
    let zone = ZoneName::parse("Asia/Tokyo").unwrap();
    assert_eq!(get(&ctx, id).unwrap().purge, PurgePolicy::Daily { hour: 0, zone });
    assert_eq!(stage.last_audit(), AuditAction::SiteSectionChanged(id, SiteSection::Privacy));
    assert!(matches!(stage.take_news()[..], [News::Site(told)] if told == id));
    assert_eq!(list(&ctx).unwrap().iter().map(|site| site.name.as_str()).collect::<Vec<_>>(), ["Pharmacy", "Reception"]);
}

#[test]
fn a_section_leaves_the_others_as_somebody_else_has_made_them() {
    let (stage, finished) = Stage::set_up();
    let (admin, id) = (stage.actor(finished.operator), finished.site);
    let ctx = stage.ctx(&admin);
    // Everybody opens their page first, and saves it after the others have saved theirs.
    let before = get(&ctx, id).unwrap();
    let mut general = GeneralForm::of(&before);
    let mut look = LookForm::of(&before);
    let mut chat = ChatForm::of(&before);
    let mut pre_chat = PreChatForm::of(&before);
    let mut offline = OfflineForm::of(&before);
    let mut privacy = PrivacyForm::of(&before);
    general.name = "Front desk".to_owned();
    look.scheme = "dark".to_owned();
    look.launcher = "text".to_owned();
    look.launcher_text = "Ask us".to_owned();
    chat.rating = true;
    pre_chat.0.fields.clear();
    offline.0.add(&ctx, Adding::Phone);
    privacy.address = "shortened".to_owned();
    change(&ctx, id, &general).unwrap();
    change(&ctx, id, &look).unwrap();
    change(&ctx, id, &chat).unwrap();
    change(&ctx, id, &pre_chat).unwrap();
    change(&ctx, id, &offline).unwrap();
    change(&ctx, id, &privacy).unwrap();
    let window = WindowForm { name: "Shop".to_owned(), look: LookForm::of(&before), ..WindowForm::default() };
    let window = add_window(&ctx, id, &window).unwrap();

    let after = get(&ctx, id).unwrap();
    assert_eq!(after.name.as_str(), "Front desk");
    assert_eq!((after.look.scheme, after.look.position), (Scheme::Dark, Position::Right));
    assert!(matches!(&after.look.launcher, Launcher::Text(text) if text.as_str() == "Ask us"));
    assert!(after.rating && after.pre_chat.fields.is_empty());
    assert_eq!(after.offline.fields.len(), 3);
    assert_eq!(after.switches.address, AddressPolicy::Shortened);
    assert_eq!((after.windows.len(), after.windows[0].look.scheme), (1, Scheme::Auto));
    assert_eq!(after.created_at, before.created_at);

    let mut form = WindowForm::of(&super::window(&ctx, id, window).unwrap());
    form.look.scheme = "light".to_owned();
    change_window(&ctx, id, window, &form).unwrap();
    assert_eq!(get(&ctx, id).unwrap().windows[0].look.scheme, Scheme::Light);
    form.department = "dep_aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned();
    assert_eq!(refused(change_window(&ctx, id, window, &form)), ["department"]);
    remove_window(&ctx, id, window).unwrap();
    assert!(matches!(remove_window(&ctx, id, window), Err(Failure::NotFound)));
    assert_eq!(get(&ctx, id).unwrap().look.scheme, Scheme::Dark);
}

#[test]
fn a_form_is_refused_with_all_its_errors_and_changes_nothing() {
    let (stage, finished) = Stage::set_up();
    let (admin, id) = (stage.actor(finished.operator), finished.site);
    let ctx = stage.ctx(&admin);
    let before = get(&ctx, id).unwrap();
    let form = GeneralForm { origins: "http://example.org".to_owned(), zone: "Mars".to_owned(), ..named("") };
    assert_eq!(refused(create(&ctx, &form)), ["name", "origins", "zone"]);
    assert_eq!(refused(change(&ctx, id, &form)), ["name", "origins", "zone"]);

    let wrong = |form: &mut LookForm| {
        form.accent = "#ffff00".to_owned();
        form.scheme = "grey".to_owned();
        form.position = "top".to_owned();
        form.launcher = "text".to_owned();
    };
    assert_eq!(refused(edit(&ctx, id, wrong)), ["accent", "scheme", "position", "launcher_text"]);
    assert_eq!(refused(edit(&ctx, id, |form: &mut LookForm| form.launcher = "bell".to_owned())), ["launcher"]);

    let wrong = |form: &mut ChatForm| {
        form.welcome.clear();
        form.closing.clear();
        form.tags = "x".repeat(41);
    };
    assert_eq!(refused(edit(&ctx, id, wrong)), ["welcome", "closing", "tags"]);
    assert_eq!(refused(edit(&ctx, id, |form: &mut ChatForm| form.wrap_up_required = true)), ["tags"]);

    let wrong = |form: &mut PrivacyForm| {
        form.consent = "x".repeat(1_001);
        form.before_consent = "all".to_owned();
        form.address = "always".to_owned();
        form.transcript_mailboxes = "archive@example.org\nnobody".to_owned();
        form.purging.purge = "daily".to_owned();
        form.purging.purge_hour = "24".to_owned();
        form.purging.purge_zone = "Mars".to_owned();
        form.idle_close_minutes = "4".to_owned();
    };
    let all = ["consent", "before_consent", "address", "transcript_mailboxes", "purge_hour", "purge_zone", "idle_close_minutes"];
    assert_eq!(refused(edit(&ctx, id, wrong)), all);
    for (purge, field) in [("hours", "purge_hours"), ("days", "purge_days"), ("never", "purge")] {
        let wrong = |form: &mut PrivacyForm| {
            form.purging.purge = purge.to_owned();
            form.purging.purge_hours = "0".to_owned();
            form.purging.purge_days = "0".to_owned();
        };
        assert_eq!(refused(edit(&ctx, id, wrong)), [field]);
    }
    assert_eq!(get(&ctx, id).unwrap(), before);
    let many: String = (0..=limits::ORIGINS_PER_SITE).map(|n| format!("https://{n}.example.org\n")).collect();
    assert_eq!(parse_origins(&many), Err(SiteError::TooManyOrigins));
}

#[test]
fn an_operator_sees_only_the_sites_they_serve() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let other = create(&stage.ctx(&admin), &named("Other")).unwrap();
    let bert = Actor::Staff {
        id: crate::domain::id::OperatorId::from_bytes([9; 16]),
        role: crate::domain::operator::Role::Supervisor,
        membership: crate::domain::operator::Membership::of_sites([other]),
        permissions: crate::domain::permission::Permissions::ALL,
    };
    let ctx = stage.ctx(&bert);
    assert_eq!(served(&ctx).iter().map(|site| site.id).collect::<Vec<_>>(), [other]);
    assert!(matches!(list(&ctx), Err(Failure::Denied(_))));
    assert!(matches!(get(&ctx, other), Err(Failure::NotFound)));
    assert!(matches!(change(&ctx, other, &named("Mine")), Err(Failure::NotFound)));
}

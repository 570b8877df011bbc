//! Profiles as an administrator meets them: what does not hold, one click, all of it enforced, refused changes, and the way out.
//!
//! `guide` walks through the points of the guide for chats with health data or cards, `locks` goes through the pages of an enforced house,
//! `restoring` brings an older backup into one.

mod guide;
mod locks;
mod restoring;

use std::time::Duration;

use parlor::domain::access::Actor;
use parlor::domain::allowlist::{Allowlist, Lists};
use parlor::domain::network::parse_networks;
use parlor::domain::posture::Profile;
use parlor::domain::retention::PurgePolicy;
use parlor::domain::site::Site;
use parlor::service::posture::{self, Consequences};

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::http::Answer;
use crate::sign_in::{code_of, give_totp};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const PROFILES: &str = "/admin/privacy/profiles";
const MARKER: &str = "the lump on my arm has grown again";

/// The privacy section of the first site as its page would send it, with this changed.
fn privacy_fields(app: &TestApp, changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, String)> {
    let site = &app.app.store.house().sites[&app.site_id()];
    let mut fields = vec![
        ("before_consent", "nothing".to_owned()),
        ("address", "shortened".to_owned()),
        ("purge", "days".to_owned()),
        ("purge_days", "1".to_owned()),
        ("messages", "same".to_owned()),
        ("submissions", "same".to_owned()),
        ("idle_close_minutes", site.idle_close_minutes.to_string()),
        ("consent", site.consent.as_ref().map(|it| it.text.as_str().to_owned()).unwrap_or_default()),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    fields
}

/// Saves it, asked for as a script would: then refusals say their code.
async fn save_privacy(app: &TestApp, admin: &Operator, changes: &[(&'static str, &'static str)]) -> Answer {
    let page = format!("/admin/sites/{}/privacy", app.site);
    let csrf = admin.browser.get(&page).await.expect(200).field("csrf").unwrap();
    let mut fields = privacy_fields(app, changes);
    fields.push(("csrf", csrf));
    as_script(admin, &page, &fields).await
}

async fn as_script(who: &Operator, path: &str, fields: &[(&'static str, String)]) -> Answer {
    let request = who
        .browser
        .request(reqwest::Method::POST, path)
        .header("accept", "application/json")
        .header("origin", who.browser.door.origin())
        .header("sec-fetch-site", "same-origin")
        .form(fields);
    crate::harness::http::Browser::answer(request).await
}

/// Presses a button on a profile's page.
async fn press(who: &Operator, profile: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let page = format!("{PROFILES}/{profile}");
    who.browser.submit(&page, &format!("{page}/{act}"), fields).await
}

/// Whether the page lists a control among what holds.
fn holds(page: &Answer, control: &str) -> bool {
    let at = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{text} is not on the page: {}", page.gist()));
    at(&format!("id=\"control-{control}\"")) > at("id=\"held\"")
}

/// Enforces these profiles; gives an administrator of the house back.
async fn enforced_in(app: &TestApp, profiles: &[Profile]) -> Operator {
    let lists = Lists { everybody: parse_networks("127.0.0.0/8\n::1").unwrap(), ..Lists::default() };
    let mut batch = app.app.store.batch();
    batch.put_allowlist(&Allowlist { lists, trial: None });
    app.app.store.commit(batch).wait().unwrap();
    let secret = give_totp(app, ADMIN);
    for profile in profiles {
        posture::enforce(&app.app.ctx(&Actor::Host), *profile, &app.app.machine(), Consequences::Accepted).unwrap();
    }
    signed_in_with_code(app, &secret).await
}

async fn signed_in_with_code(app: &TestApp, secret: &[u8]) -> Operator {
    let who = Operator::at_the_door(&app.door, ADMIN, None);
    who.sign_in(PASSWORD).await.expect_done();
    let code = code_of(app, secret);
    who.browser.submit("/login/code?next=/console", "/login/code", &[("code", &code), ("next", "/console")]).await.expect_done();
    who
}

fn site(app: &TestApp) -> std::sync::Arc<Site> {
    app.app.store.house().sites[&app.site_id()].clone()
}

#[tokio::test]
async fn chats_that_would_go_are_counted_and_asked_about_first() {
    let app = TestApp::start().await;
    app.change_site(|site| site.purge = PurgePolicy::DaysAfterClose(365));
    let mut maria = app.visitor("maria").await;
    let it = maria.start(MARKER).await.conversation;
    maria.end(&it).await;
    app.advance(DAY * 2).await;
    let admin = app.admin().await;
    let asked = press(&admin, "pci", "fixes", &[("control", "chats-go-within-a-day")]).await.expect(422);
    assert!(asked.body.contains("1 closed chat is older") && asked.body.contains("id=\"confirm\""), "{}", asked.gist());
    assert_eq!(site(&app).purge, PurgePolicy::DaysAfterClose(365));
    let sure = [("control", "chats-go-within-a-day"), ("confirm", "on")];
    press(&admin, "pci", "fixes", &sure).await.expect_done();
    app.advance(MINUTE).await;
    assert!(app.app.store.conversation(it.parse().unwrap()).unwrap().is_none());
}

#[tokio::test]
async fn a_profile_is_unlocked_by_a_second_administrator_or_a_day() {
    let app = TestApp::start().await;
    let secret = give_totp(&app, ADMIN);
    let admin = signed_in_with_code(&app, &secret).await;
    press(&admin, "gdpr", "enforcement", &[]).await.expect_done();
    save_privacy(&app, &admin, &[("sneak_peek", "on")]).await.expect(409);
    press(&admin, "gdpr", "unlock", &[("reason", "")]).await.expect(422);
    press(&admin, "gdpr", "unlock", &[("reason", "We change our consent text")]).await.expect_done();
    let page = admin.browser.get(&format!("{PROFILES}/gdpr")).await.expect(200);
    assert!(page.body.contains("We change our consent text") && !page.body.contains("Approve"), "{}", page.gist());
    press(&admin, "gdpr", "unlock/approval", &[]).await.expect(422);
    save_privacy(&app, &admin, &[("sneak_peek", "on")]).await.expect(409);
    app.advance(DAY).await;
    let admin = signed_in_with_code(&app, &secret).await;
    assert!(admin.browser.get("/admin").await.expect(200).body.contains("A profile was unlocked"));
    save_privacy(&app, &admin, &[("sneak_peek", "on")]).await.expect(303);
}

#[tokio::test]
async fn auditors_look_and_touch_nothing() {
    let app = TestApp::start().await;
    app.employ("olga", &[]);
    app.change_operator("olga@clinic.example", |olga| olga.role = parlor::domain::operator::Role::Auditor);
    let olga = Operator::signed_in(&app.door, "olga@clinic.example", PASSWORD).await;
    let page = olga.browser.get(&format!("{PROFILES}/hipaa")).await.expect(200);
    assert!(page.body.contains("What is required and does not hold"), "{}", page.gist());
    assert!(!page.body.contains("Put right") && !page.body.contains("/enforcement"), "{}", page.gist());
}

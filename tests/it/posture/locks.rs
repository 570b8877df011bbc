//! What is locked, on the pages where it is set: said beforehand, refused on the form that was sent, with all that was typed in it.

use parlor::domain::access::Actor;
use parlor::domain::id::WebhookId;
use parlor::domain::posture::Profile;
use parlor::service::posture::settings;
use parlor::service::webhooks::{self, WebhookForm};

use super::{as_script, enforced_in};
use crate::harness::actors::Operator;
use crate::harness::app::TestApp;
use crate::harness::http::Answer;

const URL: &str = "https://desk.clinic.example/hooks";

/// A change that a profile holds, and what the page says of it.
struct Try {
    page: String,
    action: String,
    fields: Vec<(&'static str, &'static str)>,
    /// Fields beside which it is said; none: above the form alone.
    beside: Vec<&'static str>,
    /// What was typed and stands there again.
    kept: Vec<&'static str>,
}

/// A form that is sent to the address of its page.
fn on(page: String, fields: &[(&'static str, &'static str)], beside: &[&'static str], kept: &[&'static str]) -> Try {
    Try { action: page.clone(), page, fields: fields.into(), beside: beside.into(), kept: kept.into() }
}

/// A form among others on a page.
fn to(page: &str, action: String, fields: &[(&'static str, &'static str)], beside: &[&'static str]) -> Try {
    Try { page: page.to_owned(), action, fields: fields.into(), beside: beside.into(), kept: Vec::new() }
}

const CLOCKS: [(&str, &str); 4] =
    [("before_consent", "nothing"), ("address", "shortened"), ("messages", "same"), ("submissions", "same")];

fn tries(app: &TestApp, desk: WebhookId) -> Vec<Try> {
    let site = |section: &str| format!("/admin/sites/{}{section}", app.site);
    let privacy = |more: &[(&'static str, &'static str)]| {
        let mut fields = CLOCKS.to_vec();
        fields.extend([("consent", "I agree to what is typed here"), ("purge", "days"), ("purge_days", "1")]);
        fields.push(("idle_close_minutes", "60"));
        fields.retain(|(name, _)| !more.iter().any(|(changed, _)| changed == name));
        fields.extend(more);
        fields
    };
    let typed = "I agree to what is typed here";
    let all_at_once = privacy(&[
        ("visitor_files", "on"),
        ("operator_files", "on"),
        ("operators_mail_transcripts", "on"),
        ("visitor_transcripts", "on"),
        ("sneak_peek", "on"),
        ("monitoring", "on"),
        ("transcript_mailboxes", "archive@clinic.example"),
        ("address", "full"),
        ("before_consent", "session"),
        ("purge_days", "9"),
        ("idle_close_minutes", "2000"),
    ]);
    let named: Vec<_> = all_at_once.iter().map(|(name, _)| *name).collect();
    let beside: Vec<_> =
        named.into_iter().filter(|it| !["messages", "submissions", "consent", "purge_days"].contains(it)).collect();
    let order = *app.app.store.house().orders.keys().next().unwrap();
    let form = app.app.store.house().forms.values().find(|it| it.name.as_str() == "Card details").unwrap().id;
    let (rule, forms) = (format!("/admin/privacy/rules/{order}"), "/admin/privacy/forms");
    let general = [("name", "Clinic South"), ("origins", ""), ("zone", "Europe/Berlin"), ("demo", "on")];
    let clocks = [("messages", "days"), ("messages_days", "77"), ("submissions", "same"), ("deliveries", "at_close")];
    vec![
        on(site("/privacy"), &all_at_once, &beside, &[typed, "archive@clinic.example", "value=\"9\"", "value=\"2000\""]),
        on(site("/privacy"), &privacy(&[("consent", "")]), &["consent"], &[]),
        on(site("/privacy"), &privacy(&[("submissions", "days"), ("submissions_days", "4")]), &["submissions"], &["value=\"4\""]),
        on(site(""), &general, &["demo"], &["Clinic South"]),
        on(site("/redaction"), &[("patterns", "Patient = PN-[0-9]{6}")], &["cards", "ssn"], &["Patient = PN-[0-9]{6}"]),
        to("/admin/privacy", "/admin/privacy/clocks".to_owned(), &with(&clocks, ("submissions", "at_close")), &["messages"]),
        to("/admin/privacy", "/admin/privacy/reporting".to_owned(), &[("reporting_days", "3000")], &[]),
        to(
            "/admin/privacy",
            "/admin/privacy/preset".to_owned(),
            &[("preset", "extended"), ("confirm_preset", "on")],
            &["preset"],
        ),
        on("/admin/security/limits".to_owned(), &[("ban_minutes", "47")], &["bans"], &["value=\"47\""]),
        on(
            "/admin/security/sign-in".to_owned(),
            &[("idle_minutes", "44"), ("absolute_hours", "12"), ("dormant_days", "")],
            &["idle_minutes", "dormant_days", "second_factor"],
            &["value=\"44\""],
        ),
        to("/admin/audit", "/admin/audit/retention".to_owned(), &[("audit_days", "61")], &["audit_days"]),
        on(
            "/admin/people/permissions".to_owned(),
            &[("operator-export_transcripts", "on"), ("operator-block", "on")],
            &["operator-export_transcripts"],
            &[],
        ),
        on("/admin/security".to_owned(), &[("networks", ""), ("networks_admin", "127.0.0.0/8")], &["networks"], &["127.0.0.0/8"]),
        to(forms, format!("{forms}/{form}/archive"), &[], &[]),
        to(&rule, format!("{rule}/disarming"), &[], &[]),
        to(&rule, format!("{rule}/removal"), &[], &[]),
        on(
            format!("/admin/webhooks/{desk}"),
            &[
                ("name", "Another desk"),
                ("url", URL),
                ("events", "conversation.closed"),
                ("is_on", "on"),
                ("with_transcript", "on"),
            ],
            &[],
            &["Another desk", URL],
        ),
    ]
}

fn with<'a>(fields: &[(&'a str, &'a str)], (name, value): (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|field| if field.0 == name { (name, value) } else { *field }).collect()
}

/// Each link from what is locked on a page leads to a field of it.
fn locks_lead_somewhere(page: &Answer, what: &str) {
    let (_, locks) = page.body.split_once("id=\"locks\"").unwrap_or_else(|| panic!("{what} says nothing of locks"));
    let (locks, _) = locks.split_once("</ul>").unwrap();
    for link in locks.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.body.contains(&format!("id=\"{link}\"")), "{what}: nothing on it is called {link}");
    }
}

/// A receiver for the chats of a site.
fn add_webhook(app: &TestApp, site: &str, with_transcript: bool) -> WebhookId {
    let form = WebhookForm {
        name: "The desk".to_owned(),
        site: site.to_owned(),
        url: URL.to_owned().into(),
        events: vec!["conversation.closed".to_owned()],
        with_transcript,
        is_on: true,
        ..WebhookForm::default()
    };
    webhooks::add(&app.app.ctx(&Actor::Host), &form).unwrap().0
}

/// All profiles in force; a site that is told to another system in full, and one of which it learns only that there was a chat.
async fn house() -> (TestApp, Operator, WebhookId) {
    let app = TestApp::start().await;
    let south = app.add_site("South");
    add_webhook(&app, &app.site, true);
    let desk = add_webhook(&app, &south, false);
    let admin = enforced_in(&app, &Profile::ALL).await;
    (app, admin, desk)
}

#[tokio::test]
async fn a_locked_setting_comes_back_on_its_own_form_with_what_was_typed_and_the_reason_beside_it() {
    let (app, admin, desk) = house().await;
    let before = format!("{:?}", settings(&app.app.store.house()));
    for it in tries(&app, desk) {
        let what = format!("{} {:?}", it.action, it.fields);
        let back = admin.browser.submit(&it.page, &it.action, &it.fields).await.expect(409);
        assert!(back.body.contains("class=\"errors\" role=\"alert\""), "{what}: {}", back.gist());
        assert!(back.body.contains("is enforced, and insists on this"), "{what}: {}", back.gist());
        assert!(back.field("csrf").is_some() && back.body.contains("<nav"), "{what}: its own page: {}", back.gist());
        for field in &it.beside {
            assert!(back.body.contains(&format!("id=\"{field}-error\"")), "{what}: nothing beside {field}: {}", back.gist());
            assert!(back.body.contains(&format!("href=\"#{field}\"")), "{what}: no way to {field}");
        }
        for typed in &it.kept {
            assert!(back.body.contains(typed), "{what}: {typed} is lost: {}", back.gist());
        }
        locks_lead_somewhere(&back, &what);
        for link in summary(&back).split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(back.body.contains(&format!("id=\"{link}\"")), "{what}: nothing on it is called {link}");
        }
        // Whoever wrote a program for it gets what programs read.
        let csrf = back.field("csrf").unwrap();
        let fields = it.fields.iter().map(|(name, value)| (*name, (*value).to_owned())).chain([("csrf", csrf)]);
        let refused = as_script(&admin, &it.action, &fields.collect::<Vec<_>>()).await.expect(409);
        assert_eq!(refused.json()["code"], "locked_by_profile", "{what}");
        assert!(refused.json()["message"].as_str().unwrap().contains("insists on this"), "{what}: {}", refused.body);
    }
    assert_eq!(format!("{:?}", settings(&app.app.store.house())), before);
}

fn summary(page: &Answer) -> &str {
    let (_, rest) = page.body.split_once("class=\"errors\"").unwrap();
    rest.split("</ul>").next().unwrap()
}

#[tokio::test]
async fn every_page_of_settings_says_beforehand_what_is_locked_on_it() {
    let (app, admin, desk) = house().await;
    let site = |section: &str| format!("/admin/sites/{}{section}", app.site);
    let house = app.app.store.house();
    let form = format!("/admin/privacy/forms/{}", house.forms.keys().next().unwrap());
    let rule = format!("/admin/privacy/rules/{}", house.orders.keys().next().unwrap());
    let webhook = format!("/admin/webhooks/{desk}");
    let sites = ["", "/privacy", "/form", "/redaction"].map(site);
    let others = [
        "/admin/privacy",
        "/admin/privacy/rules",
        "/admin/privacy/forms",
        "/admin/privacy/forms/new",
        "/admin/webhooks",
        "/admin/webhooks/new",
        "/admin/security",
        "/admin/security/sign-in",
        "/admin/security/limits",
        "/admin/people/permissions",
        "/admin/audit",
    ];
    for page in others.map(str::to_owned).into_iter().chain(sites).chain([form, rule, webhook]) {
        locks_lead_somewhere(&admin.browser.get(&page).await.expect(200), &page);
    }
}

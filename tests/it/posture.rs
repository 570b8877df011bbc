//! Profiles as an administrator meets them: what does not hold, one click, all of it enforced, refused changes, and the way out.

use std::time::Duration;

use parlor::domain::factor::{Factors, Totp, TotpSecret};
use parlor::domain::id::ConversationId;
use parlor::domain::network::Network;
use parlor::domain::posture::Control;
use parlor::domain::retention::PurgePolicy;
use parlor::domain::site::Site;
use parlor::domain::text::EmailAddress;
use zeroize::Zeroizing;

use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::disk;
use crate::harness::http::Answer;
use crate::harness::receiver::Receiver;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const PROFILES: &str = "/admin/privacy/profiles";
const MARKER: &str = "the lump on my arm has grown again";

/// The eight points of the guide for chats with health data or cards, by their controls.
const EIGHT: [(&str, &[&str]); 8] = [
    ("secure forms", &["secure-forms", "card-forms"]),
    ("file sending off", &["visitor-files-off", "operator-files-off"]),
    ("operators cannot e-mail transcripts", &["operators-mail-no-transcripts"]),
    ("none to visitors", &["visitors-get-no-transcripts"]),
    ("none to mailboxes", &["mailboxes-get-no-transcripts"]),
    ("restricted to known addresses", &["staff-networks"]),
    ("told to another system, then purged", &["purged-after-delivery"]),
    ("purged at close, or within a day", &["chats-go-within-a-day"]),
];

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

/// The code of an authenticator that the test knows the secret of.
fn give_second_factor(app: &TestApp) -> Vec<u8> {
    let secret = b"a secret of 20 bytes".to_vec();
    let totp = Totp { secret: TotpSecret(Zeroizing::new(secret.clone())), since: app.app.now(), last_step: 0 };
    let mut batch = app.app.store.batch();
    batch.put_factors(app.operator_id(ADMIN), &Factors { totp: Some(totp), ..Factors::default() });
    app.app.store.commit(batch).wait().unwrap();
    secret
}

async fn signed_in_with_code(app: &TestApp, secret: &[u8]) -> Operator {
    let who = Operator::at_the_door(&app.door, ADMIN, None);
    who.sign_in(PASSWORD).await.expect_done();
    let totp = totp_rs::Builder::new().with_secret(secret.to_vec()).build().unwrap();
    let code = totp.generate(u64::try_from(app.app.now().as_millis()).unwrap() / 1_000).to_string();
    who.browser.submit("/login/code?next=/console", "/login/code", &[("code", &code), ("next", "/console")]).await.expect_done();
    who
}

fn site(app: &TestApp) -> std::sync::Arc<Site> {
    app.app.store.house().sites[&app.site_id()].clone()
}

/// A receiver that is told transcripts.
async fn add_webhook(app: &TestApp, admin: &Operator, receiver: &Receiver) {
    let url = receiver.url();
    app.markers.note(&url);
    let fields = [
        ("name", "Records of the clinic"),
        ("url", &*url),
        ("authority", &*receiver.authority),
        ("is_on", "on"),
        ("site", ""),
        ("with_transcript", "on"),
        ("events", "conversation.closed"),
    ];
    let page = admin.browser.submit("/admin/webhooks/new", "/admin/webhooks/new", &fields).await.expect(200);
    let (_, rest) = page.body.split_once("<pre id=\"secret\">").expect("the secret is shown");
    app.markers.note(rest.split('<').next().unwrap());
}

/// A chat that is over; its number.
async fn talk(maria: &mut Visitor) -> ConversationId {
    let it = maria.start(MARKER).await.conversation;
    maria.end(&it).await;
    it.parse().unwrap()
}

fn is_there(app: &TestApp, it: ConversationId) -> bool {
    app.app.store.conversation(it).unwrap().is_some()
}

#[tokio::test]
async fn the_eight_points_of_the_guide_from_careless_to_enforced_and_purging() {
    let receiver = Receiver::open().await;
    let here = vec![Network::parse("127.0.0.0/8").unwrap()];
    let app = TestApp::with_config(|config| config.outbound_private = here).await;
    // Everything as it should not be.
    app.change_site(|site| {
        let switches = &mut site.switches;
        (switches.visitor_files, switches.operator_files) = (true, true);
        (switches.operators_mail_transcripts, switches.visitor_transcripts, switches.mail_transcript_at_close) =
            (true, true, true);
        switches.transcript_mailboxes = vec![EmailAddress::parse("archive@clinic.example").unwrap()];
        site.purge = PurgePolicy::DaysAfterClose(365);
    });
    // She came while the demonstration page was still there.
    let mut maria = app.visitor("maria").await;
    let admin = app.admin().await;
    add_webhook(&app, &admin, &receiver).await;
    for profile in ["hipaa", "pci"] {
        let page = admin.browser.get(&format!("{PROFILES}/{profile}")).await.expect(200);
        for (point, controls) in EIGHT {
            for control in controls.iter().filter(|it| **it != "card-forms" || profile == "pci") {
                assert!(!holds(&page, control), "{profile}, {point}: {control}");
            }
        }
        assert!(page.body.contains("no certification"), "{}", page.gist());
    }
    // What only people can do is named, and nothing is changed before.
    let refused = press(&admin, "hipaa", "enforcement", &[]).await.expect(422);
    assert!(refused.body.contains("href=\"#control-staff-networks\""), "{}", refused.gist());
    assert!(refused.body.contains("href=\"#control-administrators-second-factor\""), "{}", refused.gist());
    assert!(site(&app).switches.visitor_files && app.app.store.house().posture.enforced.is_empty());

    // One point by one click; the rest comes with enforcing.
    press(&admin, "hipaa", "fixes", &[("control", "visitor-files-off")]).await.expect_done();
    assert!(!site(&app).switches.visitor_files && site(&app).switches.operator_files);
    admin.browser.submit("/admin/security", "/admin/security", &[("networks", "127.0.0.1\n::1")]).await.expect_done();
    let secret = give_second_factor(&app);
    let admin = signed_in_with_code(&app, &secret).await;
    press(&admin, "hipaa", "enforcement", &[]).await.expect_done();
    press(&admin, "pci", "enforcement", &[]).await.expect_done();
    for profile in ["hipaa", "pci"] {
        let page = admin.browser.get(&format!("{PROFILES}/{profile}")).await.expect(200);
        for (point, controls) in EIGHT {
            for control in controls.iter().filter(|it| **it != "card-forms" || profile == "pci") {
                assert!(holds(&page, control), "{profile}, {point}: {control}");
            }
        }
        assert!(page.body.contains("Enforced since") && !page.body.contains("id=\"open\""), "{}", page.gist());
    }
    let house = app.app.store.house();
    assert!(house.forms.len() >= 2 && house.orders.len() == 1, "a form for each, and one rule");
    assert_eq!(site(&app).purge, PurgePolicy::DaysAfterClose(1));

    // Nobody gets behind it: not on a page, not as a script.
    for (change, control) in [
        (("visitor_files", "on"), "Visitors cannot send files"),
        (("operator_files", "on"), "Operators cannot send files"),
        (("operators_mail_transcripts", "on"), "Operators cannot e-mail transcripts"),
        (("visitor_transcripts", "on"), "No transcript is e-mailed to visitors"),
        (("mail_transcript_at_close", "on"), "No transcript is e-mailed to visitors"),
        (("transcript_mailboxes", "all@clinic.example"), "No transcript is e-mailed to mailboxes"),
        (("purge_days", "2"), "within a day"),
    ] {
        let refused = save_privacy(&app, &admin, &[change]).await.expect(409);
        assert_eq!(refused.json()["code"], "locked_by_profile");
        assert!(refused.json()["message"].as_str().unwrap().contains(control), "{}", refused.body);
    }
    let page = admin.browser.get(&format!("/admin/sites/{}/privacy", app.site)).await.expect(200);
    assert!(page.body.contains("id=\"locks\"") && page.body.contains("href=\"#visitor_files\""), "{}", page.gist());
    admin.browser.submit("/admin/security", "/admin/security", &[("networks", "")]).await.expect(409);
    let order = *house.orders.keys().next().unwrap();
    let rule = format!("/admin/privacy/rules/{order}");
    admin.browser.submit(&rule, &format!("{rule}/disarming"), &[]).await.expect(409);

    // And it purges: what the other system has goes at once, and what nobody is told goes within a day.
    let told = talk(&mut maria).await;
    app.run_due_jobs().await;
    assert!(is_there(&app, told), "it waits to be told");
    parlor::jobs::webhooks::deliver(&app.app).await;
    assert!(receiver.take()[0].text().contains(MARKER));
    app.run_due_jobs().await;
    assert!(!is_there(&app, told));
    let hook = format!("/admin/webhooks/{}", app.app.store.house().webhooks.keys().next().unwrap());
    admin.browser.submit(&hook, &format!("{hook}/removal"), &[]).await.expect_done();
    let untold = talk(&mut maria).await;
    app.run_due_jobs().await;
    assert!(is_there(&app, untold));
    app.advance(DAY + MINUTE).await;
    assert!(!is_there(&app, untold));
    let admin = signed_in_with_code(&app, &secret).await;
    let receipts = admin.browser.get("/admin/privacy/receipts").await.expect(200);
    assert!(receipts.body.contains("Chats"), "{}", receipts.gist());
    // And it can be shown: the report says of each of the eight that it holds.
    admin.browser.submit("/admin/privacy/evidence", "/admin/privacy/evidence", &[]).await.expect_done();
    let kept = *app.app.store.house().evidence.keys().next().unwrap();
    let report = admin.browser.get(&format!("/admin/privacy/evidence/{kept}/json")).await.expect(200);
    assert!(report.body.contains("It is no certification"), "{}", report.gist());
    let said = report.json().to_string();
    for control in EIGHT.iter().flat_map(|(_, controls)| *controls) {
        let title = Control::of_tag(control).unwrap().title();
        assert!(said.contains(title), "{control}");
    }
    assert!(disk::leaks(&app.data_dir(), &app.markers).is_empty());
    assert!(app.app.store.house().posture.drift.is_empty(), "and nothing has drifted meanwhile");
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
    let secret = give_second_factor(&app);
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

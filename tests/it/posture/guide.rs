//! The eight points of the guide for chats with health data or cards, walked through: once from a fresh installation, by the pages that
//! a person uses, and once from a house in which everything is as it should not be.

use parlor::domain::access::Actor;
use parlor::domain::id::ConversationId;
use parlor::domain::network::Network;
use parlor::domain::posture::Control;
use parlor::domain::retention::PurgePolicy;
use parlor::domain::text::EmailAddress;
use parlor::service::setup;

use super::{DAY, MARKER, MINUTE, PROFILES, holds, press, save_privacy, signed_in_with_code, site};
use crate::evidence::verified;
use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::{ADMIN, Beginning, ORIGIN, PASSWORD, TestApp};
use crate::harness::disk;
use crate::harness::receiver::Receiver;
use crate::{secure_forms, sign_in};

const STORY: &str = "insulin since the spring, in the mornings";
const CARD: &str = "4111 1111 1111 1111";

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

/// The points of which something does not hold.
async fn open_points(who: &Operator, profile: &str) -> Vec<&'static str> {
    let page = who.browser.get(&format!("{PROFILES}/{profile}")).await.expect(200);
    let is_open = |controls: &[&str]| {
        controls.iter().filter(|it| **it != "card-forms" || profile == "pci").any(|control| !holds(&page, control))
    };
    EIGHT.into_iter().filter(|(_, controls)| is_open(controls)).map(|(point, _)| point).collect()
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

/// Sends a form into a chat and fills it in, as the two people do it.
async fn ask_and_answer(app: &TestApp, staff: &Operator, maria: &mut Visitor, chat: &str, form: &str, answers: &[&str]) {
    let house = app.app.store.house();
    let form = house.forms.values().find(|it| it.name.as_str() == form).unwrap().id.to_string();
    let page = format!("/console/conversations/{chat}/forms");
    let id = staff.browser.get(&page).await.expect(200).field("id").unwrap();
    staff.browser.submit(&page, &page, &[("form", &form), ("id", &id)]).await.expect_done();
    let asked = maria.hears_kind(chat, "form_asked").await;
    let request = asked["form"]["request"].as_str().unwrap().to_owned();
    let token = maria.token.clone();
    let fields = [("site", &*app.site), ("conversation", chat), ("request", &*request), ("visitor", &*token), ("lang", "en")];
    let shown = maria.browser.post("/form", &fields).await.expect(200);
    let sent = secure_forms::send(&maria.browser, &shown, answers, &[]).await.expect(200);
    assert!(sent.body.contains("Your answers have arrived"), "{}", sent.gist());
    maria.hears_kind(chat, "form_sent").await;
}

#[tokio::test]
async fn the_eight_points_of_the_guide_from_a_fresh_installation_to_evidence_that_can_be_checked() {
    let receiver = Receiver::open().await;
    let here = vec![Network::parse("127.0.0.0/8").unwrap()];
    let change = Box::new(|config: &mut parlor::config::Config| config.outbound_private = here);
    let mut app = TestApp::begin(Beginning { set_up: false, change, ..Beginning::default() }).await;
    for text in [MARKER, STORY, CARD, "4111111111111111"] {
        app.markers.note(text);
    }
    // Set up in the browser, and nothing changed since.
    let token = setup::begin(&app.app.ctx(&Actor::Host)).unwrap();
    app.markers.note(token.expose());
    let anna = Operator::at_the_door(&app.door, ADMIN, None);
    let form = [
        ("token", token.expose()),
        ("organisation", "Clinic Nord"),
        ("admin_name", "Anna Admin"),
        ("admin_email", ADMIN),
        ("password", PASSWORD),
        ("site_name", "Clinic Nord website"),
        ("origins", ORIGIN),
    ];
    anna.browser.submit("/setup", "/setup", &form).await.expect_done();
    app.site = app.app.store.house().sites.keys().next().unwrap().to_string();
    // A fresh house sends no files and mails nothing; what is missing is named.
    assert_eq!(open_points(&anna, "hipaa").await, ["secure forms", "restricted to known addresses"]);
    assert_eq!(open_points(&anna, "pci").await, ["secure forms", "restricted to known addresses"]);
    add_webhook(&app, &anna, &receiver).await;
    let told_and_kept = ["secure forms", "restricted to known addresses", "told to another system, then purged"];
    assert_eq!(open_points(&anna, "hipaa").await, told_and_kept);

    // What only people can do, on the pages where it is done.
    press(&anna, "hipaa", "enforcement", &[]).await.expect(422);
    anna.browser.submit("/admin/security", "/admin/security", &[("networks", "127.0.0.0/8")]).await.expect_done();
    let (secret, _) = sign_in::enrol(&app, &anna).await;
    app.clock.advance(MINUTE);
    let mut anna = signed_in_with_code(&app, &secret).await;
    for profile in ["hipaa", "pci"] {
        press(&anna, profile, "enforcement", &[]).await.expect_done();
        assert!(open_points(&anna, profile).await.is_empty(), "{profile}");
    }
    for (change, control) in [
        (("visitor_files", "on"), "Visitors cannot send files"),
        (("operator_files", "on"), "Operators cannot send files"),
        (("operators_mail_transcripts", "on"), "Operators cannot e-mail transcripts"),
        (("visitor_transcripts", "on"), "No transcript is e-mailed to visitors"),
        (("transcript_mailboxes", "all@clinic.example"), "No transcript is e-mailed to mailboxes"),
        (("purge_days", "2"), "within a day"),
    ] {
        let refused = save_privacy(&app, &anna, &[change]).await.expect(409);
        assert_eq!(refused.json()["code"], "locked_by_profile");
        assert!(refused.json()["message"].as_str().unwrap().contains(control), "{}", refused.body);
    }

    // Somebody from the website tells of their health and pays, each in a form of its own.
    let mut maria = Visitor::from_website(&app.door, &app.site, "maria", ORIGIN).await;
    maria.connect().await;
    let chat = maria.start(MARKER).await.conversation;
    anna.connect().await;
    anna.accept(&chat).await;
    ask_and_answer(&app, &anna, &mut maria, &chat, "Confidential details", &[STORY]).await;
    ask_and_answer(&app, &anna, &mut maria, &chat, "Card details", &[CARD, "12/31"]).await;
    let submissions = app.app.store.submissions();
    assert_eq!(submissions.len(), 2);
    let beside = anna.browser.get(&format!("/console/conversations/{chat}")).await.expect(200);
    assert!(beside.body.contains("••••••••1111") && !beside.body.contains("insulin"), "{}", beside.gist());
    let details = submissions.iter().map(|it| app.app.store.submission(it.id).unwrap().unwrap());
    let details = details.into_iter().find(|it| it.answers[0].value.as_str() == STORY).unwrap();
    let page = format!("/console/submissions/{}", details.id);
    let why = [("field", details.answers[0].field.as_str()), ("reason", "asked by the ward")];
    let seen = anna.browser.submit(&page, &format!("{page}/answers"), &why).await.expect(200);
    assert!(seen.body.contains(STORY), "{}", seen.gist());

    // The close takes the forms along; the chat goes once the other system has it, without a word of the forms.
    anna.close(&chat).await;
    maria.hears_kind(&chat, "closed").await;
    app.run_due_jobs().await;
    assert!(app.app.store.submissions().is_empty());
    assert!(is_there(&app, chat.parse().unwrap()), "it waits to be told");
    parlor::jobs::webhooks::deliver(&app.app).await;
    let told = receiver.take();
    assert!(told.len() == 1 && told[0].text().contains(MARKER), "the chat is told");
    assert!(!told[0].text().contains("insulin") && !told[0].text().contains("1111"), "{}", told[0].text());
    app.run_due_jobs().await;
    assert!(!is_there(&app, chat.parse().unwrap()));
    let receipts = anna.browser.get("/admin/privacy/receipts").await.expect(200);
    assert!(receipts.body.contains("Chats") && receipts.body.contains("form"), "{}", receipts.gist());

    // The evidence says of each of the eight that it holds, in both profiles, and anybody can check it with the key from the page.
    anna.browser.submit("/admin/privacy/evidence", "/admin/privacy/evidence", &[]).await.expect_done();
    let page = anna.browser.get("/admin/privacy/evidence").await.expect(200);
    let is_key = |piece: &&str| piece.len() == 64 && piece.bytes().all(|byte| byte.is_ascii_hexdigit());
    let key = page.body.split("<code>").filter_map(|piece| piece.get(..64)).find(is_key).unwrap();
    let kept = *app.app.store.house().evidence.keys().next().unwrap();
    for format in ["json", "html"] {
        let report = anna.browser.get(&format!("/admin/privacy/evidence/{kept}/{format}")).await.expect(200);
        let (code, said) = verified(&report.body, &["--public-key", key]);
        assert!(code == Some(0) && said.contains("whole"), "{format}: {said}");
        for control in EIGHT.iter().flat_map(|(_, controls)| *controls) {
            assert!(report.body.contains(Control::of_tag(control).unwrap().title()), "{format}: {control}");
        }
        assert!(!report.body.contains(MARKER) && !report.body.contains(STORY), "{format}");
    }
    assert!(app.app.store.house().posture.drift.is_empty(), "and nothing has drifted meanwhile");
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
        assert!(open_points(&admin, profile).await.len() == EIGHT.len(), "{profile}");
        let page = admin.browser.get(&format!("{PROFILES}/{profile}")).await.expect(200);
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
    let secret = sign_in::give_totp(&app, ADMIN);
    let admin = signed_in_with_code(&app, &secret).await;
    press(&admin, "hipaa", "enforcement", &[]).await.expect_done();
    press(&admin, "pci", "enforcement", &[]).await.expect_done();
    for profile in ["hipaa", "pci"] {
        assert!(open_points(&admin, profile).await.is_empty(), "{profile}");
        let page = admin.browser.get(&format!("{PROFILES}/{profile}")).await.expect(200);
        assert!(page.body.contains("Enforced since") && !page.body.contains("id=\"open\""), "{}", page.gist());
    }
    let house = app.app.store.house();
    assert!(house.forms.len() >= 2 && house.orders.len() == 2, "a form for each, a rule for chats and one for messages left");
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

//! Card numbers and their codes on the three ways out that nobody looks over: the log, webhooks and mail.

use parlor::domain::form::{Field, FieldKind};
use parlor::domain::text::{EmailAddress, FieldId, Label};
use parlor::service::secure_forms;
use serde_json::json;

use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::TestApp;
use crate::harness::http::Browser;
use crate::harness::mailbox::Mailbox;
use crate::harness::process::{ADMIN, PASSWORD, Server, set_up};
use crate::harness::receiver::Receiver;

const CARD: &str = "4111 1111 1111 1111";
const DIGITS: &str = "4111111111111111";
/// Stands behind a card and its date, and nowhere else in what is said here.
const CODE: &str = "739";

#[track_caller]
fn clean(what: &str, text: &str) {
    // Letters break their lines with an equals sign.
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '+' | '=') && !c.is_control()).collect();
    assert!(!bare.contains(DIGITS) && !bare.contains("4111%201111"), "{what}: {text}");
}

#[tokio::test]
async fn the_log_has_no_card_number_however_much_it_is_told_to_say() {
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let site = set_up(&data).site;
        let server = Server::start(&data, &["--log-level", "trace", "--log-format", format]);
        let door = server.door().await;
        let mut bert = Operator::signed_in(&door, ADMIN, PASSWORD).await;
        bert.connect().await;
        let mut maria = Visitor::new(&door, &site, "maria").await;
        maria.connect().await;
        let it = maria.start_with(&format!("my card is {CARD}"), json!({"answers": {"name": CARD}})).await.unwrap().conversation;
        bert.accept(&it).await;
        maria.send_frame(&json!({"t": "set", "attributes": {"paid with": CARD}})).await;
        maria.send_frame(&json!({"t": "peek", "conversation": it, "text": CARD})).await;
        maria.send(&it, &format!("again {DIGITS} 12/29 {CODE}")).await;
        bert.does("note", &it, json!({"text": CARD})).await;
        // What is refused is logged most of all.
        let browser = Browser::new(&door);
        for path in [format!("/{DIGITS}"), format!("/form?card={DIGITS}"), format!("/console/conversations/{DIGITS}")] {
            browser.get(&path).await;
        }
        browser.post("/form/answers", &[("link", DIGITS), ("field-a", CARD)]).await.expect(404);
        let found = bert.browser.submit("/console/closed", "/console/closed/matches", &[("words", CARD)]).await;
        assert!(!found.status.is_server_error(), "{}", found.gist());
        maria.send_frame(&json!({"t": CARD, "text": CARD})).await;
        bert.close(&it).await;
        drop((maria, bert));
        let heard = server.last_words();
        assert!(heard.len() > 5, "it has a log: {heard:#?}");
        heard.iter().for_each(|line| clean(format, line));
    }
}

/// A site that asks and keeps as much as it can.
fn ask_for_much(app: &TestApp) {
    let number = Field {
        id: FieldId::parse("number").unwrap(),
        label: Label::parse("Customer number").unwrap(),
        kind: FieldKind::Text,
        is_required: false,
    };
    app.change_site(|site| {
        site.pre_chat.fields.push(number.clone());
        site.offline.fields = vec![Field::name(), number];
        site.switches.transcript_mailboxes = vec![EmailAddress::parse("archive@clinic.example").unwrap()];
        site.switches.operators_mail_transcripts = true;
        site.rating = true;
    });
    for text in [CARD, DIGITS] {
        app.markers.note(text);
    }
}

/// A chat in which everybody writes a card number, and the visitor its code.
async fn chat(app: &TestApp) -> String {
    let (mut bert, mut maria) = (app.operator("bert").await, app.visitor("maria").await);
    let answers = json!({"answers": {"name": CARD, "number": DIGITS}});
    let it = maria.start_with(&format!("my card is {CARD}"), answers).await.unwrap().conversation;
    bert.accept(&it).await;
    maria.send(&it, &format!("12/29 {CODE}")).await;
    bert.send(&it, &format!("so {DIGITS}, and the CVV?")).await;
    maria.send(&it, CODE).await;
    bert.close(&it).await;
    it
}

#[tokio::test]
async fn a_webhook_is_told_no_card_number_and_no_code() {
    let (app, receiver) = (crate::webhooks::appliance().await, Receiver::open().await);
    let admin = app.admin().await;
    ask_for_much(&app);
    crate::webhooks::add(&app, &admin, &receiver, &["conversation.closed", "message.left", "form.submitted"]).await;
    chat(&app).await;
    let mut vera = app.visitor("vera").await;
    let id = vera.new_id();
    let left = json!({"t": "leave", "id": id, "text": format!("charge {CARD}"), "answers": {"name": CARD, "number": CARD}});
    vera.command(left).await.unwrap();
    // Of what was filled in in a form nothing is told anyway.
    let filled = crate::secure_forms::a_submission(&app.app.ctx(&app.admin_actor()), app.site_id());
    assert!(secure_forms::of_sites(&app.app.ctx(&app.admin_actor())).unwrap().iter().any(|it| it.id == filled));
    parlor::jobs::webhooks::deliver(&app.app).await;
    let told = receiver.take();
    let kinds: Vec<_> = told.iter().map(|it| it.json()["type"].as_str().unwrap().to_owned()).collect();
    for kind in ["conversation.closed", "message.left", "form.submitted"] {
        assert!(kinds.iter().any(|it| it == kind), "{kinds:?}");
    }
    for it in &told {
        clean("a webhook", &it.text());
        for said in it.json()["data"]["transcript"].as_array().into_iter().flatten() {
            assert!(!said["text"].as_str().unwrap_or_default().contains(CODE), "{said}");
        }
    }
    assert!(told.iter().any(|it| it.text().contains("my card is ••••")), "the chat itself is told");
}

#[tokio::test]
async fn a_letter_has_no_card_number_and_no_code() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let settings = mailbox.settings.clone();
    let app = TestApp::with_config(move |config| config.mail = Some(settings)).await;
    let admin = app.admin().await;
    ask_for_much(&app);
    let it = chat(&app).await;
    let page = format!("/console/conversations/{it}/mail");
    let sent = admin.browser.submit(&page, &page, &[("email", "maria@example.org")]).await.expect(200);
    assert!(sent.body.contains("Sent."), "{}", sent.gist());
    let post = app.app.post.clone().unwrap();
    parlor::jobs::mail::deliver(&app.app, &*post).await.unwrap();
    let received = mailbox.received();
    assert_eq!(received.len(), 2, "to the mailbox of the site, and to the visitor");
    for letter in &received {
        assert!(letter.text.contains("my card is"), "{}", letter.text);
        clean("a letter", &letter.text);
        let is_code = |line: &str| line.trim() == CODE || line.contains(&format!("12/29 {CODE}"));
        assert!(!letter.text.lines().any(is_code), "{}", letter.text);
    }
}

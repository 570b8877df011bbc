//! A card number typed into everything that a visitor and an operator can type into: it stands in no frame, no page, no letter, no export
//! and nowhere on the disk, and whoever wrote it is told.

use parlor::domain::form::{Field, FieldKind};
use parlor::domain::redaction::Redaction;
use parlor::domain::text::{EmailAddress, FieldId, Label, Line, Name, Notice, PhoneNumber};
use parlor::service::conversations::View;
use parlor::service::transcripts;
use serde_json::{Value, json};

use crate::harness::app::TestApp;
use crate::harness::disk;
use crate::harness::files::Outgoing;
use crate::harness::http::Browser;
use crate::harness::mailbox::Mailbox;

/// A number for each place, so that a failure says which one let it through. All have a right check digit.
const FORM: &str = "4000 0000 0000 0002";
const FIRST: &str = "4000 0000 0000 0010";
const MESSAGE: &str = "4000-0000-0000-0028";
const OPERATOR: &str = "4000000000000036";
const NOTE: &str = "4000 0000 0000 0044";
const TRANSFER: &str = "4000 0000 0000 0051";
const DRAFT: &str = "4000 0000 0000 0069";
const ATTRIBUTE: &str = "4000 0000 0000 0077";
const TITLE: &str = "4000 0000 0000 0085";
const FILE: &str = "4000 0000 0000 0093";
const PEEKED: &str = "4000 0000 0000 0101";
const RATED: &str = "4000 0000 0000 0119";
const PAGE: &str = "4000 0000 0000 0127";
const OFFLINE: &str = "4000 0000 0000 0135";
const FULL_WIDTH: &str = "４０００　００００　００００　０１４３";
const ALL: [&str; 15] =
    [FORM, FIRST, MESSAGE, OPERATOR, NOTE, TRANSFER, DRAFT, ATTRIBUTE, TITLE, FILE, PEEKED, RATED, PAGE, OFFLINE, FULL_WIDTH];

/// Whether one of the numbers is in it, with or without its spaces; which one.
fn seen(text: &str) -> Option<&'static str> {
    ALL.into_iter().find(|card| text.contains(card) || text.contains(&card.replace([' ', '-'], "")))
}

#[track_caller]
fn clean(what: &str, text: &str) {
    assert_eq!(seen(text), None, "{what}: {text}");
}

fn of_frames(frames: &[Value]) -> String {
    frames.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

async fn house(mailbox: &Mailbox) -> TestApp {
    let settings = mailbox.settings.clone();
    let app = TestApp::with_config(move |config| config.mail = Some(settings)).await;
    let number = Field {
        id: FieldId::parse("number").unwrap(),
        label: Label::parse("Customer number").unwrap(),
        kind: FieldKind::Text,
        is_required: false,
    };
    app.change_site(|site| {
        site.redaction = Redaction { cards: true, ssn: true, iban: true, patterns: Vec::new() };
        site.switches.sneak_peek = true;
        site.switches.visitor_files = true;
        site.switches.operator_files = true;
        site.switches.transcript_mailboxes = vec![EmailAddress::parse("archive@clinic.example").unwrap()];
        site.rating = true;
        site.pre_chat.fields.push(number.clone());
        site.offline.fields = vec![Field::name(), number];
    });
    for card in ALL {
        app.markers.note(card);
        app.markers.note(&card.replace([' ', '-'], ""));
    }
    app
}

#[tokio::test]
async fn a_card_number_is_nowhere_whatever_it_was_typed_into() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let app = house(&mailbox).await;
    let (mut bert, mut maria) = (app.operator("bert").await, app.visitor("maria").await);
    let page = format!("https://www.clinic.example/{}", TITLE.replace(' ', ""));
    maria.send_frame(&json!({"t": "visit", "page": page, "title": format!("Pay {TITLE}")})).await;
    maria.send_frame(&json!({"t": "set", "attributes": {"paid with": format!("card {ATTRIBUTE}")}})).await;
    let answers = json!({"answers": {"name": format!("Maria {FORM}"), "number": FORM}});
    let it = maria.start_with(&format!("my card is {FIRST}"), answers).await.unwrap().conversation;
    bert.accept(&it).await;
    maria.send_frame(&json!({"t": "set", "attributes": {"again": ATTRIBUTE}})).await;
    maria.send(&it, &format!("{MESSAGE} or {FULL_WIDTH}")).await;
    bert.send_frame(&json!({"t": "watch", "conversation": it})).await;
    bert.expect("that he looks", |frame| frame["t"] == "viewers").await;
    maria.send_frame(&json!({"t": "peek", "conversation": it, "text": format!("it is {}", &PEEKED[..14])})).await;
    let peek = bert.expect("what is being typed", |frame| frame["t"] == "peek").await;
    assert_eq!(peek["text"], "it is ••••");
    bert.send(&it, &format!("did you say {OPERATOR}?")).await;
    bert.does("note", &it, json!({"text": format!("she uses {NOTE}")})).await;
    let csrf = bert.csrf().await;
    let draft = json!({"kind": "reply", "text": format!("never {DRAFT} again")});
    let path = format!("/console/conversations/{it}/drafts");
    bert.browser.post_json(&path, &draft, &[("x-parlor-csrf", &csrf)]).await.expect(204);
    let drafts = bert.browser.get(&path).await.expect(200).body;
    assert!(drafts.contains("never •••• again"), "{drafts}");
    let name = format!("card {FILE}.txt");
    let file = Outgoing { conversation: &it, id: "f1", name: &name, content: b"nothing to see in here" };
    file.of_visitor(&maria).await.expect(200);
    file.of_operator(&bert).await.expect(200);
    let anna = app.operator_id(crate::harness::app::ADMIN).to_string();
    bert.does("transfer", &it, json!({"to": anna, "note": format!("take {TRANSFER}")})).await;
    let mut anna = app.admin().await;
    anna.connect().await;
    anna.accept(&it).await;

    // Everybody who wrote it was told, and colleagues alone of what was for them alone.
    let told = maria.hears_kind(&it, "masked").await;
    assert_eq!(told["from"], "system");
    bert.hears_kind(&it, "masked").await;

    // While it is open: what the desk shows of it, and what search finds.
    for path in [format!("/console/conversations/{it}"), format!("/console/conversations/{it}/print")] {
        clean(&path, &anna.browser.get(&path).await.expect(200).body);
    }
    anna.close(&it).await;
    maria.expect("the end", |frame| frame["t"] == "state" && frame["state"] != "active").await;
    let id = maria.new_id();
    let comment = format!("charge {RATED} please");
    maria.command(json!({"t": "rate", "id": id, "conversation": it, "stars": 4, "comment": comment})).await.unwrap();

    let post = app.app.post.clone().unwrap();
    parlor::jobs::mail::deliver(&app.app, &*post).await.unwrap();
    let received = mailbox.received();
    assert_eq!(received.len(), 1, "the transcript goes to its mailbox");
    received.iter().for_each(|letter| clean("a letter", &letter.text));
    for path in
        [format!("/console/conversations/{it}"), format!("/console/conversations/{it}/print?notes=on"), "/admin/audit".to_owned()]
    {
        clean(&path, &anna.browser.get(&path).await.expect(200).body);
    }
    clean("the visitor's frames", &of_frames(&maria.all_frames()));
    clean("bert's frames", &of_frames(&bert.all_frames()));
    clean("anna's frames", &of_frames(&anna.all_frames()));
    clean("what is stored", &stored(&app));
}

/// All that the appliance knows of its chats: heads and events, whether open or closed.
fn stored(app: &TestApp) -> String {
    let store = &app.app.store;
    store.commit(store.batch()).wait().unwrap();
    let open = store.open_conversations().into_iter().map(|open| open.lock().head.id);
    let mut all = String::new();
    for id in open.collect::<Vec<_>>().into_iter().chain(store.closed().map(|closed| closed.id)) {
        let head = store.conversation(id).unwrap().unwrap();
        let events = store.events(id, 0, 1_000).unwrap();
        all.push_str(&transcripts::json(&View { conversation: head.clone(), events }));
        let (visitor, about) = (&head.visitor, &head.about);
        let came = [&about.came_from.page, &about.came_from.title, &about.came_from.referrer].into_iter().flatten();
        let names = visitor.name.iter().chain(about.attributes.iter().map(|it| &it.name)).map(Name::as_str);
        let lines = about.answers.iter().map(|it| &it.value).chain(about.attributes.iter().map(|it| &it.value)).chain(came);
        let contacts = visitor.email.iter().map(EmailAddress::as_str).chain(visitor.phone.iter().map(PhoneNumber::as_str));
        let comment = about.rating.iter().filter_map(|it| it.comment.as_ref()).map(Notice::as_str);
        for text in names.chain(lines.map(Line::as_str)).chain(contacts).chain(comment) {
            all.push_str(&format!("\n{text}"));
        }
    }
    assert!(all.contains("••••"), "{all}");
    all
}

#[tokio::test]
async fn without_javascript_and_while_nobody_is_there_it_is_masked_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let app = house(&mailbox).await;
    let chat = format!("/chat/{}", app.site);
    let browser = Browser::new(&app.door);
    let first = browser.get(&chat).await.expect(200);
    let hidden: Vec<(&str, String)> =
        ["csrf", "visitor", "id", "language"].into_iter().filter_map(|name| Some((name, first.field(name)?))).collect();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let typed = format!("Hello, {PAGE}");
    fields.extend([("field-name", "Vera"), ("field-number", PAGE), ("text", typed.as_str())]);
    browser.post(&chat, &fields).await.expect_done();
    let page = browser.get(&chat).await.expect(200);
    clean("the page without JavaScript", &page.body);
    assert!(page.body.contains("Confidential details were removed here."), "{}", page.gist());

    let mut maria = app.visitor("maria").await;
    let id = maria.new_id();
    let answers = json!({"name": OFFLINE, "number": OFFLINE});
    let frame = json!({"t": "leave", "id": id, "text": format!("charge {OFFLINE}"), "answers": answers});
    let left = maria.command(frame).await.unwrap().conversation;
    maria.hears_kind(&left, "masked").await;
    clean("the visitor's frames", &of_frames(&maria.all_frames()));

    // An address or a telephone number that is a card's is none.
    app.change_site(|site| {
        let phone = Field { kind: FieldKind::Phone, id: FieldId::parse("phone").unwrap(), ..Field::name() };
        site.pre_chat.fields.push(phone);
    });
    let mut vera = app.visitor("vera").await;
    let refused = vera.start_with("call me", json!({"answers": {"phone": OFFLINE}})).await.unwrap_err();
    assert_eq!(refused.code, "invalid");
    clean("what is stored", &stored(&app));
}

#[tokio::test]
async fn a_number_in_two_messages_is_gone_from_both_after_a_restart_too() {
    let mut app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("the first half 4111 1111").await.conversation;
    maria.drop_line();
    app.restart();
    let mut maria = {
        let mut again = crate::harness::actors::Visitor::new(&app.door, &app.site, "maria-again").await;
        again.token = maria.token.clone();
        again
    };
    maria.connect().await;
    maria.send(&it, "1111 1111, that is it").await;
    let told = maria.hears_kind(&it, "masked").await;
    assert_eq!(told["earlier"], 2, "{told}");
    let stored = stored(&app);
    assert!(!stored.contains("1111") && stored.contains("the first half"), "{stored}");
    assert!(disk::places(&app.data_dir(), "the first half").is_empty());
}

//! Webhooks, to a receiver that is really there: what it is told, once, in order and signed, and what becomes of what it does not take.

use std::time::Duration;

use parlor::config::Config;
use parlor::domain::audit::AuditAction;
use parlor::domain::network::Network;
use parlor::domain::retention::PurgePolicy;
use parlor::domain::webhook::{DeliveryOutcome, WebhookAct};
use serde_json::json;

use crate::harness::actors::Admin;
use crate::harness::app::TestApp;
use crate::harness::receiver::{Answer, Receiver, Told};

const PAGE: &str = "/admin/webhooks/new";

/// An appliance that may reach this machine.
pub async fn appliance() -> TestApp {
    TestApp::with_config(|config: &mut Config| config.outbound_private = vec![Network::parse("127.0.0.0/8").unwrap()]).await
}

/// Adds a webhook as its page does; gives the secret that the answer shows.
pub async fn add(app: &TestApp, admin: &Admin, receiver: &Receiver, events: &[&str]) -> String {
    app.markers.note(&receiver.url());
    let url = receiver.url();
    let mut fields = vec![("name", "The desk"), ("url", &*url), ("authority", &*receiver.authority), ("is_on", "on")];
    fields.extend([("site", ""), ("with_transcript", "on")]);
    fields.extend(events.iter().map(|event| ("events", *event)));
    let page = admin.browser.submit(PAGE, PAGE, &fields).await.expect(200);
    secret_in(app, &page.body)
}

fn secret_in(app: &TestApp, page: &str) -> String {
    let (_, rest) = page.split_once("<pre id=\"secret\">").expect("the secret is shown");
    let secret = rest.split('<').next().unwrap().to_owned();
    app.markers.note(&secret);
    secret
}

async fn deliver(app: &TestApp) {
    parlor::jobs::webhooks::deliver(&app.app).await;
}

/// A chat with an internal note, from the first word to the close.
async fn chat(app: &TestApp, words: &str) -> String {
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start(words).await.conversation;
    bert.accept(&it).await;
    bert.try_to("note", &it, json!({"text": "she was rude last time"})).await.unwrap();
    bert.send(&it, "at three in the afternoon").await;
    bert.close(&it).await;
    it
}

fn outcomes(app: &TestApp) -> Vec<DeliveryOutcome> {
    app.app.store.house().deliveries.values().map(|it| it.outcome).collect()
}

#[tokio::test]
async fn a_closed_chat_is_told_signed_without_its_notes_then_purged_and_that_is_told_too() {
    let (app, receiver) = (appliance().await, Receiver::open().await);
    let admin = app.admin().await;
    app.change_site(|site| site.purge = PurgePolicy::AtClose);
    let secret = add(&app, &admin, &receiver, &["conversation.closed", "conversation.purged"]).await;
    let it = chat(&app, "when may I come in today").await;
    app.run_due_jobs().await;
    assert_eq!(app.app.store.closed_count(), 1, "what has to go waits until it was told");

    deliver(&app).await;
    let told = receiver.take();
    assert_eq!(told.len(), 1);
    assert!(told[0].is_signed_with(&secret) && !told[0].is_signed_with(&format!("whsec_{}", "A".repeat(43) + "=")));
    assert_eq!(told[0].signatures().count(), 1);
    assert_eq!((told[0].path.as_str(), told[0].header("content-type")), ("/hooks/a-secret-path", "application/json"));
    let said = told[0].json();
    assert_eq!((said["type"].as_str(), said["data"]["conversation"].as_str()), (Some("conversation.closed"), Some(&*it)));
    assert_eq!(said["data"]["transcript"][0]["text"], "when may I come in today");
    assert_eq!(said["data"]["transcript"][1]["text"], "at three in the afternoon");
    assert!(!told[0].text().contains("rude"), "{}", told[0].text());

    app.run_due_jobs().await;
    assert_eq!(app.app.store.closed_count(), 0, "told, and gone");
    deliver(&app).await;
    let told = receiver.take();
    assert_eq!(told.len(), 1);
    assert!(told[0].is_signed_with(&secret));
    assert_eq!(
        (told[0].json()["type"].as_str(), told[0].json()["data"]["conversations"][0].as_str()),
        (Some("conversation.purged"), Some(&*it))
    );
    deliver(&app).await;
    assert!(receiver.take().is_empty(), "and never again");

    let rows = app.app.store.audit_rows(None, 50).unwrap();
    assert!(rows.iter().any(|row| matches!(row.action, AuditAction::Webhook(_, WebhookAct::Delivered(..)))));
    let list = admin.browser.get("/admin/webhooks/deliveries").await.expect(200).body;
    assert!(list.contains("The desk") && list.contains("A chat was closed") && list.contains("Taken"), "{list}");
    for page in ["/admin/webhooks", "/admin/webhooks/deliveries", "/admin/audit"] {
        let shown = admin.browser.get(page).await.expect(200).body;
        assert!(!shown.contains("a-secret-path") && !shown.contains(&secret), "{page}");
    }
}

#[tokio::test]
async fn what_is_not_taken_comes_again_with_the_same_id_and_nobody_is_followed_elsewhere() {
    let (app, receiver, other) = (appliance().await, Receiver::open().await, Receiver::open().await);
    let admin = app.admin().await;
    add(&app, &admin, &receiver, &["conversation.closed"]).await;
    chat(&app, "when may I come in today").await;
    let mut ids = Vec::new();
    for answer in [
        Answer::Status(500),
        Answer::Redirect(other.url()),
        Answer::Cut,
        Answer::Status(404),
        Answer::Status(100),
        Answer::Silence,
        Answer::SlowBody,
    ] {
        receiver.will([answer]);
        deliver(&app).await;
        deliver(&app).await;
        let told = receiver.take();
        assert_eq!(told.len(), 1, "once at a time, and not again at once");
        ids.push(told[0].header("webhook-id").to_owned());
        app.advance(Duration::from_secs(2 * 3_600)).await;
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert!(other.take().is_empty());
    assert!(matches!(outcomes(&app)[..], [DeliveryOutcome::Delivered { status: 200, .. }]), "a slow body holds nobody up");
    deliver(&app).await;
    assert!(receiver.take().is_empty());
}

#[tokio::test]
async fn what_nobody_takes_is_given_up_with_an_alert_and_sent_again_when_somebody_asks() {
    let (app, receiver) = (appliance().await, Receiver::open().await);
    let admin = app.admin().await;
    let secret = add(&app, &admin, &receiver, &["conversation.closed"]).await;
    app.change_site(|site| site.purge = PurgePolicy::DaysAfterClose(30));
    chat(&app, "when may I come in today").await;
    receiver.will(std::iter::repeat_n(Answer::Status(503), 12));
    for _ in 0..12 {
        deliver(&app).await;
        app.advance(Duration::from_secs(5 * 3_600)).await;
    }
    assert_eq!(receiver.take().len(), 12);
    deliver(&app).await;
    assert!(receiver.take().is_empty());
    assert!(matches!(outcomes(&app)[..], [DeliveryOutcome::GivenUp { status: Some(503), .. }]));
    let admin = app.admin().await;
    let alerts = admin.browser.get("/admin/security/alerts").await.expect(200).body;
    assert!(alerts.contains("A webhook was given up"), "{alerts}");
    let id = app.app.store.house().deliveries.keys().next().unwrap().to_string();
    let list = "/admin/webhooks/deliveries";
    assert!(admin.browser.get(list).await.body.contains("Given up"));
    admin.browser.submit(list, &format!("{list}/{id}/repetition"), &[]).await.expect_done();
    deliver(&app).await;
    let told = receiver.take();
    assert!(told.len() == 1 && told[0].header("webhook-id") == id && told[0].is_signed_with(&secret));
}

#[tokio::test]
async fn a_restart_loses_nothing_and_what_was_on_its_way_comes_again_with_its_id() {
    let (mut app, receiver) = (appliance().await, Receiver::open().await);
    let admin = app.admin().await;
    let secret = add(&app, &admin, &receiver, &["conversation.closed"]).await;
    chat(&app, "when may I come in today").await;
    app.restart();
    receiver.will([Answer::Silence]);
    let sending = tokio::spawn({
        let app = std::sync::Arc::clone(&app.app);
        async move { parlor::jobs::webhooks::deliver(&app).await }
    });
    let first = receiver.heard().await;
    sending.abort();
    let _ = sending.await;
    app.restart();
    deliver(&app).await;
    let told = receiver.take();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].header("webhook-id"), first.header("webhook-id"));
    assert!(told[0].is_signed_with(&secret));
    app.restart();
    deliver(&app).await;
    assert!(receiver.take().is_empty());
}

#[tokio::test]
async fn a_receiver_on_a_forbidden_address_is_never_asked_and_neither_is_anybody_with_an_air_gap() {
    let receiver = Receiver::open().await;
    let app = TestApp::start().await;
    let admin = app.admin().await;
    add(&app, &admin, &receiver, &["conversation.closed"]).await;
    let id = *app.app.store.house().webhooks.keys().next().unwrap();
    let page = format!("/admin/webhooks/{id}");
    let tried = admin.browser.submit(&page, &format!("{page}/trial"), &[]).await.expect(200).body;
    assert!(tried.contains("outbound_private"), "{tried}");
    chat(&app, "when may I come in today").await;
    deliver(&app).await;
    assert!(receiver.take().is_empty());
    assert!(app.app.store.house().deliveries.values().all(|it| it.is_waiting() && it.tries == 1));

    let app = TestApp::with_config(|config: &mut Config| {
        config.outbound_private = vec![Network::parse("127.0.0.0/8").unwrap()];
        config.air_gap = true;
    })
    .await;
    let admin = app.admin().await;
    add(&app, &admin, &receiver, &["conversation.closed"]).await;
    chat(&app, "when may I come in today").await;
    deliver(&app).await;
    assert!(receiver.take().is_empty() && app.app.store.house().deliveries.is_empty());
    assert!(admin.browser.get("/admin/webhooks").await.body.contains("Nothing is sent."));
}

#[tokio::test]
async fn the_test_button_says_what_came_back_and_a_message_that_was_left_comes_before_its_close() {
    let (app, receiver) = (appliance().await, Receiver::open().await);
    let admin = app.admin().await;
    let secret = add(&app, &admin, &receiver, &["message.left", "conversation.closed"]).await;
    let id = *app.app.store.house().webhooks.keys().next().unwrap();
    let page = format!("/admin/webhooks/{id}");
    assert!(!admin.browser.get(&page).await.expect(200).body.contains(&secret), "shown once");
    let trial = format!("{page}/trial");
    assert!(admin.browser.submit(&page, &trial, &[]).await.expect(200).body.contains("answered with 204"));
    let told = receiver.take();
    assert!(told.len() == 1 && told[0].json()["type"] == "test" && told[0].is_signed_with(&secret));
    receiver.will([Answer::Redirect(receiver.url())]);
    assert!(admin.browser.submit(&page, &trial, &[]).await.expect(200).body.contains("answered with 307"));
    receiver.take();

    let mut maria = app.visitor("maria").await;
    app.markers.note("please call me back");
    let left = json!({"t": "leave", "id": "l", "text": "please call me back", "answers": {"email": "maria@example.org"}});
    let left = maria.command(left).await.unwrap().conversation;
    let mut bert = app.operator("bert").await;
    bert.accept(&left).await;
    bert.close(&left).await;
    receiver.will([Answer::Status(500)]);
    deliver(&app).await;
    let told = receiver.take();
    assert!(told.len() == 1 && told[0].json()["type"] == "message.left");
    assert_eq!(told[0].json()["data"]["channel"], "message");
    app.advance(Duration::from_secs(60)).await;
    deliver(&app).await;
    let types: Vec<_> = receiver.take().iter().map(|it| it.json()["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(types, ["message.left", "conversation.closed"]);
}

#[tokio::test]
async fn after_a_new_secret_the_one_before_signs_too_for_a_day() {
    let (app, receiver) = (appliance().await, Receiver::open().await);
    let admin = app.admin().await;
    let old = add(&app, &admin, &receiver, &["conversation.closed"]).await;
    let id = *app.app.store.house().webhooks.keys().next().unwrap();
    let page = format!("/admin/webhooks/{id}");
    let renewed = admin.browser.submit(&page, &format!("{page}/secret"), &[]).await.expect(200).body;
    let new = secret_in(&app, &renewed);
    assert_ne!(old, new);
    let trial = format!("{page}/trial");
    app.advance(Duration::from_secs(24 * 3_600 - 60)).await;
    let admin = app.admin().await;
    admin.browser.submit(&page, &trial, &[]).await.expect(200);
    let told = receiver.take();
    assert_eq!((told.len(), told[0].signatures().count()), (1, 2));
    assert!(told[0].is_signed_with(&old) && told[0].is_signed_with(&new));
    app.advance(Duration::from_secs(60)).await;
    admin.browser.submit(&page, &trial, &[]).await.expect(200);
    let told = receiver.take();
    assert_eq!((told.len(), told[0].signatures().count()), (1, 1));
    assert!(!told[0].is_signed_with(&old) && told[0].is_signed_with(&new));
    assert!(app.app.store.house().webhooks[&id].former.is_none(), "and is kept no longer");
}

#[tokio::test]
async fn the_timers_tell_what_was_left_what_comes_and_nobody_waits_for_a_receiver_that_is_silent() {
    let (app, silent, desk) = (appliance().await, Receiver::open().await, Receiver::open().await);
    let admin = app.admin().await;
    silent.will(std::iter::repeat_n(Answer::Silence, 2));
    add(&app, &admin, &silent, &["conversation.closed"]).await;
    add(&app, &admin, &desk, &["conversation.closed"]).await;
    // Noted while no timer runs, as before a start.
    let first = chat(&app, "when may I come in today").await;
    let mut nora = app.visitor("nora").await;
    let timers = parlor::jobs::start(std::sync::Arc::clone(&app.app)).await.unwrap();
    let closed = |told: &Told| told.json()["data"]["conversation"].as_str().unwrap().to_owned();
    assert_eq!(closed(&desk.heard().await), first);
    assert_eq!(closed(&silent.heard().await), first);
    // The silent one still has the line when the next chats close, and is told nothing else meanwhile.
    for words in ["may I bring my dog along", "may I bring my cat along"] {
        let next = nora.start(words).await.conversation;
        nora.end(&next).await;
        assert_eq!(closed(&desk.heard().await), next);
    }
    assert!(silent.take().is_empty(), "one message after the other");
    timers.stop().await;
    // Who hears the third has answered to two, and that is noted before the next is sent.
    let outcomes = outcomes(&app);
    let is_waiting = |it: &&DeliveryOutcome| matches!(it, DeliveryOutcome::Waiting);
    let (waiting, all) = (outcomes.iter().filter(is_waiting).count(), outcomes.len());
    assert!(all == 6 && (waiting == 3 || waiting == 4), "{outcomes:?}");

    // What was on its way comes again, in its turn, with the next start; what was taken never does.
    let timers = parlor::jobs::start(std::sync::Arc::clone(&app.app)).await.unwrap();
    assert_eq!(closed(&silent.heard().await), first);
    timers.stop().await;
    assert!(desk.take().len() <= 1, "the last one alone may have to be told again");
}

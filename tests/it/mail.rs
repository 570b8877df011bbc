//! Transcripts by mail: where the site allows it, to whom it allows it, and never with what the staff kept to itself.

use std::time::Duration;

use parlor::domain::retention::PurgePolicy;
use parlor::domain::text::EmailAddress;
use serde_json::json;

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::mailbox::Mailbox;

async fn app_with(mailbox: &Mailbox) -> TestApp {
    let settings = mailbox.settings.clone();
    TestApp::with_config(move |config| config.mail = Some(settings)).await
}

async fn deliver(app: &TestApp) {
    let post = app.app.post.clone().expect("a mail server is set up");
    parlor::jobs::mail::deliver(&app.app, &*post).await.unwrap();
}

#[tokio::test]
async fn a_closed_chat_is_mailed_to_the_sites_mailboxes_without_its_notes_and_then_purged() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let app = app_with(&mailbox).await;
    app.change_site(|site| {
        site.purge = PurgePolicy::AtClose;
        site.switches.transcript_mailboxes = vec![EmailAddress::parse("archive@clinic.example").unwrap()];
    });
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("when may I come in today").await.conversation;
    bert.accept(&it).await;
    bert.try_to("note", &it, json!({"text": "she was rude last time"})).await.unwrap();
    bert.send(&it, "at three in the afternoon").await;
    bert.close(&it).await;

    // The server is busy: nothing is lost, and what has to go waits for its mail.
    mailbox.busy.store(1, std::sync::atomic::Ordering::SeqCst);
    deliver(&app).await;
    app.run_due_jobs().await;
    assert_eq!((mailbox.received().len(), app.app.store.closed_count()), (0, 1));
    deliver(&app).await;
    assert_eq!(mailbox.received().len(), 0, "it is not tried again at once");
    app.advance(Duration::from_secs(130)).await;
    deliver(&app).await;
    let received = mailbox.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].to, "archive@clinic.example");
    let text = &received[0].text;
    assert!(text.contains("when may I come in today") && text.contains("at three in the afternoon"), "{text}");
    assert!(!text.contains("rude"), "{text}");
    assert!(text.contains("Your chat with Clinic Nord website"), "{text}");
    app.advance(Duration::from_secs(60)).await;
    assert_eq!(app.app.store.closed_count(), 0, "mailed, and gone");
    deliver(&app).await;
    assert_eq!(mailbox.received().len(), 1, "and never again");
}

#[tokio::test]
async fn a_visitor_gets_a_copy_only_at_an_address_that_is_proven() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let app = app_with(&mailbox).await;
    app.change_site(|site| {
        site.switches.mail_transcript_at_close = true;
        site.pre_chat.fields.push(parlor::domain::form::Field::email());
    });
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria
        .start_with("anybody could say this was theirs", json!({"answers": {"email": "somebody.else@example.org"}}))
        .await
        .unwrap();
    bert.accept(&it.conversation).await;
    bert.close(&it.conversation).await;
    deliver(&app).await;
    assert!(mailbox.received().is_empty());
    assert!(app.app.store.house().mails.is_empty());
}

#[tokio::test]
async fn an_operator_mails_a_transcript_where_the_site_allows_it() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let app = app_with(&mailbox).await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("please send me this by mail").await.conversation;
    let admin = Operator::signed_in(&app.door, ADMIN, PASSWORD).await;
    let page = format!("/console/conversations/{it}/mail");
    assert_eq!(admin.browser.get(&page).await.status, 404, "off until somebody decides");
    let chat = format!("/console/conversations/{it}");
    assert!(!admin.browser.get(&chat).await.body.contains(&page));
    app.change_site(|site| site.switches.operators_mail_transcripts = true);
    assert!(admin.browser.get(&chat).await.body.contains(&page), "the chat leads there");
    assert_eq!(admin.browser.get(&page).await.status, 200);

    let wrong = admin.browser.submit(&page, &page, &[("email", "no address")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("does not look like an e-mail address"));
    let refused = admin.browser.submit(&page, &page, &[("email", "nobody@example.org")]).await;
    assert!(refused.body.contains("The mail server refuses this address"), "{}", refused.body);
    mailbox.busy.store(1, std::sync::atomic::Ordering::SeqCst);
    let busy = admin.browser.submit(&page, &page, &[("email", "maria@example.org")]).await;
    assert!(busy.body.contains("nothing was sent"), "{}", busy.body);
    assert!(mailbox.received().is_empty());
    let sent = admin.browser.submit(&page, &page, &[("email", "maria@example.org")]).await;
    assert!(sent.body.contains("Sent."), "{}", sent.body);
    let received = mailbox.received();
    assert_eq!((received.len(), received[0].to.as_str()), (1, "maria@example.org"));
    assert!(received[0].text.contains("please send me this by mail"));
    let rows = app.app.store.audit_rows(None, 5).unwrap();
    assert!(rows.iter().any(|row| matches!(row.action, parlor::domain::audit::AuditAction::TranscriptMailed(_))));
}

//! The operators' console: what stands where, in whose hands, and what reading leaves behind.

use parlor::domain::audit::AuditAction;
use serde_json::json;

use crate::harness::app::TestApp;
use crate::harness::http::Answer;

/// The words between the heading of one group of the list and the next.
fn group<'a>(page: &'a Answer, name: &str) -> &'a str {
    let start = page.body.find(&format!("data-group=\"{name}\"")).unwrap();
    let rest = &page.body[start + 1..];
    &rest[..rest.find("data-group=").unwrap_or(rest.len())]
}

#[tokio::test]
async fn a_chat_stands_with_those_who_wait_then_with_whom_answers() {
    let app = TestApp::start().await;
    let mut visitor = app.visitor("maria").await;
    let it =
        visitor.start_with("Is <b>anybody</b> there?", json!({"answers": {"name": "<i>Maria</i>"}})).await.unwrap().conversation;
    let mut sam = app.operator("op.sam").await;
    let anna = app.operator("op.anna").await;

    let page = sam.browser.get("/console").await.expect(200);
    assert!(group(&page, "waiting").contains(&it) && !group(&page, "mine").contains(&it), "{}", page.gist());

    sam.accept(&it).await;
    let mine = sam.browser.get("/console").await.expect(200);
    let theirs = anna.browser.get("/console").await.expect(200);
    assert!(group(&mine, "mine").contains(&it) && !group(&mine, "waiting").contains(&it), "{}", mine.gist());
    assert!(group(&theirs, "others").contains(&it) && !group(&theirs, "mine").contains(&it), "{}", theirs.gist());

    let chat = sam.browser.get(&format!("/console/conversations/{it}")).await.expect(200);
    assert!(chat.body.contains("Is &#60;b&#62;anybody") && !chat.body.contains("<b>anybody"), "markup in a message stays text");
    assert!(!chat.body.contains("<i>Maria"), "markup in a name stays text");
    assert!(chat.body.contains("<!doctype html>"));
}

#[tokio::test]
async fn the_script_gets_the_chat_without_the_page() {
    let app = TestApp::start().await;
    let mut visitor = app.visitor("maria").await;
    let it = visitor.start("hello").await.conversation;
    let sam = app.operator("op.sam").await;
    let browser = sam.browser.with_header("x-parlor-part", "1");
    let part = browser.get(&format!("/console/conversations/{it}")).await.expect(200);
    assert!(part.body.trim_start().starts_with("<article class=\"conversation\""), "{}", part.gist());
    assert!(part.body.trim_end().ends_with("</article>"), "{}", part.gist());
}

#[tokio::test]
async fn only_reading_a_closed_chat_is_audited_and_the_list_says_when_it_goes() {
    let app = TestApp::start().await;
    let mut visitor = app.visitor("maria").await;
    let it = visitor.start("please call me back").await.conversation;
    let mut sam = app.operator("op.sam").await;
    sam.accept(&it).await;
    let path = format!("/console/conversations/{it}");
    let reads = || {
        let id = it.parse().unwrap();
        let rows = app.app.store.audit_rows(None, 1_000).unwrap();
        rows.into_iter().filter(|row| row.action == AuditAction::TranscriptRead(id)).count()
    };

    sam.browser.get(&path).await.expect(200);
    assert_eq!(reads(), 0, "a chat that is going on is not a transcript");
    let before = sam.browser.get("/console/closed").await.expect(200);
    assert!(before.body.contains("No closed chats"), "{}", before.gist());

    sam.close(&it).await;
    visitor.hears_kind(&it, "closed").await;
    let list = sam.browser.get("/console/closed").await.expect(200);
    assert!(list.body.contains(&it) && list.body.contains("data-label=\"Deleted\"><time datetime="), "{}", list.gist());
    assert_eq!(reads(), 0, "the list shows no words");
    assert!(sam.browser.get(&path).await.expect(200).body.contains("please call me back"));
    assert_eq!(reads(), 1);

    // The live channel shows the same words, and leaves the same trace.
    let mut anna = app.operator("op.anna").await;
    anna.send_frame(&json!({"t": "resume", "conversation": it, "after": 0})).await;
    anna.hears("please call me back").await;
    // The row was queued before the words were shown, so it is durable when a later commit is.
    app.app.store.commit(app.app.store.batch()).durable().await.unwrap();
    assert_eq!(reads(), 2);
    let all = anna.events[&it].keys().max().copied();
    anna.send_frame(&json!({"t": "resume", "conversation": it, "after": all.unwrap().max(4)})).await;
    anna.send_frame(&json!({"t": "resume", "conversation": "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa", "after": 0})).await;
    anna.expect("a refusal", |frame| frame["t"] == "refused").await;
    assert_eq!(reads(), 2, "nothing was shown, so nothing was read");
}

#[tokio::test]
async fn words_are_found_in_closed_chats_of_ones_own_sites() {
    let app = TestApp::start().await;
    let mut visitor = app.visitor("maria").await;
    let it = visitor.start("the Umbrella is still with you").await.conversation;
    let mut sam = app.operator("op.sam").await;
    sam.accept(&it).await;
    sam.close(&it).await;
    visitor.hears_kind(&it, "closed").await;
    let page = sam.browser.get("/console/closed").await.expect(200);
    assert!(page.body.contains("action=\"/console/closed/matches\""), "{}", page.gist());

    let found = sam.browser.submit("/console/closed", "/console/closed/matches", &[("words", "umBRELLA")]).await.expect(200);
    assert!(found.body.contains(&it) && found.body.contains("the Umbrella is still with you"), "{}", found.gist());
    let none = sam.browser.submit("/console/closed", "/console/closed/matches", &[("words", "parasol")]).await.expect(200);
    assert!(!none.body.contains(&it) && none.body.contains("No closed chat holds these words"), "{}", none.gist());
    let empty = sam.browser.submit("/console/closed", "/console/closed/matches", &[("words", " ")]).await.expect(422);
    assert!(empty.body.contains("Please write something here."), "{}", empty.gist());
    let rows = app.app.store.audit_rows(None, 1_000).unwrap();
    let searches: Vec<_> = rows.iter().filter(|row| matches!(row.action, AuditAction::ChatsSearched { .. })).collect();
    assert_eq!(searches.len(), 2);
    assert_eq!(searches[1].action, AuditAction::ChatsSearched { conversations: 1 });
}

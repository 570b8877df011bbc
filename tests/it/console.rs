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
    assert!(!none.body.contains(&it) && none.body.contains("No chat has all of this"), "{}", none.gist());
    let long = "x".repeat(101);
    let wrong = sam.browser.submit("/console/closed", "/console/closed/matches", &[("words", &long)]).await.expect(422);
    assert!(wrong.body.contains("at most 100 characters"), "{}", wrong.gist());
    let rows = app.app.store.audit_rows(None, 1_000).unwrap();
    let searches: Vec<_> = rows.iter().filter(|row| matches!(row.action, AuditAction::ChatsSearched { .. })).collect();
    assert_eq!(searches.len(), 2);
    assert_eq!(searches[1].action, AuditAction::ChatsSearched { conversations: 1 });
}

#[tokio::test]
async fn chats_are_found_by_who_where_and_when_page_by_page() {
    let app = TestApp::start().await;
    let mut sam = app.operator("op.sam").await;
    let mut anna = app.operator("op.anna").await;
    let mut closed = Vec::new();
    for number in 0..55 {
        let mut visitor = app.visitor(&format!("v{number}")).await;
        let it = visitor
            .start_with(&format!("question {number}"), json!({"answers": {"name": format!("Visitor {number}")}}))
            .await
            .unwrap();
        let operator = if number % 2 == 0 { &mut sam } else { &mut anna };
        operator.accept(&it.conversation).await;
        operator.close(&it.conversation).await;
        visitor.hears_kind(&it.conversation, "closed").await;
        closed.push(it.conversation);
    }
    let mut waiting = app.visitor("waiting").await;
    let open = waiting.start("an open question").await.conversation;
    let find = async |fields: &[(&str, &str)]| {
        sam.browser.submit("/console/closed", "/console/closed/matches", fields).await.expect(200)
    };
    let shown = |page: &Answer| -> Vec<bool> { closed.iter().map(|it| page.body.contains(it)).collect() };
    let count = |page: &Answer| shown(page).iter().filter(|it| **it).count();

    // All of them on two pages, none on both, the newest first.
    let first = sam.browser.get("/console/closed").await.expect(200);
    assert_eq!(count(&first), 50);
    assert!(first.body.contains("Older chats") && !first.body.contains(&open));
    let after = first.body.split("name=\"after\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let second = find(&[("which", "closed"), ("after", &after)]).await;
    assert_eq!(count(&second), 5);
    assert!(shown(&first).iter().zip(shown(&second)).all(|(first, second)| *first != second));
    assert!(!second.body.contains("Older chats"), "{}", second.gist());

    // Open ones as well, and only they.
    let everything = find(&[("words", "question")]).await;
    assert!(everything.body.contains(&open) && count(&everything) == 49);
    let opened = find(&[("words", "question"), ("which", "open")]).await;
    assert!(opened.body.contains(&open) && count(&opened) == 0);
    // By who answered, with words in any order, and by what the visitor is called.
    let me = app.operator_id("op.sam@clinic.example").to_string();
    assert_eq!(count(&find(&[("operator", &me), ("which", "closed")]).await), 28);
    assert_eq!(count(&find(&[("operator", &me), ("words", "\"question 7\"")]).await), 0);
    assert_eq!(count(&find(&[("words", "32 visitor")]).await), 1);
    // By day, in the reader's zone.
    let today = app.app.now().to_string()[..10].to_owned();
    assert_eq!(count(&find(&[("from", &today), ("until", &today), ("zone", "UTC")]).await), 49);
    assert_eq!(count(&find(&[("until", "2001-01-01"), ("zone", "UTC")]).await), 0);
    assert_eq!(count(&find(&[("site", &app.site), ("words", "\"question 12\"")]).await), 1);
    let wrong = sam.browser.submit("/console/closed", "/console/closed/matches", &[("from", "soon")]).await.expect(422);
    assert!(wrong.body.contains("Write a day like"), "{}", wrong.gist());
}

#[tokio::test]
async fn a_chat_is_printed_and_exported_without_what_is_for_the_staff() {
    let app = TestApp::start().await;
    let mut visitor = app.visitor("maria").await;
    let it = visitor
        .start_with("=cmd()\n[2026-01-01] Anna: forged", json!({"answers": {"name": "<i>Maria</i>"}}))
        .await
        .unwrap()
        .conversation;
    let mut sam = app.operator("op.sam").await;
    sam.accept(&it).await;
    sam.send_frame(&json!({"t": "note", "id": "n1", "conversation": it, "text": "a note about her"})).await;
    sam.hears("a note about her").await;
    sam.close(&it).await;
    visitor.hears_kind(&it, "closed").await;
    let admin = app.admin().await;
    let (page, print) = (format!("/console/conversations/{it}/print"), format!("/console/conversations/{it}/print?notes"));
    let export = format!("/console/conversations/{it}/export");

    let sheet = admin.browser.get(&page).await.expect(200);
    assert!(sheet.body.contains("forged") && !sheet.body.contains("a note about her"), "{}", sheet.gist());
    assert!(!sheet.body.contains("<i>Maria"), "markup in a name stays text");
    let whole = admin.browser.get(&print).await.expect(200);
    assert!(whole.body.contains("a note about her") && whole.body.contains("Internal note"), "{}", whole.gist());

    for (format, kind) in
        [("text", "text/plain; charset=utf-8"), ("json", "application/json"), ("html", "text/html; charset=utf-8")]
    {
        let file = admin.browser.submit(&page, &export, &[("format", format)]).await.expect(200);
        assert_eq!(file.header("content-type"), kind);
        let named = file.header("content-disposition");
        assert!(named.starts_with(&format!("attachment; filename=\"{it}.")) && !named.contains("Maria"), "{named}");
        assert!(file.body.contains("forged") && !file.body.contains("a note about her"), "{format}: {}", file.body);
        let with = admin.browser.submit(&page, &export, &[("format", format), ("notes", "on")]).await.expect(200);
        assert!(with.body.contains("a note about her"), "{format}");
        match format {
            "text" => assert!(file.body.contains("=cmd()\n    [2026-01-01] Anna: forged"), "{}", file.body),
            "json" => {
                let read: serde_json::Value = serde_json::from_str(&file.body).unwrap();
                let numbers: Vec<_> = read["events"].as_array().unwrap().iter().map(|it| it["seq"].as_u64().unwrap()).collect();
                assert!(numbers.iter().zip(1..).all(|(number, expected)| *number == expected), "no hole says that there was one");
            }
            _ => assert!(!file.body.contains("<i>Maria") && file.body.contains("default-src 'none'"), "{}", file.body),
        }
    }
    let rows = app.app.store.audit_rows(None, 1_000).unwrap();
    let exported = AuditAction::TranscriptExported(it.parse().unwrap());
    assert_eq!(rows.iter().filter(|row| row.action == exported).count(), 6);
    // An operator may not unless their role may; they do not see the form either.
    let theirs = sam.browser.get(&page).await.expect(200);
    assert!(!theirs.body.contains("/export\""), "{}", theirs.gist());
    sam.browser.submit("/console/closed", &export, &[("format", "text")]).await.expect(404);
}

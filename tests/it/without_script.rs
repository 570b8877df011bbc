//! The chat as pages and plain forms: the same chat as everybody's, without a cookie before the first message, and nothing said twice.

use serde_json::json;

use crate::harness::app::TestApp;
use crate::harness::http::{Answer, Browser};

/// The hidden fields of the form on the page, and what is typed.
async fn submit(browser: &Browser, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
    let hidden: Vec<(&str, String)> = ["csrf", "visitor", "id", "language", "conversation"]
        .into_iter()
        .filter_map(|name| Some((name, page.field(name)?)))
        .collect();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend_from_slice(typed);
    browser.post(action, &fields).await
}

/// How often a text stands on a page.
fn count(page: &Answer, text: &str) -> usize {
    page.body.matches(text).count()
}

#[tokio::test]
async fn a_whole_chat_with_forms_alone() {
    let app = TestApp::start().await;
    let chat = format!("/chat/{}", app.site);
    let browser = Browser::new(&app.door);
    for text in ["my knee hurts since Monday", "come at three then", "I will be there"] {
        app.markers.note(text);
    }

    let first = browser.get(&chat).await.expect(200);
    assert_eq!(first.header("set-cookie"), "", "nothing is kept of who merely looks");
    assert!(!first.header("content-security-policy").contains("script-src"), "{:?}", first.headers);
    let started = submit(&browser, &first, &chat, &[("field-name", "Maria"), ("text", "my knee hurts since Monday")]).await;
    let cookie = started.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("__Host-parlor-chat-") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(!started.expect_done().location().contains("vst_"), "the token stands in no address");
    // Sent twice, as an impatient person does.
    submit(&browser, &first, &chat, &[("field-name", "Maria"), ("text", "my knee hurts since Monday")]).await.expect_done();

    let mut anna = app.admin().await;
    anna.connect().await;
    let page = browser.get(&chat).await.expect(200);
    assert_eq!(count(&page, "my knee hurts since Monday"), 1, "{}", page.gist());
    assert!(page.body.contains("You are next"), "{}", page.gist());
    let conversation = page.field("conversation").unwrap();
    anna.accept(&conversation).await;
    anna.send(&conversation, "come at three then").await;

    let page = browser.get(&chat).await.expect(200);
    assert!(page.body.contains("come at three then") && page.body.contains("Anna Admin is here"), "{}", page.gist());
    let action = format!("{chat}/messages");
    for _ in 0..2 {
        submit(&browser, &page, &action, &[("text", "I will be there")]).await.expect_done();
    }
    anna.hears("I will be there").await;
    let page = browser.get(&chat).await.expect(200);
    assert_eq!(count(&page, "I will be there"), 1, "{}", page.gist());

    let live = browser.get(&format!("{chat}?live")).await.expect(200);
    assert!(live.body.contains("<iframe") && live.header("refresh").is_empty(), "what is being typed is not lost");
    let log = browser.get(&format!("{chat}/log?live")).await.expect(200);
    assert_eq!(log.header("refresh"), "10");
    assert!(log.header("content-security-policy").ends_with("frame-ancestors 'self'") && log.body.contains("I will be there"));

    submit(&browser, &page, &format!("{chat}/closure"), &[]).await.expect_done();
    let over = browser.get(&chat).await.expect(200);
    assert!(over.body.contains("You ended this chat.") && over.body.contains("Start a new chat"), "{}", over.gist());
    submit(&browser, &over, &chat, &[("text", "one more thing")]).await.expect_done();
    let anew = browser.get(&chat).await.expect(200);
    assert_ne!(anew.field("conversation").unwrap(), conversation);
}

#[tokio::test]
async fn what_the_staff_say_among_themselves_stands_on_no_page_of_the_visitor() {
    const SECRET: &str = "the caller of yesterday, be kind";
    let app = TestApp::start().await;
    let chat = format!("/chat/{}", app.site);
    let browser = Browser::new(&app.door);
    app.markers.note("is anybody there");
    let first = browser.get(&chat).await.expect(200);
    submit(&browser, &first, &chat, &[("field-name", "Maria"), ("text", "is anybody there")]).await.expect_done();
    let conversation = browser.get(&chat).await.expect(200).field("conversation").unwrap();
    let (mut anna, bert) = (app.admin().await, app.operator("bert").await);
    anna.connect().await;
    anna.accept(&conversation).await;
    anna.does("note", &conversation, json!({"text": SECRET})).await;
    let bert = app.operator_id(&bert.email).to_string();
    anna.does("invite", &conversation, json!({"operator": bert})).await;
    anna.send(&conversation, "I am here").await;
    anna.does("transfer", &conversation, json!({"to": bert, "note": SECRET})).await;
    anna.hears(SECRET).await;
    for page in [&chat, &format!("{chat}?live"), &format!("{chat}/log"), &format!("{chat}/log?live")] {
        let page = browser.get(page).await.expect(200);
        assert!(!page.body.contains("yesterday"), "{}", page.gist());
    }
    let log = browser.get(&format!("{chat}/log")).await.expect(200);
    assert!(log.body.contains("I am here") && log.body.contains("bert of the clinic"), "{}", log.gist());
}

#[tokio::test]
async fn what_cannot_be_taken_is_shown_again_with_the_reason_in_the_visitors_language() {
    let app = TestApp::start().await;
    let chat = format!("/chat/{}", app.site);
    app.change_site(|site| {
        site.pre_chat.fields.push(parlor::domain::form::Field::email());
        let text = parlor::domain::text::Notice::parse("I agree to this.").unwrap();
        site.consent = Some(parlor::domain::form::Consent { text, version: 1, since: site.created_at });
    });
    let browser = Browser::new(&app.door);
    let page = browser.get(&format!("{chat}?lang=de")).await.expect(200);
    assert!(page.body.contains("<html lang=\"de\" dir=\"ltr\"") && page.body.contains("Ihre Nachricht"));
    let typed = [("text", "what I typed <b>"), ("field-email", "nobody")];
    let again = submit(&browser, &page, &format!("{chat}?lang=de"), &typed).await.expect(422);
    assert!(again.body.contains("Bitte stimmen Sie zu") && again.body.contains("what I typed &#60;b&#62;"), "{}", again.body);
    assert_eq!(again.header("set-cookie"), "");
    let agreed = [typed[0], typed[1], ("consent", "on")];
    let again = submit(&browser, &page, &format!("{chat}?lang=de"), &agreed).await.expect(422);
    assert!(again.body.contains("Das sieht nicht nach einer E-Mail-Adresse aus"), "{}", again.gist());
    let nothing = submit(&browser, &page, &chat, &[("text", " "), ("consent", "on")]).await.expect(422);
    assert!(nothing.body.contains("Please write something here."), "{}", nothing.gist());
    let hebrew = browser.get(&format!("{chat}?lang=he")).await.expect(200);
    assert!(hebrew.body.contains("<html lang=\"he\" dir=\"rtl\""));
    let missing = browser.get("/chat/nonsense?lang=fr").await.expect(404);
    assert!(missing.body.contains("Il n’y a pas de discussion ici"), "{}", missing.gist());
}

#[tokio::test]
async fn nobody_else_speaks_for_the_visitor() {
    let app = TestApp::start().await;
    let other = app.add_site("Another practice");
    let chat = format!("/chat/{}", app.site);
    let maria = Browser::new(&app.door);
    let first = maria.get(&chat).await.expect(200);
    submit(&maria, &first, &chat, &[("text", "only mine to see")]).await.expect_done();
    let page = maria.get(&chat).await.expect(200);
    let conversation = page.field("conversation").unwrap();

    // Another website sends her browser here.
    let forged = maria
        .request(reqwest::Method::POST, &format!("{chat}/messages"))
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .form(&[
            ("csrf", page.field("csrf").unwrap()),
            ("id", "a".to_owned()),
            ("conversation", conversation.clone()),
            ("text", "forged".to_owned()),
        ]);
    Browser::answer(forged).await.expect(403);
    // A form without its token, or with somebody else's, says nothing.
    let action = format!("{chat}/messages");
    maria.post(&action, &[("id", "b"), ("conversation", &conversation), ("text", "forged")]).await.expect_done();
    let tom = Browser::new(&app.door);
    let theirs = tom.get(&chat).await.expect(200);
    submit(&tom, &theirs, &chat, &[("text", "of somebody else")]).await.expect_done();
    let theirs = tom.get(&chat).await.expect(200);
    let csrf = theirs.field("csrf").unwrap();
    maria.post(&action, &[("csrf", &csrf), ("id", "c"), ("conversation", &conversation), ("text", "forged")]).await.expect_done();
    tom.post(&action, &[("csrf", &csrf), ("id", "d"), ("conversation", &conversation), ("text", "forged")]).await.expect(422);

    let page = maria.get(&chat).await.expect(200);
    assert!(page.body.contains("only mine to see") && !page.body.contains("forged") && !page.body.contains("of somebody else"));
    assert!(!theirs.body.contains("only mine to see"));
    // The chat of one site is nothing to the page of another.
    assert!(!maria.get(&format!("/chat/{other}")).await.expect(200).body.contains("only mine to see"));
}

#[tokio::test]
async fn where_nobody_is_there_a_message_is_left_with_the_form_for_that() {
    let app = TestApp::start().await;
    let chat = format!("/chat/{}", app.site);
    app.change_site(|site| site.routing.leave_message_after_seconds = Some(60));
    let browser = Browser::new(&app.door);
    let page = browser.get(&chat).await.expect(200);
    assert!(page.body.contains("Leave a message") && page.body.contains("Nobody is here right now"), "{}", page.gist());
    let left = async |page: &Answer, email: &str| {
        let typed = [("leave", "on"), ("field-name", "Maria"), ("field-email", email), ("text", "call me back")];
        submit(&browser, page, &chat, &typed).await
    };
    let again = left(&page, "").await.expect(422);
    assert!(again.body.contains("Please fill this in.") && again.body.contains("call me back"), "{}", again.gist());
    left(&page, "maria@example.org").await.expect_done();
    let page = browser.get(&chat).await.expect(200);
    assert!(page.body.contains("Your message has arrived."), "{}", page.gist());
    let kept = app.app.store.open_conversations();
    assert_eq!(kept[0].lock().head.about.channel, parlor::domain::about::Channel::Message);

    // While somebody is there it is a chat, in which one may still leave a message instead of waiting.
    let mut anna = app.admin().await;
    anna.connect().await;
    let tom = Browser::new(&app.door);
    let page = tom.get(&chat).await.expect(200);
    assert!(page.body.contains("Start chat"), "{}", page.gist());
    submit(&tom, &page, &chat, &[("text", "is anybody there")]).await.expect_done();
    let page = tom.get(&chat).await.expect(200);
    assert!(page.body.contains("Leave a message instead"), "{}", page.gist());
    let form = tom.get(&format!("{chat}?leave")).await.expect(200);
    let typed = [("leave", "on"), ("field-email", "tom@example.org"), ("text", "")];
    submit(&tom, &form, &chat, &typed).await.expect_done();
    assert!(tom.get(&chat).await.expect(200).body.contains("Your message has arrived."));
}

#[tokio::test]
async fn whoever_is_kept_out_is_told_so() {
    let app = TestApp::start().await;
    let chat = format!("/chat/{}", app.site);
    let browser = Browser::new(&app.door);
    let page = browser.get(&chat).await.expect(200);
    let admin = app.admin().await;
    let network = [("network", "127.0.0.0/8"), ("reason", "for this test")];
    admin.browser.submit("/console/blocks", "/console/blocks", &network).await.expect_done();
    let refused = submit(&browser, &page, &chat, &[("text", "let me in")]).await.expect(422);
    assert!(refused.body.contains("This chat is not available to you."), "{}", refused.gist());
}

//! The pages on which people get what is theirs: the administrator's, and the one for a visitor with a code, which the window shows.

use parlor::domain::form::{Consent, Field};
use parlor::domain::text::Notice;
use parlor::domain::time::Timestamp;

use super::pages::{look, nothing};
use super::visitor_says;
use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

#[tokio::test]
async fn a_code_from_the_window_opens_what_is_kept_and_an_administrator_finds_the_same() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.change_site(|site| {
        site.pre_chat.fields = vec![Field::name(), Field::email()];
        let text = Notice::parse("We keep this chat for as long as it says below.").unwrap();
        site.consent = Some(Consent { text, version: 1, since: Timestamp::from_millis(0) });
    });
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let mut wrong = Vec::new();

    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/widget/{}", app.site)).await;
    visitor.until_there(In::Page, "#text").await;
    visitor.fill(In::Page, "[name=name]", "Maria Lindqvist").await;
    visitor.fill(In::Page, "[name=email]", "maria@post.example").await;
    visitor.click(In::Page, "[name=consent]").await;
    visitor_says(&visitor, In::Page, "My prescription ran out yesterday.").await;
    visitor.click(In::Page, "footer summary").await;
    visitor
        .until(In::Page, "the code", "document.getElementById('code').textContent.match(/[A-Z2-7]{4}(-[A-Z2-7]{4}){3}/)")
        .await;
    look(&visitor, "panel-code", In::Page, &mut wrong).await;
    let code = visitor.eval(In::Page, "document.getElementById('code').textContent.match(/[A-Z2-7-]{19}/)[0]").await;
    let code = code.as_str().unwrap().to_owned();

    let admin = browsers.open().await;
    admin.sign_in(&origin, ADMIN, PASSWORD).await;
    admin.goto(&format!("{origin}/admin/privacy/people")).await;
    look(&admin, "subjects-ask", In::Page, &mut wrong).await;
    for (mark, name) in [("nobody@post.example", "subjects-nothing"), (&*code, "subjects-found")] {
        admin.fill(In::Page, "#mark", mark).await;
        admin.click(In::Page, "main form[role=search] .button-primary").await;
        admin.until_there(In::Page, "#found").await;
        look(&admin, name, In::Page, &mut wrong).await;
    }
    // Who has the chat open sees it at once.
    let desk = browsers.open().await;
    desk.sign_in(&origin, ADMIN, PASSWORD).await;
    let it = app.app.store.open_conversations()[0].lock().head.id;
    desk.goto(&format!("{origin}/console/conversations/{it}")).await;
    desk.until_there(In::Page, ".visitor .facts").await;
    admin.click(In::Page, "form[action$=restriction] button").await;
    admin.until_text(In::Page, "main", "1 chat restricted").await;
    desk.until_text(In::Page, ".conversation-mark", "Restricted").await;
    desk.until_text(In::Page, ".visitor", "They asked for it.").await;
    desk.until_text(In::Page, ".facts-chat", "not before its restriction is lifted").await;
    look(&desk, "console-restricted", In::Page, &mut wrong).await;
    desk.quit().await;
    admin.click(In::Page, "form[action$=removal] button").await;
    admin.until_text(In::Page, "main", "1 chat in use again").await;

    // On their own page, by keyboard, in every direction.
    for language in ["en", "de", "ar"] {
        visitor.goto(&format!("{origin}/your-data?lang={language}")).await;
        look(&visitor, &format!("your-data-first-{language}"), In::Page, &mut wrong).await;
        visitor.tab_to(In::Page, "#mark").await;
        visitor.write("abcd").await;
        visitor.key("Enter").await;
        visitor.until_there(In::Page, ".faults").await;
        let _ = visitor.complaints(&["422"]).await;
        look(&visitor, &format!("your-data-fault-{language}"), In::Page, &mut wrong).await;
        visitor.fill(In::Page, "#mark", &code).await;
        visitor.key("Enter").await;
        visitor.until_text(In::Page, "main", "Maria Lindqvist").await;
        look(&visitor, &format!("your-data-found-{language}"), In::Page, &mut wrong).await;
    }
    visitor.goto(&format!("{origin}/your-data?lang=en")).await;
    visitor.fill(In::Page, "#mark", &code).await;
    visitor.key("Enter").await;
    visitor.until_there(In::Page, ".end summary").await;
    visitor.click(In::Page, ".end summary").await;
    visitor.click(In::Page, ".end button").await;
    visitor.until_there(In::Page, "#confirm-fault").await;
    let _ = visitor.complaints(&["422"]).await;
    look(&visitor, "your-data-unsure", In::Page, &mut wrong).await;
    visitor.click(In::Page, "#confirm").await;
    visitor.click(In::Page, ".end button").await;
    visitor.until_text(In::Page, "main", "Your data has been deleted.").await;
    look(&visitor, "your-data-erased", In::Page, &mut wrong).await;

    admin.fill(In::Page, "#mark", &code).await;
    admin.click(In::Page, "main form[role=search] .button-primary").await;
    admin.until_text(In::Page, "main", "Their data was erased on").await;
    look(&admin, "subjects-erased", In::Page, &mut wrong).await;
    admin.quit().await;
    visitor.quit().await;
    nothing(&wrong);
}

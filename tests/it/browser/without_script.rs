//! A chat in a browser whose scripts are switched off.

use serde_json::json;

use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};

use super::pages::{look, nothing};
use super::{accept_first, operator_hears, operator_says};

async fn without_script(screen: &Screen) {
    screen.cdp("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
}

#[tokio::test]
async fn a_chat_with_scripts_switched_off_by_keyboard() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    without_script(&visitor).await;
    visitor.goto(&format!("{}/chat/{}", app.door.origin(), app.site)).await;
    visitor.tab_to(In::Page, "[name=field-name]").await;
    visitor.write("Maria").await;
    visitor.tab_to(In::Page, "#text").await;
    visitor.write("written without any script").await;
    visitor.tab_to(In::Page, "main form button").await;
    visitor.key("Enter").await;
    visitor.until_shown(".entry.visitor .said", "written without any script").await;

    let operator = browsers.open().await;
    operator.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    operator.goto(&format!("{}/console", app.door.origin())).await;
    accept_first(&operator).await;
    operator_hears(&operator, "written without any script").await;
    operator_says(&operator, "and answered all the same").await;
    operator_hears(&operator, "and answered all the same").await;

    visitor.tab_to(In::Page, ".news .button").await;
    visitor.key("Enter").await;
    visitor.until_shown(".entry.operator .said", "and answered all the same").await;
    visitor.tab_to(In::Page, "summary").await;
    visitor.key("Enter").await;
    visitor.tab_to(In::Page, ".end button").await;
    visitor.key("Enter").await;
    visitor.until_shown(".over", "You ended this chat.").await;
    assert_eq!(visitor.complaints(&[]).await, [""; 0]);
    operator.quit().await;
    visitor.quit().await;
}

#[tokio::test]
async fn its_pages_in_every_size_and_direction() {
    let app = TestApp::start().await;
    app.change_site(|site| site.pre_chat.fields.push(parlor::domain::form::Field::email()));
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let origin = app.door.origin();
    let mut wrong = Vec::new();
    for language in ["en", "de", "ar"] {
        screen.goto(&format!("{origin}/chat/{}?lang={language}", app.site)).await;
        look(&screen, &format!("chat-first-{language}"), In::Page, &mut wrong).await;
    }
    screen.fill(In::Page, "[name=field-email]", "not an address").await;
    screen.fill(In::Page, "#text", "ركبتي تؤلمني منذ يوم الاثنين. Can I come today?").await;
    screen.click(In::Page, "main form button").await;
    screen.until_there(In::Page, ".faults").await;
    // The answer to the form says that it cannot be taken, which Chromium notes.
    assert_eq!(screen.complaints(&["422"]).await, [""; 0]);
    look(&screen, "chat-fault-ar", In::Page, &mut wrong).await;
    screen.fill(In::Page, "[name=field-email]", "maria@example.org").await;
    screen.click(In::Page, "main form button").await;
    screen.until_there(In::Page, ".entry.visitor").await;

    let mut anna = app.admin().await;
    anna.connect().await;
    let conversation = screen.eval(In::Page, "document.querySelector('[name=conversation]').value").await;
    let conversation = conversation.as_str().unwrap();
    anna.accept(conversation).await;
    anna.send(conversation, "أهلًا بك، يمكنك المجيء في الثالثة.").await;
    for language in ["ar", "de"] {
        screen.goto(&format!("{origin}/chat/{}?lang={language}", app.site)).await;
        look(&screen, &format!("chat-talk-{language}"), In::Page, &mut wrong).await;
        screen.goto(&format!("{origin}/chat/{}?lang={language}&live", app.site)).await;
        look(&screen, &format!("chat-live-{language}"), In::Page, &mut wrong).await;
    }
    screen.goto(&format!("{origin}/chat/{}/log", app.site)).await;
    look(&screen, "chat-log", In::Page, &mut wrong).await;
    anna.close(conversation).await;
    screen.goto(&format!("{origin}/chat/{}", app.site)).await;
    screen.until_there(In::Page, ".over").await;
    look(&screen, "chat-over", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

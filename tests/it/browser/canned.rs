//! Canned responses, with the keyboard alone: written on their page, found behind a slash, filled in from the chat.

use serde_json::json;

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};
use crate::harness::world::ManualClock;

use super::accept_first;
use super::pages::{look, nothing};

/// Writes a response on its page and saves it.
async fn write(screen: &Screen, origin: &str, shortcut: &str, title: &str, text: &str) {
    screen.goto(&format!("{origin}/console/canned")).await;
    screen.tab_to(In::Page, "a[href='/console/canned/new']").await;
    screen.key("Enter").await;
    for (field, text) in [("#shortcut", shortcut), ("#title", title), ("#text", text)] {
        screen.until_there(In::Page, field).await;
        screen.tab_to(In::Page, field).await;
        screen.write(text).await;
    }
    screen.tab_to(In::Page, ".canned-form .button-primary").await;
    screen.key("Enter").await;
    screen.until_text(In::Page, "main", "Saved.").await;
}

async fn reply(screen: &Screen) -> String {
    screen.eval(In::Page, "document.querySelector('.composer textarea').value").await.as_str().unwrap().to_owned()
}

const OPEN: &str = ".canned-list [role=option]";

#[tokio::test]
async fn a_response_is_found_behind_a_slash_and_asks_for_what_is_not_known() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let mut wrong = Vec::new();
    let operator = browsers.open().await;
    operator.sign_in(&origin, ADMIN, PASSWORD).await;
    operator.goto(&format!("{origin}/console/canned")).await;
    look(&operator, "canned-empty", In::Page, &mut wrong).await;
    write(&operator, &origin, "/hello", "A warm welcome", "Hello {visitor.name}, this is {site}. How can I help?").await;
    write(&operator, &origin, "help", "Calling back", "We call you back. Is {email} still right?").await;
    write(&operator, &origin, "bye", "Farewell", "Goodbye <b>and</b> thank you").await;
    look(&operator, "canned", In::Page, &mut wrong).await;
    operator.click(In::Page, ".canned-row .list-link").await;
    operator.until_there(In::Page, "#preview").await;
    look(&operator, "canned-one", In::Page, &mut wrong).await;

    let mut maria = app.visitor("maria").await;
    maria.start_with("Is anybody there?", json!({"answers": {"name": "Maria"}})).await.unwrap();
    operator.goto(&format!("{origin}/console")).await;
    accept_first(&operator).await;
    operator.until(In::Page, "the focus in the reply", "document.activeElement?.matches('.composer textarea')").await;

    // A slash within a word is one, and nothing opens.
    operator.write("and/or ").await;
    assert_eq!(operator.eval(In::Page, "document.querySelectorAll('.canned-list:not([hidden])').length").await, 0);
    operator.write("/").await;
    operator.until(In::Page, "all three", &format!("document.querySelectorAll('{OPEN}').length === 3")).await;
    look(&operator, "canned-list", In::Page, &mut wrong).await;
    operator.key("Escape").await;
    operator.until(In::Page, "a closed list", "document.querySelector('.canned-list').hidden").await;
    let focus = "document.activeElement?.matches('.composer textarea')";
    assert_eq!(operator.eval(In::Page, focus).await, true, "Escape closes the list and nothing else");
    operator.fill(In::Page, ".composer textarea", "/hel").await;
    operator.until(In::Page, "two", &format!("document.querySelectorAll('{OPEN}').length === 2")).await;
    operator.key("ArrowDown").await;
    let chosen =
        "document.getElementById(document.querySelector('.composer textarea').getAttribute('aria-activedescendant')).textContent";
    assert!(operator.eval(In::Page, chosen).await.as_str().unwrap().contains("/help"));
    operator.key("ArrowDown").await;
    operator.key("Enter").await;
    assert_eq!(reply(&operator).await, "Hello Maria, this is Clinic Nord website. How can I help?");
    operator.key("Enter").await;
    maria.hears("Hello Maria, this is Clinic Nord website. How can I help?").await;

    // What is not known is marked, and the reply does not go out with it unseen.
    operator.write("/help").await;
    // The shortcut stands before the one whose text has the word.
    operator.until(In::Page, "two", &format!("document.querySelectorAll('{OPEN}').length === 2")).await;
    operator.key("Tab").await;
    assert_eq!(reply(&operator).await, "We call you back. Is ⟨e-mail address⟩ still right?");
    operator.key("Enter").await;
    operator.until_text(In::Page, ".composer-note", "is not filled in yet").await;
    look(&operator, "canned-unfilled", In::Page, &mut wrong).await;
    // It is selected, so typing takes its place.
    operator.write("maria@example.org").await;
    operator.key("Enter").await;
    maria.hears("We call you back. Is maria@example.org still right?").await;

    operator.write("/bye").await;
    operator.until(In::Page, "one", &format!("document.querySelectorAll('{OPEN}').length === 1")).await;
    operator.key("Enter").await;
    operator.key("Enter").await;
    maria.hears("Goodbye <b>and</b> thank you").await;
    assert_eq!(operator.complaints(&[]).await, [""; 0]);
    operator.quit().await;
    nothing(&wrong);
}

//! Secure forms in real windows: built with buttons, sent from the console, opened from the chat window and by a link, seen beside the chat.

use parlor::service::secure_forms::{self, SecureFormDraft};

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};
use crate::harness::world::ManualClock;
use crate::secure_forms::a_link;

use super::pages::{look, nothing};
use super::{accept_first, visitor_says};

const BUTTON: &str = "#events form.bubble button";

async fn add(screen: &Screen, row: usize, kind: &str, label: &str) {
    screen.run(&format!("document.getElementById('adding').value = '{kind}'")).await;
    screen.click(In::Page, "button[value=add]").await;
    screen.until_there(In::Page, &format!("#label_{row}")).await;
    screen.fill(In::Page, &format!("#label_{row}"), label).await;
}

#[tokio::test]
async fn a_form_is_built_sent_opened_in_the_chat_window_and_seen_beside_the_chat() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let origin = app.door.origin();
    let mut wrong = Vec::new();
    let browsers = Browsers::start();
    let operator = browsers.open().await;
    operator.sign_in(&origin, ADMIN, PASSWORD).await;
    operator.goto(&format!("{origin}/admin/privacy/forms")).await;
    look(&operator, "forms-none", In::Page, &mut wrong).await;
    operator.goto(&format!("{origin}/admin/privacy/forms/new")).await;
    operator.fill(In::Page, "#name", "Admission").await;
    operator.fill(In::Page, "#intro", "So that the ward can get ready for you.").await;
    operator.fill(In::Page, "#consent", "I agree that the ward reads this.").await;
    add(&operator, 0, "long", "CVV of your card").await;
    operator.click(In::Page, ".save .button-primary").await;
    operator.until_text(In::Page, "main", "Nobody may store one").await;
    assert_eq!(operator.complaints(&["422"]).await, [""; 0]);
    look(&operator, "form-builder-refused", In::Page, &mut wrong).await;
    operator.fill(In::Page, "#label_0", "What happened?").await;
    add(&operator, 1, "card", "Card number").await;
    add(&operator, 2, "date", "Date of birth").await;
    operator.click(In::Page, ".save .button-primary").await;
    operator.until_text(In::Page, "main", "Operators can send it now").await;
    look(&operator, "form-builder", In::Page, &mut wrong).await;
    operator.click(In::Page, "#languages a[href$='/de']").await;
    operator.fill(In::Page, "#label_0", "Was ist passiert?").await;
    operator.click(In::Page, ".save .button-primary").await;
    operator.until_text(In::Page, "main", "Saved.").await;
    look(&operator, "form-texts", In::Page, &mut wrong).await;
    operator.goto(&format!("{origin}/admin/privacy/forms")).await;
    look(&operator, "forms", In::Page, &mut wrong).await;

    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/widget/{}", app.site)).await;
    visitor_says(&visitor, In::Page, "may I come in today").await;
    operator.goto(&format!("{origin}/console")).await;
    accept_first(&operator).await;
    let chat = operator.eval(In::Page, "document.querySelector('.conversation').dataset.conversation").await;
    let chat = chat.as_str().unwrap().to_owned();
    operator.goto(&format!("{origin}/console/conversations/{chat}/forms")).await;
    look(&operator, "form-send", In::Page, &mut wrong).await;
    operator.click(In::Page, "main form .button-primary").await;
    operator.until_text(In::Page, "main", "The visitor can open it now").await;
    operator.goto(&format!("{origin}/console/conversations/{chat}")).await;
    operator.until_there(In::Page, ".console[data-ready]").await;

    visitor.until_text(In::Page, BUTTON, "Open the form").await;
    look(&visitor, "panel-form", In::Page, &mut wrong).await;
    // In this window and not in one beside it, so that the test can look on.
    visitor.run("document.querySelector('#events form.bubble').target = '_self'").await;
    visitor.click(In::Page, BUTTON).await;
    visitor.until_text(In::Page, "h1", "Admission").await;
    assert_eq!(visitor.eval(In::Page, "location.hash + location.search").await, "", "no address holds anything");
    look(&visitor, "form", In::Page, &mut wrong).await;
    visitor.fill(In::Page, "textarea", "my knee").await;
    visitor.fill(In::Page, "[autocomplete=cc-number]", "4111 1111 1111 1112").await;
    visitor.click(In::Page, "main form .button-primary").await;
    visitor.until_text(In::Page, ".faults", "This is not a card number").await;
    assert_eq!(visitor.complaints(&["422"]).await, [""; 0]);
    look(&visitor, "form-refused", In::Page, &mut wrong).await;
    visitor.fill(In::Page, "[autocomplete=cc-number]", "4111 1111 1111 1111").await;
    visitor.run("document.querySelector('[type=date]').value = '1980-12-31'").await;
    visitor.click(In::Page, "#consent").await;
    visitor.click(In::Page, "main form .button-primary").await;
    visitor.until_text(In::Page, "h1", "Your answers have arrived").await;
    look(&visitor, "form-done", In::Page, &mut wrong).await;

    // The card beside the chat tells of it by itself.
    operator.until_text(In::Page, ".card-forms", "••••••••1111").await;
    look(&operator, "console-form", In::Page, &mut wrong).await;
    operator.click(In::Page, ".card-forms .submission-head a").await;
    operator.until_text(In::Page, "h1", "Admission").await;
    look(&operator, "submission", In::Page, &mut wrong).await;
    operator.fill(In::Page, "#reason", "needed for the ward").await;
    operator.click(In::Page, "main form .button-primary").await;
    operator.until_text(In::Page, ".submission-answers", "my knee").await;
    look(&operator, "submission-revealed", In::Page, &mut wrong).await;
    operator.goto(&format!("{origin}/console/forms")).await;
    look(&operator, "console-forms", In::Page, &mut wrong).await;
    visitor.quit().await;
    operator.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn a_link_opens_its_form_and_leaves_nothing_in_the_address() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let _admin = app.admin().await;
    let link = a_link(&app.app.ctx(&app.admin_actor()), app.site_id());
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    screen.goto(&format!("{}/form", app.door.origin())).await;
    look(&screen, "form-without-link", In::Page, &mut wrong).await;
    screen.goto("about:blank").await;
    screen.goto(&format!("{}/form#{link}", app.door.origin())).await;
    screen.until_text(In::Page, "h1", "Admission").await;
    assert_eq!(screen.eval(In::Page, "location.hash").await, "");
    screen.fill(In::Page, "main form input.input", "by a link").await;
    reword(&app, "What else is it about?");
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, ".faults", "This form has changed meanwhile").await;
    assert_eq!(screen.complaints(&["422"]).await, [""; 0]);
    look(&screen, "form-changed", In::Page, &mut wrong).await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "h1", "Your answers have arrived").await;
    assert_eq!(app.app.store.submissions().len(), 1);

    // Somebody takes a link back while a page of it is open.
    let link = a_link(&app.app.ctx(&app.admin_actor()), app.site_id());
    screen.goto("about:blank").await;
    screen.goto(&format!("{}/form#{link}", app.door.origin())).await;
    screen.until_text(In::Page, "h1", "Admission").await;
    screen.fill(In::Page, "main form input.input", "a long story").await;
    let house = app.app.store.house();
    let open = house.requests.values().find(|request| request.used_at.is_none()).unwrap().id;
    secure_forms::withdraw(&app.app.ctx(&app.admin_actor()), open).unwrap();
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "a long story").await;
    assert_eq!(screen.complaints(&["404"]).await, [""; 0]);
    look(&screen, "form-withdrawn", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

/// Asks something else in the one form that there is.
fn reword(app: &TestApp, label: &str) {
    let actor = app.admin_actor();
    let ctx = app.app.ctx(&actor);
    let id = *app.app.store.house().forms.keys().next().unwrap();
    let mut draft = SecureFormDraft::of(&secure_forms::get(&ctx, id).unwrap());
    draft.fields[0].label = label.to_owned();
    secure_forms::change(&ctx, id, &draft).unwrap();
}

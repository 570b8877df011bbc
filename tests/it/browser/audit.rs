//! The audit log as people read it: newest, filtered, mistyped, at every size.

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};

#[tokio::test]
async fn rows_are_found_by_filters_and_what_is_mistyped_is_named() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.employ("bert", &[&app.site.clone()]);
    let mut maria = app.visitor("maria").await;
    maria.connect().await;
    let talk = maria.start("my foot hurts").await.conversation;
    let mut admin = app.admin().await;
    admin.connect().await;
    admin.accept(&talk).await;
    let bert = app.stranger();
    bert.browser.submit("/login", "/login", &[("email", "bert@clinic.example"), ("password", "wrong")]).await;

    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/audit")).await;
    screen.until_text(In::Page, "main", "Opened a chat").await;
    look(&screen, "audit-newest", In::Page, &mut wrong).await;
    screen.click(In::Page, ".audit-filters summary").await;
    screen.fill(In::Page, "[name=about]", &talk).await;
    screen.click(In::Page, ".audit-filters .button-primary").await;
    screen.until_text(In::Page, "main", "What was found").await;
    look(&screen, "audit-found", In::Page, &mut wrong).await;
    screen.fill(In::Page, "[name=address]", "nowhere").await;
    screen.click(In::Page, ".audit-filters .button-primary").await;
    screen.until_text(In::Page, "main", "Write an address or a network").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "audit-mistyped", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

//! Evidence, paperwork, the breach kit and the export as people see them.

use parlor::domain::access::Actor;
use parlor::service::retention;

use super::pages::{look, nothing};
use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

#[tokio::test]
async fn papers_are_made_looked_at_and_asked_for() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let mut maria = app.visitor("maria").await;
    maria.connect().await;
    let talk = maria.start("a chat that is closed already").await.conversation;
    let mut admin = app.admin().await;
    admin.connect().await;
    admin.accept(&talk).await;
    admin.browser.get(&format!("/console/conversations/{talk}")).await.expect(200);
    admin.close(&talk).await;
    assert_eq!(retention::purge_now(&app.app.ctx(&Actor::Host), None).unwrap().gone, 1);

    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/privacy/evidence")).await;
    look(&screen, "evidence-none", In::Page, &mut wrong).await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "The report was made").await;
    look(&screen, "evidence", In::Page, &mut wrong).await;
    for paper in ["", "/processing", "/retention", "/recipients", "/devices"] {
        screen.goto(&format!("{origin}/admin/privacy/records{paper}")).await;
        look(&screen, &format!("records{}", paper.replace('/', "-")), In::Page, &mut wrong).await;
    }
    screen.goto(&format!("{origin}/admin/privacy/breach")).await;
    look(&screen, "breach-empty", In::Page, &mut wrong).await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "Write a day and an hour").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "breach-failed", In::Page, &mut wrong).await;
    let day: String = app.app.now().to_string().chars().take(10).collect();
    // A widget of the browser's own, which the keys of a test cannot fill in alike everywhere.
    let fill = format!(
        "document.querySelector('[name=since]').value = '{day}T00:00'; document.querySelector('[name=until]').value = '{day}T23:59'"
    );
    screen.eval(In::Page, &fill).await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "#found", "Opened a chat").await;
    look(&screen, "breach", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/privacy/export")).await;
    look(&screen, "export", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

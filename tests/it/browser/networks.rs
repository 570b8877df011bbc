//! The pages that say from where somebody may come.

use super::pages::{look, nothing};
use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp, address};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

#[tokio::test]
async fn lists_are_rehearsed_tried_and_kept() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let bert = app.employ("bert", &[&app.site.clone()]);
    let at_home = Operator::at_the_door(&app.door, &bert, Some(address("127.0.0.3")));
    at_home.sign_in(PASSWORD).await.expect_done();
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;

    screen.goto(&format!("{origin}/admin/security")).await;
    screen.fill(In::Page, "#networks", "127.0.0.1\n2001:db8::/32").await;
    screen.click(In::Page, "button[name=rehearsal]").await;
    screen.until_text(In::Page, "#rehearsal", "127.0.0.3").await;
    look(&screen, "security-rehearsal", In::Page, &mut wrong).await;
    assert_eq!(screen.eval(In::Page, "document.querySelector('#networks').value").await, "127.0.0.1\n2001:db8::/32");

    screen.fill(In::Page, "#networks", "203.0.113.7").await;
    screen.click(In::Page, "form .button-primary").await;
    screen.until_text(In::Page, "h1", "This would shut you out").await;
    look(&screen, "security-lockout", In::Page, &mut wrong).await;

    screen.goto(&format!("{origin}/admin/sites/{}/visitors", app.site)).await;
    screen.fill(In::Page, "#never", "192.0.2.0/24\nthe town").await;
    screen.click(In::Page, "form .button-primary").await;
    screen.until_text(In::Page, "main", "is not an address or network").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "site-visitors-failed", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

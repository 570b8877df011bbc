//! The pages of webhooks: empty, a new one refused and taken, its secret, a try, and what became of deliveries.

use std::time::Duration;

use parlor::config::Config;
use parlor::domain::network::Network;
use serde_json::json;

use super::pages::{look, nothing};
use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::receiver::{Answer, Receiver};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

#[tokio::test]
async fn the_pages_of_webhooks() {
    let change = |config: &mut Config| config.outbound_private = vec![Network::parse("127.0.0.0/8").unwrap()];
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), set_up: true, change: Box::new(change) }).await;
    let receiver = Receiver::open().await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    for (name, path) in [("webhooks-empty", "/admin/webhooks"), ("deliveries-empty", "/admin/webhooks/deliveries")] {
        screen.goto(&format!("{origin}{path}")).await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    screen.goto(&format!("{origin}/admin/webhooks/new")).await;
    look(&screen, "webhook-new", In::Page, &mut wrong).await;
    screen.fill(In::Page, "[name=name]", "The clinic’s own records").await;
    screen.fill(In::Page, "[name=url]", "http://desk.clinic.example/").await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "Write the receiver’s address like").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "webhook-failed", In::Page, &mut wrong).await;
    screen.fill(In::Page, "[name=url]", &receiver.url()).await;
    screen.fill(In::Page, "[name=authority]", &receiver.authority).await;
    screen.click(In::Page, "[name=with_transcript]").await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "Copy it now.").await;
    look(&screen, "webhook-secret", In::Page, &mut wrong).await;
    screen.click(In::Page, "form[action$=trial] button").await;
    screen.until_text(In::Page, "main", "The receiver has taken the test").await;
    look(&screen, "webhook-tried", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/webhooks")).await;
    look(&screen, "webhooks", In::Page, &mut wrong).await;

    // One that was taken, one that was given up, one that is tried again, one that waits.
    let mut maria = app.visitor("maria").await;
    for answer in [Answer::Status(204), Answer::Status(410), Answer::Status(503)] {
        let it = maria.start_with("a chat that is told", json!({})).await.unwrap().conversation;
        maria.end(&it).await;
        receiver.will([answer]);
        parlor::jobs::webhooks::deliver(&app.app).await;
    }
    app.clock.advance(Duration::from_secs(1));
    let it = maria.start_with("a chat that is told", json!({})).await.unwrap().conversation;
    maria.end(&it).await;
    screen.goto(&format!("{origin}/admin/webhooks/deliveries")).await;
    for text in ["Taken", "Given up", "Is tried again", "Waits", "Send again"] {
        screen.until_text(In::Page, "main", text).await;
    }
    look(&screen, "deliveries", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

//! Limits and alerts as administrators see them, and what a visitor is told who has to wait.

use std::net::IpAddr;

use parlor::domain::access::Actor;
use parlor::service::suspicion::{self, Sign};
use parlor::service::throttle;
use serde_json::json;

use super::pages::{look, nothing};
use super::{visitor_hears, visitor_says};
use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp, address};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

/// Somebody far away tries doors.
fn tries_doors(app: &TestApp, from: &str) {
    let ctx = app.app.ctx(&Actor::Stranger);
    let from: IpAddr = from.parse().unwrap();
    for n in 0..25 {
        suspicion::note(&ctx, from, Sign::Page(&format!("/{n}.php")));
    }
}

#[tokio::test]
async fn limits_and_alerts_are_read_changed_and_seen() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;

    screen.goto(&format!("{origin}/admin/security/alerts")).await;
    screen.until_text(In::Page, "#open", "Nothing that nobody has seen").await;
    look(&screen, "alerts-none", In::Page, &mut wrong).await;

    tries_doors(&app, "2001:db8:1:2::7");
    tries_doors(&app, "203.0.113.66");
    let ctx = app.app.ctx(&Actor::Stranger);
    for n in 0..10 {
        let account = throttle::account(ADMIN);
        let from = address(&format!("198.51.{n}.1"));
        suspicion::note(&ctx, from, Sign::Password { account: &account, whose: Some(app.operator_id(ADMIN)) });
    }
    app.app.store.commit(app.app.store.batch()).wait().unwrap();
    screen.refresh().await;
    screen.until_text(In::Page, "#open", "2001:db8:1:2::/64").await;
    look(&screen, "alerts-open", In::Page, &mut wrong).await;
    screen.click(In::Page, ".alert .button").await;
    screen.until_text(In::Page, "main", "Marked as seen.").await;
    look(&screen, "alerts-seen", In::Page, &mut wrong).await;
    screen.click(In::Page, "#bans .button").await;
    screen.until_text(In::Page, "main", "let in again").await;

    screen.goto(&format!("{origin}/admin/security/limits")).await;
    look(&screen, "limits", In::Page, &mut wrong).await;
    screen.click(In::Page, "a[href$='/limits/chats-from']").await;
    screen.until_text(In::Page, "h1", "Chats begun").await;
    look(&screen, "limit", In::Page, &mut wrong).await;
    screen.fill(In::Page, "#burst", "0").await;
    screen.click(In::Page, ".save .button").await;
    screen.until_text(In::Page, "#errors", "Choose a number from 6 to 1500.").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "limit-failed", In::Page, &mut wrong).await;
    screen.fill(In::Page, "#burst", "60").await;
    screen.click(In::Page, ".save .button").await;
    screen.until_text(In::Page, "main", "Changed. Usually 30 at once").await;
    look(&screen, "limits-changed", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

/// Where too many come from one address, the window says how long it takes, in the visitor's language, goes on by itself, and what was
/// written meanwhile is sent.
#[tokio::test]
async fn a_visitor_who_has_to_wait_is_told_and_loses_nothing() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    // As the server answers an address with too many visitors; this machine itself is never counted.
    let script = "const real = fetch; window.fetch = (path, asked) => path.endsWith('/session') && !window.letIn \
        ? Promise.resolve(new Response('{}', { status: 429, headers: { 'Retry-After': '2' } })) : real(path, asked);";
    visitor.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    visitor.goto(&format!("{}/widget/{}?lang=de", app.door.origin(), app.site)).await;
    visitor_says(&visitor, In::Page, "Guten Morgen").await;
    visitor.until_text(In::Page, "#banner", "Bitte versuchen Sie es in 2 Sekunden").await;
    visitor.run("window.letIn = true").await;
    visitor_hears(&visitor, In::Page, "Guten Morgen").await;
    visitor.until_text(In::Page, "#status", "Gesendet").await;
    let _ = visitor.complaints(&[]).await;
    visitor.quit().await;
}

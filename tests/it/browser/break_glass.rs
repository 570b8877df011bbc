//! What was done on the machine itself stands on top of every page until an administrator has seen it: as administrators see it, and as the
//! others do.

use parlor::domain::access::Actor;
use parlor::service::{allowlist, break_glass};

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};

#[tokio::test]
async fn what_was_done_on_the_machine_stands_on_top_until_somebody_has_seen_it() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.employ("bert", &[&app.site.clone()]);
    app.employ("lisa", &[&app.site.clone()]);
    let ctx = app.app.ctx(&Actor::Host);
    break_glass::reset_person(&ctx, "lisa@clinic.example").unwrap();
    allowlist::reset(&ctx).unwrap();
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let origin = app.door.origin();
    let mut wrong = Vec::new();
    screen.sign_in(&origin, "bert@clinic.example", PASSWORD).await;
    screen.until_text(In::Page, "[data-alert]", "until an administrator has seen it").await;
    look(&screen, "console-alerts-operator", In::Page, &mut wrong).await;

    let admin = browsers.open().await;
    admin.sign_in(&origin, ADMIN, PASSWORD).await;
    look(&admin, "console-alerts", In::Page, &mut wrong).await;
    admin.goto(&format!("{origin}/admin/system")).await;
    look(&admin, "system-alerts", In::Page, &mut wrong).await;
    // One is seen: the link leads to where that can be said, and the other stays.
    for left in [1, 0] {
        admin.goto(&format!("{origin}/admin")).await;
        admin.click(In::Page, "[data-alert] a").await;
        admin.until_text(In::Page, "h1", "Alerts").await;
        admin.click(In::Page, ".alert button").await;
        admin.until(In::Page, "one fewer", &format!("document.querySelectorAll('[data-alert]').length === {left}")).await;
    }
    admin.quit().await;
    screen.quit().await;
    nothing(&wrong);
}

//! Purge rules in a browser: made, looked at, put in force, held, paused.

use std::time::Duration;

use parlor::domain::access::Actor;
use parlor::domain::hold::{HeldThing, Hold};
use parlor::domain::id::{HoldId, OrderId};
use parlor::domain::retention::PurgePolicy;
use parlor::domain::text::Notice;
use parlor::service::purge_rules::{self, RuleForm};
use parlor::service::starts;

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};

#[tokio::test]
async fn the_pages_of_purge_rules() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.change_site(|site| site.purge = PurgePolicy::DaysAfterClose(3_650));
    for who in ["maria", "tom", "li"] {
        let mut visitor = app.visitor(who).await;
        let it = visitor.start("my knee hurts").await.conversation;
        visitor.end(&it).await;
    }
    let held = app.app.store.closed().next().unwrap().id;
    let (id, on) = (HoldId::from_bytes([3; 16]), HeldThing::Conversation(held));
    let reason = Notice::parse("Asked for by the court in March, file 12").unwrap();
    let mut batch = app.app.store.batch();
    batch.put_hold(&Hold { id, on, reason, by: app.operator_id(ADMIN), at: app.app.now() });
    app.app.store.commit(batch).wait().unwrap();

    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/privacy/rules")).await;
    look(&screen, "purge-rules-empty", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/privacy/rules/new")).await;
    look(&screen, "purge-rule-new", In::Page, &mut wrong).await;
    // Refused beside its field, with what was typed.
    screen.fill(In::Page, "[name=name]", "Nightly").await;
    screen.click(In::Page, "#when-schedule").await;
    screen.fill(In::Page, "[name=hour]", "25").await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "#hour-error", "from 0 to 23").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "purge-rule-failed", In::Page, &mut wrong).await;
    screen.fill(In::Page, "[name=hour]", "3").await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "#dry-run", "2 chats").await;
    screen.until_text(In::Page, "#dry-run", "Asked for by the court").await;
    look(&screen, "purge-rule-draft", In::Page, &mut wrong).await;
    screen.click(In::Page, "#confirm").await;
    screen.click(In::Page, "form[action$=arming] button").await;
    screen.until_text(In::Page, "main", "Take it out of force").await;
    look(&screen, "purge-rule-armed", In::Page, &mut wrong).await;

    let host = app.app.ctx(&Actor::Host);
    let form = |name: &str, when: &str, how: &str| {
        let form = RuleForm { name: name.to_owned(), when: when.to_owned(), how: how.to_owned(), ..RuleForm::default() };
        purge_rules::create(&host, &form).unwrap()
    };
    let viewed: OrderId = form("Once somebody has read it", "viewed", "anonymise");
    purge_rules::arm(&host, viewed).unwrap();
    form("What visitors take back", "withdrawn", "erase");
    app.advance(Duration::from_secs(26 * 3_600)).await;
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/privacy/rules")).await;
    look(&screen, "purge-rules", In::Page, &mut wrong).await;
    let before = app.app.now();
    app.clock.advance(Duration::from_secs(40 * 24 * 3_600));
    starts::look_at_clock(&app.app.ctx(&Actor::Timer), before, Duration::from_secs(60)).unwrap();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/privacy/rules")).await;
    screen.until_text(In::Page, "#paused", "39 days ahead").await;
    look(&screen, "purge-rules-paused", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

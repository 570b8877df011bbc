//! Purge rules as an administrator meets them: a draft, what it would take, in force, gone, with a receipt; and a clock that jumps.

use std::time::Duration;

use parlor::domain::access::Actor;
use parlor::domain::id::ConversationId;
use parlor::domain::retention::PurgePolicy;
use parlor::service::starts;

use crate::harness::actors::Admin;
use crate::harness::app::TestApp;
use crate::harness::disk;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const MARKER: &str = "my knee has hurt since the marathon";
const RULES: &str = "/admin/privacy/rules";

/// The clock of the site takes nothing for years.
async fn app_that_keeps() -> TestApp {
    let app = TestApp::start().await;
    app.change_site(|site| site.purge = PurgePolicy::DaysAfterClose(3_650));
    app
}

async fn closed_talk(app: &TestApp, who: &str) -> ConversationId {
    let mut visitor = app.visitor(who).await;
    let it = visitor.start(MARKER).await.conversation;
    visitor.end(&it).await;
    it.parse().unwrap()
}

fn is_there(app: &TestApp, it: ConversationId) -> bool {
    app.app.store.conversation(it).unwrap().is_some()
}

/// Makes a draft and gives its page.
async fn draft(admin: &Admin, fields: &[(&str, &str)]) -> String {
    let mut all = vec![("name", "Old chats"), ("class", "transcripts"), ("when", "hours"), ("hours", "1"), ("how", "erase")];
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend_from_slice(fields);
    let made = admin.browser.submit("/admin/privacy/rules/new", RULES, &all).await.expect(303);
    made.location().split('?').next().unwrap().to_owned()
}

async fn arm(admin: &Admin, page: &str) {
    admin.browser.submit(page, &format!("{page}/arming"), &[("confirm", "on")]).await.expect_done();
}

#[tokio::test]
async fn a_rule_shows_what_it_would_take_before_it_is_armed_and_then_takes_it() {
    let app = app_that_keeps().await;
    let old = closed_talk(&app, "maria").await;
    app.advance(HOUR).await;
    let young = closed_talk(&app, "tom").await;
    let admin = app.admin().await;
    let page = draft(&admin, &[]).await;
    let shown = admin.browser.get(&page).await.expect(200);
    assert!(shown.body.contains("<strong>1 chat</strong>") && shown.body.contains("Draft"), "{}", shown.gist());
    assert!(!shown.body.contains(MARKER) && !shown.body.contains(&old.to_string()));
    // Without the tick nothing happens, and a draft takes nothing.
    admin.browser.submit(&page, &format!("{page}/arming"), &[]).await.expect(422);
    app.advance(MINUTE).await;
    assert!(is_there(&app, old) && is_there(&app, young));

    arm(&admin, &page).await;
    app.advance(MINUTE).await;
    assert!(!is_there(&app, old) && is_there(&app, young));
    let listed = admin.browser.get(RULES).await.expect(200);
    assert!(listed.body.contains("In force") && listed.body.contains("1 erased"), "{}", listed.gist());
    let receipts = admin.browser.get("/admin/privacy/receipts").await.expect(200);
    assert!(receipts.body.contains("Old chats"), "{}", receipts.gist());
    app.advance(HOUR).await;
    assert!(!is_there(&app, young));
    assert!(disk::leaks(&app.data_dir(), &app.markers).is_empty());
}

#[tokio::test]
async fn what_is_closed_goes_at_once_by_a_rule_and_a_read_chat_after_its_reader_has_it() {
    let app = app_that_keeps().await;
    let admin = app.admin().await;
    let page = draft(&admin, &[("when", "viewed")]).await;
    arm(&admin, &page).await;
    let it = closed_talk(&app, "maria").await;
    app.advance(MINUTE).await;
    assert!(is_there(&app, it));
    let read = admin.browser.get(&format!("/console/conversations/{it}")).await.expect(200);
    assert!(read.body.contains(MARKER), "{}", read.gist());
    app.advance(MINUTE).await;
    assert!(!is_there(&app, it));
    admin.browser.get(&format!("/console/conversations/{it}")).await.expect(404);

    let page = draft(&admin, &[("when", "close"), ("name", "At close")]).await;
    arm(&admin, &page).await;
    let it = closed_talk(&app, "tom").await;
    app.run_due_jobs().await;
    assert!(!is_there(&app, it));
    // The same once more, but anonymised: that cannot both be.
    let page = draft(&admin, &[("when", "close"), ("how", "anonymise")]).await;
    let refused = admin.browser.submit(&page, &format!("{page}/arming"), &[("confirm", "on")]).await.expect(422);
    assert!(refused.body.contains("does the opposite"), "{}", refused.gist());
}

#[tokio::test]
async fn runs_that_were_missed_while_it_was_off_are_made_up_for_once() {
    let mut app = app_that_keeps().await;
    let admin = app.admin().await;
    let nightly = [("when", "schedule"), ("every", "day"), ("hour", "3"), ("zone", "Europe/Berlin")];
    let page = draft(&admin, &nightly).await;
    arm(&admin, &page).await;
    let it = closed_talk(&app, "maria").await;
    app.stop();
    app.clock.advance(DAY * 3);
    app.restart();
    app.run_due_jobs().await;
    assert!(!is_there(&app, it));
    let ran = |row: &parlor::domain::audit::AuditEntry| {
        matches!(row.action, parlor::domain::audit::AuditAction::PurgeRuleRan { drawers: 1, .. })
    };
    assert_eq!(app.app.store.audit_rows(None, 100).unwrap().iter().filter(|row| ran(row)).count(), 1);
}

#[tokio::test]
async fn an_anonymised_chat_keeps_no_word_and_no_name() {
    let app = app_that_keeps().await;
    let it = closed_talk(&app, "maria").await;
    let admin = app.admin().await;
    let page = draft(&admin, &[("how", "anonymise")]).await;
    arm(&admin, &page).await;
    app.advance(HOUR).await;
    assert!(!is_there(&app, it));
    let shell = app.app.store.closed().next().unwrap();
    assert!(app.app.store.closed().count() == 1 && shell.id != it);
    let admin = app.admin().await;
    let shown = admin.browser.get(&format!("/console/conversations/{}", shell.id)).await.expect(200);
    assert!(!shown.body.contains(MARKER) && !shown.body.contains("maria"), "{}", shown.gist());
    let found = admin.browser.get("/console/closed?words=marathon").await.expect(200);
    assert!(!found.body.contains(MARKER), "{}", found.gist());
    assert!(disk::leaks(&app.data_dir(), &app.markers).is_empty());
}

#[tokio::test]
async fn a_clock_that_jumps_is_asked_about() {
    let app = app_that_keeps().await;
    app.change_site(|site| site.purge = PurgePolicy::DaysAfterClose(30));
    let it = closed_talk(&app, "maria").await;
    let before = app.app.now();
    app.clock.advance(DAY * 40);
    starts::look_at_clock(&app.app.ctx(&Actor::Timer), before, MINUTE).unwrap();
    app.run_due_jobs().await;
    assert!(is_there(&app, it), "a wrong clock erased something");
    let admin = app.admin().await;
    let page = admin.browser.get(RULES).await.expect(200);
    assert!(page.body.contains("Nothing is purged at the moment") && page.body.contains("39 days ahead"), "{}", page.gist());
    assert!(page.body.contains("Nothing is purged") && admin.browser.get("/admin").await.body.contains("Nothing is purged"));
    admin.browser.submit(RULES, "/admin/privacy/resumption", &[]).await.expect(422);
    assert!(is_there(&app, it));
    admin.browser.submit(RULES, "/admin/privacy/resumption", &[("confirm", "on")]).await.expect_done();
    app.run_due_jobs().await;
    assert!(!is_there(&app, it));
}

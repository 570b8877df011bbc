//! How long things are kept: a legal hold stops every way in which a chat goes, and a preset sets every clock, over the pages.

use std::time::Duration;

use parlor::domain::id::ConversationId;
use parlor::domain::retention::PurgePolicy;

use crate::harness::app::TestApp;
use crate::harness::http::Browser;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A chat that is closed.
async fn closed(app: &TestApp, who: &str) -> String {
    let mut operator = app.operator(&format!("op.{who}")).await;
    let mut visitor = app.visitor(who).await;
    let it = visitor.start("my foot hurts").await.conversation;
    operator.accept(&it).await;
    operator.close(&it).await;
    visitor.hears_kind(&it, "closed").await;
    it
}

fn is_there(app: &TestApp, it: &str) -> bool {
    app.app.store.conversation(it.parse::<ConversationId>().unwrap()).unwrap().is_some()
}

/// Where the button stands that lifts the only hold.
async fn lifting(browser: &Browser) -> String {
    let page = browser.get("/admin/privacy/holds").await.expect(200).body;
    let at = page.find("/admin/privacy/holds/hld_").unwrap();
    page[at..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_hold_stops_clocks_and_hands_and_shows_why() {
    let app = TestApp::start().await;
    app.change_site(|site| site.purge = PurgePolicy::DaysAfterClose(1));
    let (held, other) = (closed(&app, "maria").await, closed(&app, "tom").await);
    let admin = app.admin().await;
    let admin = &admin.browser;
    let page = "/admin/privacy/holds";
    let chat = format!("https://chat.clinic.example/console/conversations/{held}");
    let hold = [("on", "chat"), ("chat", chat.as_str()), ("reason", "The court of Kiel asks")];
    admin.submit(page, page, &hold).await.expect_done();
    let listed = admin.get(page).await.expect(200);
    assert!(listed.body.contains("The court of Kiel asks") && listed.body.contains(&held), "{}", listed.gist());
    let again = admin.submit(page, page, &hold).await.expect(422);
    assert!(again.body.contains("This is held already"), "{}", again.gist());
    let card = admin.get(&format!("/console/conversations/{held}")).await.expect(200);
    assert!(card.body.contains("not before its legal hold is lifted"), "{}", card.gist());

    let erased = admin.submit("/admin/privacy", "/admin/privacy/purge", &[("confirm", "on")]).await.expect(303);
    let told = admin.get(erased.location()).await.expect(200);
    assert!(told.body.contains("1 chat was not erased: a legal hold keeps it"), "{}", told.gist());
    assert!(is_there(&app, &held) && !is_there(&app, &other));
    app.advance(DAY * 2).await;
    assert!(is_there(&app, &held));

    let admin = app.admin().await;
    let admin = &admin.browser;
    let gone = admin.submit(page, page, &[("on", "chat"), ("chat", other.as_str()), ("reason", "Too late")]).await.expect(422);
    assert!(gone.body.contains("This was purged already, on "), "{}", gone.gist());
    let lifting = lifting(admin).await;
    admin.submit(page, &lifting, &[]).await.expect_done();
    admin.submit(page, &lifting, &[]).await.expect(404);
    app.run_due_jobs().await;
    assert!(!is_there(&app, &held));
}

#[tokio::test]
async fn a_preset_asks_first_and_then_sets_every_clock() {
    let app = TestApp::start().await;
    let other = app.add_site("Pharmacy").parse().unwrap();
    let it = closed(&app, "maria").await;
    let admin = app.admin().await;
    let admin = &admin.browser;
    let page = admin.get("/admin/privacy").await.expect(200);
    assert!(page.body.contains("1 closed chat would be erased within a minute"), "{}", page.gist());
    let choose = |fields| admin.submit("/admin/privacy", "/admin/privacy/preset", fields);
    let refused = choose(&[("preset", "nothing")]).await.expect(422);
    assert!(refused.body.contains("Nothing was changed"), "{}", refused.gist());
    choose(&[("preset", "for ever"), ("confirm_preset", "on")]).await.expect(422);
    assert!(is_there(&app, &it));

    choose(&[("preset", "standard"), ("confirm_preset", "on")]).await.expect_done();
    let house = app.app.store.house();
    assert!([app.site_id(), other].iter().all(|site| house.sites[site].purge == PurgePolicy::DaysAfterClose(91)));
    assert_eq!((house.retention.messages.clone(), house.reporting.get()), (Some(PurgePolicy::DaysAfterClose(730)), 365));
    app.run_due_jobs().await;
    assert!(is_there(&app, &it));
    choose(&[("preset", "nothing"), ("confirm_preset", "on")]).await.expect_done();
    app.run_due_jobs().await;
    assert!(!is_there(&app, &it));
}

#[tokio::test]
async fn whoever_leaves_a_message_reads_how_long_that_is_kept() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let admin = &admin.browser;
    let panel = format!("/widget/{}", app.site);
    assert!(!admin.get(&panel).await.expect(200).body.contains("promise-left"), "one clock, one promise");
    let clocks = [
        ("messages", "days"),
        ("messages_days", "730"),
        ("submissions", "hours"),
        ("submissions_hours", "0"),
        ("deliveries", "at_close"),
    ];
    let refused = admin.submit("/admin/privacy", "/admin/privacy/clocks", &clocks).await.expect(422);
    assert!(refused.body.contains("Choose 1 to 720 hours."), "{}", refused.gist());
    let mut clocks = clocks;
    clocks[3].1 = "12";
    admin.submit("/admin/privacy", "/admin/privacy/clocks", &clocks).await.expect_done();
    let drawn = admin.get(&panel).await.expect(200).body;
    assert!(drawn.contains("id=\"promise-left\"") && drawn.contains("730"), "{drawn}");
    let kept = admin.get("/admin/privacy").await.expect(200);
    assert!(
        kept.body.contains("Until 2 years after it is closed") && kept.body.contains("Until 12 hours after it was filled in")
    );
}

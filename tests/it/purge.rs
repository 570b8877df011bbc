//! Purging: what was said is gone when the policy says so, and nothing on the disk brings it back.

use std::time::Duration;

use parlor::domain::audit::{AuditAction, PurgeRule};
use parlor::domain::id::ConversationId;
use parlor::domain::retention::{PurgePolicy, ZoneName};
use parlor::domain::time::Timestamp;
use serde_json::json;

use crate::harness::app::{Beginning, TestApp};
use crate::harness::disk;
use crate::harness::http::Browser;
use crate::harness::world::ManualClock;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

const MARKER: &str = "my blood pressure is 147 over 92 today";
const ANSWER: &str = "please take the second pill tonight";

/// A talk with the marker in it, closed.
async fn closed_talk(app: &TestApp, who: &str) -> ConversationId {
    let mut operator = app.operator(&format!("op.{who}")).await;
    let mut visitor = app.visitor(who).await;
    let name = format!("{who} Mustermann-Marker");
    let it = visitor
        .start_with(MARKER, json!({"answers": {"name": name, "email": format!("{who}@visitor.example")}}))
        .await
        .unwrap()
        .conversation;
    operator.accept(&it).await;
    operator.send(&it, ANSWER).await;
    visitor.hears(ANSWER).await;
    operator.close(&it).await;
    visitor.hears_kind(&it, "closed").await;
    it.parse().unwrap()
}

/// Whether the words can still be read by anybody who holds the keys.
fn is_readable(app: &TestApp, it: ConversationId) -> bool {
    let store = &app.app.store;
    let events = store.events(it, 0, 1_000).unwrap();
    let texts = format!("{:?}", events.iter().map(|event| text_of(event).to_owned()).collect::<Vec<_>>());
    let readable = texts.contains(MARKER) && texts.contains(ANSWER);
    assert_eq!(readable, store.conversation(it).unwrap().is_some(), "a head without its words, or words without a head");
    assert_eq!(readable, store.closed().any(|closed| closed.id == it));
    readable
}

fn text_of(event: &parlor::domain::event::Event) -> &str {
    match &event.kind {
        parlor::domain::event::EventKind::Message(text) => text.as_str(),
        _ => "",
    }
}

async fn with_policy(policy: PurgePolicy) -> TestApp {
    let app = TestApp::start().await;
    app.change_site(|site| site.purge = policy.checked().unwrap());
    app
}

#[tokio::test]
async fn a_purged_talk_is_nowhere_and_cannot_be_opened() {
    let mut app = with_policy(PurgePolicy::DaysAfterClose(1)).await;
    let it = closed_talk(&app, "maria").await;
    let admin = app.admin().await;
    let page = format!("/console/conversations/{it}");
    assert!(is_readable(&app, it));
    let shown = admin.browser.get(&page).await.expect(200);
    assert!(shown.body.contains(MARKER) && shown.body.contains("maria Mustermann-Marker"), "{}", shown.gist());

    app.advance(DAY - MINUTE).await;
    assert!(is_readable(&app, it), "it went too early");
    app.advance(MINUTE).await;

    assert!(!is_readable(&app, it));
    // Sessions have run out meanwhile: the administrator signs in anew.
    let admin = app.admin().await;
    let gone = admin.browser.get(&page).await;
    let never_was = admin.browser.get("/console/conversations/cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa").await;
    assert_eq!(gone.status, 404);
    assert_eq!(without_ids(&gone.body), without_ids(&never_was.body), "what is gone looks like what never was");
    assert!(disk::leaks(&app.data_dir(), &app.markers).is_empty());

    // Neither does a restart bring it back, and nothing of the visitor is left to find it by.
    app.restart();
    assert!(!is_readable(&app, it));
    let rows = app.app.store.audit_rows(None, 50).unwrap();
    let purged: Vec<_> = rows.iter().filter(|row| matches!(row.action, AuditAction::Purged(_))).collect();
    let [row] = purged[..] else { panic!("one purge, one row: {purged:?}") };
    let AuditAction::Purged(receipt) = &row.action else { unreachable!() };
    assert_eq!((receipt.site, receipt.rule, receipt.drawers), (app.site_id(), PurgeRule::Policy, 1));
    assert!(receipt.events >= 4, "{receipt:?}");
    // Counts only: nothing in the row names whom or what it was about.
    assert!(!format!("{row:?}").contains(&it.to_string()), "{row:?}");
}

/// Error pages carry the number of their request, which differs each time.
fn without_ids(body: &str) -> String {
    let mut text = String::new();
    for word in body.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_id = bare.len() >= 16 && bare.chars().all(|c| c.is_ascii_lowercase() || ('2'..='7').contains(&c));
        text.push_str(if is_id { "…" } else { word });
    }
    text
}

#[tokio::test]
async fn each_policy_keeps_its_hour() {
    let cases = [
        (PurgePolicy::HoursAfterClose(1), HOUR),
        (PurgePolicy::HoursAfterClose(36), HOUR * 36),
        (PurgePolicy::DaysAfterClose(1), DAY),
        (PurgePolicy::DaysAfterClose(30), DAY * 30),
        // Nine o'clock in Greenwich is eleven in Berlin in June: the next three o'clock is sixteen hours away.
        (PurgePolicy::Daily { hour: 3, zone: ZoneName::parse("Europe/Berlin").unwrap() }, HOUR * 16),
        (PurgePolicy::Daily { hour: 3, zone: ZoneName::parse("Asia/Tokyo").unwrap() }, HOUR * 9),
    ];
    for (policy, span) in cases {
        let app = with_policy(policy.clone()).await;
        let it = closed_talk(&app, "maria").await;
        assert!(is_readable(&app, it), "{policy:?}");
        app.advance(span - Duration::from_secs(1)).await;
        assert!(is_readable(&app, it), "{policy:?} took it too early");
        app.advance(Duration::from_secs(1)).await;
        assert!(!is_readable(&app, it), "{policy:?} left it");
    }
}

#[tokio::test]
async fn a_site_that_keeps_nothing_purges_at_close_and_tells_both() {
    let app = with_policy(PurgePolicy::AtClose).await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start(MARKER).await.conversation;
    bert.accept(&it).await;
    bert.close(&it).await;
    app.run_due_jobs().await;
    for chat in [&mut *maria, &mut *bert] {
        let wanted = it.clone();
        chat.expect("the end of it", move |frame| frame["t"] == "purged" && frame["conversation"] == wanted.as_str()).await;
    }
    bert.sees_row(&it, "gone").await;
    assert!(app.app.store.conversation(it.parse().unwrap()).unwrap().is_none());
    // The visitor's page asks again and learns that there is nothing any more.
    maria.drop_line();
    maria.connect().await;
    maria.expect("that it is gone", |frame| frame["t"] == "purged").await;
}

#[tokio::test]
async fn a_missed_run_is_made_up_for_after_a_restart() {
    let mut app = with_policy(PurgePolicy::Daily { hour: 3, zone: ZoneName::parse("Europe/Berlin").unwrap() }).await;
    let it = closed_talk(&app, "maria").await;
    app.stop();
    app.clock.advance(DAY * 3);
    app.restart();
    app.run_due_jobs().await;
    assert!(!is_readable(&app, it));
}

#[tokio::test]
async fn a_daily_purge_keeps_its_hour_when_the_clocks_change() {
    // Saturday noon before the night in which Berlin goes from two to three.
    let clock = ManualClock::starting_at("2026-03-28T12:00:00Z");
    let app = TestApp::begin(Beginning { clock, ..Beginning::default() }).await;
    app.change_site(|site| site.purge = PurgePolicy::Daily { hour: 3, zone: ZoneName::parse("Europe/Berlin").unwrap() });
    let it = closed_talk(&app, "maria").await;
    // Three o'clock there is one o'clock in Greenwich on that night, an hour sooner than on the night before.
    app.advance(HOUR * 13 - MINUTE).await;
    assert!(is_readable(&app, it));
    app.advance(MINUTE).await;
    assert!(!is_readable(&app, it));
}

#[tokio::test]
async fn an_open_talk_is_never_purged_and_an_idle_one_closes_first() {
    let app = with_policy(PurgePolicy::HoursAfterClose(1)).await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it: ConversationId = {
        let it = maria.start(MARKER).await.conversation;
        bert.accept(&it).await;
        bert.send(&it, ANSWER).await;
        it.parse().unwrap()
    };
    app.advance(MINUTE * 59).await;
    assert_eq!(app.app.store.conversation(it).unwrap().unwrap().state_word(), "active");
    app.advance(MINUTE * 2).await;
    assert_eq!(app.app.store.conversation(it).unwrap().unwrap().state_word(), "closed", "nobody wrote for an hour");
    assert!(is_readable(&app, it));
    app.advance(HOUR).await;
    assert!(!is_readable(&app, it));
}

#[tokio::test]
async fn an_administrator_erases_everything_closed_at_once() {
    let app = with_policy(PurgePolicy::DaysAfterClose(30)).await;
    let first = closed_talk(&app, "maria").await;
    let second = closed_talk(&app, "tom").await;
    let mut open = app.visitor("open").await;
    let still_open = open.start("this talk is not closed yet").await.conversation;
    assert!(is_readable(&app, first) && is_readable(&app, second));

    let admin = app.admin().await;
    admin.browser.submit("/admin/privacy", "/admin/privacy/purge", &[("confirm", "on")]).await.expect_done();
    assert!(!is_readable(&app, first) && !is_readable(&app, second));
    assert!(app.app.store.conversation(still_open.parse().unwrap()).unwrap().is_some());
    let rows = app.app.store.audit_rows(None, 5).unwrap();
    let by_hand = rows.iter().find_map(|row| match row.action {
        AuditAction::Purged(receipt) if receipt.rule == PurgeRule::ByHand => Some(receipt.drawers),
        _ => None,
    });
    assert_eq!(by_hand, Some(2));
    // The privacy page says how many went, and nothing else about them.
    let page = admin.browser.get("/admin/privacy").await.expect(200);
    assert!(!page.body.contains(MARKER) && !page.body.contains(&first.to_string()));
}

#[tokio::test]
async fn a_purge_of_one_leaves_its_neighbours_whole() {
    let app = with_policy(PurgePolicy::HoursAfterClose(1)).await;
    let mut talks = Vec::new();
    for who in ["one", "two", "three", "four"] {
        talks.push(closed_talk(&app, who).await);
        app.advance(MINUTE * 20).await;
    }
    // One hour after the first was closed it is gone, and one hour after the second, the second.
    let readable: Vec<_> = talks.iter().map(|it| is_readable(&app, *it)).collect();
    assert_eq!(readable, [false, false, true, true]);
    let until: Timestamp = app.app.now();
    assert!(app.app.store.closed().all(|closed| closed.closed_at.plus(HOUR) > until));
}

#[tokio::test]
async fn nobody_is_found_by_their_token_after_the_purge() {
    let app = with_policy(PurgePolicy::HoursAfterClose(1)).await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start(MARKER).await.conversation;
    maria.end(&it).await;
    app.advance(HOUR).await;
    maria.drop_line();
    let mut again = crate::harness::actors::Visitor::new(&app.door, &app.site, "maria-again").await;
    again.token.clone_from(&maria.token);
    again.browser = Browser::new(&app.door);
    again.connect().await;
    let next = again.start("a fresh talk with a clean slate").await;
    assert_ne!(next.conversation, it);
    assert_eq!(again.events.len(), 1, "nothing of the old talk came back: {:?}", again.events);
}

//! Lines break, laptops sleep, servers restart: nothing is lost and nothing is doubled.

use serde_json::json;

use crate::harness::app::TestApp;

#[tokio::test]
async fn the_same_command_is_carried_out_once_across_lines_and_restarts() {
    let mut app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let started = maria.start_as("start-1", "the very first message here", json!({})).await.unwrap();
    let it = started.conversation.clone();
    let sent = maria.send_as("send-1", &it, "the second message, once only").await.unwrap();

    // On the same line, on a new one, and after a restart, the same id gives the same answer.
    assert_eq!(maria.send_as("send-1", &it, "the second message, once only").await.unwrap(), sent);
    maria.drop_line();
    maria.connect().await;
    assert_eq!(maria.send_as("send-1", &it, "the second message, once only").await.unwrap(), sent);
    assert_eq!(maria.start_as("start-1", "the very first message here", json!({})).await.unwrap(), started);

    maria.drop_line();
    app.restart();
    maria.browser = crate::harness::http::Browser::new(&app.door);
    maria.connect().await;
    assert_eq!(maria.send_as("send-1", &it, "the second message, once only").await.unwrap(), sent);
    assert_eq!(maria.start_as("start-1", "the very first message here", json!({})).await.unwrap(), started);
    let third = maria.send(&it, "a third message after the restart").await;
    assert_eq!(third.seq, sent.seq + 1);

    let events = app.app.store.events(it.parse().unwrap(), 0, 100).unwrap();
    let numbers: Vec<_> = events.iter().map(|event| u64::from(event.seq)).collect();
    assert_eq!(numbers, (1..=third.seq).collect::<Vec<_>>(), "every number once");
}

#[tokio::test]
async fn whoever_returns_hears_what_they_missed_and_the_state_of_things() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("I may lose my connection soon").await.conversation;
    bert.accept(&it).await;
    bert.send(&it, "said while she was still there").await;
    maria.hears("said while she was still there").await;
    let seen = maria.whole_up_to(&it);

    maria.drop_line();
    bert.sees_state(&it, |state| state["visitor_online"] == false).await;
    for number in 1..=3 {
        bert.send(&it, &format!("said while she was away, {number}")).await;
    }
    maria.connect().await;
    let state = maria.sees_state(&it, |_| true).await;
    assert_eq!(state["last"].as_u64(), Some(seen + 3), "{state}");
    assert_eq!(state["state"], "active");
    assert_eq!(maria.whole_up_to(&it), seen + 3);
    assert!(maria.doubled.is_empty(), "what was seen before came again: {:?}", maria.doubled);
    assert_eq!(maria.texts(&it).len(), 5);
}

#[tokio::test]
async fn a_new_browser_of_the_same_visitor_hears_it_all() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("written in the first window").await.conversation;
    bert.accept(&it).await;
    bert.send(&it, "the answer, for all windows").await;

    let mut second = crate::harness::actors::Visitor::new(&app.door, &app.site, "maria2").await;
    second.token.clone_from(&maria.token);
    second.connect().await;
    second.hears("the answer, for all windows").await;
    assert_eq!(second.texts(&it), ["written in the first window", "the answer, for all windows"]);
    // Both windows stay in step.
    maria.send(&it, "written in the first window again").await;
    second.hears("written in the first window again").await;
}

#[tokio::test]
async fn a_hole_is_mended_by_asking() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("number one of several more").await.conversation;
    for number in 2..=5 {
        maria.send(&it, &format!("number {number} of several more")).await;
    }
    maria.hears("number 5 of several more").await;
    let whole = maria.whole_up_to(&it);
    maria.forget_frames();
    maria.events.get_mut(&it).unwrap().remove(&3);
    assert_eq!(maria.whole_up_to(&it), 2);
    maria.send_frame(&json!({"t": "resume", "conversation": it, "after": 2})).await;
    maria.expect("the missing event", |frame| frame["t"] == "event" && frame["seq"] == 3).await;
    assert!(whole >= 5);
    assert_eq!(maria.whole_up_to(&it), whole);
}

#[tokio::test]
async fn a_restart_ends_lines_with_a_word_and_keeps_the_talk() {
    let mut app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("will this survive a restart?").await.conversation;
    bert.accept(&it).await;
    bert.send(&it, "it certainly should survive it").await;
    maria.hears("it certainly should survive it").await;
    app.restart();
    let (code, bye) = maria.expect_end().await;
    assert_eq!((code, bye.unwrap()["code"].as_str()), (1012, Some("restart")));

    // Sessions and tokens outlive it too: both simply connect again.
    maria.browser = crate::harness::http::Browser::new(&app.door);
    maria.connect().await;
    let cookies_kept = crate::harness::actors::Operator::signed_in(&app.door, &bert.email, crate::harness::app::PASSWORD).await;
    bert.drop_line();
    bert.browser = cookies_kept.browser;
    bert.connect().await;
    maria.sees_state(&it, |state| state["state"] == "active").await;
    bert.send(&it, "and here we are once again").await;
    maria.hears("and here we are once again").await;
    assert!(maria.doubled.is_empty());
    assert_eq!(maria.texts(&it).len(), 3);
}

#[tokio::test]
async fn a_long_absence_is_replayed_in_pieces() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("the first of very many of them").await.conversation;
    let mut last = 0;
    for number in 0..(parlor::domain::limits::REPLAY_EVENTS + 50) {
        last = maria.send(&it, &format!("one of very many, {number}")).await.seq;
    }
    maria.drop_line();
    maria.events.clear();
    maria.connect().await;
    maria.sees_state(&it, |_| true).await;
    let whole = maria.whole_up_to(&it);
    assert!(whole >= u64::try_from(parlor::domain::limits::REPLAY_EVENTS).unwrap() && whole < last, "{whole}");
    maria.catch_up(&it, last).await;
    assert!(maria.doubled.is_empty());
}

//! Who is asked to take a chat, what becomes of it when they do not, and what the visitor is told meanwhile.

use std::time::Duration;

use parlor::domain::department::{Department, Members};
use parlor::domain::hours::{Hours, Span, Week};
use parlor::domain::id::DepartmentId;
use parlor::domain::limits;
use parlor::domain::retention::ZoneName;
use parlor::domain::routing::{Assignment, Routing};
use parlor::domain::text::Name;
use serde_json::{Value, json};

use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::TestApp;

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

async fn routed(assignment: Assignment) -> TestApp {
    let app = TestApp::start().await;
    app.change_site(|site| {
        site.routing = Routing { assignment, answer_within_seconds: Some(20), leave_message_after_seconds: Some(45) };
    });
    app
}

async fn is_offered(operator: &mut Operator, conversation: &str) -> Value {
    let wanted = conversation.to_owned();
    operator.expect("an offer", move |it| it["t"] == "offer" && it["conversation"] == wanted.as_str() && it["seconds"] != 0).await
}

async fn loses_offer(operator: &mut Operator, conversation: &str) {
    let wanted = conversation.to_owned();
    operator
        .expect("the end of an offer", move |it| {
            it["t"] == "offer" && it["conversation"] == wanted.as_str() && it["seconds"] == 0
        })
        .await;
}

fn has_offer(operator: &Operator) -> bool {
    operator.all_frames().iter().any(|frame| frame["t"] == "offer" && frame["seconds"] != 0)
}

/// Somebody who waits, their conversation, and what they were told of it first.
async fn waits(app: &TestApp, who: &str) -> (Visitor, String, Value) {
    let mut visitor = app.visitor(who).await;
    let it = visitor.start(&format!("{who} would like to know something")).await.conversation;
    let state = visitor.sees_state(&it, |state| state["state"] == "waiting").await;
    (visitor, it, state)
}

#[tokio::test]
async fn whoever_has_the_fewest_chats_is_asked_and_then_the_next() {
    let app = routed(Assignment::LeastBusy).await;
    let (mut bert, mut clara) = (app.operator("bert").await, app.operator("clara").await);
    let (_maria, first, _) = waits(&app, "maria").await;
    // Of two who have nothing to do it is the one with the lower id, who is the busier one from then on.
    let bert_is_first = app.operator_id(&bert.email) < app.operator_id(&clara.email);
    let (busy, idle) = if bert_is_first { (&mut bert, &mut clara) } else { (&mut clara, &mut bert) };
    assert_eq!(is_offered(busy, &first).await["seconds"], 20);
    busy.accept(&first).await;
    let (mut nora, second, _) = waits(&app, "nora").await;
    is_offered(idle, &second).await;

    // Declined: the other one is asked at once, and not answered in time: it stands in the list, for anybody to take.
    idle.does("decline", &second, json!({})).await;
    is_offered(busy, &second).await;
    app.advance(seconds(20)).await;
    loses_offer(busy, &second).await;
    idle.accept(&second).await;
    nora.sees_state(&second, |state| state["state"] == "active").await;
}

#[tokio::test]
async fn an_offer_that_nobody_answers_comes_again_after_a_while() {
    let app = routed(Assignment::RoundRobin).await;
    let mut bert = app.operator("bert").await;
    let (mut maria, it, _) = waits(&app, "maria").await;
    is_offered(&mut bert, &it).await;
    app.advance(seconds(20)).await;
    loses_offer(&mut bert, &it).await;
    app.advance(limits::ASK_AGAIN_AFTER).await;
    is_offered(&mut bert, &it).await;
    bert.accept(&it).await;
    maria.sees_state(&it, |state| state["state"] == "active").await;
}

#[tokio::test]
async fn whoever_goes_away_is_asked_no_more_and_their_offer_goes_on() {
    let app = routed(Assignment::RoundRobin).await;
    let mut bert = app.operator("bert").await;
    let (mut maria, it, _) = waits(&app, "maria").await;
    is_offered(&mut bert, &it).await;

    // Away by hand: the offer is taken back, and visitors are told that nobody is there.
    bert.send_frame(&json!({"t": "available", "on": false})).await;
    loses_offer(&mut bert, &it).await;
    bert.expect("his own state", |frame| frame["t"] == "available" && frame["state"] == "away").await;
    maria.expect("that nobody is here", |frame| frame["t"] == "presence" && frame["online"] == 0).await;
    maria.sees_state(&it, |state| state["may_leave_message"] == true).await;

    let mut clara = app.operator("clara").await;
    is_offered(&mut clara, &it).await;
    maria.sees_state(&it, |state| state["may_leave_message"] == false).await;

    // Her line breaks: a moment later, which would be long enough for a page to open, he is asked who is back.
    bert.send_frame(&json!({"t": "available", "on": true})).await;
    bert.expect("his own state", |frame| frame["t"] == "available" && frame["state"] == "accepting").await;
    clara.drop_line();
    maria.expect("that one is here", |frame| frame["t"] == "presence" && frame["online"] == 1).await;
    app.advance(limits::ASK_AGAIN_AFTER).await;
    is_offered(&mut bert, &it).await;

    // Idle for a while is away as well, until something is typed.
    app.advance(limits::AWAY_AFTER).await;
    bert.expect("his own state", |frame| frame["t"] == "available" && frame["state"] == "idle").await;
    bert.send_frame(&json!({"t": "active"})).await;
    bert.expect("his own state", |frame| frame["t"] == "available" && frame["state"] == "accepting").await;
    bert.accept(&it).await;
}

#[tokio::test]
async fn nobody_is_asked_beyond_their_capacity_and_room_is_used_at_once() {
    let app = routed(Assignment::LeastBusy).await;
    let mut bert = app.operator("bert").await;
    app.change_operator(&bert.email, |bert| bert.capacity = 1);
    bert.drop_line();
    bert.connect().await;
    let (_maria, first, _) = waits(&app, "maria").await;
    is_offered(&mut bert, &first).await;
    bert.accept(&first).await;
    let (mut nora, second, state) = waits(&app, "nora").await;
    // She is told her place; he is not asked, until he has closed what he has.
    assert_eq!(state["place"], 1);
    assert!(!has_offer(&bert));
    bert.close(&first).await;
    is_offered(&mut bert, &second).await;
    bert.accept(&second).await;
    nora.sees_state(&second, |state| state["state"] == "active").await;
}

#[tokio::test]
async fn a_disabled_operator_and_a_restart_lose_nobody() {
    let mut app = routed(Assignment::RoundRobin).await;
    let mut bert = app.operator("bert").await;
    let (mut maria, it, _) = waits(&app, "maria").await;
    is_offered(&mut bert, &it).await;
    app.change_operator(&bert.email, |bert| bert.standing = parlor::domain::operator::Standing::Disabled);
    let mut clara = app.operator("clara").await;
    is_offered(&mut clara, &it).await;

    clara.drop_line();
    maria.drop_line();
    app.restart();
    let mut clara = Operator::signed_in(&app.door, &clara.email, crate::harness::app::PASSWORD).await;
    clara.connect().await;
    is_offered(&mut clara, &it).await;
    clara.accept(&it).await;
    maria.browser = crate::harness::http::Browser::new(&app.door);
    maria.connect().await;
    maria.sees_state(&it, |state| state["state"] == "active").await;
}

#[tokio::test]
async fn a_department_asks_its_own_people_by_its_own_rules() {
    let app = TestApp::start().await;
    let (mut bert, mut clara) = (app.operator("bert").await, app.operator("clara").await);
    let id = DepartmentId::from_bytes([4; 16]);
    app.put_department(&Department {
        id,
        site: app.site_id(),
        name: Name::parse("Billing").unwrap(),
        members: Members::Only([app.operator_id(&clara.email)].into()),
        hours: None,
        routing: Some(Routing { assignment: Assignment::RoundRobin, ..Routing::default() }),
        created_at: parlor::domain::time::Timestamp::from_millis(0),
    });
    let (mut maria, it, _) = waits(&app, "maria").await;
    let presence = maria.expect("the departments", |frame| frame["t"] == "presence" && frame["departments"].is_array()).await;
    assert_eq!(presence["departments"][0], json!({"department": id.to_string(), "online": 1, "open": true}), "{presence}");
    bert.accept(&it).await;
    bert.does("transfer", &it, json!({"to": id.to_string()})).await;
    is_offered(&mut clara, &it).await;
    let told = maria.hears_kind(&it, "transferred").await;
    assert_eq!(told["to"], "Billing");
    assert!(!has_offer(&bert));
    clara.accept(&it).await;
}

#[tokio::test]
async fn a_transfer_that_is_not_taken_comes_back_and_whoever_sent_it_is_told() {
    let app = TestApp::start().await;
    let (mut bert, mut clara) = (app.operator("bert").await, app.operator("clara").await);
    let (mut maria, it, _) = waits(&app, "maria").await;
    bert.accept(&it).await;
    let to = app.operator_id(&clara.email).to_string();
    bert.does("transfer", &it, json!({"to": to})).await;
    assert_eq!(is_offered(&mut clara, &it).await["transfer"], true);
    clara.does("decline", &it, json!({})).await;
    bert.expect("that she declined", |frame| frame["t"] == "declined" && frame["operator"] == to.as_str()).await;
    maria.sees_state(&it, |state| state["state"] == "waiting" && state["place"] == 1).await;
    bert.accept(&it).await;
    bert.does("transfer", &it, json!({"to": to})).await;
    is_offered(&mut clara, &it).await;
    app.advance(limits::ANSWER_WITHIN).await;
    loses_offer(&mut clara, &it).await;
    bert.expect("that she did not answer", |frame| frame["t"] == "declined").await;
}

#[tokio::test]
async fn a_visitor_is_told_how_long_it_may_take_and_when_they_may_leave_a_message() {
    let app = routed(Assignment::Manual).await;
    let mut bert = app.operator("bert").await;
    for (who, waited) in [("one", 10), ("two", 20), ("three", 30)] {
        let (mut visitor, it, _) = waits(&app, who).await;
        app.advance(seconds(waited)).await;
        bert.accept(&it).await;
        visitor.end(&it).await;
        bert.close(&it).await;
    }
    let (mut maria, it, state) = waits(&app, "maria").await;
    assert_eq!((&state["wait_seconds"], &state["may_leave_message"]), (&json!(20), &json!(false)), "{state}");
    app.advance(seconds(45)).await;
    maria.sees_state(&it, |state| state["may_leave_message"] == true).await;

    // Whoever left the queue holds no place in it.
    let (mut nora, second, state) = waits(&app, "nora").await;
    assert_eq!(state["place"], 2);
    maria.drop_line();
    bert.send_frame(&json!({"t": "watch", "conversation": it})).await;
    bert.sees_state(&it, |state| state["visitor_online"] == false).await;
    app.advance(limits::LEFT_QUEUE_AFTER).await;
    nora.sees_state(&second, |state| state["place"] == 1).await;
    maria.connect().await;
    nora.sees_state(&second, |state| state["place"] == 2).await;
}

#[tokio::test]
async fn outside_its_hours_a_site_says_when_it_opens() {
    let app = TestApp::start().await;
    let _bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    maria.expect("who is here", |frame| frame["t"] == "presence" && frame["open"] == true && frame["online"] == 1).await;
    // It is Monday, nine o'clock in Greenwich.
    app.change_site(|site| {
        let days = std::array::from_fn(|day| if day == 0 { vec![Span::new(600, 660).unwrap()] } else { Vec::new() });
        site.hours = Hours::Weekly(Week { zone: ZoneName::utc(), days, holidays: Vec::new() });
    });
    let closed = maria.expect("that it is closed", |frame| frame["t"] == "presence" && frame["open"] == false).await;
    assert_eq!(closed["opens_at"], "2026-06-15T10:00:00.000Z");
    app.advance(seconds(3_600)).await;
    maria.expect("that it is open", |frame| frame["t"] == "presence" && frame["open"] == true).await;
}

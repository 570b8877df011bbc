//! What no client of ours would send. The line closes with the code of RFC 6455 that fits, and the appliance is unharmed.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::app::TestApp;

/// Sends one message on a line of its own; gives the close code.
async fn closes_with(app: &TestApp, message: Message) -> u16 {
    let mut visitor = app.visitor("mallory").await;
    visitor.line().send_raw(message).await;
    visitor.expect_end().await.0
}

#[tokio::test]
async fn a_frame_that_is_not_of_the_protocol_ends_the_line() {
    let app = TestApp::start().await;
    let conversation = "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let frames: Vec<String> = vec![
        String::new(),
        "not json at all".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "null".to_owned(),
        json!({"t": "nothing we know"}).to_string(),
        json!({"t": "send"}).to_string(),
        json!({"t": "send", "id": "a", "conversation": conversation, "text": "x", "extra": true}).to_string(),
        json!({"t": "send", "id": 7, "conversation": conversation, "text": "x"}).to_string(),
        json!({"t": "typing", "conversation": conversation, "on": "yes"}).to_string(),
        json!({"t": "seen", "conversation": conversation, "seq": -1}).to_string(),
        json!({"t": "hello", "v": 1, "ticket": "again", "after": {}}).to_string(),
        format!("{}1{}", "[".repeat(4_000), "]".repeat(4_000)),
    ];
    for frame in frames {
        let short: String = frame.chars().take(80).collect();
        assert_eq!(closes_with(&app, Message::text(frame)).await, 1008, "{short}");
    }
    still_serves(&app).await;
}

#[tokio::test]
async fn an_id_that_is_none_is_refused_and_the_line_stays() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("a talk with odd ids around it").await.conversation;
    for (id, conversation) in [("a", "not an id"), ("a", ""), ("not a valid id!", it.as_str()), (&"i".repeat(41), &it), ("", &it)]
    {
        let refused = maria.send_as(id, conversation, "words that arrive nowhere").await.unwrap_err();
        assert!(!refused.message.is_empty(), "{id} {conversation}");
    }
    maria.send(&it, "and then it goes on as usual").await;
    maria.hears("and then it goes on as usual").await;
    assert_eq!(maria.texts(&it).len(), 2);
}

#[tokio::test]
async fn binary_and_oversized_messages_end_the_line() {
    let app = TestApp::start().await;
    assert_eq!(closes_with(&app, Message::binary(vec![1, 2, 3])).await, 1003);
    let long = json!({"t": "start", "id": "a", "text": "x".repeat(parlor::domain::limits::FRAME_BYTES)}).to_string();
    assert_eq!(closes_with(&app, Message::text(long)).await, 1009);
    still_serves(&app).await;
}

#[tokio::test]
async fn what_only_staff_may_say_is_not_understood_from_a_visitor() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("a talk that stays as it is").await.conversation;
    for act in ["accept", "close", "watch"] {
        let mut frame = json!({"t": act, "conversation": it});
        if act != "watch" {
            frame["id"] = Value::from("x-1");
        }
        let mut visitor = crate::harness::actors::Visitor::new(&app.door, &app.site, "again").await;
        visitor.token.clone_from(&maria.token);
        visitor.connect().await;
        visitor.send_frame(&frame).await;
        // Either the line ends or the command is refused; it is never carried out.
        visitor.expect_end_or_refusal().await;
    }
    let state = app.app.store.conversation(it.parse().unwrap()).unwrap().unwrap();
    assert_eq!(state.state_word(), "waiting");
}

#[tokio::test]
async fn a_text_that_is_too_long_or_empty_is_refused_and_the_line_stays() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("the talk before the long text").await.conversation;
    let long = "é".repeat(parlor::domain::limits::MESSAGE_CHARS + 1);
    assert_eq!(maria.send_as("long-1", &it, &long).await.unwrap_err().code, "too_long");
    let refused = maria.send_as("empty-1", &it, "  \n ").await.unwrap_err();
    assert!(!refused.message.is_empty(), "{refused:?}");
    let fits = "é".repeat(parlor::domain::limits::MESSAGE_CHARS);
    maria.send_as("fits-1", &it, &fits).await.unwrap();
    maria.hears(&fits).await;
}

#[tokio::test]
async fn a_flood_is_slowed_down_and_the_line_stays() {
    let app = TestApp::with_config(|config| config.visitor_allowance = parlor::domain::visitor::Allowance::default()).await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("the beginning of a small flood").await.conversation;
    let mut refusals = 0;
    for number in 0..40 {
        if let Err(refused) = maria.send_as(&format!("f-{number}"), &it, "drop after drop after drop").await {
            assert_eq!(refused.code, "rate_limited");
            refusals += 1;
        }
    }
    assert!(refusals > 0, "nothing slowed it down");
    app.advance(std::time::Duration::from_secs(10)).await;
    maria.send_as("later", &it, "calmer after a short while").await.unwrap();
}

#[tokio::test]
async fn the_queue_of_commands_is_limited_in_size_over_http_too() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    for body in [json!([]), json!({}), json!([{"t": "delivered"}]), json!("text"), json!([{"t": "hello"}])] {
        let answer = stranger.browser.post_json("/live/commands", &body, &[]).await;
        assert!(answer.status.is_client_error(), "{body}: {}", answer.status);
    }
    let long = json!([{"t": "hello", "v": 1, "ticket": "x".repeat(200_000), "after": {}}]);
    let answer = stranger.browser.post_json("/live/commands", &long, &[]).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    let unknown = stranger
        .browser
        .request(reqwest::Method::GET, "/live/events?after=0")
        .header("sec-fetch-site", "same-origin")
        .header("authorization", "Poll nothing");
    assert_eq!(crate::harness::http::Browser::answer(unknown).await.status, 410);
    still_serves(&app).await;
}

/// Somebody else can still talk.
async fn still_serves(app: &TestApp) {
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("is everything still all right?").await.conversation;
    bert.accept(&it).await;
    bert.send(&it, "everything is still all right").await;
    maria.hears("everything is still all right").await;
}

//! The same talk where a proxy blocks WebSockets.

use reqwest::Method;
use serde_json::json;

use crate::harness::actors::Visitor;
use crate::harness::app::TestApp;
use crate::harness::http::Browser;
use crate::harness::line::Line;

#[tokio::test]
async fn a_whole_talk_works_by_polling_on_both_sides() {
    let app = TestApp::start().await;
    let mut bert = app.operator_of("bert", &[&app.site]).await.polling();
    bert.connect().await;
    let mut maria = Visitor::new(&app.door, &app.site, "maria").await.polling();
    maria.connect().await;

    let it = maria.start("can you hear me without sockets?").await.conversation;
    bert.sees_row(&it, "waiting").await;
    bert.accept(&it).await;
    maria.hears_kind(&it, "joined").await;
    bert.send(&it, "loud and clear, thank you").await;
    maria.hears("loud and clear, thank you").await;
    maria.send(&it, "then let us talk like this").await;
    bert.hears("then let us talk like this").await;
    let closed = bert.close(&it).await;
    maria.sees_state(&it, |state| state["state"] == "closed").await;
    assert_eq!(maria.whole_up_to(&it), closed.seq);
    assert!(maria.doubled.is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_given_again() {
    let app = TestApp::start().await;
    let mut maria = Visitor::new(&app.door, &app.site, "maria").await.polling();
    maria.connect().await;
    let it = maria.start("one message by polling only").await.conversation;
    maria.hears("one message by polling only").await;
    let Line::Poll { browser, secret, next, .. } = maria.take_line() else { panic!("not polling") };
    let bearer = format!("Poll {}", secret.unwrap());
    let ask = async |after: u64| loop {
        let request = browser
            .request(Method::GET, &format!("/live/events?after={after}"))
            .header("sec-fetch-site", "same-origin")
            .header("authorization", &bearer);
        let answer = Browser::answer(request).await.expect(200).json();
        // An answer without frames is allowed at any time, and asks to be asked again.
        if answer["frames"][0].is_object() {
            return answer;
        }
    };
    let say = async |id: &str, text: &str| {
        maria.note(text);
        let command = json!([{"t": "send", "id": id, "conversation": it, "text": text}]);
        browser.post_json("/live/commands", &command, &[("authorization", &bearer)]).await.expect(204);
    };
    say("again-1", "a message whose echo gets lost").await;
    // The same question gives the same frames until the number proves that they arrived.
    let first = ask(next).await;
    let again = ask(next).await;
    assert_eq!(first["frames"][0], again["frames"][0]);
    say("again-2", "a message after the lost echo").await;
    let after = ask(again["next"].as_u64().unwrap()).await;
    assert!(!after.to_string().contains("gets lost"), "{after}");
}

#[tokio::test]
async fn a_poll_secret_is_nobody_elses() {
    let app = TestApp::start().await;
    let mut maria = Visitor::new(&app.door, &app.site, "maria").await.polling();
    maria.connect().await;
    let stranger = app.stranger();
    for header in ["Poll ", "Poll aaaaaaaa", "Bearer aaaaaaaa", ""] {
        let request = stranger
            .browser
            .request(Method::GET, "/live/events?after=0")
            .header("sec-fetch-site", "same-origin")
            .header("authorization", header);
        let status = Browser::answer(request).await.status;
        assert!(status == 410 || status == 401 || status == 400, "{header:?}: {status}");
    }
}

#[tokio::test]
async fn who_asks_on_and_never_fetches_is_cut() {
    let app = TestApp::start().await;
    let mut maria = Visitor::new(&app.door, &app.site, "maria").await.polling();
    maria.connect().await;
    let it = maria.start(&"long ".repeat(700)).await.conversation;
    let Line::Poll { browser, secret, next, .. } = maria.take_line() else { panic!("not polling") };
    let bearer = format!("Poll {}", secret.unwrap());
    let flood = vec![json!({"t": "resume", "conversation": it, "after": 0}); 800];
    browser.post_json("/live/commands", &json!(flood), &[("authorization", &bearer)]).await.expect(204);
    let request = browser
        .request(Method::GET, &format!("/live/events?after={next}"))
        .header("sec-fetch-site", "same-origin")
        .header("authorization", &bearer);
    let answer = Browser::answer(request).await.expect(200);
    assert!(answer.body.len() < 2 * parlor::domain::limits::POLL_BYTES, "{}", answer.body.len());
    assert_eq!(answer.json()["frames"].as_array().unwrap().last().unwrap()["code"], "lagging");
}

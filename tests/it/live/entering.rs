//! How a line is opened, and how it is not.

use reqwest::Method;
use serde_json::json;

use crate::harness::actors::Visitor;
use crate::harness::app::{ORIGIN, TestApp};
use crate::harness::http::Browser;
use crate::harness::line::Line;

#[tokio::test]
async fn a_ticket_opens_one_line() {
    let app = TestApp::start().await;
    let mut maria = Visitor::new(&app.door, &app.site, "maria").await;
    let ticket = maria.ticket().await;
    let line = maria.open_line().await;
    let welcome = maria.hello(line, &ticket).await;
    assert_eq!((welcome["role"].as_str(), welcome["v"].as_u64()), (Some("visitor"), Some(1)));

    let mut second = maria.open_line().await;
    second.send(&json!({"t": "hello", "v": 1, "ticket": ticket, "after": {}})).await;
    assert_eq!(end_of(&mut second).await, (1008, "bad_ticket".to_owned()));
}

/// The close code of a line and the code of the farewell before it.
async fn end_of(line: &mut Line) -> (u16, String) {
    let mut bye = String::new();
    loop {
        match line.hear().await {
            crate::harness::line::Heard::Frame(frame) => {
                if frame["t"] == "bye" || frame["t"] == "refused" {
                    frame["code"].as_str().unwrap().clone_into(&mut bye);
                }
            }
            crate::harness::line::Heard::Closed { code, .. } => return (code, bye),
        }
    }
}

#[tokio::test]
async fn a_ticket_is_good_for_half_a_minute() {
    let app = TestApp::start().await;
    let maria = Visitor::new(&app.door, &app.site, "maria").await;
    let ticket = maria.ticket().await;
    let mut line = maria.open_line().await;
    app.advance(parlor::domain::limits::TICKET_LIFE + std::time::Duration::from_secs(1)).await;
    line.send(&json!({"t": "hello", "v": 1, "ticket": ticket, "after": {}})).await;
    assert_eq!(end_of(&mut line).await, (1008, "bad_ticket".to_owned()));
}

#[tokio::test]
async fn a_made_up_ticket_and_a_made_up_token_open_nothing() {
    let app = TestApp::start().await;
    let mut maria = Visitor::new(&app.door, &app.site, "maria").await;
    let mut line = maria.open_line().await;
    line.send(&json!({"t": "hello", "v": 1, "ticket": "0123456789abcdef0123456789abcdef", "after": {}})).await;
    assert_eq!(end_of(&mut line).await, (1008, "bad_ticket".to_owned()));

    // One character of the token changed, and the token of one site used at another.
    let good = maria.token.clone();
    let last = if good.ends_with('a') { 'b' } else { 'a' };
    maria.token = format!("{}{last}", &good[..good.len() - 1]);
    assert_eq!(maria.ticket_answer().await.status, 401);
    maria.token = good;
    maria.site = app.add_site("Another practice");
    assert_eq!(maria.ticket_answer().await.status, 401);
}

#[tokio::test]
async fn only_the_appliances_own_pages_open_sockets() {
    let app = TestApp::start().await;
    for origin in [ORIGIN, "https://evil.example", "null", "http://127.0.0.1"] {
        let refused = Line::socket(&app.door, origin, None).await.err();
        assert_eq!(refused, Some(403), "{origin}");
    }
    assert!(Line::socket(&app.door, &app.door.origin(), None).await.is_ok());
}

#[tokio::test]
async fn a_token_is_minted_for_the_sites_own_pages_only() {
    let app = TestApp::start().await;
    let browser = Browser::new(&app.door);
    assert_eq!(Visitor::ask_token(&browser, &app.site, ORIGIN).await.status, 200);
    for origin in ["https://evil.example", "http://www.clinic.example", "https://www.clinic.example.evil.example", "null", ""] {
        assert_eq!(Visitor::ask_token(&browser, &app.site, origin).await.status, 403, "{origin}");
    }
    let nobody = "sit_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_eq!(Visitor::ask_token(&browser, nobody, ORIGIN).await.status, 404);

    // The window may be framed by those pages and by nobody else.
    let panel = browser.get(&format!("/widget/{}", app.site)).await.expect(200);
    let policy = panel.header("content-security-policy");
    let ancestors = policy.split(';').find(|part| part.trim().starts_with("frame-ancestors")).unwrap();
    assert!(ancestors.contains(ORIGIN) && ancestors.contains("'self'") && !ancestors.contains('*'), "{ancestors}");
}

#[tokio::test]
async fn a_staff_ticket_needs_the_session_and_the_pages_token() {
    let app = TestApp::start().await;
    let bert = app.operator_of("bert", &[&app.site]).await;
    let csrf = bert.csrf().await;
    let ask = async |headers: &[(&str, &str)]| bert.browser.post_json("/live/ticket", &json!({}), headers).await.status.as_u16();
    assert_eq!(ask(&[("x-parlor-csrf", &csrf)]).await, 200);
    assert_ne!(ask(&[]).await, 200);
    assert_ne!(ask(&[("x-parlor-csrf", "wrong")]).await, 200);
    // Another website cannot ask in the operator's name, even with the right token.
    let elsewhere = bert
        .browser
        .request(Method::POST, "/live/ticket")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .header("x-parlor-csrf", &csrf)
        .json(&json!({}));
    assert_eq!(Browser::answer(elsewhere).await.status, 403);
    let nobody = Browser::new(&app.door);
    let answer = nobody.post_json("/live/ticket", &json!({}), &[("x-parlor-csrf", &csrf)]).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn no_credential_stands_in_an_address() {
    let app = TestApp::start().await;
    let maria = Visitor::new(&app.door, &app.site, "maria").await;
    let ticket = maria.ticket().await;
    // A ticket in the address is not looked at: the socket still waits for the first frame.
    let mut line = maria.open_line().await;
    line.send(&json!({"t": "delivered", "conversation": "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa", "seq": 1})).await;
    let (code, _) = end_of(&mut line).await;
    assert_eq!(code, 1008, "the first frame has to be hello");
    drop(ticket);
}

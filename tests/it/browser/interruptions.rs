//! Networks that go away and servers that die: both sides come back by themselves, nothing is lost or doubled, drafts stay.

use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::process::{self, Server};
use crate::harness::screen::{Browsers, In, Screen};

use super::{accept_first, operator_hears, operator_says, visitor_hears, visitor_says};

/// What a browser says by itself when its network is gone.
const EXPECTED: [&str; 6] = [
    "net::ERR_",
    "WebSocket connection to",
    "Failed to load resource",
    "WebSocket is already",
    "Failed to fetch",
    "was interrupted while the page was loading",
];

/// A talk between two browsers: the visitor's window on its own page, the operator at the console.
async fn talk(browsers: &Browsers, origin: &str, site: &str, admin: (&str, &str)) -> (Screen, Screen) {
    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/widget/{site}")).await;
    visitor_says(&visitor, In::Page, "before anything went wrong").await;
    visitor_hears(&visitor, In::Page, "before anything went wrong").await;
    let operator = browsers.open().await;
    operator.sign_in(origin, admin.0, admin.1).await;
    accept_first(&operator).await;
    operator_hears(&operator, "before anything went wrong").await;
    (visitor, operator)
}

/// Each text once, in this order, on both sides.
async fn both_have(visitor: &Screen, operator: &Screen, texts: &[&str]) {
    for text in texts {
        visitor_hears(visitor, In::Page, text).await;
        operator_hears(operator, text).await;
    }
    let said = visitor.texts(In::Page, "#events .bubble, #pending .bubble").await;
    assert_eq!(said.iter().map(|text| text.trim()).collect::<Vec<_>>(), texts, "the visitor's window");
    let said = operator.texts(In::Page, ".events .bubble").await;
    assert_eq!(said.iter().map(|text| text.trim()).collect::<Vec<_>>(), texts, "the console");
}

#[tokio::test]
async fn a_visitor_without_network_keeps_writing_and_it_arrives_later() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let (visitor, operator) = talk(&browsers, &app.door.origin(), &app.site, (ADMIN, PASSWORD)).await;
    visitor.offline(true).await;
    visitor_says(&visitor, In::Page, "written without a network").await;
    visitor.until_text(In::Page, "#pending, #events", "written without a network").await;
    operator_says(&operator, "said while the visitor was away").await;
    operator_hears(&operator, "said while the visitor was away").await;
    visitor.offline(false).await;
    visitor_hears(&visitor, In::Page, "said while the visitor was away").await;
    operator_hears(&operator, "written without a network").await;
    let said = operator.texts(In::Page, ".events .bubble").await;
    assert_eq!(said.len(), 3, "{said:?}");
    let said = visitor.texts(In::Page, "#events .bubble, #pending .bubble").await;
    assert_eq!(said.len(), 3, "{said:?}");
    for screen in [visitor, operator] {
        assert_eq!(screen.complaints(&EXPECTED).await, [""; 0]);
        screen.quit().await;
    }
}

#[tokio::test]
async fn a_server_killed_in_the_middle_loses_nothing_and_drafts_stay() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let site = process::set_up(&data).site;
    let server = Server::start(&data, &[]);
    let listen = format!("127.0.0.1:{}", server.port);
    let origin = format!("https://{listen}");
    let browsers = Browsers::start();
    let (visitor, operator) = talk(&browsers, &origin, &site, (process::ADMIN, process::PASSWORD)).await;
    operator_says(&operator, "an answer before the end").await;
    visitor_hears(&visitor, In::Page, "an answer before the end").await;

    // Both are in the middle of a sentence.
    visitor.fill(In::Page, "#text", "half a sentence of the visitor").await;
    operator.fill(In::Page, ".composer textarea", "half a sentence of the operator").await;
    server.kill();
    visitor.until_there(In::Page, "#banner").await;
    operator.until_there(In::Page, "#line").await;
    let server = Server::start(&data, &["--listen", &listen]);
    visitor.until(In::Page, "the visitor's line", "document.querySelector('#banner').hidden").await;
    operator.until(In::Page, "the operator's line", "document.querySelector('#line').hidden").await;
    assert_eq!(visitor.eval(In::Page, "document.querySelector('#text').value").await, "half a sentence of the visitor");
    assert_eq!(
        operator.eval(In::Page, "document.querySelector('.composer textarea').value").await,
        "half a sentence of the operator"
    );

    // The drafts outlive a reload as well, and what is sent afterwards arrives once.
    visitor.refresh().await;
    visitor.until(In::Page, "the draft", "document.querySelector('#text')?.value === 'half a sentence of the visitor'").await;
    operator.refresh().await;
    operator
        .until(In::Page, "the draft", "document.querySelector('.composer textarea')?.value === 'half a sentence of the operator'")
        .await;
    visitor.eval(In::Page, "document.querySelector('#text').focus()").await;
    visitor.key("Enter").await;
    visitor_hears(&visitor, In::Page, "half a sentence of the visitor").await;
    operator_hears(&operator, "half a sentence of the visitor").await;
    operator.eval(In::Page, "document.querySelector('.composer textarea').focus()").await;
    operator.key("Enter").await;
    let all = [
        "before anything went wrong",
        "an answer before the end",
        "half a sentence of the visitor",
        "half a sentence of the operator",
    ];
    both_have(&visitor, &operator, &all).await;
    for screen in [visitor, operator] {
        assert_eq!(screen.complaints(&EXPECTED).await, [""; 0]);
        screen.quit().await;
    }
    assert!(server.stop().success());
}

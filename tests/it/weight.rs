//! What a page weighs, as it travels: the promises about size and number of requests, held here so that nothing grows unseen.

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::http::Browser;

/// Bytes of an answer as a browser gets it, and its text is of no interest.
async fn bytes(browser: &Browser, path: &str) -> usize {
    let request = browser.request(reqwest::Method::GET, path).header("accept-encoding", "br, gzip").header("accept", "*/*");
    let response = request.send().await.unwrap().error_for_status().unwrap();
    response.bytes().await.unwrap().len()
}

/// What a page loads before anybody does anything: the addresses in its `src` and `href` of styles, scripts and icons.
async fn loads(browser: &Browser, path: &str) -> Vec<String> {
    let page = browser.get(path).await.expect(200).body;
    let mut all: Vec<String> = page
        .split(['"', '\''])
        // A frame shows no icon of its page, so a browser does not ask for it.
        .filter(|piece| !piece.contains("/favicon."))
        // The window fetches it when a visitor types as many digits as a card has.
        .filter(|piece| !piece.contains("/panel-card."))
        .filter(|piece| piece.starts_with("/assets/") || piece.ends_with("/widget.js"))
        .map(|piece| piece.strip_prefix(&browser.door.origin()).unwrap_or(piece).to_owned())
        .collect();
    all.sort();
    all.dedup();
    all
}

async fn weight(browser: &Browser, path: &str) -> (usize, usize) {
    let parts = loads(browser, path).await;
    let mut sum = bytes(browser, path).await;
    for part in &parts {
        sum += bytes(browser, part).await;
    }
    (sum, parts.len() + 1)
}

#[tokio::test]
async fn the_widget_costs_a_website_next_to_nothing() {
    let app = TestApp::start().await;
    let browser = Browser::new(&app.door);
    let loader = bytes(&browser, "/widget.js").await;
    assert!(loader <= 3 * 1024, "the loader has {loader} bytes");
    // With everything that a site can switch on.
    app.change_site(|site| {
        site.switches.visitor_files = true;
        site.rating = true;
    });
    let (panel, requests) = weight(&browser, &format!("/widget/{}", app.site)).await;
    println!("loader {loader} bytes, chat window {panel} bytes in {requests} requests");
    assert!(panel <= 20 * 1024, "the opened chat window has {panel} bytes");
    assert!(requests <= 7, "the opened chat window takes {requests} requests");
}

#[tokio::test]
async fn the_console_is_there_at_once() {
    let app = TestApp::start().await;
    let admin = Operator::signed_in(&app.door, ADMIN, PASSWORD).await;
    let (sum, requests) = weight(&admin.browser, "/console").await;
    assert!(sum <= 60 * 1024 && requests <= 8, "{sum} bytes in {requests} requests");
}

#[tokio::test]
async fn what_never_changes_is_asked_for_once() {
    let app = TestApp::start().await;
    let browser = Browser::new(&app.door);
    for part in loads(&browser, &format!("/widget/{}", app.site)).await {
        let answer = browser.get(&part).await.expect(200);
        assert!(answer.header("cache-control").contains("immutable"), "{part}: {:?}", answer.headers);
    }
    // The loader's address never changes, so its content has to be asked for again, and cheaply.
    let loader = browser.get("/widget.js").await.expect(200);
    assert!(!loader.header("cache-control").contains("immutable"));
    let tag = loader.header("etag").to_owned();
    assert!(!tag.is_empty(), "{:?}", loader.headers);
    let again = Browser::answer(browser.request(reqwest::Method::GET, "/widget.js").header("if-none-match", tag)).await;
    assert_eq!(again.status, 304);
}

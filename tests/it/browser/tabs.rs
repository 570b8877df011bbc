//! Several tabs of one browser are one visitor: one line, one log, one list of what is on its way.

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};

use super::{accept_first, operator_hears, operator_says, visitor_hears, visitor_says};

/// A further window of the same browser with the visitor's chat in it.
async fn another(screen: &Screen, address: &str) -> String {
    let tab = screen.new_tab().await;
    screen.size(800, 700).await;
    screen.goto(address).await;
    screen.until_there(In::Page, "#text").await;
    tab
}

async fn said(screen: &Screen) -> Vec<String> {
    screen.texts(In::Page, "#events .bubble, #pending .bubble").await
}

#[tokio::test]
async fn two_windows_are_one_visitor_with_one_line() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let address = format!("{}/widget/{}", app.door.origin(), app.site);
    let visitor = browsers.open().await;
    visitor.goto(&address).await;
    visitor.until_there(In::Page, "#text").await;
    let first = visitor.tab().await;
    // The second is open, and has nothing to show, before the first begins.
    let second = another(&visitor, &address).await;

    visitor.look_at(&first).await;
    visitor_says(&visitor, In::Page, "said in the first window").await;
    visitor_hears(&visitor, In::Page, "said in the first window").await;
    visitor.look_at(&second).await;
    visitor_hears(&visitor, In::Page, "said in the first window").await;
    visitor_says(&visitor, In::Page, "said in the second window").await;
    visitor_hears(&visitor, In::Page, "said in the second window").await;
    assert_eq!(app.app.hub.connected(), (1, 0), "two windows, one line");

    let operator = browsers.open().await;
    operator.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    accept_first(&operator).await;
    operator_hears(&operator, "said in the second window").await;
    operator_says(&operator, "an answer for both").await;
    let all = ["said in the first window", "said in the second window", "an answer for both"];
    for tab in [&first, &second] {
        visitor.look_at(tab).await;
        visitor_hears(&visitor, In::Page, "an answer for both").await;
        assert_eq!(said(&visitor).await, all);
    }

    // A window that comes later has all of it as well.
    let third = another(&visitor, &address).await;
    visitor_hears(&visitor, In::Page, "an answer for both").await;
    assert_eq!(said(&visitor).await, all);
    assert_eq!(app.app.hub.connected(), (1, 1));

    // The window that holds the line is closed, in the very moment in which another one sends.
    visitor.look_at(&first).await;
    visitor.close_tab().await;
    visitor.look_at(&third).await;
    visitor_says(&visitor, In::Page, "said while the line changed hands").await;
    operator_hears(&operator, "said while the line changed hands").await;
    operator_says(&operator, "and the answer to that").await;
    for tab in [&second, &third] {
        visitor.look_at(tab).await;
        visitor_hears(&visitor, In::Page, "and the answer to that").await;
        let all = [&all[..], &["said while the line changed hands", "and the answer to that"]].concat();
        assert_eq!(said(&visitor).await, all);
        visitor.until(In::Page, "nothing on its way", "document.querySelectorAll('#pending .bubble').length === 0").await;
    }
    assert_eq!(app.app.hub.connected(), (1, 1));
    let heard = operator.texts(In::Page, ".events .bubble").await;
    assert_eq!(heard.len(), 5, "{heard:?}");
    assert_eq!(visitor.complaints(&[]).await, [""; 0]);
    operator.quit().await;
    visitor.quit().await;
}

#[tokio::test]
async fn what_one_window_could_not_send_goes_with_another() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let address = format!("{}/widget/{}", app.door.origin(), app.site);
    let visitor = browsers.open().await;
    visitor.goto(&address).await;
    visitor_says(&visitor, In::Page, "before the network went").await;
    visitor_hears(&visitor, In::Page, "before the network went").await;
    let first = visitor.tab().await;
    let second = another(&visitor, &address).await;
    visitor_hears(&visitor, In::Page, "before the network went").await;

    visitor.look_at(&first).await;
    visitor.offline(true).await;
    visitor.look_at(&second).await;
    visitor.offline(true).await;
    visitor_says(&visitor, In::Page, "written without a network").await;
    visitor.look_at(&first).await;
    visitor.until_text(In::Page, "#pending .bubble", "written without a network").await;
    // Its author is gone before the network is back.
    visitor.look_at(&second).await;
    visitor.close_tab().await;
    visitor.look_at(&first).await;
    visitor.offline(false).await;
    visitor_hears(&visitor, In::Page, "written without a network").await;
    visitor.until(In::Page, "nothing on its way", "document.querySelectorAll('#pending .bubble').length === 0").await;
    assert_eq!(said(&visitor).await, ["before the network went", "written without a network"]);
    let admin = Operator::signed_in(&app.door, ADMIN, PASSWORD).await;
    assert!(admin.browser.get("/console").await.body.contains("Unnamed visitor"));
    visitor.quit().await;
}

//! A nearly full disk, as it looks from both sides: the visitor keeps their words, staff know what to do, and it ends by itself.

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};
use super::{accept_first, operator_hears, visitor_hears, visitor_says};

#[tokio::test]
async fn a_visitor_who_is_declined_keeps_their_words_and_gets_through_later() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let mut wrong = Vec::new();

    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/widget/{}", app.site)).await;
    visitor.until_text(In::Page, "#presence", "Nobody is here").await;
    let operator = browsers.open().await;
    operator.sign_in(&origin, ADMIN, PASSWORD).await;
    operator.until(In::Page, "a console without a notice", "document.querySelector('#room')?.childElementCount === 0").await;

    app.finds_free(-(21 << 20));
    operator.until_text(In::Page, "#room .banner", "New chats are declined").await;
    look(&operator, "console-low", In::Page, &mut wrong).await;
    // Who had the window open already learns it with the first message, who comes now before it.
    visitor.fill(In::Page, "[name=name]", "Maria Lindqvist").await;
    visitor_says(&visitor, In::Page, "Good morning. Can I have a new prescription?").await;
    visitor.until_text(In::Page, "#banner", "We cannot take new chats at the moment").await;
    visitor
        .until(In::Page, "the words", "document.querySelector('#text').value === 'Good morning. Can I have a new prescription?'")
        .await;
    visitor.until_text(In::Page, "#presence", "No new chats at the moment").await;
    look(&visitor, "panel-declined", In::Page, &mut wrong).await;
    visitor.refresh().await;
    visitor.until_text(In::Page, "#banner", "We cannot take new chats at the moment").await;
    visitor
        .until(In::Page, "the words", "document.querySelector('#text').value === 'Good morning. Can I have a new prescription?'")
        .await;
    // Trying again is one key, and while nothing has changed it ends as before.
    visitor.eval(In::Page, "document.querySelector('#text').focus()").await;
    visitor.key("Enter").await;
    visitor.until_text(In::Page, "#alert", "Your message was not sent").await;
    visitor
        .until(In::Page, "the words", "document.querySelector('#text').value === 'Good morning. Can I have a new prescription?'")
        .await;

    operator.goto(&format!("{origin}/admin/system")).await;
    operator.until_text(In::Page, "#room .banner", "New chats are declined").await;
    look(&operator, "system-low", In::Page, &mut wrong).await;
    app.finds_free(-(62 << 20));
    operator.goto(&format!("{origin}/console")).await;
    operator.until_text(In::Page, "#room .banner-danger", "messages may soon be refused").await;
    look(&operator, "console-critical", In::Page, &mut wrong).await;

    app.finds_free(1 << 30);
    operator.until(In::Page, "the end of the notice", "document.querySelector('#room').childElementCount === 0").await;
    operator
        .until(In::Page, "words about it", "document.querySelector('#announcer').textContent.includes('has room again')")
        .await;
    visitor.until(In::Page, "the end of the banner", "document.querySelector('#banner').hidden").await;
    visitor.eval(In::Page, "document.querySelector('#text').focus()").await;
    visitor.key("Enter").await;
    visitor_hears(&visitor, In::Page, "Can I have a new prescription?").await;
    accept_first(&operator).await;
    operator_hears(&operator, "Can I have a new prescription?").await;

    // A chat that is open is none of the disk's business.
    app.finds_free(-1);
    visitor_says(&visitor, In::Page, "It is the one that Dr Berg prescribed.").await;
    operator_hears(&operator, "It is the one that Dr Berg prescribed.").await;
    assert_eq!(visitor.eval(In::Page, "document.querySelector('#banner').hidden").await, true);
    for screen in [visitor, operator] {
        assert_eq!(screen.complaints(&[]).await, [""; 0]);
        screen.quit().await;
    }
    nothing(&wrong);
}

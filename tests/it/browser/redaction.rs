//! A card number in the visitor's window: asked about before it is sent, masked on both sides when it is, and what a site chooses to look for.

use crate::harness::app::TestApp;
use crate::harness::screen::{Browsers, In};

use super::pages::look;
use super::{accept_first, operator_hears, visitor_says};

#[tokio::test]
async fn a_card_number_is_asked_about_and_then_masked_on_both_sides() {
    const CARD: &str = "4111 1111 1111 1111";
    let app = TestApp::start().await;
    app.markers.note(CARD);
    let origin = app.door.origin();
    let browsers = Browsers::start();
    let (visitor, operator) = (browsers.open().await, browsers.open().await);
    let mut wrong = Vec::new();
    visitor.size(360, 640).await;
    visitor.goto(&format!("{origin}/widget/{}?lang=de", app.site)).await;
    visitor_says(&visitor, In::Page, "Guten Tag").await;
    operator.sign_in(&origin, crate::harness::app::ADMIN, crate::harness::app::PASSWORD).await;
    operator.goto(&format!("{origin}/console")).await;
    accept_first(&operator).await;

    // It is not sent yet: the window asks, in its language, and the way out is under the finger.
    visitor_says(&visitor, In::Page, &format!("meine Karte: {CARD}")).await;
    visitor.until_text(In::Page, "#card", "Das sieht nach einer Kartennummer aus.").await;
    visitor.until(In::Page, "the focus", "document.activeElement === document.querySelector('#card button')").await;
    look(&visitor, "panel-card", In::Page, &mut wrong).await;
    let kept = visitor.eval(In::Page, "JSON.stringify({ ...sessionStorage, ...localStorage })").await.to_string();
    assert!(kept.contains("meine Karte: ••••") && !kept.contains("1111"), "what a reload brings back holds none: {kept}");
    visitor.click(In::Page, "#card button:last-child").await;
    visitor.until_text(In::Page, "#events", "meine Karte: ••••").await;
    visitor.until_text(In::Page, "#events", "Vertrauliche Angaben wurden hier entfernt.").await;
    visitor.until(In::Page, "no question", "document.getElementById('card').hidden").await;
    operator_hears(&operator, "meine Karte: ••••").await;
    operator.until_text(In::Page, ".events", "Taken out before it was stored or shown: a card number").await;

    // In two messages: the operator's page dots what it has shown already.
    visitor_says(&visitor, In::Page, "5555 5555").await;
    operator_hears(&operator, "5555 5555").await;
    visitor_says(&visitor, In::Page, "5555 4444").await;
    operator.until_text(In::Page, ".events", "Taken out of two messages: a card number.").await;
    let shown = operator.texts(In::Page, ".events .bubble").await.join(" ");
    assert!(!shown.contains('5') && shown.contains("•••• ••••"), "{shown}");
    look(&operator, "console-masked", In::Page, &mut wrong).await;

    // What an operator types stays in their tab until it is sent, without the number.
    let reply = ".composer textarea";
    operator.fill(In::Page, reply, &format!("you mean {CARD}")).await;
    operator.until(In::Page, "a draft", "JSON.stringify({ ...sessionStorage }).includes('you mean ••••')").await;
    let kept = operator.eval(In::Page, "JSON.stringify({ ...sessionStorage, ...localStorage })").await.to_string();
    assert!(!kept.contains("1111"), "{kept}");
    operator.fill(In::Page, reply, "").await;

    // Asked for a form instead, nothing of the number is sent.
    visitor_says(&visitor, In::Page, "und 4000-0000-0000-0002").await;
    visitor.until(In::Page, "the question", "!document.getElementById('card').hidden").await;
    visitor.click(In::Page, "#card button").await;
    operator_hears(&operator, "ein sicheres Formular für meine Kartendaten").await;
    assert_eq!(visitor.eval(In::Page, "document.getElementById('text').value").await, "");

    operator.goto(&format!("{origin}/admin/sites/{}/redaction", app.site)).await;
    operator.fill(In::Page, "#patterns", "All = .*").await;
    operator.click(In::Page, "main form .button-primary").await;
    operator.until_text(In::Page, "main", "finds something in an empty text").await;
    assert_eq!(operator.complaints(&["422"]).await, [""; 0]);
    look(&operator, "site-redaction", In::Page, &mut wrong).await;
    operator.fill(In::Page, "#patterns", "Patient = PN-[0-9]{6}").await;
    operator.click(In::Page, "#iban").await;
    operator.click(In::Page, "main form .button-primary").await;
    operator.until_text(In::Page, "main", "Saved").await;
    let site = app.app.store.house().sites[&app.site_id()].redaction.clone();
    assert!(site.cards && site.iban && !site.ssn && site.patterns.len() == 1, "{site:?}");

    assert_eq!(wrong, [""; 0]);
    assert_eq!(visitor.complaints(&[]).await, [""; 0]);
    assert_eq!(operator.complaints(&[]).await, [""; 0]);
    operator.quit().await;
    visitor.quit().await;
}

//! Looking for a chat and putting it on paper, with the keyboard alone.

use serde_json::json;

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};

#[tokio::test]
async fn a_chat_is_found_read_and_printed() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let mut admin = app.admin().await;
    admin.connect().await;
    for (who, name, text) in [
        (
            "maria",
            "Maria Lindqvist",
            "Is my umbrella still with you? It is green, and I left it in the waiting room on Thursday.",
        ),
        ("tom", "Tom Achebe", "The umbrella stand is in the way of my wheelchair."),
        ("li", "Li Wen", "When do you open on Saturday?"),
    ] {
        let mut visitor = app.visitor(who).await;
        let it = visitor.start_with(text, json!({"answers": {"name": name}})).await.unwrap().conversation;
        admin.accept(&it).await;
        admin
            .send_frame(&json!({"t": "note", "id": format!("n-{who}"), "conversation": it, "text": "A note for colleagues"}))
            .await;
        admin.close(&it).await;
        visitor.hears_kind(&it, "closed").await;
    }
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let mut wrong = Vec::new();
    let desk = browsers.open().await;
    desk.sign_in(&origin, ADMIN, PASSWORD).await;
    desk.goto(&format!("{origin}/console/closed")).await;
    desk.until_text(In::Page, "main", "Li Wen").await;
    desk.tab_to(In::Page, "#words").await;
    desk.write("umbrella thursday").await;
    desk.tab_to(In::Page, ".search-more > summary").await;
    desk.key("Enter").await;
    desk.until_there(In::Page, "#operator").await;
    look(&desk, "search-filters", In::Page, &mut wrong).await;
    desk.tab_to(In::Page, "#words").await;
    desk.key("Enter").await;
    desk.until_text(In::Page, ".closed-found", "in the waiting room on Thursday").await;
    assert_eq!(desk.eval(In::Page, "document.querySelectorAll('.closed-table tbody tr').length").await, 1);
    assert_eq!(desk.eval(In::Page, "location.search + location.hash").await, "", "words are in no address");
    look(&desk, "search-found", In::Page, &mut wrong).await;

    desk.tab_to(In::Page, ".closed-table a").await;
    desk.key("Enter").await;
    desk.until_there(In::Page, ".conversation").await;
    desk.tab_to(In::Page, "a[href$='/print']").await;
    desk.key("Enter").await;
    desk.until_there(In::Page, ".sheet").await;
    desk.until_there(In::Page, "[data-print]").await;
    assert_eq!(desk.eval(In::Page, "document.body.textContent.includes('A note for colleagues')").await, false);
    look(&desk, "print", In::Page, &mut wrong).await;
    desk.cdp("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
    desk.shot("print-paper").await;
    assert_eq!(desk.eval(In::Page, "document.querySelector('.sheet-tools').checkVisibility()").await, false);
    desk.cdp("Emulation.setEmulatedMedia", json!({"media": ""})).await;
    desk.tab_to(In::Page, "a[href='?notes']").await;
    desk.key("Enter").await;
    desk.until_text(In::Page, ".sheet", "A note for colleagues").await;
    look(&desk, "print-notes", In::Page, &mut wrong).await;
    desk.quit().await;
    nothing(&wrong);
}

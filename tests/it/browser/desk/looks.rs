//! The desk with full lists and in every state, looked at in every size and scheme.

use crate::harness::app::ADMIN;
use crate::harness::screen::{Browsers, In};

use super::super::pages::{look, nothing};
use super::super::{operator_hears, operator_says};
use super::{caller, focus, house, sits_down};

#[tokio::test]
async fn the_desk_with_full_lists_and_every_state_of_a_chat() {
    let app = house().await;
    let _other = app.add_site("Clinic South");
    let mut bert = app.operator("bert").await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    sits_down(&screen, &app.door.origin(), ADMIN).await;
    let mut visitors = Vec::new();
    for (who, name, text) in [
        ("ana", "Ana de la Fuente Martínez", "Is there an appointment for a child this week?"),
        ("tom", "Tom Achebe", "The door seems to be locked."),
        ("li", "Li Wen", "Can I pay with a card?"),
        ("eve", "<b>Eve</b>", "Do you speak French?"),
        ("jo", "Jo", "My invoice is wrong."),
        ("max", "Maximilian von und zu Hohenstein-Reichenbach", "Good morning"),
    ] {
        visitors.push(caller(&app, who, name, text).await);
    }
    screen.until_text(In::Page, ".queue-name", "Maximilian").await;
    let (maria, id) = (&visitors[0].1.clone(), visitors[5].1.clone());
    bert.accept(&visitors[4].1.clone()).await;
    screen.click(In::Page, &format!("#row-{maria} .queue-accept")).await;
    screen.until_there(In::Page, ".composer textarea").await;
    operator_says(&screen, "Good morning. Which day would suit you?").await;
    visitors[0].0.send(maria, "Thursday or Friday, after school if that is possible at all.").await;
    operator_hears(&screen, "after school").await;
    screen.click(In::Page, ".composer-modes input[value=note]").await;
    screen.fill(In::Page, ".composer textarea", "Dr Berg keeps a slot on Friday at three").await;
    screen.key("Enter").await;
    operator_hears(&screen, "keeps a slot").await;
    screen.fill(In::Page, ".composer textarea", "Ask the reception").await;
    // Some wait longer than others.
    let age = "for (const [index, time] of [...document.querySelectorAll('[data-group=waiting] time')].entries()) time.dateTime = new Date(Date.now() - index * 70000 - 11000).toISOString()";
    screen.eval(In::Page, age).await;
    screen.until_text(In::Page, ".queue-long", "very long").await;
    look(&screen, "desk-note", In::Page, &mut wrong).await;
    screen.click(In::Page, ".composer-modes input[value=reply]").await;
    look(&screen, "desk", In::Page, &mut wrong).await;
    screen.goto(&format!("{}/console", app.door.origin())).await;
    screen.until_there(In::Page, ".console[data-ready]").await;
    look(&screen, "desk-list", In::Page, &mut wrong).await;

    screen.goto(&format!("{}/console/conversations/{maria}", app.door.origin())).await;
    screen.until_there(In::Page, ".composer textarea").await;
    for (act, dialog) in [("transfer", "hand-over"), ("invite", "hand-over"), ("close", "close-dialog")] {
        screen.click(In::Page, &format!("[data-act={act}]")).await;
        focus(&screen, &format!("#{dialog} input")).await;
        look(&screen, &format!("desk-{act}"), In::Page, &mut wrong).await;
        screen.click(In::Page, &format!("#{dialog} [data-close]")).await;
    }
    screen.size(360, 740).await;
    screen.click(In::Page, ".conversation-card-button").await;
    screen.until_there(In::Page, ".visitor").await;
    look(&screen, "desk-card", In::Page, &mut wrong).await;
    screen.chord("k").await;
    focus(&screen, "#palette input").await;
    screen.until_text(In::Page, "#palette [role=option]", "Transfer to bert").await;
    look(&screen, "desk-palette", In::Page, &mut wrong).await;
    screen.key("Escape").await;
    screen.click(In::Page, "#availability").await;
    screen.until_text(In::Page, "#availability", "Away").await;
    // What the visitor types and what colleagues do, as the frames would say it.
    screen.size(1440, 900).await;
    screen.click(In::Page, &format!("#row-{id} .queue-link")).await;
    screen.until_there(In::Page, &format!("#pane-{id} [data-act=accept]")).await;
    look(&screen, "desk-waiting", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

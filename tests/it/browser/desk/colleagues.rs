//! Several members of staff in one chat: notes, joining, taking over, and never a word of it to the visitor.

use crate::harness::app::ADMIN;
use crate::harness::screen::{Browsers, In};

use super::super::{operator_hears, operator_says, visitor_hears, visitor_says};
use super::{done, house, promote, sits_down};

#[tokio::test]
async fn a_reply_and_a_note_are_never_mixed_up() {
    let app = house().await;
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{}/widget/{}", app.door.origin(), app.site)).await;
    visitor_says(&visitor, In::Page, "Is anybody there?").await;
    visitor_hears(&visitor, In::Page, "Is anybody there?").await;
    let operator = browsers.open().await;
    sits_down(&operator, &app.door.origin(), ADMIN).await;
    operator.click(In::Page, "[data-group=waiting] .queue-accept").await;
    operator.until_there(In::Page, ".composer textarea").await;
    operator.fill(In::Page, ".composer textarea", "half a reply").await;
    operator.click(In::Page, ".composer-modes input[value=note]").await;
    operator.until_text(In::Page, ".composer-label", "Internal note").await;
    assert_eq!(operator.eval(In::Page, "document.querySelector('.composer textarea').value").await, "");
    operator.fill(In::Page, ".composer textarea", "what only colleagues may read").await;
    // While a note is written the visitor is told nothing, not even that somebody types.
    operator.key("Enter").await;
    operator_hears(&operator, "what only colleagues may read").await;
    operator.click(In::Page, ".composer-modes input[value=reply]").await;
    operator
        .until(In::Page, "the reply's own text", "document.querySelector('.composer textarea').value === 'half a reply'")
        .await;
    operator_says(&operator, "a whole reply").await;
    visitor_hears(&visitor, In::Page, "a whole reply").await;
    let said = visitor.texts(In::Page, "body").await.concat();
    assert!(!said.contains("colleagues") && !said.contains("half a reply"), "{said}");
    // Drawn anew by the page it is marked all the same.
    operator.refresh().await;
    operator.until_text(In::Page, ".event-note .event-internal", "Internal").await;
    done(vec![visitor, operator]).await;
}

#[tokio::test]
async fn a_colleague_joins_when_asked_and_a_supervisor_takes_over() {
    let app = house().await;
    let (bert, carla) = (app.employ("bert", &[&app.site]), app.employ("carla", &[&app.site]));
    promote(&app, &carla);
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/widget/{}", app.site)).await;
    visitor_says(&visitor, In::Page, "My tooth hurts").await;
    visitor_hears(&visitor, In::Page, "My tooth hurts").await;
    let (anna, colleague, supervisor) = (browsers.open().await, browsers.open().await, browsers.open().await);
    sits_down(&anna, &origin, ADMIN).await;
    sits_down(&colleague, &origin, &bert).await;
    sits_down(&supervisor, &origin, &carla).await;
    anna.click(In::Page, "[data-group=waiting] .queue-accept").await;
    anna.until_there(In::Page, ".composer textarea").await;
    operator_says(&anna, "Let me ask a colleague").await;
    visitor_hears(&visitor, In::Page, "Let me ask a colleague").await;

    for other in [&colleague, &supervisor] {
        other.click(In::Page, "[data-group=others] .queue-link").await;
        operator_hears(other, "My tooth hurts").await;
    }
    // Who only looks in may neither write nor take it over.
    assert_eq!(colleague.eval(In::Page, "document.querySelector('.composer').hidden").await, true);
    assert_eq!(colleague.eval(In::Page, "document.querySelector('[data-act=takeover]')").await, serde_json::Value::Null);
    anna.click(In::Page, "[data-act=invite]").await;
    anna.until_there(In::Page, "#hand-over [data-hands=people] input").await;
    assert_eq!(anna.eval(In::Page, "document.querySelectorAll('#hand-over [data-hands=departments]').length").await, 0);
    anna.click(In::Page, "#hand-over input[data-name='bert of the clinic']").await;
    anna.click(In::Page, "#hand-over [value=yes]").await;
    colleague.click(In::Page, "[data-when=invited-active] [data-act=join]").await;
    colleague.until_there(In::Page, ".composer textarea").await;
    operator_says(&colleague, "Which one is it?").await;
    visitor_hears(&visitor, In::Page, "Which one is it?").await;
    operator_hears(&anna, "Which one is it?").await;

    supervisor.click(In::Page, "[data-when~=theirs-active] [data-act=note]").await;
    supervisor.fill(In::Page, ".composer[data-mode=note] textarea", "Offer her the slot at five").await;
    supervisor.key("Enter").await;
    operator_hears(&anna, "Offer her the slot at five").await;
    supervisor.click(In::Page, "[data-act=takeover]").await;
    supervisor.until_there(In::Page, "[data-group=mine] .queue-row").await;
    operator_says(&supervisor, "Come at five, please").await;
    visitor_hears(&visitor, In::Page, "Come at five, please").await;
    anna.until(In::Page, "no reply for who does not answer any more", "document.querySelector('.composer').hidden").await;
    let said = visitor.texts(In::Page, "body").await.concat();
    assert!(!said.contains("slot at five"), "{said}");
    done(vec![visitor, anna, colleague, supervisor]).await;
}

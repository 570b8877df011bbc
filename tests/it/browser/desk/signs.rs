//! What passes and is never stored: who looks at a chat, who else writes in it, what its visitor types.

use serde_json::json;

use crate::harness::app::ADMIN;
use crate::harness::screen::{Browsers, In};

use super::super::pages::{look, nothing};
use super::super::{operator_hears, operator_says};
use super::{caller, done, house, promote, sits_down};

#[tokio::test]
async fn colleagues_see_each_other_and_are_warned_before_they_answer_twice() {
    let app = house().await;
    app.change_site(|site| site.switches.sneak_peek = true);
    let bert = app.employ("bert", &[&app.site]);
    promote(&app, &bert);
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let (anna, colleague) = (browsers.open().await, browsers.open().await);
    sits_down(&anna, &origin, ADMIN).await;
    sits_down(&colleague, &origin, &bert).await;
    let (mut maria, id) = caller(&app, "maria", "Maria", "Is anybody there?").await;
    anna.click(In::Page, "[data-group=waiting] .queue-accept").await;
    anna.until_there(In::Page, ".composer textarea").await;
    colleague.click(In::Page, "[data-group=others] .queue-link").await;
    anna.until_text(In::Page, ".viewers", "bert of the clinic is viewing").await;
    colleague.click(In::Page, "[data-when~=theirs-active] [data-act=join]").await;
    colleague.fill(In::Page, ".composer textarea", "I will").await;
    anna.until_text(In::Page, ".viewers", "bert of the clinic is writing a reply").await;

    maria.send_frame(&json!({"t": "peek", "conversation": id, "text": "<i>I think</i> that I"})).await;
    anna.until_text(In::Page, ".peek-words", "<i>I think</i> that I").await;
    anna.fill(In::Page, ".composer textarea", "Yes, I am").await;
    anna.key("Enter").await;
    anna.until_text(In::Page, ".composer-note", "bert of the clinic is writing a reply as well").await;
    assert_eq!(anna.eval(In::Page, "document.querySelectorAll('.event-operator').length").await, 0);
    let mut wrong = Vec::new();
    look(&anna, "desk-collision", In::Page, &mut wrong).await;
    anna.eval(In::Page, "document.querySelector('.composer textarea').focus()").await;
    // Who sends again means it.
    anna.key("Enter").await;
    operator_hears(&anna, "Yes, I am").await;
    // What was sent takes the place of what was typed.
    maria.send(&id, "I think that I saw you").await;
    operator_hears(&anna, "I think that I saw you").await;
    anna.until(In::Page, "nothing typed", "document.querySelector('.peek').hidden").await;
    operator_says(&colleague, "I will come down").await;
    operator_hears(&anna, "I will come down").await;
    done(vec![anna, colleague]).await;
    nothing(&wrong);
}

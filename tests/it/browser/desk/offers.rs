//! Chats that somebody in particular is asked to take: by the site's routing, or handed on by a colleague.

use std::time::Duration;

use parlor::domain::routing::{Assignment, Routing};

use crate::harness::app::ADMIN;
use crate::harness::screen::{Browsers, In};

use super::super::pages::{look, nothing};
use super::{caller, done, house, sits_down};

#[tokio::test]
async fn whoever_is_asked_declines_and_the_next_one_accepts() {
    let app = house().await;
    app.change_site(|site| {
        site.routing =
            Routing { assignment: Assignment::RoundRobin, answer_within_seconds: Some(60), leave_message_after_seconds: None };
    });
    let bert = app.employ("bert", &[&app.site]);
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let (anna, colleague) = (browsers.open().await, browsers.open().await);
    sits_down(&anna, &origin, ADMIN).await;
    sits_down(&colleague, &origin, &bert).await;
    // Away: nobody asks her, until she is back.
    anna.click(In::Page, "#availability").await;
    anna.until_text(In::Page, "#availability", "Away").await;
    let (_maria, id) = caller(&app, "maria", "Maria", "Is anybody there?").await;
    colleague.until_there(In::Page, &format!("[data-group=offered] #row-{id}")).await;
    colleague.until_text(In::Page, "[data-group=offered] .queue-left", "s left").await;
    let mut wrong = Vec::new();
    look(&colleague, "desk-offered", In::Page, &mut wrong).await;
    anna.until_there(In::Page, &format!("[data-group=waiting] #row-{id}")).await;
    anna.click(In::Page, "#availability").await;
    anna.until_text(In::Page, "#availability", "Accepting").await;
    colleague.click(In::Page, "[data-group=offered] .queue-decline").await;
    colleague.until_there(In::Page, &format!("[data-group=waiting] #row-{id}")).await;
    anna.until_there(In::Page, &format!("[data-group=offered] #row-{id}")).await;
    anna.click(In::Page, "[data-group=offered] .queue-accept").await;
    anna.until_there(In::Page, &format!("[data-group=mine] #row-{id}")).await;
    anna.until_there(In::Page, ".composer textarea").await;
    colleague.until_there(In::Page, &format!("[data-group=others] #row-{id}")).await;
    done(vec![anna, colleague]).await;
    nothing(&wrong);
}

#[tokio::test]
async fn whoever_does_nothing_for_a_while_is_away_until_they_do_something() {
    let app = house().await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    sits_down(&screen, &app.door.origin(), ADMIN).await;
    screen.until_text(In::Page, "#availability", "Accepting").await;
    // What comes live shows that the line stands.
    let (_maria, id) = caller(&app, "maria", "Maria", "Is anybody there?").await;
    screen.until_there(In::Page, &format!("#row-{id}")).await;
    app.advance(Duration::from_secs(6 * 60)).await;
    screen.until_text(In::Page, "#availability", "Away").await;
    screen.until_text(In::Page, "#availability-words", "Nothing was typed or clicked here for a while").await;
    let mut wrong = Vec::new();
    look(&screen, "desk-idle", In::Page, &mut wrong).await;
    screen.click(In::Page, "#availability").await;
    screen.until_text(In::Page, "#availability", "Accepting").await;
    done(vec![screen]).await;
    nothing(&wrong);
}

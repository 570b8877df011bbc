//! A whole chat on the operators' side without any mouse.

use crate::harness::app::ADMIN;
use crate::harness::screen::{Browsers, In, Screen};

use super::super::{operator_hears, visitor_hears, visitor_says};
use super::{done, focus, house, sits_down};

/// Opens the palette, looks for these words and does the first that is found.
async fn find(screen: &Screen, words: &str, expected: &str) {
    screen.chord("k").await;
    focus(screen, "#palette [role=combobox]").await;
    screen.write(words).await;
    screen.until_text(In::Page, "#palette [role=option][aria-selected=true]", expected).await;
    screen.key("Enter").await;
}

#[tokio::test]
async fn from_the_palette_to_the_closing_with_the_keyboard_alone() {
    let app = house().await;
    app.change_site(|site| site.wrap_up_required = true);
    let bert = app.employ("bert", &[&app.site]);
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/widget/{}", app.site)).await;
    visitor.fill(In::Page, "[name=name]", "Maria").await;
    visitor_says(&visitor, In::Page, "May I have a new prescription?").await;
    visitor_hears(&visitor, In::Page, "May I have a new prescription?").await;

    let anna = browsers.open().await;
    sits_down(&anna, &origin, ADMIN).await;
    anna.until_text(In::Page, "[data-group=waiting] .queue-name", "Maria").await;
    find(&anna, "mar", "Maria").await;
    focus(&anna, "[data-act=accept]").await;
    // Away from the button: the letter accepts what is shown.
    anna.key("Escape").await;
    focus(&anna, ".queue-link").await;
    anna.key("a").await;
    anna.until_there(In::Page, ".composer textarea").await;
    anna.key("r").await;
    focus(&anna, ".composer textarea").await;
    // Letters in a reply are letters.
    anna.write("Good morning Maria, ").await;
    for letter in ["n", "a", "t", "e", "?"] {
        anna.key(letter).await;
    }
    anna.key("Enter").await;
    visitor_hears(&visitor, In::Page, "Good morning Maria, nate?").await;

    anna.key("Escape").await;
    anna.key("n").await;
    focus(&anna, ".composer[data-mode=note] textarea").await;
    anna.write("Ask Dr Berg first").await;
    anna.key("Enter").await;
    operator_hears(&anna, "Ask Dr Berg first").await;
    anna.until_text(In::Page, ".event-note .event-internal", "Internal").await;

    let colleague = browsers.open().await;
    sits_down(&colleague, &origin, &bert).await;
    colleague.until_there(In::Page, "[data-group=others] .queue-row").await;
    anna.key("Escape").await;
    anna.key("t").await;
    focus(&anna, "#hand-over input").await;
    // Departments first, then people: one group, through which the arrows go.
    for _ in 0..2 {
        anna.key("ArrowDown").await;
    }
    focus(&anna, "#hand-over [data-hands=people] input:checked").await;
    anna.tab_to(In::Page, "#hand-over textarea").await;
    anna.write("You know her").await;
    anna.tab_to(In::Page, "#hand-over [value=yes]").await;
    anna.key("Enter").await;
    anna.until_text(In::Page, "#toast", "goes to bert of the clinic").await;

    colleague.until_there(In::Page, "[data-state=waiting].queue-row").await;
    colleague.key("a").await;
    operator_hears(&colleague, "May I have a new prescription?").await;
    colleague.until_text(In::Page, ".event-aside-note", "You know her").await;
    colleague.until(In::Page, "the reply", "!document.querySelector('.composer').hidden").await;
    focus(&colleague, ".composer textarea").await;
    colleague.write("It is ready at four").await;
    colleague.key("Enter").await;
    visitor_hears(&visitor, In::Page, "It is ready at four").await;

    colleague.key("Escape").await;
    colleague.key("e").await;
    colleague.until_there(In::Page, "#close-dialog[open]").await;
    // Not without a tag, where the site wants one.
    focus(&colleague, "#close-tags input").await;
    colleague.key("Enter").await;
    colleague.until_text(In::Page, "#close-dialog .dialog-error", "Choose at least one tag").await;
    colleague.key("Tab").await;
    focus(&colleague, "#close-tags input[value=Prescription]").await;
    colleague.key(" ").await;
    colleague.key("Enter").await;
    colleague.until_text(In::Page, "#toast", "Prescription").await;
    visitor.until_there(In::Page, "#over").await;
    let said = visitor.texts(In::Page, "body").await.concat();
    assert!(!said.contains("Dr Berg") && !said.contains("You know her"), "{said}");
    done(vec![visitor, anna, colleague]).await;
}

#[tokio::test]
async fn single_keys_can_be_switched_off_and_nothing_is_taken_from_who_writes() {
    let app = house().await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let (_maria, _) = super::caller(&app, "maria", "Maria", "Is anybody there?").await;
    sits_down(&screen, &app.door.origin(), ADMIN).await;
    screen.until_there(In::Page, ".queue-link").await;
    screen.key("?").await;
    screen.until_there(In::Page, "#help-dialog[open]").await;
    screen.tab_to(In::Page, "#single-keys").await;
    screen.key(" ").await;
    screen.key("Escape").await;
    screen.until(In::Page, "no dialog", "!document.querySelector('dialog[open]')").await;
    for key in ["?", "/", "a", "j"] {
        screen.key(key).await;
    }
    assert_eq!(screen.eval(In::Page, "document.querySelectorAll('dialog[open], .conversation').length").await, 0);
    // With Control it still finds everything.
    screen.chord("k").await;
    screen.until_there(In::Page, "#palette[open]").await;
    screen.write("keys").await;
    screen.until_text(In::Page, "#palette [aria-selected=true]", "Show all keys").await;
    screen.key("Enter").await;
    screen.until_there(In::Page, "#help-dialog[open]").await;
    done(vec![screen]).await;
}

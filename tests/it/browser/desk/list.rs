//! The list: who waits how long, what it can be narrowed to, and chats side by side.

use serde_json::json;

use crate::harness::app::ADMIN;
use crate::harness::screen::{Browsers, In};

use super::{caller, done, house, sits_down};

#[tokio::test]
async fn the_list_can_be_narrowed_and_says_what_it_does_not_show() {
    let app = house().await;
    let other = app.add_site("Clinic South");
    let browsers = Browsers::start();
    let (_maria, _) = caller(&app, "maria", "Maria", "Is anybody there?").await;
    let mut tom = crate::harness::actors::Visitor::new(&app.door, &other, "tom").await;
    tom.connect().await;
    tom.start_with("And here as well?", json!({"answers": {"name": "Tom"}})).await.unwrap();
    let screen = browsers.open().await;
    sits_down(&screen, &app.door.origin(), ADMIN).await;
    screen.until(In::Page, "two rows", "document.querySelectorAll('[data-group=waiting] .queue-row').length === 2").await;
    screen.until_text(In::Page, ".queue-about", "English").await;
    let choose = format!(
        "(() => {{ const it = document.querySelector('.queue-filter [name=site]'); it.value = {}; it.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()",
        json!(app.site)
    );
    screen.eval(In::Page, &choose).await;
    screen.until_text(In::Page, ".queue-hidden", "1 more not shown, 1 of them waiting.").await;
    assert_eq!(screen.texts(In::Page, ".queue-row:not([hidden]) .queue-name > bdi").await, ["Maria"]);
    // It is kept in this tab.
    screen.refresh().await;
    screen.until_text(In::Page, ".queue-hidden", "1 more not shown").await;
    screen.click(In::Page, ".queue-hidden button").await;
    screen.until(In::Page, "two rows", "document.querySelectorAll('.queue-row:not([hidden])').length === 2").await;
    // Accepted from its row, it opens and is mine.
    screen.click(In::Page, "[data-group=waiting] .queue-accept").await;
    screen.until_there(In::Page, "[data-group=mine] .queue-row").await;
    screen.until_there(In::Page, ".composer textarea").await;
    done(vec![screen]).await;
}

#[tokio::test]
async fn four_chats_stand_side_by_side_and_keep_their_places() {
    let app = house().await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    screen.size(2200, 1000).await;
    sits_down(&screen, &app.door.origin(), ADMIN).await;
    let mut visitors = Vec::new();
    for (who, name) in [("maria", "Maria"), ("tom", "Tom"), ("li", "Li"), ("eve", "Eve")] {
        visitors.push(caller(&app, who, name, "Good morning").await);
        screen.until_text(In::Page, "[data-group=waiting] .queue-name", name).await;
        let id = &visitors.last().unwrap().1;
        screen.click(In::Page, &format!("#row-{id} .queue-link")).await;
        screen.until_there(In::Page, &format!("#pane-{id}")).await;
        screen.click(In::Page, &format!("#pane-{id} [data-act=accept]")).await;
        screen.until_there(In::Page, &format!("#pane-{id} .composer textarea")).await;
    }
    screen.goto(&format!("{}/console", app.door.origin())).await;
    for (index, (_, id)) in visitors.iter().enumerate() {
        screen.until_there(In::Page, &format!("#row-{id}")).await;
        let open = format!(
            "document.querySelector('#row-{id} .queue-link').dispatchEvent(new MouseEvent('click', {{ bubbles: true, cancelable: true, shiftKey: true }}))"
        );
        screen.eval(In::Page, &open).await;
        let count = format!("document.querySelectorAll('.conversation').length === {}", index + 1);
        screen.until(In::Page, "one pane more", &count).await;
    }
    let names = ["Maria", "Tom", "Li", "Eve"];
    assert_eq!(screen.texts(In::Page, ".conversation h2").await, names);
    let places = "JSON.stringify([...document.querySelectorAll('.conversation, .queue-row')].map((it) => [it.getBoundingClientRect().x, it.getBoundingClientRect().y]))";
    let before = screen.eval(In::Page, places).await;
    let (li, id) = &mut visitors[2];
    let (id, text) = (id.clone(), "Is somebody there for me?");
    li.send(&id, text).await;
    screen.until_text(In::Page, &format!("#pane-{id} .bubble"), text).await;
    assert_eq!(screen.eval(In::Page, places).await, before, "nothing jumps");
    // One pane where there is room for one, with a way back.
    screen.size(360, 740).await;
    screen
        .until(
            In::Page,
            "one pane",
            "[...document.querySelectorAll('.conversation')].filter((it) => it.checkVisibility()).length === 1",
        )
        .await;
    screen.click(In::Page, ".conversation-current .conversation-back").await;
    screen.until_there(In::Page, "[data-group=mine] .queue-link").await;
    done(vec![screen]).await;
}

#[tokio::test]
async fn a_notification_says_that_somebody_waits_and_not_who() {
    let app = house().await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    // No standard lets a test stand in for the desktop in the page's own world.
    if !screen.is_chromium() {
        return screen.quit().await;
    }
    sits_down(&screen, &app.door.origin(), ADMIN).await;
    // As a page would see it whose window lies behind others, and a desktop that shows what it is given.
    let desktop = "window.shown = []; window.asked = 0;
        Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
        window.Notification = class { static permission = 'default';
            static async requestPermission() { window.asked += 1; return 'granted'; }
            constructor(title, how) { window.shown.push(`${title}: ${how.body}`); }
            addEventListener() {} };";
    screen.cdp("Runtime.evaluate", json!({"expression": desktop})).await;
    let ask = |what: &'static str| json!({"expression": format!("JSON.stringify({what})"), "returnByValue": true});
    let (_tom, _) = caller(&app, "tom", "Tom", "Nobody is told of this").await;
    screen.until_text(In::Page, "[data-group=waiting] .queue-name", "Tom").await;
    let asked = screen.cdp("Runtime.evaluate", ask("[window.asked, window.shown]")).await;
    assert_eq!(asked["result"]["value"], "[0,[]]", "nothing is asked for, or shown, before somebody wants it");
    screen.click(In::Page, "#alerts").await;
    screen.until_there(In::Page, "#alerts[aria-pressed=true]").await;
    let (_maria, _) = caller(&app, "maria", "Maria", "My secret illness").await;
    screen.until_text(In::Page, "[data-group=waiting] .queue-name", "Maria").await;
    let shown = screen.cdp("Runtime.evaluate", ask("window.shown")).await;
    assert_eq!(shown["result"]["value"], "[\"Parlor: A chat is waiting\"]");
    // The title says how many.
    screen.until(In::Page, "the number in the title", "document.title.startsWith('(2) ')").await;
    done(vec![screen]).await;
}

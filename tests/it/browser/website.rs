//! What a website can do with the chat on it: its scripts, its own buttons, several windows, and a visitor whom it knows.

use hmac::{Hmac, KeyInit, Mac};
use parlor::domain::access::Actor;
use parlor::domain::id::{ConversationId, SiteId};
use parlor::service::identity;
use serde_json::json;
use sha2::Sha256;

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};

use super::pages::look;
use super::{accept_first, operator_hears, operator_says, visitor_hears, visitor_says};

/// The demo page, with a script of its own that was there before the loader and hears everything.
async fn shop(app: &TestApp, screen: &Screen) {
    let early = "window.heard = []; window.Parlor ??= (...all) => (window.Parlor.q ??= []).push(all);
        for (const name of ['ready', 'open', 'close', 'unread', 'started', 'message', 'ended', 'rated'])
            Parlor('on', name, (detail) => heard.push(detail?.from ? `${name} ${detail.from}` : name));";
    screen.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": early})).await;
    screen.goto(&format!("{}/demo", app.door.origin())).await;
    screen.until(In::Page, "the chat's button", "document.querySelector('parlor-chat')").await;
}

async fn heard(screen: &Screen, what: &str) {
    let asked = format!(
        "new Promise((done) => {{ const again = setInterval(() => heard.includes({what}) && (clearInterval(again), done(true)), 20);
            setTimeout(() => (clearInterval(again), done(false)), 10000); }})",
        what = json!(what)
    );
    assert_eq!(screen.run(&asked).await, true, "{what}: {}", screen.run("heard").await);
}

fn site(app: &TestApp) -> SiteId {
    app.site.parse().unwrap()
}

fn proof(secret: &str, said: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(said.as_bytes());
    data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
}

#[tokio::test]
async fn a_website_opens_the_chat_hears_of_it_and_says_who_its_visitor_is() {
    let app = TestApp::start().await;
    let secret = identity::renew_secret(&app.app.ctx(&Actor::Host), site(&app)).unwrap();
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    shop(&app, &visitor).await;
    heard(&visitor, "ready").await;
    let who = json!({"id": "customer-7", "name": "Maria", "email": "maria@example.org", "hash": proof(&secret, "customer-7\nmaria@example.org")});
    visitor.run(&format!("Parlor('identify', {who}); Parlor('set', {{plan: 'gold', seats: 3}}); Parlor('open')")).await;
    visitor.until_there(In::Panel, "#text").await;
    heard(&visitor, "open").await;
    visitor_says(&visitor, In::Panel, "Do you know me?").await;
    visitor_hears(&visitor, In::Panel, "Do you know me?").await;
    heard(&visitor, "started").await;
    heard(&visitor, "message visitor").await;

    let id = app.app.store.open_conversations()[0].lock().head.id;
    let head = || app.app.store.open_conversation(id).unwrap().lock().head.clone();
    let about = head().about;
    assert!(about.identity.is_some_and(|it| it.id.as_str() == "customer-7" && it.email_is_proven));
    assert_eq!(about.attributes.len(), 2);
    assert_eq!(about.came_from.page.unwrap().as_str(), format!("{}/demo", app.door.origin()));
    assert!(about.came_from.title.unwrap().as_str().contains("Fern"));
    assert!(about.came_from.browser.unwrap().as_str().starts_with("Chrome "));
    assert_eq!(about.came_from.address, None, "hidden until the site says otherwise");
    // What is said during the chat arrives as well.
    visitor.run("Parlor('set', {plan: 'platinum', cart: {items: 2}})").await;
    visitor_says(&visitor, In::Panel, "And now?").await;
    let operator = browsers.open().await;
    operator.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    accept_first(&operator).await;
    operator_hears(&operator, "And now?").await;
    operator.until_text(In::Page, ".visitor .facts", "platinum").await;
    visitor.run("Parlor('set', {plan: 'palladium <b>'})").await;
    operator.until_text(In::Page, ".visitor .facts", "palladium <b>").await;
    visitor.run("Parlor('set', {plan: 'platinum'})").await;
    operator.until_text(In::Page, ".visitor .facts", "platinum").await;
    let values: Vec<_> = head().about.attributes.iter().map(|it| it.value.as_str().to_owned()).collect();
    assert!(values.contains(&"platinum".to_owned()) && values.contains(&"{\"items\":2}".to_owned()), "{values:?}");

    visitor.run("Parlor('close')").await;
    heard(&visitor, "close").await;
    operator_says(&operator, "We know you well.").await;
    heard(&visitor, "message operator").await;
    heard(&visitor, "unread").await;
    let said = visitor.run("JSON.stringify(heard)").await;
    assert!(!said.as_str().unwrap().contains("know"), "no word of the chat reaches the page: {said}");

    visitor.run("Parlor('shutdown')").await;
    visitor.until(In::Page, "nothing left", "!document.querySelector('parlor-chat')").await;
    assert_eq!(visitor.complaints(&[]).await, [""; 0]);
    operator.quit().await;
    visitor.quit().await;
}

#[tokio::test]
async fn several_windows_and_buttons_of_its_own_on_one_page() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    // The demo page's own policy lets nobody but its author add a script.
    visitor.cdp("Page.setBypassCSP", json!({"enabled": true})).await;
    shop(&app, &visitor).await;
    let line = format!(
        "(() => {{ const line = document.createElement('script'); line.src = '/widget.js';
            Object.assign(line.dataset, {{ site: '{}', window: 'win_second', text: 'Ask the gardener', position: 'left', offset: '32 48', accent: '#7a2e8a' }});
            document.body.append(line);
            const own = document.createElement('a'); own.href = '#plants'; own.id = 'own'; own.textContent = 'Talk'; own.dataset.parlorOpen = 'win_second';
            document.querySelector('nav').append(own); }})()",
        app.site
    );
    visitor.eval(In::Page, &line).await;
    visitor.until(In::Page, "two buttons", "document.querySelectorAll('parlor-chat').length === 2").await;
    visitor.shot("website-two-windows").await;
    visitor.run("document.getElementById('own').focus()").await;
    visitor.key("Enter").await;
    visitor.until_there(In::Panel, "#text").await;
    let frames = visitor.cdp("Page.getFrameTree", json!({})).await.to_string();
    assert!(frames.contains("window=win_second"), "{frames}");
    heard(&visitor, "open").await;
    // Closing leads back to where the visitor was.
    visitor.key("Escape").await;
    heard(&visitor, "close").await;
    visitor.until(In::Page, "the focus where it was", "document.activeElement?.id === 'own'").await;
    visitor.run("Parlor('open', { window: 'win_second' }); Parlor('toggle', { window: 'win_second' })").await;
    assert_eq!(visitor.complaints(&[]).await, [""; 0]);
    visitor.quit().await;
}

#[tokio::test]
async fn the_button_shifts_nothing_and_costs_next_to_no_time() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    visitor.cdp("Page.setBypassCSP", json!({"enabled": true})).await;
    visitor.cdp("Emulation.setCPUThrottlingRate", json!({"rate": 4})).await;
    let watch = "window.shifts = 0; window.long = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((it) => (shifts += it.value))).observe({type: 'layout-shift', buffered: true});
        new PerformanceObserver((list) => list.getEntries().forEach((it) => (long = Math.max(long, it.duration)))).observe({type: 'longtask', buffered: true});";
    visitor.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": watch})).await;
    visitor.goto(&format!("{}/demo", app.door.origin())).await;
    visitor.until(In::Page, "the chat's button", "document.querySelector('parlor-chat')").await;
    // What people could notice begins at a tenth.
    let shifts = visitor.run("shifts").await.as_f64();
    assert!(shifts.is_some_and(|shifts| shifts < 0.001), "{shifts:?}");
    let asked = visitor.run("performance.getEntriesByType('resource').map((it) => new URL(it.name).pathname)").await.to_string();
    assert!(asked.contains("widget.js") && !asked.contains("/widget/"), "nothing but the loader before a click: {asked}");
    // The same bytes once more, timed without their request: what the loader does to a page is to draw a button. Of several times
    // the shortest counts; the others waited for whatever else this machine does.
    let spent = visitor
        .run(&format!(
            "fetch('/widget.js').then((it) => it.text()).then((text) => {{
                let window = 0;
                const dataset = {{ site: '{}', get window() {{ return `win_${{window}}`; }} }};
                Object.defineProperty(document, 'currentScript', {{ value: {{ src: location.origin + '/widget.js', dataset }} }});
                const once = () => {{ window += 1; const before = performance.now(); new Function(text)(); document.body.offsetHeight; return performance.now() - before; }};
                return Math.min(...Array.from({{ length: 8 }}, once)); }})",
            app.site
        ))
        .await;
    let spent = spent.as_f64().unwrap();
    println!("the loader takes {spent:.1} ms of a CPU four times as slow; longest task {}", visitor.run("long").await);
    assert!(spent <= 20.0, "{spent} ms");
    visitor.quit().await;
}

#[tokio::test]
async fn a_rude_visitor_is_blocked_and_let_in_again() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{}/widget/{}", app.door.origin(), app.site)).await;
    visitor_says(&visitor, In::Page, "something rude").await;
    visitor.until_text(In::Page, "#events .bubble", "something rude").await;
    let id: ConversationId = app.app.store.open_conversations()[0].lock().head.id;
    let operator = browsers.open().await;
    operator.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    operator.goto(&format!("{}/console/conversations/{id}/block", app.door.origin())).await;
    let mut wrong = Vec::new();
    look(&operator, "block", In::Page, &mut wrong).await;
    operator.fill(In::Page, "#reason", "<img src=x onerror=alert(1)>").await;
    operator.click(In::Page, "#whom-address").await;
    operator.click(In::Page, "main form .button-danger").await;
    operator.until_text(In::Page, "main", "Blocked.").await;
    operator.until_text(In::Page, "main", "which this site hides").await;
    look(&operator, "blocks", In::Page, &mut wrong).await;
    visitor_says(&visitor, In::Page, "and more of it").await;
    visitor.until_there(In::Page, "#pending .failure").await;
    visitor.shot("blocked-visitor").await;
    operator.click(In::Page, "main table .button").await;
    operator.until_text(In::Page, "main", "Lifted.").await;
    visitor.click(In::Page, "#pending .failure button").await;
    visitor.until(In::Page, "it was sent after all", "document.querySelectorAll('#pending .bubble').length === 0").await;
    operator.goto(&format!("{}/admin/sites/{}/identity", app.door.origin(), app.site)).await;
    operator.click(In::Page, "main form .button-primary").await;
    operator.until_there(In::Page, "#secret").await;
    look(&operator, "identity", In::Page, &mut wrong).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
    let admin = Operator::signed_in(&app.door, ADMIN, PASSWORD).await;
    assert!(
        !admin.browser.get(&format!("/admin/sites/{}/identity", app.site)).await.body.contains("id=\"secret\""),
        "shown once"
    );
    visitor.quit().await;
    operator.quit().await;
}

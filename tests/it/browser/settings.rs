//! The settings of a site and the reports, in a browser: each page looked at, the builder by keyboard, drawings with their tables.

use std::time::Duration;

use parlor::domain::access::Actor;
use parlor::domain::look::Look;
use parlor::service::sites::{self, ChatForm, LookForm, PrivacyForm, Section, WindowForm};

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};

#[tokio::test]
async fn every_section_of_a_site_looks_right() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let site = app.site.parse().unwrap();
    let host = app.app.ctx(&Actor::Host);
    let form = LookForm { accent: "#8a1c4a".to_owned(), ..LookForm::of_look(&Look::default()) };
    let window = WindowForm { name: "Pharmacy counter".to_owned(), look: form, ..WindowForm::default() };
    let window = sites::add_window(&host, site, &window).unwrap();
    let mut privacy = PrivacyForm::of(&sites::get(&host, site).unwrap());
    privacy.consent = "I agree that what I write is stored.".to_owned();
    sites::change(&host, site, &privacy).unwrap();
    privacy.consent = "I agree that what I write is stored, encrypted, for a day.".to_owned();
    sites::change(&host, site, &privacy).unwrap();
    let mut chat = ChatForm::of(&sites::get(&host, site).unwrap());
    chat.tags = "Appointment\nPrescription\nBill".to_owned();
    sites::change(&host, site, &chat).unwrap();

    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    let base = format!("/admin/sites/{site}");
    let pages = [
        ("site-general", base.clone()),
        ("site-look", format!("{base}/look")),
        ("site-window", format!("{base}/windows/{window}")),
        ("site-window-new", format!("{base}/windows/new")),
        ("site-chat", format!("{base}/chat")),
        ("site-form", format!("{base}/form")),
        ("site-form-offline", format!("{base}/form/offline")),
        ("site-privacy", format!("{base}/privacy")),
        ("snippet", format!("{base}/snippet")),
        ("permissions", "/admin/people/permissions".to_owned()),
    ];
    for (name, path) in pages {
        screen.goto(&format!("{origin}{path}")).await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    // A section that was refused says so beside the field.
    screen.goto(&format!("{origin}{base}/privacy")).await;
    screen.fill(In::Page, "[name=transcript_mailboxes]", "nobody").await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "#transcript_mailboxes-error", "does not look like an e-mail address").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "site-privacy-failed", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn a_form_is_built_with_the_keyboard_alone() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/sites/{}/form", app.site)).await;
    screen.eval(In::Page, "document.querySelector('#adding').focus()").await;
    // The select jumps to what begins with the letter.
    screen.key("c").await;
    screen.key("Tab").await;
    screen.key("Enter").await;
    screen.until(In::Page, "a second row", "document.querySelectorAll('.row-card').length === 2").await;
    screen.until_text(In::Page, ".save-note", "Not saved yet").await;
    screen.fill(In::Page, "[name=label_1]", "What is it about?").await;
    screen.fill(In::Page, "[name=options_1]", "An appointment\nA bill").await;
    screen.eval(In::Page, "document.querySelector('[value=up-1]').focus()").await;
    screen.key("Enter").await;
    screen.until(In::Page, "the choice above", "document.querySelector('[name=label_0]').value === 'What is it about?'").await;
    screen
        .until(
            In::Page,
            "the focus with it",
            "document.activeElement.closest('.row-card')?.contains(document.querySelector('[name=label_0]'))",
        )
        .await;
    // Enter in a field saves.
    screen.eval(In::Page, "document.querySelector('[name=label_0]').focus()").await;
    screen.key("Enter").await;
    screen.until_text(In::Page, "main", "Visitors are asked this from now on").await;
    let site = app.app.store.house().sites.values().next().unwrap().clone();
    let labels: Vec<_> = site.pre_chat.fields.iter().map(|field| field.label.as_str().to_owned()).collect();
    assert_eq!(labels, ["What is it about?", "Your name"]);
    screen.click(In::Page, "[value=remove-1]").await;
    screen.until(In::Page, "one row", "document.querySelectorAll('.row-card').length === 1").await;
    assert_eq!(app.app.store.house().sites.values().next().unwrap().pre_chat.fields.len(), 2, "nothing is saved on the way");
    assert_eq!(screen.complaints(&[]).await, [""; 0]);
    screen.quit().await;
}

#[tokio::test]
async fn reports_are_drawn_with_their_tables() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.employ("bert", &[&app.site.clone()]);
    let mut admin = app.admin().await;
    admin.connect().await;
    for n in 0..7 {
        let mut visitor = app.visitor(&format!("visitor{n}")).await;
        let started = visitor.start("is anybody there?").await;
        if n % 3 == 0 {
            visitor.end(&started.conversation).await;
        } else {
            app.advance(Duration::from_secs(9 * n)).await;
            admin.accept(&started.conversation).await;
            app.advance(Duration::from_secs(45 * n)).await;
            admin.close(&started.conversation).await;
        }
    }
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.click(In::Page, "a[href='/console/reports']").await;
    screen.until_text(In::Page, "main", "Chats over time").await;
    screen.until_text(In::Page, ".figures", "3").await;
    look(&screen, "reports", In::Page, &mut wrong).await;
    screen.fill(In::Page, "[name=from]", "2030-01-01").await;
    screen.goto(&format!("{origin}/console/reports?from=2030-01-01&to=2020-01-01")).await;
    screen.until_text(In::Page, "#from-error", "comes after the last").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "reports-failed", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn the_real_window_follows_its_settings_before_they_are_saved() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/sites/{}/look", app.site)).await;
    let shown = |what: &str| {
        format!("document.querySelector('iframe[data-preview]').contentDocument.querySelector('parlor-chat')?.{what}")
    };
    screen.until(In::Page, "the widget", &shown("matches('parlor-chat')")).await;
    screen.fill(In::Page, "[name=accent]", "#8a1c4a").await;
    screen.click(In::Page, "[name=position][value=left]").await;
    screen.until(In::Page, "the colour", &shown("style.getPropertyValue('--accent') === '#8a1c4a'")).await;
    screen.until(In::Page, "the corner", &shown("classList.contains('left')")).await;
    // What is too light to read keeps the colour that is saved, until it is typed in full.
    screen.fill(In::Page, "[name=accent]", "#ffee00").await;
    screen.until(In::Page, "the saved colour", &shown("style.getPropertyValue('--accent') === '#0b5fb8'")).await;
    screen.fill(In::Page, "[name=accent]", "#8a1c4a").await;
    screen.until(In::Page, "the colour again", &shown("style.getPropertyValue('--accent') === '#8a1c4a'")).await;
    screen
        .until(
            In::Panel,
            "the real panel",
            "document.documentElement.dataset.accent === '#8a1c4a' && document.querySelector('#log')",
        )
        .await;
    assert_eq!(screen.eval(In::Panel, "document.body.inert").await, true);
    let kept = "[...Object.keys(sessionStorage), ...Object.keys(localStorage)].filter((key) => /preview|sit_/.test(key)).join()";
    assert_eq!(screen.eval(In::Panel, kept).await, "", "nothing is kept");
    let mut wrong = Vec::new();
    look(&screen, "site-look-preview", In::Page, &mut wrong).await;
    nothing(&wrong);
    assert_eq!(app.app.store.house().sites.values().next().unwrap().look, Look::default(), "nothing is saved");
    screen.quit().await;
}

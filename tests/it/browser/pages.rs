//! Every page at three widths, light and dark: a picture of each under tests/artefacts, nothing that axe-core objects to, no
//! complaint in the browser's console, and nothing wider than the screen.
//!
//! `PARLOR_README_PICTURE=1 cargo test --test it browser::pages` also renews the picture in the README.

use parlor::config::{Backups, Config};
use parlor::config::{PassphraseFrom, RootKeySource};
use parlor::domain::access::Actor;
use parlor::domain::backup::Plan;
use parlor::domain::retention::ZoneName;
use parlor::domain::time::Timestamp;
use parlor::serve::{Bind, rescue};
use parlor::service::{retention, setup};
use serde_json::json;

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};
use crate::harness::world::ManualClock;

use super::{accept_first, operator_hears, operator_says, visitor_hears, visitor_says};

const SIZES: [(u32, u32); 3] = [(360, 740), (768, 1024), (1440, 900)];

/// Looks at the page as it is in every size and scheme; collects what is wrong.
pub(super) async fn look(screen: &Screen, name: &str, place: In, wrong: &mut Vec<String>) {
    for scheme in ["light", "dark"] {
        screen.scheme(scheme).await;
        for (width, height) in SIZES {
            screen.size(width, height).await;
            let here = format!("{name}-{width}-{scheme}");
            screen.shot(&here).await;
            for violation in screen.violations(place).await {
                wrong.push(format!("{here}: {violation}"));
            }
            let too_wide =
                screen.eval(place, "document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
            if too_wide.as_i64() > Some(0) {
                wrong.push(format!("{here}: {too_wide} px wider than the screen"));
            }
        }
    }
    screen.scheme("light").await;
    screen.size(1440, 900).await;
    for complaint in screen.complaints(&[]).await {
        wrong.push(format!("{name}: {complaint}"));
    }
}

pub(super) fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} objections:\n  {}", wrong.len(), wrong.join("\n  "));
}

#[tokio::test]
async fn the_first_pages() {
    let app = TestApp::not_set_up().await;
    let token = setup::begin(&app.app.ctx(&Actor::Host)).unwrap();
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    screen.goto(&format!("{}/setup#{}", app.door.origin(), token.expose())).await;
    look(&screen, "setup", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn the_pages_of_staff() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.employ("bert", &[&app.site.clone()]);
    let bert = app.operator_id("bert@clinic.example");
    let mut maria = app.visitor("maria").await;
    maria.start_with("a chat that is closed already", json!({"answers": {"name": "Maria"}})).await.unwrap();
    let mut admin = app.admin().await;
    admin.connect().await;
    let closed = maria.events.keys().next().cloned();
    let closed = match closed {
        Some(it) => it,
        None => maria.hears("a chat that is closed already").await["conversation"].as_str().unwrap().to_owned(),
    };
    admin.accept(&closed).await;
    admin.close(&closed).await;

    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    for (name, path) in [("login", "/login"), ("join", "/join"), ("demo", "/demo")] {
        screen.goto(&format!("{origin}{path}")).await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    let pages = [
        ("console-empty", "/console".to_owned()),
        ("console-closed", "/console/closed".to_owned()),
        ("console-transcript", format!("/console/conversations/{closed}")),
        ("account", "/account".to_owned()),
        ("sessions", "/account/sessions".to_owned()),
        ("passkeys-nameless", "/account/passkeys".to_owned()),
        ("person-sessions", format!("/admin/people/{}", app.operator_id(ADMIN))),
        ("admin", "/admin".to_owned()),
        ("sites", "/admin/sites".to_owned()),
        ("sites-new", "/admin/sites/new".to_owned()),
        ("site", format!("/admin/sites/{}", app.site)),
        ("site-texts", format!("/admin/sites/{}/texts?language=ar", app.site)),
        ("people", "/admin/people".to_owned()),
        ("people-new", "/admin/people/new".to_owned()),
        ("person", format!("/admin/people/{bert}")),
        ("privacy", "/admin/privacy".to_owned()),
        ("privacy-holds", "/admin/privacy/holds".to_owned()),
        ("profiles", "/admin/privacy/profiles".to_owned()),
        ("profile", "/admin/privacy/profiles/hipaa".to_owned()),
        ("security", "/admin/security".to_owned()),
        ("backups-none", "/admin/backups".to_owned()),
        ("system", "/admin/system".to_owned()),
        ("audit", "/admin/audit".to_owned()),
    ];
    for (name, path) in pages {
        screen.goto(&format!("{origin}{path}")).await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    // The key was moved since the start, and the settings do not say so yet.
    *app.app.root_key_place.lock() = RootKeySource::Passphrase(PassphraseFrom::Person);
    screen.goto(&format!("{origin}/admin/system")).await;
    screen.until_text(In::Page, "main", "The key was moved").await;
    look(&screen, "system-key-moved", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/privacy/receipts")).await;
    look(&screen, "receipts-empty", In::Page, &mut wrong).await;
    assert_eq!(retention::purge_now(&app.app.ctx(&Actor::Host), None).unwrap().gone, 1);
    screen.goto(&format!("{origin}/admin/privacy/receipts")).await;
    look(&screen, "receipts", In::Page, &mut wrong).await;
    // A form that failed, and an address where nothing is: both are pages too.
    screen.goto(&format!("{origin}/admin/people/new")).await;
    screen.fill(In::Page, "[name=email]", "not an address").await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "does not look like an e-mail address").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "people-failed", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/nowhere")).await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "not-found", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn the_page_of_backups() {
    let place = tempfile::tempdir().unwrap();
    let plan = Plan { hour: 3, zone: ZoneName::parse("Europe/Berlin").unwrap(), keep: 14, keep_days: 0, rehearse_days: 7 };
    let backups = Backups { directory: place.path().to_owned(), plan };
    let change = move |config: &mut Config| config.backups = Some(backups);
    let beginning = Beginning { clock: ManualClock::of_the_machine(), change: Box::new(change), ..Beginning::default() };
    let app = TestApp::begin(beginning).await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/backups")).await;
    look(&screen, "backups-empty", In::Page, &mut wrong).await;
    screen.click(In::Page, "main .button-primary").await;
    screen.until_text(In::Page, "main", "Made and read back").await;
    screen.click(In::Page, "form[action$=rehearsal] button").await;
    screen.until_text(In::Page, "main", "Restored, opened and verified").await;
    look(&screen, "backups", In::Page, &mut wrong).await;
    std::fs::remove_dir_all(place.path()).unwrap();
    screen.click(In::Page, "main .button-primary").await;
    screen.until_text(In::Page, "main", "It failed.").await;
    look(&screen, "backups-failed", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn the_chat_on_both_sides() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let mut wrong = Vec::new();

    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/widget/{}", app.site)).await;
    visitor.until_there(In::Page, "#text").await;
    look(&visitor, "panel-before", In::Page, &mut wrong).await;
    visitor.fill(In::Page, "[name=name]", "Maria Lindqvist").await;
    visitor_says(&visitor, In::Page, "Good morning. My prescription ran out yesterday. Can I have a new one without coming in?")
        .await;

    let operator = browsers.open().await;
    operator.sign_in(&origin, ADMIN, PASSWORD).await;
    accept_first(&operator).await;
    operator_says(&operator, "Good morning, Maria. Which medicine is it, and who prescribed it?").await;
    visitor_hears(&visitor, In::Page, "Which medicine is it").await;
    visitor_says(&visitor, In::Page, "Levothyroxine 75, Dr Berg prescribed it in spring.").await;
    operator_hears(&operator, "Levothyroxine 75").await;
    operator_says(
        &operator,
        "Thank you. Dr Berg signs it today, and you can fetch it from four o’clock on. You need not come up to us.",
    )
    .await;
    visitor_hears(&visitor, In::Page, "from four o’clock on").await;
    let mut others = Vec::new();
    for (who, name, text) in [
        ("tom", "Tom Achebe", "Is there an appointment for a child this week?"),
        ("li", "Li Wen", "I am at the door, but it seems to be locked."),
    ] {
        let mut other = app.visitor(who).await;
        other.start_with(text, json!({"answers": {"name": name}})).await.unwrap();
        others.push(other);
    }
    operator.until_text(In::Page, "[data-group=waiting]", "Li Wen").await;
    look(&visitor, "panel", In::Page, &mut wrong).await;
    look(&operator, "console", In::Page, &mut wrong).await;
    if std::env::var_os("PARLOR_README_PICTURE").is_some() {
        // It was dark a moment ago, and some of it still changes its colour.
        let ended = "document.getAnimations().filter((it) => it instanceof CSSTransition).forEach((it) => it.finish())";
        operator.eval(In::Page, ended).await;
        let from = operator.shot("readme-console").await;
        let to = crate::harness::source::root().join("assets/readme/console.png");
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap();
    }

    // The widget where people meet it: on somebody's website.
    let customer = browsers.open().await;
    customer.goto(&format!("{origin}/demo")).await;
    customer.press_launcher(1440.0, 900.0).await;
    visitor_says(&customer, In::Panel, "Which of your plants likes a dark corner?").await;
    visitor_hears(&customer, In::Panel, "Which of your plants").await;
    look(&customer, "demo-open", In::Panel, &mut wrong).await;

    operator.click(In::Page, ".conversation [data-act=close]").await;
    operator.click(In::Page, "#close-dialog[open] [value=yes]").await;
    visitor.until_there(In::Page, "#over").await;
    look(&visitor, "panel-over", In::Page, &mut wrong).await;
    for screen in [visitor, operator, customer] {
        screen.quit().await;
    }
    nothing(&wrong);
}

#[tokio::test]
async fn the_page_of_rescue_mode() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.listen = vec!["127.0.0.1:0".parse().unwrap()];
    let bind = Bind::from_config(&config).unwrap();
    let what = "commits 40112 to 40117 were acknowledged and are not in the journal";
    let rescuing = rescue::start(&config, bind, what, Timestamp::from_millis(1_795_000_000_000)).unwrap();
    let origin = format!("https://{}", rescuing.addresses()[0]);
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    for (name, path) in [("rescue", "/console"), ("rescue-panel", "/widget/sit_aaaaaaaaaaaaaaaaaaaaaaaaaa")] {
        screen.goto(&format!("{origin}{path}")).await;
        // The browser says in its own log that the answer was 503.
        let _ = screen.complaints(&[]).await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    screen.quit().await;
    rescuing.stop().await;
    nothing(&wrong);
}

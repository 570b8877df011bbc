//! An administrator keeps business hours and departments, with the keyboard alone; the visitor reads when it opens.

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};

/// By keyboard, as the others of these pages are, but without walking there through a whole week of fields.
async fn press(screen: &Screen, selector: &str) {
    screen.run(&format!("document.querySelector(\"{selector}\").focus()")).await;
    screen.key("Enter").await;
}

async fn value(screen: &Screen, selector: &str) -> String {
    screen.eval(In::Page, &format!("document.querySelector('{selector}').value")).await.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_week_is_typed_copied_and_saved_and_a_holiday_is_added() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let (origin, site) = (app.door.origin(), app.site.clone());
    let mut wrong = Vec::new();
    let screen = browsers.open().await;
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/sites/{site}/hours")).await;
    screen.until_text(In::Page, "main", "Open at all hours").await;
    look(&screen, "hours-always", In::Page, &mut wrong).await;

    screen.run("document.querySelector('#mode-always').focus()").await;
    screen.key("ArrowDown").await;
    screen.until(In::Page, "the week", "document.querySelector('#zone').offsetParent !== null").await;
    screen.run("document.querySelector('[name=from_0_0]').value = '08:30'").await;
    press(&screen, "[value=copy]").await;
    screen.until(In::Page, "the copy", "document.querySelector('[name=from_4_0]')?.value === '08:30'").await;
    assert_eq!(value(&screen, "[name=from_5_0]").await, "");
    press(&screen, "[value=add]").await;
    screen.until(In::Page, "a row that has the focus", "document.activeElement?.id === 'date_0'").await;
    // The browser says in its own log that the answer was 422. Without a name it is not taken, and the error says where.
    screen.run("document.querySelector('#date_0').value = '2026-12-25'").await;
    press(&screen, ".save .button-primary").await;
    screen.until_there(In::Page, "#holiday_0-error").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "hours-failed", In::Page, &mut wrong).await;
    screen.fill(In::Page, "#holiday_0", "Christmas").await;
    screen.fill(In::Page, "#zone", "Europe/Berlin").await;
    press(&screen, ".save .button-primary").await;
    screen.until_text(In::Page, "main", "Saved.").await;
    assert_eq!(
        (value(&screen, "#date_0").await.as_str(), value(&screen, "#zone").await.as_str()),
        ("2026-12-25", "Europe/Berlin")
    );
    look(&screen, "hours", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn a_department_is_made_with_people_hours_and_rules_of_its_own() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    for who in ["bert", "clara"] {
        app.employ(who, &[&app.site.clone()]);
    }
    let browsers = Browsers::start();
    let (origin, site) = (app.door.origin(), app.site.clone());
    let mut wrong = Vec::new();
    let screen = browsers.open().await;
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/sites/{site}/departments")).await;
    look(&screen, "departments-empty", In::Page, &mut wrong).await;
    press(&screen, "a[href$='departments/new']").await;
    screen.until_there(In::Page, "#name").await;
    screen.fill(In::Page, "#name", "Billing").await;
    screen.click(In::Page, "#who-only").await;
    screen.click(In::Page, "#member-1").await;
    screen.click(In::Page, "#has_own_rules").await;
    screen.click(In::Page, "#assignment-round").await;
    screen.fill(In::Page, "#answer_within", "1").await;
    press(&screen, ".save .button-primary").await;
    screen.until_there(In::Page, "#answer_within-error").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "department-failed", In::Page, &mut wrong).await;
    screen.fill(In::Page, "#answer_within", "30").await;
    press(&screen, ".save .button-primary").await;
    screen.until_text(In::Page, ".list", "1 person · hours of the site · everybody is asked in turn").await;
    look(&screen, "departments", In::Page, &mut wrong).await;
    screen.click(In::Page, ".list-link").await;
    screen.until_there(In::Page, "a[href$='/hours']").await;
    look(&screen, "department", In::Page, &mut wrong).await;
    press(&screen, "main a.button[href$='/hours']").await;
    screen.until_text(In::Page, "h2", "Hours of Billing").await;
    look(&screen, "department-hours", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

//! A profile from open to enforced to unlocked, by keyboard alone, and every state of its pages looked at.

use parlor::domain::access::Actor;
use parlor::domain::allowlist::{Allowlist, Lists};
use parlor::domain::network::parse_networks;
use parlor::domain::operator::Role;
use parlor::domain::posture::Profile;
use parlor::domain::purge_rule::{Pause, Purging};
use parlor::service::{Asked, Ctx, posture, sessions};

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};
use crate::harness::world::ManualClock;
use crate::sign_in::{code_of, give_totp};

use super::pages::{look, nothing};

const PAGE: &str = "/admin/privacy/profiles/hipaa";

async fn house() -> TestApp {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.employ("clara", &[&app.site.clone()]);
    app.change_operator("clara@clinic.example", |clara| clara.role = Role::Admin);
    let lists = Lists { everybody: parse_networks("127.0.0.0/8\n::1").unwrap(), ..Lists::default() };
    let mut batch = app.app.store.batch();
    batch.put_allowlist(&Allowlist { lists, trial: None });
    app.app.store.commit(batch).wait().unwrap();
    app
}

/// Walks to a button or a field and presses Enter there.
async fn press(screen: &Screen, selector: &str) {
    screen.tab_to(In::Page, selector).await;
    screen.key("Enter").await;
}

#[tokio::test]
async fn a_profile_is_enforced_and_unlocked_by_keyboard_and_looks_right_all_the_way() {
    let app = house().await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    let secret = give_totp(&app, ADMIN);
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.fill(In::Page, "input[name=code]", &code_of(&app, &secret)).await;
    screen.key("Enter").await;
    screen.until(In::Page, "being signed in", "!location.pathname.startsWith('/login')").await;

    // Enforced with Tab and Enter.
    screen.goto(&format!("{origin}{PAGE}")).await;
    look(&screen, "profile-open", In::Page, &mut wrong).await;
    press(&screen, "form[action$='/enforcement'] button").await;
    screen.until_text(In::Page, "#standing", "Enforced since").await;
    look(&screen, "profile-enforced", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/privacy/profiles")).await;
    look(&screen, "profiles-enforced", In::Page, &mut wrong).await;

    // What is locked is said on the pages, and a form that is sent all the same comes back as it was typed.
    let site = format!("/admin/sites/{}", app.site);
    for (name, path) in [
        ("locked-site-privacy", format!("{site}/privacy")),
        ("locked-forms", "/admin/privacy/forms".to_owned()),
        ("locked-webhooks", "/admin/webhooks".to_owned()),
        ("locked-kept", "/admin/privacy".to_owned()),
    ] {
        screen.goto(&format!("{origin}{path}")).await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    screen.goto(&format!("{origin}{site}/privacy")).await;
    screen.fill(In::Page, "#idle_close_minutes", "90").await;
    screen.tab_to(In::Page, "#locks a").await;
    screen.tab_to(In::Page, "#visitor_files").await;
    screen.key(" ").await;
    press(&screen, "main form .button-primary").await;
    screen.until_text(In::Page, "#visitor_files-error", "HIPAA is enforced").await;
    screen.until(In::Page, "the focus on what is wrong", "document.activeElement.id === 'errors'").await;
    screen.until(In::Page, "the tick", "document.querySelector('#visitor_files').checked").await;
    screen.until(In::Page, "what was typed", "document.querySelector('#idle_close_minutes').value === '90'").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "locked-site-privacy-refused", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/people/permissions")).await;
    screen.tab_to(In::Page, "#operator-export_transcripts").await;
    screen.key(" ").await;
    press(&screen, "main form .button-primary").await;
    screen.until_text(In::Page, "#operator-export_transcripts-error", "HIPAA is enforced").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "locked-permissions-refused", In::Page, &mut wrong).await;

    // Something does not hold although it should.
    let mut batch = app.app.store.batch();
    let paused = Some(Pause { since: app.app.now(), seconds: 200_000 });
    batch.put_purging(Purging { paused, alive_at: None });
    app.app.store.commit(batch).wait().unwrap();
    app.run_due_jobs().await;
    screen.goto(&format!("{origin}{PAGE}")).await;
    screen.until_text(In::Page, "#control-purging-runs", "does not hold since").await;
    assert!(screen.texts(In::Page, "#open [value=all]").await.is_empty(), "no click starts purging again");
    look(&screen, "profile-drifted", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/privacy/profiles")).await;
    look(&screen, "profiles-drifted", In::Page, &mut wrong).await;
    let mut batch = app.app.store.batch();
    batch.put_purging(Purging { paused: None, alive_at: None });
    app.app.store.commit(batch).wait().unwrap();

    // Asked without a reason, with one, and taken back.
    screen.goto(&format!("{origin}{PAGE}")).await;
    press(&screen, "#unlock button").await;
    screen.until_text(In::Page, "#reason-error", "").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "profile-unlock-refused", In::Page, &mut wrong).await;
    screen.tab_to(In::Page, "#reason").await;
    screen.write("We move to another system in March").await;
    press(&screen, "#unlock button").await;
    screen.until_text(In::Page, "#unlock-asked", "We move to another system in March").await;
    look(&screen, "profile-unlocking", In::Page, &mut wrong).await;
    press(&screen, "#unlock-asked form[action$='/withdrawal'] button").await;
    screen.until_text(In::Page, "main", "It stays locked").await;

    // Asked by somebody else: this account was not in other hands, so it can agree.
    let house = app.app.store.house();
    let clara = sessions::actor(&house, &house.operators[&app.operator_id("clara@clinic.example")]);
    let asked = Asked { proved_at: Some(app.app.now()), ..Asked::default() };
    let ctx = app.app.ctx(&Actor::Host);
    posture::ask(&Ctx { actor: &clara, asked, ..ctx }, Profile::Hipaa, "The auditors are through").unwrap();
    screen.goto(&format!("{origin}{PAGE}")).await;
    look(&screen, "profile-to-approve", In::Page, &mut wrong).await;
    press(&screen, "#unlock-asked form[action$='/approval'] button").await;
    screen.until_text(In::Page, "#standing", "Not enforced").await;
    look(&screen, "profile-unlocked", In::Page, &mut wrong).await;
    screen.quit().await;
    nothing(&wrong);
}

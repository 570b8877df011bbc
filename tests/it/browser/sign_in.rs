//! Signing in by steps, as a person sees it: an authenticator is added, the policy asks everybody for one, a proof is asked for and what was
//! being done goes on by itself.

use std::time::Duration;

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};

fn code_of(app: &TestApp, secret: &[u8]) -> String {
    let totp = totp_rs::Builder::new().with_secret(secret.to_vec()).build().unwrap();
    totp.generate(u64::try_from(app.app.now().as_millis()).unwrap() / 1_000).to_string()
}

async fn secret_on(screen: &Screen) -> Vec<u8> {
    let typed = screen.texts(In::Page, "#secret").await.remove(0).replace(' ', "");
    data_encoding::BASE32_NOPAD.decode(typed.as_bytes()).unwrap()
}

#[tokio::test]
async fn from_the_password_to_the_second_factor() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.employ("bert", &[&app.site.clone()]);
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    for (name, path) in [
        ("forgotten", "/login/forgotten"),
        ("forgotten-asked", "/login/forgotten?asked"),
        ("new-password", "/login/password#abc"),
    ] {
        screen.goto(&format!("{origin}{path}")).await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/account/second-factor")).await;
    look(&screen, "second-factor-none", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/account/authenticator")).await;
    look(&screen, "authenticator", In::Page, &mut wrong).await;
    let secret = secret_on(&screen).await;
    screen.fill(In::Page, "[name=code]", &code_of(&app, &secret)).await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "Your recovery codes").await;
    look(&screen, "recovery-codes", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/account/second-factor")).await;
    look(&screen, "second-factor", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/security/sign-in")).await;
    look(&screen, "sign-in-policy", In::Page, &mut wrong).await;

    // What asks for a proof goes on by itself once it is there, with what was typed.
    app.clock.advance(Duration::from_secs(301));
    screen.click(In::Page, "#second-operator").await;
    screen.fill(In::Page, "[name=idle_minutes]", "20").await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "Confirm that it is you").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "proof", In::Page, &mut wrong).await;
    screen.fill(In::Page, "[name=password]", "not the password").await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "This is not your password").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "proof-failed", In::Page, &mut wrong).await;
    screen.fill(In::Page, "[name=password]", PASSWORD).await;
    screen.fill(In::Page, "[name=code]", &code_of(&app, &secret)).await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "Saved. It holds from now on").await;
    let policy = app.app.store.house().policy;
    assert_eq!(policy.idle_minutes, 20);
    assert!(policy.second_factor.contains(parlor::domain::operator::Role::Operator));

    let bert = browsers.open().await;
    bert.sign_in(&origin, "bert@clinic.example", PASSWORD).await;
    bert.goto(&format!("{origin}/console")).await;
    bert.until_text(In::Page, "main", "Your organisation asks you for a second factor").await;
    look(&bert, "second-factor-must", In::Page, &mut wrong).await;

    app.clock.advance(Duration::from_secs(60));
    let door = browsers.open().await;
    door.goto(&format!("{origin}/login")).await;
    door.fill(In::Page, "[name=email]", ADMIN).await;
    door.fill(In::Page, "[name=password]", PASSWORD).await;
    door.click(In::Page, "form[action='/login'] .button-primary").await;
    door.until_text(In::Page, "main", "One more step").await;
    look(&door, "code", In::Page, &mut wrong).await;
    door.fill(In::Page, "[name=code]", "000000").await;
    door.click(In::Page, "form[action='/login/code'] .button-primary").await;
    door.until_text(In::Page, "main", "This code is wrong").await;
    let _ = door.complaints(&[]).await;
    look(&door, "code-failed", In::Page, &mut wrong).await;
    door.fill(In::Page, "[name=code]", &code_of(&app, &secret)).await;
    door.click(In::Page, "form[action='/login/code'] .button-primary").await;
    door.until(In::Page, "the console", "location.pathname === '/console'").await;
    for screen in [screen, bert, door] {
        screen.quit().await;
    }
    nothing(&wrong);
}

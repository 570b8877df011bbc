//! Passkeys in Chromium, with an authenticator that the browser itself plays (WebDriver's virtual authenticator, over its own protocol).

use serde_json::{Value, json};

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};

/// A telephone's, more or less: it keeps passkeys and knows its owner.
async fn plug_in(screen: &Screen) -> String {
    screen.cdp("WebAuthn.enable", json!({})).await;
    let kind = json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
        "isUserVerified": true, "automaticPresenceSimulation": true,
    });
    let added = screen.cdp("WebAuthn.addVirtualAuthenticator", json!({"options": kind})).await;
    added["authenticatorId"].as_str().unwrap().to_owned()
}

async fn credentials(screen: &Screen, authenticator: &str) -> Vec<Value> {
    let all = screen.cdp("WebAuthn.getCredentials", json!({"authenticatorId": authenticator})).await;
    all["credentials"].as_array().unwrap().clone()
}

async fn sign_out(screen: &Screen) {
    screen.eval(In::Page, "document.querySelector('form[action=\"/logout\"]').requestSubmit()").await;
    screen.until_text(In::Page, "main", "You are signed out").await;
}

async fn add_passkey(screen: &Screen, origin: &str, name: &str) {
    screen.goto(&format!("{origin}/account/passkeys")).await;
    screen.fill(In::Page, "#name", name).await;
    screen.click(In::Page, "[data-passkey]").await;
}

#[tokio::test]
async fn a_passkey_from_its_making_to_its_end() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    if !screen.is_chromium() {
        // No standard lets a test give Firefox an authenticator.
        return screen.quit().await;
    }
    let origin = app.door.named("localhost").origin();
    let mut wrong = Vec::new();
    let authenticator = plug_in(&screen).await;
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/account/passkeys")).await;
    look(&screen, "passkeys-none", In::Page, &mut wrong).await;
    add_passkey(&screen, &origin, "Telephone").await;
    // With the first second factor come the codes for the day on which it is lost.
    screen.until_text(In::Page, "main", "ecovery codes").await;
    look(&screen, "passkeys-codes", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/account/passkeys")).await;
    look(&screen, "passkeys", In::Page, &mut wrong).await;
    assert_eq!(credentials(&screen, &authenticator).await.len(), 1);
    screen.click(In::Page, "summary").await;
    look(&screen, "passkeys-open", In::Page, &mut wrong).await;
    screen.fill(In::Page, "details [name=name]", "The old telephone").await;
    screen.click(In::Page, "details form:first-child button").await;
    screen.until_text(In::Page, ".list-row", "The old telephone").await;
    // The same device again is told apart from a failure.
    add_passkey(&screen, &origin, "Again").await;
    screen.until_text(In::Page, "[data-passkey-note]", "has a passkey of yours").await;

    sign_out(&screen).await;
    screen.goto(&format!("{origin}/login")).await;
    screen.until_there(In::Page, "[data-passkey]").await;
    look(&screen, "login-passkey", In::Page, &mut wrong).await;
    screen.click(In::Page, "[data-passkey]").await;
    screen.until(In::Page, "the console", "location.pathname.startsWith('/console')").await;

    // As the second step, after the password.
    sign_out(&screen).await;
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.until_there(In::Page, "[data-passkey]").await;
    look(&screen, "code-passkey", In::Page, &mut wrong).await;
    screen.click(In::Page, "[data-passkey]").await;
    screen.until(In::Page, "the console", "location.pathname.startsWith('/console')").await;

    // And to confirm, six minutes later, that it is her.
    app.clock.advance(std::time::Duration::from_secs(6 * 60));
    screen.goto(&format!("{origin}/account/passkeys?new")).await;
    screen.until_text(In::Page, "h1", "Confirm that it is you").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "proof-passkey", In::Page, &mut wrong).await;
    screen.click(In::Page, "[data-passkey]").await;
    screen.until_text(In::Page, "h1", "Passkeys").await;

    // A copy of the device, from before it was last used.
    let mut copy = credentials(&screen, &authenticator).await.remove(0);
    copy["signCount"] = json!(1);
    screen.cdp("WebAuthn.clearCredentials", json!({"authenticatorId": authenticator})).await;
    screen.cdp("WebAuthn.addCredential", json!({"authenticatorId": authenticator, "credential": &copy})).await;
    sign_out(&screen).await;
    screen.goto(&format!("{origin}/login")).await;
    screen.click(In::Page, "[data-passkey]").await;
    screen.until_text(In::Page, ".errors", "wrong").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "login-passkey-refused", In::Page, &mut wrong).await;

    // The true one goes on, and is removed.
    screen.cdp("WebAuthn.clearCredentials", json!({"authenticatorId": authenticator})).await;
    copy["signCount"] = json!(1_000);
    screen.cdp("WebAuthn.addCredential", json!({"authenticatorId": authenticator, "credential": copy})).await;
    screen.click(In::Page, "[data-passkey]").await;
    screen.until(In::Page, "the console", "location.pathname.startsWith('/console')").await;
    screen.goto(&format!("{origin}/account/passkeys")).await;
    screen.click(In::Page, "summary").await;
    screen.click(In::Page, "details .button-danger").await;
    screen.until_text(In::Page, "main", "It signs you in no more").await;
    sign_out(&screen).await;
    screen.goto(&format!("{origin}/login")).await;
    screen.click(In::Page, "[data-passkey]").await;
    screen.until_text(In::Page, ".errors", "wrong").await;

    screen.quit().await;
    nothing(&wrong);
}

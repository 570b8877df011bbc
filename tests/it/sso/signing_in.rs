//! Through the provider and in: over real TLS, with a real provider and the pages as browsers see them.

use parlor::domain::audit::AuditAction;
use parlor::domain::operator::Role;
use parlor::domain::session::SignInMethod;
use parlor::domain::sso::SsoRefusal;

use super::{admit, appliance, at_the_door, go_there, provider_of, set_up, sign_in, way};
use crate::harness::app::{ADMIN, PASSWORD, TestApp};

fn role_of(app: &TestApp, email: &str) -> Option<Role> {
    app.app.store.house().operators.values().find(|it| it.email.as_str() == email).map(|it| it.role)
}

fn last_action(app: &TestApp) -> AuditAction {
    app.app.store.audit_rows(None, 1).unwrap().remove(0).action.clone()
}

#[tokio::test]
async fn groups_open_the_door_and_the_provider_closes_it_in_open_sockets_too() {
    let app = appliance().await;
    let (admin, provider) = (app.admin().await, provider_of(&app));
    set_up(&admin, &provider).await;
    let tried = admin.browser.submit("/admin/security/sso", "/admin/security/sso/trial", &[]).await.expect(200);
    assert!(tried.body.contains("The provider answers"), "{}", tried.gist());
    assert!(tried.body.contains("There is a secret") && !tried.body.contains("needs % encoding"), "it is never shown");

    let olga = at_the_door(&app, None);
    let refused = sign_in(&olga, &provider, "olga").await.expect(403);
    assert!(refused.body.contains("belongs to nobody here"), "{}", refused.gist());
    assert_eq!(last_action(&app), AuditAction::SsoRefused(SsoRefusal::Unknown));

    admit(&admin, &[("desk", "operator", &app.site)], &["creates_accounts"]).await;
    let mut olga = at_the_door(&app, None);
    assert_eq!(sign_in(&olga, &provider, "olga").await.expect_done().location(), "/console");
    olga.connect().await;
    let account = app.operator_id("olga@clinic.example");
    let session = app.app.store.sessions().unwrap().into_iter().find(|(_, it)| it.operator == account).unwrap().1;
    assert_eq!((session.by, session.sso.unwrap().subject.as_str()), (SignInMethod::SingleSignOn, "olga"));
    let eve = at_the_door(&app, None);
    assert!(sign_in(&eve, &provider, "eve").await.expect(403).body.contains("None of your groups"));

    // The provider's word reaches the socket.
    provider.logout("olga");
    let (code, bye) = olga.expect_end().await;
    assert_eq!((code, bye.unwrap()["code"].as_str()), (1008, Some("signed_out")));
    olga.browser.get("/console").await.expect(303);

    // A role goes with its group, and an account with its person.
    provider.change("olga", serde_json::json!({"groups": ["leads"]}));
    admit(&admin, &[("leads", "supervisor", ""), ("desk", "operator", &app.site)], &["creates_accounts"]).await;
    provider.rotate();
    let olga = at_the_door(&app, None);
    sign_in(&olga, &provider, "olga").await.expect_done();
    assert_eq!(role_of(&app, "olga@clinic.example"), Some(Role::Supervisor));
    provider.change("olga", serde_json::json!({"groups": []}));
    let olga = at_the_door(&app, None);
    sign_in(&olga, &provider, "olga").await.expect(403);
}

#[tokio::test]
async fn an_administrator_links_their_own_account_and_then_nothing_else_counts() {
    let app = appliance().await;
    let (admin, provider) = (app.admin().await, provider_of(&app));
    set_up(&admin, &provider).await;
    let page = admin.browser.get("/admin/security/sso").await.expect(200);
    assert!(page.body.contains("Sign in through it yourself first"));
    let refused = admin.browser.submit("/admin/security/sso", "/admin/security/sso/enforcement", &[]).await.expect(422);
    assert!(refused.body.contains("Sign in through it yourself first"));

    let onward = admin.browser.submit("/account", "/account/sso", &[]).await.expect(200);
    let back = provider.browser().visit(&way(&onward), "anna").await;
    assert_eq!(admin.browser.get(&back).await.expect_done().location(), "/account?linked");
    let anna = at_the_door(&app, None);
    sign_in(&anna, &provider, "anna").await.expect_done();
    anna.browser.submit("/admin/security/sso", "/admin/security/sso/enforcement", &[]).await.expect_done();

    admin.browser.get("/admin").await.expect(303);
    let door = at_the_door(&app, None);
    let page = door.browser.get("/login").await.expect(200);
    assert!(page.body.contains("Sign in with Clinic ID") && !page.body.contains("type=\"password\""));
    let csrf = page.field("csrf").unwrap();
    let tried = door.browser.post("/login", &[("csrf", &csrf), ("email", ADMIN), ("password", PASSWORD)]).await.expect(422);
    assert!(tried.body.contains("not in use"), "{}", tried.gist());
    sign_in(&door, &provider, "anna").await.expect_done();
}

#[tokio::test]
async fn an_invitation_is_accepted_at_the_provider() {
    let app = appliance().await;
    let (admin, provider) = (app.admin().await, provider_of(&app));
    set_up(&admin, &provider).await;
    let form = parlor::service::people::PersonForm {
        name: "Olga".to_owned(),
        email: "olga.private@clinic.example".to_owned(),
        role: "operator".to_owned(),
        all_sites: true,
        ..Default::default()
    };
    let invitation = parlor::service::people::invite(&app.app.ctx(&parlor::domain::access::Actor::Host), &form).unwrap();
    let olga = at_the_door(&app, None);
    let onward = olga.browser.submit("/join", "/join/sso", &[("token", invitation.token.expose())]).await.expect(200);
    let back = provider.browser().visit(&way(&onward), "olga").await;
    assert_eq!(olga.browser.get(&back).await.expect_done().location(), "/console");
    let again = at_the_door(&app, None);
    sign_in(&again, &provider, "olga").await.expect_done();
}

#[tokio::test]
async fn what_comes_back_counts_for_the_browser_that_went_once_and_leads_nowhere_else() {
    let app = appliance().await;
    let (admin, provider) = (app.admin().await, provider_of(&app));
    set_up(&admin, &provider).await;
    admit(&admin, &[("desk", "operator", "")], &["creates_accounts"]).await;

    // Somebody else's answer, sent to a victim's browser: with no way of their own, and with one.
    let attacker = at_the_door(&app, None);
    let answer = go_there(&attacker, &provider, "olga", "/console").await;
    let victim = at_the_door(&app, None);
    let planted = victim.browser.get(&answer).await.expect(400);
    assert!(planted.body.contains("not begun in this browser"));
    go_there(&victim, &provider, "olga", "/console").await;
    victim.browser.get(&answer).await.expect(400);
    victim.browser.get("/console").await.expect(303);
    let altered = answer.replace("state=", "state=A");
    attacker.browser.get(&altered).await.expect(400);
    // The altered answer took the way with it.
    attacker.browser.get(&answer).await.expect(400);

    // Once.
    let olga = at_the_door(&app, None);
    let answer = go_there(&olga, &provider, "olga", "https://evil.example/").await;
    assert_eq!(olga.browser.get(&answer).await.expect_done().location(), "/console", "no open redirect");
    olga.browser.get(&answer).await.expect(400);

    // Another provider's name in the answer, or none though this one gives it.
    for (from, to) in [("iss=https%3A%2F%2F", "iss=https%3A%2F%2Fevil."), ("&iss=", "&was=")] {
        let eve = at_the_door(&app, None);
        let answer = go_there(&eve, &provider, "olga", "/console").await;
        assert!(answer.contains(from), "{answer}");
        let refused = eve.browser.get(&answer.replace(from, to)).await.expect(502);
        assert!(refused.body.contains("could not be trusted"), "{}", refused.gist());
    }

    // A provider's no is ours to word.
    let eve = at_the_door(&app, None);
    let answer = go_there(&eve, &provider, "", "/console").await;
    assert!(answer.contains("error_description"));
    let refused = eve.browser.get(&answer).await.expect(403);
    assert!(
        refused.body.contains("did not let you in") && !refused.body.contains("alert(1)") && !refused.body.contains("said no")
    );
    assert_eq!(last_action(&app), AuditAction::SsoRefused(SsoRefusal::ByProvider));

    // A form from elsewhere begins nothing, and neither does a link.
    let elsewhere = at_the_door(&app, None);
    elsewhere.browser.post("/login/sso", &[("next", "/console")]).await.expect(403);
    elsewhere.browser.get("/login/sso").await.expect(405);
}

//! Single sign-on in a real browser, with a real provider; and all its pages as people see them.

use parlor::domain::directory::{Attribute, Attributes, Directory, Find, Security, Server};
use parlor::domain::sso::SingleSignOn;
use parlor::domain::text::Line;

use super::pages::{look, nothing};
use crate::harness::app::{ADMIN, PASSWORD};
use crate::harness::screen::{Browsers, In};
use crate::sso::{admit, appliance, provider_of, set_up};

#[tokio::test]
async fn a_browser_goes_there_and_comes_back_signed_in_and_every_page_is_fit_to_be_seen() {
    let app = appliance().await;
    let (admin, provider) = (app.admin().await, provider_of(&app));
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let origin = app.door.origin();
    let mut wrong = Vec::new();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    for (name, path) in [("sso-none", ""), ("sso-directory-none", "/directory"), ("sso-admission-none", "/admission")] {
        screen.goto(&format!("{origin}/admin/security/sso{path}")).await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    set_up(&admin, &provider).await;
    admit(&admin, &[("owners", "admin", ""), ("desk", "operator", &app.site)], &["creates_accounts", "links_by_email"]).await;
    screen.goto(&format!("{origin}/admin/security/sso")).await;
    screen.click(In::Page, "form[action$='/trial'] .button").await;
    screen.until_text(In::Page, "main", "The provider answers").await;
    look(&screen, "sso-provider", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/admin/security/sso/admission")).await;
    look(&screen, "sso-admission", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/account")).await;
    look(&screen, "account-sso", In::Page, &mut wrong).await;
    app.employ("bert", &[&app.site.clone()]);
    screen.goto(&format!("{origin}/admin/people/{}", app.operator_id("bert@clinic.example"))).await;
    look(&screen, "person-sso", In::Page, &mut wrong).await;

    // Somebody else's browser: there and back, with a click and without a script of ours.
    let door = browsers.open().await;
    door.goto(&format!("{origin}/login")).await;
    look(&door, "login-sso", In::Page, &mut wrong).await;
    door.click(In::Page, "form[action='/login/sso'] .button").await;
    door.until_there(In::Page, "button[value=anna]").await;
    door.click(In::Page, "button[value=anna]").await;
    door.until_text(In::Page, "body", "Anna Admin").await;
    door.goto(&format!("{origin}/admin/security/sso")).await;
    door.click(In::Page, "form[action$='/enforcement'] .button").await;
    door.until_text(In::Page, "main", "Enforced").await;
    // The provider's own page has no icon.
    let _ = door.complaints(&[]).await;
    look(&door, "sso-enforced", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/login")).await;
    screen.until_text(In::Page, "main", "Sign in with Clinic ID").await;
    look(&screen, "login-sso-enforced", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/join")).await;
    look(&screen, "join-sso", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/login/sso/callback?state=x&error=%3Cb%3E")).await;
    screen.until_text(In::Page, "main", "not begun in this browser").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "sso-refused", In::Page, &mut wrong).await;

    let attribute = |text| Attribute::parse(text).unwrap();
    let line = |text| Line::parse(text).unwrap();
    let directory = Directory {
        server: Server::parse("127.0.0.1:20", Security::None).unwrap(),
        authority: None,
        find: Find::by_search(Some(line("cn=reader,dc=clinic,dc=example")), line("dc=clinic,dc=example"), line("(uid={user})"))
            .unwrap(),
        group_base: None,
        attributes: Attributes {
            id: Some(attribute("entryUUID")),
            name: attribute("cn"),
            email: attribute("mail"),
            groups: attribute("memberOf"),
        },
    };
    let mut batch = app.app.store.batch();
    let before = SingleSignOn::clone(&app.app.store.house().sso);
    batch.put_sso(&SingleSignOn { directory: Some(directory), is_on: false, ..before });
    app.app.store.commit(batch).wait().unwrap();
    door.goto(&format!("{origin}/admin/security/sso/directory")).await;
    door.click(In::Page, "form[action$='/trial'] .button:not([type=button])").await;
    door.until_text(In::Page, "main", "cannot be asked").await;
    look(&door, "sso-directory-off", In::Page, &mut wrong).await;
    door.quit().await;
    screen.quit().await;
    nothing(&wrong);
}

//! The sign-in form, with a real directory behind it.

use parlor::domain::audit::AuditAction;
use parlor::domain::session::SignInMethod;

use super::{admit, appliance, at_the_door};
use crate::harness::actors::{Admin, Operator};
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::directory::{DirectoryServer, READER, READER_PASSWORD, SUFFIX, TLS_PORT};
use crate::harness::http::Answer;

const PAGE: &str = "/admin/security/sso/directory";

async fn set_up(admin: &Admin, server: &DirectoryServer) {
    let address = format!("{}:{TLS_PORT}", server.address);
    let fields = [
        ("server", address.as_str()),
        ("security", "tls"),
        ("authority", &server.authority.pem),
        ("find", "search"),
        ("reader", READER),
        ("reader_password", READER_PASSWORD),
        ("base", SUFFIX),
        ("filter", "(|(uid={user})(mail={user}))"),
        ("id_attribute", "entryUUID"),
        ("name_attribute", "cn"),
        ("email_attribute", "mail"),
        ("groups_attribute", "memberOf"),
    ];
    admin.browser.submit(PAGE, PAGE, &fields).await.expect_done();
}

async fn try_in(app: &TestApp, user: &str, password: &str) -> (Operator, Answer) {
    let somebody = at_the_door(app, None);
    let answer = somebody.browser.submit("/login", "/login", &[("email", user), ("password", password)]).await;
    (somebody, answer)
}

#[tokio::test]
async fn who_is_not_known_here_is_asked_about_there() {
    let app = appliance().await;
    let server = DirectoryServer::start(&format!(
        "{}{}",
        DirectoryServer::person("olga", "olga@clinic.example", "lantern pepper ocean"),
        DirectoryServer::group("desk", &["olga"]),
    ));
    let admin = app.admin().await;
    set_up(&admin, &server).await;
    let group = format!("cn=desk,{SUFFIX}");
    admit(&admin, &[(&group, "operator", &app.site)], &["creates_accounts"]).await;
    let tried = [("trial_user", "olga"), ("trial_password", "lantern pepper ocean")];
    let tried = admin.browser.submit(PAGE, "/admin/security/sso/directory/trial", &tried).await.expect(200);
    assert!(tried.body.contains("olga@clinic.example") && tried.body.contains(&group), "{}", tried.gist());
    assert!(!tried.body.contains("lantern") && !tried.body.contains(READER_PASSWORD));

    for (user, password) in [
        ("olga", "wrong"),
        ("olga", ""),
        ("nobody", "lantern pepper ocean"),
        ("*", "lantern pepper ocean"),
        ("olga)(|(uid=*", "lantern pepper ocean"),
    ] {
        let (_, answer) = try_in(&app, user, password).await;
        assert!(answer.expect(422).body.contains("E-mail address or password is wrong"), "{user}");
    }
    assert_eq!(app.app.store.audit_rows(None, 1).unwrap()[0].action, AuditAction::SignInRefused);

    let (mut olga, answer) = try_in(&app, "olga", "lantern pepper ocean").await;
    answer.expect_done();
    olga.connect().await;
    let account = app.operator_id("olga@clinic.example");
    let session = app.app.store.sessions().unwrap().into_iter().find(|(_, it)| it.operator == account).unwrap().1;
    assert_eq!(session.by, SignInMethod::Directory);
    // By address as well, and it is the same person.
    let (_, answer) = try_in(&app, "Olga@clinic.example", "lantern pepper ocean").await;
    answer.expect_done();
    // What is known here is not asked there, and a directory that is gone shuts nobody of ours out.
    drop(server);
    let (_, answer) = try_in(&app, ADMIN, PASSWORD).await;
    answer.expect_done();
    let (_, answer) = try_in(&app, "olga", "lantern pepper ocean").await;
    assert!(answer.expect(422).body.contains("cannot be reached at the moment"));
}

//! `parlor sso`: the way back in for the owner of the host.

use parlor::domain::access::Actor;
use parlor::service::sso::{self, ProviderForm};

use crate::harness::actors::Operator;
use crate::harness::app::TestApp;
use crate::harness::process::{self, ADMIN, PASSWORD, Server, parlor, said};

fn answer(data: &std::path::Path, arguments: &[&str]) -> serde_json::Value {
    let output = parlor().args(arguments).args(["--json", "--data-dir"]).arg(data).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn it_tells_how_it_stands_running_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    process::set_up(&data);
    let stopped = answer(&data, &["sso", "disable"]);
    assert_eq!((stopped["in_use"].as_bool(), stopped["switched_off"].as_bool()), (Some(false), Some(false)), "nothing to do");
    let server = Server::start(&data, &[]);
    assert_eq!(answer(&data, &["sso", "status"])["provider"], serde_json::Value::Null);
    let door = server.door().await;
    let anna = Operator::signed_in(&door, ADMIN, PASSWORD).await;
    let fields = [
        ("sso_name", "Clinic ID"),
        ("issuer", "https://id.clinic.example"),
        ("client_id", "parlor"),
        ("client_secret", "between us"),
        ("groups_claim", "groups"),
    ];
    anna.browser.submit("/admin/security/sso", "/admin/security/sso", &fields).await.expect_done();
    let status = answer(&data, &["sso", "status"]);
    assert_eq!(status["provider"], "https://id.clinic.example");
    assert!(!status.to_string().contains("between us"));
    let off = answer(&data, &["sso", "disable"]);
    assert_eq!((off["in_use"].as_bool(), off["switched_off"].as_bool()), (Some(false), Some(true)));
    let page = anna.browser.get("/admin/security/sso").await.expect(200);
    assert!(page.body.contains("Single sign-on is switched off"));
    assert!(page.body.contains("/admin/security/alerts"), "administrators are told");
    assert!(!anna.browser.get("/login").await.body.contains("Sign in with"));
    anna.browser.submit("/admin/security/sso", "/admin/security/sso/activation", &[]).await.expect_done();
    assert_eq!(answer(&data, &["sso", "status"])["in_use"], true);
}

#[tokio::test]
async fn nobody_but_the_host_may() {
    let app = TestApp::start().await;
    let admin = app.app.store.house().operators.values().next().unwrap().clone();
    let actor = parlor::service::sessions::actor(&app.app.store.house(), &admin);
    assert!(sso::disable(&app.app.ctx(&actor)).is_err());
    assert!(sso::disable(&app.app.ctx(&Actor::Stranger)).is_err());
    assert!(sso::put_provider(&app.app.ctx(&actor), &ProviderForm::default()).is_err(), "without a fresh proof");
}

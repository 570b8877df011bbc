//! Break-glass from the host: `parlor user` and `parlor allowlist reset`, while the appliance runs and while it does not; and that everybody gets
//! to see it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::actors::Operator;
use crate::harness::process::{self, ADMIN, PASSWORD, Server, parlor, said};

fn used(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    process::set_up(&data);
    data
}

fn answer(data: &Path, arguments: &[&str]) -> Value {
    let output = parlor().args(arguments).args(["--json", "--data-dir"]).arg(data).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The exit code and what was said.
fn refusal(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = parlor().args(arguments).arg("--data-dir").arg(data).output().unwrap();
    (output.status.code(), said(&output))
}

#[tokio::test]
async fn somebody_is_let_in_again_while_it_runs_and_everybody_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let server = Server::start(&data, &[]);
    let door = server.door().await;
    let anna = Operator::signed_in(&door, ADMIN, PASSWORD).await;
    anna.browser.get("/admin").await.expect(200);

    let way_in = answer(&data, &["user", "reset", ADMIN]);
    let (address, token) = way_in["link"].as_str().unwrap().split_once('#').unwrap();
    assert!(address.ends_with("/login/password") && token.len() == 52, "{address}");
    // The session is over, and the password is none any more.
    assert_eq!(anna.browser.get("/admin").await.expect(303).location(), "/login?next=%2Fadmin");
    anna.sign_in(PASSWORD).await.expect(422);

    // With the link she chooses another one, once, and confirms that she has seen what was done.
    let back = Operator::at_the_door(&door, ADMIN, None);
    let (page, new) = ("/login/password", "lantern pebble orchid");
    back.browser.submit(page, page, &[("token", token), ("password", new)]).await.expect_done();
    let again = Operator::at_the_door(&door, ADMIN, None);
    assert_ne!(again.browser.submit(page, page, &[("token", token), ("password", PASSWORD)]).await.status, 303);
    again.sign_in(new).await.expect_done();
    let words = "Somebody was let in from the command line";
    let console = again.browser.get("/console").await.expect(200).body;
    assert!(console.contains(words), "{console}");
    let id = console.split("data-alert=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let seen = format!("/admin/security/alerts/{id}/acknowledgement");
    again.browser.submit("/admin/security/alerts", &seen, &[]).await.expect_done();
    assert!(!again.browser.get("/console").await.expect(200).body.contains(words));

    let users = answer(&data, &["user", "list"]);
    assert_eq!(users["users"][0]["email"], ADMIN);
    assert_eq!(users["users"][0]["role"], "admin");
    assert!(!users.to_string().contains(token));
    let (code, words) = refusal(&data, &["user", "reset", "nobody@clinic.example"]);
    assert!(code == Some(1) && words.contains("parlor user list"), "{words}");
    assert_eq!(refusal(&data, &["user", "reset"]).0, Some(2));
}

#[tokio::test]
async fn the_list_is_opened_and_every_page_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    // While it is stopped.
    answer(&data, &["allowlist", "reset"]);
    let server = Server::start(&data, &[]);
    let door = server.door().await;
    let anna = Operator::signed_in(&door, ADMIN, PASSWORD).await;
    for page in ["/admin", "/admin/system", "/console", "/account"] {
        let body = anna.browser.get(page).await.expect(200).body;
        assert!(body.contains("The list of addresses was opened from the command line"), "{page}");
        assert!(body.contains("/admin/security/alerts#"), "{page} leads to where it can be confirmed");
    }
}

#[test]
fn somebody_is_let_in_again_while_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let (code, words) = refusal(&data, &["user", "reset", &ADMIN.to_uppercase()]);
    assert!(code == Some(0) && words.contains("/login/password#") && words.contains("every administrator sees"), "{words}");
    let (code, words) = refusal(&data, &["user", "list"]);
    assert!(code == Some(0) && words.contains(ADMIN) && words.contains("active"), "{words}");
    // Nothing is made where nothing is.
    let nowhere = folder.path().join("nowhere");
    assert_eq!(refusal(&nowhere, &["user", "list"]).0, Some(1));
    assert!(!nowhere.exists());
}

//! Signed papers, from the admin panel to the check on another machine.

use std::fs;

use parlor::service::evidence;
use parlor::service::surroundings::Surroundings;

use crate::harness::actors::Operator;
use crate::harness::app::TestApp;
use crate::harness::process::{parlor, said};

const MARKER: &str = "the rash on my left arm is back";

/// What `parlor verify paper` says of these bytes.
pub fn verified(text: &str, more: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper");
    fs::write(&file, text).unwrap();
    let output = parlor().args(["verify", "paper"]).arg(&file).args(more).output().unwrap();
    (output.status.code(), said(&output))
}

async fn read_chat(app: &TestApp, admin: &mut Operator) -> String {
    let mut maria = app.visitor("maria").await;
    maria.connect().await;
    let talk = maria.start(MARKER).await.conversation;
    admin.connect().await;
    admin.accept(&talk).await;
    admin.browser.get(&format!("/console/conversations/{talk}")).await.expect(200);
    admin.close(&talk).await;
    talk
}

#[tokio::test]
async fn a_report_is_made_handed_out_and_checked_anywhere() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let page = admin.browser.get("/admin/privacy/evidence").await.expect(200);
    assert!(page.body.contains("There is none yet") && page.body.contains("no certification"), "{}", page.gist());
    admin.browser.submit("/admin/privacy/evidence", "/admin/privacy/evidence", &[]).await.expect(303);
    let id = app.app.store.house().evidence.keys().next().unwrap().to_string();
    let page = admin.browser.get("/admin/privacy/evidence").await.expect(200);
    assert!(page.body.contains(&id), "{}", page.gist());
    let key =
        page.body.split("<code>").find_map(|piece| piece.get(..64).filter(|key| key.bytes().all(|b| b.is_ascii_hexdigit())));
    let key = key.unwrap().to_owned();
    let file = async |format: &str| {
        let answer = admin.browser.get(&format!("/admin/privacy/evidence/{id}/{format}")).await.expect(200);
        assert!(answer.header("content-disposition").contains(&format!(".{format}")), "{}", answer.header("content-disposition"));
        answer.body
    };
    for format in ["json", "html"] {
        let text = file(format).await;
        let (code, told) = verified(&text, &["--public-key", &key]);
        assert!(code == Some(0) && told.contains("whole"), "{format}: {told}");
        let (code, told) = verified(&text, &["--public-key", &"0f".repeat(32)]);
        assert!(code == Some(3) && told.contains("another key"), "{format}: {told}");
        let (code, _) = verified(&text.replacen("Signing in", "Signing out", 1), &[]);
        assert_eq!(code, Some(3), "{format}");
    }
    let (code, told) = verified(&file("json").await.replacen("\"not set\"", "\"set\"", 1), &[]);
    assert!(code == Some(3) && told.contains("The section installation was altered."), "{told}");
    let html = file("html").await;
    for loads in ["<script", "src=", "href=", "url(", "@import"] {
        assert!(!html.contains(loads), "{loads}");
    }
    assert!(file("csv").await.starts_with("Evidence report,"));
    admin.browser.get(&format!("/admin/privacy/evidence/{id}/pdf")).await.expect(404);
    admin.browser.get("/admin/privacy/evidence/evd_x/html").await.expect(404);
    // By itself, once a month.
    app.advance(std::time::Duration::from_secs(32 * 24 * 60 * 60)).await;
    assert_eq!(app.app.store.house().evidence.len(), 2);
    let ctx = app.app.ctx(&parlor::domain::access::Actor::Timer);
    assert!(!evidence::make_due(&ctx, &Surroundings::default()).unwrap());
}

#[tokio::test]
async fn papers_and_the_breach_kit_are_handed_out() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let talk = read_chat(&app, &mut admin).await;
    admin.browser.get("/admin/privacy/records").await.expect(200);
    for paper in ["processing", "retention", "recipients", "devices"] {
        let page = admin.browser.get(&format!("/admin/privacy/records/{paper}")).await.expect(200);
        assert!(!page.body.contains(MARKER), "{}", page.gist());
        for format in ["html", "json"] {
            let file = admin.browser.get(&format!("/admin/privacy/records/{paper}/{format}")).await.expect(200);
            assert_eq!(verified(&file.body, &[]).0, Some(0), "{paper} {format}");
        }
        admin.browser.get(&format!("/admin/privacy/records/{paper}/csv")).await.expect(200);
    }
    admin.browser.get("/admin/privacy/records/everything").await.expect(404);

    let day: String = app.app.now().to_string().chars().take(10).collect();
    let (since, until) = (format!("{day}T00:00"), format!("{day}T23:59"));
    let asked = [("since", since.as_str()), ("until", until.as_str())];
    let page = admin.browser.submit("/admin/privacy/breach", "/admin/privacy/breach", &asked).await.expect(200);
    assert!(page.body.contains(&talk) && page.body.contains("Opened a chat") && !page.body.contains(MARKER), "{}", page.gist());
    let wrong = [("since", until.as_str()), ("until", since.as_str())];
    let page = admin.browser.submit("/admin/privacy/breach", "/admin/privacy/breach", &wrong).await.expect(422);
    assert!(page.body.contains("The end is not behind the beginning"), "{}", page.gist());
    let page =
        admin.browser.submit("/admin/privacy/breach", "/admin/privacy/breach", &[("since", "yesterday")]).await.expect(422);
    assert!(page.body.contains("Write a day and an hour"), "{}", page.gist());
    for format in ["html", "json"] {
        let form = [asked[0], asked[1], ("format", format)];
        let file = admin.browser.submit("/admin/privacy/breach", "/admin/privacy/breach/file", &form).await.expect(200);
        assert!(verified(&file.body, &[]).0 == Some(0) && file.body.contains(&talk), "{format}");
    }
    let form = [asked[0], asked[1], ("format", "csv")];
    let file = admin.browser.submit("/admin/privacy/breach", "/admin/privacy/breach/file", &form).await.expect(200);
    assert!(file.body.starts_with("Breach kit,"), "{}", file.gist());
}

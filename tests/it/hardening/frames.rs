//! What may stand in a frame, and what a download may do: pages of the staff nowhere, downloads nothing.

use parlor::web::routes::{Method, routes};

use crate::harness::app::TestApp;

#[tokio::test]
async fn no_page_of_the_staff_stands_in_a_frame() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut looked_at = 0;
    for route in routes().into_iter().filter(|route| route.method == Method::Get) {
        let path = route.path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/");
        // A socket and a poll answer otherwise, or later.
        if path == "/live" || path == "/live/events" {
            continue;
        }
        let answer = admin.browser.get(&path).await;
        let policy = answer.header("content-security-policy");
        for name in
            ["x-content-type-options", "strict-transport-security", "referrer-policy", "permissions-policy", "cache-control"]
        {
            assert!(!answer.header(name).is_empty(), "{path} lacks {name}");
        }
        if !route.face.is_staff() {
            continue;
        }
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        looked_at += 1;
    }
    assert!(looked_at > 40, "{looked_at}");
}

#[tokio::test]
async fn a_download_may_do_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut maria = app.visitor("maria").await;
    let talk = maria.start("please print this").await.conversation;
    let mut downloads = vec!["/admin/privacy/receipts/file".to_owned(), "/ca.crt".to_owned()];
    downloads.push("/console/reports/file".to_owned());
    for path in downloads {
        let answer = admin.browser.get(&path).await.expect(200);
        is_sandboxed(&path, &answer);
    }
    for kind in ["html", "text", "json"] {
        let page = format!("/console/conversations/{talk}/print");
        let export = format!("/console/conversations/{talk}/export");
        let answer = admin.browser.submit(&page, &export, &[("format", kind)]).await.expect(200);
        is_sandboxed(kind, &answer);
    }
}

#[track_caller]
fn is_sandboxed(what: &str, answer: &crate::harness::http::Answer) {
    assert!(answer.header("content-disposition").starts_with("attachment;"), "{what}");
    assert!(answer.header("content-security-policy").starts_with("sandbox; default-src 'none'"), "{what}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
}

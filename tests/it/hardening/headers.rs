//! What stands around every page, and what Google's csp_evaluator thinks of the policies. `tests/bars` asks Mozilla's Observatory too.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use parlor::web::routes::{Method, routes};
use serde_json::json;

use crate::harness::app::TestApp;
use crate::harness::http::Answer;
use crate::harness::source::root;

/// What every answer has, whatever it is.
const EVERYWHERE: [&str; 6] = [
    "content-security-policy",
    "strict-transport-security",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
];

/// Where a page may stand in a frame of others, or of our own.
fn is_framed(path: &str) -> bool {
    ["/widget/", "/demo"].iter().any(|begin| path.starts_with(begin)) || path.ends_with("/log") || path.contains("/preview")
}

fn check(path: &str, answer: &Answer, policies: &mut BTreeMap<String, String>) {
    for name in EVERYWHERE {
        assert!(!answer.header(name).is_empty(), "{path} has no {name}");
    }
    for name in ["server", "x-powered-by"] {
        assert!(answer.header(name).is_empty(), "{path} says what it runs on: {}", answer.header(name));
    }
    let policy = answer.header("content-security-policy");
    if !is_framed(path) {
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(policy.contains("frame-ancestors 'none'") || policy.contains("sandbox"), "{path}: {policy}");
    }
    if answer.header("content-type").starts_with("text/html") {
        policies.entry(policy.to_owned()).or_insert_with(|| path.to_owned());
    }
}

#[tokio::test]
async fn every_page_has_its_headers_and_a_policy_without_a_hole() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    maria.start("a chat, so that there is a page about one").await;
    let admin = app.admin().await;
    let stranger = app.stranger();
    let mut policies = BTreeMap::new();
    let mut pages = 0;
    // Whatever is in braces is the site: so its own pages are shown, and the error page in place of all others.
    let site = |path: &str| {
        path.split('/').map(|step| if step.starts_with('{') { app.site.as_str() } else { step }).collect::<Vec<_>>().join("/")
    };
    let paths = routes().iter().filter(|route| route.method == Method::Get).map(|route| site(route.path)).collect::<Vec<_>>();
    for path in paths.iter().filter(|path| !["/live", "/live/events"].contains(&path.as_str())) {
        for browser in [&admin.browser, &stranger.browser] {
            check(path, &browser.get(path).await, &mut policies);
            pages += 1;
        }
    }
    check("/nothing-here", &stranger.browser.get("/nothing-here").await, &mut policies);
    assert!(pages > 100 && policies.len() > 3, "{pages} pages, {} policies", policies.len());

    let asked: Vec<_> = policies.iter().map(|(policy, page)| json!({"page": page, "policy": policy})).collect();
    let folder = root().join("tests/browser");
    assert!(
        folder.join("node_modules/csp_evaluator").exists(),
        "csp_evaluator is missing: run `npm ci` in tests/browser, or tests/run"
    );
    let mut child = Command::new("node")
        .arg(folder.join("csp.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    child.stdin.take().unwrap().write_all(json!(asked).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

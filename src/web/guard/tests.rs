//! Tests of what stands around every handler, through the whole table of routes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, LOCATION, SET_COOKIE};
use actix_web::test::{TestRequest, call_service, init_service};

use crate::app::App;
use crate::config::Config;
use crate::domain::access::Actor;
use crate::domain::time::Timestamp;
use crate::service::allowlist::{self, Lockout};
use crate::service::setup::{self, SetUp};
use crate::service::{Clock, Random};
use crate::vault::RootKey;
use crate::web::Names;
use crate::web::routes::{configure, routes};

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "harbour violin cactus";
const HOST: &str = "chat.example.org";

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }
}

struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            chunk.copy_from_slice(&number[8 - chunk.len()..]);
        }
    }
}

pub(in crate::web) struct House {
    pub app: Arc<App>,
    _folder: tempfile::TempDir,
}

impl House {
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(folder.path().join("data"));
        let app =
            App::open(config, &RootKey::from_bytes([7; 32]), Arc::new(Still), Arc::new(Counting(AtomicU64::new(1)))).unwrap();
        Self { app, _folder: folder }
    }

    pub(in crate::web) fn set_up() -> Self {
        let house = Self::empty();
        let form = SetUp {
            organisation: "Clinic Nord".to_owned(),
            admin_name: "Anna".to_owned(),
            admin_email: EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            site_name: "Reception".to_owned(),
            origins: String::new(),
        };
        setup::finish_on_host(&house.app.ctx(&Actor::Host), form).unwrap();
        house
    }

    pub(in crate::web) async fn send(&self, request: TestRequest) -> ServiceResponse {
        let service =
            init_service(actix_web::App::new().configure(configure(Arc::clone(&self.app), Names::new([HOST.to_owned()])))).await;
        call_service(&service, request.insert_header(("host", HOST)).to_request()).await
    }

    /// A page, and the token of its form.
    async fn form_of(&self, path: &str, cookie: &str) -> (String, Vec<String>) {
        let response = self.send(get(path).insert_header(("cookie", cookie.to_owned()))).await;
        let cookies = cookies_of(&response);
        let page = text_of(response).await;
        let token = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        (token.to_owned(), cookies)
    }

    /// Signs in as a browser would and gives back the session's cookie.
    async fn sign_in(&self) -> String {
        let (token, cookies) = self.form_of("/login", "").await;
        let body = format!("csrf={token}&email={EMAIL}&password={}", PASSWORD.replace(' ', "+"));
        let response = self.send(form("/login", body).insert_header(("cookie", cookies[0].clone()))).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        cookies_of(&response).into_iter().find(|cookie| cookie.starts_with("__Host-parlor=")).unwrap()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.app.store.close();
    }
}

pub(in crate::web) fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path).peer_addr("127.0.0.1:4711".parse().unwrap()).insert_header(("accept", "text/html"))
}

/// A form that a page of ours sends.
fn form(path: &str, body: String) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .peer_addr("127.0.0.1:4711".parse().unwrap())
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(("sec-fetch-site", "same-origin"))
        .set_payload(body)
}

fn cookies_of(response: &ServiceResponse) -> Vec<String> {
    let all = response.headers().get_all(SET_COOKIE);
    all.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

pub(in crate::web) async fn text_of(response: ServiceResponse) -> String {
    String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap()
}

fn location_of(response: &ServiceResponse) -> &str {
    response.headers().get(LOCATION).unwrap().to_str().unwrap()
}

#[actix_web::test]
async fn every_answer_has_its_headers_errors_included() {
    let house = House::set_up();
    for (path, status) in
        [("/healthz", 200), ("/login", 200), ("/nowhere", 404), ("/logout", 405), ("/admin", 303), ("/admin/sites/sit_x", 303)]
    {
        let response = house.send(get(path)).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        for name in
            ["content-security-policy", "strict-transport-security", "x-content-type-options", "referrer-policy", "cache-control"]
        {
            assert!(response.headers().contains_key(HeaderName::from_static(name)), "{path} lacks {name}");
        }
        let policy = response.headers().get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}

#[actix_web::test]
async fn before_setup_only_the_machine_itself_sees_anything() {
    let house = House::empty();
    for route in routes().into_iter().filter(|route| route.face.is_staff() && route.path != "/setup") {
        let path = route.path.replace("{id}", "x");
        let response = house.send(TestRequest::with_uri(&path).peer_addr("127.0.0.1:4711".parse().unwrap())).await;
        assert_eq!((response.status().as_u16(), location_of(&response)), (303, "/setup"), "{path}");
    }
    let elsewhere = house.send(get("/setup").peer_addr("203.0.113.7:4711".parse().unwrap())).await;
    assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN);
    assert_eq!(house.send(get("/setup")).await.status(), StatusCode::OK);
    assert_eq!(house.send(get("/healthz").peer_addr("203.0.113.7:4711".parse().unwrap())).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn the_allowlist_stands_before_staff_and_never_before_visitors() {
    let house = House::set_up();
    let host = Actor::Host;
    let only = allowlist::ListsForm { everybody: "192.0.2.0/24".to_owned(), ..Default::default() };
    allowlist::replace(&house.app.ctx(&host), "192.0.2.1".parse().unwrap(), &only, Lockout::Warn).unwrap();
    for path in ["/login", "/setup", "/join", "/account", "/console", "/admin", "/admin/sites"] {
        let response = house.send(get(path).peer_addr("203.0.113.7:4711".parse().unwrap())).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(text_of(response).await.contains("Ask your administrator to add 203.0.113.7."), "{path}");
    }
    let mapped = house.send(get("/login").peer_addr("[::ffff:192.0.2.9]:4711".parse().unwrap())).await;
    assert_eq!(mapped.status(), StatusCode::OK);
    // Nobody is believed about where they come from unless the settings list them as a proxy.
    let claimed = get("/login").peer_addr("203.0.113.7:4711".parse().unwrap()).insert_header(("x-forwarded-for", "192.0.2.9"));
    assert_eq!(house.send(claimed).await.status(), StatusCode::FORBIDDEN);
    for path in ["/healthz", "/widget.js", "/demo"] {
        let response = house.send(get(path).peer_addr("203.0.113.7:4711".parse().unwrap())).await;
        assert_ne!(response.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[actix_web::test]
async fn a_form_needs_its_token_and_its_origin() {
    let house = House::set_up();
    let session = house.sign_in().await;
    let (token, _) = house.form_of("/admin/people/new", &session).await;
    let body = |token: &str, n: u8| format!("csrf={token}&name=Tom&email=tom{n}%40example.org&role=operator&all_sites=on");
    let with = |request: TestRequest| request.insert_header(("cookie", session.clone()));

    let refused = [
        with(form("/admin/people/new", body("", 1))),
        with(form("/admin/people/new", body("wrong", 2))),
        with(form("/admin/people/new", body(&token, 3)).insert_header(("sec-fetch-site", "cross-site"))),
        with(form("/admin/people/new", body(&token, 4)).insert_header(("origin", "https://evil.example"))),
    ];
    for request in refused {
        assert_eq!(house.send(request).await.status(), StatusCode::FORBIDDEN);
    }
    // The token of a page before signing in is none of a session's.
    let (foreign, _) = house.form_of("/join", "").await;
    assert_eq!(house.send(with(form("/admin/people/new", body(&foreign, 5)))).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(house.app.store.house().operators.len(), 1);

    let taken = house.send(with(form("/admin/people/new", body(&token, 6)))).await;
    assert_eq!(taken.status(), StatusCode::OK);
    assert_eq!(house.app.store.house().operators.len(), 2);
}

#[actix_web::test]
async fn who_is_signed_out_is_led_to_the_door_and_scripts_are_told() {
    let house = House::set_up();
    let page = house.send(get("/admin/sites")).await;
    assert_eq!((page.status().as_u16(), location_of(&page)), (303, "/login?next=%2Fadmin%2Fsites"));
    let script = house.send(get("/console").insert_header(("accept", "application/json"))).await;
    assert_eq!(script.status(), StatusCode::UNAUTHORIZED);
    let told: serde_json::Value = serde_json::from_str(&text_of(script).await).unwrap();
    assert_eq!(told["code"], "signed_out");
    assert!(told["request_id"].as_str().is_some_and(|id| !id.is_empty()));

    let session = house.sign_in().await;
    let known = house.send(get("/admin/sites").insert_header(("cookie", session))).await;
    assert_eq!(known.status(), StatusCode::OK);
}

#[actix_web::test]
async fn what_is_not_yours_reads_like_what_never_was() {
    let house = House::set_up();
    let session = house.sign_in().await;
    let ask = async |path: &str| {
        let response = house.send(get(path).insert_header(("cookie", session.clone()))).await;
        let status = response.status();
        let page = text_of(response).await;
        // The request's number is the only thing that may differ.
        (status, page.split("<code>").next().unwrap().to_owned())
    };
    let never = ask("/nowhere").await;
    assert_eq!(never.0, StatusCode::NOT_FOUND);
    assert_eq!(ask("/admin/sites/sit_aaaaaaaaaaaaaaaaaaaaaaaaaa").await, never);
    assert_eq!(ask("/admin/people/nonsense").await, never);
}

#[actix_web::test]
async fn a_body_has_its_limit() {
    let house = House::set_up();
    let (token, cookies) = house.form_of("/login", "").await;
    let body = format!("csrf={token}&email={}", "x".repeat(70 * 1024));
    let response = house.send(form("/login", body).insert_header(("cookie", cookies[0].clone()))).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

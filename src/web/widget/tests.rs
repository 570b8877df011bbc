//! Tests of the visitor's way in, through the whole table of routes.

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;

use crate::domain::access::Actor;
use crate::domain::id::SiteId;
use crate::service::sites::{self, GeneralForm, Section};
use crate::web::assets;
use crate::web::guard::tests::{House, get, text_of};

fn site_of(house: &House) -> SiteId {
    *house.app.store.house().sites.keys().next().unwrap()
}

/// As the site's form would.
fn change(house: &House, with: impl FnOnce(&mut GeneralForm)) {
    let ctx = house.app.ctx(&Actor::Host);
    let mut form = GeneralForm::of(&sites::get(&ctx, site_of(house)).unwrap());
    with(&mut form);
    sites::change(&ctx, site_of(house), &form).unwrap();
}

fn session(site: impl std::fmt::Display, origin: &str) -> TestRequest {
    TestRequest::post()
        .uri(&format!("/widget/{site}/session"))
        .peer_addr("203.0.113.9:4711".parse().unwrap())
        .insert_header(("sec-fetch-site", "same-origin"))
        .set_json(serde_json::json!({ "origin": origin }))
}

fn header<'a>(response: &'a ServiceResponse, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[actix_web::test]
async fn the_panel_is_framed_by_the_sites_pages_alone() {
    let house = House::set_up();
    change(&house, |form| form.origins = "https://shop.example".to_owned());
    let panel = house.send(get(&format!("/widget/{}", site_of(&house)))).await;
    assert_eq!(panel.status(), StatusCode::OK);
    let policy = header(&panel, "content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'") && policy.ends_with("frame-ancestors https://shop.example 'self'"),
        "{policy}"
    );
    assert_eq!(header(&panel, "x-frame-options"), "");
    assert!(text_of(panel).await.contains(assets::url("panel.js")));

    change(&house, |form| form.demo = false);
    let panel = house.send(get(&format!("/widget/{}", site_of(&house)))).await;
    assert!(header(&panel, "content-security-policy").ends_with("frame-ancestors https://shop.example"));
}

#[actix_web::test]
async fn a_site_that_is_not_there_says_so_kindly_in_any_frame() {
    let house = House::set_up();
    for wrong in [SiteId::from_bytes([9; 16]).to_string(), "nonsense".to_owned()] {
        let missing = house.send(get(&format!("/widget/{wrong}"))).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        assert!(header(&missing, "content-security-policy").ends_with("frame-ancestors *"));
        assert!(text_of(missing).await.contains("There is no chat here"));
    }
}

#[actix_web::test]
async fn the_panel_speaks_the_language_of_the_page_then_the_browsers_then_the_sites() {
    let house = House::set_up();
    let site = site_of(&house);
    let page = async |path: String, accepted: &'static str| {
        text_of(house.send(get(&path).insert_header(("accept-language", accepted))).await).await
    };
    assert!(page(format!("/widget/{site}?lang=de-AT"), "fr").await.contains("<html lang=\"de\" dir=\"ltr\""));
    assert!(page(format!("/widget/{site}?lang=tlh"), "he-IL, fr;q=0.5").await.contains("<html lang=\"he\" dir=\"rtl\""));
    let page = page(format!("/widget/{site}"), "").await;
    assert!(page.contains("<html lang=\"en\"") && page.contains(assets::url("texts.en.js")));
}

#[actix_web::test]
async fn the_texts_of_another_language_can_be_asked_for() {
    let house = House::set_up();
    let site = site_of(&house);
    let answer = house.send(get(&format!("/widget/{site}/texts?lang=pl"))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let texts: serde_json::Value = serde_json::from_str(&text_of(answer).await).unwrap();
    assert_eq!((&texts["lang"], &texts["dir"]), (&"pl".into(), &"ltr".into()));
    assert_eq!(texts["texts"]["send"], "Wyślij");
    assert!(texts["texts"]["presence-wait"]["few"].is_string() && texts["texts"]["page-now"].is_null());
    for wrong in ["", "?lang=tlh"] {
        assert_eq!(house.send(get(&format!("/widget/{site}/texts{wrong}"))).await.status(), StatusCode::NOT_FOUND);
    }
}

#[actix_web::test]
async fn a_token_is_given_to_visitors_of_the_sites_pages() {
    let house = House::set_up();
    change(&house, |form| form.origins = "https://shop.example".to_owned());
    let site = site_of(&house);
    let begun = house.send(session(site, "https://shop.example")).await;
    assert_eq!(begun.status(), StatusCode::OK);
    assert!(text_of(begun).await.contains("\"token\":\"vst_"));
    assert_eq!(house.send(session(site, "https://chat.example.org")).await.status(), StatusCode::OK, "the demo page");

    for wrong in ["https://evil.example", "http://shop.example", "https://shop.example:8443", "null", ""] {
        assert_eq!(house.send(session(site, wrong)).await.status(), StatusCode::FORBIDDEN, "{wrong}");
    }
    let elsewhere = session(site, "https://shop.example").insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(house.send(elsewhere).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(house.send(session(SiteId::from_bytes([9; 16]), "https://shop.example")).await.status(), StatusCode::NOT_FOUND);
    let more = TestRequest::post()
        .uri(&format!("/widget/{site}/session"))
        .peer_addr("203.0.113.9:4711".parse().unwrap())
        .insert_header(("sec-fetch-site", "same-origin"))
        .set_json(serde_json::json!({ "origin": "https://shop.example", "more": 1 }));
    assert_eq!(house.send(more).await.status(), StatusCode::BAD_REQUEST);

    change(&house, |form| form.demo = false);
    assert_eq!(house.send(session(site, "https://chat.example.org")).await.status(), StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn the_demo_page_shows_what_a_customer_pastes() {
    let house = House::set_up();
    let demo = house.send(get("/demo")).await;
    assert_eq!(demo.status(), StatusCode::OK);
    assert!(!header(&demo, "content-security-policy").contains("unsafe"));
    let page = text_of(demo).await;
    let line = format!("<script async src=\"https://chat.example.org/widget.js\" data-site=\"{}\"", site_of(&house));
    assert!(page.contains(&line), "{page}");

    change(&house, |form| form.demo = false);
    assert_eq!(house.send(get("/demo")).await.status(), StatusCode::NOT_FOUND);
}

/// What a visitor's page costs before and after the click.
#[actix_web::test]
async fn the_widget_stays_small() {
    let house = House::set_up();
    let packed = async |path: &str| {
        let response = house.send(get(path).insert_header(("accept-encoding", "br"))).await;
        actix_web::body::to_bytes(response.into_body()).await.unwrap().len()
    };
    let loader = packed("/widget.js").await;
    assert!(loader <= 3 * 1024, "the loader takes {loader} bytes");
    let panel = packed(&format!("/widget/{}", site_of(&house))).await
        + packed(assets::url("panel.js")).await
        + packed(assets::url("panel.css")).await;
    assert!(panel <= 20_000, "the panel takes {panel} bytes");
}

//! A provider that lies, and strangers who play one.

use super::{admit, appliance, at_the_door, provider_of, set_up, sign_in};

/// Nobody signed it, or somebody else did: nothing ends.
#[tokio::test]
async fn a_made_up_logout_notice_ends_nothing() {
    let app = appliance().await;
    let (admin, provider) = (app.admin().await, provider_of(&app));
    let stranger = app.stranger().browser;
    let post = async |token: &str| {
        let request = stranger.request(reqwest::Method::POST, "/login/sso/logout").form(&[("logout_token", token)]);
        crate::harness::http::Browser::answer(request).await
    };
    post("x").await.expect(404);
    set_up(&admin, &provider).await;
    admit(&admin, &[("desk", "operator", "")], &["creates_accounts"]).await;
    let olga = at_the_door(&app, None);
    sign_in(&olga, &provider, "olga").await.expect_done();
    let part = |value: serde_json::Value| data_encoding::BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let now = jiff::Timestamp::now().as_second();
    let claims = serde_json::json!({
        "iss": provider.issuer, "aud": "parlor", "sub": "olga", "iat": now, "exp": now + 60, "jti": "j",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    for header in [
        serde_json::json!({"alg": "none"}),
        serde_json::json!({"alg": "RS256"}),
        serde_json::json!({"alg": "RS256", "kid": "no such key"}),
        serde_json::json!({"alg": "HS256"}),
    ] {
        post(&format!("{}.{}.AAAA", part(header.clone()), part(claims.clone()))).await.expect(400);
        post(&format!("{}.{}.", part(header), part(claims.clone()))).await.expect(400);
    }
    for token in ["", "x", "a.b.c", &"x".repeat(60_000)] {
        post(token).await.expect(400);
    }
    olga.browser.get("/console").await.expect(200);

    // It may come from where the administrator says, and from nowhere else.
    let mut batch = app.app.store.batch();
    let mut settings = parlor::domain::sso::SingleSignOn::clone(&app.app.store.house().sso);
    settings.provider.as_mut().unwrap().logout_networks = parlor::domain::network::parse_networks("192.0.2.0/24").unwrap();
    batch.put_sso(&settings);
    app.app.store.commit(batch).wait().unwrap();
    post("x").await.expect(404);
}

/// The provider's own page between us: what it brings to the browser has to be this provider's.
#[tokio::test]
async fn a_provider_under_another_name_signs_nobody_in() {
    let app = appliance().await;
    let (admin, honest, other) = (app.admin().await, provider_of(&app), provider_of(&app));
    set_up(&admin, &honest).await;
    admit(&admin, &[("desk", "operator", "")], &["creates_accounts"]).await;
    let eve = at_the_door(&app, None);
    // The way to the one, walked at the other (an attacker's that has the same client and the same people).
    let page = eve.browser.submit("/login", "/login/sso", &[("next", "/console")]).await.expect(200);
    let way = super::way(&page).replace(&honest.issuer, &other.issuer);
    let back = other.browser().visit(&way, "olga").await;
    let refused = eve.browser.get(&back).await;
    assert!([403, 502].contains(&refused.status.as_u16()), "{}", refused.gist());
    eve.browser.get("/console").await.expect(303);
}

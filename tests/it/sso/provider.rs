//! What this server asks of a provider, and what it believes: with a real provider (npm's `oidc-provider`).

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use parlor::config::Config;
use parlor::domain::network::Network;
use parlor::domain::sso::{Authority, Claims, Issuer, Provider as Settings, Scope};
use parlor::domain::text::{Label, Line, Name};
use parlor::domain::time::Timestamp;
use parlor::outbound::http::Http;
use parlor::outbound::openid::{Homeward, OpenId, OpenIdError, Outward};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::harness::provider::{CALLBACK, CLIENT, CLIENT_SECRET, Provider};
use crate::harness::world::ManualClock;

const ORIGIN: &str = "https://chat.clinic.example";
const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-of-43";

/// A server that may reach this machine.
pub fn http() -> Arc<Http> {
    crate::harness::install_crypto();
    let mut config = Config::new("unused");
    config.outbound_private = vec![Network::parse("127.0.0.0/8").unwrap()];
    Arc::new(Http::new(&config))
}

fn settings(provider: &Provider) -> Settings {
    Settings {
        name: Name::parse("Clinic ID").unwrap(),
        issuer: Issuer::parse(&provider.issuer).unwrap(),
        client_id: Line::parse(CLIENT).unwrap(),
        scopes: Scope::parse_list("email profile").unwrap(),
        groups_claim: Label::parse("groups").unwrap(),
        authority: Some(Authority::parse(&provider.authority.pem).unwrap()),
        logout_networks: Vec::new(),
    }
}

fn people() -> serde_json::Value {
    json!({"anna": {"name": "Anna Admin", "email": "anna@clinic.example", "email_verified": true, "groups": ["staff", "owners"]}})
}

fn now() -> Timestamp {
    parlor::service::Clock::now(&ManualClock::of_the_machine())
}

/// The way there; the address that the browser comes back to.
async fn there_and_back(openid: &OpenId, provider: &Provider, person: &str) -> url::Url {
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(VERIFIER));
    let redirect_uri = format!("{ORIGIN}{CALLBACK}");
    let outward = Outward { redirect_uri: &redirect_uri, state: "state-1", nonce: "nonce-1", challenge: &challenge };
    let way = openid.way(&settings(provider), &outward, now()).await.unwrap();
    url::Url::parse(&provider.browser().visit(&way, person).await).unwrap()
}

fn of<'a>(back: &'a [(String, String)], name: &str) -> &'a str {
    back.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

struct Asked<'a> {
    nonce: &'a str,
    verifier: &'a str,
    secret: &'a str,
    issuer: Option<&'a str>,
}

async fn redeem(openid: &OpenId, provider: &Provider, code: &str, asked: &Asked<'_>) -> Result<Claims, OpenIdError> {
    let redirect_uri = format!("{ORIGIN}{CALLBACK}");
    let homeward = Homeward {
        redirect_uri: &redirect_uri,
        code,
        issuer: asked.issuer,
        nonce: asked.nonce,
        verifier: asked.verifier,
        client_secret: Some(asked.secret),
    };
    openid.claims(&settings(provider), &homeward, now()).await
}

#[tokio::test]
async fn a_code_is_worth_what_the_provider_says_of_its_owner_and_only_to_whom_it_was_given() {
    let provider = Provider::start(ORIGIN, "", people());
    let openid = OpenId::new(http());
    openid.try_out(&settings(&provider), now()).await.unwrap();
    let right = Asked { nonce: "nonce-1", verifier: VERIFIER, secret: CLIENT_SECRET, issuer: Some(&provider.issuer) };

    let code = |back: &url::Url| -> Vec<(String, String)> { back.query_pairs().into_owned().collect() };
    let back = code(&there_and_back(&openid, &provider, "anna").await);
    assert_eq!((of(&back, "state"), of(&back, "iss")), ("state-1", provider.issuer.as_str()));
    let claims = redeem(&openid, &provider, of(&back, "code"), &right).await.unwrap();
    assert_eq!((claims.issuer.as_str(), claims.subject.as_str()), (provider.issuer.as_str(), "anna"));
    assert_eq!(claims.email.unwrap().as_str(), "anna@clinic.example");
    assert!(claims.email_is_verified && claims.sid.is_some());
    assert_eq!(claims.groups.into_iter().collect::<Vec<_>>(), ["owners", "staff"]);
    let again = redeem(&openid, &provider, of(&back, "code"), &right).await.err();
    assert_eq!(again, Some(OpenIdError::Refused("invalid_grant")), "a code is good once");

    for (wrong, why) in [
        (Asked { nonce: "nonce-2", ..right }, "another request's nonce"),
        (Asked { verifier: "another-verifier-that-is-long-enough-to-be-one", ..right }, "another browser's verifier"),
        (Asked { secret: "another secret", ..right }, "another client's secret"),
        (Asked { issuer: None, ..right }, "an answer without a name, though this provider gives one"),
        (Asked { issuer: Some("https://evil.example"), ..right }, "another provider's answer"),
    ] {
        let back = code(&there_and_back(&openid, &provider, "anna").await);
        assert!(redeem(&openid, &provider, of(&back, "code"), &wrong).await.is_err(), "{why}");
    }

    // New keys are fetched when a token names one.
    provider.rotate();
    let back = code(&there_and_back(&openid, &provider, "anna").await);
    assert_eq!(redeem(&openid, &provider, of(&back, "code"), &right).await.unwrap().subject, "anna");

    let refused = code(&there_and_back(&openid, &provider, "").await);
    assert_eq!((of(&refused, "error"), of(&refused, "code")), ("access_denied", ""));
}

#[tokio::test]
async fn a_provider_that_leaves_claims_out_of_its_token_is_asked_for_them() {
    let provider = Provider::lean(ORIGIN, "", people());
    let openid = OpenId::new(http());
    let back = there_and_back(&openid, &provider, "anna").await;
    let back: Vec<_> = back.query_pairs().into_owned().collect();
    let right = Asked { nonce: "nonce-1", verifier: VERIFIER, secret: CLIENT_SECRET, issuer: Some(&provider.issuer) };
    let claims = redeem(&openid, &provider, of(&back, "code"), &right).await.unwrap();
    assert_eq!(claims.email.unwrap().as_str(), "anna@clinic.example");
    assert!(claims.email_is_verified && claims.groups.contains("owners"));
}

#[tokio::test]
async fn what_is_wrong_with_a_provider_is_said_in_words() {
    let provider = Provider::start(ORIGIN, "", people());
    let right = settings(&provider);
    let said =
        async |settings: Settings, http: Arc<Http>| OpenId::new(http).try_out(&settings, now()).await.unwrap_err().to_string();
    let unknown = Settings { authority: None, ..right.clone() };
    assert!(said(unknown, http()).await.contains("certificate is not believed"));
    let other_name = Settings { issuer: Issuer::parse(&format!("{}/", provider.issuer)).unwrap(), ..right.clone() };
    assert!(said(other_name, http()).await.contains("another name"));
    let elsewhere = Settings { issuer: Issuer::parse(&format!("{}/realm", provider.issuer)).unwrap(), ..right.clone() };
    assert!(said(elsewhere, http()).await.contains("status 404"));
    let nobody = Settings { issuer: Issuer::parse("https://127.0.0.1:9").unwrap(), ..right.clone() };
    assert!(said(nobody, http()).await.contains("nobody answers"));
    let closed = Arc::new(Http::new(&Config::new("unused")));
    assert!(said(right, closed).await.contains("outbound_private"));
}

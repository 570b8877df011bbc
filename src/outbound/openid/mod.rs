//! A provider of identities (OpenID Connect Core 1.0, authorization code flow with PKCE): what it says of itself, the way to it, and
//! what its answers mean. Everything that it says is checked here; `Claims` and `LogoutNotice` are believed by those who get them.

use std::sync::Arc;

use data_encoding::BASE64;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::Trouble;
use super::http::{Answer, Http, Question};
use crate::domain::limits;
use crate::domain::sso::{Claims, LogoutNotice, Provider, Source, SsoRefusal};
use crate::domain::text::{EmailAddress, Name};
use crate::domain::time::Timestamp;

mod token;

pub use token::TokenFault;
use token::{Keys, Said};

/// What a provider was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Configuration,
    Keys,
    Token,
    UserInfo,
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Configuration => "configuration (/.well-known/openid-configuration)",
            Self::Keys => "keys (jwks_uri)",
            Self::Token => "token endpoint",
            Self::UserInfo => "userinfo endpoint",
        })
    }
}

/// Why a provider is of no use, in words for the administrator. Nothing in it was said by the provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenIdError {
    #[error("The provider’s {0} cannot be had: {1}.")]
    Trouble(Asked, Trouble),
    #[error("The provider’s {0} answered with status {1}.")]
    Status(Asked, u16),
    #[error(
        "The provider calls itself by another name than the one given here. Write the issuer exactly as its configuration does."
    )]
    OtherIssuer,
    #[error("The provider’s configuration lacks {0}, or it is no https address.")]
    Lacks(&'static str),
    #[error("The provider does not do PKCE with S256, without which codes could be stolen on their way.")]
    NoPkce,
    #[error("The provider lists no key that is good enough to sign with.")]
    NoKeys,
    #[error("The provider refused the code: {0}.")]
    Refused(&'static str),
    #[error("The provider’s word was not believed: {0}.")]
    Token(#[from] TokenFault),
}

impl OpenIdError {
    /// What the person who signs in is told.
    #[must_use]
    pub fn refusal(&self) -> SsoRefusal {
        match self {
            Self::Trouble(..) | Self::Status(..) | Self::Lacks(_) | Self::NoPkce | Self::NoKeys => SsoRefusal::Unreachable,
            Self::OtherIssuer | Self::Token(_) => SsoRefusal::NotTrusted,
            Self::Refused(_) => SsoRefusal::ByProvider,
        }
    }
}

/// What a provider says of itself (OpenID Connect Discovery 1.0, section 3), as far as it matters here.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    /// Whether its answers name it (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What is known of the provider at the moment.
#[derive(Clone)]
struct Known {
    provider: Provider,
    metadata: Arc<Metadata>,
    keys: Arc<Keys>,
    learned_at: Timestamp,
    /// When its keys were asked for once more.
    asked_again_at: Option<Timestamp>,
}

pub struct OpenId {
    http: Arc<Http>,
    known: Mutex<Option<Known>>,
}

/// What the browser takes along to the provider.
pub struct Outward<'a> {
    pub redirect_uri: &'a str,
    pub state: &'a str,
    pub nonce: &'a str,
    /// SHA-256 of the verifier (RFC 7636).
    pub challenge: &'a str,
}

/// What it brought back, and what only we know.
pub struct Homeward<'a> {
    pub redirect_uri: &'a str,
    pub code: &'a str,
    /// Who says that it answers, where it says so.
    pub issuer: Option<&'a str>,
    pub nonce: &'a str,
    pub verifier: &'a str,
    pub client_secret: Option<&'a str>,
}

impl OpenId {
    #[must_use]
    pub fn new(http: Arc<Http>) -> Self {
        Self { http, known: Mutex::new(None) }
    }

    /// Asks everything anew, as the button of the administrator does.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub async fn try_out(&self, provider: &Provider, now: Timestamp) -> Result<(), OpenIdError> {
        *self.known.lock() = None;
        self.known(provider, now).await.map(|_| ())
    }

    /// The address at the provider to send the browser to.
    ///
    /// # Errors
    /// When the provider cannot be asked about itself.
    pub async fn way(&self, provider: &Provider, outward: &Outward<'_>, now: Timestamp) -> Result<String, OpenIdError> {
        let known = self.known(provider, now).await?;
        let mut url =
            Url::parse(&known.metadata.authorization_endpoint).map_err(|_| OpenIdError::Lacks("authorization_endpoint"))?;
        let scopes: Vec<&str> = std::iter::once("openid").chain(provider.scopes.iter().map(|scope| scope.as_str())).collect();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", provider.client_id.as_str())
            .append_pair("redirect_uri", outward.redirect_uri)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", outward.state)
            .append_pair("nonce", outward.nonce)
            .append_pair("code_challenge", outward.challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Who it is that came back.
    ///
    /// # Errors
    /// When the provider does not take the code, or what it says is not believed.
    pub async fn claims(&self, provider: &Provider, homeward: &Homeward<'_>, now: Timestamp) -> Result<Claims, OpenIdError> {
        let known = self.known(provider, now).await?;
        let must_name_itself = known.metadata.authorization_response_iss_parameter_supported;
        let names_itself = homeward.issuer.map_or(!must_name_itself, |issuer| issuer == provider.issuer.as_str());
        if !names_itself {
            return Err(TokenFault::Issuer.into());
        }
        let granted = self.exchange(provider, &known.metadata, homeward).await?;
        let parties = (provider.issuer.as_str(), provider.client_id.as_str());
        let mut opened = token::identity(&granted.id_token, &known.keys, parties, homeward.nonce, now);
        if opened == Err(TokenFault::UnknownKey)
            && let Some(keys) = self.newer_keys(&known, now).await?
        {
            opened = token::identity(&granted.id_token, &keys, parties, homeward.nonce, now);
        }
        let mut said = opened?;
        self.complete(provider, &known.metadata, granted.access_token, &mut said).await?;
        Ok(claims(provider, &said))
    }

    /// A provider's word that sessions are over.
    ///
    /// # Errors
    /// When it is not believed.
    pub async fn logout_notice(&self, provider: &Provider, token: &str, now: Timestamp) -> Result<LogoutNotice, OpenIdError> {
        let known = self.known(provider, now).await?;
        let parties = (provider.issuer.as_str(), provider.client_id.as_str());
        let mut opened = token::logout(token, &known.keys, parties, now);
        if opened.as_ref().err() == Some(&TokenFault::UnknownKey)
            && let Some(keys) = self.newer_keys(&known, now).await?
        {
            opened = token::logout(token, &keys, parties, now);
        }
        Ok(opened?)
    }

    /// What is known of the provider, asked for when it is not, or was long ago.
    async fn known(&self, provider: &Provider, now: Timestamp) -> Result<Known, OpenIdError> {
        let held = self.known.lock().clone();
        if let Some(held) = held.filter(|held| held.provider == *provider && now.since(held.learned_at) < limits::PROVIDER_KEPT) {
            return Ok(held);
        }
        let address = format!("{}/.well-known/openid-configuration", provider.issuer.as_str().trim_end_matches('/'));
        let body = self.get(provider, Asked::Configuration, &address, None).await?;
        let metadata: Metadata = serde_json::from_slice(&body).map_err(|_| not_understood(Asked::Configuration))?;
        if metadata.issuer != provider.issuer.as_str() {
            return Err(OpenIdError::OtherIssuer);
        }
        for (name, endpoint) in [
            ("authorization_endpoint", &metadata.authorization_endpoint),
            ("token_endpoint", &metadata.token_endpoint),
            ("jwks_uri", &metadata.jwks_uri),
        ] {
            let is_https = Url::parse(endpoint).is_ok_and(|url| url.scheme() == "https" && url.fragment().is_none());
            if !is_https {
                return Err(OpenIdError::Lacks(name));
            }
        }
        if metadata.code_challenge_methods_supported.as_ref().is_some_and(|methods| !methods.iter().any(|it| it == "S256")) {
            return Err(OpenIdError::NoPkce);
        }
        let keys = self.keys(provider, &metadata).await?;
        let metadata = Arc::new(metadata);
        let known = Known { provider: provider.clone(), metadata, keys, learned_at: now, asked_again_at: None };
        *self.known.lock() = Some(known.clone());
        Ok(known)
    }

    async fn keys(&self, provider: &Provider, metadata: &Metadata) -> Result<Arc<Keys>, OpenIdError> {
        let body = self.get(provider, Asked::Keys, &metadata.jwks_uri, None).await?;
        let keys = Keys::read(&body).ok_or(not_understood(Asked::Keys))?;
        if keys.is_empty() { Err(OpenIdError::NoKeys) } else { Ok(Arc::new(keys)) }
    }

    /// The keys of this moment, when a token names one that is not known: the provider may have changed them. Not more often than now
    /// and then, since anybody can make up the name of a key.
    async fn newer_keys(&self, known: &Known, now: Timestamp) -> Result<Option<Arc<Keys>>, OpenIdError> {
        {
            let mut held = self.known.lock();
            let Some(held) = held.as_mut().filter(|held| held.provider == known.provider) else { return Ok(None) };
            if !Arc::ptr_eq(&held.keys, &known.keys) {
                return Ok(Some(Arc::clone(&held.keys)));
            }
            if held.asked_again_at.is_some_and(|at| now.since(at) < limits::PROVIDER_KEYS_EVERY) {
                return Ok(None);
            }
            held.asked_again_at = Some(now);
        }
        let keys = self.keys(&known.provider, &known.metadata).await?;
        if let Some(held) = self.known.lock().as_mut().filter(|held| held.provider == known.provider) {
            held.keys = Arc::clone(&keys);
        }
        Ok(Some(keys))
    }

    async fn get(
        &self,
        provider: &Provider,
        asked: Asked,
        url: &str,
        authorization: Option<Zeroizing<String>>,
    ) -> Result<Zeroizing<Vec<u8>>, OpenIdError> {
        let authority = provider.authority.as_ref().map(|it| it.as_str());
        let question = Question { url, authority, form: None, authorization };
        let answer = self.http.ask(&question).await.map_err(|trouble| OpenIdError::Trouble(asked, trouble))?;
        if answer.status == 200 { Ok(answer.body) } else { Err(OpenIdError::Status(asked, answer.status)) }
    }

    async fn exchange(&self, provider: &Provider, metadata: &Metadata, homeward: &Homeward<'_>) -> Result<Granted, OpenIdError> {
        let client = provider.client_id.as_str();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", homeward.code),
            ("redirect_uri", homeward.redirect_uri),
            ("code_verifier", homeward.verifier),
        ];
        let mut authorization = None;
        match homeward.client_secret {
            None => form.push(("client_id", client)),
            Some(secret) if metadata.takes_secret_in_form() => form.extend([("client_id", client), ("client_secret", secret)]),
            Some(secret) => authorization = Some(basic(client, secret)),
        }
        let authority = provider.authority.as_ref().map(|it| it.as_str());
        let question = Question { url: &metadata.token_endpoint, authority, form: Some(&form), authorization };
        let answer = self.http.ask(&question).await.map_err(|trouble| OpenIdError::Trouble(Asked::Token, trouble))?;
        granted(&answer)
    }

    /// What the token does not say but the provider may tell those who show it.
    async fn complete(
        &self,
        provider: &Provider,
        metadata: &Metadata,
        access_token: Option<Zeroizing<String>>,
        said: &mut Said,
    ) -> Result<(), OpenIdError> {
        let is_complete = said.contains_key("email") && said.contains_key("name") && groups(provider, said).is_some();
        let (Some(url), Some(token), false) = (&metadata.userinfo_endpoint, access_token, is_complete) else { return Ok(()) };
        let authorization = Zeroizing::new(format!("Bearer {}", *token));
        let body = self.get(provider, Asked::UserInfo, url, Some(authorization)).await?;
        let told: Said = serde_json::from_slice(&body).map_err(|_| not_understood(Asked::UserInfo))?;
        // Without this, what is told of somebody else could be put into this one's mouth (section 5.3.2).
        if token::text(&told, "sub") != token::text(said, "sub") {
            return Err(TokenFault::Subject.into());
        }
        // Whether an address is verified is told with the address or not at all.
        if said.contains_key("email") {
            said.entry("email_verified").or_insert(Value::Bool(false));
        }
        for (name, value) in told {
            said.entry(name).or_insert(value);
        }
        Ok(())
    }
}

impl Metadata {
    /// A header is what every provider has to take unless it says otherwise (section 9).
    fn takes_secret_in_form(&self) -> bool {
        let takes = |method: &str| self.token_endpoint_auth_methods_supported.iter().any(|it| it == method);
        takes("client_secret_post") && !takes("client_secret_basic")
    }
}

/// Both parts are encoded like a form before (RFC 6749, section 2.3.1).
fn basic(client: &str, secret: &str) -> Zeroizing<String> {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", encoded(client), encoded(secret)));
    Zeroizing::new(format!("Basic {}", BASE64.encode(pair.as_bytes())))
}

/// What the token endpoint gives for a code. Does not print.
struct Granted {
    id_token: Zeroizing<String>,
    access_token: Option<Zeroizing<String>>,
}

fn granted(answer: &Answer) -> Result<Granted, OpenIdError> {
    /// The refusals of RFC 6749, section 5.2; what else somebody may say is not repeated.
    const KNOWN: [&str; 6] =
        ["invalid_client", "invalid_grant", "invalid_request", "unauthorized_client", "unsupported_grant_type", "invalid_scope"];
    let said: Option<Said> = serde_json::from_slice(&answer.body).ok();
    if answer.status != 200 {
        let error = said.as_ref().and_then(|said| token::text(said, "error"));
        let known = KNOWN.into_iter().find(|known| Some(*known) == error);
        return Err(known.map_or(OpenIdError::Status(Asked::Token, answer.status), OpenIdError::Refused));
    }
    let said = said.ok_or(not_understood(Asked::Token))?;
    let taken = |name| token::text(&said, name).map(|text| Zeroizing::new(text.to_owned()));
    Ok(Granted { id_token: taken("id_token").ok_or(TokenFault::Shape)?, access_token: taken("access_token") })
}

fn not_understood(asked: Asked) -> OpenIdError {
    OpenIdError::Trouble(asked, Trouble::NotUnderstood)
}

fn claims(provider: &Provider, said: &Said) -> Claims {
    let text = |name| token::text(said, name);
    Claims {
        issuer: provider.issuer.as_str().to_owned(),
        subject: text("sub").unwrap_or_default().to_owned(),
        name: text("name").or_else(|| text("preferred_username")).and_then(|name| Name::parse(name).ok()),
        email: text("email").and_then(|email| EmailAddress::parse(email).ok()),
        // Some write it as a text.
        email_is_verified: said.get("email_verified").is_some_and(|it| *it == Value::Bool(true) || *it == "true"),
        groups: Claims::bounded_groups(groups(provider, said).unwrap_or_default()),
        sid: text("sid").filter(|sid| Claims::is_subject(sid)).map(str::to_owned),
        source: Source::Provider,
    }
}

/// The groups that somebody is in: a list or a single one, under the claim's name or along its dots (`realm_access.roles`).
fn groups(provider: &Provider, said: &Said) -> Option<Vec<String>> {
    let path = provider.groups_claim.as_str();
    let found = said.get(path).or_else(|| {
        let mut steps = path.split('.');
        let first = said.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    })?;
    match found {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        _ => None,
    }
}

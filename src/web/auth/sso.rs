//! Single sign-on at the edge: out to the organisation's provider, back from it, and what it says by itself. The provider is asked here;
//! what it said is handed down.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::access::Actor;
use crate::domain::limits;
use crate::domain::sso::{Claims, SsoRefusal};
use crate::outbound::openid::{Homeward, OpenIdError, Outward};
use crate::service::Failure;
use crate::service::sign_in::Step;
use crate::service::sso::{self, Flow, Purpose};
use crate::service::tokens::hash_of;
use crate::web::extract::{CsrfForm, Fields, FromFields, MaybeStaff, Peer, PlainForm, PreForm, Staff, asked};
use crate::web::page::{self, Errors};
use crate::web::{Answer, App, Error, urls};

/// What binds the way back to the browser that went. Lax, since it comes back from another site; `__Host-` keeps others from setting it.
const COOKIE: &str = "__Host-parlor-sso";

#[derive(Default)]
pub struct Form {
    next: String,
    token: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { next: fields.take("next"), token: fields.take("token") }
    }
}

/// Leads on to the provider. A page in between, since a form may be sent nowhere but to ourselves.
#[derive(Template)]
#[template(path = "auth/onward.html")]
struct OnwardPage<'a> {
    name: &'a str,
    way: &'a str,
}

#[derive(Template)]
#[template(path = "auth/not_admitted.html")]
struct RefusedPage {
    message: String,
    /// Where to try again.
    back: &'static str,
}

/// `POST /login/sso`
pub async fn begin(app: App, request: HttpRequest, PreForm(form): PreForm<Form>) -> Answer {
    set_out(&app, &request, Purpose::SignIn, urls::safe_next(&form.next)).await
}

/// `POST /join/sso`: accepts an invitation.
pub async fn join(app: App, request: HttpRequest, PreForm(form): PreForm<Form>) -> Answer {
    let Some(invitation) = hash_of(form.token.trim()) else { return refused(SsoRefusal::Unknown, urls::LOGIN) };
    set_out(&app, &request, Purpose::Join(invitation), urls::CONSOLE).await
}

/// `POST /account/sso`: makes an identity there one's own.
pub async fn link(app: App, request: HttpRequest, staff: Staff, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.look(&app, |ctx| ctx.require_proof())?;
    set_out(&app, &request, Purpose::Link(staff.session), urls::ACCOUNT).await
}

/// `POST /account/sso/removal`
pub async fn unlink(app: App, staff: Staff, CsrfForm(()): CsrfForm<()>) -> Answer {
    match staff.act(&app, sso::unlink).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?unlinked", urls::ACCOUNT))),
        Err(failure) => super::account::again(&app, &staff, &Errors::from(failure)?),
    }
}

/// `GET /login/sso/callback`: back from the provider. Whatever comes of it, this way is not walked twice.
pub async fn back(app: App, request: HttpRequest, staff: MaybeStaff) -> Answer {
    let mut answer = match come_back(&app, &request, staff.0).await {
        Ok(answer) => answer,
        Err(NotIn::Refused(refusal, to)) => refused(refusal, to)?,
        Err(NotIn::Failed(error)) => return Err(error),
    };
    super::add(&mut answer, &super::ended(COOKIE));
    Ok(answer)
}

/// Why somebody who came back is not in.
enum NotIn {
    Refused(SsoRefusal, &'static str),
    Failed(Error),
}

impl From<Error> for NotIn {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

async fn come_back(app: &App, request: &HttpRequest, staff: Option<Staff>) -> Result<HttpResponse, NotIn> {
    let cookie = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let state = page::query(request, "state");
    let flow = {
        let stranger = Actor::Stranger;
        let ctx = app.ctx(&stranger);
        sso::recognise(&ctx, &cookie, &state).and_then(|flow| sso::walk(&ctx, &flow).map(|()| flow))
    };
    // Anybody can send anybody here with anything: that is not worth a line in the audit log.
    let flow = flow.map_err(|refusal| NotIn::Refused(refusal, urls::LOGIN))?;
    let to = if matches!(flow.purpose, Purpose::Link(_)) { urls::ACCOUNT } else { urls::LOGIN };
    let done = match claims(app, request, &flow).await {
        Ok(claims) => admit(app, request, &flow, staff, claims).await?,
        Err(refusal) => {
            note(app, request, refusal).await?;
            Err(Failure::Sso(refusal))
        }
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(Failure::Sso(refusal)) => Err(NotIn::Refused(refusal, to)),
        // From this address nobody with their role may come in; it is said as wrong credentials are.
        Err(Failure::WrongCredentials) => Err(NotIn::Refused(SsoRefusal::Unknown, to)),
        Err(failure) => Err(NotIn::Failed(failure.into())),
    }
}

/// Who the provider says it is.
async fn claims(app: &App, request: &HttpRequest, flow: &Flow) -> Result<Claims, SsoRefusal> {
    let house = app.store.house();
    let provider = house.sso.provider_in_use().ok_or(SsoRefusal::Off)?;
    let (code, error) = (page::query(request, "code"), page::query(request, "error"));
    // What the provider says besides may come from anybody, and is neither shown nor kept.
    if code.is_empty() || !error.is_empty() {
        return Err(SsoRefusal::ByProvider);
    }
    let issuer = Some(page::query(request, "iss")).filter(|issuer| !issuer.is_empty());
    let stranger = Actor::Stranger;
    let secret = sso::client_secret(&app.ctx(&stranger)).map_err(|_| SsoRefusal::Unreachable)?;
    let homeward = Homeward {
        redirect_uri: &callback(app, request),
        code: &code,
        issuer: issuer.as_deref(),
        nonce: &flow.nonce,
        verifier: &flow.verifier,
        client_secret: secret.as_ref().map(|secret| secret.as_str()),
    };
    app.openid.claims(provider, &homeward, app.now()).await.map_err(|error| told(&error))
}

async fn admit(
    app: &App,
    request: &HttpRequest,
    flow: &Flow,
    staff: Option<Staff>,
    claims: Claims,
) -> Result<Result<HttpResponse, Failure>, Error> {
    let in_with = |step: Step| super::go_on(app, &step, urls::safe_next(&flow.next));
    Ok(match flow.purpose {
        Purpose::SignIn => {
            let entered = page::act(app, Actor::Stranger, asked(request), move |ctx| sso::enter(ctx, &claims));
            entered.await?.map(in_with)
        }
        Purpose::Join(invitation) => {
            let joined = page::act(app, Actor::Stranger, asked(request), move |ctx| sso::join(ctx, &invitation, &claims));
            joined.await?.map(in_with)
        }
        Purpose::Link(session) => {
            // The session that set out, and no other: the cookie of the way may have outlived it.
            let Some(staff) = staff.filter(|staff| staff.session == session) else {
                return Ok(Err(Failure::Sso(SsoRefusal::NotBegun)));
            };
            let linked = staff.act(app, move |ctx| sso::link(ctx, &session, &claims)).await?;
            linked.map(|()| page::see_other(&format!("{}?linked", urls::ACCOUNT)))
        }
    })
}

/// `POST /login/sso/logout`: the provider says that a session is over (OpenID Connect Back-Channel Logout 1.0, section 2.5). It comes
/// with no cookie and from anywhere; the signature says who it is.
pub async fn logout(app: App, peer: Peer, request: HttpRequest, PlainForm(mut fields): PlainForm) -> Answer {
    let house = app.store.house();
    let provider = house.sso.provider_in_use().ok_or_else(Error::not_found)?;
    let networks = &provider.logout_networks;
    if !networks.is_empty() && !networks.iter().any(|network| network.contains(peer.0)) {
        return Err(Error::not_found());
    }
    let token = fields.take("logout_token");
    let notice = match app.openid.logout_notice(provider, &token, app.now()).await {
        Ok(notice) => notice,
        Err(error) => {
            tracing::warn!(%error, "a provider's word that a session is over was not believed");
            return Err(Error::bad_request("This is no logout token of the provider, or one that cannot be believed."));
        }
    };
    page::act(&app, Actor::Stranger, asked(&request), move |ctx| sso::end_by_provider(ctx, &notice)).await??;
    Ok(HttpResponse::Ok().finish())
}

async fn set_out(app: &App, request: &HttpRequest, purpose: Purpose, next: &str) -> Answer {
    let to = if matches!(purpose, Purpose::Link(_)) { urls::ACCOUNT } else { urls::LOGIN };
    let house = app.store.house();
    let Some(provider) = house.sso.provider_in_use() else { return refused(SsoRefusal::Off, to) };
    let begun = {
        let stranger = Actor::Stranger;
        sso::begin(&app.ctx(&stranger), purpose, next)
    };
    let outward =
        Outward { redirect_uri: &callback(app, request), state: &begun.state, nonce: &begun.nonce, challenge: &begun.challenge };
    let way = match app.openid.way(provider, &outward, app.now()).await {
        Ok(way) => way,
        Err(error) => {
            let refusal = told(&error);
            note(app, request, refusal).await?;
            return refused(refusal, to);
        }
    };
    let mut answer = page::show(&OnwardPage { name: provider.name.as_str(), way: &way })?;
    let life = Duration::seconds(i64::try_from(limits::SSO_LIFE.as_secs()).unwrap_or(0));
    let cookie = Cookie::build(COOKIE, begun.cookie.to_string()).path("/").secure(true).http_only(true);
    super::add(&mut answer, &cookie.same_site(SameSite::Lax).max_age(life).finish());
    Ok(answer)
}

/// Where the provider sends browsers back to; it knows this address and no other.
#[must_use]
pub fn callback(app: &App, request: &HttpRequest) -> String {
    format!("{}{}", page::own_address(app, request), urls::SSO_CALLBACK)
}

/// The administrator finds in the log what the person at the door is not told.
fn told(error: &OpenIdError) -> SsoRefusal {
    tracing::warn!(%error, "nobody was signed in through the provider");
    error.refusal()
}

async fn note(app: &App, request: &HttpRequest, refusal: SsoRefusal) -> Result<(), Error> {
    Ok(page::act(app, Actor::Stranger, asked(request), move |ctx| sso::refused(ctx, refusal)).await??)
}

fn refused(refusal: SsoRefusal, back: &'static str) -> Answer {
    let status = match refusal {
        SsoRefusal::Unreachable | SsoRefusal::NotTrusted => StatusCode::BAD_GATEWAY,
        SsoRefusal::Off => StatusCode::NOT_FOUND,
        SsoRefusal::NotBegun => StatusCode::BAD_REQUEST,
        _ => StatusCode::FORBIDDEN,
    };
    page::show_with(status, &RefusedPage { message: refusal.to_string(), back })
}

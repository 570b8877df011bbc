//! Drawing pages: what every page shares, and the helpers that handlers use.

use std::fmt::Display;
use std::io::Write as _;
use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::domain::access::{Action, Actor, authorize};
use crate::domain::posture::{Lock, Posture};
use crate::live::partials::RoomPartial;
use crate::service::{Asked, Ctx, Failure, leads, reports};

use super::error::Error;
pub use super::form::Errors;
use super::notices::AlertsPartial;
use super::{App, extract, guard, urls};

/// Draws a template.
pub fn show(template: &impl Template) -> Result<HttpResponse, Error> {
    show_with(StatusCode::OK, template)
}

/// What scripts get in the place of a page with a form; it travels with the page until `guard::surround`, which knows who asked.
#[derive(Debug, Clone)]
pub struct ToScripts(pub Error);

/// Draws a page with a form: with 422 when something in it was refused, with 409 when a profile holds it, with 429 and the wait when it
/// came too often.
pub fn form(template: &impl Template, errors: &Errors) -> Result<HttpResponse, Error> {
    if let Some(seconds) = errors.retry_after() {
        let mut response = show_with(StatusCode::TOO_MANY_REQUESTS, template)?;
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return Ok(response);
    }
    if !errors.locked().is_empty() {
        let error = Error::from(Failure::Locked(errors.locked().to_vec()));
        let mut response = show_with(error.status, template)?;
        response.extensions_mut().insert(ToScripts(error));
        return Ok(response);
    }
    show_with(if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, template)
}

pub fn show_with(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Error> {
    match template.render() {
        Ok(html) => Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html)),
        Err(error) => {
            tracing::error!(%error, "a template could not be drawn");
            Err(Error::internal())
        }
    }
}

/// Draws a page that holds nothing secret, packed where the browser can unpack it: visitors may have a bad line.
pub fn show_packed(request: &HttpRequest, template: &impl Template) -> Result<HttpResponse, Error> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepted.split(',').any(|coding| coding.trim() == "gzip") {
        return show(template);
    }
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a template could not be drawn");
        Error::internal()
    })?;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = packer.write_all(html.as_bytes()).and_then(|()| packer.finish()).map_err(|_| Error::internal())?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_ENCODING, "gzip"))
        .insert_header((header::VARY, "Accept-Encoding"))
        .body(packed))
}

/// After a form was taken: the browser asks for this page with GET, so that reloading sends nothing twice.
#[must_use]
pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// Does one act off the threads that serve sockets, since it may wait for the disk or compute a password hash.
///
/// # Errors
/// Outside when the appliance is going down; inside whatever the service says.
pub async fn act<T, F>(app: &App, actor: Actor, asked: Asked, act: F) -> Result<Result<T, Failure>, Error>
where
    F: FnOnce(&Ctx) -> Result<T, Failure> + Send + 'static,
    T: Send + 'static,
{
    let app = app.clone();
    aside(move || act(&app.ctx_asked(&actor, asked))).await
}

/// A service call that may block, for handlers that have nothing to say about a refusal themselves.
///
/// # Errors
/// The service's refusal, as an answer.
pub async fn block<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Error>
where
    T: Send + 'static,
    E: Send + 'static,
    Error: From<E>,
{
    Ok(aside(work).await??)
}

/// Runs anything that may block where it holds up no socket.
///
/// # Errors
/// When the appliance is going down.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    web::block(work).await.map_err(|_| Error::internal())
}

/// One parameter of the address; empty when it is not there.
#[must_use]
pub fn query(request: &HttpRequest, name: &str) -> String {
    let found = url::form_urlencoded::parse(request.query_string().as_bytes()).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Whether the address says `?name`.
#[must_use]
pub fn says(request: &HttpRequest, name: &str) -> bool {
    url::form_urlencoded::parse(request.query_string().as_bytes()).any(|(key, _)| key == name)
}

/// `https://chat.example.org`: how people reach the appliance, for links and snippets.
#[must_use]
pub fn own_address(app: &App, request: &HttpRequest) -> String {
    if let Some(public) = &app.config.public_url {
        return public.trim_end_matches('/').to_owned();
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // Parsed, so that nothing but a host and a port ever reaches a page.
    url::Url::parse(&format!("https://{host}")).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// Draws an error for who asked: a page for people, JSON for scripts.
pub fn error(request: &HttpRequest, error: &Error, always_json: bool) -> HttpResponse {
    if always_json || wants_json(request) {
        let mut body = serde_json::json!({
            "code": error.code, "message": error.message, "request_id": guard::id_of(request),
        });
        if let Some(seconds) = error.retry_after() {
            // As in frames.
            body["n"] = seconds.into();
        }
        return HttpResponse::build(error.status).json(body);
    }
    if error.asks_to_sign_in() {
        return sign_in_first(request);
    }
    if error.asks_for_second_factor() {
        return see_other(urls::SECOND_FACTOR);
    }
    if error.asks_for_proof()
        && let Ok(page) = super::auth::proof::ask(request)
    {
        return page;
    }
    let id = guard::id_of(request);
    let page = ErrorPage { title: title(error.status), message: &error.message, id: &id };
    show_with(error.status, &page).unwrap_or_else(|_| HttpResponse::build(error.status).body(error.message.clone()))
}

fn sign_in_first(request: &HttpRequest) -> HttpResponse {
    // What a form would have done is lost with the session; the page it stood on is the place to come back to.
    let next = if request.method() == actix_web::http::Method::GET { request.uri().path() } else { urls::CONSOLE };
    see_other(&format!("{}?next={}", urls::LOGIN, url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>()))
}

/// Scripts say so by asking for JSON, by carrying our token header, or the browser says it for them.
pub(super) fn wants_json(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accept = header("accept");
    !accept.contains("text/html")
        && (accept.contains("application/json") || header("sec-fetch-dest") == "empty" || !header("x-parlor-csrf").is_empty())
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => "Nothing here",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::TOO_MANY_REQUESTS => "Too many attempts",
        StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => "That did not work",
        StatusCode::SERVICE_UNAVAILABLE => "Not available at the moment",
        status if status.is_client_error() => "This request was not understood",
        _ => "Something failed",
    }
}

/// Stands alone: it has to come out when nothing else does, and tells a stranger nothing about the house.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'static str,
    message: &'a str,
    id: &'a str,
}

/// What every page of staff carries: who is signed in, where they are, and the token of their forms.
pub struct Chrome {
    pub name: String,
    pub is_admin: bool,
    /// Answers chats.
    pub serves: bool,
    /// May look at how the installation is set up.
    pub oversees: bool,
    pub sees_reports: bool,
    pub sees_leads: bool,
    /// There are secure forms, or there were.
    pub sees_forms: bool,
    pub csrf: String,
    pub section: &'static str,
    pub organisation: String,
    /// What was just done, in words; from the address (`?saved`), so that nothing has to be remembered.
    pub said: &'static str,
    /// The notice that the disk is nearly full, while it is.
    pub room: Option<RoomPartial>,
    /// What nobody has seen yet.
    pub alerts: AlertsPartial,
    posture: Arc<Posture>,
}

impl Chrome {
    #[must_use]
    pub fn new(app: &App, staff: &extract::Staff, section: &'static str) -> Self {
        Self {
            name: staff.operator.name.as_str().to_owned(),
            is_admin: staff.is_admin(),
            serves: authorize(&staff.actor, Action::UseConsole).is_ok(),
            oversees: authorize(&staff.actor, Action::ReadPosture).is_ok(),
            sees_reports: reports::sites(&staff.ctx(app)).is_ok(),
            sees_leads: leads::sites(&staff.ctx(app)).is_ok(),
            sees_forms: !app.store.house().forms.is_empty(),
            csrf: staff.csrf.clone(),
            section,
            organisation: organisation(app),
            said: "",
            room: RoomPartial::new(app.store.space().standing()),
            alerts: AlertsPartial::new(&app.store.house(), staff.is_admin()),
            posture: Arc::clone(&app.store.house().posture),
        }
    }

    /// Whether the page belongs to the admin panel, for the bar at the top.
    #[must_use]
    pub fn is_in_admin(&self) -> bool {
        !matches!(self.section, "console" | "account" | "reports" | "leads" | "forms")
    }

    /// What profiles lock on this page, so that people see it before they try (`parts/_locks.html`).
    #[must_use]
    pub fn locks(&self, page: &str) -> Vec<Lock> {
        self.posture.locks(page).collect()
    }

    #[must_use]
    pub fn saying(self, said: &'static str) -> Self {
        Self { said, ..self }
    }
}

/// The name of the house; empty before setup.
#[must_use]
pub fn organisation(app: &App) -> String {
    app.store.house().organisation.as_ref().map(|organisation| organisation.name.as_str().to_owned()).unwrap_or_default()
}

/// "1 minute", "15 minutes"
#[must_use]
pub fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// For templates: the address of a bundle.
#[must_use]
pub fn asset(name: &str) -> &'static str {
    super::assets::url(name)
}

/// For templates: a time for `<time datetime>`, which the page's script shows in the reader's zone.
#[must_use]
pub fn spoken(at: impl Display) -> String {
    let text = at.to_string();
    // Without a script it reads `2026-11-22 14:05 UTC`.
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

//! One's own passkeys; and signing in with one, and with nothing else.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::access::Actor;
use crate::domain::id::PasskeyId;
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::service::Failure;
use crate::service::factors::recovery;
use crate::service::passkeys::{self as service, Party};
use crate::service::tokens::{TokenHash, hash_of};
use crate::web::extract::{CsrfForm, Enrolling, Fields, FromFields, Id, PRE_COOKIE, PreForm, Staff, asked};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

use super::login;

/// What the form of a new passkey holds.
pub struct Made {
    name: String,
    answer: String,
}

impl FromFields for Made {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { name: fields.take("name"), answer: fields.take("answer") }
    }
}

pub struct Renamed(String);

impl FromFields for Renamed {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.take("name"))
    }
}

/// What a passkey answered on the sign-in page.
pub struct Shown {
    answer: String,
    next: String,
}

impl FromFields for Shown {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { answer: fields.take("answer"), next: fields.take("next") }
    }
}

#[derive(Template)]
#[template(path = "auth/passkeys.html")]
struct Page<'a> {
    chrome: Chrome,
    rows: Vec<Row>,
    /// Whether this page is open under a name, which passkeys need.
    is_possible: bool,
    typed: &'a str,
    errors: &'a Errors,
}

struct Row {
    id: PasskeyId,
    name: Label,
    created_at: Timestamp,
    used_at: Option<Timestamp>,
}

pub async fn list(app: App, request: HttpRequest, Enrolling(staff): Enrolling) -> Answer {
    // Where the script leads who has to show first that it is them.
    if page::says(&request, "new") {
        staff.ctx(&app).require_proof()?;
    }
    let said = [
        ("added", "The passkey is added. You can sign in with it from now on."),
        ("renamed", "Saved."),
        ("removed", "The passkey is removed. It signs you in no more."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    // A name to begin with, which fits as often as not.
    let typed = staff.asked.agent.and_then(|agent| agent.in_words()).map_or_else(String::new, |label| label.as_str().to_owned());
    draw(&app, &request, &staff, &typed, &Errors::default(), said)
}

/// What the browser needs to make one.
pub async fn challenge(app: App, request: HttpRequest, Enrolling(staff): Enrolling, CsrfForm(()): CsrfForm<()>) -> Answer {
    let party = party(&app, &request).ok_or_else(nameless)?;
    let holder = staff.session;
    let options = staff.act(&app, move |ctx| service::start(ctx, &party, holder)).await??;
    Ok(json(options))
}

pub async fn add(app: App, request: HttpRequest, Enrolling(staff): Enrolling, CsrfForm(form): CsrfForm<Made>) -> Answer {
    let party = party(&app, &request).ok_or_else(nameless)?;
    let (holder, name) = (staff.session, form.name.clone());
    let added = staff.act(&app, move |ctx| {
        let renewed = service::finish(ctx, &party, holder, &form.name, &form.answer)?;
        // The first second factor brings the first codes, for the day on which it is lost.
        let codes = recovery::make_first(ctx)?;
        Ok((renewed, codes))
    });
    match added.await? {
        Ok((renewed, Some(codes))) => super::recovery::show(&app, &staff, &renewed, &codes),
        Ok((renewed, None)) => Ok(super::enter(&app, &renewed, &format!("{}?added", urls::PASSKEYS))),
        Err(failure) => draw(&app, &request, &staff, &name, &Errors::from(failure)?, ""),
    }
}

pub async fn rename(
    app: App,
    request: HttpRequest,
    staff: Staff,
    Id(id): Id<PasskeyId>,
    CsrfForm(form): CsrfForm<Renamed>,
) -> Answer {
    match staff.act(&app, move |ctx| service::rename(ctx, id, &form.0)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?renamed", urls::PASSKEYS))),
        Err(failure) => draw(&app, &request, &staff, "", &Errors::from(failure)?, ""),
    }
}

pub async fn remove(app: App, request: HttpRequest, staff: Staff, Id(id): Id<PasskeyId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    match staff.act(&app, move |ctx| service::remove(ctx, id)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?removed", urls::PASSKEYS))),
        Err(failure) => draw(&app, &request, &staff, "", &Errors::from(failure)?, ""),
    }
}

/// What the browser needs to sign somebody in of whom nothing is known yet.
pub async fn ask_anybody(app: App, request: HttpRequest, PreForm(()): PreForm<()>) -> Answer {
    let party = party(&app, &request).ok_or_else(nameless)?;
    let holder = holder(&request).ok_or_else(Error::not_found)?;
    let options =
        page::act(&app, Actor::Stranger, asked(&request), move |ctx| service::ask_anybody(ctx, &party, holder)).await??;
    Ok(json(options))
}

pub async fn sign_in(app: App, request: HttpRequest, PreForm(form): PreForm<Shown>) -> Answer {
    let party = party(&app, &request).ok_or_else(nameless)?;
    let holder = holder(&request).ok_or_else(Error::not_found)?;
    let step = page::act(&app, Actor::Stranger, asked(&request), move |ctx| service::sign_in(ctx, &party, holder, &form.answer));
    match step.await? {
        Ok(step) => Ok(super::go_on(&app, &step, urls::safe_next(&form.next))),
        Err(failure) => login::again(&app, &request, form.next, &Errors::from(failure)?),
    }
}

/// What the browser needs for the second step.
pub async fn ask_second(app: App, request: HttpRequest, PreForm(()): PreForm<()>) -> Answer {
    let party = party(&app, &request).ok_or_else(nameless)?;
    let secret = super::half(&request).ok_or_else(Error::not_found)?;
    let asked = asked(&request);
    let options = page::act(&app, Actor::Stranger, asked, move |ctx| service::ask_second(ctx, &party, &secret)).await??;
    Ok(json(options))
}

/// What the browser needs to show once more who it is.
pub async fn ask_proof(app: App, request: HttpRequest, Enrolling(staff): Enrolling, CsrfForm(()): CsrfForm<()>) -> Answer {
    let party = party(&app, &request).ok_or_else(nameless)?;
    let session = staff.session;
    let options = staff.act(&app, move |ctx| service::ask_proof(ctx, &party, session)).await??;
    Ok(json(options))
}

/// What is said where a code would be wrong.
pub(super) fn refused(failure: Failure) -> Failure {
    match failure {
        Failure::Invalid { field: "code", .. } => {
            Failure::Conflict("This passkey was not accepted. Try again, or confirm in another way.".to_owned())
        }
        other => other,
    }
}

/// The secret of a browser that has not signed in: what its challenge is bound to.
fn holder(request: &HttpRequest) -> Option<TokenHash> {
    hash_of(request.cookie(PRE_COOKIE)?.value())
}

/// For whom passkeys are made here; `None` where this server is called by an address.
pub(super) fn party(app: &App, request: &HttpRequest) -> Option<Party> {
    Party::at(&page::own_address(app, request), &page::organisation(app))
}

pub(super) fn nameless() -> Error {
    Error::forbidden("no_passkeys", "There are no passkeys at an IP address. Open this page under the name of this server.")
}

fn json(options: String) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(options)
}

fn draw(app: &App, request: &HttpRequest, staff: &Staff, typed: &str, errors: &Errors, said: &'static str) -> Answer {
    let passkeys = staff.look(app, service::list)?;
    let row = |it: &crate::domain::factor::Passkey| Row {
        id: service::id_of(it),
        name: it.name.clone(),
        created_at: it.created_at,
        used_at: it.used_at,
    };
    let rows = passkeys.iter().map(row).collect();
    let chrome = Chrome::new(app, staff, "account").saying(said);
    let is_possible = party(app, request).is_some();
    page::form(&Page { chrome, rows, is_possible, typed, errors }, errors)
}

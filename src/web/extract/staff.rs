//! Who is signed in. The cookie holds a random session id; the store knows only its hash.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::domain::access::{Action, Actor, authorize};
use crate::domain::id::{OperatorId, SessionId, base32};
use crate::domain::operator::{Operator, Role};
use crate::domain::session::SignInMethod;
use crate::service::tokens::{TokenHash, hash_of};
use crate::service::{Asked, Ctx, Failure, policy, sessions};
use crate::web::error::Error;
use crate::web::routes::Face;
use crate::web::{App, guard, page};

/// `__Host-` makes the browser refuse it without Secure, with a Domain, or with another path: no neighbour can set it.
pub const SESSION_COOKIE: &str = "__Host-parlor";
/// For requests that scripts send instead of a form's hidden field.
const HEADER: &str = "x-parlor-csrf";

/// A member of staff who is signed in, and may be on this face at all.
#[derive(Clone)]
pub struct Staff {
    pub actor: Actor,
    pub operator: Arc<Operator>,
    /// What forms and scripts of this session send along.
    pub csrf: String,
    /// What the session is stored under.
    pub session: TokenHash,
    /// From where this request came, and how fresh the proof is of who sent it.
    pub asked: Asked,
    /// How the session began.
    pub by: SignInMethod,
}

/// The same, also while they still have to add a second factor: for the pages where they do that, and for leaving.
pub struct Enrolling(pub Staff);

/// A member of staff who runs the installation. To anybody else these pages do not exist.
pub struct Admin(pub Staff);

/// A member of staff who may look at how the installation is set up, and may or may not change it: administrators and auditors.
/// To anybody else these pages do not exist.
pub struct Overseer(pub Staff);

/// Whoever it is, signed in or not.
pub struct MaybeStaff(pub Option<Staff>);

impl Staff {
    /// The context of an act in this person's name, now.
    #[must_use]
    pub fn ctx<'a>(&'a self, app: &'a App) -> Ctx<'a> {
        app.ctx_asked(&self.actor, self.asked)
    }

    /// Does one act in this person's name, off the threads that serve sockets. The outer error is ours, the inner one the
    /// service's refusal, which a form shows beside its fields.
    ///
    /// # Errors
    /// When the appliance is going down.
    pub async fn act<T, F>(&self, app: &App, act: F) -> Result<Result<T, Failure>, Error>
    where
        F: FnOnce(&Ctx) -> Result<T, Failure> + Send + 'static,
        T: Send + 'static,
    {
        page::act(app, self.actor.clone(), self.asked, act).await
    }

    /// Looks something up that is in memory.
    ///
    /// # Errors
    /// The service's refusal, as an answer.
    pub fn look<T>(&self, app: &App, look: impl FnOnce(&Ctx) -> Result<T, Failure>) -> Result<T, Error> {
        Ok(look(&self.ctx(app))?)
    }

    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.operator.role == Role::Admin
    }

    /// Whether somebody with their role may be where this request comes from.
    ///
    /// # Errors
    /// 403 naming the address.
    pub fn check_place(&self, request: &HttpRequest) -> Result<(), Error> {
        guard::check_allowlist_of(request, self.operator.role)
    }

    /// For requests of scripts: the token in the `X-Parlor-Csrf` header, and the same origin.
    ///
    /// # Errors
    /// 403 when either is missing.
    pub fn check_csrf_header(&self, request: &HttpRequest) -> Result<(), Error> {
        guard::origin::check(request)?;
        let sent = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if super::form::same(&self.csrf, sent) {
            Ok(())
        } else {
            Err(Error::forbidden("stale_page", "This page is out of date. Load it again."))
        }
    }
}

impl FromRequest for Staff {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let staff = find(request).and_then(|staff| staff.ok_or_else(Error::sign_in));
        ready(staff.and_then(|staff| {
            staff.check_place(request)?;
            let entrance = request.extensions().get::<Face>().copied().and_then(Face::entrance);
            if entrance.is_some_and(|action| authorize(&staff.actor, action).is_err()) {
                return Err(Error::denied());
            }
            Ok(staff)
        }))
    }
}

impl FromRequest for Enrolling {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(signed_in(request).and_then(|staff| staff.map(Self).ok_or_else(Error::sign_in)))
    }
}

impl FromRequest for Admin {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let staff = Staff::from_request(request, payload).into_inner();
        ready(staff.and_then(|staff| if staff.is_admin() { Ok(Self(staff)) } else { Err(Error::denied()) }))
    }
}

impl FromRequest for Overseer {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let staff = Staff::from_request(request, payload).into_inner();
        ready(staff.and_then(|staff| {
            if authorize(&staff.actor, Action::ReadPosture).is_ok() { Ok(Self(staff)) } else { Err(Error::denied()) }
        }))
    }
}

impl FromRequest for MaybeStaff {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(find(request).map(Self))
    }
}

/// Whoever is signed in and has all that they need to be let any further.
fn find(request: &HttpRequest) -> Result<Option<Staff>, Error> {
    let Some(staff) = signed_in(request)? else { return Ok(None) };
    let Some(app) = request.app_data::<App>() else { return Err(Error::internal()) };
    if policy::must_enrol(&app.store.house(), &staff.operator, staff.by) {
        return Err(Error::second_factor());
    }
    Ok(Some(staff))
}

/// Whoever is signed in, whether or not they get any further with that.
///
/// # Errors
/// When the store cannot be read.
pub fn signed_in(request: &HttpRequest) -> Result<Option<Staff>, Error> {
    let Some(app) = request.app_data::<App>() else { return Err(Error::internal()) };
    let Some(cookie) = request.cookie(SESSION_COOKIE) else { return Ok(None) };
    let now = app.now();
    let Some((operator, info)) = sessions::resolve(&app.store, &app.memory, cookie.value(), now)? else { return Ok(None) };
    // Pages are opened and forms are sent by people. Sockets, polls and what scripts fetch come by themselves, and must not keep a
    // session alive in front of an empty chair; the pages say with `active` that somebody is there.
    let is_of_staff = request.extensions().get::<Face>().copied().is_some_and(Face::is_staff);
    if is_of_staff && !page::wants_json(request) {
        sessions::touch(&app.store, &app.memory, &info.hash, now);
    }
    let actor = sessions::actor(&app.store.house(), &operator);
    let asked = Asked { proved_at: Some(info.proved_at), session: Some(info.id), ..super::asked(request) };
    Ok(Some(Staff { actor, operator, csrf: token_for(app, info.id), session: info.hash, asked, by: info.by }))
}

/// Whose session a request comes with, for those who only have to know that; it is not made longer.
pub(in crate::web) fn session_of(request: &HttpRequest) -> Option<(OperatorId, TokenHash)> {
    let app = request.app_data::<App>()?;
    let cookie = request.cookie(SESSION_COOKIE)?;
    let (operator, info) = sessions::resolve(&app.store, &app.memory, cookie.value(), app.now()).ok()??;
    Some((operator.id, info.hash))
}

/// Who is behind the session of this request, if there is one; it does not count as a sign of life.
pub(in crate::web) fn actor_of(request: &HttpRequest) -> Option<Actor> {
    let (app, cookie) = (request.app_data::<App>()?, request.cookie(SESSION_COOKIE)?);
    let (operator, _) = sessions::resolve(&app.store, &app.memory, cookie.value(), app.now()).ok()??;
    Some(sessions::actor(&app.store.house(), &operator))
}

/// The token that forms of this session carry, for as long as its record is there.
pub(super) fn session_token(request: &HttpRequest) -> Option<String> {
    let app = request.app_data::<App>()?;
    let hash = hash_of(request.cookie(SESSION_COOKIE)?.value())?;
    Some(token_for(app, app.store.session(&hash).ok()??.id))
}

/// Made of what stays when the secret changes, so that a page that stands open goes on.
fn token_for(app: &App, session: SessionId) -> String {
    base32(&app.store.keyed_hash("form of a session", session.as_bytes()))
}

//! Which refusals of the web are on record: whatever a face of the staff has refused for who asked, from where, or how. What only was
//! mistyped is not.

use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest};

use crate::domain::access::Actor;
use crate::domain::audit::{Area, AuditAction};
use crate::service::refusals;
use crate::web::error::Error;
use crate::web::routes::Face;
use crate::web::{App, extract};

/// Notes a refusal, if it is one. `error` is missing where a page drew itself.
pub fn note(request: &HttpRequest, status: StatusCode, error: Option<&Error>) {
    let Some(area) = request.extensions().get::<Face>().copied().and_then(area_of) else { return };
    let Some(app) = request.app_data::<App>() else { return };
    let action = match (error.map(|error| error.code), status) {
        (Some("address_not_allowed"), _) => AuditAction::NotAllowlisted,
        (Some("wrong_origin" | "stale_form" | "stale_page"), _) => AuditAction::Forged,
        (_, StatusCode::TOO_MANY_REQUESTS) if area == Area::Account => AuditAction::SignInThrottled,
        _ if error.is_some_and(|error| error.is_denied) => AuditAction::AccessDenied(area),
        _ => return,
    };
    let actor = extract::actor_of(request);
    // Of the live connections most are visitors', whose refusals are nobody's business.
    if area == Area::Live && actor.is_none() {
        return;
    }
    let actor = actor.unwrap_or(Actor::Stranger);
    let asked = extract::peer_of(request).map(|peer| peer.asked()).unwrap_or_default();
    refusals::note(&app.ctx_asked(&actor, asked), action);
}

const fn area_of(face: Face) -> Option<Area> {
    match face {
        Face::Auth => Some(Area::Account),
        Face::Console => Some(Area::Console),
        Face::Admin => Some(Area::Admin),
        Face::Live => Some(Area::Live),
        Face::Leads => Some(Area::Leads),
        Face::Public | Face::Provider | Face::Widget => None,
    }
}

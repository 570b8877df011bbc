//! `POST /live/ticket`: who can show who they are gets a ticket for one connection.

use actix_web::http::header::{AUTHORIZATION, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::domain::access::{Action, authorize};
use crate::domain::id::SiteId;
use crate::domain::told;
use crate::live::tickets::Person;
use crate::service::visitors;
use crate::web::extract::{Json, MaybeStaff, Peer};
use crate::web::{Answer, App, Error, guard};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The visitor's site; staff leave it out.
    site: Option<String>,
}

#[derive(Serialize)]
struct Given {
    ticket: String,
}

pub async fn issue(request: HttpRequest, app: App, peer: Peer, staff: MaybeStaff, Json(ask): Json<Ask>) -> Answer {
    guard::origin::check(&request)?;
    guard::count_line(&request)?;
    let person = match &ask.site {
        Some(site) => visitor(&request, &app, peer, site)?,
        None => {
            guard::check_allowlist(&request)?;
            let staff = staff.0.ok_or_else(Error::sign_in)?;
            staff.check_place(&request)?;
            staff.check_csrf_header(&request)?;
            authorize(&staff.actor, Action::UseConsole)?;
            Person {
                session_id: staff.asked.session,
                actor: staff.actor,
                session: Some(staff.session),
                address: Some(peer.0),
                browser: None,
            }
        }
    };
    let ticket = app.hub.tickets.issue(person, app.now(), &*app.random).ok_or_else(|| Error::too_many(30))?;
    Ok(HttpResponse::Ok().json(Given { ticket }))
}

fn visitor(request: &HttpRequest, app: &App, peer: Peer, site: &str) -> Result<Person, Error> {
    let site: SiteId = site.parse().map_err(|_| Error::not_found())?;
    let bearer = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let actor = bearer.and_then(|token| visitors::recognise(&app.store, site, token)).ok_or_else(Error::bad_token)?;
    let browser = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).and_then(told::browser);
    Ok(Person { actor, session: None, session_id: None, address: Some(peer.0), browser })
}

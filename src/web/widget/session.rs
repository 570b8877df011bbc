//! `POST /widget/{site}/session`: a new visitor gets a token. The panel says which page shows it, as the browser vouched to it;
//! `frame-ancestors` keeps other pages from showing it at all, and this check keeps honest browsers honest twice.

use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::domain::access::Actor;
use crate::domain::id::SiteId;
use crate::domain::site::WebOrigin;
use crate::domain::throttle::Limit;
use crate::service::Failure;
use crate::service::throttle::{self, By};
use crate::service::visitors::{self, HostPage};
use crate::web::extract::{Id, Json, Peer};
use crate::web::{Answer, App, Error, guard};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    origin: String,
}

#[derive(Serialize)]
struct Begun {
    token: String,
}

pub async fn begin(request: HttpRequest, app: App, peer: Peer, site: Id<SiteId>, Json(form): Json<Begin>) -> Answer {
    guard::origin::check(&request)?;
    throttle::take(&app.ctx(&Actor::Stranger), Limit::Visitors, By::Address(peer.0))?;
    let token = if guard::origin::is_own(&request, &form.origin) {
        visitors::admit(&app.store, &*app.random, site.0, &HostPage::Demo)
    } else {
        let origin = WebOrigin::parse(&form.origin).map_err(|_| wrong_page())?;
        visitors::admit(&app.store, &*app.random, site.0, &HostPage::Website(origin))
    };
    match token {
        Ok(token) => Ok(HttpResponse::Ok().json(Begun { token })),
        Err(Failure::Denied(_)) => Err(wrong_page()),
        Err(other) => Err(other.into()),
    }
}

fn wrong_page() -> Error {
    Error::forbidden("wrong_origin", "This website may not show this chat. Its address has to stand in the site's settings.")
}

//! Until somebody set the appliance up there is nothing to see, and only the machine itself may do it.

use actix_web::HttpRequest;

use crate::web::error::Error;
use crate::web::routes::Face;
use crate::web::{App, extract, urls};

/// What needs no house: it says nothing and changes nothing.
const ALWAYS: &[&str] = &["/assets/", "/healthz", "/readyz", "/ca.crt", "/favicon.ico"];

/// Where to send the request instead, if the house is not set up yet.
pub fn check(face: Face, request: &HttpRequest) -> Result<Option<&'static str>, Error> {
    let Some(app) = request.app_data::<App>() else { return Err(Error::internal()) };
    if app.store.house().organisation.is_some() {
        return Ok(None);
    }
    let path = request.path();
    if ALWAYS.iter().any(|open| path == *open || (open.ends_with('/') && path.starts_with(open))) {
        return Ok(None);
    }
    if !extract::peer_of(request).is_some_and(super::peer::Peer::is_this_machine) {
        let message = "This appliance is not set up yet. Setup works only from the machine it runs on, with the address printed when it started.";
        return Err(Error::forbidden("not_set_up", message));
    }
    if path == urls::SETUP {
        return Ok(None);
    }
    if face.speaks_json() { Err(Error::unavailable("This appliance is not set up yet.")) } else { Ok(Some(urls::SETUP)) }
}

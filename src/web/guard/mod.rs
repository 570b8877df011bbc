//! What stands before every handler and around every answer. `surround` is for all requests, `gate` for those of one face.

mod allowlist;
mod bare;
mod catch;
mod haste;
mod headers;
pub mod host;
pub mod origin;
pub mod peer;
mod recorded;
mod setup;
#[cfg(test)]
pub(super) mod tests;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderMap;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest};

pub use allowlist::{check as check_allowlist, check_of as check_allowlist_of};
pub use bare::answer as bare_answer;
pub use haste::line as count_line;
pub use haste::unknown as check_ban;
/// The content security policy of our pages without `frame-ancestors`, for the face that is framed.
pub use headers::POLICY;
pub use headers::set as set_headers;

use super::error::Error;
use super::routes::Face;
use super::{App, page};

/// The number of a request, for the log line and the error page that belong together. Names nothing about the person.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Around everything: who is asking, for whom, and whether too often; errors drawn, headers on every response.
pub async fn surround(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(app) = request.app_data::<App>() {
        let id = RequestId(request_id(app));
        let peer = peer::find(&request, &app.config.trusted_proxies);
        request.extensions_mut().insert(id);
        request.extensions_mut().insert(peer);
    }
    let response = match haste::admit(request.request()).and_then(|()| is_for_us(request.request())) {
        // No copy of the request may be held across this call: actix routes by changing it, and only one holder may change it.
        // Nothing in here answers with an error: `gate` draws them, and handlers' errors are responses already.
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(error) => request.error_response(error),
    };
    haste::notice(&response);
    let mut response = drawn(response);
    headers::set(response.request().clone().extensions().get::<Face>().copied(), response.headers_mut());
    Ok(response)
}

fn is_for_us(request: &HttpRequest) -> Result<(), Error> {
    let (Some(app), Some(names)) = (request.app_data::<App>(), request.app_data::<host::Names>()) else {
        return Err(Error::internal());
    };
    let certificate = app.certificate.load();
    host::check(request, names, certificate.as_ref().map_or(&[], |it| &it.names))
}

/// Before the handlers of one face, and behind them: a panic becomes an answer.
pub async fn gate(
    face: Face,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    request.extensions_mut().insert(face);
    if let Err(error) = haste::kept_out(Some(face), request.request()) {
        return Ok(request.error_response(error));
    }
    match setup::check(face, request.request()) {
        Ok(None) => {}
        Ok(Some(elsewhere)) => return Ok(request.into_response(page::see_other(elsewhere))),
        Err(error) => return Ok(request.error_response(error)),
    }
    if face.is_staff()
        && let Err(error) = allowlist::check(request.request())
    {
        return Ok(request.error_response(error));
    }
    let asked = request.request().clone();
    match catch::panics(next.call(request)).await {
        Ok(answer) => Ok(answer?.map_into_boxed_body()),
        Err(_) => {
            tracing::error!(request = %id_of(&asked), "a handler panicked");
            Ok(ServiceResponse::from_err(Error::internal(), asked))
        }
    }
}

/// Gives an error its page or its JSON. An answer that drew itself stays as it is, for people.
fn drawn(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let to_scripts = response.response().extensions().get::<page::ToScripts>().map(|it| it.0.clone());
    let to_scripts = to_scripts.filter(|_| page::wants_json(response.request()));
    let error = to_scripts.or_else(|| response.response().extensions().get::<Error>().cloned());
    recorded::note(response.request(), status, error.as_ref());
    let bare =
        response.response().error().is_some() || matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0));
    let Some(error) = error.or_else(|| bare.then(|| Error::of_status(status))) else { return response };
    let (request, old) = response.into_parts();
    let face = request.extensions().get::<Face>().copied();
    let mut new = page::error(&request, &error, face.is_some_and(Face::speaks_json));
    copy_headers(old.headers(), new.headers_mut());
    ServiceResponse::new(request, new)
}

fn copy_headers(old: &HeaderMap, new: &mut HeaderMap) {
    for (name, value) in old {
        if !new.contains_key(name) {
            new.append(name.clone(), value.clone());
        }
    }
}

fn request_id(app: &App) -> String {
    let mut bytes = [0; 10];
    app.random.fill(&mut bytes);
    crate::domain::id::base32(&bytes)
}

/// The request's number, as the log and the error page show it.
#[must_use]
pub fn id_of(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

//! What anyone may ask: where to begin, and whether the appliance lives.

use actix_web::HttpResponse;

use super::routes::{Face, Route, to};
use super::{Answer, App, Error, assets, page, urls};

pub const ROUTES: &[Route] = &[
    Route::get(Face::Public, "/", || to(start)),
    Route::get(Face::Public, "/healthz", || to(healthz)),
    Route::get(Face::Public, "/readyz", || to(readyz)),
    Route::get(Face::Public, "/ca.crt", || to(authority)),
    Route::get(Face::Public, "/favicon.ico", || to(assets::show_favicon)),
];

async fn start(app: App) -> Answer {
    let there = if app.store.house().organisation.is_some() { urls::CONSOLE } else { urls::SETUP };
    Ok(page::see_other(there))
}

/// The process lives and answers; nothing more is said to strangers.
async fn healthz() -> HttpResponse {
    plain("ok\n")
}

/// The store takes writes and the certificate is good. Says nothing else: details are for the system page.
async fn readyz(app: App) -> HttpResponse {
    let now = app.now();
    let is_certified = app.certificate.load().as_ref().is_some_and(|it| it.not_before <= now && now < it.not_after);
    if is_certified && app.store.not_writable().is_none() {
        plain("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().content_type("text/plain; charset=utf-8").body("not ready\n")
    }
}

/// The local authority's certificate, for people to trust on their machines. Without one there is nothing to trust.
async fn authority(app: App) -> Answer {
    let pem = app.certificate.load().as_ref().and_then(|certificate| certificate.authority_pem.clone());
    let pem = pem.ok_or_else(Error::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type("application/x-x509-ca-cert")
        .insert_header(("Content-Disposition", "attachment; filename=\"parlor-ca.crt\""))
        .body(pem))
}

fn plain(body: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(body)
}

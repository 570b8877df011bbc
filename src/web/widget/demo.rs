//! `GET /demo`: a small shop that does not exist, with the chat of a real site on it, pasted as a customer would.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HOST, HeaderValue};
use askama::Template;

use super::snippet::Snippet;
use crate::web::{Answer, App, Error, page, urls};

/// As strict as a customer's page may be: the widget has to live with it. Scripts and frames come from this server alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; \
    form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "demo/shop.html")]
struct Demo<'a> {
    site_name: &'a str,
    console: &'static str,
    snippet: Snippet<'a>,
}

pub async fn show(request: HttpRequest, app: App) -> Answer {
    let house = app.store.house();
    // The oldest of them: the one that setup made, unless its demo was switched off.
    let site = house
        .sites
        .values()
        .filter(|site| site.demo)
        .min_by_key(|site| (site.created_at, site.id))
        .ok_or_else(Error::not_found)?;
    // From the very address that was asked, since the page's policy lets nothing else in.
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).ok_or_else(Error::not_found)?;
    let base = format!("https://{host}");
    let demo = Demo { site_name: site.name.as_str(), console: urls::CONSOLE, snippet: Snippet::new(&base, site, None) };
    let mut response = page::show(&demo)?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

//! What the browser loads besides pages: scripts, stylesheets, icons. All of it is in the binary, compressed at build time (see
//! `build.rs`), named by its content, and so cached for ever; `/widget.js` alone has a fixed name, because customers paste it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};

/// One file as the build made it.
struct Asset {
    name: &'static str,
    /// `NAME.HASH.EXT`, the last part of its address.
    file: &'static str,
    url: &'static str,
    integrity: &'static str,
    etag: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A year: the name changes with the content, so nobody ever has to ask again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The loader has one name for all time: five minutes, then the browser asks whether it is still the same.
const FOR_A_WHILE: &str = "public, max-age=300, stale-while-revalidate=86400";
const LOADER: &str = "widget.js";
const VISITS: &str = "visits.js";
const FAVICON: &str = "favicon.svg";

/// The address of a bundle, such as `/assets/console.1f2e3d4c5b6a.js`; empty for a name that the build does not know.
#[must_use]
pub fn url(name: &str) -> &'static str {
    named(name).map_or("", |asset| asset.url)
}

/// The bundle's `integrity` attribute, for those who paste its hashed address into their pages.
#[must_use]
pub fn integrity(name: &str) -> &'static str {
    named(name).map_or("", |asset| asset.integrity)
}

/// `GET /assets/{name}`
pub async fn show(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    match ASSETS.iter().find(|asset| asset.file == name.as_str()) {
        Some(asset) => answer(&request, asset, FOR_EVER),
        None => HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is no such file here."),
    }
}

/// `GET /widget.js`
pub async fn show_loader(request: HttpRequest) -> HttpResponse {
    show_named(&request, LOADER)
}

/// `GET /visits.js`: what the loader brings in where a site watches its visitors.
pub async fn show_visits(request: HttpRequest) -> HttpResponse {
    show_named(&request, VISITS)
}

/// `GET /favicon.ico`: every browser that asks takes SVG as well.
pub async fn show_favicon(request: HttpRequest) -> HttpResponse {
    show_named(&request, FAVICON)
}

fn show_named(request: &HttpRequest, name: &str) -> HttpResponse {
    named(name).map_or_else(|| HttpResponse::NotFound().finish(), |asset| answer(request, asset, FOR_A_WHILE))
}

fn named(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

fn answer(request: &HttpRequest, asset: &'static Asset, caching: &'static str) -> HttpResponse {
    let known = holds(request.headers(), &header::IF_NONE_MATCH, |tag| tag == "*" || tag.trim_start_matches("W/") == asset.etag);
    let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::ETAG, asset.etag))
        .insert_header((header::VARY, "Accept-Encoding"))
        // Customers' pages load the loader from here, those with `integrity` by CORS: none of these bytes is a secret.
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
    if known {
        return response.finish();
    }
    response.content_type(asset.content_type);
    if holds(request.headers(), &header::ACCEPT_ENCODING, takes_brotli) {
        response.insert_header((header::CONTENT_ENCODING, "br"));
        return response.body(asset.brotli);
    }
    response.body(asset.plain)
}

/// Whether one item of a comma-separated header fits.
fn holds(headers: &HeaderMap, name: &header::HeaderName, fits: impl Fn(&str) -> bool) -> bool {
    headers.get_all(name).filter_map(|value| value.to_str().ok()).any(|value| value.split(',').any(|item| fits(item.trim())))
}

/// `br`, unless its weight is zero (RFC 9110, section 12.4.2).
fn takes_brotli(item: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    let named = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case("br"));
    let refused = parts.any(|weight| weight.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0)));
    named && !refused
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn every_asset_has_its_own_lasting_address() {
        for asset in ASSETS {
            assert!(asset.url.ends_with(asset.file) && asset.integrity.starts_with("sha384-"), "{}", asset.name);
            assert_eq!(ASSETS.iter().filter(|other| other.file == asset.file).count(), 1, "{}", asset.name);
        }
        assert_eq!(url("nothing.js"), "");
    }

    #[test]
    fn a_weight_of_zero_refuses_brotli() {
        assert!(takes_brotli("br") && takes_brotli("br;q=0.5") && takes_brotli("BR; q=1"));
        assert!(!takes_brotli("gzip") && !takes_brotli("br;q=0") && !takes_brotli("br; q=0.000"));
    }

    #[actix_web::test]
    async fn the_loader_is_compressed_and_asked_for_again_by_its_tag() {
        let packed = show_loader(TestRequest::default().insert_header(("Accept-Encoding", "gzip, br")).to_http_request()).await;
        assert_eq!(packed.headers().get(header::CONTENT_ENCODING).unwrap(), "br");
        let tag = packed.headers().get(header::ETAG).unwrap().clone();

        let plain = show_loader(TestRequest::default().to_http_request()).await;
        assert!(plain.headers().get(header::CONTENT_ENCODING).is_none());
        assert_eq!(to_bytes(plain.into_body()).await.unwrap(), named(LOADER).unwrap().plain);

        let known = show_loader(TestRequest::default().insert_header((header::IF_NONE_MATCH, tag)).to_http_request()).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    }

    #[actix_web::test]
    async fn an_old_or_foreign_name_is_not_found() {
        let request = TestRequest::default().to_http_request();
        assert_eq!(show(request, web::Path::from("widget.000000000000.js".to_owned())).await.status(), StatusCode::NOT_FOUND);
    }
}

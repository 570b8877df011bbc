//! A request that changes something has to come from our own page. The browser says so in `Sec-Fetch-Site`, older ones in
//! `Origin`; a request with neither came from no page of ours. A token in the form is asked for besides.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

use crate::web::error::Error;

/// # Errors
/// 403 when the request came from elsewhere, or says nothing about where it came from.
pub fn check(request: &HttpRequest) -> Result<(), Error> {
    let public = request.app_data::<crate::web::App>().and_then(|app| app.config.public_url.clone());
    if same_origin(request.headers(), public.as_deref()) {
        Ok(())
    } else {
        Err(Error::forbidden(
            "wrong_origin",
            "This request did not come from a page of this appliance, so nothing was changed. Open the page again and retry.",
        ))
    }
}

/// Whether the headers say that one of our own pages sent this. For sockets, which browsers send without `Sec-Fetch-Site`
/// now and then, `Origin` alone is enough.
#[must_use]
pub fn same_origin(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match text(header::ORIGIN) {
        // A privacy setting may blank the origin; the browser's own word in `Sec-Fetch-Site` cannot be set by a page.
        Some("null") | None => site.is_some(),
        Some(origin) => is_ours(origin, text(header::HOST), public_url),
    }
}

/// Whether an origin, as a page names it, is this appliance itself.
#[must_use]
pub fn is_own(request: &HttpRequest, origin: &str) -> bool {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let public = request.app_data::<crate::web::App>().and_then(|app| app.config.public_url.clone());
    is_ours(origin, host, public.as_deref())
}

/// Ours is the host that this very request was sent to, or the public address of the settings; always https.
fn is_ours(origin: &str, host: Option<&str>, public_url: Option<&str>) -> bool {
    let parsed = |raw: &str| url::Url::parse(raw).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
    let Some(origin) = parsed(origin) else { return false };
    let asked = host.and_then(|host| parsed(&format!("https://{host}")));
    let public = public_url.and_then(parsed);
    [asked, public].into_iter().flatten().any(|own| own == origin)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::same_origin;

    fn from(headers: &[(&'static str, &'static str)]) -> bool {
        let mut request = TestRequest::post().insert_header(("host", "chat.example.org:8443"));
        for header in headers {
            request = request.insert_header(*header);
        }
        same_origin(request.to_http_request().headers(), Some("https://chat.clinic.example"))
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let own = ("origin", "https://chat.example.org:8443");
        assert!(from(&[("sec-fetch-site", "same-origin"), own]));
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(from(&[own]));
        assert!(from(&[("origin", "https://chat.clinic.example")]));
        assert!(from(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));

        assert!(!from(&[]));
        assert!(!from(&[("origin", "null")]));
        assert!(!from(&[("origin", "https://evil.example")]));
        assert!(!from(&[("origin", "http://chat.example.org:8443")]));
        assert!(!from(&[("origin", "https://chat.example.org")]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!from(&[("sec-fetch-site", site), own]), "{site}");
        }
        assert!(!from(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]));
    }
}

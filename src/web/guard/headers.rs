//! Security headers, on every response there is. A handler that needs another value sets it itself (the widget's frame, the
//! loader's CORP); what is missing is filled in here, so that forgetting means strict.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::web::routes::Face;

/// Everything a page of ours needs, but who may frame it.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types parlor";
const NOT_FRAMED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types parlor; frame-ancestors 'none'";
/// For what is to be kept and not shown: opened as a page all the same, it may do nothing.
const SANDBOXED: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), \
    display-capture=(), screen-wake-lock=(), browsing-topics=()";

pub fn set(face: Option<Face>, headers: &mut HeaderMap) {
    let policy = if headers.contains_key(CONTENT_DISPOSITION) { SANDBOXED } else { NOT_FRAMED };
    let mut default = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    default(CONTENT_SECURITY_POLICY, policy);
    if face != Some(Face::Widget) {
        default(X_FRAME_OPTIONS, "DENY");
    }
    default(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // With `no-referrer` a browser sends `Origin: null` even to ourselves, and the origin guard of our own forms would be
    // left with nothing to look at; `same-origin` tells other sites just as little.
    default(REFERRER_POLICY, if face.is_some_and(Face::is_staff) { "same-origin" } else { "no-referrer" });
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    default(CACHE_CONTROL, "no-store");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_unless_a_handler_said_otherwise() {
        let mut headers = HeaderMap::new();
        set(None, &mut headers);
        for name in [
            "content-security-policy",
            "x-frame-options",
            "strict-transport-security",
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "permissions-policy",
            "cache-control",
        ] {
            assert!(headers.contains_key(name), "{name}");
        }
        assert!(NOT_FRAMED.starts_with(POLICY));

        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        set(None, &mut headers);
        assert_eq!(headers.get(CONTENT_SECURITY_POLICY).unwrap(), SANDBOXED);

        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        set(Some(Face::Widget), &mut headers);
        assert_eq!(headers.get(CACHE_CONTROL).unwrap(), "public, max-age=60");
        assert!(!headers.contains_key("x-frame-options"));
    }
}

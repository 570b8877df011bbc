//! An answer without a request: what is said to somebody whose request could not be read. It has the same headers as every other.

use std::fmt::Write;
use std::time::SystemTime;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, HttpDate};
use bytes::Bytes;

/// The whole answer as it goes over the line; the connection ends with it.
#[must_use]
pub fn answer(status: u16, sentence: &str) -> Bytes {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let reason = status.canonical_reason().unwrap_or("Refused");
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    super::headers::set(None, &mut headers);
    let mut text = format!(
        "HTTP/1.1 {} {reason}\r\nDate: {}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n",
        status.as_u16(),
        HttpDate::from(SystemTime::now()),
        sentence.len() + 1,
    );
    for (name, value) in &headers {
        // Writing to a string cannot fail, and every value of ours is text.
        let _ = write!(text, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    let _ = write!(text, "\r\n{sentence}\n");
    Bytes::from(text)
}

#[cfg(test)]
mod tests {
    use super::answer;

    #[test]
    fn it_has_every_header_and_ends_the_connection() {
        let bytes = answer(431, "Too much.");
        let text = std::str::from_utf8(&bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"), "{head}");
        let head = head.to_lowercase();
        for name in
            ["content-security-policy", "strict-transport-security", "x-content-type-options", "connection: close", "date"]
        {
            assert!(head.contains(name), "{name} is not in {head}");
        }
        assert_eq!(body, "Too much.\n");
        assert!(head.contains(&format!("content-length: {}", body.len())));
    }
}

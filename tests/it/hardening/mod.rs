//! What an attacker tries who has no account: requests that can be read in two ways, that are too large or too slow, under other names; and
//! what the process could still do if one of them had found a way in.

mod frames;
mod headers;
mod names;
mod oversized;
mod slow;
mod smuggling;
mod walls;

use crate::harness::raw::Said;

/// Every answer has them, whoever made it.
#[track_caller]
fn has_all_headers(said: &Said) {
    for (name, value) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-frame-options", "deny"),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=31536000"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=()"),
        ("cache-control", "no-store"),
        ("content-type", "text/"),
    ] {
        assert!(said.header(name).is_some_and(|found| found.starts_with(value)), "{name} in {}", said.head);
    }
    assert!(["no-referrer", "same-origin"].contains(&said.header("referrer-policy").unwrap_or_default()), "{}", said.head);
    assert_eq!(said.header("server"), None);
}

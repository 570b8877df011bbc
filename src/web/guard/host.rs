//! By which name the appliance was asked for. A name that is not its own comes from somebody who leads browsers here under a name of
//! theirs (DNS rebinding), or wants to see it repeated: it is answered with 421 and nothing else. The port is not looked at, since a
//! forwarded one is often another.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HOST;

use crate::domain::network::canonical;
use crate::web::error::Error;

/// The address of ours that a connection came to.
#[derive(Debug, Clone, Copy)]
pub struct ArrivedAt(pub Option<IpAddr>);

/// The names and addresses of this appliance: what the settings say, what it listens on, and this machine's own.
#[derive(Debug, Clone, Default)]
pub struct Names(Arc<BTreeSet<String>>);

impl Names {
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(Arc::new(names.into_iter().filter_map(|name| name_of(&bracketed(&name))).collect()))
    }

    /// Whether this is one of them, the address at which somebody arrived, or a name in the certificate.
    #[must_use]
    pub fn know(&self, host: &str, arrived_at: Option<IpAddr>, certificate: &[String]) -> bool {
        let Some(name) = name_of(host) else { return false };
        self.0.contains(&name)
            || arrived_at.is_some_and(|address| name == canonical(address).to_string())
            || certificate.iter().any(|pattern| matches(pattern, &name))
    }
}

/// # Errors
/// 421 when the request is for somebody else, 400 when it names nobody, or two.
pub fn check(request: &HttpRequest, names: &Names, certificate: &[String]) -> Result<(), Error> {
    let host = request.headers().get(HOST).map(|value| value.to_str().unwrap_or_default());
    let Some(host) = host.filter(|_| request.headers().get_all(HOST).count() == 1) else {
        return Err(Error::bad_request("The request does not say in Host whom it is for, so nothing was done."));
    };
    // Where the request line holds a whole address, that is whom it is for (RFC 9112, section 3.2.2), and both have to say the same.
    if request.uri().authority().is_some_and(|authority| name_of(authority.as_str()) != name_of(host)) {
        return Err(Error::bad_request("The request says twice whom it is for, and not the same, so nothing was done."));
    }
    let arrived_at = request.conn_data::<ArrivedAt>().and_then(|it| it.0);
    if names.know(host, arrived_at, certificate) { Ok(()) } else { Err(Error::misdirected()) }
}

/// Host and port as `Host` has them, without the port, in one spelling. `None` for what is no name.
fn name_of(host: &str) -> Option<String> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            let address: std::net::Ipv6Addr = address.parse().ok()?;
            return is_port(port).then(|| canonical(IpAddr::V6(address)).to_string());
        }
        None => host.find(':').map_or((host, ""), |colon| host.split_at(colon)),
    };
    if !is_port(port) {
        return None;
    }
    if let Ok(address) = name.parse::<IpAddr>() {
        return Some(canonical(address).to_string());
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_name = (1..=253).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    is_name.then(|| name.to_ascii_lowercase())
}

/// Nothing, or a colon with digits.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|digits| digits.len() <= 5 && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn bracketed(name: &str) -> String {
    if name.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{name}]") } else { name.to_owned() }
}

/// A star stands for one label (RFC 6125).
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(rest) => name.split_once('.').is_some_and(|(label, parent)| !label.is_empty() && parent.eq_ignore_ascii_case(rest)),
        None => name_of(&bracketed(pattern)).is_some_and(|pattern| pattern == name),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn names() -> Names {
        Names::new(["chat.example.org", "127.0.0.1", "::1", "localhost"].map(str::to_owned))
    }

    #[test]
    fn its_own_names_are_known_in_every_spelling_and_no_others() {
        let know = |host: &str| names().know(host, "192.0.2.7".parse().ok(), &["*.clinic.example".to_owned(), "Desk".to_owned()]);
        for own in [
            "chat.example.org",
            "CHAT.example.org:8443",
            "chat.example.org.",
            "localhost:1",
            "127.0.0.1:8443",
            "[::1]",
            "[0:0::1]:443",
            "[::ffff:127.0.0.1]",
            "192.0.2.7",
            "www.clinic.example",
            "desk",
        ] {
            assert!(know(own), "{own}");
        }
        for other in [
            "",
            "evil.example",
            "chat.example.org.evil.example",
            "xchat.example.org",
            "chat.example.org@evil.example",
            "chat.example.org:80:80",
            "chat.example.org:x",
            "chat.example.org:123456",
            "::1",
            "[::1",
            "[::1]x",
            "192.0.2.8",
            "a.b.clinic.example",
            "clinic.example",
            ".clinic.example",
            "127.1",
            "2130706433",
            "chat.example.org/",
            "chat.example.org..",
        ] {
            assert!(!know(other), "{other}");
        }
    }

    #[test]
    fn a_request_is_for_one_host_and_says_so_once() {
        let ask = |uri: &str, hosts: &[&'static str]| {
            let request = hosts.iter().fold(TestRequest::get().uri(uri), |request, host| request.append_header((HOST, *host)));
            check(&request.to_http_request(), &names(), &[]).map_err(|error| error.status.as_u16())
        };
        assert_eq!(ask("/", &["chat.example.org"]), Ok(()));
        assert_eq!(ask("https://chat.example.org/", &["chat.example.org:8443"]), Ok(()));
        assert_eq!(ask("/", &["evil.example"]), Err(421));
        assert_eq!(ask("https://evil.example/", &["evil.example"]), Err(421));
        assert_eq!(ask("https://evil.example/", &["chat.example.org"]), Err(400));
        assert_eq!(ask("/", &["chat.example.org", "chat.example.org"]), Err(400));
        assert_eq!(ask("/", &[]), Err(400));
    }
}

//! For which names the local authority's leaf has to vouch.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use crate::config::Config;

/// This machine under its usual names, every address listened on, the host that people use, and what else the settings say. Sorted,
/// each once.
#[must_use]
pub fn names(addresses: &[SocketAddr], config: &Config, host_name: &str) -> Vec<String> {
    let mut names = BTreeSet::from(["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()]);
    if is_host_name(host_name) {
        names.insert(host_name.to_ascii_lowercase());
    }
    names.extend(
        addresses.iter().map(SocketAddr::ip).filter(|address| !address.is_unspecified()).map(|address| address.to_string()),
    );
    names.extend(config.names.iter().cloned());
    let public = config.public_url.as_deref().and_then(|url| url::Url::parse(url).ok());
    if let Some(host) = public.and_then(|url| url.host_str().map(str::to_owned)) {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare.parse::<IpAddr>().is_ok() || is_host_name(bare) {
            names.insert(bare.to_owned());
        }
    }
    names.into_iter().collect()
}

/// The name of this machine, as its kernel has it.
#[must_use]
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Letters, digits and hyphens in labels of 1 to 63 (RFC 1123, section 2.1). A kernel may have any text for its name.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label) && name.parse::<IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_this_machine_its_addresses_and_the_public_host() {
        let listen = ["0.0.0.0:443".parse().unwrap(), "192.0.2.7:443".parse().unwrap(), "[::]:443".parse().unwrap()];
        let at = |url: &str| Config { public_url: Some(url.to_owned()), ..Config::new("data") };
        let config = Config { names: vec!["desk.example".to_owned()], ..at("https://chat.example.org:444") };
        assert_eq!(
            names(&listen, &config, "Front-Desk"),
            ["127.0.0.1", "192.0.2.7", "::1", "chat.example.org", "desk.example", "front-desk", "localhost"]
        );
        assert_eq!(names(&[], &at("https://[2001:db8::5]"), "(none)"), ["127.0.0.1", "2001:db8::5", "::1", "localhost"]);
    }
}

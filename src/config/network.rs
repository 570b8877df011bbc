//! `[network]`: where to answer, under which address, behind whom.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::sources::{
    AIR_GAP, CONNECT_PORTS, ConfigError, Given, LISTEN, NAMES, OUTBOUND_PRIVATE, PUBLIC_URL, REDIRECT_LISTEN, Setting,
    TRUSTED_PROXIES,
};
use crate::domain::limits;
use crate::domain::network::Network;

const DEFAULT_PORT: u16 = 8443;

pub(super) fn default_listen() -> Vec<SocketAddr> {
    vec![SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)), SocketAddr::from((Ipv6Addr::LOCALHOST, DEFAULT_PORT))]
}

pub(super) fn listen(given: &mut Given) -> Result<Option<Vec<SocketAddr>>, ConfigError> {
    addresses(given, &LISTEN).map(|found| (!found.is_empty()).then_some(found))
}

pub(super) fn redirect_listen(given: &mut Given) -> Result<Vec<SocketAddr>, ConfigError> {
    addresses(given, &REDIRECT_LISTEN)
}

fn addresses(given: &mut Given, setting: &'static Setting) -> Result<Vec<SocketAddr>, ConfigError> {
    let Some(value) = given.take(setting) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for text in &value.texts {
        let address: SocketAddr = text.trim().parse().map_err(|_| value.wrong(text, "is not an address with a port"))?;
        if found.contains(&address) && address.port() != 0 {
            return Err(value.wrong(text, "stands there twice"));
        }
        found.push(address);
    }
    match found.len() {
        0 if setting.name == LISTEN.name => Err(value.wrong("", "leaves nowhere to answer")),
        count if count > limits::LISTENERS => Err(value.wrong("", format!("names more than {} addresses", limits::LISTENERS))),
        _ => Ok(found),
    }
}

/// Yields the origin alone: no path, no slash at the end, the default port left out.
pub(super) fn public_url(given: &mut Given) -> Result<Option<String>, ConfigError> {
    let Some(value) = given.take(&PUBLIC_URL) else {
        return Ok(None);
    };
    let text = value.single()?;
    let url = url::Url::parse(text).map_err(|_| value.wrong(text, "is not a web address"))?;
    if url.scheme() != "https" {
        return Err(value.wrong(text, "does not begin with https://"));
    }
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !bare || url.path() != "/" || url.host_str().is_none_or(|host| host.contains('*')) {
        return Err(value.wrong(text, "has more than a host and a port in it"));
    }
    Ok(Some(url.origin().ascii_serialization()))
}

/// Names and addresses, without ports.
pub(super) fn names(given: &mut Given) -> Result<Vec<String>, ConfigError> {
    let Some(value) = given.take(&NAMES) else { return Ok(Vec::new()) };
    if value.texts.len() > limits::NAMES {
        return Err(value.wrong("", format!("are more than {} names", limits::NAMES)));
    }
    let one = |text: &String| {
        let bare = text.trim().trim_matches(['[', ']']);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(address.to_canonical().to_string());
        }
        // As a browser would read it: `Host` holds what comes out of this.
        match url::Host::parse(text.trim()) {
            Ok(url::Host::Domain(name)) if !name.contains('*') => Ok(name),
            _ => Err(value.wrong(text, "is not a name")),
        }
    };
    value.texts.iter().map(one).collect()
}

/// Looking up names over TCP, https, and directories: what an installation may need without being told.
pub(super) fn usual_ports() -> BTreeSet<u16> {
    BTreeSet::from([53, 389, 443, 636])
}

pub(super) fn connect_ports(given: &mut Given) -> Result<Vec<u16>, ConfigError> {
    let Some(value) = given.take(&CONNECT_PORTS) else { return Ok(Vec::new()) };
    if value.texts.len() > limits::CONNECT_PORTS {
        return Err(value.wrong("", format!("are more than {} ports", limits::CONNECT_PORTS)));
    }
    let one = |text: &String| {
        let port = text.trim().parse::<u16>().ok().filter(|port| *port > 0);
        port.ok_or_else(|| value.wrong(text, "is not a port"))
    };
    value.texts.iter().map(one).collect()
}

pub(super) fn air_gap(given: &mut Given) -> Result<bool, ConfigError> {
    let Some(value) = given.take(&AIR_GAP) else { return Ok(false) };
    match value.single()? {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(value.wrong(other, "is neither")),
    }
}

pub(super) fn trusted_proxies(given: &mut Given) -> Result<Vec<Network>, ConfigError> {
    networks(given, &TRUSTED_PROXIES)
}

pub(super) fn outbound_private(given: &mut Given) -> Result<Vec<Network>, ConfigError> {
    networks(given, &OUTBOUND_PRIVATE)
}

fn networks(given: &mut Given, setting: &'static Setting) -> Result<Vec<Network>, ConfigError> {
    let Some(value) = given.take(setting) else {
        return Ok(Vec::new());
    };
    if value.texts.len() > limits::ALLOWLIST_NETWORKS {
        return Err(value.wrong("", format!("names more than {} networks", limits::ALLOWLIST_NETWORKS)));
    }
    value.texts.iter().map(|text| Network::parse(text).map_err(|_| value.wrong(text, "is not an address or a network"))).collect()
}

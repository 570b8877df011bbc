//! `[network]`: where to answer, under which address, behind whom.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::sources::{AIR_GAP, ConfigError, Given, LISTEN, PUBLIC_URL, REDIRECT_LISTEN, Setting, TRUSTED_PROXIES};
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

pub(super) fn air_gap(given: &mut Given) -> Result<bool, ConfigError> {
    let Some(value) = given.take(&AIR_GAP) else { return Ok(false) };
    match value.single()? {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(value.wrong(other, "is neither")),
    }
}

pub(super) fn trusted_proxies(given: &mut Given) -> Result<Vec<Network>, ConfigError> {
    let Some(value) = given.take(&TRUSTED_PROXIES) else {
        return Ok(Vec::new());
    };
    if value.texts.len() > limits::ALLOWLIST_NETWORKS {
        return Err(value.wrong("", format!("names more than {} networks", limits::ALLOWLIST_NETWORKS)));
    }
    value.texts.iter().map(|text| Network::parse(text).map_err(|_| value.wrong(text, "is not an address or a network"))).collect()
}

//! Looking names up. The C library's own look-up would load files of the host into a static binary.

use std::net::{IpAddr, Ipv4Addr};

use hickory_resolver::TokioResolver;

/// A name has no address, or nobody can be asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unknown;

/// The addresses of a host that is a name or an address.
pub(super) async fn addresses(host: &str) -> Result<Vec<IpAddr>, Unknown> {
    if let Ok(address) = host.trim_matches(['[', ']']).parse() {
        return Ok(vec![address]);
    }
    if host == "localhost" {
        return Ok(vec![Ipv4Addr::LOCALHOST.into()]);
    }
    let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build()).map_err(|_| Unknown)?;
    let found: Vec<IpAddr> = resolver.lookup_ip(host).await.map_err(|_| Unknown)?.iter().collect();
    if found.is_empty() { Err(Unknown) } else { Ok(found) }
}

//! Looking names up. The C library's own look-up would load files of the host into a static binary.

use std::net::{IpAddr, Ipv4Addr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::system_conf::read_system_conf;
use parking_lot::Mutex;

/// Whom the host asked when that was last to be read. Its file may be replaced by another while the appliance runs, which the confined
/// process does not see any more (`serve/confine.rs`).
static LAST_KNOWN: Mutex<Option<(ResolverConfig, ResolverOpts)>> = Mutex::new(None);

/// Reads whom to ask while there is nothing to keep the process from it, so that there is something to fall back to.
pub fn learn_servers() {
    let _ = servers();
}

fn servers() -> Option<(ResolverConfig, ResolverOpts)> {
    let mut last_known = LAST_KNOWN.lock();
    if let Ok(found) = read_system_conf() {
        *last_known = Some(found);
    }
    last_known.clone()
}

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
    let (servers, options) = servers().ok_or(Unknown)?;
    let mut builder = TokioResolver::builder_with_config(servers, TokioRuntimeProvider::default());
    *builder.options_mut() = options;
    let resolver = builder.build().map_err(|_| Unknown)?;
    let found: Vec<IpAddr> = resolver.lookup_ip(host).await.map_err(|_| Unknown)?.iter().collect();
    if found.is_empty() { Err(Unknown) } else { Ok(found) }
}

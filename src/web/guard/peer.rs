//! From where somebody is asking. `X-Forwarded-For` is a claim of whoever wrote it: it counts only as far as trusted proxies
//! wrote it, which means reading it from the right and stopping at the first hop that is not one of ours.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::X_FORWARDED_FOR;

use crate::domain::network::{Network, canonical};
use crate::service::Asked;

/// The address that the allowlist, throttles and the setup gate look at, in its canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// What an act of somebody who has not signed in knows of how it was asked for.
    #[must_use]
    pub fn asked(self) -> Asked {
        Asked { from: Some(self.0), ..Asked::default() }
    }

    #[must_use]
    pub fn is_this_machine(self) -> bool {
        self.0.is_loopback()
    }
}

pub(in crate::web) fn find(request: &ServiceRequest, trusted: &[Network]) -> Peer {
    // Without an address nothing is known, and nothing is permitted: 0.0.0.0 is in nobody's allowlist.
    let direct = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let claims: Vec<&str> = request.headers().get_all(X_FORWARDED_FOR).map(|value| value.to_str().unwrap_or("?")).collect();
    through_proxies(direct, &claims.join(","), trusted)
}

pub(in crate::web) fn through_proxies(direct: IpAddr, forwarded_for: &str, trusted: &[Network]) -> Peer {
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut peer = canonical(direct);
    for hop in forwarded_for.rsplit(',') {
        if !is_proxy(peer) {
            break;
        }
        let Some(claimed) = address_of(hop.trim()) else { break };
        peer = canonical(claimed);
    }
    Peer(peer)
}

/// Some proxies add a port: `203.0.113.7:4711`, `[2001:db8::1]:4711`.
fn address_of(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::network::parse_networks;

    fn peer(direct: &str, forwarded_for: &str, trusted: &str) -> String {
        let trusted = parse_networks(trusted).unwrap();
        through_proxies(direct.parse().unwrap(), forwarded_for, &trusted).0.to_string()
    }

    #[test]
    fn nobody_is_believed_unless_listed() {
        assert_eq!(peer("198.51.100.1", "203.0.113.7", ""), "198.51.100.1");
        assert_eq!(peer("198.51.100.1", "203.0.113.7", "10.0.0.0/8"), "198.51.100.1");
    }

    #[test]
    fn the_right_most_hop_that_is_not_ours_is_the_peer() {
        assert_eq!(peer("10.0.0.1", "203.0.113.7", "10.0.0.0/8"), "203.0.113.7");
        assert_eq!(peer("10.0.0.1", "127.0.0.1, 203.0.113.7, 10.0.0.2", "10.0.0.0/8"), "203.0.113.7");
        assert_eq!(peer("::ffff:10.0.0.1", "::ffff:203.0.113.7", "10.0.0.0/8"), "203.0.113.7");
        assert_eq!(peer("10.0.0.1", "[2001:db8::1]:4711", "10.0.0.0/8"), "2001:db8::1");
    }

    #[test]
    fn what_cannot_be_read_ends_the_trail() {
        assert_eq!(peer("10.0.0.1", "203.0.113.7, nonsense", "10.0.0.0/8"), "10.0.0.1");
        assert_eq!(peer("10.0.0.1", "", "10.0.0.0/8"), "10.0.0.1");
    }
}

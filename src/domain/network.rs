//! Addresses and networks.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use super::limits;

/// An address in its one true form: an IPv4 address that came dressed as IPv6 (`::ffff:192.0.2.1`) is IPv4 again, so that
/// no rule can be walked around by the other spelling.
#[must_use]
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(IpNet);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    #[error("{0} is not an address or network. Write it like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32.")]
    NotANetwork(String),
    #[error("At most {0} networks fit.")]
    TooMany(usize),
}

impl Network {
    /// Reads an address or a network in CIDR notation (RFC 4632); bits behind the prefix are dropped.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(raw: &str) -> Result<Self, NetworkError> {
        let raw = raw.trim();
        let wrong = || NetworkError::NotANetwork(raw.chars().take(64).collect());
        let net = if raw.contains('/') {
            raw.parse::<IpNet>().map_err(|_| wrong())?
        } else {
            IpNet::from(raw.parse::<IpAddr>().map_err(|_| wrong())?)
        };
        Ok(Self(unmapped(net).trunc()))
    }

    /// Whether it leaves at least everything open behind these first bits.
    #[must_use]
    pub fn is_as_wide_as(&self, bits_of_v4: u8, bits_of_v6: u8) -> bool {
        self.0.prefix_len() <= if matches!(self.0, IpNet::V4(_)) { bits_of_v4 } else { bits_of_v6 }
    }

    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&canonical(address))
    }
}

/// A network written in mapped form (`::ffff:192.0.2.0/120`) means the IPv4 network behind it.
fn unmapped(net: IpNet) -> IpNet {
    if let IpNet::V6(v6) = net
        && v6.prefix_len() >= 96
        && let Some(v4) = Ipv6Addr::to_ipv4_mapped(&v6.network())
        && let Ok(v4) = ipnet::Ipv4Net::new(v4, v6.prefix_len() - 96)
    {
        return IpNet::V4(v4);
    }
    net
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { write!(f, "{}", self.0.addr()) } else { write!(f, "{}", self.0) }
    }
}

/// Whether together they leave at least as much open as one network with so many first bits would: two halves of the internet are all of it.
#[must_use]
pub fn are_as_wide_as(networks: &[Network], bits_of_v4: u8, bits_of_v6: u8) -> bool {
    // What lies in another of them counts once. A whole family would be one more than fits, so it is halved.
    let all = IpNet::aggregate(&networks.iter().map(|network| network.0).collect());
    let size = |net: &IpNet| 1_u128 << (net.max_prefix_len() - net.prefix_len()).min(127);
    let open = |is_v4: bool| {
        let those = all.iter().filter(|net| matches!(net, IpNet::V4(_)) == is_v4);
        those.fold(0_u128, |sum, net| sum.saturating_add(size(net)))
    };
    open(true) >= 1 << (32 - u32::from(bits_of_v4.min(32))) || open(false) >= 1 << (128 - u32::from(bits_of_v6.clamp(1, 128)))
}

/// Whether the address is in one of them; none at all is no limit.
#[must_use]
pub fn permits(networks: &[Network], address: IpAddr) -> bool {
    networks.is_empty() || networks.iter().any(|network| network.contains(address))
}

/// Reads one network a line; empty lines and what follows a `#` do not count.
///
/// # Errors
/// Names the first line that is not a network.
pub fn parse_networks(raw: &str) -> Result<Vec<Network>, NetworkError> {
    parse_at_most(limits::ALLOWLIST_NETWORKS, raw)
}

/// The same for a list that may be longer.
///
/// # Errors
/// As above.
pub fn parse_at_most(most: usize, raw: &str) -> Result<Vec<Network>, NetworkError> {
    let mut networks = raw
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .map(Network::parse)
        .collect::<Result<Vec<_>, _>>()?;
    networks.sort();
    networks.dedup();
    if networks.len() > most { Err(NetworkError::TooMany(most)) } else { Ok(networks) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        let list = parse_networks("192.0.2.0/24\n2001:db8::/32 # office\n\n").unwrap();
        for inside in ["192.0.2.9", "::ffff:192.0.2.9", "2001:db8::1"] {
            assert!(permits(&list, inside.parse().unwrap()), "{inside}");
        }
        for outside in ["192.0.3.1", "::ffff:192.0.3.1", "2001:db9::1", "::192.0.2.9"] {
            assert!(!permits(&list, outside.parse().unwrap()), "{outside}");
        }
        assert_eq!(Network::parse("::ffff:192.0.2.0/120").unwrap().to_string(), "192.0.2.0/24");
        assert_eq!(Network::parse("203.0.113.7/24").unwrap().to_string(), "203.0.113.0/24");
    }

    #[test]
    fn many_small_networks_are_as_wide_as_a_large_one() {
        let wide = |text: &str| are_as_wide_as(&parse_networks(text).unwrap(), 7, 15);
        assert!(!wide("10.0.0.0/8\n172.16.0.0/12\n192.168.0.0/16\nfd00::/16\n2001:db8::/32"));
        assert!(
            wide("10.0.0.0/7") && wide("10.0.0.0/8\n11.0.0.0/8") && wide("0.0.0.0/0") && wide("::/0") && wide("::/1\n8000::/1")
        );
        let eights: Vec<_> = (1..=120).map(|first| format!("{first}.0.0.0/8")).collect();
        assert!(wide(&eights.join("\n")));
        // What lies in another is no wider.
        assert!(!wide("10.0.0.0/8\n10.0.0.0/9\n10.128.0.0/9\n10.1.2.3"));
        assert!(!wide(""));
    }

    #[test]
    fn a_line_that_is_no_network_is_named() {
        assert_eq!(parse_networks("10.0.0.0/8\nten"), Err(NetworkError::NotANetwork("ten".to_owned())));
    }
}

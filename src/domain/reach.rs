//! Which addresses this server may connect to when somebody tells it where: public ones, and of the others those that the owner of
//! the host named. Without this, whoever may fill in an address in the admin panel could have the server knock on doors that only it
//! can reach: its own services, the neighbours', and the page of a cloud that gives out keys.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::network::Network;

/// What may be reached beyond the public addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach(Vec<Network>);

impl Reach {
    #[must_use]
    pub fn new(private: Vec<Network>) -> Self {
        Self(private)
    }

    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        is_public(address) || self.0.iter().any(|network| network.contains(address))
    }
}

/// IPv4 networks that are no public place, from the IANA registry of special-purpose addresses (RFC 6890 and its successors), and the
/// one address of the public space at which a cloud answers its own machines.
const SPECIAL_V4: [(Ipv4Addr, u32); 20] = [
    // This network (RFC 791).
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    // Private use (RFC 1918).
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Shared by carriers (RFC 6598); a cloud's metadata too.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // Loopback (RFC 1122).
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Azure's own services for its machines.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Link-local (RFC 3927); most clouds' metadata.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    // Protocol assignments (RFC 6890).
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation (RFC 5737).
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    // Sinks for reverse look-ups (RFC 7535, RFC 7534) and relays for multicast (RFC 7450): nobody offers anything there.
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    // Relays of 6to4 (RFC 7526).
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Measuring of networks (RFC 2544).
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Multicast (RFC 5771), what was kept for later (RFC 1112), everybody (RFC 919).
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::new(255, 255, 255, 255), 32),
];

/// Global unicast (RFC 4291): all else is loopback, link-local, unique local, multicast, mapped, NAT64, or nothing at all.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Networks within it that are no public place.
const SPECIAL_V6: [(Ipv6Addr, u32); 5] = [
    // Protocol assignments (RFC 2928): Teredo, ORCHID, measuring of networks.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation (RFC 3849, RFC 9637).
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // 6to4 (RFC 3056): an IPv4 address in disguise.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    // A sink for reverse look-ups (RFC 7534).
    (Ipv6Addr::new(0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0), 48),
];

/// Whether an address belongs to the internet as such. An IPv4 address in the clothes of IPv6 does not, whatever it is: no honest
/// name leads there.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|(network, length)| shares_v4(v4, *network, *length)),
        IpAddr::V6(v6) => {
            shares_v6(v6, GLOBAL_V6.0, GLOBAL_V6.1)
                && !SPECIAL_V6.iter().any(|(network, length)| shares_v6(v6, *network, *length))
        }
    }
}

/// Whether two addresses have the first `length` bits in common; there is at least one.
const fn shares_v4(address: Ipv4Addr, network: Ipv4Addr, length: u32) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
}

const fn shares_v6(address: Ipv6Addr, network: Ipv6Addr, length: u32) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::network::parse_networks;

    /// The IANA registries for IPv4 and IPv6 as of 2025-10, each network of them, with what else must not be reached.
    const SPECIAL: [&str; 53] = [
        "0.0.0.0/8",
        "0.0.0.0/32",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.0.0/29",
        "192.0.0.8/32",
        "192.0.0.9/32",
        "192.0.0.10/32",
        "192.0.0.170/32",
        "192.0.0.171/32",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "255.255.255.255/32",
        "168.63.129.16/32",
        "::1/128",
        "::/128",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001::/32",
        "2001:1::1/128",
        "2001:1::2/128",
        "2001:1::3/128",
        "2001:2::/48",
        "2001:3::/32",
        "2001:4:112::/48",
        "2001:10::/28",
        "2001:20::/28",
        "2001:30::/28",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    ];

    fn network() -> impl Strategy<Value = ipnet::IpNet> {
        proptest::sample::select(SPECIAL.to_vec()).prop_map(|text| text.parse().unwrap())
    }

    /// Any address of a network: its own first bits, and others behind them.
    fn within(network: ipnet::IpNet, bits: u128) -> IpAddr {
        match network {
            ipnet::IpNet::V4(v4) => {
                let host = u32::from(v4.hostmask());
                Ipv4Addr::from_bits(v4.network().to_bits() | (bits as u32 & host)).into()
            }
            ipnet::IpNet::V6(v6) => {
                let host = u128::from(v6.hostmask());
                Ipv6Addr::from_bits(v6.network().to_bits() | (bits & host)).into()
            }
        }
    }

    proptest! {
        #[test]
        fn no_address_of_a_special_network_is_public(network in network(), bits: u128) {
            let address = within(network, bits);
            prop_assert!(!is_public(address), "{address} of {network}");
            for edge in [within(network, 0), within(network, u128::MAX)] {
                prop_assert!(!is_public(edge), "{edge} of {network}");
            }
        }

        #[test]
        fn every_other_address_of_ipv4_is_public(bits: u32) {
            let address = IpAddr::V4(Ipv4Addr::from_bits(bits));
            let is_special = SPECIAL.iter().any(|text| text.parse::<ipnet::IpNet>().unwrap().contains(&address));
            prop_assert_eq!(is_public(address), !is_special, "{}", address);
        }

        #[test]
        fn nothing_outside_global_unicast_is_public_and_nothing_mapped(bits: u128, v4: u32) {
            let address = Ipv6Addr::from_bits(bits);
            if bits >> 125 != 1 {
                prop_assert!(!is_public(address.into()), "{}", address);
            }
            for disguise in [Ipv4Addr::from_bits(v4).to_ipv6_mapped(), Ipv4Addr::from_bits(v4).to_ipv6_compatible()] {
                prop_assert!(!is_public(disguise.into()), "{}", disguise);
            }
        }
    }

    #[test]
    fn public_places_are_public() {
        for text in ["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "126.255.255.255", "172.15.255.255", "172.32.0.0"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["2606:4700::1111", "2a00:1450:4001::1", "2001:200::1", "2003::1", "2620:4f:8001::1", "3ffe::1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn where_clouds_give_out_keys_is_no_public_place() {
        for text in ["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_owner_of_the_host_opens_what_is_needed_and_no_more() {
        let closed = Reach::default();
        assert!(closed.permits("1.1.1.1".parse().unwrap()) && !closed.permits("10.0.0.5".parse().unwrap()));
        let open = Reach::new(parse_networks("10.0.0.0/8\nfd12::/16").unwrap());
        for text in ["10.0.0.5", "::ffff:10.0.0.5", "fd12::1", "1.1.1.1"] {
            assert!(open.permits(text.parse().unwrap()), "{text}");
        }
        for text in ["127.0.0.1", "192.168.0.1", "::1", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::a00:5", "2002:a00:5::"] {
            assert!(!open.permits(text.parse().unwrap()), "{text}");
        }
    }
}

//! From where staff may reach the console, the admin panel, sign-in and everything else of theirs.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::network::{Network, permits};
use super::operator::Role;
use super::time::Timestamp;

/// The networks of everybody, and those that some roles are held to besides. An empty list is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lists {
    pub everybody: Vec<Network>,
    /// Roles without a limit of their own are not in it.
    pub by_role: BTreeMap<Role, Vec<Network>>,
}

impl Lists {
    /// Whether anybody of the staff may ask for anything from this address: what holds before it is known who asks.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        permits(&self.everybody, address)
    }

    /// Whether somebody with this role may.
    #[must_use]
    pub fn permits_role(&self, role: Role, address: IpAddr) -> bool {
        self.permits(address) && permits(self.of(role), address)
    }

    /// What a role is held to besides.
    #[must_use]
    pub fn of(&self, role: Role) -> &[Network] {
        self.by_role.get(&role).map_or(&[], Vec::as_slice)
    }

    /// Entries of all lists.
    #[must_use]
    pub fn count(&self) -> usize {
        self.everybody.len() + self.by_role.values().map(Vec::len).sum::<usize>()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allowlist {
    pub lists: Lists,
    /// Lists that would have locked their author out: they hold until `until`, then those above hold again by themselves
    /// unless somebody confirmed them from an address that they allow.
    pub trial: Option<Trial>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub lists: Lists,
    pub until: Timestamp,
}

impl Allowlist {
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> &Lists {
        match &self.trial {
            Some(trial) if now < trial.until => &trial.lists,
            _ => &self.lists,
        }
    }

    #[must_use]
    pub fn permits(&self, address: IpAddr, now: Timestamp) -> bool {
        self.in_force(now).permits(address)
    }

    #[must_use]
    pub fn permits_role(&self, role: Role, address: IpAddr, now: Timestamp) -> bool {
        self.in_force(now).permits_role(role, address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::network::parse_networks;

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    fn only(networks: &str) -> Lists {
        Lists { everybody: parse_networks(networks).unwrap(), ..Lists::default() }
    }

    #[test]
    fn a_trial_reverts_by_itself() {
        let trial = Trial { lists: only("203.0.113.7"), until: Timestamp::from_millis(100) };
        let list = Allowlist { lists: Lists::default(), trial: Some(trial) };
        assert!(!list.permits(at("127.0.0.1"), Timestamp::from_millis(99)));
        assert!(list.permits(at("127.0.0.1"), Timestamp::from_millis(100)));
    }

    #[test]
    fn a_role_is_held_to_its_own_list_besides_everybodys() {
        let mut lists = only("192.0.2.0/24\n2001:db8::/32");
        lists.by_role.insert(Role::Admin, parse_networks("192.0.2.7\n198.51.100.1").unwrap());
        for (role, address, expected) in [
            (Role::Admin, "192.0.2.7", true),
            (Role::Admin, "::ffff:192.0.2.7", true),
            (Role::Admin, "192.0.2.8", false),
            // On the role's list alone: everybody's comes first.
            (Role::Admin, "198.51.100.1", false),
            (Role::Operator, "192.0.2.8", true),
            (Role::Operator, "2001:db8::1", true),
            (Role::Operator, "203.0.113.1", false),
        ] {
            assert_eq!(lists.permits_role(role, at(address)), expected, "{role:?} {address}");
        }
        assert_eq!(lists.count(), 4);
    }
}

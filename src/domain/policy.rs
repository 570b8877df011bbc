//! How staff have to sign in, and how long that lasts.

use std::time::Duration;

use super::operator::Role;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInPolicy {
    /// Who has to have a second factor.
    pub second_factor: Roles,
    /// Minutes without activity after which a session ends, and hours after which it ends anyway.
    pub idle_minutes: u16,
    pub absolute_hours: u16,
    /// Days after which an account is disabled that nobody used; `None` never.
    pub dormant_days: Option<u16>,
    /// Whether the provider of identities asks for a second factor itself.
    pub sso_is_second_factor: bool,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        let second_factor = Roles::NONE;
        Self { second_factor, idle_minutes: 15, absolute_hours: 12, dormant_days: Some(90), sso_is_second_factor: false }
    }
}

impl SignInPolicy {
    #[must_use]
    pub fn idle(&self) -> Duration {
        Duration::from_secs(u64::from(self.idle_minutes) * 60)
    }

    #[must_use]
    pub fn absolute(&self) -> Duration {
        Duration::from_secs(u64::from(self.absolute_hours) * 60 * 60)
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Roles(u8);

impl Roles {
    pub const NONE: Self = Self(0);

    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// One bit for each, in the order in which roles came to be.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Bits that mean nothing are dropped.
    #[must_use]
    pub fn from_bits(bits: u8) -> Self {
        Role::ALL.into_iter().filter(|role| bits & (1 << *role as u8) != 0).fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_roles_holds_what_was_put_in() {
        let set = Roles::NONE.with(Role::Admin).with(Role::Client);
        for role in Role::ALL {
            assert_eq!(set.contains(role), matches!(role, Role::Admin | Role::Client), "{role:?}");
        }
        assert_eq!(Roles::from_bits(set.bits()), set);
        assert_eq!(Roles::from_bits(u8::MAX).bits().count_ones(), 5);
    }
}

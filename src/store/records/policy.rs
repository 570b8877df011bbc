//! How staff have to sign in, as it is stored.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::policy::{Roles, SignInPolicy};

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PolicyRecord {
    /// One bit for each role.
    second_factor: u8,
    idle_minutes: u16,
    absolute_hours: u16,
    dormant_days: Option<u16>,
    sso_is_second_factor: bool,
}

impl Record for PolicyRecord {}

impl From<SignInPolicy> for PolicyRecord {
    fn from(it: SignInPolicy) -> Self {
        Self {
            second_factor: it.second_factor.bits(),
            idle_minutes: it.idle_minutes,
            absolute_hours: it.absolute_hours,
            dormant_days: it.dormant_days,
            sso_is_second_factor: it.sso_is_second_factor,
        }
    }
}

impl From<PolicyRecord> for SignInPolicy {
    fn from(it: PolicyRecord) -> Self {
        Self {
            second_factor: Roles::from_bits(it.second_factor),
            idle_minutes: it.idle_minutes,
            absolute_hours: it.absolute_hours,
            dormant_days: it.dormant_days,
            sso_is_second_factor: it.sso_is_second_factor,
        }
    }
}

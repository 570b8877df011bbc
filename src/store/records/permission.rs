//! What the roles may, as it is stored: one bit for each permission.

use serde::{Deserialize, Serialize};

use super::Record;
use crate::domain::permission::{Permissions, RolePermissions};

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PermissionsRecord {
    operator: u16,
    supervisor: u16,
}

impl Record for PermissionsRecord {}

impl From<RolePermissions> for PermissionsRecord {
    fn from(it: RolePermissions) -> Self {
        Self { operator: it.operator.bits(), supervisor: it.supervisor.bits() }
    }
}

impl From<PermissionsRecord> for RolePermissions {
    fn from(it: PermissionsRecord) -> Self {
        Self { operator: Permissions::from_bits(it.operator), supervisor: Permissions::from_bits(it.supervisor) }
    }
}

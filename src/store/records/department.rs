//! A department as it is stored.

use serde::{Deserialize, Serialize};

use super::hours::HoursRecord;
use super::routing::RoutingRecord;
use super::{Record, unfit};
use crate::domain::department::{Department, Members};
use crate::domain::id::{DepartmentId, OperatorId, SiteId};
use crate::domain::text::Name;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct DepartmentRecord {
    site: [u8; 16],
    name: String,
    /// `None` is everybody who serves the site.
    members: Option<Vec<[u8; 16]>>,
    hours: Option<HoursRecord>,
    routing: Option<RoutingRecord>,
    created_at: i64,
}

impl Record for DepartmentRecord {}

impl From<&Department> for DepartmentRecord {
    fn from(it: &Department) -> Self {
        Self {
            site: *it.site.as_bytes(),
            name: it.name.as_str().to_owned(),
            members: match &it.members {
                Members::AllOfSite => None,
                Members::Only(members) => Some(members.iter().map(|id| *id.as_bytes()).collect()),
            },
            hours: it.hours.as_ref().map(Into::into),
            routing: it.routing.map(Into::into),
            created_at: it.created_at.as_millis(),
        }
    }
}

impl DepartmentRecord {
    pub(in crate::store) fn department(self, id: DepartmentId) -> Result<Department, StoreError> {
        Ok(Department {
            id,
            site: SiteId::from_bytes(self.site),
            name: Name::parse(&self.name).map_err(unfit)?,
            members: match self.members {
                None => Members::AllOfSite,
                Some(members) => Members::Only(members.into_iter().map(OperatorId::from_bytes).collect()),
            },
            hours: self.hours.map(HoursRecord::hours).transpose()?,
            routing: self.routing.map(Into::into),
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

//! A department: a queue of a site with members, hours and routing of its own.

use std::collections::BTreeSet;

use super::hours::Hours;
use super::id::{DepartmentId, OperatorId, SiteId};
use super::routing::Routing;
use super::text::Name;
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    pub id: DepartmentId,
    pub site: SiteId,
    pub name: Name,
    pub members: Members,
    /// `None`: those of the site.
    pub hours: Option<Hours>,
    /// `None`: that of the site.
    pub routing: Option<Routing>,
    pub created_at: Timestamp,
}

/// Who answers for a department, among those who serve its site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Members {
    AllOfSite,
    Only(BTreeSet<OperatorId>),
}

impl Members {
    #[must_use]
    pub fn includes(&self, operator: OperatorId) -> bool {
        match self {
            Self::AllOfSite => true,
            Self::Only(members) => members.contains(&operator),
        }
    }
}

//! What controls are held against: settings, which somebody can change and a profile can lock, and facts, which are as they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::allowlist::Allowlist;
use crate::domain::clocks::Clocks;
use crate::domain::id::{FormId, OrderId, SiteId, WebhookId};
use crate::domain::permission::RolePermissions;
use crate::domain::policy::SignInPolicy;
use crate::domain::purge_rule::PurgeOrder;
use crate::domain::retention::{AuditDays, ReportingDays, RetentionPlan};
use crate::domain::secure_form::SecureForm;
use crate::domain::site::Site;
use crate::domain::suspicion::Precautions;
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;

/// Whatever is set in the house that a control looks at.
#[derive(Debug, Clone)]
pub struct Settings {
    pub sites: BTreeMap<SiteId, Arc<Site>>,
    pub allowlist: Allowlist,
    pub permissions: RolePermissions,
    pub reporting: ReportingDays,
    pub audit_days: AuditDays,
    pub policy: SignInPolicy,
    pub precautions: Precautions,
    pub retention: RetentionPlan,
    pub orders: BTreeMap<OrderId, Arc<PurgeOrder>>,
    pub forms: BTreeMap<FormId, Arc<SecureForm>>,
    pub webhooks: BTreeMap<WebhookId, Arc<Webhook>>,
}

impl Settings {
    #[must_use]
    pub fn clocks(&self, site: &Site) -> Clocks {
        Clocks::of(Some(site), &self.retention, self.reporting)
    }
}

/// What is found rather than set.
#[derive(Debug, Clone)]
pub struct Facts {
    pub now: Timestamp,
    pub is_purging: bool,
    /// Since when the longest waits of what should be gone and is not held, if anything does.
    pub overdue_since: Option<Timestamp>,
    pub audit_is_whole: bool,
    /// Administrators who may sign in.
    pub admins: usize,
    /// Since when the oldest alert waits that nobody has seen.
    pub alert_since: Option<Timestamp>,
    pub backed_up_at: Option<Timestamp>,
    pub rehearsed_at: Option<Timestamp>,
    pub machine: Machine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateFacts {
    pub ends_at: Timestamp,
    /// It comes from the appliance's own authority.
    pub is_home_made: bool,
}

/// What the process was given and has found when it was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Machine {
    /// The root key does not lie on the disk that it opens.
    pub key_is_apart: bool,
    pub is_confined: bool,
    /// None where there is no listener, as on the command line.
    pub certificate: Option<CertificateFacts>,
}

/// What a fix may need that is not in the settings.
#[derive(Debug, Clone, Copy)]
pub struct Supplies {
    pub now: Timestamp,
    /// Random, for what it makes.
    pub seed: [u8; 16],
}

impl Supplies {
    /// One of several names, no two of them alike.
    #[must_use]
    pub fn id(&self, n: u8) -> [u8; 16] {
        let mut id = self.seed;
        id[15] ^= n;
        id
    }
}

//! The house: what every request needs and is small, held in memory as one value and replaced as a whole after a durable
//! commit. It lives in the drawer of slot 0, whose key never changes; each of its tables has a key of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::batch::Change;
use super::records::{self, StartRecord};
use super::tables::{SETTING_START, Table};
use super::{Shared, Store, StoreError, parts};
use crate::domain::alert::Alert;
use crate::domain::allowlist::Allowlist;
use crate::domain::block::Block;
use crate::domain::canned::CannedResponse;
use crate::domain::department::Department;
use crate::domain::factor::Factors;
use crate::domain::hold::Hold;
use crate::domain::id::{
    AlertId, BlockId, CannedId, ConversationId, DeliveryId, DepartmentId, EvidenceId, FormId, HoldId, OperatorId, OrderId,
    RequestId, SiteId, WebhookId,
};
use crate::domain::letter::OwedLetter;
use crate::domain::mail::PendingMail;
use crate::domain::operator::Operator;
use crate::domain::permission::RolePermissions;
use crate::domain::policy::SignInPolicy;
use crate::domain::posture::Posture;
use crate::domain::purge_rule::{DuePurge, PurgeOrder, Purging};
use crate::domain::retention::{AuditDays, ReportingDays, RetentionPlan};
use crate::domain::secure_form::{FormRequest, SecureForm};
use crate::domain::site::Site;
use crate::domain::sso::SingleSignOn;
use crate::domain::start::Start;
use crate::domain::subject::Backlog;
use crate::domain::suspicion::Precautions;
use crate::domain::text::Name;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Delivery, Webhook};
use crate::vault::{Key, Sealer};

#[derive(Debug, Clone, Default)]
pub struct House {
    pub organisation: Option<Organisation>,
    pub sites: BTreeMap<SiteId, Arc<Site>>,
    pub operators: BTreeMap<OperatorId, Arc<Operator>>,
    pub allowlist: Allowlist,
    pub departments: BTreeMap<DepartmentId, Arc<Department>>,
    pub canned: BTreeMap<CannedId, Arc<CannedResponse>>,
    pub blocks: BTreeMap<BlockId, Arc<Block>>,
    /// Transcripts that are yet to be mailed.
    pub mails: BTreeMap<ConversationId, PendingMail>,
    pub permissions: RolePermissions,
    pub reporting: ReportingDays,
    pub audit_days: AuditDays,
    pub policy: SignInPolicy,
    pub sso: Arc<SingleSignOn>,
    pub precautions: Precautions,
    /// What each member of staff proves themselves with besides a password.
    pub factors: BTreeMap<OperatorId, Arc<Factors>>,
    /// Letters about their own account that staff are owed.
    pub letters: BTreeMap<OperatorId, Vec<OwedLetter>>,
    pub alerts: BTreeMap<AlertId, Arc<Alert>>,
    /// How long things are kept where their site says nothing else.
    pub retention: RetentionPlan,
    pub purging: Purging,
    /// How far the index of people has come.
    pub backlog: Backlog,
    /// Purge rules, and the drawers that they have made due.
    pub orders: BTreeMap<OrderId, Arc<PurgeOrder>>,
    pub due: BTreeMap<ConversationId, DuePurge>,
    pub holds: BTreeMap<HoldId, Arc<Hold>>,
    pub forms: BTreeMap<FormId, Arc<SecureForm>>,
    /// Secure forms that somebody was asked to fill in and has not.
    pub requests: BTreeMap<RequestId, Arc<FormRequest>>,
    pub webhooks: BTreeMap<WebhookId, Arc<Webhook>>,
    pub deliveries: BTreeMap<DeliveryId, Delivery>,
    pub posture: Arc<Posture>,
    /// Reports that are kept, and of when they are.
    pub evidence: BTreeMap<EvidenceId, Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub name: Name,
    pub set_up_at: Timestamp,
}

/// The keys of the house's tables, each derived from the house key for that use alone.
pub(super) struct HouseKeys {
    house: Key,
    settings: Sealer,
    sites: Sealer,
    operators: Sealer,
    sessions: Sealer,
    secrets: Sealer,
    audit: Sealer,
    purges: Sealer,
    tombstones: Sealer,
    departments: Sealer,
    canned: Sealer,
    blocks: Sealer,
    counters: Sealer,
    mails: Sealer,
    letters: Sealer,
    factors: Sealer,
    alerts: Sealer,
    orders: Sealer,
    due: Sealer,
    holds: Sealer,
    forms: Sealer,
    requests: Sealer,
    webhooks: Sealer,
    deliveries: Sealer,
    evidence: Sealer,
    catalogue: Sealer,
}

impl HouseKeys {
    pub(super) fn new(house: Key) -> Self {
        let sealer = |table: Table| Sealer::new(&house.subkey(table.name()));
        Self {
            settings: sealer(Table::Settings),
            sites: sealer(Table::Sites),
            operators: sealer(Table::Operators),
            sessions: sealer(Table::Sessions),
            secrets: sealer(Table::Secrets),
            audit: sealer(Table::Audit),
            purges: sealer(Table::Purges),
            tombstones: sealer(Table::Tombstones),
            departments: sealer(Table::Departments),
            canned: sealer(Table::Canned),
            blocks: sealer(Table::Blocks),
            counters: sealer(Table::Counters),
            mails: sealer(Table::Mails),
            letters: sealer(Table::Letters),
            factors: sealer(Table::Factors),
            alerts: sealer(Table::Alerts),
            orders: sealer(Table::Orders),
            due: sealer(Table::Due),
            holds: sealer(Table::Holds),
            forms: sealer(Table::Forms),
            requests: sealer(Table::Requests),
            webhooks: sealer(Table::Webhooks),
            deliveries: sealer(Table::Deliveries),
            evidence: sealer(Table::Evidence),
            catalogue: sealer(Table::Catalogue),
            house,
        }
    }

    /// See `Store::keyed_hash`.
    pub(super) fn keyed_hash(&self, purpose: &'static str, bytes: &[u8]) -> [u8; 32] {
        let mut info = String::with_capacity(5 + purpose.len());
        // The prefix keeps these keys apart from those of the tables.
        info.push_str("hash ");
        info.push_str(purpose);
        self.house.subkey(&info).keyed_hash(bytes)
    }

    /// What the head of the audit log is keyed with.
    pub(super) fn audit_head(&self) -> Key {
        self.house.subkey("audit head")
    }

    /// The sealer of a house table. The other tables hold nothing that the house seals.
    pub(super) fn sealer(&self, table: Table) -> &Sealer {
        match table {
            Table::Sites => &self.sites,
            Table::Operators => &self.operators,
            Table::Sessions => &self.sessions,
            Table::Secrets => &self.secrets,
            Table::Audit => &self.audit,
            Table::Purges => &self.purges,
            Table::Tombstones => &self.tombstones,
            Table::Departments => &self.departments,
            Table::Canned => &self.canned,
            Table::Blocks => &self.blocks,
            Table::Counters => &self.counters,
            Table::Mails => &self.mails,
            Table::Letters => &self.letters,
            Table::Factors => &self.factors,
            Table::Alerts => &self.alerts,
            Table::Orders => &self.orders,
            Table::Due => &self.due,
            Table::Holds => &self.holds,
            Table::Forms => &self.forms,
            Table::Requests => &self.requests,
            Table::Webhooks => &self.webhooks,
            Table::Deliveries => &self.deliveries,
            Table::Evidence => &self.evidence,
            Table::Catalogue => &self.catalogue,
            Table::Settings
            | Table::Meta
            | Table::Keys
            | Table::Heads
            | Table::Events
            | Table::Transcripts
            | Table::Drafts
            | Table::Signatures
            | Table::Files
            | Table::Submissions
            | Table::Subjects
            | Table::SubjectsOf => &self.settings,
        }
    }
}

impl House {
    /// Takes over what has become durable.
    pub(super) fn change(&mut self, change: Change) {
        match change {
            Change::Organisation(organisation) => self.organisation = Some(organisation),
            Change::Site(site) => {
                self.sites.insert(site.id, site);
            }
            Change::Operator(operator) => {
                self.operators.insert(operator.id, operator);
            }
            Change::Allowlist(allowlist) => self.allowlist = allowlist,
            Change::Department(department) => {
                self.departments.insert(department.id, department);
            }
            Change::NoDepartment(id) => {
                self.departments.remove(&id);
            }
            Change::Canned(canned) => {
                self.canned.insert(canned.id, canned);
            }
            Change::NoCanned(id) => {
                self.canned.remove(&id);
            }
            Change::Block(block) => {
                self.blocks.insert(block.id, block);
            }
            Change::NoBlock(id) => {
                self.blocks.remove(&id);
            }
            Change::Mail(mail) => {
                self.mails.insert(mail.conversation, mail);
            }
            Change::NoMail(conversation) => {
                self.mails.remove(&conversation);
            }
            Change::Permissions(permissions) => self.permissions = permissions,
            Change::Reporting(days) => self.reporting = days,
            Change::AuditDays(days) => self.audit_days = days,
            Change::Policy(policy) => self.policy = policy,
            Change::Sso(sso) => self.sso = sso,
            Change::Precautions(precautions) => self.precautions = precautions,
            Change::Letters(operator, letters) => {
                if letters.is_empty() {
                    self.letters.remove(&operator);
                } else {
                    self.letters.insert(operator, letters);
                }
            }
            Change::Factors(operator, factors) => {
                self.factors.insert(operator, factors);
            }
            Change::NoFactors(operator) => {
                self.factors.remove(&operator);
            }
            Change::Alert(alert) => {
                self.alerts.insert(alert.id, alert);
            }
            Change::NoAlert(id) => {
                self.alerts.remove(&id);
            }
            Change::Retention(plan) => self.retention = plan,
            Change::Purging(purging) => self.purging = purging,
            Change::Backlog(backlog) => self.backlog = backlog,
            Change::Posture(posture) => self.posture = posture,
            Change::Due(due) => {
                self.due.insert(ConversationId::from_bytes(due.drawer), due);
            }
            Change::NoDue(drawer) => {
                self.due.remove(&drawer);
            }
            Change::Delivery(delivery) => {
                self.deliveries.insert(delivery.id, delivery);
            }
            Change::NoDelivery(id) => {
                self.deliveries.remove(&id);
            }
            Change::Evidence(id, at) => {
                self.evidence.insert(id, at);
            }
            Change::NoEvidence(id) => {
                self.evidence.remove(&id);
            }
            Change::Order(order) => {
                self.orders.insert(order.id, order);
            }
            Change::NoOrder(id) => {
                self.orders.remove(&id);
            }
            Change::Hold(hold) => {
                self.holds.insert(hold.id, hold);
            }
            Change::NoHold(id) => {
                self.holds.remove(&id);
            }
            Change::Form(form) => {
                self.forms.insert(form.id, form);
            }
            Change::NoForm(id) => {
                self.forms.remove(&id);
            }
            Change::Request(request) => {
                self.requests.insert(request.id, request);
            }
            Change::NoRequest(id) => {
                self.requests.remove(&id);
            }
            Change::Webhook(webhook) => {
                self.webhooks.insert(webhook.id, webhook);
            }
            Change::NoWebhook(id) => {
                self.webhooks.remove(&id);
            }
            Change::Closed(_) => {}
        }
    }
}

impl Shared {
    /// One value of a house table.
    pub(super) fn house_value(&self, table: Table, key: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some(first) = self.index.get(&table.key(key))? else { return Ok(None) };
        self.open_house_value(table, key, &first).map(Some)
    }

    pub(super) fn open_house_value(&self, table: Table, key: &[u8], first: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        parts::open(self.house_keys.sealer(table), &self.installation, table, key, first, |key| self.index.get(key))
    }
}

impl Store {
    #[must_use]
    pub fn house(&self) -> Arc<House> {
        self.shared.house.load_full()
    }

    /// # Errors
    /// When it cannot be read.
    pub fn secret(&self, name: &'static str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.shared.house_value(Table::Secrets, name.as_bytes())
    }

    /// HMAC-SHA256 under a house subkey of its own for each purpose: blind indexes, visitor tokens, form tokens.
    #[must_use]
    pub fn keyed_hash(&self, purpose: &'static str, bytes: &[u8]) -> [u8; 32] {
        self.shared.house_keys.keyed_hash(purpose, bytes)
    }

    /// The same of a drawer's own id under its own key: the same each time, until the drawer is destroyed, and then nobody's to compute.
    ///
    /// # Errors
    /// When its key cannot be read.
    pub fn drawer_hash(&self, drawer: ConversationId, purpose: &str) -> Result<Option<[u8; 32]>, StoreError> {
        let key = self.shared.drawer_key(drawer)?;
        Ok(key.map(|key| key.subkey(purpose).keyed_hash(drawer.as_bytes())))
    }
}

impl Store {
    /// What the last start was like, if one was noted.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_start(&self) -> Result<Option<Start>, StoreError> {
        let bytes = self.shared.house_value(Table::Settings, SETTING_START)?;
        bytes.map(|bytes| Ok(records::decode::<StartRecord>(&bytes)?.into())).transpose()
    }
}

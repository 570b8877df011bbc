//! Writing what the house is made of: sites, staff, what is set, and what is owed to anybody.

use std::sync::Arc;

use super::Organisation;
use super::batch::{Batch, Change};
use super::records::{
    AlertRecord, AllowlistRecord, AuditDaysRecord, BackupsRecord, BlockRecord, CannedRecord, DepartmentRecord, FactorsRecord,
    LettersRecord, MailRecord, OperatorRecord, OrganisationRecord, PermissionsRecord, PolicyRecord, PrecautionsRecord,
    ReportingRecord, SessionRecord, SiteRecord, SsoRecord, StartRecord,
};
use super::tables::{
    SETTING_ALLOWLIST, SETTING_AUDIT, SETTING_BACKUPS, SETTING_ORGANISATION, SETTING_PERMISSIONS, SETTING_POLICY,
    SETTING_PRECAUTIONS, SETTING_REPORTING, SETTING_SSO, SETTING_START, Table,
};
use crate::domain::alert::Alert;
use crate::domain::allowlist::Allowlist;
use crate::domain::backup::History;
use crate::domain::block::Block;
use crate::domain::canned::CannedResponse;
use crate::domain::department::Department;
use crate::domain::factor::Factors;
use crate::domain::id::{AlertId, BlockId, CannedId, ConversationId, DepartmentId, OperatorId};
use crate::domain::letter::OwedLetter;
use crate::domain::mail::PendingMail;
use crate::domain::operator::Operator;
use crate::domain::permission::RolePermissions;
use crate::domain::policy::SignInPolicy;
use crate::domain::retention::{AuditDays, ReportingDays};
use crate::domain::session::Session;
use crate::domain::site::Site;
use crate::domain::sso::SingleSignOn;
use crate::domain::start::Start;
use crate::domain::suspicion::Precautions;

impl Batch {
    pub fn put_organisation(&mut self, organisation: &Organisation) {
        self.put_house(Table::Settings, SETTING_ORGANISATION, &OrganisationRecord::from(organisation));
        self.contents.changes.push(Change::Organisation(organisation.clone()));
    }

    pub fn put_site(&mut self, site: &Site) {
        self.put_house(Table::Sites, site.id.as_bytes(), &SiteRecord::from(site));
        self.contents.changes.push(Change::Site(Arc::new(site.clone())));
    }

    pub fn put_operator(&mut self, operator: &Operator) {
        self.put_house(Table::Operators, operator.id.as_bytes(), &OperatorRecord::from(operator));
        self.contents.changes.push(Change::Operator(Arc::new(operator.clone())));
    }

    pub fn put_allowlist(&mut self, allowlist: &Allowlist) {
        self.put_house(Table::Settings, SETTING_ALLOWLIST, &AllowlistRecord::from(allowlist));
        self.contents.changes.push(Change::Allowlist(allowlist.clone()));
    }

    pub fn put_permissions(&mut self, permissions: RolePermissions) {
        self.put_house(Table::Settings, SETTING_PERMISSIONS, &PermissionsRecord::from(permissions));
        self.contents.changes.push(Change::Permissions(permissions));
    }

    pub fn put_department(&mut self, department: &Department) {
        self.put_house(Table::Departments, department.id.as_bytes(), &DepartmentRecord::from(department));
        self.contents.changes.push(Change::Department(Arc::new(department.clone())));
    }

    pub fn delete_department(&mut self, id: DepartmentId) {
        self.remove(Table::Departments, id.as_bytes());
        self.contents.changes.push(Change::NoDepartment(id));
    }

    pub fn put_canned(&mut self, canned: &CannedResponse) {
        self.put_house(Table::Canned, canned.id.as_bytes(), &CannedRecord::from(canned));
        self.contents.changes.push(Change::Canned(Arc::new(canned.clone())));
    }

    pub fn delete_canned(&mut self, id: CannedId) {
        self.remove(Table::Canned, id.as_bytes());
        self.contents.changes.push(Change::NoCanned(id));
    }

    pub fn put_mail(&mut self, mail: PendingMail) {
        self.put_house(Table::Mails, mail.conversation.as_bytes(), &MailRecord::from(&mail));
        self.contents.changes.push(Change::Mail(mail));
    }

    pub fn delete_mail(&mut self, conversation: ConversationId) {
        self.remove(Table::Mails, conversation.as_bytes());
        self.contents.changes.push(Change::NoMail(conversation));
    }

    pub fn put_block(&mut self, block: &Block) {
        self.put_house(Table::Blocks, block.id.as_bytes(), &BlockRecord::from(block));
        self.contents.changes.push(Change::Block(Arc::new(block.clone())));
    }

    pub fn delete_block(&mut self, id: BlockId) {
        self.remove(Table::Blocks, id.as_bytes());
        self.contents.changes.push(Change::NoBlock(id));
    }

    pub fn put_reporting(&mut self, days: ReportingDays) {
        self.put_house(Table::Settings, SETTING_REPORTING, &ReportingRecord::from(days));
        self.contents.changes.push(Change::Reporting(days));
    }

    pub fn put_audit_days(&mut self, days: AuditDays) {
        self.put_house(Table::Settings, SETTING_AUDIT, &AuditDaysRecord::from(days));
        self.contents.changes.push(Change::AuditDays(days));
    }

    pub fn put_start(&mut self, start: &Start) {
        self.put_house(Table::Settings, SETTING_START, &StartRecord::from(start));
    }

    pub fn put_backups(&mut self, history: &History) {
        self.put_house(Table::Settings, SETTING_BACKUPS, &BackupsRecord::from(history));
    }

    pub fn put_sso(&mut self, sso: &SingleSignOn) {
        self.put_house(Table::Settings, SETTING_SSO, &SsoRecord::from(sso));
        self.contents.changes.push(Change::Sso(Arc::new(sso.clone())));
    }

    pub fn put_policy(&mut self, policy: SignInPolicy) {
        self.put_house(Table::Settings, SETTING_POLICY, &PolicyRecord::from(policy));
        self.contents.changes.push(Change::Policy(policy));
    }

    pub fn put_precautions(&mut self, precautions: &Precautions) {
        self.put_house(Table::Settings, SETTING_PRECAUTIONS, &PrecautionsRecord::from(precautions));
        self.contents.changes.push(Change::Precautions(precautions.clone()));
    }

    /// All that somebody is owed from here on.
    pub fn put_letters(&mut self, operator: OperatorId, letters: Vec<OwedLetter>) {
        if letters.is_empty() {
            self.remove(Table::Letters, operator.as_bytes());
        } else {
            self.put_house(Table::Letters, operator.as_bytes(), &LettersRecord::from(&letters[..]));
        }
        self.contents.changes.push(Change::Letters(operator, letters));
    }

    pub fn put_factors(&mut self, operator: OperatorId, factors: &Factors) {
        self.put_house(Table::Factors, operator.as_bytes(), &FactorsRecord::from(factors));
        self.contents.changes.push(Change::Factors(operator, Arc::new(factors.clone())));
    }

    pub fn delete_factors(&mut self, operator: OperatorId) {
        self.remove(Table::Factors, operator.as_bytes());
        self.contents.changes.push(Change::NoFactors(operator));
    }

    pub fn put_alert(&mut self, alert: &Alert) {
        self.put_house(Table::Alerts, alert.id.as_bytes(), &AlertRecord::from(alert));
        self.contents.changes.push(Change::Alert(Arc::new(alert.clone())));
    }

    pub fn delete_alert(&mut self, id: AlertId) {
        self.remove(Table::Alerts, id.as_bytes());
        self.contents.changes.push(Change::NoAlert(id));
    }

    pub fn put_session(&mut self, hash: &[u8; 32], session: &Session) {
        self.put_house(Table::Sessions, hash, &SessionRecord::from(session));
    }

    pub fn delete_session(&mut self, hash: &[u8; 32]) {
        self.remove(Table::Sessions, hash);
    }

    /// A small secret of the appliance itself, such as its certificate authority: sealed like all else. At most 65,000 bytes.
    pub fn put_secret(&mut self, name: &'static str, bytes: &[u8]) {
        self.seal_house(Table::Secrets, name.as_bytes(), bytes);
    }

    pub fn delete_secret(&mut self, name: &'static str) {
        self.remove(Table::Secrets, name.as_bytes());
    }
}

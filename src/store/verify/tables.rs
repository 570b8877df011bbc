//! The house and the whole of the index: each value opens and reads, and there is nothing that does not belong there.

use std::collections::BTreeMap;

use super::Check;
use crate::domain::id::{
    BlockId, CannedId, ConversationId, DeliveryId, DepartmentId, FormId, HoldId, OperatorId, OrderId, SiteId, WebhookId,
};
use crate::store::records::{
    self, AlertRecord, AllowlistRecord, AuditDaysRecord, BacklogRecord, BlockRecord, CannedRecord, CounterRecord, DeliveryRecord,
    DepartmentRecord, DueRecord, EvidenceRecord, FactorsRecord, HoldRecord, MailRecord, OperatorRecord, OrderRecord,
    OrganisationRecord, PageRecord, PermissionsRecord, PlanRecord, PolicyRecord, PostureRecord, PrecautionsRecord, PurgeRecord,
    PurgingRecord, ReportingRecord, RequestRecord, SecureFormRecord, SessionRecord, SiteRecord, SsoRecord, StartRecord,
    WebhookRecord,
};
use crate::store::tables::{
    SETTING_ALLOWLIST, SETTING_AUDIT, SETTING_BACKLOG, SETTING_ORGANISATION, SETTING_PERMISSIONS, SETTING_POLICY,
    SETTING_POSTURE, SETTING_PRECAUTIONS, SETTING_PURGING, SETTING_REPORTING, SETTING_RETENTION, SETTING_SSO, SETTING_START,
    Table,
};
use crate::store::{Shared, StoreError};
use crate::vault::NodeAt;

/// What the house seals, besides the audit log, which is checked as a chain.
pub(in crate::store) const HOUSE: [(Table, &str); 23] = [
    (Table::Catalogue, "pages of the catalogue"),
    (Table::Settings, "settings"),
    (Table::Sites, "sites"),
    (Table::Operators, "people"),
    (Table::Sessions, "sessions"),
    (Table::Secrets, "secrets"),
    (Table::Purges, "erasures at work"),
    (Table::Tombstones, "erasures that backups are told of"),
    (Table::Departments, "departments"),
    (Table::Canned, "canned responses"),
    (Table::Blocks, "visitors who are kept out"),
    (Table::Counters, "counters for reports"),
    (Table::Mails, "transcripts to be mailed"),
    (Table::Factors, "second factors"),
    (Table::Alerts, "alerts"),
    (Table::Orders, "purge rules"),
    (Table::Due, "purges to come"),
    (Table::Holds, "legal holds"),
    (Table::Forms, "secure forms"),
    (Table::Requests, "requests to fill in a form"),
    (Table::Webhooks, "webhooks"),
    (Table::Deliveries, "deliveries to webhooks"),
    (Table::Evidence, "reports on the settings"),
];
/// Records without a drawer that are remembered, to be looked for again.
const STRAYS: usize = 10_000;

impl Check<'_> {
    pub(super) fn tables(&mut self) -> Result<(), StoreError> {
        for (table, name) in HOUSE {
            self.house(table, name)?;
        }
        self.everything()
    }

    fn house(&mut self, table: Table, name: &'static str) -> Result<(), StoreError> {
        let mut count = 0;
        let mut first = Vec::new();
        for found in self.shared.index.scan(&[table.tag()])? {
            let (key, sealed) = found?;
            let key = &key[1..];
            if is_further_part(&first, key) {
                continue;
            }
            first = key.to_vec();
            count += 1;
            let mut outcome = value(self.shared, table, key, &sealed);
            while let Err(error) = &outcome {
                match self.shared.index.get(&table.key(key))? {
                    // Written again meanwhile.
                    Some(now) if now != sealed => outcome = value(self.shared, table, key, &now),
                    Some(_) => {
                        let which = described(table, key, count);
                        self.fault(format!("{which} is damaged: {error}."))?;
                        break;
                    }
                    None => break,
                }
            }
        }
        self.counted(name, count);
        Ok(())
    }

    /// Every key there is, in order.
    fn everything(&mut self) -> Result<(), StoreError> {
        const WHAT: &str = "records altogether";
        let mut count = 0;
        let mut strays: Vec<Vec<u8>> = Vec::new();
        let mut unknown: BTreeMap<u8, u64> = BTreeMap::new();
        for found in self.shared.index.scan(&[])? {
            let (key, _) = found?;
            count += 1;
            match Table::of_key(&key) {
                None => *unknown.entry(key.first().copied().unwrap_or_default()).or_default() += 1,
                Some(table) if is_stray(self.shared, table, &key) && strays.len() < STRAYS => strays.push(key.to_vec()),
                Some(_) => {}
            }
            self.progress(WHAT, count, 0)?;
        }
        for (tag, count) in unknown {
            self.fault(format!("{count} records stand in a table with the number {tag}, which this version does not know."))?;
        }
        // While drawers are being erased, what lay in them outlives their place in the catalogue by a moment.
        if self.shared.index.scan(&[Table::Purges.tag()])?.next().is_none() {
            let mut left = 0_u64;
            for key in strays {
                let is_left = self.shared.index.get(&key)?.is_some();
                left += u64::from(is_left && Table::of_key(&key).is_some_and(|table| is_stray(self.shared, table, &key)));
            }
            if left > 0 {
                self.fault(format!("{left} records belong to no conversation and to no place in the key tree."))?;
            }
        }
        self.counted(WHAT, count);
        Ok(())
    }
}

/// The further parts of a value stand right behind it, under its key and one more byte.
pub(in crate::store) fn is_further_part(first: &[u8], key: &[u8]) -> bool {
    !first.is_empty() && key.len() == first.len() + 1 && key.starts_with(first)
}

/// Opens and reads one value of the house.
pub(in crate::store) fn value(shared: &Shared, table: Table, key: &[u8], sealed: &[u8]) -> Result<(), StoreError> {
    read(table, key, &shared.open_house_value(table, key, sealed)?)
}

/// Reads what such a value holds.
pub(in crate::store) fn read(table: Table, key: &[u8], bytes: &[u8]) -> Result<(), StoreError> {
    let id = || <[u8; 16]>::try_from(key).map_err(|_| StoreError::Damaged("its key is strange".to_owned()));
    match (table, key) {
        (Table::Catalogue, _) => records::decode::<PageRecord>(bytes).map(drop),
        (Table::Settings, SETTING_ORGANISATION) => records::decode::<OrganisationRecord>(bytes)?.organisation().map(drop),
        (Table::Settings, SETTING_ALLOWLIST) => records::decode::<AllowlistRecord>(bytes)?.allowlist().map(drop),
        (Table::Settings, SETTING_PERMISSIONS) => records::decode::<PermissionsRecord>(bytes).map(drop),
        (Table::Settings, SETTING_PRECAUTIONS) => records::decode::<PrecautionsRecord>(bytes).map(drop),
        (Table::Departments, _) => {
            records::decode::<DepartmentRecord>(bytes)?.department(DepartmentId::from_bytes(id()?)).map(drop)
        }
        (Table::Canned, _) => records::decode::<CannedRecord>(bytes)?.canned(CannedId::from_bytes(id()?)).map(drop),
        (Table::Mails, _) => records::decode::<MailRecord>(bytes).map(drop),
        (Table::Blocks, _) => records::decode::<BlockRecord>(bytes)?.block(BlockId::from_bytes(id()?)).map(drop),
        (Table::Sites, _) => records::decode::<SiteRecord>(bytes)?.site(SiteId::from_bytes(id()?)).map(drop),
        (Table::Settings, SETTING_AUDIT) => records::decode::<AuditDaysRecord>(bytes)?.days().map(drop),
        (Table::Settings, SETTING_START) => records::decode::<StartRecord>(bytes).map(drop),
        (Table::Settings, SETTING_REPORTING) => records::decode::<ReportingRecord>(bytes)?.days().map(drop),
        (Table::Counters, _) => records::decode::<CounterRecord>(bytes)?.counter().map(drop),
        (Table::Operators, _) => records::decode::<OperatorRecord>(bytes)?.operator(OperatorId::from_bytes(id()?)).map(drop),
        (Table::Sessions, _) => records::decode::<SessionRecord>(bytes)?.session().map(drop),
        (Table::Settings, SETTING_POLICY) => records::decode::<PolicyRecord>(bytes).map(drop),
        (Table::Factors, _) => records::decode::<FactorsRecord>(bytes)?.factors().map(drop),
        (Table::Alerts, _) => records::decode::<AlertRecord>(bytes).map(drop),
        (Table::Purges, _) => records::decode::<PurgeRecord>(bytes).map(drop),
        (Table::Settings, SETTING_SSO) => records::decode::<SsoRecord>(bytes)?.sso().map(drop),
        (Table::Settings, SETTING_RETENTION) => records::decode::<PlanRecord>(bytes)?.plan().map(drop),
        (Table::Settings, SETTING_PURGING) => records::decode::<PurgingRecord>(bytes).map(drop),
        (Table::Settings, SETTING_BACKLOG) => records::decode::<BacklogRecord>(bytes).map(drop),
        (Table::Settings, SETTING_POSTURE) => records::decode::<PostureRecord>(bytes)?.posture().map(drop),
        (Table::Orders, _) => records::decode::<OrderRecord>(bytes)?.order(OrderId::from_bytes(id()?)).map(drop),
        (Table::Due, _) => records::decode::<DueRecord>(bytes).map(drop),
        (Table::Holds, _) => records::decode::<HoldRecord>(bytes)?.hold(HoldId::from_bytes(id()?)).map(drop),
        (Table::Forms, _) => records::decode::<SecureFormRecord>(bytes)?.form(FormId::from_bytes(id()?)).map(drop),
        (Table::Requests, _) => records::decode::<RequestRecord>(bytes).map(drop),
        (Table::Webhooks, _) => records::decode::<WebhookRecord>(bytes)?.webhook(WebhookId::from_bytes(id()?)).map(drop),
        (Table::Deliveries, _) => records::decode::<DeliveryRecord>(bytes)?.delivery(DeliveryId::from_bytes(id()?)).map(drop),
        (Table::Evidence, _) => records::decode::<EvidenceRecord>(bytes).map(drop),
        _ => Ok(()),
    }
}

/// Whether a record belongs to nothing that there is.
pub(in crate::store) fn is_stray(shared: &Shared, table: Table, key: &[u8]) -> bool {
    match table {
        Table::Heads
        | Table::Events
        | Table::Transcripts
        | Table::Drafts
        | Table::Signatures
        | Table::Files
        | Table::Submissions
        | Table::Subjects
        | Table::SubjectsOf => {
            // In the index of people the hash stands before the drawer.
            let place = if table == Table::Subjects { 17..33 } else { 1..17 };
            let id = key.get(place).and_then(|id| <[u8; 16]>::try_from(id).ok()).map(ConversationId::from_bytes);
            id.is_none_or(|id| shared.entry(id).is_none())
        }
        Table::Keys => NodeAt::from_key(&key[1..]).is_none(),
        _ => false,
    }
}

/// Which value it is, by a number or by a name of ours, and by nothing that somebody gave it.
pub(in crate::store) fn described(table: Table, key: &[u8], count: u64) -> String {
    match (table, <[u8; 4]>::try_from(key)) {
        (Table::Catalogue, Ok(number)) => format!("Page {} of the catalogue", u32::from_be_bytes(number)),
        (Table::Settings | Table::Secrets, _) => format!("The record “{}” in {}", String::from_utf8_lossy(key), table.name()),
        _ => format!("Record {count} of the table {}", table.name()),
    }
}

//! Filling memory from the disk at the start: the house and what is open.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use parking_lot::Mutex;

use super::catalogue::{Entry, State};
use super::house::House;
use super::index::Index;
use super::records::{
    self, AlertRecord, AllowlistRecord, AuditDaysRecord, BacklogRecord, BlockRecord, CannedRecord, DeliveryRecord,
    DepartmentRecord, DueRecord, EvidenceRecord, FactorsRecord, HoldRecord, LettersRecord, MailRecord, OperatorRecord,
    OrderRecord, OrganisationRecord, PermissionsRecord, PlanRecord, PolicyRecord, PostureRecord, PrecautionsRecord,
    PurgingRecord, ReportingRecord, RequestRecord, SecureFormRecord, SiteRecord, SsoRecord, WebhookRecord,
};
use super::tables::{
    SETTING_ALLOWLIST, SETTING_AUDIT, SETTING_BACKLOG, SETTING_ORGANISATION, SETTING_PERMISSIONS, SETTING_POLICY,
    SETTING_POSTURE, SETTING_PRECAUTIONS, SETTING_PURGING, SETTING_REPORTING, SETTING_RETENTION, SETTING_SSO, Table,
};
use super::{OpenConversation, OpenEntry, Shared, StoreError, drawers};
use crate::domain::conversation::Receipts;
use crate::domain::id::{
    AlertId, BlockId, CannedId, ConversationId, DeliveryId, DepartmentId, EvidenceId, FormId, HoldId, OperatorId, OrderId,
    RequestId, SiteId, WebhookId,
};
use crate::domain::limits;
use crate::vault::{Key, LEVELS, NodeAt, Sealer, Slot, Walker};

/// How many leaves the key tree has: they are made in the order of their numbers and never removed.
pub(super) fn leaves(index: &Index) -> Result<u32, StoreError> {
    let (first, last) = ([Table::Keys.tag(), LEVELS - 1], [Table::Keys.tag(), LEVELS]);
    let Some(found) = index.range_down(&first, &last)?.next() else { return Ok(0) };
    let (key, _) = found?;
    Ok(NodeAt::from_key(&key[1..]).map_or(0, |at| at.index + 1))
}

pub(super) fn house(shared: &Shared) -> Result<House, StoreError> {
    let mut house = House::default();
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_ORGANISATION)? {
        house.organisation = Some(records::decode::<OrganisationRecord>(&bytes)?.organisation()?);
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_ALLOWLIST)? {
        house.allowlist = records::decode::<AllowlistRecord>(&bytes)?.allowlist()?;
    }
    for_each(shared, Table::Sites, |id, bytes| {
        let site = records::decode::<SiteRecord>(bytes)?.site(SiteId::from_bytes(id))?;
        house.sites.insert(site.id, Arc::new(site));
        Ok(())
    })?;
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_PERMISSIONS)? {
        house.permissions = records::decode::<PermissionsRecord>(&bytes)?.into();
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_AUDIT)? {
        house.audit_days = records::decode::<AuditDaysRecord>(&bytes)?.days()?;
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_REPORTING)? {
        house.reporting = records::decode::<ReportingRecord>(&bytes)?.days()?;
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_SSO)? {
        house.sso = Arc::new(records::decode::<SsoRecord>(&bytes)?.sso()?);
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_POLICY)? {
        house.policy = records::decode::<PolicyRecord>(&bytes)?.into();
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_PRECAUTIONS)? {
        house.precautions = records::decode::<PrecautionsRecord>(&bytes)?.into();
    }
    for_each(shared, Table::Letters, |id, bytes| {
        house.letters.insert(OperatorId::from_bytes(id), records::decode::<LettersRecord>(bytes)?.letters());
        Ok(())
    })?;
    for_each(shared, Table::Factors, |id, bytes| {
        let factors = records::decode::<FactorsRecord>(bytes)?.factors()?;
        house.factors.insert(OperatorId::from_bytes(id), Arc::new(factors));
        Ok(())
    })?;
    for_each(shared, Table::Alerts, |id, bytes| {
        let alert = records::decode::<AlertRecord>(bytes)?.alert(AlertId::from_bytes(id));
        house.alerts.insert(alert.id, Arc::new(alert));
        Ok(())
    })?;
    for_each(shared, Table::Departments, |id, bytes| {
        let department = records::decode::<DepartmentRecord>(bytes)?.department(DepartmentId::from_bytes(id))?;
        house.departments.insert(department.id, Arc::new(department));
        Ok(())
    })?;
    for_each(shared, Table::Canned, |id, bytes| {
        let canned = records::decode::<CannedRecord>(bytes)?.canned(CannedId::from_bytes(id))?;
        house.canned.insert(canned.id, Arc::new(canned));
        Ok(())
    })?;
    for_each(shared, Table::Mails, |id, bytes| {
        let conversation = ConversationId::from_bytes(id);
        house.mails.insert(conversation, records::decode::<MailRecord>(bytes)?.mail(conversation));
        Ok(())
    })?;
    for_each(shared, Table::Blocks, |id, bytes| {
        let block = records::decode::<BlockRecord>(bytes)?.block(BlockId::from_bytes(id))?;
        house.blocks.insert(block.id, Arc::new(block));
        Ok(())
    })?;
    for_each(shared, Table::Operators, |id, bytes| {
        let operator = records::decode::<OperatorRecord>(bytes)?.operator(OperatorId::from_bytes(id))?;
        house.operators.insert(operator.id, Arc::new(operator));
        Ok(())
    })?;
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_RETENTION)? {
        house.retention = records::decode::<PlanRecord>(&bytes)?.plan()?;
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_PURGING)? {
        house.purging = records::decode::<PurgingRecord>(&bytes)?.into();
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_BACKLOG)? {
        house.backlog = records::decode::<BacklogRecord>(&bytes)?.into();
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_POSTURE)? {
        house.posture = Arc::new(records::decode::<PostureRecord>(&bytes)?.posture()?);
    }
    privacy(shared, &mut house)?;
    Ok(house)
}

/// What is kept for how long, who is told, what is asked.
fn privacy(shared: &Shared, house: &mut House) -> Result<(), StoreError> {
    for_each(shared, Table::Orders, |id, bytes| {
        let order = records::decode::<OrderRecord>(bytes)?.order(OrderId::from_bytes(id))?;
        house.orders.insert(order.id, Arc::new(order));
        Ok(())
    })?;
    for_each(shared, Table::Holds, |id, bytes| {
        let hold = records::decode::<HoldRecord>(bytes)?.hold(HoldId::from_bytes(id))?;
        house.holds.insert(hold.id, Arc::new(hold));
        Ok(())
    })?;
    for_each(shared, Table::Forms, |id, bytes| {
        let form = records::decode::<SecureFormRecord>(bytes)?.form(FormId::from_bytes(id))?;
        house.forms.insert(form.id, Arc::new(form));
        Ok(())
    })?;
    for_each(shared, Table::Requests, |id, bytes| {
        let request = records::decode::<RequestRecord>(bytes)?.request(RequestId::from_bytes(id));
        house.requests.insert(request.id, Arc::new(request));
        Ok(())
    })?;
    for_each(shared, Table::Webhooks, |id, bytes| {
        let webhook = records::decode::<WebhookRecord>(bytes)?.webhook(WebhookId::from_bytes(id))?;
        house.webhooks.insert(webhook.id, Arc::new(webhook));
        Ok(())
    })?;
    for_each(shared, Table::Due, |id, bytes| {
        house.due.insert(ConversationId::from_bytes(id), records::decode::<DueRecord>(bytes)?.due(id));
        Ok(())
    })?;
    for_each(shared, Table::Deliveries, |id, bytes| {
        let delivery = records::decode::<DeliveryRecord>(bytes)?.delivery(DeliveryId::from_bytes(id))?;
        house.deliveries.insert(delivery.id, delivery);
        Ok(())
    })?;
    for_each(shared, Table::Evidence, |id, bytes| {
        let evidence = records::decode::<EvidenceRecord>(bytes)?.evidence(EvidenceId::from_bytes(id));
        house.evidence.insert(evidence.id, evidence.at);
        Ok(())
    })
}

fn for_each(
    shared: &Shared,
    table: Table,
    mut take: impl FnMut([u8; 16], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for entry in shared.index.scan(&[table.tag()])? {
        let (key, first) = entry?;
        // Longer keys are further parts.
        let Ok(id) = <[u8; 16]>::try_from(&key[1..]) else { continue };
        take(id, &shared.open_house_value(table, &id, &first)?)?;
    }
    Ok(())
}

/// Opens every conversation that is not closed, neighbours in the key tree together. Of the closed ones nothing is read.
pub(super) fn conversations(shared: &Shared) -> Result<(), StoreError> {
    let open: Vec<(Slot, Entry)> = {
        let catalogue = shared.catalogue.read();
        catalogue.entries().filter(|(_, entry)| entry.state == State::Open).map(|(slot, entry)| (slot, *entry)).collect()
    };
    let top = shared.top.read();
    let mut walker = Walker::default();
    for (slot, entry) in open {
        let read = |level, index| drawers::node_in(&shared.index, top.epoch, level, index);
        let key = walker.key(&top.key, slot, &shared.installation, read)?;
        let conversation = reopen(shared, entry.drawer, &key)?;
        let mut ones = shared.open.write();
        let by_token = ones.by_token.get(&entry.token_index).and_then(|other| ones.by_id.get(other));
        // A visitor has one open conversation at a time, but for one that was ended and is not closed yet.
        if by_token.is_none_or(|other| other.conversation.lock().head.started_at <= conversation.head.started_at) {
            ones.by_token.insert(entry.token_index, entry.drawer);
        }
        let conversation = Arc::new(Mutex::new(conversation));
        ones.by_id.insert(entry.drawer, OpenEntry { conversation, key, token_index: entry.token_index, files: None });
    }
    Ok(())
}

/// Writes were refused that memory had counted on already: every open conversation becomes again what is stored of it.
pub(super) fn refresh(shared: &Shared) -> Result<(), StoreError> {
    let open: Vec<_> =
        shared.open.read().by_id.iter().map(|(id, it)| (*id, it.key.clone(), Arc::clone(&it.conversation))).collect();
    for (id, key, conversation) in open {
        let mut conversation = conversation.lock();
        let receipts = std::mem::take(&mut conversation.receipts);
        *conversation = OpenConversation { receipts, ..reopen(shared, id, &key)? };
    }
    Ok(())
}

fn reopen(shared: &Shared, id: ConversationId, key: &Key) -> Result<OpenConversation, StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("the open conversation {id} {what}"));
    let sealer = Sealer::new(key);
    let head = shared.read_head(&sealer, id)?.ok_or_else(|| damaged("has no head"))?;
    let mut open = OpenConversation {
        last: 0,
        last_public: 0,
        active_at: head.started_at,
        client_ids: HashMap::new(),
        receipts: Receipts::default(),
        allowance: (f64::from(limits::VISITOR_MESSAGE_BURST), head.started_at),
        file_allowance: (f64::from(limits::VISITOR_FILE_BURST), head.started_at),
        files: Vec::new(),
        is_asked_for_file: false,
        said: HashMap::new(),
        head,
    };
    shared.read_events(&sealer, id, 1, |event| {
        if event.seq != open.last + 1 {
            return Err(damaged(&format!("lacks its event {}", open.last + 1)));
        }
        open.last = event.seq;
        if !event.kind.is_internal() {
            open.last_public = event.seq;
        }
        open.note_file(&event);
        open.note_said(&event);
        open.active_at = event.at;
        open.allowance.1 = event.at;
        if let Some(client_id) = event.client_id {
            open.client_ids.insert((event.author.operator(), client_id), (event.seq, event.at));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(open)
}

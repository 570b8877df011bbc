//! Writing what privacy is made of: clocks, purge rules, holds, forms, webhooks, profiles.

use std::sync::Arc;

use super::batch::{Batch, Change};
use super::records::{
    self, BacklogRecord, DeliveryRecord, DueRecord, EvidenceRecord, HoldRecord, OrderRecord, PlanRecord, PostureRecord,
    PurgingRecord, RequestRecord, SecureFormRecord, WebhookRecord,
};
use super::tables::{SETTING_BACKLOG, SETTING_POSTURE, SETTING_PURGING, SETTING_RETENTION, Table};
use super::{Store, StoreError};
use crate::domain::evidence::Evidence;
use crate::domain::hold::Hold;
use crate::domain::id::{ConversationId, DeliveryId, EvidenceId, FormId, HoldId, OrderId, RequestId, WebhookId};
use crate::domain::posture::Posture;
use crate::domain::purge_rule::{DuePurge, PurgeOrder, Purging};
use crate::domain::retention::RetentionPlan;
use crate::domain::secure_form::{FormRequest, SecureForm};
use crate::domain::subject::Backlog;
use crate::domain::webhook::{Delivery, Webhook};

impl Batch {
    pub fn put_retention(&mut self, plan: &RetentionPlan) {
        self.put_house(Table::Settings, SETTING_RETENTION, &PlanRecord::from(plan));
        self.contents.changes.push(Change::Retention(plan.clone()));
    }

    pub fn put_purging(&mut self, purging: Purging) {
        self.put_house(Table::Settings, SETTING_PURGING, &PurgingRecord::from(purging));
        self.contents.changes.push(Change::Purging(purging));
    }

    pub fn put_posture(&mut self, posture: &Posture) {
        self.put_house(Table::Settings, SETTING_POSTURE, &PostureRecord::from(posture));
        self.contents.changes.push(Change::Posture(Arc::new(posture.clone())));
    }

    pub fn put_backlog(&mut self, backlog: Backlog) {
        self.put_house(Table::Settings, SETTING_BACKLOG, &BacklogRecord::from(backlog));
        self.contents.changes.push(Change::Backlog(backlog));
    }

    pub fn put_due(&mut self, due: DuePurge) {
        self.put_house(Table::Due, &due.drawer, &DueRecord::from(&due));
        self.contents.changes.push(Change::Due(due));
    }

    pub fn delete_due(&mut self, drawer: ConversationId) {
        self.remove(Table::Due, drawer.as_bytes());
        self.contents.changes.push(Change::NoDue(drawer));
    }

    pub fn put_delivery(&mut self, delivery: Delivery) {
        self.put_house(Table::Deliveries, delivery.id.as_bytes(), &DeliveryRecord::from(&delivery));
        self.contents.changes.push(Change::Delivery(delivery));
    }

    pub fn delete_delivery(&mut self, id: DeliveryId) {
        self.remove(Table::Deliveries, id.as_bytes());
        self.contents.changes.push(Change::NoDelivery(id));
    }

    pub fn put_evidence(&mut self, evidence: &Evidence) {
        self.put_house(Table::Evidence, evidence.id.as_bytes(), &EvidenceRecord::from(evidence));
        self.contents.changes.push(Change::Evidence(evidence.id, evidence.at));
    }

    pub fn delete_evidence(&mut self, id: EvidenceId) {
        self.remove(Table::Evidence, id.as_bytes());
        self.contents.changes.push(Change::NoEvidence(id));
    }

    pub fn put_order(&mut self, order: &PurgeOrder) {
        self.put_house(Table::Orders, order.id.as_bytes(), &OrderRecord::from(order));
        self.contents.changes.push(Change::Order(Arc::new(order.clone())));
    }

    pub fn delete_order(&mut self, id: OrderId) {
        self.remove(Table::Orders, id.as_bytes());
        self.contents.changes.push(Change::NoOrder(id));
    }

    pub fn put_hold(&mut self, hold: &Hold) {
        self.put_house(Table::Holds, hold.id.as_bytes(), &HoldRecord::from(hold));
        self.contents.changes.push(Change::Hold(Arc::new(hold.clone())));
    }

    pub fn delete_hold(&mut self, id: HoldId) {
        self.remove(Table::Holds, id.as_bytes());
        self.contents.changes.push(Change::NoHold(id));
    }

    pub fn put_form(&mut self, form: &SecureForm) {
        self.put_house(Table::Forms, form.id.as_bytes(), &SecureFormRecord::from(form));
        self.contents.changes.push(Change::Form(Arc::new(form.clone())));
    }

    pub fn delete_form(&mut self, id: FormId) {
        self.remove(Table::Forms, id.as_bytes());
        self.contents.changes.push(Change::NoForm(id));
    }

    pub fn put_request(&mut self, request: &FormRequest) {
        self.put_house(Table::Requests, request.id.as_bytes(), &RequestRecord::from(request));
        self.contents.changes.push(Change::Request(Arc::new(request.clone())));
    }

    pub fn delete_request(&mut self, id: RequestId) {
        self.remove(Table::Requests, id.as_bytes());
        self.contents.changes.push(Change::NoRequest(id));
    }

    pub fn put_webhook(&mut self, webhook: &Webhook) {
        self.put_house(Table::Webhooks, webhook.id.as_bytes(), &WebhookRecord::from(webhook));
        self.contents.changes.push(Change::Webhook(Arc::new(webhook.clone())));
    }

    pub fn delete_webhook(&mut self, id: WebhookId) {
        self.remove(Table::Webhooks, id.as_bytes());
        self.contents.changes.push(Change::NoWebhook(id));
    }
}

impl Store {
    /// A report that is kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn evidence(&self, id: EvidenceId) -> Result<Option<Evidence>, StoreError> {
        let bytes = self.shared.house_value(Table::Evidence, id.as_bytes())?;
        bytes.map(|bytes| Ok(records::decode::<EvidenceRecord>(&bytes)?.evidence(id))).transpose()
    }
}

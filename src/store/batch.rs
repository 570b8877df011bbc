//! A change, put together and sealed in the thread of whoever makes it; the writer only writes.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::amend::Amended;
use super::catalogue::{Entry, State};
use super::counters::Count;
use super::parts::{self, Write};
use super::records::{self, ConversationRecord, EventRecord, Record};
use super::tables::{Table, event_key};
use super::{ClosedConversation, Commit, House, OpenConversation, OpenEntry, Organisation, Shared, Store, StoreError};
use crate::domain::alert::Alert;
use crate::domain::allowlist::Allowlist;
use crate::domain::audit::{AuditAction, AuditActor, AuditEvent};
use crate::domain::block::Block;
use crate::domain::canned::CannedResponse;
use crate::domain::conversation::{Conversation, Receipts};
use crate::domain::department::Department;
use crate::domain::event::Event;
use crate::domain::factor::Factors;
use crate::domain::hold::Hold;
use crate::domain::id::{
    AlertId, BlockId, CannedId, ConversationId, DeliveryId, DepartmentId, EvidenceId, FormId, HoldId, OperatorId, OrderId,
    RequestId, WebhookId,
};
use crate::domain::letter::OwedLetter;
use crate::domain::limits;
use crate::domain::mail::PendingMail;
use crate::domain::news::News;
use crate::domain::operator::Operator;
use crate::domain::permission::RolePermissions;
use crate::domain::policy::SignInPolicy;
use crate::domain::posture::Posture;
use crate::domain::purge_rule::{DuePurge, PurgeOrder, Purging};
use crate::domain::retention::{AuditDays, ReportingDays, RetentionPlan};
use crate::domain::secure_form::{FormRequest, SecureForm};
use crate::domain::site::Site;
use crate::domain::sso::SingleSignOn;
use crate::domain::subject::Backlog;
use crate::domain::suspicion::Precautions;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Delivery, Webhook};
use crate::vault::{Key, Sealer, Slot};

/// Everything in it becomes durable together or not at all.
pub struct Batch {
    pub(super) shared: Arc<Shared>,
    pub(super) contents: Contents,
    started: Vec<Started>,
    /// The first thing that went wrong while sealing; the commit is refused with it.
    failure: Option<StoreError>,
}

/// What the writer gets.
#[derive(Default)]
pub(super) struct Contents {
    /// What belongs to a drawer names it: once that is purged, nothing of it may be written any more.
    pub writes: Vec<(Option<ConversationId>, Write)>,
    pub audit: Vec<AuditEvent>,
    /// The last of the rows of the audit log that are removed, and the row that says so but for what it says.
    pub trim: Option<(u64, AuditEvent)>,
    /// What is added to the counters of reports.
    pub counts: Vec<Count>,
    pub changes: Vec<Change>,
    pub news: Vec<News>,
    /// New heads of conversations that are closed.
    pub amended: Vec<Amended>,
    /// Drawers that are new.
    pub started: Vec<(Slot, Entry)>,
    /// Slots whose drawers are destroyed.
    pub cleared: Vec<Slot>,
}

impl Contents {
    /// Whether it changes nothing.
    pub(super) fn is_only_news(&self) -> bool {
        self.writes.is_empty()
            && self.audit.is_empty()
            && self.trim.is_none()
            && self.counts.is_empty()
            && self.cleared.is_empty()
            && self.started.is_empty()
            && self.amended.is_empty()
    }

    /// Bytes of its writes.
    pub(super) fn bytes(&self) -> usize {
        self.writes.iter().map(|(_, (key, value))| key.len() + value.as_ref().map_or(0, Vec::len)).sum()
    }
}

/// What memory takes over once the batch is durable.
#[derive(Clone)]
pub(super) enum Change {
    Organisation(Organisation),
    Site(Arc<Site>),
    Operator(Arc<Operator>),
    Allowlist(Allowlist),
    Department(Arc<Department>),
    NoDepartment(DepartmentId),
    Canned(Arc<CannedResponse>),
    NoCanned(CannedId),
    Block(Arc<Block>),
    NoBlock(BlockId),
    Mail(PendingMail),
    NoMail(ConversationId),
    Permissions(RolePermissions),
    Reporting(ReportingDays),
    AuditDays(AuditDays),
    Policy(SignInPolicy),
    Sso(Arc<SingleSignOn>),
    Precautions(Precautions),
    Letters(OperatorId, Vec<OwedLetter>),
    Factors(OperatorId, Arc<Factors>),
    NoFactors(OperatorId),
    Alert(Arc<Alert>),
    NoAlert(AlertId),
    Retention(RetentionPlan),
    Purging(Purging),
    Backlog(Backlog),
    Posture(Arc<Posture>),
    Due(DuePurge),
    NoDue(ConversationId),
    Delivery(Delivery),
    NoDelivery(DeliveryId),
    Evidence(EvidenceId, Timestamp),
    NoEvidence(EvidenceId),
    Order(Arc<PurgeOrder>),
    NoOrder(OrderId),
    Hold(Arc<Hold>),
    NoHold(HoldId),
    Form(Arc<SecureForm>),
    NoForm(FormId),
    Request(Arc<FormRequest>),
    NoRequest(RequestId),
    Webhook(Arc<Webhook>),
    NoWebhook(WebhookId),
    Closed(ClosedConversation),
}

struct Started {
    slot: Slot,
    entry: Entry,
    key: Key,
    /// None: it holds no conversation.
    open: Option<Arc<Mutex<OpenConversation>>>,
}

impl Batch {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, contents: Contents::default(), started: Vec::new(), failure: None }
    }

    /// Takes the next drawer and writes the head. The conversation is open as soon as the batch is committed.
    pub fn start_conversation(&mut self, head: &Conversation) -> Arc<Mutex<OpenConversation>> {
        let open = Arc::new(Mutex::new(OpenConversation {
            head: head.clone(),
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
        }));
        let entry = Entry { drawer: head.id, site: head.site, token_index: head.token_index, state: State::Open };
        if self.start(entry, Some(Arc::clone(&open))) {
            self.put_conversation(head);
        }
        open
    }

    /// Takes the next drawer for what is no conversation.
    pub(super) fn start_drawer(&mut self, entry: Entry) -> bool {
        self.start(entry, None)
    }

    fn start(&mut self, entry: Entry, open: Option<Arc<Mutex<OpenConversation>>>) -> bool {
        match self.shared.take_slot() {
            Ok((slot, key)) => {
                self.contents.started.push((slot, entry));
                self.started.push(Started { slot, entry, key, open });
                true
            }
            Err(error) => {
                self.fail(error);
                false
            }
        }
    }

    /// Writes the head. When it is closed, the conversation leaves the open ones and joins the closed ones once durable; what
    /// else is in the batch still becomes part of it, and nothing later does.
    pub fn put_conversation(&mut self, head: &Conversation) {
        self.put_drawer(head.id, Table::Heads, head.id.as_bytes(), &ConversationRecord::from(head));
        if let Some(closed_at) = head.closed_at() {
            self.contents.changes.push(Change::Closed(ClosedConversation {
                id: head.id,
                site: head.site,
                closed_at,
                kind: head.closed_kind(),
            }));
        }
    }

    pub fn put_event(&mut self, conversation: ConversationId, event: &Event) {
        self.put_drawer(conversation, Table::Events, &event_key(conversation, event.seq), &EventRecord::from(event));
    }

    /// Writes an event of an open conversation once more, in its place: what was found in it only later goes.
    pub fn rewrite_event(&mut self, conversation: ConversationId, event: &Event) {
        // It may have become shorter, and must not leave its end behind.
        self.remove_drawer(conversation, Table::Events, &event_key(conversation, event.seq));
        self.put_event(conversation, event);
    }

    /// One row for the audit log; the writer numbers and chains it.
    pub fn audit(&mut self, at: Timestamp, actor: AuditActor, action: AuditAction) {
        self.audit_event(AuditEvent::done(at, actor, action));
    }

    /// The same, of something that may have been refused, and may have come over the network.
    pub fn audit_event(&mut self, event: AuditEvent) {
        self.contents.audit.push(event);
    }

    pub fn tell(&mut self, news: News) {
        self.contents.news.push(news);
    }

    pub(super) fn put_house<T: serde::Serialize + Record>(&mut self, table: Table, key: &[u8], record: &T) {
        match records::encode(record) {
            Ok(bytes) => self.seal_house(table, key, &bytes),
            Err(error) => self.fail(error),
        }
    }

    pub(super) fn seal_house(&mut self, table: Table, key: &[u8], bytes: &[u8]) {
        let mut writes = Vec::new();
        let sealed = parts::seal(self.shared.house_keys.sealer(table), &self.shared.installation, table, key, bytes, &mut writes);
        self.take(None, writes, sealed);
    }

    pub(super) fn put_drawer<T: serde::Serialize + Record>(
        &mut self,
        drawer: ConversationId,
        table: Table,
        key: &[u8],
        record: &T,
    ) {
        let mut writes = Vec::new();
        let sealed = self.key_of(drawer).and_then(|data_key| {
            let bytes = records::encode(record)?;
            parts::seal(&Sealer::new(&data_key), &self.shared.installation, table, key, &bytes, &mut writes)
        });
        self.take(Some(drawer), writes, sealed);
    }

    pub(super) fn remove(&mut self, table: Table, key: &[u8]) {
        let mut writes = Vec::new();
        parts::remove(table, key, &mut writes);
        self.take(None, writes, Ok(()));
    }

    pub(super) fn remove_drawer(&mut self, drawer: ConversationId, table: Table, key: &[u8]) {
        let mut writes = Vec::new();
        parts::remove(table, key, &mut writes);
        self.take(Some(drawer), writes, Ok(()));
    }

    /// Rows that go with a drawer and are not sealed.
    pub(super) fn write_for(&mut self, drawer: ConversationId, writes: impl IntoIterator<Item = Write>) {
        self.contents.writes.extend(writes.into_iter().map(|write| (Some(drawer), write)));
    }

    /// The house as it would be with this batch.
    #[must_use]
    pub fn preview(&self) -> House {
        let mut house = (*self.shared.house.load_full()).clone();
        self.contents.changes.iter().for_each(|change| house.change(change.clone()));
        house
    }

    fn take(&mut self, drawer: Option<ConversationId>, writes: Vec<Write>, sealed: Result<(), StoreError>) {
        match sealed {
            Ok(()) => self.contents.writes.extend(writes.into_iter().map(|write| (drawer, write))),
            Err(error) => self.fail(error),
        }
    }

    /// The key of a drawer, whether open or closed.
    pub(super) fn drawer_key(&self, drawer: ConversationId) -> Result<Option<Key>, StoreError> {
        self.shared.drawer_key(drawer)
    }

    fn key_of(&self, drawer: ConversationId) -> Result<Key, StoreError> {
        if let Some(started) = self.started.iter().find(|started| started.entry.drawer == drawer) {
            return Ok(started.key.clone());
        }
        if let Some(key) = self.shared.open.read().key_of(drawer) {
            return Ok(key);
        }
        // A closed conversation takes nothing any more; what was submitted does.
        let is_submission = self.shared.entry(drawer).is_some_and(|(_, entry)| entry.submission().is_some());
        let key = if is_submission { self.shared.drawer_key(drawer)? } else { None };
        key.ok_or(StoreError::Gone)
    }

    pub(super) fn fail(&mut self, error: StoreError) {
        self.failure.get_or_insert(error);
    }
}

/// A batch that was not committed gives its drawers back: nothing sealed with their keys has left memory.
impl Drop for Batch {
    fn drop(&mut self) {
        if !self.started.is_empty() {
            let mut drawers = self.shared.drawers.lock();
            for started in self.started.drain(..) {
                drawers.release_unused(started.slot, started.key);
            }
        }
    }
}

impl Store {
    pub fn batch(&self) -> Batch {
        Batch::new(Arc::clone(&self.shared))
    }

    /// Queues the batch and returns at once; batches become durable in the order of these calls.
    pub fn commit(&self, mut batch: Batch) -> Commit {
        if let Some(error) = batch.failure.take() {
            return Commit::refused(error);
        }
        // Also while nothing can be written: the writer refuses it, and tells whoever waits for an acknowledgement.
        let contents = std::mem::take(&mut batch.contents);
        if !batch.started.is_empty() {
            let mut open = self.shared.open.write();
            for Started { entry: Entry { drawer, token_index, .. }, key, open: conversation, .. } in batch.started.drain(..) {
                let Some(conversation) = conversation else {
                    open.arriving.insert(drawer, key);
                    continue;
                };
                open.by_token.insert(token_index, drawer);
                open.by_id.insert(drawer, OpenEntry { conversation, key, token_index, files: None });
            }
        }
        self.shared.queue.push_batch(contents)
    }
}

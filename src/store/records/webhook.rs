//! Webhooks and what they are told, as they are stored. The id is the key and not in it.

use serde::{Deserialize, Serialize};

use super::{Record, damaged, read, unfit};
use crate::domain::id::{ConversationId, DeliveryId, FormId, SiteId, SubmissionId, WebhookId};
use crate::domain::sso::Authority;
use crate::domain::text::Name;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{
    Delivery, DeliveryOutcome, EventSet, FormerSecret, Webhook, WebhookAct, WebhookEvent, WebhookSecret, WebhookUrl,
};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct WebhookRecord {
    it: WebhookRecord1,
    /// And until when it signs.
    former: Option<([u8; 32], i64)>,
}

/// Before there was a secret beside the newest one.
#[derive(Serialize, Deserialize)]
struct WebhookRecord1 {
    site: Option<[u8; 16]>,
    name: String,
    url: String,
    authority: Option<String>,
    secret: [u8; 32],
    /// One bit for each event.
    events: u8,
    with_transcript: bool,
    is_on: bool,
    created_at: i64,
}

impl Record for WebhookRecord {
    const VERSION: u8 = 2;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        if version != 1 {
            return Err(damaged("its version is not known"));
        }
        Ok(Self { it: read(body)?, former: None })
    }
}

impl From<&Webhook> for WebhookRecord {
    fn from(it: &Webhook) -> Self {
        let former = it.former.as_ref().map(|former| (former.secret.0, former.until.as_millis()));
        let it = WebhookRecord1 {
            site: it.site.map(|id| *id.as_bytes()),
            name: it.name.as_str().to_owned(),
            url: it.url.expose().to_owned(),
            authority: it.authority.as_ref().map(|pem| pem.as_str().to_owned()),
            secret: it.secret.0,
            events: it.events.bits(),
            with_transcript: it.with_transcript,
            is_on: it.is_on,
            created_at: it.created_at.as_millis(),
        };
        Self { it, former }
    }
}

impl WebhookRecord {
    pub(in crate::store) fn webhook(self, id: WebhookId) -> Result<Webhook, StoreError> {
        let Self { it, former } = self;
        let former =
            former.map(|(secret, until)| FormerSecret { secret: WebhookSecret(secret), until: Timestamp::from_millis(until) });
        Ok(Webhook {
            id,
            site: it.site.map(SiteId::from_bytes),
            name: Name::parse(&it.name).map_err(unfit)?,
            url: WebhookUrl::parse(&it.url).map_err(unfit)?,
            authority: it.authority.map(|pem| Authority::parse(&pem)).transpose().map_err(unfit)?,
            secret: WebhookSecret(it.secret),
            former,
            events: EventSet::from_bits(it.events),
            with_transcript: it.with_transcript,
            is_on: it.is_on,
            created_at: Timestamp::from_millis(it.created_at),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct DeliveryRecord {
    webhook: [u8; 16],
    /// Its place among the events.
    event: u8,
    site: Option<[u8; 16]>,
    conversation: Option<[u8; 16]>,
    /// And its form.
    submission: Option<([u8; 16], [u8; 16])>,
    purged: Vec<[u8; 16]>,
    since: i64,
    tries: u8,
    next_at: i64,
    outcome: OutcomeRecord,
}

#[derive(Serialize, Deserialize)]
enum OutcomeRecord {
    Waiting,
    Delivered { at: i64, status: u16 },
    GivenUp { at: i64, status: Option<u16> },
    Lapsed { at: i64 },
}

impl Record for DeliveryRecord {}

impl From<&Delivery> for DeliveryRecord {
    fn from(it: &Delivery) -> Self {
        Self {
            webhook: *it.webhook.as_bytes(),
            event: it.event as u8,
            site: it.site.map(|id| *id.as_bytes()),
            conversation: it.conversation.map(|id| *id.as_bytes()),
            submission: it.submission.map(|(id, form)| (*id.as_bytes(), *form.as_bytes())),
            purged: it.purged.iter().map(|id| *id.as_bytes()).collect(),
            since: it.since.as_millis(),
            tries: it.tries,
            next_at: it.next_at.as_millis(),
            outcome: match it.outcome {
                DeliveryOutcome::Waiting => OutcomeRecord::Waiting,
                DeliveryOutcome::Delivered { at, status } => OutcomeRecord::Delivered { at: at.as_millis(), status },
                DeliveryOutcome::GivenUp { at, status } => OutcomeRecord::GivenUp { at: at.as_millis(), status },
                DeliveryOutcome::Lapsed { at } => OutcomeRecord::Lapsed { at: at.as_millis() },
            },
        }
    }
}

impl DeliveryRecord {
    pub(in crate::store) fn delivery(self, id: DeliveryId) -> Result<Delivery, StoreError> {
        let event = WebhookEvent::ALL.get(usize::from(self.event)).copied();
        Ok(Delivery {
            id,
            webhook: WebhookId::from_bytes(self.webhook),
            event: event.ok_or_else(|| damaged("an event is not known"))?,
            site: self.site.map(SiteId::from_bytes),
            conversation: self.conversation.map(ConversationId::from_bytes),
            submission: self.submission.map(|(id, form)| (SubmissionId::from_bytes(id), FormId::from_bytes(form))),
            purged: self.purged.into_iter().map(ConversationId::from_bytes).collect(),
            since: Timestamp::from_millis(self.since),
            tries: self.tries,
            next_at: Timestamp::from_millis(self.next_at),
            outcome: match self.outcome {
                OutcomeRecord::Waiting => DeliveryOutcome::Waiting,
                OutcomeRecord::Delivered { at, status } => DeliveryOutcome::Delivered { at: Timestamp::from_millis(at), status },
                OutcomeRecord::GivenUp { at, status } => DeliveryOutcome::GivenUp { at: Timestamp::from_millis(at), status },
                OutcomeRecord::Lapsed { at } => DeliveryOutcome::Lapsed { at: Timestamp::from_millis(at) },
            },
        })
    }
}

/// What was done with a webhook, as a row of the audit log has it. A variant's place is its number on disk.
#[derive(Serialize, Deserialize)]
pub(super) enum WebhookActRecord {
    Added,
    Changed,
    SecretRenewed,
    Removed,
    Tried,
    Delivered(u8, Option<[u8; 16]>),
    GivenUp(u8, Option<[u8; 16]>),
    Repeated,
}

impl From<WebhookAct> for WebhookActRecord {
    fn from(act: WebhookAct) -> Self {
        let conversation = |id: Option<ConversationId>| id.map(|id| *id.as_bytes());
        match act {
            WebhookAct::Added => Self::Added,
            WebhookAct::Changed => Self::Changed,
            WebhookAct::SecretRenewed => Self::SecretRenewed,
            WebhookAct::Removed => Self::Removed,
            WebhookAct::Tried => Self::Tried,
            WebhookAct::Delivered(event, id) => Self::Delivered(event as u8, conversation(id)),
            WebhookAct::GivenUp(event, id) => Self::GivenUp(event as u8, conversation(id)),
            WebhookAct::Repeated => Self::Repeated,
        }
    }
}

impl From<WebhookActRecord> for WebhookAct {
    fn from(record: WebhookActRecord) -> Self {
        // Rows of the audit log are read whatever they say; no event of another name was ever written.
        let event = |number: u8| WebhookEvent::ALL.get(usize::from(number)).copied().unwrap_or(WebhookEvent::Test);
        let conversation = |id: Option<[u8; 16]>| id.map(ConversationId::from_bytes);
        match record {
            WebhookActRecord::Added => Self::Added,
            WebhookActRecord::Changed => Self::Changed,
            WebhookActRecord::SecretRenewed => Self::SecretRenewed,
            WebhookActRecord::Removed => Self::Removed,
            WebhookActRecord::Tried => Self::Tried,
            WebhookActRecord::Delivered(number, id) => Self::Delivered(event(number), conversation(id)),
            WebhookActRecord::GivenUp(number, id) => Self::GivenUp(event(number), conversation(id)),
            WebhookActRecord::Repeated => Self::Repeated,
        }
    }
}

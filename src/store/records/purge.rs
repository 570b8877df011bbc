//! A purge that has begun, as it is stored until it is done.

use serde::{Deserialize, Serialize};

use super::audit::{ActorRecord, RuleRecord};
use super::{Record, damaged, read};
use crate::domain::audit::{AuditAction, AuditEvent, PurgeReceipt};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::retention::RetentionClass;
use crate::domain::time::Timestamp;
use crate::store::{Purge, StoreError};
use crate::vault::Slot;

/// A purge between its first write and its last, so that one that was cut short is finished or undone at the next start.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct PurgeRecord {
    /// The epoch of the new nodes. Once the tip has it, there is no way back.
    pub epoch: u64,
    pub doomed: Vec<Doomed>,
    site: [u8; 16],
    rule: RuleRecord,
    actor: ActorRecord,
    at: i64,
    events: u64,
    /// Drawers with files, and how many files are in them.
    attachments: Vec<Doomed>,
    files: u64,
    submissions: Vec<Doomed>,
    /// How many of the conversations are messages left, and how many entries are in these.
    messages: u32,
    events_of_messages: u64,
}

/// What a purge takes with it.
#[derive(Default)]
pub(in crate::store) struct Doom {
    pub conversations: Vec<(Slot, ConversationId)>,
    pub events: u64,
    pub attachments: Vec<(Slot, ConversationId)>,
    pub files: u64,
    pub submissions: Vec<(Slot, ConversationId)>,
    pub messages: u32,
    pub events_of_messages: u64,
}

impl Doom {
    pub(in crate::store) fn all(&self) -> impl Iterator<Item = &(Slot, ConversationId)> {
        self.conversations.iter().chain(&self.attachments).chain(&self.submissions)
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }
}

/// Version 2 took every conversation for a chat.
#[derive(Deserialize)]
struct PurgeRecord2 {
    epoch: u64,
    doomed: Vec<Doomed>,
    site: [u8; 16],
    rule: RuleRecord,
    actor: ActorRecord,
    at: i64,
    events: u64,
    attachments: Vec<Doomed>,
    files: u64,
}

/// Version 1 knew of no files.
#[derive(Deserialize)]
struct PurgeRecord1 {
    epoch: u64,
    doomed: Vec<Doomed>,
    site: [u8; 16],
    rule: RuleRecord,
    actor: ActorRecord,
    at: i64,
    events: u64,
}

impl Record for PurgeRecord {
    const VERSION: u8 = 3;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        let it = match version {
            1 => read::<PurgeRecord1>(body)?.into(),
            2 => read(body)?,
            _ => return Err(damaged("its version is not known")),
        };
        let PurgeRecord2 { epoch, doomed, site, rule, actor, at, events, attachments, files } = it;
        let (submissions, messages, events_of_messages) = (Vec::new(), 0, 0);
        Ok(Self { epoch, doomed, site, rule, actor, at, events, attachments, files, submissions, messages, events_of_messages })
    }
}

impl From<PurgeRecord1> for PurgeRecord2 {
    fn from(it: PurgeRecord1) -> Self {
        let PurgeRecord1 { epoch, doomed, site, rule, actor, at, events } = it;
        Self { epoch, doomed, site, rule, actor, at, events, attachments: Vec::new(), files: 0 }
    }
}

/// One drawer on its way out. What lies in it stands in the catalogue until its slot is cleared.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::store) struct Doomed {
    pub drawer: [u8; 16],
    pub slot: Slot,
}

impl PurgeRecord {
    pub(in crate::store) fn new(epoch: u64, doom: Doom, purge: &Purge) -> Self {
        let listed = |drawers: Vec<(Slot, ConversationId)>| {
            drawers.into_iter().map(|(slot, drawer)| Doomed { drawer: *drawer.as_bytes(), slot }).collect()
        };
        Self {
            epoch,
            doomed: listed(doom.conversations),
            site: *purge.site.as_bytes(),
            rule: purge.rule.into(),
            actor: (&purge.actor).into(),
            at: purge.now.as_millis(),
            events: doom.events,
            attachments: listed(doom.attachments),
            files: doom.files,
            submissions: listed(doom.submissions),
            messages: doom.messages,
            events_of_messages: doom.events_of_messages,
        }
    }

    /// Everything that it destroys.
    pub(in crate::store) fn all(&self) -> impl Iterator<Item = &Doomed> {
        self.doomed.iter().chain(&self.attachments).chain(&self.submissions)
    }

    pub(in crate::store) fn site(&self) -> SiteId {
        SiteId::from_bytes(self.site)
    }

    pub(in crate::store) fn drawers(&self) -> impl Iterator<Item = ConversationId> {
        self.all().map(Doomed::id)
    }

    pub(in crate::store) fn conversations(&self) -> impl Iterator<Item = ConversationId> {
        self.doomed.iter().map(Doomed::id)
    }

    pub(in crate::store) fn attachments(&self) -> impl Iterator<Item = ConversationId> {
        self.attachments.iter().map(Doomed::id)
    }

    pub(in crate::store) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.all().map(|doomed| doomed.slot)
    }

    /// One receipt for each kind of thing that it destroys.
    pub(in crate::store) fn audit_rows(&self) -> Vec<AuditEvent> {
        let messages = (self.messages as usize).min(self.doomed.len());
        let kinds = [
            (RetentionClass::Transcripts, self.doomed.len() - messages, self.events - self.events_of_messages),
            (RetentionClass::Messages, messages, self.events_of_messages),
            (RetentionClass::Attachments, self.attachments.len(), self.files),
            (RetentionClass::Submissions, self.submissions.len(), self.submissions.len() as u64),
        ];
        let row = |(class, drawers, events)| {
            let receipt = PurgeReceipt {
                site: self.site(),
                rule: self.rule.into(),
                class,
                drawers: u32::try_from(drawers).unwrap_or(u32::MAX),
                events,
                epoch: Some(self.epoch),
            };
            AuditEvent::done(Timestamp::from_millis(self.at), self.actor.clone().into(), AuditAction::Purged(receipt))
        };
        kinds.into_iter().filter(|(_, drawers, _)| *drawers > 0).map(row).collect()
    }
}

impl Doomed {
    fn id(&self) -> ConversationId {
        ConversationId::from_bytes(self.drawer)
    }
}

//! Webhooks: receivers who are told over https what happened, each thing until they have taken it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;
use zeroize::Zeroizing;

use super::id::{ConversationId, DeliveryId, FormId, SiteId, SubmissionId, WebhookId};
use super::limits;
use super::sso::Authority;
use super::text::Name;
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    /// None: what happens on any site.
    pub site: Option<SiteId>,
    pub name: Name,
    pub url: WebhookUrl,
    /// The authority that vouches for its certificate, instead of the web's.
    pub authority: Option<Authority>,
    pub secret: WebhookSecret,
    /// The one before it, which signs too for a while: its receiver needs time to change over.
    pub former: Option<FormerSecret>,
    pub events: EventSet,
    /// Whether what was written is told as well.
    pub with_transcript: bool,
    pub is_on: bool,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerSecret {
    pub secret: WebhookSecret,
    pub until: Timestamp,
}

impl Webhook {
    /// What a message is signed with at that moment, the newest first.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &WebhookSecret> {
        let former = self.former.as_ref().filter(|former| now < former.until);
        std::iter::once(&self.secret).chain(former.map(|former| &former.secret))
    }

    /// Whether it is to be told of this on that site.
    #[must_use]
    pub fn wants(&self, event: WebhookEvent, site: SiteId) -> bool {
        self.is_on && self.events.contains(event) && self.site.is_none_or(|mine| mine == site)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write the receiver’s address like https://desk.example.org/chats, without a user name and without #.")]
pub struct NotAnAddress;

/// Where a receiver listens. Many have a secret in their path, so it does not print but for its host.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// # Errors
    /// When it is no https address of a host.
    pub fn parse(raw: &str) -> Result<Self, NotAnAddress> {
        let raw = raw.trim();
        let url = Url::parse(raw).map_err(|_| NotAnAddress)?;
        let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let is_plain = raw.len() <= limits::LINE_CHARS && !raw.contains(|c: char| c.is_whitespace() || c.is_control());
        if raw.starts_with("https://") && url.host_str().is_some_and(|host| !host.is_empty()) && is_bare && is_plain {
            Ok(Self(raw.to_owned()))
        } else {
            Err(NotAnAddress)
        }
    }

    /// For whoever connects there, and for whoever may change it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What may be shown of it.
    #[must_use]
    pub fn host(&self) -> String {
        let url = Url::parse(&self.0).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl(…)")
    }
}

/// What its messages are signed with: 32 random bytes. It does not print and is wiped when dropped.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct WebhookSecret(pub [u8; 32]);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum WebhookEvent {
    ConversationClosed,
    MessageLeft,
    FormSubmitted,
    Purged,
    /// Somebody pressed the button that tries it.
    Test,
}

impl WebhookEvent {
    pub const ALL: [Self; 5] = [Self::ConversationClosed, Self::MessageLeft, Self::FormSubmitted, Self::Purged, Self::Test];
    /// What a receiver can be told of, in the order in which it happens.
    pub const OFFERED: [Self; 4] = [Self::MessageLeft, Self::FormSubmitted, Self::ConversationClosed, Self::Purged];

    /// What it is called in a message, and in a form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ConversationClosed => "conversation.closed",
            Self::MessageLeft => "message.left",
            Self::FormSubmitted => "form.submitted",
            Self::Purged => "conversation.purged",
            Self::Test => "test",
        }
    }

    /// What it is called on pages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ConversationClosed => "A chat was closed",
            Self::MessageLeft => "A message was left",
            Self::FormSubmitted => "A secure form was filled in",
            Self::Purged => "Chats were erased",
            Self::Test => "A test",
        }
    }
}

/// A set of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventSet(u8);

impl EventSet {
    #[must_use]
    pub const fn with(self, event: WebhookEvent) -> Self {
        Self(self.0 | 1 << event as u8)
    }

    #[must_use]
    pub const fn contains(self, event: WebhookEvent) -> bool {
        self.0 & (1 << event as u8) != 0
    }

    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// As one bit each, in the order of `WebhookEvent::ALL`.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Bits that mean nothing are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & ((1 << Self::ALL) - 1))
    }

    const ALL: usize = WebhookEvent::ALL.len();
}

/// One event for one receiver. It holds nothing that was written: what is told is made when it is sent. Its id is also what tells a
/// receiver that it has had this one before; ids rise in the order in which things happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub event: WebhookEvent,
    pub site: Option<SiteId>,
    /// The conversation that it is about, or in which the form was filled in.
    pub conversation: Option<ConversationId>,
    pub submission: Option<(SubmissionId, FormId)>,
    /// Those that were erased, for as long as the receiver has not heard of it.
    pub purged: Arc<[ConversationId]>,
    pub since: Timestamp,
    pub tries: u8,
    pub next_at: Timestamp,
    pub outcome: DeliveryOutcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOutcome {
    Waiting,
    Delivered {
        at: Timestamp,
        status: u16,
    },
    GivenUp {
        at: Timestamp,
        status: Option<u16>,
    },
    /// There was nothing left to tell: what it was about had been erased, or the webhook was switched off.
    Lapsed {
        at: Timestamp,
    },
}

impl Delivery {
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.outcome == DeliveryOutcome::Waiting
    }

    /// When nothing more came of it.
    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        match self.outcome {
            DeliveryOutcome::Waiting => None,
            DeliveryOutcome::Delivered { at, .. } | DeliveryOutcome::GivenUp { at, .. } | DeliveryOutcome::Lapsed { at } => {
                Some(at)
            }
        }
    }

    /// What it tells is read from the conversation when it is sent.
    #[must_use]
    pub fn needs_conversation(&self) -> bool {
        matches!(self.event, WebhookEvent::ConversationClosed | WebhookEvent::MessageLeft)
    }

    fn conversations(&self) -> impl Iterator<Item = ConversationId> {
        self.conversation.into_iter().chain(self.purged.iter().copied())
    }

    /// The next to be tried of those that wait for one receiver, in the order of their ids: the first that is due, and has none about
    /// the same conversation before it.
    pub fn next<'a>(waiting: impl IntoIterator<Item = &'a Self>, now: Timestamp) -> Option<&'a Self> {
        let mut taken = BTreeSet::new();
        waiting.into_iter().find(|it| {
            let has_none_before = it.conversations().all(|id| !taken.contains(&id));
            taken.extend(it.conversations());
            has_none_before && it.next_at <= now
        })
    }
}

/// How long to wait before the next try after so many that failed, by `chance` a fifth more or less, so that many do not come back at
/// the same moment. `None` when nobody tries any more.
#[must_use]
pub fn pause_after(tries: u8, chance: u8) -> Option<Duration> {
    let tries = usize::from(tries).checked_sub(1)?;
    let pause = *limits::WEBHOOK_PAUSES.get(tries)?;
    // 0.8 to 1.2, in steps of 1/640.
    Some(pause * (512 + u32::from(chance)) / 640)
}

/// What was done with a webhook, for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookAct {
    Added,
    Changed,
    /// The one before signs for another day.
    SecretRenewed,
    Removed,
    Tried,
    /// The receiver answered with 2xx.
    Delivered(WebhookEvent, Option<ConversationId>),
    /// It did not, however often it was tried.
    GivenUp(WebhookEvent, Option<ConversationId>),
    /// Somebody had what was given up sent again.
    Repeated,
}

/// One message, signed. It does not print: neither what it says nor where it goes is anybody's business.
pub struct Message {
    pub url: WebhookUrl,
    pub authority: Option<Authority>,
    /// The same however often it is sent.
    pub id: String,
    /// Seconds since 1970, as they were signed.
    pub timestamp: String,
    /// One for each secret, with spaces between.
    pub signature: String,
    pub body: Zeroizing<Vec<u8>>,
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;

//! Webhooks: receivers who are told over https what happened.

use std::fmt;

use super::id::{ConversationId, DeliveryId, SiteId, WebhookId};
use super::text::{Line, Name};
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    /// None: what happens on any site.
    pub site: Option<SiteId>,
    pub name: Name,
    pub url: Line,
    pub secret: WebhookSecret,
    pub events: EventSet,
    /// Whether what was written is told as well.
    pub with_transcript: bool,
    pub is_on: bool,
    pub created_at: Timestamp,
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

/// One event for one receiver. It holds nothing that was written: what is told is made when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub event: WebhookEvent,
    pub site: Option<SiteId>,
    /// The drawer that it is about.
    pub conversation: Option<ConversationId>,
    pub since: Timestamp,
    pub tries: u8,
    pub next_at: Timestamp,
    pub outcome: DeliveryOutcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOutcome {
    Waiting,
    Delivered { at: Timestamp, status: u16 },
    GivenUp { at: Timestamp, status: Option<u16> },
}

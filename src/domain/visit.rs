//! Somebody who browses a website of a site that watches its visitors. Lives in memory for as long as they browse, and nowhere else.

use std::net::IpAddr;

use super::conversation::Assignee;
use super::id::{ConversationId, SiteId, VisitId};
use super::language::Language;
use super::text::{Line, MessageText};
use super::time::Timestamp;

#[derive(Debug, Clone)]
pub struct Visit {
    pub id: VisitId,
    pub site: SiteId,
    pub page: Option<Line>,
    pub title: Option<Line>,
    /// Where they came from at first.
    pub referrer: Option<Line>,
    pub language: Option<Language>,
    pub browser: Option<Line>,
    pub address: Option<IpAddr>,
    /// Whether this browser has had a chat here before; nothing else is remembered of anybody.
    pub is_returning: bool,
    pub pages: u16,
    pub began_at: Timestamp,
    pub page_since: Timestamp,
    /// When it is over, unless something is heard before.
    pub ends_at: Timestamp,
    pub invitation: Option<Invitation>,
    pub conversation: Option<ConversationId>,
}

/// What somebody who browses is asked.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub text: MessageText,
    /// `None`: by a rule.
    pub by: Option<Assignee>,
    pub answer: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// On its way to them.
    Sent,
    /// It stands before them.
    Shown,
    Accepted,
    Dismissed,
}

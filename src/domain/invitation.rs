//! Rules that invite a visitor to chat.

use super::id::RuleId;
use super::text::{Line, Name, Notice};

/// All conditions that are set have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRule {
    pub id: RuleId,
    pub name: Name,
    pub text: Notice,
    pub is_on: bool,
    /// Part of the page's path or address.
    pub page: Option<Line>,
    /// Part of the address that the visitor came from.
    pub referrer: Option<Line>,
    pub seconds_on_page: Option<u16>,
    pub pages_seen: Option<u16>,
    /// How far the page was scrolled, in percent.
    pub scrolled_percent: Option<u8>,
    /// The pointer leaves the page at its top.
    pub exit_intent: bool,
    /// Days before the same visitor is invited by it again.
    pub again_after_days: u16,
}

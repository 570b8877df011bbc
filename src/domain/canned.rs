//! Canned responses: texts that operators send often.

use super::id::{CannedId, OperatorId, SiteId};
use super::language::Language;
use super::text::{MessageText, Name, Tag};
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedResponse {
    pub id: CannedId,
    /// `None`: shared with all who serve the site.
    pub owner: Option<OperatorId>,
    /// `None`: for every site.
    pub site: Option<SiteId>,
    /// What is typed behind the slash.
    pub shortcut: Tag,
    pub title: Name,
    pub text: MessageText,
    /// `None`: for visitors of any language.
    pub language: Option<Language>,
    pub created_at: Timestamp,
}

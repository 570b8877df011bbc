//! Secure forms: what is asked on a page of our own, and kept in a drawer of its own.

use std::collections::BTreeMap;

use super::id::{ConversationId, FormId, OperatorId, RequestId, SiteId, SubmissionId};
use super::language::Language;
use super::text::{FieldId, Label, MessageText, Name, Notice};
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecureForm {
    pub id: FormId,
    /// None: every site may send it.
    pub site: Option<SiteId>,
    pub name: Name,
    pub intro: Option<Notice>,
    pub fields: Vec<SecureField>,
    /// What has to be agreed to before it can be sent.
    pub consent: Option<Notice>,
    /// What visitors read in other languages than the site's own.
    pub translations: BTreeMap<Language, FormTexts>,
    pub purge_on_first_view: bool,
    pub purge_at_close: bool,
    /// Nobody is asked any more.
    pub is_archived: bool,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecureField {
    pub id: FieldId,
    pub label: Label,
    pub help: Option<Label>,
    pub kind: SecureKind,
    pub is_required: bool,
    /// Shown masked, and revealed for a reason alone.
    pub is_sensitive: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecureKind {
    Text,
    LongText,
    Email,
    Phone,
    Date,
    Choice(Vec<Label>),
    /// Kept as its first six and last four digits alone, unless the form says otherwise.
    Card {
        keeps_all: bool,
    },
    /// Month and year of a card.
    Expiry,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormTexts {
    pub name: Option<Name>,
    pub intro: Option<Notice>,
    pub consent: Option<Notice>,
    /// Of each field: label and help.
    pub fields: BTreeMap<FieldId, (Label, Option<Label>)>,
}

/// Somebody was asked. The link's token is stored nowhere: the id is made of its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRequest {
    pub id: RequestId,
    pub form: FormId,
    pub site: SiteId,
    pub conversation: Option<ConversationId>,
    pub by: OperatorId,
    pub at: Timestamp,
    pub expires_at: Timestamp,
}

/// What was filled in. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    pub id: SubmissionId,
    pub site: SiteId,
    pub form: FormId,
    /// As it was then.
    pub form_name: Name,
    pub conversation: Option<ConversationId>,
    pub at: Timestamp,
    pub language: Language,
    /// The text that was agreed to.
    pub consent: Option<Notice>,
    pub answers: Vec<SubmittedAnswer>,
    /// When a sensitive answer was first revealed.
    pub viewed_at: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SubmittedAnswer {
    pub field: FieldId,
    pub label: Label,
    pub kind: SecureKind,
    pub is_sensitive: bool,
    pub value: MessageText,
}

/// A submission as the catalogue knows it, without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptSubmission {
    pub id: SubmissionId,
    pub site: SiteId,
    pub form: FormId,
    pub of: Option<ConversationId>,
    pub at: Timestamp,
}

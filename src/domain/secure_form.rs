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
    pub fields: BTreeMap<FieldId, FieldTexts>,
}

/// What stays empty is said as in the form itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldTexts {
    pub label: Option<Label>,
    pub help: Option<Label>,
    /// Of a choice: all of them in the order of the form's own, or none.
    pub options: Vec<Label>,
}

/// Somebody was asked. The link's secret is stored nowhere: it is the id and a proof, made anew for whoever may have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRequest {
    pub id: RequestId,
    pub form: FormId,
    pub site: SiteId,
    pub conversation: Option<ConversationId>,
    pub by: OperatorId,
    pub at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was filled in. From then on the link opens nothing.
    pub used_at: Option<Timestamp>,
}

/// What was filled in. Its texts do not print.
#[derive(Debug, Clone, PartialEq, Eq)]
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

#[derive(Debug, Clone, PartialEq, Eq)]
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

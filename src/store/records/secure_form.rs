//! Secure forms, requests for them and what was filled in, as they are stored. The id is the key and not in it.

use serde::{Deserialize, Serialize};

use super::{Record, language, unfit};
use crate::domain::id::{ConversationId, FormId, OperatorId, RequestId, SiteId, SubmissionId};
use crate::domain::secure_form::{
    FieldTexts, FormRequest, FormTexts, SecureField, SecureForm, SecureKind, Submission, SubmittedAnswer,
};
use crate::domain::text::{FieldId, Label, MessageText, Name, Notice};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct SecureFormRecord {
    site: Option<[u8; 16]>,
    name: String,
    intro: Option<String>,
    fields: Vec<FieldRecord>,
    consent: Option<String>,
    translations: Vec<(String, TextsRecord)>,
    purge_on_first_view: bool,
    purge_at_close: bool,
    is_archived: bool,
    created_at: i64,
}

#[derive(Serialize, Deserialize)]
struct FieldRecord {
    id: String,
    label: String,
    help: Option<String>,
    kind: KindRecord,
    is_required: bool,
    is_sensitive: bool,
}

#[derive(Serialize, Deserialize)]
enum KindRecord {
    Text,
    LongText,
    Email,
    Phone,
    Date,
    Choice(Vec<String>),
    Card { keeps_all: bool },
    Expiry,
}

#[derive(Serialize, Deserialize)]
struct TextsRecord {
    name: Option<String>,
    intro: Option<String>,
    consent: Option<String>,
    fields: Vec<FieldTextsRecord>,
}

#[derive(Serialize, Deserialize)]
struct FieldTextsRecord {
    field: String,
    label: Option<String>,
    help: Option<String>,
    options: Vec<String>,
}

impl Record for SecureFormRecord {}

impl From<&SecureForm> for SecureFormRecord {
    fn from(it: &SecureForm) -> Self {
        let field = |it: &SecureField| FieldRecord {
            id: it.id.as_str().to_owned(),
            label: it.label.as_str().to_owned(),
            help: it.help.as_ref().map(|text| text.as_str().to_owned()),
            kind: (&it.kind).into(),
            is_required: it.is_required,
            is_sensitive: it.is_sensitive,
        };
        Self {
            site: it.site.map(|id| *id.as_bytes()),
            name: it.name.as_str().to_owned(),
            intro: it.intro.as_ref().map(|text| text.as_str().to_owned()),
            fields: it.fields.iter().map(field).collect(),
            consent: it.consent.as_ref().map(|text| text.as_str().to_owned()),
            translations: it.translations.iter().map(|(language, texts)| (language.tag().to_owned(), texts.into())).collect(),
            purge_on_first_view: it.purge_on_first_view,
            purge_at_close: it.purge_at_close,
            is_archived: it.is_archived,
            created_at: it.created_at.as_millis(),
        }
    }
}

impl SecureFormRecord {
    pub(in crate::store) fn form(self, id: FormId) -> Result<SecureForm, StoreError> {
        let field = |it: FieldRecord| {
            Ok(SecureField {
                id: FieldId::parse(&it.id).map_err(unfit)?,
                label: Label::parse(&it.label).map_err(unfit)?,
                help: it.help.as_deref().map(Label::parse).transpose().map_err(unfit)?,
                kind: it.kind.kind()?,
                is_required: it.is_required,
                is_sensitive: it.is_sensitive,
            })
        };
        let translation = |(tag, texts): (String, TextsRecord)| Ok((language(&tag)?, texts.texts()?));
        Ok(SecureForm {
            id,
            site: self.site.map(SiteId::from_bytes),
            name: Name::parse(&self.name).map_err(unfit)?,
            intro: self.intro.as_deref().map(Notice::parse).transpose().map_err(unfit)?,
            fields: self.fields.into_iter().map(field).collect::<Result<_, StoreError>>()?,
            consent: self.consent.as_deref().map(Notice::parse).transpose().map_err(unfit)?,
            translations: self.translations.into_iter().map(translation).collect::<Result<_, StoreError>>()?,
            purge_on_first_view: self.purge_on_first_view,
            purge_at_close: self.purge_at_close,
            is_archived: self.is_archived,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

impl From<&FormTexts> for TextsRecord {
    fn from(it: &FormTexts) -> Self {
        let said = |text: &Option<Label>| text.as_ref().map(|text| text.as_str().to_owned());
        let field = |(id, it): (&FieldId, &FieldTexts)| FieldTextsRecord {
            field: id.as_str().to_owned(),
            label: said(&it.label),
            help: said(&it.help),
            options: it.options.iter().map(|option| option.as_str().to_owned()).collect(),
        };
        Self {
            name: it.name.as_ref().map(|text| text.as_str().to_owned()),
            intro: it.intro.as_ref().map(|text| text.as_str().to_owned()),
            consent: it.consent.as_ref().map(|text| text.as_str().to_owned()),
            fields: it.fields.iter().map(field).collect(),
        }
    }
}

impl TextsRecord {
    fn texts(self) -> Result<FormTexts, StoreError> {
        let said = |text: Option<String>| text.as_deref().map(Label::parse).transpose().map_err(unfit);
        let field = |it: FieldTextsRecord| {
            let options =
                it.options.iter().map(|option| Label::parse(option).map_err(unfit)).collect::<Result<_, StoreError>>()?;
            let texts = FieldTexts { label: said(it.label)?, help: said(it.help)?, options };
            Ok((FieldId::parse(&it.field).map_err(unfit)?, texts))
        };
        Ok(FormTexts {
            name: self.name.as_deref().map(Name::parse).transpose().map_err(unfit)?,
            intro: self.intro.as_deref().map(Notice::parse).transpose().map_err(unfit)?,
            consent: self.consent.as_deref().map(Notice::parse).transpose().map_err(unfit)?,
            fields: self.fields.into_iter().map(field).collect::<Result<_, StoreError>>()?,
        })
    }
}

impl From<&SecureKind> for KindRecord {
    fn from(it: &SecureKind) -> Self {
        match it {
            SecureKind::Text => Self::Text,
            SecureKind::LongText => Self::LongText,
            SecureKind::Email => Self::Email,
            SecureKind::Phone => Self::Phone,
            SecureKind::Date => Self::Date,
            SecureKind::Choice(options) => Self::Choice(options.iter().map(|it| it.as_str().to_owned()).collect()),
            SecureKind::Card { keeps_all } => Self::Card { keeps_all: *keeps_all },
            SecureKind::Expiry => Self::Expiry,
        }
    }
}

impl KindRecord {
    fn kind(self) -> Result<SecureKind, StoreError> {
        Ok(match self {
            Self::Text => SecureKind::Text,
            Self::LongText => SecureKind::LongText,
            Self::Email => SecureKind::Email,
            Self::Phone => SecureKind::Phone,
            Self::Date => SecureKind::Date,
            Self::Choice(options) => {
                SecureKind::Choice(options.iter().map(|it| Label::parse(it).map_err(unfit)).collect::<Result<_, _>>()?)
            }
            Self::Card { keeps_all } => SecureKind::Card { keeps_all },
            Self::Expiry => SecureKind::Expiry,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct RequestRecord {
    form: [u8; 16],
    site: [u8; 16],
    conversation: Option<[u8; 16]>,
    by: [u8; 16],
    at: i64,
    expires_at: i64,
    used_at: Option<i64>,
}

impl Record for RequestRecord {}

impl From<&FormRequest> for RequestRecord {
    fn from(it: &FormRequest) -> Self {
        Self {
            form: *it.form.as_bytes(),
            site: *it.site.as_bytes(),
            conversation: it.conversation.map(|id| *id.as_bytes()),
            by: *it.by.as_bytes(),
            at: it.at.as_millis(),
            expires_at: it.expires_at.as_millis(),
            used_at: it.used_at.map(Timestamp::as_millis),
        }
    }
}

impl RequestRecord {
    pub(in crate::store) fn request(self, id: RequestId) -> FormRequest {
        FormRequest {
            id,
            form: FormId::from_bytes(self.form),
            site: SiteId::from_bytes(self.site),
            conversation: self.conversation.map(ConversationId::from_bytes),
            by: OperatorId::from_bytes(self.by),
            at: Timestamp::from_millis(self.at),
            expires_at: Timestamp::from_millis(self.expires_at),
            used_at: self.used_at.map(Timestamp::from_millis),
        }
    }
}

/// Sealed under the key of its own drawer.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct SubmissionRecord {
    site: [u8; 16],
    form: [u8; 16],
    form_name: String,
    conversation: Option<[u8; 16]>,
    at: i64,
    language: String,
    consent: Option<String>,
    answers: Vec<AnswerRecord>,
    viewed_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct AnswerRecord {
    field: String,
    label: String,
    kind: KindRecord,
    is_sensitive: bool,
    value: String,
}

impl Record for SubmissionRecord {}

impl From<&Submission> for SubmissionRecord {
    fn from(it: &Submission) -> Self {
        let answer = |it: &SubmittedAnswer| AnswerRecord {
            field: it.field.as_str().to_owned(),
            label: it.label.as_str().to_owned(),
            kind: (&it.kind).into(),
            is_sensitive: it.is_sensitive,
            value: it.value.as_str().to_owned(),
        };
        Self {
            site: *it.site.as_bytes(),
            form: *it.form.as_bytes(),
            form_name: it.form_name.as_str().to_owned(),
            conversation: it.conversation.map(|id| *id.as_bytes()),
            at: it.at.as_millis(),
            language: it.language.tag().to_owned(),
            consent: it.consent.as_ref().map(|text| text.as_str().to_owned()),
            answers: it.answers.iter().map(answer).collect(),
            viewed_at: it.viewed_at.map(Timestamp::as_millis),
        }
    }
}

impl SubmissionRecord {
    pub(in crate::store) fn submission(self, id: SubmissionId) -> Result<Submission, StoreError> {
        let answer = |it: AnswerRecord| {
            Ok(SubmittedAnswer {
                field: FieldId::parse(&it.field).map_err(unfit)?,
                label: Label::parse(&it.label).map_err(unfit)?,
                kind: it.kind.kind()?,
                is_sensitive: it.is_sensitive,
                value: MessageText::parse(&it.value).map_err(unfit)?,
            })
        };
        Ok(Submission {
            id,
            site: SiteId::from_bytes(self.site),
            form: FormId::from_bytes(self.form),
            form_name: Name::parse(&self.form_name).map_err(unfit)?,
            conversation: self.conversation.map(ConversationId::from_bytes),
            at: Timestamp::from_millis(self.at),
            language: language(&self.language)?,
            consent: self.consent.as_deref().map(Notice::parse).transpose().map_err(unfit)?,
            answers: self.answers.into_iter().map(answer).collect::<Result<_, StoreError>>()?,
            viewed_at: self.viewed_at.map(Timestamp::from_millis),
        })
    }
}

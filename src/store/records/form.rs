//! Forms, answers and consent, as parts of other records.

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::form::{Answer, Consent, ConsentGiven, Field, FieldKind, Form};
use crate::domain::text::{FieldId, Label, Line, Notice};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(super) struct FormRecord(Vec<FieldRecord>);

#[derive(Serialize, Deserialize)]
struct FieldRecord {
    id: String,
    label: String,
    kind: KindRecord,
    is_required: bool,
}

#[derive(Serialize, Deserialize)]
enum KindRecord {
    Text,
    Email,
    Phone,
    Choice(Vec<String>),
    Department,
}

#[derive(Serialize, Deserialize)]
pub(super) struct AnswerRecord {
    field: String,
    label: String,
    value: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ConsentRecord {
    text: String,
    version: u32,
    since: i64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ConsentGivenRecord {
    version: u32,
    at: i64,
}

impl From<&Form> for FormRecord {
    fn from(it: &Form) -> Self {
        let field = |field: &Field| FieldRecord {
            id: field.id.as_str().to_owned(),
            label: field.label.as_str().to_owned(),
            kind: match &field.kind {
                FieldKind::Text => KindRecord::Text,
                FieldKind::Email => KindRecord::Email,
                FieldKind::Phone => KindRecord::Phone,
                FieldKind::Choice(options) => KindRecord::Choice(options.iter().map(|it| it.as_str().to_owned()).collect()),
                FieldKind::Department => KindRecord::Department,
            },
            is_required: field.is_required,
        };
        Self(it.fields.iter().map(field).collect())
    }
}

impl FormRecord {
    pub(super) fn form(self) -> Result<Form, StoreError> {
        Ok(Form { fields: self.0.into_iter().map(FieldRecord::field).collect::<Result<_, _>>()? })
    }
}

impl FieldRecord {
    fn field(self) -> Result<Field, StoreError> {
        Ok(Field {
            id: FieldId::parse(&self.id).map_err(unfit)?,
            label: Label::parse(&self.label).map_err(unfit)?,
            kind: match self.kind {
                KindRecord::Text => FieldKind::Text,
                KindRecord::Email => FieldKind::Email,
                KindRecord::Phone => FieldKind::Phone,
                KindRecord::Choice(options) => {
                    FieldKind::Choice(options.iter().map(|it| Label::parse(it).map_err(unfit)).collect::<Result<_, _>>()?)
                }
                KindRecord::Department => FieldKind::Department,
            },
            is_required: self.is_required,
        })
    }
}

impl From<&Answer> for AnswerRecord {
    fn from(it: &Answer) -> Self {
        Self { field: it.field.as_str().to_owned(), label: it.label.as_str().to_owned(), value: it.value.as_str().to_owned() }
    }
}

impl AnswerRecord {
    pub(super) fn answer(self) -> Result<Answer, StoreError> {
        Ok(Answer {
            field: FieldId::parse(&self.field).map_err(unfit)?,
            label: Label::parse(&self.label).map_err(unfit)?,
            value: Line::parse(&self.value).map_err(unfit)?,
        })
    }
}

impl From<&Consent> for ConsentRecord {
    fn from(it: &Consent) -> Self {
        Self { text: it.text.as_str().to_owned(), version: it.version, since: it.since.as_millis() }
    }
}

impl ConsentRecord {
    pub(super) fn consent(self) -> Result<Consent, StoreError> {
        let text = Notice::parse(&self.text).map_err(unfit)?;
        Ok(Consent { text, version: self.version, since: Timestamp::from_millis(self.since) })
    }
}

impl From<ConsentGiven> for ConsentGivenRecord {
    fn from(it: ConsentGiven) -> Self {
        Self { version: it.version, at: it.at.as_millis() }
    }
}

impl From<ConsentGivenRecord> for ConsentGiven {
    fn from(it: ConsentGivenRecord) -> Self {
        Self { version: it.version, at: Timestamp::from_millis(it.at) }
    }
}

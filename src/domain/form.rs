//! Forms that visitors fill in: before a chat, and to leave a message while nobody is there.

use super::card_code;
use super::text::{FieldId, Label, Line};
use super::time::Timestamp;

pub use super::visitor::ConsentGiven;

/// The fields in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// `Field::NAME`, `EMAIL`, `PHONE` and `DEPARTMENT` say who the visitor is and where they want to go; any other is an answer.
    pub id: FieldId,
    pub label: Label,
    pub kind: FieldKind,
    pub is_required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Email,
    Phone,
    /// One of these.
    Choice(Vec<Label>),
    /// One of the site's departments.
    Department,
}

/// What a visitor answered, with the label as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub field: FieldId,
    pub label: Label,
    pub value: Line,
}

/// What a visitor has to agree to before anything is stored. A changed text is a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub text: super::text::Notice,
    /// 1, 2, 3…
    pub version: u32,
    /// When this version was written.
    pub since: Timestamp,
}

impl Field {
    pub const NAME: &'static str = "name";
    pub const EMAIL: &'static str = "email";
    pub const PHONE: &'static str = "phone";
    pub const DEPARTMENT: &'static str = "department";

    /// Whether it asks for what nobody may keep.
    #[must_use]
    pub fn asks_for_card_code(&self) -> bool {
        let options = match &self.kind {
            FieldKind::Choice(options) => options.as_slice(),
            _ => &[],
        };
        std::iter::once(&self.label).chain(options).any(|text| card_code::is_asked(text.as_str()))
    }

    /// An optional field whose label everybody can read.
    #[must_use]
    #[expect(clippy::expect_used, reason = "only called with the constants below, which a test covers")]
    fn known(id: &str, label: &str, kind: FieldKind) -> Self {
        let (id, label) = (FieldId::parse(id).expect("a constant id"), Label::parse(label).expect("a constant label"));
        Self { id, label, kind, is_required: false }
    }

    #[must_use]
    pub fn name() -> Self {
        Self::known(Self::NAME, "Your name", FieldKind::Text)
    }

    #[must_use]
    pub fn email() -> Self {
        Self::known(Self::EMAIL, "Your e-mail address", FieldKind::Email)
    }
}

impl Form {
    /// What a site asks before a chat until somebody decides otherwise.
    #[must_use]
    pub fn of_new_site() -> Self {
        Self { fields: vec![Field::name()] }
    }

    /// What a site asks who leaves a message: without an address there is no answer.
    #[must_use]
    pub fn offline() -> Self {
        Self { fields: vec![Field::name(), Field { is_required: true, ..Field::email() }] }
    }

    #[must_use]
    pub fn asks_for_department(&self) -> bool {
        self.fields.iter().any(|field| field.kind == FieldKind::Department)
    }

    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id.as_str() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_site_asks_for_a_name_and_nothing_else() {
        let form = Form::of_new_site();
        assert_eq!(form.fields.len(), 1);
        assert!(form.field(Field::NAME).is_some_and(|field| !field.is_required) && form.field(Field::EMAIL).is_none());
        assert!(Form::offline().field(Field::EMAIL).is_some_and(|field| field.is_required));
    }
}

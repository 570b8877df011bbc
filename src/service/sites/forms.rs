//! The forms that visitors fill in, and the builder that puts them together: rows of fields that are added, moved and removed one
//! by one. Until it is saved the whole draft lives in the builder's own form, so nothing has to be remembered in between.

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::form::{Field, FieldKind, Form};
use crate::domain::id::base32;
use crate::domain::limits;
use crate::domain::site::Site;
use crate::domain::text::{FieldId, Label};
use crate::service::builder::{self, Shift};
use crate::service::secure_forms::CARD_CODE;

/// The form that is asked before a chat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PreChatForm(pub BuilderForm);

/// The form of who leaves a message while nobody is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfflineForm(pub BuilderForm);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuilderForm {
    pub fields: Vec<FieldForm>,
}

/// One row of the builder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldForm {
    pub id: String,
    /// A word of `Adding`.
    pub kind: String,
    pub label: String,
    pub is_required: bool,
    /// Of a choice, one option a line.
    pub options: String,
}

/// What can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adding {
    Name,
    Email,
    Phone,
    Department,
    Text,
    Choice,
}

impl Adding {
    pub const ALL: [Self; 6] = [Self::Name, Self::Email, Self::Phone, Self::Department, Self::Text, Self::Choice];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Department => "department",
            Self::Text => "text",
            Self::Choice => "choice",
        }
    }

    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// As the builder calls it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Email => "E-mail address",
            Self::Phone => "Telephone number",
            Self::Department => "Department",
            Self::Text => "Line of text",
            Self::Choice => "Choice",
        }
    }

    /// What a new row asks, until somebody words it otherwise.
    const fn label(self) -> &'static str {
        match self {
            Self::Name => "Your name",
            Self::Email => "Your e-mail address",
            Self::Phone => "Your telephone number",
            Self::Department => "Department",
            Self::Text | Self::Choice => "",
        }
    }

    /// The id of those that say who the visitor is and where they want to go; anything else has one of its own.
    const fn known_id(self) -> Option<&'static str> {
        match self {
            Self::Name => Some(Field::NAME),
            Self::Email => Some(Field::EMAIL),
            Self::Phone => Some(Field::PHONE),
            Self::Department => Some(Field::DEPARTMENT),
            Self::Text | Self::Choice => None,
        }
    }

    fn of_field(field: &Field) -> Self {
        match &field.kind {
            FieldKind::Text if field.id.as_str() == Field::NAME => Self::Name,
            FieldKind::Text => Self::Text,
            FieldKind::Email => Self::Email,
            FieldKind::Phone => Self::Phone,
            FieldKind::Choice(_) => Self::Choice,
            FieldKind::Department => Self::Department,
        }
    }
}

impl Section for PreChatForm {
    const NAME: SiteSection = SiteSection::Form;

    fn of(site: &Site) -> Self {
        Self(BuilderForm::of(&site.pre_chat))
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        site.pre_chat = self.0.parse()?;
        Ok(())
    }
}

impl Section for OfflineForm {
    const NAME: SiteSection = SiteSection::OfflineForm;

    fn of(site: &Site) -> Self {
        Self(BuilderForm::of(&site.offline))
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        site.offline = self.0.parse()?;
        Ok(())
    }
}

impl BuilderForm {
    #[must_use]
    pub fn of(form: &Form) -> Self {
        let row = |field: &Field| FieldForm {
            id: field.id.as_str().to_owned(),
            kind: Adding::of_field(field).word().to_owned(),
            label: field.label.as_str().to_owned(),
            is_required: field.is_required,
            options: match &field.kind {
                FieldKind::Choice(options) => options.iter().map(Label::as_str).collect::<Vec<_>>().join("\n"),
                _ => String::new(),
            },
        };
        Self { fields: form.fields.iter().map(row).collect() }
    }

    /// What may still be added: each of those that say who the visitor is once, any number of the others.
    #[must_use]
    pub fn addable(&self) -> Vec<Adding> {
        if self.fields.len() >= limits::FORM_FIELDS {
            return Vec::new();
        }
        Adding::ALL.into_iter().filter(|it| it.known_id().is_none_or(|id| self.fields.iter().all(|row| row.id != id))).collect()
    }

    /// Adds a row at the end; nothing, when it may not be added.
    pub fn add(&mut self, ctx: &Ctx, what: Adding) {
        if !self.addable().contains(&what) {
            return;
        }
        let id = what.known_id().map_or_else(|| base32(&ctx.random_bytes::<10>()), str::to_owned);
        let (kind, label) = (what.word().to_owned(), what.label().to_owned());
        self.fields.push(FieldForm { id, kind, label, is_required: false, options: String::new() });
    }

    /// Moves one row, and gives back where it stands now; `None` when it is gone or never was.
    pub fn shift(&mut self, row: usize, to: Shift) -> Option<usize> {
        builder::shift(&mut self.fields, row, to)
    }

    fn parse(&self) -> Result<Form, Failure> {
        let mut errors = Fields::default();
        if self.fields.len() > limits::FORM_FIELDS {
            errors.refuse("", format!("At most {} fields fit.", limits::FORM_FIELDS));
            return Err(errors.failure());
        }
        let mut parsed: Vec<Field> = Vec::new();
        for (index, row) in self.fields.iter().enumerate() {
            if let Some(field) = row.parse(index, &mut errors) {
                if parsed.iter().any(|other| other.id == field.id) {
                    errors.refuse(format!("label_{index}"), "This is asked already. Remove one of the two.");
                }
                parsed.push(field);
            }
        }
        let form = Form { fields: parsed };
        for (index, row) in self.fields.iter().enumerate() {
            if form.field(&row.id).is_some_and(Field::asks_for_card_code) {
                errors.refuse(format!("label_{index}"), CARD_CODE);
            }
        }
        errors.check()?;
        Ok(form)
    }
}

impl FieldForm {
    fn parse(&self, index: usize, errors: &mut Fields) -> Option<Field> {
        let label = errors.take(format!("label_{index}"), Label::parse(&self.label));
        let what = Adding::of_word(&self.kind);
        // Ids come from the builder itself; one that was made up must not pass for the visitor's name.
        let fits = |what: Adding| match what.known_id() {
            Some(id) => self.id == id,
            None => Adding::ALL.into_iter().all(|other| other.known_id() != Some(self.id.as_str())),
        };
        let id = FieldId::parse(&self.id).ok();
        let (Some(what), Some(id)) = (what.filter(|it| fits(*it)), id) else {
            errors.refuse(format!("label_{index}"), "This field is not what the builder made. Remove it and add it again.");
            return None;
        };
        let kind = match what {
            Adding::Name | Adding::Text => FieldKind::Text,
            Adding::Email => FieldKind::Email,
            Adding::Phone => FieldKind::Phone,
            Adding::Department => FieldKind::Department,
            Adding::Choice => FieldKind::Choice(errors.take(format!("options_{index}"), builder::options(&self.options))?),
        };
        Some(Field { id, label: label?, kind, is_required: self.is_required })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::stage::{Stage, refused};

    fn row(id: &str, kind: &str, label: &str) -> FieldForm {
        FieldForm { id: id.to_owned(), kind: kind.to_owned(), label: label.to_owned(), ..FieldForm::default() }
    }

    #[test]
    fn rows_are_added_moved_and_removed() {
        let (stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        let ctx = stage.ctx(&admin);
        let mut draft = BuilderForm::of(&Form::of_new_site());
        for what in [Adding::Name, Adding::Email, Adding::Choice, Adding::Choice] {
            draft.add(&ctx, what);
        }
        let kinds = |draft: &BuilderForm| draft.fields.iter().map(|row| row.kind.clone()).collect::<Vec<_>>();
        assert_eq!(kinds(&draft), ["name", "email", "choice", "choice"], "a name is asked once");
        assert_ne!(draft.fields[2].id, draft.fields[3].id);
        assert_eq!(draft.shift(1, Shift::Up), Some(0));
        assert_eq!(draft.shift(0, Shift::Up), Some(0));
        assert_eq!(draft.shift(3, Shift::Down), Some(3));
        assert_eq!(draft.shift(3, Shift::Away), None);
        assert_eq!(draft.shift(3, Shift::Up), None);
        assert_eq!(kinds(&draft), ["email", "name", "choice"]);
        assert!(!draft.addable().contains(&Adding::Email) && draft.addable().contains(&Adding::Text));
        while !draft.addable().is_empty() {
            draft.add(&ctx, Adding::Text);
        }
        assert_eq!(draft.fields.len(), limits::FORM_FIELDS);
    }

    #[test]
    fn what_is_built_comes_back() {
        let mut choice = row("abc", "choice", "What is it about?");
        choice.options = "A bill\n\n A bill\nA parcel".to_owned();
        choice.is_required = true;
        let draft = BuilderForm { fields: vec![row("name", "name", "Who are you?"), choice, row("x-1", "text", "Order")] };
        let form = draft.parse().unwrap();
        assert_eq!(form.fields[1].kind, FieldKind::Choice(["A bill", "A parcel"].map(|it| Label::parse(it).unwrap()).into()));
        let mut again = BuilderForm::of(&form);
        again.fields[1].options.clone_from(&draft.fields[1].options);
        assert_eq!(again, draft);
    }

    #[test]
    fn nobody_is_asked_for_the_code_of_a_card() {
        let (stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        let mut choice = row("c", "choice", "How do you pay?");
        choice.options = "Cash\nCard, with this CVV".to_owned();
        let fields = vec![row("a", "text", "Código de seguridad"), row("b", "text", "Order number"), choice];
        let form = PreChatForm(BuilderForm { fields: fields.clone() });
        assert_eq!(refused(super::super::change(&stage.ctx(&admin), finished.site, &form)), ["label_0", "label_2"]);
        let form = OfflineForm(BuilderForm { fields });
        assert_eq!(refused(super::super::change(&stage.ctx(&admin), finished.site, &form)), ["label_0", "label_2"]);
    }

    #[test]
    fn what_the_builder_did_not_make_is_refused() {
        let wrong = vec![
            row("name", "text", "A name that is none"),
            row("abc", "email", "An address that is none"),
            row("a b", "text", "No id"),
            row("d", "secret", "No kind"),
            row("e", "choice", "No options"),
            row("f", "text", " "),
            row("g", "text", "Once"),
            row("g", "text", "Twice"),
        ];
        let all = ["label_0", "label_1", "label_2", "label_3", "options_4", "label_5", "label_7"];
        assert_eq!(refused(BuilderForm { fields: wrong }.parse()), all);
        let many = vec![row("a", "text", "x"); limits::FORM_FIELDS + 1];
        assert_eq!(refused(BuilderForm { fields: many }.parse()), [""]);
    }
}

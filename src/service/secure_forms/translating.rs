//! What visitors read of a form in other languages than its own. What is left empty is said as in the form itself.

use super::building::{CARD_CODE, optional, put, refuse_codes};
use super::{Ctx, Failure, Fields, get};
use crate::domain::id::FormId;
use crate::domain::language::Language;
use crate::domain::secure_form::{FieldTexts, FormTexts, SecureField, SecureForm, SecureKind};
use crate::domain::text::{FieldId, Label, Name, Notice};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextsDraft {
    pub name: String,
    pub intro: String,
    pub consent: String,
    /// In the order of the form's fields.
    pub fields: Vec<FieldTextsDraft>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldTextsDraft {
    pub id: String,
    pub label: String,
    pub help: String,
    /// Of a choice, in the order of its options.
    pub options: String,
}

/// # Errors
/// `NotFound`; `InvalidFields` for all that cannot be taken.
pub fn translate(ctx: &Ctx, id: FormId, language: Language, draft: &TextsDraft) -> Result<(), Failure> {
    let form = get(ctx, id)?;
    let texts = draft.parse(&form, language)?;
    put(ctx, id, |form| {
        if texts == FormTexts::default() {
            form.translations.remove(&language);
        } else {
            form.translations.insert(language, texts);
        }
    })
}

impl TextsDraft {
    #[must_use]
    pub fn of(form: &SecureForm, language: Language) -> Self {
        let texts = form.translations.get(&language).cloned().unwrap_or_default();
        let field = |field: &SecureField| {
            let texts = texts.fields.get(&field.id);
            let said = |text: Option<&Label>| text.map(|it| it.as_str().to_owned()).unwrap_or_default();
            FieldTextsDraft {
                id: field.id.as_str().to_owned(),
                label: said(texts.and_then(|it| it.label.as_ref())),
                help: said(texts.and_then(|it| it.help.as_ref())),
                options: texts.map(|it| it.options.iter().map(Label::as_str).collect::<Vec<_>>().join("\n")).unwrap_or_default(),
            }
        };
        Self {
            name: texts.name.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            intro: texts.intro.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            consent: texts.consent.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            fields: form.fields.iter().map(field).collect(),
        }
    }

    fn around(&self) -> [(&'static str, &str); 3] {
        [("name", &self.name), ("intro", &self.intro), ("consent", &self.consent)]
    }

    fn parse(&self, form: &SecureForm, language: Language) -> Result<FormTexts, Failure> {
        let mut errors = Fields::default();
        let name = errors.take("name", optional(&self.name, Name::parse));
        let intro = errors.take("intro", optional(&self.intro, Notice::parse));
        let consent = errors.take("consent", optional(&self.consent, Notice::parse));
        let mut texts =
            FormTexts { name: name.flatten(), intro: intro.flatten(), consent: consent.flatten(), ..FormTexts::default() };
        for (row, draft) in self.fields.iter().enumerate() {
            let Some(field) = form.fields.iter().find(|field| field.id.as_str() == draft.id) else { continue };
            if let Some((id, said)) = draft.parse(row, field, &mut errors) {
                texts.fields.insert(id, said);
            }
        }
        let mut said = form.clone();
        said.translations.insert(language, texts.clone());
        for (row, field) in said.fields.iter().enumerate() {
            if said.asks_for_card_code(field) {
                errors.refuse(format!("label_{row}"), CARD_CODE);
            }
        }
        refuse_codes(form, &self.around(), &mut errors);
        errors.check()?;
        Ok(texts)
    }
}

impl FieldTextsDraft {
    fn parse(&self, row: usize, field: &SecureField, errors: &mut Fields) -> Option<(FieldId, FieldTexts)> {
        let label = errors.take(format!("label_{row}"), optional(&self.label, Label::parse))?;
        let help = errors.take(format!("help_{row}"), optional(&self.help, Label::parse))?;
        let options = errors.take(format!("options_{row}"), self.options(&field.kind))?;
        let texts = FieldTexts { label, help, options };
        (texts != FieldTexts::default()).then(|| (field.id.clone(), texts))
    }

    fn options(&self, kind: &SecureKind) -> Result<Vec<Label>, String> {
        let SecureKind::Choice(own) = kind else { return Ok(Vec::new()) };
        let lines = self.options.lines().filter(|line| !line.trim().is_empty());
        let options: Vec<_> = lines.map(Label::parse).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        if options.is_empty() || options.len() == own.len() {
            Ok(options)
        } else {
            Err(format!("Write all {} options, one a line and in the same order, or leave this empty.", own.len()))
        }
    }
}

//! A secure form in the words of one language: its translation, and its own words where that says nothing.

use super::id::SiteId;
use super::language::Language;
use super::secure_form::{FormTexts, SecureField, SecureForm, SecureKind};
use super::text::{Label, Name, Notice};

pub struct Said {
    pub name: Name,
    pub intro: Option<Notice>,
    pub consent: Option<Notice>,
    /// In the order of the form's fields.
    pub fields: Vec<SaidField>,
}

pub struct SaidField {
    pub label: Label,
    pub help: Option<Label>,
    /// Of a choice, in the order in which they are counted.
    pub options: Vec<Label>,
}

impl SecureForm {
    #[must_use]
    pub fn said_in(&self, language: Language) -> Said {
        let none = FormTexts::default();
        let texts = self.translations.get(&language).unwrap_or(&none);
        Said {
            name: texts.name.as_ref().unwrap_or(&self.name).clone(),
            // A translation says what the form says, and adds nothing that it does not.
            intro: self.intro.as_ref().map(|own| texts.intro.as_ref().unwrap_or(own).clone()),
            consent: self.consent.as_ref().map(|own| texts.consent.as_ref().unwrap_or(own).clone()),
            fields: self.fields.iter().map(|field| field.said_in(texts)).collect(),
        }
    }

    /// All that is asked in one language, in words of the form and of the staff: another text is another question.
    #[must_use]
    pub fn asked_in(&self, language: Language) -> String {
        let said = self.said_in(language);
        let around =
            [Some(said.name.as_str()), said.intro.as_ref().map(Notice::as_str), said.consent.as_ref().map(Notice::as_str)];
        let mut asked: Vec<_> = around.into_iter().map(|text| text.unwrap_or_default().to_owned()).collect();
        asked.push(format!("{} {}", self.purge_on_first_view, self.purge_at_close));
        for (field, said) in self.fields.iter().zip(&said.fields) {
            let help = said.help.as_ref().map(Label::as_str).unwrap_or_default();
            asked.push(format!("{} {:?}", field.id.as_str(), field.kind));
            asked.extend([field.label.as_str(), said.label.as_str(), help].map(str::to_owned));
            asked.extend(field.options().iter().chain(&said.options).map(|option| option.as_str().to_owned()));
        }
        // No text has a control character but ends of lines.
        asked.join("\0")
    }

    /// Whether visitors of this site can be asked for it.
    #[must_use]
    pub fn is_for(&self, site: SiteId) -> bool {
        !self.is_archived && self.site.is_none_or(|of| of == site)
    }

    /// Whether a whole card number is kept anywhere.
    #[must_use]
    pub fn keeps_whole_cards(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.kind, SecureKind::Card { keeps_all: true }))
    }

    /// Translations say nothing any more of fields that are gone, and nothing of options that are others now.
    pub fn forget_lost_fields(&mut self) {
        for texts in self.translations.values_mut() {
            texts.fields.retain(|id, said| {
                let Some(field) = self.fields.iter().find(|field| field.id == *id) else { return false };
                if said.options.len() != field.options().len() {
                    said.options.clear();
                }
                true
            });
        }
        self.translations.retain(|_, texts| *texts != FormTexts::default());
    }
}

impl SecureField {
    /// What can be chosen, where anything can.
    #[must_use]
    pub fn options(&self) -> &[Label] {
        match &self.kind {
            SecureKind::Choice(options) => options,
            _ => &[],
        }
    }

    fn said_in(&self, texts: &FormTexts) -> SaidField {
        let texts = texts.fields.get(&self.id);
        let own = self.options();
        let options = texts.map(|texts| texts.options.as_slice()).filter(|said| said.len() == own.len()).unwrap_or(own);
        SaidField {
            label: texts.and_then(|it| it.label.as_ref()).unwrap_or(&self.label).clone(),
            help: self.help.as_ref().map(|own| texts.and_then(|it| it.help.as_ref()).unwrap_or(own).clone()),
            options: options.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::id::FormId;
    use crate::domain::secure_form::FieldTexts;
    use crate::domain::text::FieldId;
    use crate::domain::time::Timestamp;

    fn label(text: &str) -> Label {
        Label::parse(text).unwrap()
    }

    fn form() -> SecureForm {
        let id = FieldId::parse("kind").unwrap();
        let kind = SecureKind::Choice(["Statutory", "Private"].map(label).to_vec());
        let field =
            SecureField { id: id.clone(), label: label("Insurance"), help: None, kind, is_required: true, is_sensitive: true };
        let texts =
            FieldTexts { label: Some(label("Versicherung")), help: None, options: ["Gesetzlich", "Privat"].map(label).to_vec() };
        let german =
            FormTexts { consent: Notice::parse("Ich stimme zu.").ok(), fields: [(id, texts)].into(), ..FormTexts::default() };
        SecureForm {
            id: FormId::from_bytes([1; 16]),
            site: None,
            name: Name::parse("Admission").unwrap(),
            intro: None,
            fields: vec![field],
            consent: None,
            translations: BTreeMap::from([(Language::German, german)]),
            purge_on_first_view: false,
            purge_at_close: false,
            is_archived: false,
            created_at: Timestamp::default(),
        }
    }

    #[test]
    fn a_form_is_said_as_far_as_it_is_translated() {
        let form = form();
        let said = form.said_in(Language::German);
        assert_eq!((said.name.as_str(), said.fields[0].label.as_str()), ("Admission", "Versicherung"));
        assert_eq!(said.fields[0].options[1].as_str(), "Privat");
        assert!(said.consent.is_none(), "what is not asked is not asked in German either");
        assert_eq!(form.said_in(Language::French).fields[0].label.as_str(), "Insurance");
    }

    #[test]
    fn what_is_gone_is_said_no_more() {
        let mut form = form();
        form.fields[0].kind = SecureKind::Choice(["A", "B", "C"].map(label).to_vec());
        form.forget_lost_fields();
        assert_eq!(form.said_in(Language::German).fields[0].options[2].as_str(), "C");
        form.fields.clear();
        form.forget_lost_fields();
        assert!(form.translations[&Language::German].fields.is_empty());
    }
}

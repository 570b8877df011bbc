//! The builder of secure forms. Until it is saved the whole draft lives in the builder's own page.

use std::sync::Arc;

use super::{Ctx, Failure, Fields, get};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::id::{FormId, base32};
use crate::domain::limits;
use crate::domain::secure_form::{SecureField, SecureForm, SecureKind};
use crate::domain::text::{FieldId, Label, Name, Notice};
use crate::service::builder::{self, Shift};

/// A form as its page holds it: text as typed, so that what was refused is shown again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecureFormDraft {
    pub name: String,
    pub intro: String,
    pub consent: String,
    /// Empty: every site.
    pub site: String,
    pub purge_on_first_view: bool,
    pub purge_at_close: bool,
    pub fields: Vec<SecureFieldDraft>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecureFieldDraft {
    pub id: String,
    /// A word of `Kind`.
    pub kind: String,
    pub label: String,
    pub help: String,
    /// Of a choice, one option a line.
    pub options: String,
    pub is_required: bool,
    pub is_sensitive: bool,
    /// Of a card: the whole number.
    pub keeps_all: bool,
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    LongText,
    Email,
    Phone,
    Date,
    Choice,
    Card,
    Expiry,
}

impl Kind {
    pub const ALL: [Self; 8] =
        [Self::Text, Self::LongText, Self::Email, Self::Phone, Self::Date, Self::Choice, Self::Card, Self::Expiry];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Date => "date",
            Self::Choice => "choice",
            Self::Card => "card",
            Self::Expiry => "expiry",
        }
    }

    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    #[must_use]
    pub const fn of(kind: &SecureKind) -> Self {
        match kind {
            SecureKind::Text => Self::Text,
            SecureKind::LongText => Self::LongText,
            SecureKind::Email => Self::Email,
            SecureKind::Phone => Self::Phone,
            SecureKind::Date => Self::Date,
            SecureKind::Choice(_) => Self::Choice,
            SecureKind::Card { .. } => Self::Card,
            SecureKind::Expiry => Self::Expiry,
        }
    }

    /// As the builder calls it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Text => "Line of text",
            Self::LongText => "Longer text",
            Self::Email => "E-mail address",
            Self::Phone => "Telephone number",
            Self::Date => "Date",
            Self::Choice => "Choice",
            Self::Card => "Card number",
            Self::Expiry => "Expiry date of a card",
        }
    }

    /// What a new row asks, until somebody words it otherwise.
    const fn label(self) -> &'static str {
        match self {
            Self::Email => "Your e-mail address",
            Self::Phone => "Your telephone number",
            Self::Card => "Card number",
            Self::Expiry => "Valid until",
            Self::Text | Self::LongText | Self::Date | Self::Choice => "",
        }
    }
}

/// # Errors
/// `Denied` to those who do not manage privacy; `InvalidFields` for all that cannot be taken; `ProofNeeded` for whole card numbers.
pub fn create(ctx: &Ctx, draft: &SecureFormDraft) -> Result<FormId, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let _changing = ctx.memory.changing();
    if ctx.store.house().forms.len() >= limits::SECURE_FORMS {
        return Err(Failure::Conflict(format!("At most {} forms fit. Archived ones count, too.", limits::SECURE_FORMS)));
    }
    let id = FormId::from_bytes(ctx.random_bytes());
    save(ctx, &draft.parse(ctx, id, None)?, None)?;
    Ok(id)
}

/// What was sent out already is asked as it is from now on.
///
/// # Errors
/// `NotFound`; `InvalidFields` for all that cannot be taken; `ProofNeeded` for whole card numbers.
pub fn change(ctx: &Ctx, id: FormId, draft: &SecureFormDraft) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    let form = draft.parse(ctx, id, Some(&before))?;
    if form == *before { Ok(()) } else { save(ctx, &form, Some(&before)) }
}

/// Nobody is asked any more; who has a link is told that the form is gone. What was filled in stays for its time.
///
/// # Errors
/// `NotFound`.
pub fn archive(ctx: &Ctx, id: FormId) -> Result<(), Failure> {
    put(ctx, id, |form| form.is_archived = true)
}

/// # Errors
/// `NotFound`.
pub fn restore(ctx: &Ctx, id: FormId) -> Result<(), Failure> {
    put(ctx, id, |form| form.is_archived = false)
}

/// Changes a form as it is at this moment; nobody else changes it meanwhile.
pub(super) fn put(ctx: &Ctx, id: FormId, change: impl FnOnce(&mut SecureForm)) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    let mut form = SecureForm::clone(&before);
    change(&mut form);
    if form == *before { Ok(()) } else { save(ctx, &form, Some(&before)) }
}

fn save(ctx: &Ctx, form: &SecureForm, before: Option<&Arc<SecureForm>>) -> Result<(), Failure> {
    // Whoever finds an unlocked screen must not be able to have whole card numbers collected.
    if form.keeps_whole_cards() && !before.is_some_and(|before| before.keeps_whole_cards()) {
        ctx.require_proof()?;
    }
    let mut batch = ctx.store.batch();
    batch.put_form(form);
    ctx.audit(&mut batch, AuditAction::FormSaved(form.id));
    ctx.settle(batch)
}

impl SecureFormDraft {
    #[must_use]
    pub fn of(form: &SecureForm) -> Self {
        let text = |it: &Option<Notice>| it.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default();
        Self {
            name: form.name.as_str().to_owned(),
            intro: text(&form.intro),
            consent: text(&form.consent),
            site: form.site.map(|site| site.to_string()).unwrap_or_default(),
            purge_on_first_view: form.purge_on_first_view,
            purge_at_close: form.purge_at_close,
            fields: form.fields.iter().map(SecureFieldDraft::of).collect(),
        }
    }

    /// The texts around the fields, by the name of their own.
    fn around(&self) -> [(&'static str, &str); 3] {
        [("name", &self.name), ("intro", &self.intro), ("consent", &self.consent)]
    }

    #[must_use]
    pub fn is_full(&self) -> bool {
        self.fields.len() >= limits::FORM_FIELDS
    }

    /// Adds a row at the end. What is asked on a secure form is sensitive until somebody says otherwise.
    pub fn add(&mut self, ctx: &Ctx, what: Kind) {
        if self.is_full() {
            return;
        }
        let (kind, label) = (what.word().to_owned(), what.label().to_owned());
        let id = base32(&ctx.random_bytes::<10>());
        self.fields.push(SecureFieldDraft {
            id,
            kind,
            label,
            is_required: true,
            is_sensitive: true,
            ..SecureFieldDraft::default()
        });
    }

    /// Moves one row, and gives back where it stands now; `None` when it is gone or never was.
    pub fn shift(&mut self, row: usize, to: Shift) -> Option<usize> {
        builder::shift(&mut self.fields, row, to)
    }

    fn parse(&self, ctx: &Ctx, id: FormId, before: Option<&SecureForm>) -> Result<SecureForm, Failure> {
        let mut errors = Fields::default();
        let name = errors.take("name", Name::parse(&self.name));
        let intro = errors.take("intro", optional(&self.intro, Notice::parse));
        let consent = errors.take("consent", optional(&self.consent, Notice::parse));
        let sites = ctx.store.house();
        let site = match self.site.as_str() {
            "" => Some(None),
            site => site.parse().ok().filter(|site| sites.sites.contains_key(site)).map(Some),
        };
        if site.is_none() {
            errors.refuse("site", "This site is not here any more. Choose again.");
        }
        match self.fields.len() {
            0 => errors.refuse("adding", "Add at least one field: without any there is nothing to fill in."),
            1..=limits::FORM_FIELDS => {}
            _ => errors.refuse("adding", format!("At most {} fields fit.", limits::FORM_FIELDS)),
        }
        let mut fields: Vec<SecureField> = Vec::new();
        for (row, draft) in self.fields.iter().enumerate().take(limits::FORM_FIELDS) {
            if let Some(field) = draft.parse(row, &mut errors) {
                if fields.iter().any(|other| other.id == field.id) {
                    errors.refuse(format!("label_{row}"), "This is asked already. Remove one of the two.");
                }
                fields.push(field);
            }
        }
        let (Some(name), Some(intro), Some(consent), Some(site)) = (name, intro, consent, site) else {
            return Err(errors.failure());
        };
        let translations = before.map(|it| it.translations.clone()).unwrap_or_default();
        let mut form = SecureForm {
            id,
            site,
            name,
            intro,
            fields,
            consent,
            translations,
            purge_on_first_view: self.purge_on_first_view,
            purge_at_close: self.purge_at_close,
            is_archived: before.is_some_and(|it| it.is_archived),
            created_at: before.map_or(ctx.now, |it| it.created_at),
        };
        form.forget_lost_fields();
        refuse_codes(&form, &self.around(), &mut errors);
        for (row, field) in form.fields.iter().enumerate() {
            if form.asks_for_card_code(field) {
                errors.refuse(format!("label_{row}"), CARD_CODE);
            }
        }
        errors.check()?;
        Ok(form)
    }
}

/// What is said to whoever wants to ask for one, here or before a chat.
pub(in crate::service) const CARD_CODE: &str = "This asks for the security code or PIN of a card. Nobody may store one (PCI DSS 3.3.1), so no form \
    can ask for it. Remove the field, or word it otherwise if it means something else.";

/// What stands around the fields can ask for one as well.
pub(super) fn refuse_codes(form: &SecureForm, texts: &[(&'static str, &str)], errors: &mut Fields) {
    for (field, _) in texts.iter().filter(|(_, text)| form.names_card_code(text)) {
        errors.refuse(*field, CARD_CODE_NAMED);
    }
}

const CARD_CODE_NAMED: &str = "This names the security code or PIN of a card. Nobody may store one (PCI DSS 3.3.1), and people write it down \
    where they read of it. Word it otherwise.";

impl SecureFieldDraft {
    fn of(field: &SecureField) -> Self {
        Self {
            id: field.id.as_str().to_owned(),
            kind: Kind::of(&field.kind).word().to_owned(),
            label: field.label.as_str().to_owned(),
            help: field.help.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            options: match &field.kind {
                SecureKind::Choice(options) => options.iter().map(Label::as_str).collect::<Vec<_>>().join("\n"),
                _ => String::new(),
            },
            is_required: field.is_required,
            is_sensitive: field.is_sensitive,
            keeps_all: field.kind == SecureKind::Card { keeps_all: true },
        }
    }

    fn parse(&self, row: usize, errors: &mut Fields) -> Option<SecureField> {
        let label = errors.take(format!("label_{row}"), Label::parse(&self.label));
        let help = errors.take(format!("help_{row}"), optional(&self.help, Label::parse));
        let id = FieldId::parse(&self.id).ok().filter(|id| ![SecureForm::CONSENT, SecureForm::ASKED].contains(&id.as_str()));
        let (Some(kind), Some(id)) = (Kind::of_word(&self.kind), id) else {
            errors.refuse(format!("label_{row}"), "This field is not what the builder made. Remove it and add it again.");
            return None;
        };
        let kind = match kind {
            Kind::Text => SecureKind::Text,
            Kind::LongText => SecureKind::LongText,
            Kind::Email => SecureKind::Email,
            Kind::Phone => SecureKind::Phone,
            Kind::Date => SecureKind::Date,
            Kind::Choice => SecureKind::Choice(errors.take(format!("options_{row}"), builder::options(&self.options))?),
            Kind::Card => SecureKind::Card { keeps_all: self.keeps_all },
            Kind::Expiry => SecureKind::Expiry,
        };
        let is_sensitive = self.is_sensitive || kind == SecureKind::Card { keeps_all: true };
        Some(SecureField { id, label: label?, help: help?, kind, is_required: self.is_required, is_sensitive })
    }
}

/// Nothing, or what was typed as it should be.
pub(super) fn optional<T, E>(text: &str, parse: impl Fn(&str) -> Result<T, E>) -> Result<Option<T>, E> {
    if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some) }
}

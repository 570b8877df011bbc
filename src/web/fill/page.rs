//! The page with the fields, and what stands in its place when there is nothing to fill in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use askama::Template;

use super::FIELD;
use crate::domain::filled::{self, Given, Problem};
use crate::domain::language::Language;
use crate::domain::secure_form::{SecureField, SecureForm, SecureKind};
use crate::domain::secure_said::{Said, SaidField};
use crate::domain::site::Site;
use crate::service::secure_forms::{Opened, Standing};
use crate::store::Store;
use crate::texts::Voice;
use crate::web::{Answer, page};

/// No script, no frame, nothing from elsewhere, and forms to ourselves alone.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What was typed and not taken.
#[derive(Default)]
pub struct Typed {
    pub given: Given,
    pub faults: Vec<Fault>,
}

/// The field, and what is wrong with it in the visitor's language. Without a field it concerns all of it.
pub struct Fault {
    field: String,
    message: String,
}

impl Fault {
    pub fn of(voice: &Voice, fault: &filled::Fault) -> Self {
        let key = match fault.problem {
            Problem::Empty => "error-empty",
            Problem::TooLong => "error-long",
            Problem::NotAnEmailAddress => "error-email",
            Problem::NotAPhoneNumber => "error-phone",
            Problem::NotAChoice => "error-choice",
            Problem::NotADate => "page-form-date",
            Problem::NotACardNumber => "page-form-card",
            Problem::NotAnExpiry => "page-form-expiry",
            Problem::CardCode => "page-form-no-code",
            Problem::NotAgreed => "page-form-consent",
        };
        let field = fault.field.as_str();
        let field = if field == SecureForm::CONSENT { field.to_owned() } else { format!("{FIELD}{field}") };
        Self { field, message: voice.say(key) }
    }

    pub fn of_all(message: String) -> Self {
        Self { field: String::new(), message }
    }
}

/// Why there is nothing to fill in, in words.
pub fn standing(voice: &Voice, standing: Standing) -> String {
    match standing {
        Standing::Open | Standing::Expired => voice.say("page-form-expired"),
        Standing::Gone => voice.say("page-form-gone"),
        Standing::Sent => voice.say("page-form-done-next"),
    }
}

/// Why what was sent was not taken, although nothing is wrong with it.
pub fn not_taken(voice: &Voice, now: Standing) -> String {
    match now {
        Standing::Open => voice.say("page-form-changed"),
        Standing::Sent => voice.say("page-form-sent-before"),
        Standing::Expired | Standing::Gone => standing(voice, now),
    }
}

#[derive(Template)]
#[template(path = "widget/form/page.html")]
struct Page<'a> {
    voice: Voice<'a>,
    site: &'a Site,
    said: &'a Said,
    link: &'a str,
    /// What is asked, so that a form that was changed meanwhile is known (`Opened::asks`).
    asked: String,
    rows: Vec<Row<'a>>,
    faults: &'a [Fault],
    is_agreed: bool,
    /// The languages in which it can be said, if there is more than one.
    languages: Vec<Language>,
    /// When the answers go, where the form says so.
    promises: Vec<String>,
    /// What was typed where nothing is asked any more.
    others: Vec<&'a str>,
}

/// What is said in place of a form.
#[derive(Template)]
#[template(path = "widget/form/said.html")]
struct SaidPage<'a> {
    voice: Voice<'a>,
    site: Option<&'a Site>,
    title: String,
    text: String,
    /// What was typed and led nowhere.
    typed: Vec<&'a str>,
}

/// One field, in the visitor's language.
struct Row<'a> {
    name: String,
    field: &'a SecureField,
    said: &'a SaidField,
    value: &'a str,
    fault: &'a str,
    hint: String,
}

impl Row<'_> {
    fn is_choice(&self) -> bool {
        matches!(self.field.kind, SecureKind::Choice(_))
    }

    fn is_long(&self) -> bool {
        self.field.kind == SecureKind::LongText
    }

    fn input(&self) -> &'static str {
        match self.field.kind {
            SecureKind::Email => "email",
            SecureKind::Phone => "tel",
            SecureKind::Date => "date",
            _ => "text",
        }
    }

    fn autocomplete(&self) -> &'static str {
        match self.field.kind {
            SecureKind::Email => "email",
            SecureKind::Phone => "tel",
            SecureKind::Card { .. } => "cc-number",
            SecureKind::Expiry => "cc-exp",
            _ => "off",
        }
    }

    fn is_of_digits(&self) -> bool {
        matches!(self.field.kind, SecureKind::Card { .. } | SecureKind::Expiry)
    }

    fn is_required(&self) -> bool {
        self.field.is_required
    }

    /// What describes the field, for those who hear the page.
    fn described(&self) -> String {
        let parts = [(self.said.help.is_some(), "help"), (!self.hint.is_empty(), "hint"), (!self.fault.is_empty(), "fault")];
        let parts: Vec<_> = parts.into_iter().filter(|(is, _)| *is).map(|(_, part)| format!("{}-{part}", self.name)).collect();
        parts.join(" ")
    }

    fn is_chosen(&self, at: &usize) -> bool {
        self.value.parse() == Ok(*at)
    }
}

impl Page<'_> {
    fn fault(&self, field: &str) -> &str {
        fault_of(self.faults, field)
    }

    /// What the field with this fault asks, so that those with the same fault can be told apart.
    fn label_of(&self, fault: &Fault) -> Option<&str> {
        self.rows.iter().find(|row| row.name == fault.field).map(|row| row.said.label.as_str())
    }
}

fn fault_of<'a>(faults: &'a [Fault], field: &str) -> &'a str {
    faults.iter().find(|fault| fault.field == field).map_or("", |fault| fault.message.as_str())
}

/// The form with what was typed; or why there is none.
pub fn draw(store: &Store, opened: &Opened, link: &str, language: Language, typed: &Typed) -> Answer {
    let voice = Voice::of(&opened.site, language);
    if !opened.standing.is_open() && typed.given.is_empty() {
        let title = match opened.standing {
            Standing::Sent => voice.say("page-form-done"),
            _ => voice.say("page-form-none"),
        };
        let status = if opened.standing == Standing::Sent { StatusCode::OK } else { StatusCode::GONE };
        return say(status, voice, Some(&opened.site), title, standing(&voice, opened.standing));
    }
    let form = &opened.form;
    let said = form.said_in(language);
    let rows = form.fields.iter().zip(&said.fields).filter(|(field, _)| !form.asks_for_card_code(field));
    let rows = rows.map(|(field, said)| {
        let name = format!("{FIELD}{}", field.id.as_str());
        let fault = fault_of(&typed.faults, &name);
        let value = typed.given.get(field.id.as_str()).map_or("", String::as_str);
        let hint = match field.kind {
            SecureKind::Card { keeps_all: false } => voice.say("page-form-card-kept"),
            SecureKind::Expiry => voice.say("page-form-expiry-help"),
            _ => String::new(),
        };
        Row { name, field, said, value, fault, hint }
    });
    let is_asked = |id: &str| form.fields.iter().any(|field| field.id.as_str() == id);
    let is_ours = |id: &str| [SecureForm::CONSENT, SecureForm::ASKED].contains(&id);
    let others = typed.given.iter().filter(|(id, text)| !is_asked(id) && !is_ours(id) && !text.trim().is_empty());
    let promises = [(form.purge_on_first_view, "page-form-at-view"), (form.purge_at_close, "page-form-at-close")];
    let drawn = Page {
        voice,
        site: &opened.site,
        said: &said,
        link,
        asked: opened.asks(store, language),
        rows: rows.collect(),
        faults: &typed.faults,
        is_agreed: typed.given.contains_key(SecureForm::CONSENT),
        languages: languages(&opened.site, form, language),
        promises: promises.into_iter().filter(|(is_so, _)| *is_so).map(|(_, key)| voice.say(key)).collect(),
        others: others.map(|(_, text)| text.as_str()).collect(),
    };
    let status = if typed.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(dressed(page::show_with(status, &drawn)?))
}

pub fn done(opened: &Opened, language: Language) -> Answer {
    let voice = Voice::of(&opened.site, language);
    let (title, text) = (voice.say("page-form-done"), voice.say("page-form-done-next"));
    say(StatusCode::OK, voice, Some(&opened.site), title, text)
}

pub fn nowhere(voice: Voice, typed: Vec<&str>) -> Answer {
    // Whoever has written something wants to know what became of it.
    let next = if typed.is_empty() { "page-form-none-next" } else { "page-form-gone" };
    let (title, text) = (voice.say("page-form-none"), voice.say(next));
    Ok(dressed(page::show_with(StatusCode::NOT_FOUND, &SaidPage { voice, site: None, title, text, typed })?))
}

fn say(status: StatusCode, voice: Voice, site: Option<&Site>, title: String, text: String) -> Answer {
    Ok(dressed(page::show_with(status, &SaidPage { voice, site, title, text, typed: Vec::new() })?))
}

fn languages(site: &Site, form: &SecureForm, spoken: Language) -> Vec<Language> {
    let known = |it: &Language| form.translations.contains_key(it) || *it == site.language || *it == spoken;
    let known: Vec<_> = Language::ALL.into_iter().filter(known).collect();
    if known.len() > 1 { known } else { Vec::new() }
}

fn dressed(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

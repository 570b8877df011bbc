//! A site's own words in place of the built-in ones: what an administrator may write, and what the window gets of it.

use std::collections::{BTreeMap, BTreeSet};

use super::grammar::{self, GrammarError, Part, Text};
use super::{built_in, source};
use crate::domain::form::Field;
use crate::domain::language::Language;
use crate::domain::limits;
use crate::domain::site::Site;

/// The texts of a site that are no sentences of ours: plain words, without variables, and with brackets as they stand.
const WELCOME: &str = "welcome";
const CLOSING: &str = "closing";
pub const CONSENT: &str = "consent";
/// Before the name of a form's field: its label.
const FIELD: &str = "field-";

/// Why a text was not taken, in words for the administrator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnTextError {
    #[error("There is no such text any more.")]
    NoSuchText,
    #[error("This is too long: at most {} characters fit.", limits::NOTICE_CHARS)]
    TooLong,
    #[error("{0}")]
    Grammar(GrammarError),
    #[error("{{ ${0} }} is not known here: this text has no variables.")]
    NoVariables(String),
    #[error("{{ ${unknown} }} is not known here. This text knows {known}.")]
    Unknown { unknown: String, known: String },
    #[error("Only {{ $n }} can be chosen by, and only in a text that has it.")]
    NotANumber,
}

/// A heading of the English file with the keys below it: the order in which an administrator reads them.
pub struct Group {
    pub heading: &'static str,
    pub keys: Vec<&'static str>,
}

#[must_use]
pub fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in source(Language::English).lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            groups.push(Group { heading, keys: Vec::new() });
        } else if let Some((key, _)) = line.split_once(" = ")
            && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && let Some(group) = groups.last_mut()
        {
            group.keys.push(key);
        }
    }
    groups
}

#[must_use]
pub fn is_plain(key: &str) -> bool {
    key == WELCOME || key == CLOSING || key == CONSENT || key.starts_with(FIELD)
}

/// The keys that this site adds to the built-in ones: the consent, where there is one, and the fields of its forms.
#[must_use]
pub fn added_keys(site: &Site) -> Vec<String> {
    let built_in = built_in(Language::English);
    let mut keys: BTreeSet<String> = fields(site).map(|field| format!("{FIELD}{}", field.id.as_str())).collect();
    if site.consent.is_some() {
        keys.insert(CONSENT.to_owned());
    }
    keys.into_iter().filter(|key| !built_in.contains_key(key)).collect()
}

fn fields(site: &Site) -> impl Iterator<Item = &Field> {
    site.pre_chat.fields.iter().chain(&site.offline.fields)
}

/// A text that somebody wrote for a key, if it may stand there.
///
/// # Errors
/// Says what is wrong with it.
pub fn check(site: &Site, key: &str, text: &str) -> Result<(), OwnTextError> {
    if text.chars().count() > limits::NOTICE_CHARS {
        return Err(OwnTextError::TooLong);
    }
    let built_in = built_in(Language::English);
    let Some(original) = built_in.get(key) else {
        return if added_keys(site).iter().any(|added| added == key) { Ok(()) } else { Err(OwnTextError::NoSuchText) };
    };
    if is_plain(key) {
        return Ok(());
    }
    let written = read(key, text)?;
    let known = original.variables();
    if let Some(unknown) = written.variables().difference(&known).next() {
        let unknown = (*unknown).to_owned();
        return Err(match &written {
            Text::Choice { by, .. } if *by == unknown => OwnTextError::NotANumber,
            _ if known.is_empty() => OwnTextError::NoVariables(unknown),
            _ => {
                let known: Vec<String> = known.iter().map(|name| format!("{{ ${name} }}")).collect();
                OwnTextError::Unknown { unknown, known: known.join(", ") }
            }
        });
    }
    match written {
        Text::Choice { by, .. } if by != "n" => Err(OwnTextError::NotANumber),
        _ => Ok(()),
    }
}

fn read(key: &str, text: &str) -> Result<Text, OwnTextError> {
    let mut texts = grammar::read(&message(key, text)).map_err(|(_, error)| OwnTextError::Grammar(error))?;
    // Anything that reads like a second message would be one.
    let only = texts.len() == 1;
    texts.remove(key).filter(|_| only).ok_or(OwnTextError::Grammar(GrammarError::Syntax))
}

/// A text as a message of a Fluent file: what follows the first line is indented, so that nothing in it begins a message.
pub(super) fn message(key: &str, text: &str) -> String {
    format!("{key} = {}\n", text.trim().lines().collect::<Vec<_>>().join("\n    "))
}

/// A built-in text as it is written in Fluent, for reading beside one's own.
#[must_use]
pub fn written(text: &Text) -> String {
    let line = |parts: &[Part]| -> String {
        parts.iter().fold(String::new(), |line, part| match part {
            Part::Words(words) => line + words.as_str(),
            Part::Variable(name) => format!("{line}{{ ${name} }}"),
        })
    };
    match text {
        Text::Plain(parts) => line(parts),
        Text::Choice { by, forms } => {
            // As people count, and the form that stands for all others last.
            let order = |form: &str| ["zero", "one", "two", "few", "many", "other"].iter().position(|it| *it == form);
            let mut forms: Vec<_> = forms.iter().collect();
            forms.sort_by_key(|(form, _)| order(form));
            let mut lines = vec![format!("{{ ${by} ->")];
            for (form, parts) in forms {
                let star = if form == "other" { "*" } else { " " };
                lines.push(format!("   {star}[{form}] {}", line(parts)));
            }
            lines.push("}".to_owned());
            lines.join("\n")
        }
    }
}

/// The site's plain words for a key in a language: those of that language, else those of its settings, else nothing, where the
/// built-in text says the same as a site that nobody has changed.
#[must_use]
pub fn plain(site: &Site, language: Language, key: &str) -> Option<String> {
    if !is_plain(key) {
        return None;
    }
    if let Some(text) = site.texts.get(&(language, key.to_owned())) {
        return Some(text.clone());
    }
    let settings = match key {
        WELCOME => site.welcome.as_str(),
        CLOSING => site.closing.as_str(),
        CONSENT => site.consent.as_ref()?.text.as_str(),
        _ => {
            let id = key.strip_prefix(FIELD)?;
            fields(site).find(|field| field.id.as_str() == id)?.label.as_str()
        }
    };
    let unchanged = built_in(Language::English).get(key).is_some_and(|text| written(text) == settings);
    (!unchanged).then(|| settings.to_owned())
}

/// What the window of this site says otherwise than the built-in texts of the language.
#[must_use]
pub fn of_window(site: &Site, language: Language) -> BTreeMap<String, Text> {
    let mut texts = BTreeMap::new();
    for ((other, key), text) in &site.texts {
        if *other == language
            && grammar::is_for_the_window(key)
            && !is_plain(key)
            && let Ok(read) = read(key, text)
        {
            texts.insert(key.clone(), read);
        }
    }
    let plain_keys = [WELCOME, CLOSING]
        .map(str::to_owned)
        .into_iter()
        .chain(added_keys(site))
        .chain(fields(site).map(|field| format!("{FIELD}{}", field.id.as_str())));
    for key in plain_keys {
        if let Some(text) = plain(site, language, &key) {
            texts.insert(key, Text::Plain(vec![Part::Words(text)]));
        }
    }
    texts
}

impl Text {
    #[must_use]
    pub fn variables(&self) -> BTreeSet<&str> {
        let (by, parts): (_, Vec<&Part>) = match self {
            Self::Plain(parts) => (None, parts.iter().collect()),
            Self::Choice { by, forms } => (Some(by.as_str()), forms.values().flatten().collect()),
        };
        let named = parts.into_iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Words(_) => None,
        });
        by.into_iter().chain(named).collect()
    }
}

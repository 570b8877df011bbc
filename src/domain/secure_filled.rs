//! A secure form as somebody filled it in: what is taken of it, what is kept of that, and how it is shown to who has not asked for more.

use super::card::{self, CardNumber};
use super::card_code;
use super::filled::{Fault, Given, Problem};
use super::secure_form::{SecureField, SecureForm, SecureKind, SubmittedAnswer};
use super::text::{EmailAddress, FieldId, Line, MessageText, PhoneNumber};
use super::time::Timestamp;

/// What stands for an answer that is not shown: always as long, so that its length tells nothing.
const HIDDEN: &str = "••••••••";
/// Digits of a number that are shown all the same, so that two can be told apart.
const SHOWN_OF_A_NUMBER: usize = 2;
const SHOWN_OF_A_CARD: usize = 4;

impl SecureForm {
    /// The name of what is ticked to agree.
    pub const CONSENT: &'static str = "consent";
    /// The name of what says which questions the page asked.
    pub const ASKED: &'static str = "asked";

    /// Reads all fields. What was given beyond them is left aside.
    ///
    /// # Errors
    /// With every field that cannot be taken.
    pub fn read(&self, given: &Given, now: Timestamp) -> Result<Vec<SubmittedAnswer>, Vec<Fault>> {
        let mut answers = Vec::new();
        let mut faults = Vec::new();
        // Whatever made this form, the code of a card is not taken.
        for field in self.fields.iter().filter(|field| !self.asks_for_card_code(field)) {
            let raw = given.get(field.id.as_str()).map_or("", |value| value.trim());
            match (raw, field.is_required) {
                ("", true) => faults.push(Fault { field: field.id.clone(), problem: Problem::Empty }),
                ("", false) => {}
                // What stands beside a card and is nothing but three or four digits is its code, whatever it was asked as.
                (raw, _) if self.is_about_cards() && field.is_written() && card_code::is_one(raw) => {
                    faults.push(Fault { field: field.id.clone(), problem: Problem::CardCode });
                }
                (raw, _) => match field.kept(raw, now) {
                    Ok(value) => answers.push(field.answered(value)),
                    Err(problem) => faults.push(Fault { field: field.id.clone(), problem }),
                },
            }
        }
        let is_agreed = self.consent.is_none() || given.contains_key(Self::CONSENT);
        if let (false, Ok(field)) = (is_agreed, FieldId::parse(Self::CONSENT)) {
            faults.push(Fault { field, problem: Problem::NotAgreed });
        }
        if faults.is_empty() { Ok(answers) } else { Err(faults) }
    }

    /// Whether a field asks for what nobody may keep.
    #[must_use]
    pub fn asks_for_card_code(&self, field: &SecureField) -> bool {
        let own = [Some(&field.label), field.help.as_ref()].into_iter().flatten().chain(field.options());
        let translated = self.translations.values().filter_map(|texts| texts.fields.get(&field.id));
        let translated =
            translated.flat_map(|texts| [texts.label.as_ref(), texts.help.as_ref()].into_iter().flatten().chain(&texts.options));
        own.chain(translated).any(|label| self.names_card_code(label.as_str()))
    }

    /// Whether a text of this form names that code. A form with a field for a card is about cards.
    #[must_use]
    pub fn names_card_code(&self, text: &str) -> bool {
        if self.is_about_cards() { card_code::is_asked_beside_a_card(text) } else { card_code::is_asked(text) }
    }

    #[must_use]
    pub fn is_about_cards(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.kind, SecureKind::Card { .. } | SecureKind::Expiry))
    }
}

impl SecureField {
    fn answered(&self, value: MessageText) -> SubmittedAnswer {
        SubmittedAnswer {
            field: self.id.clone(),
            label: self.label.clone(),
            kind: self.kind.clone(),
            is_sensitive: self.is_sensitive,
            value,
        }
    }

    /// Whether its answer is typed as people like.
    fn is_written(&self) -> bool {
        matches!(self.kind, SecureKind::Text | SecureKind::LongText | SecureKind::Phone)
    }

    /// What is kept of an answer.
    fn kept(&self, raw: &str, now: Timestamp) -> Result<MessageText, Problem> {
        let kept = match &self.kind {
            // Of a card that stands elsewhere than in its own field, no more is kept than there.
            SecureKind::Text => card::truncated_within(Line::parse(raw)?.as_str()),
            SecureKind::LongText => card::truncated_within(MessageText::parse(raw)?.as_str()),
            SecureKind::Email => without_card(EmailAddress::parse(raw)?.as_str(), Problem::NotAnEmailAddress)?,
            SecureKind::Phone => {
                let number = PhoneNumber::parse(&card::with_plain_digits(raw))?;
                without_card(number.as_str(), Problem::NotAPhoneNumber)?
            }
            SecureKind::Date => date(raw).ok_or(Problem::NotADate)?,
            SecureKind::Choice(options) => {
                let chosen = raw.parse().ok().and_then(|at: usize| options.get(at));
                chosen.ok_or(Problem::NotAChoice)?.as_str().to_owned()
            }
            SecureKind::Card { keeps_all } => {
                let card = CardNumber::parse(raw).ok_or(Problem::NotACardNumber)?;
                if *keeps_all { card.whole() } else { card.truncated() }
            }
            SecureKind::Expiry => card::expiry(raw, now).ok_or(Problem::NotAnExpiry)?,
        };
        Ok(MessageText::parse(&kept)?)
    }
}

/// What is an address or a number and holds a card is none.
fn without_card(kept: &str, problem: Problem) -> Result<String, Problem> {
    if card::is_within(kept) { Err(problem) } else { Ok(kept.to_owned()) }
}

/// `2026-11-22`, as browsers send it and people write it where theirs has no calendar.
fn date(raw: &str) -> Option<String> {
    let plain = card::with_plain_digits(raw);
    let date: jiff::civil::Date = plain.parse().ok().filter(|_| plain.len() == 10)?;
    Some(date.to_string())
}

impl SubmittedAnswer {
    /// Whether it has to be asked for with a reason. A whole card number always has.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.is_sensitive || matches!(self.kind, SecureKind::Card { keeps_all: true })
    }

    /// As everybody sees it who may see the form at all.
    #[must_use]
    pub fn masked(&self) -> String {
        let value = self.value.as_str();
        if !self.is_hidden() {
            return value.to_owned();
        }
        match &self.kind {
            SecureKind::Card { .. } => format!("{HIDDEN}{}", last_digits(value, SHOWN_OF_A_CARD)),
            SecureKind::Phone => format!("{HIDDEN}{}", last_digits(value, SHOWN_OF_A_NUMBER)),
            SecureKind::Email => {
                let place = value.rsplit_once('@').map_or("", |(_, place)| place);
                format!("{HIDDEN}@{place}")
            }
            _ => HIDDEN.to_owned(),
        }
    }
}

fn last_digits(text: &str, count: usize) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    // Of a short number nothing is shown.
    let from = digits.len().saturating_sub(count);
    if from < count { String::new() } else { digits[from..].iter().collect() }
}

#[cfg(test)]
#[path = "secure_filled_tests.rs"]
mod tests;

//! What is made unreadable in what people write, before anything of it is stored.

use super::text::{Label, Line};

/// What a site looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Numbers of payment cards (ISO/IEC 7812).
    pub cards: bool,
    /// Social security numbers of the United States.
    pub ssn: bool,
    /// Bank accounts (ISO 13616).
    pub iban: bool,
    pub patterns: Vec<OwnPattern>,
}

impl Default for Redaction {
    /// Nobody has a reason to keep a card number in a chat.
    fn default() -> Self {
        Self { cards: true, ssn: false, iban: false, patterns: Vec::new() }
    }
}

/// Something that only this site knows of, such as its numbers of patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPattern {
    /// What stands in its place.
    pub name: Label,
    /// A regular expression that is matched in linear time.
    pub pattern: Line,
}

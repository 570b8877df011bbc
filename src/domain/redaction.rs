//! What is taken out of what people write, before anything of it is stored or told. `detectors` finds and masks; each of the others knows
//! one kind of number; `reading` brings what people type into one form, so that no number hides in how it is written.

mod cards;
mod codes;
mod detectors;
mod groups;
mod iban;
mod own;
mod reading;
mod ssn;

pub use cards::luhn;
pub use detectors::{Across, Detectors, Found, Hit, Kind, Masked};
pub use own::{PatternError, compile};

use super::text::{Label, Line};

/// What a site looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Numbers of payment cards (ISO/IEC 7812), and their security codes.
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
    /// What the site's administrators call it.
    pub name: Label,
    /// A regular expression that is matched in linear time.
    pub pattern: Line,
}

#[cfg(test)]
#[path = "redaction/labelled_tests.rs"]
mod labelled_tests;

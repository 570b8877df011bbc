//! What a site makes unreadable, as a part of its record.

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::redaction::{OwnPattern, Redaction};
use crate::domain::text::{Label, Line};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(super) struct RedactionRecord {
    cards: bool,
    ssn: bool,
    iban: bool,
    /// Name and pattern.
    patterns: Vec<(String, String)>,
}

impl From<&Redaction> for RedactionRecord {
    fn from(it: &Redaction) -> Self {
        let pattern = |own: &OwnPattern| (own.name.as_str().to_owned(), own.pattern.as_str().to_owned());
        Self { cards: it.cards, ssn: it.ssn, iban: it.iban, patterns: it.patterns.iter().map(pattern).collect() }
    }
}

impl RedactionRecord {
    pub(super) fn redaction(self) -> Result<Redaction, StoreError> {
        let own = |(name, pattern): (String, String)| {
            Ok(OwnPattern { name: Label::parse(&name).map_err(unfit)?, pattern: Line::parse(&pattern).map_err(unfit)? })
        };
        Ok(Redaction {
            cards: self.cards,
            ssn: self.ssn,
            iban: self.iban,
            patterns: self.patterns.into_iter().map(own).collect::<Result<_, StoreError>>()?,
        })
    }
}

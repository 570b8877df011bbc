//! Why a command was not carried out, as the client is told: a code, and with it perhaps a number. The chat window says it in its
//! language (`refused-…` of the texts); the message is for everybody else.

use std::collections::BTreeMap;

use crate::domain::conversation::IllegalMove;
use crate::domain::text::TextError;
use crate::service::Failure;
use crate::texts::Voice;

pub struct Refusal {
    pub code: &'static str,
    /// How many characters fit, or how many seconds to wait.
    pub n: Option<u32>,
    pub message: String,
    /// Fields of a form that cannot be taken, and a word for why.
    pub fields: BTreeMap<String, &'static str>,
    /// They may not; told like what is not there, and on record.
    pub is_denied: bool,
}

impl Refusal {
    /// In a visitor's language, for pages that the server draws.
    #[must_use]
    pub fn said(&self, voice: Voice) -> String {
        let n: Vec<_> = self.n.map(|n| ("n", n.into())).into_iter().collect();
        voice.tell(&format!("refused-{}", self.code.replace('_', "-")), &n)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let (code, n) = match &failure {
            Failure::NotFound | Failure::Denied(_) | Failure::ProofNeeded | Failure::Sso(_) => ("not_found", None),
            Failure::Invalid { field: "consent", .. } => ("consent_needed", None),
            Failure::Invalid { field: "tags", .. } => ("tag_needed", None),
            Failure::Illegal(IllegalMove::Full) => ("full", None),
            Failure::Illegal(IllegalMove::Crowded) => ("busy", None),
            Failure::Illegal(_) | Failure::Conflict(_) | Failure::Locked(_) => ("closed", None),
            Failure::File(refusal) => (refusal.code(), None),
            Failure::NoRoom => ("no_room", None),
            Failure::Blocked => ("blocked", None),
            Failure::TooMany { seconds } => ("rate_limited", Some(*seconds)),
            Failure::Store(_) => ("unavailable", None),
            Failure::Invalid { .. } | Failure::InvalidFields(_) | Failure::InvalidAnswers(_) | Failure::WrongCredentials => {
                ("invalid", None)
            }
        };
        let faults = if let Failure::InvalidAnswers(faults) = &failure { faults.as_slice() } else { &[] };
        let fields = faults.iter().map(|fault| (fault.field.as_str().to_owned(), fault.problem.word())).collect();
        let is_denied = matches!(failure, Failure::Denied(_));
        Self { code, n, message: failure.to_string(), fields, is_denied }
    }
}

impl From<TextError> for Refusal {
    fn from(error: TextError) -> Self {
        let (code, n) = match error {
            TextError::TooLong(most) => ("too_long", u32::try_from(most).ok()),
            TextError::Empty => ("empty", None),
            _ => ("invalid", None),
        };
        Self { code, n, message: error.to_string(), fields: BTreeMap::new(), is_denied: false }
    }
}

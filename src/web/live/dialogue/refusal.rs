//! Why a command was not carried out, as the client is told.

use crate::domain::text::TextError;
use crate::service::Failure;

pub(super) struct Refusal {
    pub code: &'static str,
    pub message: String,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let code = match &failure {
            Failure::NotFound | Failure::Denied(_) => "not_found",
            Failure::Invalid { field: "consent", .. } => "consent_needed",
            Failure::Invalid { field: "tags", .. } => "tag_needed",
            Failure::Conflict(_) => "closed",
            Failure::NoRoom => "no_room",
            Failure::TooMany { .. } => "rate_limited",
            Failure::Store(_) => "unavailable",
            _ => "invalid",
        };
        Self { code, message: failure.to_string() }
    }
}

impl From<TextError> for Refusal {
    fn from(error: TextError) -> Self {
        let code = match error {
            TextError::TooLong(_) => "too_long",
            _ => "invalid",
        };
        Self { code, message: error.to_string() }
    }
}

//! Collects what is wrong with a form, so that its author sees all of it at once.

use std::fmt::Display;

use super::Failure;

/// One field that cannot be taken, and a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: &'static str,
    pub message: String,
}

#[derive(Debug, Default)]
pub(super) struct Fields(Vec<FieldError>);

impl Fields {
    /// The value, or nothing and a note beside the field.
    pub fn take<T, E: Display>(&mut self, field: &'static str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.refuse(field, error.to_string())).ok()
    }

    pub fn refuse(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(FieldError { field, message: message.into() });
    }

    /// # Errors
    /// When anything was refused.
    pub fn check(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(self.failure()) }
    }

    pub fn failure(self) -> Failure {
        Failure::InvalidFields(self.0)
    }
}

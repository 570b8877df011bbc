//! Collects what is wrong with a form, so that its author sees all of it at once.

use std::borrow::Cow;
use std::fmt::Display;

use super::Failure;

/// One field that cannot be taken, and a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// As it is called in the form; fields of rows have their number in it.
    pub field: Cow<'static, str>,
    pub message: String,
}

#[derive(Debug, Default)]
pub(super) struct Fields(Vec<FieldError>);

impl Fields {
    /// The value, or nothing and a note beside the field.
    pub fn take<T, E: Display>(&mut self, field: impl Into<Cow<'static, str>>, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.refuse(field, error.to_string())).ok()
    }

    pub fn refuse(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// Notes what speaks against a value that could be taken otherwise, if anything does.
    pub fn object(&mut self, field: &'static str, objection: Option<String>) {
        if let Some(message) = objection {
            self.refuse(field, message);
        }
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

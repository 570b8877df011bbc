//! What a site asks, as the window shows it: a label, a field and a place for its error each, and the agreement at the end.

use std::sync::Arc;

use askama::Template;

use crate::domain::department::Department;
use crate::domain::form::{Field, FieldKind, Form};
use crate::domain::limits;
use crate::texts::Voice;

#[derive(Template)]
#[template(path = "widget/_questions.html")]
pub struct Questions<'a> {
    /// Keeps the ids of two forms in one page apart.
    prefix: &'static str,
    voice: Voice<'a>,
    fields: Vec<Question<'a>>,
    departments: &'a [Arc<Department>],
    /// Whether the visitor has to agree.
    asks_consent: bool,
}

// HTML in which askama has escaped every field, so a page that prints it must not escape it again.
impl askama::filters::HtmlSafe for Questions<'_> {}

struct Question<'a> {
    field: &'a Field,
}

impl<'a> Questions<'a> {
    #[must_use]
    pub fn new(
        prefix: &'static str,
        voice: Voice<'a>,
        form: &'a Form,
        departments: &'a [Arc<Department>],
        asks_consent: bool,
    ) -> Self {
        // Without any department there is nothing to choose.
        let is_shown = |field: &&Field| field.kind != FieldKind::Department || !departments.is_empty();
        let fields = form.fields.iter().filter(is_shown).map(|field| Question { field }).collect();
        Self { prefix, voice, fields, departments, asks_consent }
    }
}

impl<'a> Question<'a> {
    fn id(&self) -> &'a str {
        self.field.id.as_str()
    }

    fn label(&self, voice: &Voice) -> String {
        voice.say(&format!("field-{}", self.id()))
    }

    fn is_choice(&self) -> bool {
        matches!(self.field.kind, FieldKind::Choice(_) | FieldKind::Department)
    }

    /// What is sent, and what is shown.
    fn options(&self, departments: &'a [Arc<Department>]) -> Vec<(String, &'a str)> {
        match &self.field.kind {
            FieldKind::Choice(options) => options.iter().map(|it| (it.as_str().to_owned(), it.as_str())).collect(),
            _ => departments.iter().map(|it| (it.id.to_string(), it.name.as_str())).collect(),
        }
    }

    fn input(&self) -> &'static str {
        match self.field.kind {
            FieldKind::Email => "email",
            FieldKind::Phone => "tel",
            _ => "text",
        }
    }

    fn chars(&self) -> usize {
        match self.field.kind {
            FieldKind::Email => limits::EMAIL_CHARS,
            FieldKind::Phone => limits::PHONE_CHARS,
            _ if self.id() == Field::NAME => limits::NAME_CHARS,
            _ => limits::LINE_CHARS,
        }
    }

    fn pattern(&self) -> Option<&'static str> {
        (self.field.kind == FieldKind::Phone).then_some(r"[ \d+.\/\(\)\-]*\d[ \d+.\/\(\)\-]*\d[ \d+.\/\(\)\-]*\d[ \d+.\/\(\)\-]*")
    }

    fn autocomplete(&self) -> Option<&'static str> {
        match (self.input(), self.id()) {
            ("email", _) => Some("email"),
            ("tel", _) => Some("tel"),
            (_, Field::NAME) => Some("name"),
            _ => None,
        }
    }
}

//! A form as a visitor filled it in, read field by field: what says who they are, where they want to go, and every other answer.

use std::collections::BTreeMap;

use super::form::{Answer, Field, FieldKind, Form};
use super::id::DepartmentId;
use super::text::{EmailAddress, FieldId, Label, Line, Name, PhoneNumber, TextError};

/// What was typed or chosen, by the id of the field.
pub type Given = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    pub name: Option<Name>,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneNumber>,
    pub department: Option<DepartmentId>,
    pub answers: Vec<Answer>,
}

/// A field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: FieldId,
    pub problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Empty,
    TooLong,
    NotAnEmailAddress,
    NotAPhoneNumber,
    NotAChoice,
    /// These are secure forms' alone.
    NotADate,
    NotACardNumber,
    /// Not the month and year of a card that still holds.
    NotAnExpiry,
    /// It would be the security code of a card.
    CardCode,
    NotAgreed,
}

impl Problem {
    /// For the window, which says it in the visitor's language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "long",
            Self::NotAnEmailAddress => "email",
            Self::NotAPhoneNumber => "phone",
            Self::NotAChoice => "choice",
            Self::NotADate => "date",
            Self::NotACardNumber => "card",
            Self::NotAnExpiry => "expiry",
            Self::CardCode => "code",
            Self::NotAgreed => "consent",
        }
    }
}

impl From<TextError> for Problem {
    fn from(error: TextError) -> Self {
        match error {
            TextError::TooLong(_) => Self::TooLong,
            TextError::NotAnEmailAddress => Self::NotAnEmailAddress,
            TextError::NotAPhoneNumber => Self::NotAPhoneNumber,
            _ => Self::Empty,
        }
    }
}

impl Form {
    /// Reads all fields of the form. What was given beyond them is left aside: the form may have been another one a moment ago.
    ///
    /// # Errors
    /// With every field that cannot be taken.
    pub fn read(&self, given: &Given, is_department: impl Fn(DepartmentId) -> bool) -> Result<Filled, Vec<Fault>> {
        let mut filled = Filled::default();
        let mut faults = Vec::new();
        // Whatever made this form, the code of a card is not taken.
        for field in self.fields.iter().filter(|field| !field.asks_for_card_code()) {
            let value = given.get(field.id.as_str()).map_or("", |value| value.trim());
            let taken = if value.is_empty() {
                if field.is_required { Err(Problem::Empty) } else { Ok(()) }
            } else {
                filled.take(field, value, &is_department)
            };
            if let Err(problem) = taken {
                faults.push(Fault { field: field.id.clone(), problem });
            }
        }
        if faults.is_empty() { Ok(filled) } else { Err(faults) }
    }
}

impl Filled {
    fn take(&mut self, field: &Field, value: &str, is_department: &impl Fn(DepartmentId) -> bool) -> Result<(), Problem> {
        match &field.kind {
            FieldKind::Department => {
                let department = value.parse().ok().filter(|id| is_department(*id)).ok_or(Problem::NotAChoice)?;
                self.department = Some(department);
                return Ok(());
            }
            FieldKind::Choice(options) if !options.iter().any(|option| option.as_str() == value) => {
                return Err(Problem::NotAChoice);
            }
            // The first of a kind is the visitor's own; further ones are answers, and judged alike.
            FieldKind::Email => {
                let email = EmailAddress::parse(value)?;
                if field.id.as_str() == Field::EMAIL {
                    self.email = Some(email);
                    return Ok(());
                }
            }
            FieldKind::Phone => {
                let phone = PhoneNumber::parse(value)?;
                if field.id.as_str() == Field::PHONE {
                    self.phone = Some(phone);
                    return Ok(());
                }
            }
            FieldKind::Text if field.id.as_str() == Field::NAME => {
                self.name = Some(Name::parse(value)?);
                return Ok(());
            }
            FieldKind::Text | FieldKind::Choice(_) => {}
        }
        let label: &Label = &field.label;
        self.answers.push(Answer { field: field.id.clone(), label: label.clone(), value: Line::parse(value)? });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: &str, kind: FieldKind, is_required: bool) -> Field {
        Field { id: FieldId::parse(id).unwrap(), label: Label::parse("A question").unwrap(), kind, is_required }
    }

    fn form() -> Form {
        let options = ["Billing", "Other"].map(|option| Label::parse(option).unwrap()).to_vec();
        Form {
            fields: vec![
                Field::name(),
                field("email", FieldKind::Email, true),
                field("phone", FieldKind::Phone, false),
                field("topic", FieldKind::Choice(options), true),
                field("number", FieldKind::Text, false),
                field("department", FieldKind::Department, false),
            ],
        }
    }

    fn given(pairs: &[(&str, &str)]) -> Given {
        pairs.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn known_fields_say_who_the_visitor_is_and_the_rest_are_answers() {
        let sales = DepartmentId::from_bytes([7; 16]);
        let all = given(&[
            ("name", " Maria "),
            ("email", "Maria@Example.org"),
            ("phone", "+49 40 123456"),
            ("topic", "Billing"),
            ("number", "4711"),
            ("department", &sales.to_string()),
            ("unknown", "left aside"),
        ]);
        let filled = form().read(&all, |id| id == sales).unwrap();
        assert_eq!(filled.name.unwrap().as_str(), "Maria");
        assert_eq!(filled.email.unwrap().as_str(), "maria@example.org");
        assert_eq!(filled.department, Some(sales));
        let answers: Vec<_> = filled.answers.iter().map(|it| (it.field.as_str(), it.value.as_str())).collect();
        assert_eq!(answers, [("topic", "Billing"), ("number", "4711")]);
    }

    #[test]
    fn the_code_of_a_card_is_not_taken_whoever_asks_for_it() {
        let mut form = form();
        form.fields = vec![Field { label: Label::parse("Your CVV").unwrap(), ..field("code", FieldKind::Text, true) }];
        assert_eq!(form.read(&given(&[("code", "123")]), |_| false), Ok(Filled::default()));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let wrong =
            given(&[("email", "maria"), ("phone", "call me"), ("department", "dep_nonsense"), ("number", &"9".repeat(501))]);
        let faults = form().read(&wrong, |_| false).unwrap_err();
        let named: Vec<_> = faults.iter().map(|it| (it.field.as_str(), it.problem.word())).collect();
        assert_eq!(
            named,
            [("email", "email"), ("phone", "phone"), ("topic", "empty"), ("number", "long"), ("department", "choice")]
        );
        let chosen = given(&[("email", "m@example.org"), ("topic", "Something else")]);
        assert_eq!(form().read(&chosen, |_| false).unwrap_err()[0].problem, Problem::NotAChoice);
    }
}

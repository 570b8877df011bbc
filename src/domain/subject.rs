//! By what a person is found who asks for what is kept about them: their marks, made the same however they were written, since the
//! index that finds them knows nothing but keyed hashes.

use std::collections::BTreeSet;
use std::fmt;

use super::conversation::Conversation;
use super::id::{SiteId, base32, from_base32};
use super::limits;
use super::secure_form::{SecureKind, Submission};
use super::text::{EmailAddress, Line, PhoneNumber};
use super::time::Timestamp;

/// Which of their marks somebody is looked up by. The number goes into the blind index and is never another one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectKey {
    Email,
    Phone,
    /// The code that the chat window shows to its visitor.
    Code,
    /// By which a website knows them, once it has proven it.
    Account,
    /// Nobody's: under this one are the drawers that are kept and not used.
    Restriction,
}

impl SubjectKey {
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Email => 1,
            Self::Phone => 2,
            Self::Code => 3,
            Self::Account => 4,
            Self::Restriction => 5,
        }
    }
}

/// The keyed hash of one mark of one person: 16 bytes under a key of the installation.
pub type SubjectHash = [u8; 16];

/// How far the index has come with what is older than it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Everything that was closed before this is in it.
    pub through: Option<Timestamp>,
    /// How many chats that was.
    pub chats: u64,
    pub is_done: bool,
}

/// The code of a visitor: made of the keyed hash of their token, so that it is stored nowhere and nobody can make one up. Whoever shows
/// it is the visitor; so it does not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VisitorCode([u8; Self::BYTES]);

impl VisitorCode {
    pub const BYTES: usize = 10;
    const LETTERS: usize = 16;

    #[must_use]
    pub fn of_hash(hash: &[u8; 32]) -> Self {
        let mut bytes = [0; Self::BYTES];
        bytes.copy_from_slice(&hash[..Self::BYTES]);
        Self(bytes)
    }

    /// As somebody types it who reads it from a screen: in any case, with or without the strokes, and with the digits that the code has
    /// not for the letters that look like them.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let letters: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
            .map(|c| match c {
                '0' => 'o',
                '1' => 'i',
                '8' => 'b',
                c => c.to_ascii_lowercase(),
            })
            .take(Self::LETTERS + 1)
            .collect();
        from_base32(&letters)?.try_into().ok().map(Self)
    }

    /// `ABCD-EFGH-IJKL-MNOP`
    #[must_use]
    pub fn written(&self) -> String {
        let letters = base32(&self.0).to_ascii_uppercase();
        let groups: Vec<_> = letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        groups.join("-")
    }
}

/// By what a person is looked up. It does not print.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    key: SubjectKey,
    text: String,
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mark({:?})", self.key)
    }
}

impl Mark {
    /// What somebody typed who looks for a person: what it is shows in how it is written. A telephone number and a code never look
    /// alike, since a code has letters.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.contains('@') {
            return EmailAddress::parse(typed).ok().as_ref().map(Self::email);
        }
        if typed.chars().any(|c| c.is_ascii_alphabetic()) {
            return VisitorCode::parse(typed).as_ref().map(Self::code);
        }
        Self::phone(&PhoneNumber::parse(typed).ok()?)
    }

    #[must_use]
    pub fn email(address: &EmailAddress) -> Self {
        Self { key: SubjectKey::Email, text: address.as_str().to_owned() }
    }

    /// A number by its digits alone: `+49 (0)40 123-456`, `0049 40 123456` and `49 40 123456` are one. A number without its country is
    /// another one: guessing the country could show somebody else's chats.
    #[must_use]
    pub fn phone(number: &PhoneNumber) -> Option<Self> {
        let written = number.as_str();
        // The zero in brackets is dialled within the country alone.
        let international = written.trim_start().starts_with('+') || written.trim_start().starts_with("00");
        let written = if international { written.replace("(0)", "") } else { written.to_owned() };
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.strip_prefix("00").filter(|_| !written.trim_start().starts_with('+')).unwrap_or(&digits);
        (digits.len() >= limits::PHONE_DIGITS_MIN).then(|| Self { key: SubjectKey::Phone, text: digits.to_owned() })
    }

    #[must_use]
    pub fn code(code: &VisitorCode) -> Self {
        Self { key: SubjectKey::Code, text: base32(&code.0) }
    }

    #[must_use]
    pub fn account(site: SiteId, id: &Line) -> Self {
        Self { key: SubjectKey::Account, text: format!("{site}\n{}", id.as_str()) }
    }

    #[must_use]
    pub fn key(&self) -> SubjectKey {
        self.key
    }

    /// In its one spelling, for the index.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// An address or a number among what somebody answered or a website said, where nothing else says what it is. Numbers have to look
    /// as if they were to be dialled, or every number of an order would be one.
    fn within(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.contains('@') {
            return EmailAddress::parse(text).ok().as_ref().map(Self::email);
        }
        if text.starts_with(['+', '0', '(']) { Self::phone(&PhoneNumber::parse(text).ok()?) } else { None }
    }
}

/// All marks of the visitor of a conversation.
#[must_use]
pub fn marks_of(head: &Conversation, code: &VisitorCode) -> BTreeSet<Mark> {
    let (visitor, about) = (&head.visitor, &head.about);
    if about.is_anonymised {
        return BTreeSet::new();
    }
    let mut marks = BTreeSet::from([Mark::code(code)]);
    marks.extend(visitor.email.as_ref().map(Mark::email));
    marks.extend(visitor.phone.as_ref().and_then(Mark::phone));
    marks.extend(about.answers.iter().filter_map(|answer| Mark::within(answer.value.as_str())));
    marks.extend(about.attributes.iter().filter_map(|attribute| Mark::within(attribute.value.as_str())));
    if let Some(identity) = &about.identity {
        marks.insert(Mark::account(head.site, &identity.id));
        marks.extend(Mark::within(identity.id.as_str()));
    }
    marks
}

/// All marks of whoever filled in a secure form.
#[must_use]
pub fn marks_of_submission(submission: &Submission) -> BTreeSet<Mark> {
    let mark = |answer: &super::secure_form::SubmittedAnswer| match answer.kind {
        SecureKind::Email => EmailAddress::parse(answer.value.as_str()).ok().as_ref().map(Mark::email),
        SecureKind::Phone => PhoneNumber::parse(answer.value.as_str()).ok().as_ref().and_then(Mark::phone),
        _ => None,
    };
    submission.answers.iter().filter_map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::about::{About, Attribute, Identity};
    use crate::domain::conversation::State;
    use crate::domain::form::Answer;
    use crate::domain::id::ConversationId;
    use crate::domain::text::{FieldId, Label, Name};
    use crate::domain::visitor::Visitor;

    fn code() -> VisitorCode {
        VisitorCode::of_hash(&[0b1010_1010; 32])
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let written = code().written();
        assert_eq!(written.len(), 19);
        for typed in [
            written.clone(),
            written.to_lowercase(),
            written.replace('-', ""),
            written.replace('-', " "),
            written.replace('-', "\u{2013}"),
            format!("  {written} "),
        ] {
            assert!(VisitorCode::parse(&typed) == Some(code()), "{typed}");
        }
        let like = VisitorCode::parse("obia-obia-obia-obia");
        assert!(like.is_some() && like == VisitorCode::parse("081A-081A-081A-081A"));
        for wrong in ["", "abcd", "abcd-efgh-ijkl-mno", "abcd-efgh-ijkl-mnop-q", "abcd-efgh-ijkl-mnö9", &"a".repeat(100_000)] {
            assert!(VisitorCode::parse(wrong).is_none(), "{wrong:.40}");
        }
    }

    #[test]
    fn one_person_is_one_mark_however_they_are_written() {
        let read = |typed: &str| Mark::read(typed).unwrap();
        assert_eq!(read(" Maria@Example.org "), read("maria@example.org"));
        for same in ["+49 (0)40 123-456", "0049 40 123456", "49 40 123456", "+49.40.123.456", "(+49) 40/123456"] {
            assert_eq!(read(same), read("+4940123456"), "{same}");
        }
        assert_ne!(read("040 123456"), read("+49 40 123456"));
        assert_eq!(read(&code().written()), Mark::code(&code()));
        for wrong in ["", "Maria", "maria@", "12", "12345", "abcd efgh"] {
            assert_eq!(Mark::read(wrong), None, "{wrong}");
        }
        let all = ["maria@example.org", "+4940123456", "abcd-efgh-ijkl-mnop"].map(|it| read(it).key());
        assert_eq!(all, [SubjectKey::Email, SubjectKey::Phone, SubjectKey::Code]);
        assert!(!format!("{:?}", read("maria@example.org")).contains("maria"));
    }

    #[test]
    fn a_head_is_found_by_all_that_it_says_of_its_visitor() {
        let site = SiteId::from_bytes([2; 16]);
        let line = |text: &str| Line::parse(text).unwrap();
        let answer = |value: &str| Answer {
            field: FieldId::parse("f").unwrap(),
            label: Label::parse("Question").unwrap(),
            value: line(value),
        };
        let mut head = Conversation {
            id: ConversationId::from_bytes([1; 16]),
            site,
            visitor: Visitor {
                name: Name::parse("Maria").ok(),
                email: EmailAddress::parse("maria@example.org").ok(),
                phone: PhoneNumber::parse("040 123456").ok(),
                consent: None,
            },
            token_index: [0; 32],
            state: State::Waiting,
            started_at: Timestamp::from_millis(0),
            about: About {
                answers: vec![answer("at.work@example.org"), answer("4711000"), answer("+49 40 999999")],
                attributes: vec![Attribute { name: Name::parse("mail").unwrap(), value: line("old@example.org") }],
                identity: Some(Identity { id: line("customer 7"), email_is_proven: false }),
                ..About::default()
            },
        };
        let marks = marks_of(&head, &code());
        let typed = ["maria@example.org", "040123456", "at.work@example.org", "+4940999999", "old@example.org"];
        assert!(typed.iter().all(|it| marks.contains(&Mark::read(it).unwrap())));
        assert!(marks.contains(&Mark::code(&code())) && marks.contains(&Mark::account(site, &line("customer 7"))));
        assert_eq!(marks.len(), 7, "the number of an order is nobody's telephone");
        head.about.is_anonymised = true;
        assert!(marks_of(&head, &code()).is_empty());
    }
}

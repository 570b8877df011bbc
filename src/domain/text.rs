//! Text that people typed. Each type is parsed once at the edge; none of them prints, so that no log line can hold what a
//! visitor wrote: `Debug` shows the length only, and `as_str` has to be asked for by name.

use std::borrow::Cow;
use std::fmt;

use super::limits;

/// Why a text was refused, in words for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("Please write something here.")]
    Empty,
    #[error("This is too long: at most {0} characters fit.")]
    TooLong(usize),
    #[error("This does not look like an e-mail address, such as name@example.org.")]
    NotAnEmailAddress,
    #[error("This does not look like a telephone number, such as +49 40 123456.")]
    NotAPhoneNumber,
    #[error("Use letters, digits, - and _ only.")]
    NotAClientId,
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// Says what is wrong with the text and what would be right.
            pub fn parse(raw: &str) -> Result<Self, TextError> {
                #[allow(clippy::redundant_closure_call, reason = "the macro takes the rule as a closure")]
                ($parse)(raw).map(Self)
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({} bytes)", stringify!($name), self.0.len())
            }
        }
    };
}

text!(
    /** One chat message: 1 to 4,000 characters, line breaks as `\n`. */
    MessageText,
    |raw| cleaned(raw, limits::MESSAGE_CHARS, true)
);
text!(
    /** The name of a person or a site: one line of 1 to 80 characters. */
    Name,
    |raw| cleaned(raw, limits::NAME_CHARS, false)
);
text!(
    /** A welcome, closing or consent text: 1 to 1,000 characters. */
    Notice,
    |raw| cleaned(raw, limits::NOTICE_CHARS, true)
);
text!(
    /** An e-mail address as people type it, in lower case. Only delivery proves more than its shape. */
    EmailAddress,
    email
);
text!(
    /** One line of 1 to 500 characters: a page's address or title, an answer, a custom attribute. */
    Line,
    |raw| cleaned(raw, limits::LINE_CHARS, false)
);
text!(
    /** The label of a field, an option or a button: one line of 1 to 120 characters. */
    Label,
    |raw| cleaned(raw, limits::LABEL_CHARS, false)
);
text!(
    /** A tag of a conversation: one line of 1 to 40 characters. */
    Tag,
    |raw| cleaned(raw, limits::TAG_CHARS, false)
);
text!(
    /** A telephone number as people write it, 3 to 32 digits, spaces and `+()-./`. */
    PhoneNumber,
    phone
);
text!(
    /** The name of a form's field, the same for as long as it exists: letters, digits, `-` and `_`. */
    FieldId,
    client_id
);
text!(
    /** What somebody looks for in chats: one line of 1 to 100 characters. */
    SearchWords,
    |raw| cleaned(raw, limits::SEARCH_CHARS, false)
);
text!(
    /** What a file is called: 1 to 200 characters, no path, nothing that hides or pretends. Every text becomes one. */
    FileName,
    super::file_name::cleaned
);
text!(
    /** The id a client made for one command, so that the same command is carried out once. */
    ClientId,
    client_id
);

impl FileName {
    /// The same name for a file of another format.
    #[must_use]
    pub fn with_ending(&self, ending: &str) -> Self {
        Self(super::file_name::with_ending(&self.0, ending))
    }
}

fn cleaned(raw: &str, max_chars: usize, multiline: bool) -> Result<String, TextError> {
    // Most text is plain, above all what comes back from the store.
    let is_plain = |byte| matches!(byte, b' '..=b'~') || multiline && matches!(byte, b'\n' | b'\t');
    let text = if raw.bytes().all(is_plain) { Cow::Borrowed(raw) } else { Cow::Owned(without_controls(raw, multiline)) };
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > max_chars {
        return Err(TextError::TooLong(max_chars));
    }
    Ok(text.to_owned())
}

fn without_controls(raw: &str, multiline: bool) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    text.push(if multiline { '\n' } else { ' ' });
                }
            }
            '\n' if multiline => text.push('\n'),
            '\t' if multiline => text.push('\t'),
            '\n' | '\t' => text.push(' '),
            // Control characters can hide or reorder what a reader sees; direction marks stay, Arabic and Hebrew need them.
            c if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) => {}
            c => text.push(c),
        }
    }
    text
}

fn email(raw: &str) -> Result<String, TextError> {
    let text = raw.trim().to_lowercase();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > limits::EMAIL_CHARS {
        return Err(TextError::TooLong(limits::EMAIL_CHARS));
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return Err(TextError::NotAnEmailAddress) };
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\"\\@".contains(c))
    };
    let dotted = domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    if plain(local) && plain(domain) && dotted { Ok(text) } else { Err(TextError::NotAnEmailAddress) }
}

fn phone(raw: &str) -> Result<String, TextError> {
    let text = cleaned(raw, limits::PHONE_CHARS, false)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits >= 3 && text.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c)) {
        Ok(text)
    } else {
        Err(TextError::NotAPhoneNumber)
    }
}

fn client_id(raw: &str) -> Result<String, TextError> {
    let fits = (1..=limits::CLIENT_ID_CHARS).contains(&raw.len());
    if fits && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        Ok(raw.to_owned())
    } else {
        Err(TextError::NotAClientId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_lines_and_loses_what_hides() {
        let text = MessageText::parse("  one\r\ntwo\u{202e}\u{0}\rthree \n").unwrap();
        assert_eq!(text.as_str(), "one\ntwo\nthree");
        assert_eq!(MessageText::parse("one\n\ttwo").unwrap().as_str(), "one\n\ttwo");
        assert_eq!(Name::parse("one\n\ttwo").unwrap().as_str(), "one  two");
        assert_eq!(MessageText::parse("one\u{7f}two").unwrap().as_str(), "onetwo");
        assert_eq!(MessageText::parse(" \n\t "), Err(TextError::Empty));
        assert!(MessageText::parse(&"ä".repeat(4_000)).is_ok());
        assert_eq!(MessageText::parse(&"ä".repeat(4_001)), Err(TextError::TooLong(4_000)));
    }

    #[test]
    fn an_email_address_is_checked_for_shape_only() {
        assert_eq!(EmailAddress::parse(" Anna@Example.ORG ").unwrap().as_str(), "anna@example.org");
        for wrong in ["anna", "anna@", "@example.org", "a b@example.org", "a@example..org", "a@-x.org", "<a@x.org>"] {
            assert_eq!(EmailAddress::parse(wrong), Err(TextError::NotAnEmailAddress), "{wrong}");
        }
    }

    #[test]
    fn no_text_prints_itself() {
        assert_eq!(format!("{:?}", Name::parse("Maria").unwrap()), "Name(5 bytes)");
    }
}

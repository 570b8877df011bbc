//! Canned responses: texts that operators send often, with places for what differs from chat to chat.

use super::id::{CannedId, OperatorId, SiteId};
use super::language::Language;
use super::text::{MessageText, Name, Tag};
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedResponse {
    pub id: CannedId,
    /// `None`: shared with all who serve the site.
    pub owner: Option<OperatorId>,
    /// `None`: for every site.
    pub site: Option<SiteId>,
    /// What is typed behind the slash.
    pub shortcut: Tag,
    pub title: Name,
    pub text: MessageText,
    /// `None`: for visitors of any language.
    pub language: Option<Language>,
    pub created_at: Timestamp,
}

/// What the chat fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    VisitorName,
    Email,
    OperatorName,
    Site,
    Department,
}

impl Variable {
    pub const ALL: [Self; 5] = [Self::VisitorName, Self::Email, Self::OperatorName, Self::Site, Self::Department];

    /// What stands in the text, between braces.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::VisitorName => "visitor.name",
            Self::Email => "email",
            Self::OperatorName => "operator.name",
            Self::Site => "site",
            Self::Department => "department",
        }
    }

    /// What an operator calls it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::VisitorName => "visitor name",
            Self::Email => "e-mail address",
            Self::OperatorName => "your name",
            Self::Site => "site",
            Self::Department => "department",
        }
    }

    /// What stands in a reply while nobody has filled it in: brackets that people hardly type.
    #[must_use]
    pub fn placeholder(self) -> String {
        format!("⟨{}⟩", self.words())
    }
}

/// A text taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    Variable(Variable),
}

/// Braces around anything else are words.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut words, mut at) = (0, 0);
    while let Some(found) = text[at..].find('{') {
        let begin = at + found;
        let variable = Variable::ALL
            .into_iter()
            .find(|it| text[begin + 1..].strip_prefix(it.key()).is_some_and(|behind| behind.starts_with('}')));
        at = begin + 1;
        let Some(variable) = variable else { continue };
        if words < begin {
            pieces.push(Piece::Words(&text[words..begin]));
        }
        pieces.push(Piece::Variable(variable));
        at = begin + variable.key().len() + 2;
        words = at;
    }
    if words < text.len() {
        pieces.push(Piece::Words(&text[words..]));
    }
    pieces
}

/// The text with what is known; a placeholder stands for the rest.
#[must_use]
pub fn fill(text: &str, known: impl Fn(Variable) -> Option<String>) -> String {
    let piece = |piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Variable(variable) => known(variable).unwrap_or_else(|| variable.placeholder()),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// What is typed behind a slash: no spaces, and no slash.
///
/// # Errors
/// A sentence for whoever typed it.
pub fn shortcut(raw: &str) -> Result<Tag, String> {
    let raw = raw.trim();
    let tag = Tag::parse(raw.strip_prefix('/').unwrap_or(raw)).map_err(|error| error.to_string())?;
    if tag.as_str().contains(|c: char| c.is_whitespace() || c == '/') {
        return Err("Use letters and digits without spaces, such as greeting or opening-hours.".to_owned());
    }
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_and_the_rest_stays() {
        let known = |variable| (variable == Variable::VisitorName).then(|| "{site}".to_owned());
        assert_eq!(fill("Hello {visitor.name}, {{x} {site}{", known), "Hello {site}, {{x} ⟨site⟩{");
        assert_eq!(fill("{email}{email}", |_| Some(String::new())), "");
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("ä{site}ö"), [Piece::Words("ä"), Piece::Variable(Variable::Site), Piece::Words("ö")]);
        assert_eq!(pieces("{{site}}"), [Piece::Words("{"), Piece::Variable(Variable::Site), Piece::Words("}")]);
    }

    #[test]
    fn a_shortcut_is_one_word() {
        assert_eq!(shortcut(" /hello ").unwrap().as_str(), "hello");
        assert_eq!(shortcut("öffnungszeiten-2").unwrap().as_str(), "öffnungszeiten-2");
        for wrong in ["", "/", "two words", "a/b"] {
            assert!(shortcut(wrong).is_err(), "{wrong}");
        }
    }
}

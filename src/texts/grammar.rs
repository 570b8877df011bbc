//! The part of Fluent that texts may use: words, variables, and one choice by a number as the whole text. It is small enough for
//! the browser to read without a Fluent of its own, and for an administrator to learn by looking. `build.rs` reads this file too.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};
use fluent_syntax::parser;

/// One text, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    Plain(Vec<Part>),
    /// The number that decides, and the text of each plural category (CLDR) or exact number.
    Choice {
        by: String,
        forms: BTreeMap<String, Vec<Part>>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Words(String),
    Variable(String),
}

/// What is wrong with a text, in words for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrammarError {
    /// The brackets do not match, or a line begins with a sign that means something to Fluent.
    Syntax,
    /// Fluent allows it, the window does not.
    NotPlain,
    Choice,
    Form(String),
    Twice(String),
}

impl fmt::Display for GrammarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax => f.write_str(
                "This cannot be read. Each { needs its }, as in { $name }, and no line after the first may begin with [, *, . or }.",
            ),
            Self::NotPlain => f.write_str("Between { and } only a variable may stand, as in { $name }."),
            Self::Choice => f.write_str("A choice by a number has to be the whole text, and its starred form has to be *[other]."),
            Self::Form(form) => write!(f, "{form} is no form of a number: use zero, one, two, few, many, other or the number itself."),
            Self::Twice(key) => write!(f, "{key} stands there twice."),
        }
    }
}

/// Reads a whole file: key → text.
///
/// # Errors
/// Says what is wrong, and with which key where that is known.
pub fn read(source: &str) -> Result<BTreeMap<String, Text>, (String, GrammarError)> {
    if has_cut_escape(source) {
        return Err((String::new(), GrammarError::Syntax));
    }
    let resource = parser::parse(source).map_err(|(_, errors)| {
        let line = errors.first().map_or(0, |error| source.get(..error.pos.start).unwrap_or_default().lines().count() + 1);
        (format!("line {line}"), GrammarError::Syntax)
    })?;
    let mut texts = BTreeMap::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let key = message.id.name.to_owned();
                let wrong = |error| (key.clone(), error);
                let pattern =
                    message.value.filter(|_| message.attributes.is_empty()).ok_or_else(|| wrong(GrammarError::NotPlain))?;
                let text = text_of(&pattern).map_err(wrong)?;
                if texts.insert(key.clone(), text).is_some() {
                    return Err((key.clone(), GrammarError::Twice(key)));
                }
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            Entry::Term(_) | Entry::Junk { .. } => return Err((String::new(), GrammarError::NotPlain)),
        }
    }
    Ok(texts)
}

/// Whether the digits of an escape, `\u` and four or `\U` and six, end before a letter that is not ASCII. To say what is wrong with it
/// fluent-syntax 0.12 cuts that letter in two, and panics.
fn has_cut_escape(source: &str) -> bool {
    source.as_bytes().split(|byte| *byte == b'\\').skip(1).any(|behind| {
        let (digits, behind) = match behind.split_first() {
            Some((b'u', behind)) => (4, behind),
            Some((b'U', behind)) => (6, behind),
            _ => return false,
        };
        behind.iter().take(digits).find(|byte| !byte.is_ascii_hexdigit()).is_some_and(|byte| !byte.is_ascii())
    })
}

fn text_of(pattern: &Pattern<&str>) -> Result<Text, GrammarError> {
    if let [PatternElement::Placeable { expression: Expression::Select { selector, variants } }] = pattern.elements.as_slice() {
        let InlineExpression::VariableReference { id } = selector else { return Err(GrammarError::NotPlain) };
        let forms = variants.iter().map(form_of).collect::<Result<BTreeMap<_, _>, _>>()?;
        return Ok(Text::Choice { by: id.name.to_owned(), forms });
    }
    Ok(Text::Plain(parts_of(pattern)?))
}

fn form_of(variant: &Variant<&str>) -> Result<(String, Vec<Part>), GrammarError> {
    let key = match variant.key {
        VariantKey::Identifier { name } if ["zero", "one", "two", "few", "many", "other"].contains(&name) => name,
        VariantKey::NumberLiteral { value } if value.bytes().all(|byte| byte.is_ascii_digit()) => value,
        VariantKey::Identifier { name } | VariantKey::NumberLiteral { value: name } => {
            return Err(GrammarError::Form(name.to_owned()));
        }
    };
    if variant.default != (key == "other") {
        return Err(GrammarError::Choice);
    }
    Ok((key.to_owned(), parts_of(&variant.value)?))
}

fn parts_of(pattern: &Pattern<&str>) -> Result<Vec<Part>, GrammarError> {
    let part = |element: &PatternElement<&str>| match element {
        PatternElement::TextElement { value } => Ok(Part::Words((*value).to_owned())),
        PatternElement::Placeable { expression: Expression::Inline(InlineExpression::VariableReference { id }) } => {
            Ok(Part::Variable(id.name.to_owned()))
        }
        PatternElement::Placeable { expression: Expression::Select { .. } } => Err(GrammarError::Choice),
        PatternElement::Placeable { .. } => Err(GrammarError::NotPlain),
    };
    pattern.elements.iter().map(part).collect()
}

/// Whether a text travels to the chat window; the beginning of its key says so.
#[must_use]
pub fn is_for_the_window(key: &str) -> bool {
    !["button-", "page-"].iter().any(|kept| key.starts_with(kept))
}

/// Whether the window fetches a text when it needs it, since most visitors never read it.
#[must_use]
pub fn comes_later(key: &str) -> bool {
    key.starts_with("card-")
}

/// Texts as the browser gets them, a JSON object: `"key": "Hello {name}"`, and `"key": {"": "n", "one": "…", "other": "…"}` for a
/// choice. No `<` stands in it, so that it may stand in a script.
#[must_use]
pub fn json<'a, K: AsRef<str>>(texts: impl IntoIterator<Item = (K, &'a Text)>) -> String {
    let mut json = String::from("{");
    for (key, text) in texts {
        separate(&mut json);
        quote(&mut json, key.as_ref());
        json.push(':');
        match text {
            Text::Plain(parts) => quote(&mut json, &braced(parts)),
            Text::Choice { by, forms } => {
                json.push_str("{\"\":");
                quote(&mut json, by);
                for (form, parts) in forms {
                    json.push(',');
                    quote(&mut json, form);
                    json.push(':');
                    quote(&mut json, &braced(parts));
                }
                json.push('}');
            }
        }
    }
    json.push('}');
    json
}

fn separate(json: &mut String) {
    if json.len() > 1 {
        json.push(',');
    }
}

fn braced(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Words(words) => text.push_str(words),
            Part::Variable(name) => text.extend(["{", name, "}"]),
        }
    }
    text
}

fn quote(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\n' => json.push_str("\\n"),
            '<' | '\u{0}'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                // Writing into a string does not fail.
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}

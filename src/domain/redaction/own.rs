//! Patterns that an administrator writes. The engine takes time linear in the text, whatever the pattern; what one may cost is bounded, and
//! what would hide everything is refused with the reason.

use regex::{Regex, RegexBuilder};

use crate::domain::limits;

/// Why a pattern is not taken, for who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("Write the pattern, such as KD-[0-9]+.")]
    Empty,
    #[error("This is too long: at most {0} characters fit.")]
    TooLong(usize),
    #[error(
        "This is no regular expression as Parlor reads it. Close every bracket, and use neither look-around nor back-references."
    )]
    Unreadable,
    #[error("This pattern is too large to look for in every message. Use smaller numbers of repetitions.")]
    TooLarge,
    #[error("This pattern finds something in an empty text, so it would find it everywhere. Ask for at least one character.")]
    FindsNothing,
    #[error(
        "This pattern finds single characters, so it would hide parts of nearly every message. Ask for at least three in a row."
    )]
    FindsCharacters,
    #[error("This pattern would hide ordinary sentences. Say more exactly what it should find.")]
    FindsEverything,
}

/// What people write all day. A pattern that hides most of it protects nobody.
const ORDINARY: [&str; 12] = [
    "Hello, how can I help you?",
    "Thank you very much, that is all for today.",
    "Guten Tag, ich habe eine Frage zu meiner Bestellung.",
    "Bonjour, pouvez-vous me rappeler demain matin ?",
    "Buenos días, ¿a qué hora abren?",
    "Olá, obrigado pela resposta rápida!",
    "Dzień dobry, proszę o pomoc.",
    "مرحبا، كيف يمكنني المساعدة؟",
    "שלום, איך אפשר לעזור?",
    "こんにちは、質問があります。",
    "你好，请问有什么可以帮您？",
    "ok 👍",
];

/// Bytes of the compiled form.
const COMPILED_BYTES: usize = 128 * 1024;
const NESTING: u32 = 32;

/// # Errors
/// Says what is wrong with it.
pub fn compile(pattern: &str) -> Result<Regex, PatternError> {
    if pattern.trim().is_empty() {
        return Err(PatternError::Empty);
    }
    if pattern.chars().count() > limits::PATTERN_CHARS {
        return Err(PatternError::TooLong(limits::PATTERN_CHARS));
    }
    let regex = RegexBuilder::new(pattern)
        .size_limit(COMPILED_BYTES)
        .dfa_size_limit(8 * COMPILED_BYTES)
        .nest_limit(NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            _ => PatternError::Unreadable,
        })?;
    if regex.is_match("") {
        return Err(PatternError::FindsNothing);
    }
    let mut buffer = [0; 4];
    let is_found = |c: char, buffer: &mut [u8; 4]| regex.is_match(c.encode_utf8(buffer));
    if (' '..='~').chain(['ä', 'é', 'ß', 'ا', 'ש', 'あ', '你', '👍', '\n']).any(|c| is_found(c, &mut buffer)) {
        return Err(PatternError::FindsCharacters);
    }
    let is_hidden = |text: &&&str| regex.find_iter(text).map(|hit| hit.len()).sum::<usize>() * 2 > text.len();
    if ORDINARY.iter().filter(is_hidden).count() * 4 > ORDINARY.len() {
        return Err(PatternError::FindsEverything);
    }
    Ok(regex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_hides_everything_is_refused_with_the_reason() {
        for (pattern, why) in [
            ("", PatternError::Empty),
            ("  ", PatternError::Empty),
            ("(", PatternError::Unreadable),
            ("(?=a)b", PatternError::Unreadable),
            (r"(a)\1", PatternError::Unreadable),
            (r"\w{1000}{1000}", PatternError::TooLarge),
            ("x*", PatternError::FindsNothing),
            ("^", PatternError::FindsNothing),
            ("$|abc", PatternError::FindsNothing),
            ("a{0}", PatternError::FindsNothing),
            (".", PatternError::FindsCharacters),
            (r"\d", PatternError::FindsCharacters),
            ("e+", PatternError::FindsCharacters),
            ("(?s).+", PatternError::FindsCharacters),
            ("..", PatternError::FindsEverything),
            (r"[^0]{2,}", PatternError::FindsEverything),
            (r"\pL{2,}", PatternError::FindsEverything),
            (r"(?s).{3}.*", PatternError::FindsEverything),
        ] {
            assert_eq!(compile(pattern).map(|_| ()), Err(why), "{pattern}");
        }
        assert_eq!(
            compile(&"a".repeat(limits::PATTERN_CHARS + 1)).map(|_| ()),
            Err(PatternError::TooLong(limits::PATTERN_CHARS))
        );
        for pattern in ["KD-[0-9]{6}", r"(?i)\bpatient\s+no\.?\s*\d{4,8}\b", r"\b[A-Z]\d{9}\b"] {
            assert!(compile(pattern).is_ok(), "{pattern}");
        }
    }
}

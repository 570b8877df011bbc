//! Words that are looked for, and whether they stand in a text.

use std::collections::BTreeSet;

use memchr::memmem::Finder;
use zeroize::Zeroizing;

use super::signature::Probe;

/// Some words. All of them have to be there, in any order; what stands in quotation marks is one.
pub(in crate::store) struct Words(Vec<Needle>);

impl Words {
    pub(in crate::store) fn new(words: &str) -> Self {
        Self(split(words).into_iter().map(|word| Needle::new(&word)).collect())
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, as a set of their numbers.
    pub(in crate::store) fn all(&self) -> u128 {
        self.0.iter().enumerate().fold(0, |all, (number, _)| all | 1 << number)
    }

    /// Those that stand in the text. `lowered` is where the small letters go, kept for the next time.
    pub(in crate::store) fn those_in(&self, text: &[u8], lowered: &mut Lowered) -> u128 {
        let text = lowered.take(text);
        let is_in = |needle: &Needle| needle.0.iter().any(|form| form.find(text).is_some());
        self.0.iter().enumerate().filter(|(_, needle)| is_in(needle)).fold(0, |found, (number, _)| found | 1 << number)
    }

    pub(in crate::store) fn describe(&self, probe: &mut Probe) {
        for needle in &self.0 {
            probe.word(needle.0.iter().filter_map(|form| std::str::from_utf8(form.needle()).ok()));
        }
    }
}

/// So many words have a number each; the others stand in what is looked for and are not looked for.
const WORDS_MAX: usize = 64;

fn split(words: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![String::new()];
    let mut is_quoted = false;
    for letter in words.chars() {
        if matches!(letter, '"' | '“' | '”' | '„' | '«' | '»') {
            is_quoted = !is_quoted;
            all.push(String::new());
        } else if letter.is_whitespace() && !is_quoted {
            all.push(String::new());
        } else if let Some(word) = all.last_mut() {
            word.push(letter);
        }
    }
    let mut seen = BTreeSet::new();
    all.into_iter()
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty() && seen.insert(word.clone()))
        .take(WORDS_MAX)
        .collect()
}

/// One word, in each of the forms in which it may be written when only ASCII letters are made small: as it is, all small, all
/// capital, and with a capital first letter.
struct Needle(Vec<Finder<'static>>);

impl Needle {
    fn new(word: &str) -> Self {
        let small = word.to_lowercase();
        let mut chars = small.chars();
        let first: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
        let forms = [word.to_owned(), first, word.to_uppercase(), small];
        let forms: BTreeSet<String> = forms.into_iter().map(|form| form.to_ascii_lowercase()).collect();
        Self(forms.iter().filter(|form| !form.is_empty()).map(|form| Finder::new(form).into_owned()).collect())
    }
}

/// Room for a text in small letters. What it held is wiped when it grows and when it goes.
#[derive(Default)]
pub(in crate::store) struct Lowered(Zeroizing<Vec<u8>>);

impl Lowered {
    fn take(&mut self, text: &[u8]) -> &[u8] {
        if text.len() > self.0.capacity() {
            self.0 = Zeroizing::new(Vec::with_capacity(text.len().next_power_of_two()));
        }
        self.0.clear();
        self.0.extend_from_slice(text);
        self.0.make_ascii_lowercase();
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &str, text: &str) -> bool {
        let words = Words::new(words);
        !words.is_empty() && words.those_in(text.as_bytes(), &mut Lowered::default()) == words.all()
    }

    #[test]
    fn case_does_not_count() {
        for (words, text) in [
            ("foot", "My FOOT hurts"),
            ("FOOT", "my foot hurts"),
            ("my fo", "My Foot"),
            ("ärger", "So viel Ärger"),
            ("Ärger", "so viel ärger"),
            ("ärger", "ÄRGER"),
            ("привет", "ПРИВЕТ"),
            ("Привет", "привет"),
            ("привет", "Привет"),
            ("\u{1f600}", "hello \u{1f600}"),
        ] {
            assert!(found(words, text), "{words} in {text}");
        }
        assert!(!found("foot", "fo ot"));
        assert!(!found("", "anything"));
    }

    #[test]
    fn all_words_count_in_any_order_and_quoted_ones_as_they_stand() {
        assert!(found("hurts foot", "My foot hurts"));
        assert!(!found("hurts hand", "My foot hurts"));
        assert!(found("\"foot hurts\"", "My foot hurts"));
        assert!(!found("\"hurts foot\"", "My foot hurts"));
        assert!(found("„my foot“ hurts", "My foot hurts"));
        assert!(found("\"foot", "My foot hurts"), "a mark without its other half");
        assert_eq!(split("a a \"b c\" \"\" d"), ["a", "b c", "d"]);
    }

    #[test]
    fn what_stands_there_is_never_ruled_out() {
        use super::super::signature::Signer;
        let mut signer = Signer::new();
        let text = "So viel ÄRGER mit ΟΔΟΣ und Straße";
        signer.text(text);
        for word in ["ärger", "Ärger", "ΟΔΟΣ", "straße", "STRASSE", "VIEL mit"] {
            let mut probe = Probe::default();
            Words::new(word).describe(&mut probe);
            assert!(!found(word, text) || probe.may_be_in(&signer.finish()), "{word}");
        }
    }
}

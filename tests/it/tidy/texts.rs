//! What visitors read: each text is said somewhere, and what is said is there. That all languages have the same is held beside them,
//! in `src/texts/tests.rs`.

use std::collections::BTreeSet;

use parlor::domain::language::Language;
use parlor::texts;

use super::none;
use crate::harness::source::files;

/// Keys that the code puts together: what comes after these beginnings is a code, a field or a number.
const PUT_TOGETHER: [&str; 6] = ["error-", "field-", "file-", "line-", "rating-", "refused-"];
/// How far a message has come is a word of the live protocol, and its text has the same name.
const WORDS: [&str; 3] = ["sent", "delivered", "seen"];
/// Not among the built-in texts: a site that asks for consent has its own.
const OF_SITES: [&str; 1] = ["consent"];
/// What is written right before a key where it is said.
const SAYS: [&str; 8] = ["data-t=\"", "data-label=\"", "data-hint=\"", ".say(\"", ".tell(\"", " t(\"", "setText(\"", "told(\""];

fn sources() -> Vec<String> {
    let mut all = files("src", &[".rs"]);
    all.retain(|file| !file.is_of_tests());
    all.extend(files("templates/widget", &[".html"]));
    all.extend(files("assets/widget", &[".js"]));
    all.into_iter().map(|file| file.text).collect()
}

#[test]
fn every_text_is_said_somewhere() {
    let sources = sources();
    let is_said = |key: &str| {
        let quoted = format!("\"{key}\"");
        PUT_TOGETHER.iter().any(|beginning| key.starts_with(beginning))
            || WORDS.contains(&key)
            || sources.iter().any(|text| text.contains(&quoted))
    };
    let unused: Vec<_> = texts::built_in(Language::English).into_keys().filter(|key| !is_said(key)).collect();
    none("a text that nobody says", &unused);
}

#[test]
fn whatever_is_said_has_a_text() {
    let known: BTreeSet<_> = texts::built_in(Language::English).into_keys().collect();
    let mut missing = BTreeSet::new();
    for text in sources() {
        for says in SAYS {
            for (at, _) in text.match_indices(says) {
                let key = text[at + says.len()..].split('"').next().unwrap_or_default();
                let is_key =
                    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || b"-0123456789".contains(&byte));
                if is_key && !known.contains(key) && !OF_SITES.contains(&key) {
                    missing.insert(key.to_owned());
                }
            }
        }
    }
    none("said, and not in assets/texts", &missing.into_iter().collect::<Vec<_>>());
}

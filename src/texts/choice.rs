//! Which language a visitor is spoken to in.

use crate::domain::language::Language;

/// What the page or its script asks for, else the first that the browser would take, else the site's own.
#[must_use]
pub fn choose(asked: &str, accepted: &str, fallback: Language) -> Language {
    Language::of_tag(asked).or_else(|| preferred(accepted)).unwrap_or(fallback)
}

/// The language of an Accept-Language header (RFC 9110, 12.5.4) that is wanted most and that there is.
fn preferred(accepted: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for entry in accepted.split(',') {
        let (tag, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok()).unwrap_or(0.0);
        let Some(language) = Language::of_tag(tag) else { continue };
        if weight > 0.0 && best.is_none_or(|(other, _)| weight > other) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_comes_first_then_the_browser_then_the_site() {
        assert_eq!(choose("de-AT", "fr", Language::Polish), Language::German);
        assert_eq!(choose("tlh", "fr", Language::Polish), Language::French);
        assert_eq!(choose("", "", Language::Polish), Language::Polish);
        assert_eq!(choose("", "*", Language::Polish), Language::Polish);
    }

    #[test]
    fn the_browser_says_what_it_likes_best() {
        assert_eq!(preferred("tlh, en;q=0.5, he;q=0.9, ar;q=0.8"), Some(Language::Hebrew));
        assert_eq!(preferred("ja;q=0, zh-TW;q=0.1"), Some(Language::Chinese));
        assert_eq!(preferred("de;q=x, nl ; q=0.2"), Some(Language::Dutch));
        assert_eq!(preferred("de, fr"), Some(Language::German));
    }
}

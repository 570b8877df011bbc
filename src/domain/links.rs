//! Addresses in what people wrote, which a page may show as links: such as lead to a website or a mailbox, and no others.
//! `assets/widget/panel/links.js` finds the same on the visitor's side.

use url::Url;

/// A piece of a text, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Link { shown: &'a str, target: String },
}

const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];
/// What ends the sentence is not part of the address.
const TAIL: &str = ".,;:!?'\"»”’…*_";

/// The whole text, cut where links begin and end.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut from = 0;
    while let Some(start) = next(text, from) {
        let shown = trimmed(address(&text[start..]));
        // A scheme begins with a plain letter, so the next one begins after it.
        from = start + 1;
        let Some(target) = target(shown) else { continue };
        if start > plain {
            pieces.push(Piece::Text(&text[plain..start]));
        }
        pieces.push(Piece::Link { shown, target });
        plain = start + shown.len();
        from = plain;
    }
    if plain < text.len() {
        pieces.push(Piece::Text(&text[plain..]));
    }
    pieces
}

/// Where the next address may begin: at a scheme, and not in the middle of a word.
fn next(text: &str, from: usize) -> Option<usize> {
    let begins = |(at, _): &(usize, char)| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let starts = |scheme: &str| text[*at..].get(..scheme.len()).is_some_and(|here| here.eq_ignore_ascii_case(scheme));
        !text[..*at].chars().next_back().is_some_and(is_word) && SCHEMES.into_iter().any(starts)
    };
    text[from..].char_indices().map(|(at, c)| (from + at, c)).find(begins).map(|(at, _)| at)
}

/// As far as an address may go.
fn address(text: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || "<>\"`\\^{|}".contains(c);
    &text[..text.find(ends).unwrap_or(text.len())]
}

fn trimmed(mut address: &str) -> &str {
    loop {
        let count = |c: char| address.matches(c).count();
        let Some(last) = address.chars().next_back() else { return address };
        // A bracket belongs to it only when it was opened in it.
        if TAIL.contains(last) || last == ')' && count(')') > count('(') {
            address = &address[..address.len() - last.len_utf8()];
        } else {
            return address;
        }
    }
}

fn target(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let leads_somewhere = match url.scheme() {
        "http" | "https" => url.host_str().is_some_and(|host| !host.is_empty()),
        "mailto" => url.path().contains('@'),
        _ => false,
    };
    leads_somewhere.then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        let found = pieces(text);
        let whole: String = found
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => *text,
                Piece::Link { shown, .. } => *shown,
            })
            .collect();
        assert_eq!(whole, text, "nothing is lost");
        let target = |piece| match piece {
            Piece::Link { target, .. } => Some(target),
            Piece::Text(_) => None,
        };
        found.into_iter().filter_map(target).collect()
    }

    #[test]
    fn addresses_are_found_and_the_sentence_around_them_is_not() {
        assert_eq!(
            links("See https://example.org/a_(b)?c=1. Or (http://example.org/x), please"),
            ["https://example.org/a_(b)?c=1", "http://example.org/x",]
        );
        assert_eq!(links("Write to mailto:help@example.org!"), ["mailto:help@example.org"]);
        assert_eq!(links("HTTPS://EXAMPLE.org…"), ["https://example.org/"]);
        assert_eq!(
            links("Größe: https://example.org/ä ☃ https://example.org"),
            ["https://example.org/%C3%A4", "https://example.org/"]
        );
    }

    #[test]
    fn nothing_else_becomes_a_link() {
        for text in [
            "",
            "javascript:alert(1) data:text/html,x vbscript:x file:///etc/passwd",
            "https://",
            "http://)",
            "xhttps://example.org",
            "mailto:nobody",
            "https:// example.org",
            "https://\u{e4}\u{202e}",
        ] {
            let found = links(text);
            assert!(found.iter().all(|target| target.starts_with("https://")) && found.len() <= 1, "{text}: {found:?}");
        }
        assert_eq!(links("javascript:alert(1)//https://"), [""; 0]);
    }
}

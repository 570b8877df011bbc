//! Security codes of cards: behind their name, and behind a card that was written down, with or without its date in between. On their own
//! three digits are anything.

use std::ops::Range;

use super::cards::WORDS;
use super::groups::{Group, groups, names, word_after, word_before};
use super::reading::JUNCTION;
use crate::domain::card_code;

/// What people call it where they mean nothing else.
const NAMES: [&str; 8] = ["cvv", "cvv2", "cvc", "cvc2", "cvn", "cvn2", "ccv", "ccv2"];
/// How far behind such a name it stands, in bytes of the plain form.
const REACH: usize = 20;
/// The same within one part of a sentence, where the name has several words.
const REACH_OF_PHRASES: usize = 64;

/// What stands between a card, its date and its code, beside signs: a word that is none of these begins another thought.
const BRIDGES: [&str; 33] = [
    "exp",
    "expiry",
    "expires",
    "expiration",
    "date",
    "valid",
    "until",
    "thru",
    "through",
    "and",
    "code",
    "security",
    "cvv",
    "cvc",
    "ccv",
    "bis",
    "gültig",
    "ablauf",
    "ablaufdatum",
    "und",
    "expire",
    "fin",
    "et",
    "vence",
    "caduca",
    "fecha",
    "y",
    "validade",
    "scadenza",
    "scade",
    "geldig",
    "tot",
    "ważna",
];
/// Characters of that.
const BRIDGE_CHARS: usize = 24;
/// Without a date in between the code stands right behind the card.
const STEP_CHARS: usize = 3;
/// A card of an earlier message is there as it was masked.
const MASK: &str = "••••";
/// An answer to a question for the code is short.
const ANSWER_CHARS: usize = 40;

/// Stretches of the plain form that are security codes; `cards` are those that are cards.
pub(super) fn find(plain: &str, cards: &[Range<usize>]) -> Vec<Range<usize>> {
    let groups = groups(plain);
    let is_about_a_card = !cards.is_empty() || names(plain, &WORDS);
    let is_code = |at: &usize| {
        let Some(group) = groups.get(*at).filter(|_| stands_alone(plain, &groups, *at)) else { return false };
        is_behind_a_name(plain, group) || is_behind_a_phrase(plain, group, is_about_a_card)
    };
    let mut found: Vec<_> =
        (0..groups.len()).filter(is_code).filter_map(|at| groups.get(at)).map(|group| group.range.clone()).collect();
    let masks = plain.match_indices(MASK).map(|(at, mask)| at..at + mask.len());
    for card in cards.iter().cloned().chain(masks) {
        found.extend(behind_a_card(plain, &groups, &card).filter(|code| !found.contains(code)));
    }
    found.sort_by_key(|code| code.start);
    found
}

/// What answers a question for the code of a card: every three or four digits of a text that says hardly anything else.
pub(super) fn find_answers(question: &str, plain: &str) -> Vec<Range<usize>> {
    let is_asked =
        card_code::is_named_alone(question) || (names(question, &WORDS) && card_code::is_asked_beside_a_card(question));
    if !is_asked || plain.chars().count() > ANSWER_CHARS {
        return Vec::new();
    }
    let groups = groups(plain);
    let answers = (0..groups.len()).filter(|at| stands_alone(plain, &groups, *at));
    answers.filter_map(|at| groups.get(at)).map(|group| group.range.clone()).collect()
}

/// Three or four digits that are no piece of something longer.
fn stands_alone(plain: &str, groups: &[Group], at: usize) -> bool {
    let Some(group) = groups.get(at) else { return false };
    let goes_on = groups
        .get(at + 1)
        .and_then(|next| next.gap.as_ref())
        .is_some_and(|gap| gap.start == group.range.end && gap.len() == 1 && !plain[gap.clone()].contains(JUNCTION));
    matches!(group.len(), 3 | 4) && word_after(plain, group.range.end).is_empty() && !goes_on
}

fn is_behind_a_name(plain: &str, group: &Group) -> bool {
    let head = head(plain, group.range.start, REACH).to_lowercase();
    let behind = NAMES.iter().filter_map(|name| head.rfind(name).map(|at| &head[at..])).min_by_key(|rest| rest.len());
    // The 2 of "cvv2" belongs to the name.
    let is_next = behind.is_some_and(|rest| !rest.get(4..).unwrap_or_default().contains(|c: char| c.is_ascii_digit()));
    is_next && names(&head, &NAMES)
}

/// A name of several words, in the same part of the sentence and without other digits in between.
fn is_behind_a_phrase(plain: &str, group: &Group, is_about_a_card: bool) -> bool {
    let head = head(plain, group.range.start, REACH_OF_PHRASES);
    let ends = |c: char| matches!(c, ',' | ';' | '.' | '!' | '?' | '\n') || c.is_ascii_digit();
    let head = head.rsplit(ends).next().unwrap_or_default();
    word_before(plain, group.range.start).is_empty()
        && head.chars().any(char::is_alphabetic)
        && (card_code::is_named_alone(head) || (is_about_a_card && card_code::is_asked_beside_a_card(head)))
}

/// What stands right before a place.
fn head(plain: &str, end: usize, reach: usize) -> &str {
    let mut from = end.saturating_sub(reach);
    while !plain.is_char_boundary(from) {
        from += 1;
    }
    &plain[from..end]
}

/// `4111 1111 1111 1111 12/27 123`, `4111…, exp 1227, 123`, `4111… 123`
fn behind_a_card(plain: &str, groups: &[Group], card: &Range<usize>) -> Option<Range<usize>> {
    let first = groups.iter().position(|group| group.range.start >= card.end)?;
    let between = |from: usize, until: &Group| plain.get(from..until.range.start).unwrap_or_default();
    let digits = plain[card.clone()].bytes().filter(u8::is_ascii_digit).count();
    let code = |at: usize| groups.get(at).filter(|_| stands_alone(plain, groups, at));
    let dated = || {
        let behind = date(plain, groups, first).filter(|_| is_bridge(between(card.end, &groups[first])))?;
        // Of a card that was masked before, nobody knows how long it was.
        let code = code(behind).filter(|code| code.len() == 3 || matches!(digits, 0 | 15))?;
        is_bridge(between(groups.get(behind - 1)?.range.end, code)).then_some(code)
    };
    let bare = || {
        let code = code(first).filter(|code| code.len() == 3 || digits == 15)?;
        (is_step(between(card.end, code)) && ends_there(plain, code)).then_some(code)
    };
    dated().or_else(bare).map(|code| code.range.clone())
}

/// Where the groups go on behind a month and a year, if these stand here.
fn date(plain: &str, groups: &[Group], at: usize) -> Option<usize> {
    let text = |at: usize| groups.get(at).map(|group| &plain[group.range.clone()]);
    let is_month = |text: &str| text.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month));
    let is_year = |text: &str| text.len() == 2 || (text.len() == 4 && text.starts_with("20"));
    let first = text(at)?;
    if matches!(first.len(), 4 | 6) && is_month(&first[..2]) && is_year(&first[2..]) {
        return Some(at + 1);
    }
    let is_joined = groups.get(at + 1).is_some_and(|year| year.gap.is_some());
    (first.len() <= 2 && is_month(first) && is_joined && text(at + 1).is_some_and(is_year)).then_some(at + 2)
}

fn is_bridge(between: &str) -> bool {
    let between = between.to_lowercase();
    let words = between.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    between.chars().count() <= BRIDGE_CHARS && words.into_iter().all(|word| BRIDGES.contains(&word))
}

fn is_step(between: &str) -> bool {
    !between.is_empty() && between.chars().count() <= STEP_CHARS && !between.chars().any(char::is_alphanumeric)
}

/// No word goes on with it: "4111… 300 euro" is a sum.
fn ends_there(plain: &str, code: &Group) -> bool {
    let tail = plain[code.range.end..].trim_start_matches(' ');
    !tail.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::redaction::cards;

    fn codes(text: &str) -> Vec<&str> {
        find(text, &cards::find(text)).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_security_code_is_known_by_its_name() {
        assert_eq!(codes("CVV: 123"), ["123"]);
        assert_eq!(codes("cvc2 is 1234."), ["1234"]);
        assert_eq!(codes("CCV 123"), ["123"]);
        assert_eq!(codes("exp 12/29 cvv2 321 ok"), ["321"]);
        assert_eq!(codes("Kartenprüfnummer lautet 123"), ["123"]);
        assert_eq!(codes("cryptogramme visuel : 123"), ["123"]);
        assert_eq!(codes("セキュリティコード 123"), ["123"]);
        assert_eq!(codes("my cvv is on the back, room 123"), [""; 0]);
        assert_eq!(codes("CVV 12345"), [""; 0]);
    }

    #[test]
    fn what_other_codes_are_called_too_counts_beside_a_card() {
        assert_eq!(codes("the security code of my card is 123"), ["123"]);
        assert_eq!(codes("4111 1111 1111 1111, Sicherheitscode: 123"), ["123"]);
        assert_eq!(codes("tarjeta 4111 1111 1111 1111 y código de seguridad 123"), ["123"]);
        assert_eq!(codes("my card has the PIN 4711"), ["4711"]);
        assert_eq!(codes("the security code of the door is 4711"), [""; 0]);
        assert_eq!(codes("my card. The room is 123"), [""; 0]);
    }

    #[test]
    fn what_stands_behind_a_card_and_its_date_is_its_code() {
        for text in [
            "4111 1111 1111 1111 12/27 123",
            "4111111111111111 1227 123",
            "4111111111111111, exp 12/2027, 123 thanks",
            "4111-1111-1111-1111 valid until 12 / 27 and 123",
            "4111111111111111|12|2027|123",
            "4111 1111 1111 1111\n12/27\n123",
            "4111111111111111 / 123",
        ] {
            assert_eq!(codes(text), ["123"], "{text}");
        }
        assert_eq!(codes("378282246310005 12/27 1234"), ["1234"]);
        assert_eq!(codes("378282246310005 1234"), ["1234"]);
        assert_eq!(codes("•••• 12/27 123"), ["123"], "masked with the message before");
        assert_eq!(codes("hmm.... 123"), [""; 0]);
        for text in [
            "4111 1111 1111 1111 for 300 euro",
            "4111111111111111 251 euro",
            "4111111111111111 12/27",
            "4111111111111111 12/27 in room 123",
            "4111111111111111 12/27 1234",
        ] {
            assert_eq!(codes(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_answer_is_one_where_the_code_was_asked_for() {
        let answers = |question: &str, text: &'static str| -> Vec<&str> {
            find_answers(question, text).into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(answers("Could you tell me the CVV from the back, please?", "123"), ["123"]);
        assert_eq!(answers("And the security code of your card?", "it is 123 I think"), ["123"]);
        assert_eq!(answers("We have sent you a security code.", "4711"), [""; 0]);
        assert_eq!(answers("CVV?", "no, and my house number is 123 as I have told you before"), [""; 0]);
        assert_eq!(answers("Which room?", "123"), [""; 0]);
    }
}

//! International bank account numbers: a country that has them, as many characters as it gives, and the right remainder (ISO 13616, and
//! ISO/IEC 7064 MOD 97-10).

use std::ops::Range;

use super::groups::{word_after, word_before};
use super::reading::JUNCTION;

/// Countries and the lengths of their numbers, as the registry has them.
const COUNTRIES: [(&str, usize); 89] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// What may stand between two characters, and how many of them.
const GAPS: &str = " -./_\n";
const GAP_CHARS: usize = 2;
/// Below that it is a sentence that happens to begin like one.
const LEAST_DIGITS: usize = 8;

pub(super) fn find(plain: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, c) in plain.char_indices() {
        if !c.is_ascii_alphabetic() || found.last().is_some_and(|before| at < before.end) {
            continue;
        }
        let head = word_before(plain, at);
        if head.is_empty() || head.eq_ignore_ascii_case("iban") {
            found.extend(read(plain, at).map(|end| at..end));
        }
    }
    found
}

/// Where the number ends that begins here.
fn read(plain: &str, start: usize) -> Option<usize> {
    let country = plain.get(start..start + 2)?.to_ascii_uppercase();
    let (_, length) = COUNTRIES.iter().find(|(code, _)| *code == country)?;
    let mut number = String::with_capacity(*length);
    let mut gap = 0;
    for (at, c) in plain[start..].char_indices() {
        if c.is_ascii_alphanumeric() {
            number.push(c.to_ascii_uppercase());
            gap = 0;
        } else if c != JUNCTION {
            gap += 1;
            if gap > GAP_CHARS || !GAPS.contains(c) {
                return None;
            }
        }
        if number.len() == *length {
            let end = start + at + 1;
            return (word_after(plain, end).is_empty() && is_valid(&number)).then_some(end);
        }
    }
    None
}

fn is_valid(number: &str) -> bool {
    let (head, tail) = number.split_at(4);
    let is_checked = head.bytes().skip(2).all(|byte| byte.is_ascii_digit());
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let remainder = tail.chars().chain(head.chars()).filter_map(|c| c.to_digit(36)).fold(0, |remainder, value| {
        let shifted = if value < 10 { remainder * 10 } else { remainder * 100 };
        (shifted + value) % 97
    });
    is_checked && digits >= LEAST_DIGITS && remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn an_account_is_found_however_it_is_spaced() {
        for number in [
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "de89-3704-0044-0532-0130-00",
            "DE 89 3704 0044 0532 0130 00",
            "GB29 NWBK 6016 1331 9268 19",
            "NO93 8601 1117 947",
            "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
            "FR14 2004 1010 0505 0001 3M02 606",
        ] {
            assert_eq!(found(&format!("to {number}, please")), [number]);
        }
        assert_eq!(found("IBANDE89370400440532013000"), ["DE89370400440532013000"]);
    }

    #[test]
    fn what_does_not_add_up_stays() {
        for text in [
            "DE88 3704 0044 0532 0130 00",
            "DE89 3704 0044 0532 0130 0",
            "DE89 3704 0044 0532 0130 001",
            "XX89 3704 0044 0532 0130 00",
            "no 12 people came to the office today",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn the_countries_are_in_order_and_each_is_there_once() {
        assert!(COUNTRIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}

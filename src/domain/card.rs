//! Card numbers: telling one from any other number, and what is kept of it. The codes beside them, which nobody may keep, are
//! `card_code`'s.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::redaction::{Detectors, Hit, Kind, Redaction, luhn};
use super::time::Timestamp;

/// How many digits stand in front and behind of what is kept: enough to find the payment, and too few to pay with (PCI DSS 4.0, 3.4.1).
const FRONT: usize = 6;
const BACK: usize = 4;
/// Payment cards have so many digits (ISO/IEC 7812).
const LEAST: usize = 12;
const MOST: usize = 19;

/// The digits of a card number whose check digit is right. It does not print.
pub struct CardNumber(Vec<u8>);

impl CardNumber {
    /// As people type it, with spaces and dashes, in any script's digits. `None` for what is no card number.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let mut digits = Vec::with_capacity(MOST);
        for c in raw.trim().chars() {
            match digit(c) {
                Some(digit) if digits.len() < MOST => digits.push(digit),
                Some(_) => return None,
                None if is_between(c) => {}
                None => return None,
            }
        }
        let is_one = digits.len() >= LEAST && luhn(&digits) && digits.iter().any(|digit| *digit != digits[0]);
        is_one.then_some(Self(digits))
    }

    /// All of it, in groups of four.
    #[must_use]
    pub fn whole(&self) -> String {
        let groups: Vec<_> = self.0.chunks(4).map(text).collect();
        groups.join(" ")
    }

    /// The first six and the last four digits.
    #[must_use]
    pub fn truncated(&self) -> String {
        let behind = self.0.len() - BACK;
        let hidden = "•".repeat(behind - FRONT);
        format!("{}{hidden}{}", text(&self.0[..FRONT]), text(&self.0[behind..]))
    }
}

/// Finds cards and their codes, and nothing else.
static CARDS: LazyLock<Detectors> = LazyLock::new(|| Detectors::new(&Redaction::default()));

/// Whether a card number or a code stands in a text.
#[must_use]
pub fn is_within(text: &str) -> bool {
    !CARDS.find(text).is_empty()
}

/// A text with as much of each card number as may be kept, and without codes.
#[must_use]
pub fn truncated_within(text: &str) -> String {
    let mut text = text.to_owned();
    // What is kept of one number may be the beginning of another. Each round leaves fewer digits.
    loop {
        let hits = CARDS.find(&text);
        if hits.is_empty() {
            return text;
        }
        text = truncated_once(&text, &hits);
    }
}

fn truncated_once(text: &str, hits: &[Hit]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for Hit { kind, range } in hits {
        let (Some(before), Some(hidden)) = (text.get(at..range.start), text.get(range.clone())) else { continue };
        let card = CardNumber::parse(hidden).filter(|_| *kind == Kind::Card);
        kept.push_str(before);
        kept.push_str(&card.map_or_else(|| "•".repeat(hidden.chars().count()), |card| card.truncated()));
        at = range.end;
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    kept
}

fn text(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{ff0d}' | '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}')
}

/// The digits of the scripts that the window speaks, wide ones included.
pub(super) fn digit(c: char) -> Option<u8> {
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
    zeros
        .into_iter()
        .find_map(|zero| u32::from(c).checked_sub(u32::from(zero)).filter(|it| *it < 10))
        .and_then(|it| it.try_into().ok())
}

/// The same text with such digits in their plain form.
#[must_use]
pub(super) fn with_plain_digits(raw: &str) -> String {
    raw.chars().map(|c| digit(c).map_or(c, |digit| char::from(b'0' + digit))).collect()
}

/// Month and year until which a card holds, as `04/29`. `None` for what is no such thing, or is over.
#[must_use]
pub fn expiry(raw: &str, now: Timestamp) -> Option<String> {
    let plain = with_plain_digits(raw);
    let (month, year) = plain.split_once(|c: char| !c.is_ascii_digit())?;
    let year = year.trim_start_matches(|c: char| !c.is_ascii_digit());
    let month: i8 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let year: i16 = match year.len() {
        2 => year.parse::<i16>().ok()? + 2_000,
        4 => year.parse().ok().filter(|year| (2_000..2_100).contains(year))?,
        _ => return None,
    };
    let today = date_of(now)?;
    let is_over = (year, month) < (today.year(), today.month());
    (!is_over).then(|| format!("{month:02}/{:02}", year % 100))
}

fn date_of(now: Timestamp) -> Option<Date> {
    Some(jiff::Timestamp::from_millisecond(now.as_millis()).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(raw: &str) -> Option<String> {
        CardNumber::parse(raw).map(|it| it.truncated())
    }

    #[test]
    fn a_card_is_known_by_its_check_digit_however_it_is_written() {
        for raw in [
            "4111111111111111",
            "4111 1111 1111 1111",
            " 4111-1111-1111-1111 ",
            "4111\u{2013}1111\u{a0}1111.1111",
            "４１１１ １１１１ １１１１ １１１１",
            "٤١١١١١١١١١١١١١١١",
        ] {
            assert_eq!(kept(raw).as_deref(), Some("411111••••••1111"), "{raw}");
        }
        assert_eq!(CardNumber::parse("3782 822463 10005").unwrap().whole(), "3782 8224 6310 005");
        assert_eq!(kept("378282246310005").as_deref(), Some("378282•••••0005"));
        assert_eq!(kept("6304000000000000").as_deref(), Some("630400••••••0000"));
    }

    #[test]
    fn what_is_no_card_is_none() {
        for raw in [
            "",
            "4111111111111112",
            "411111111111111",
            "0000 0000 0000 0000",
            "41111111111111111111",
            "4111 1111 1111 1111 123 000 1",
            "card 4111111111111111",
            "4111111111111111 123x",
            "12345678",
        ] {
            assert_eq!(kept(raw), None, "{raw}");
        }
    }

    #[test]
    fn what_is_kept_is_ten_digits_whatever_the_length() {
        for length in LEAST..=MOST {
            // Any digits with the check digit that they need.
            let found = (0..10_u8).find_map(|check| {
                let digits: String =
                    (0..length - 1).map(|at| char::from(b'0' + (at % 9) as u8)).chain([char::from(b'0' + check)]).collect();
                CardNumber::parse(&digits).map(|it| (digits, it.truncated()))
            });
            let (digits, kept) = found.unwrap();
            assert_eq!(kept.chars().count(), length);
            assert_eq!(kept.chars().filter(char::is_ascii_digit).count(), FRONT + BACK, "{kept}");
            assert!(!kept.contains(&digits[6..length - 4]));
        }
    }

    #[test]
    fn of_a_card_in_a_text_no_more_is_kept() {
        assert_eq!(truncated_within("pay with 4111 1111 1111 1111, CVV 123."), "pay with 411111••••••1111, CVV •••.");
        assert_eq!(truncated_within("４１１１１１１１１１１１１１１１"), "411111••••••1111");
        assert_eq!(truncated_within("my room is 123"), "my room is 123");
        assert!(is_within("4111111111111111") && !is_within("+49 40 123456"));
    }

    #[test]
    fn an_expiry_is_a_month_that_is_not_over() {
        // 2027-01-15
        let now = Timestamp::from_millis(1_800_000_000_000);
        for (raw, kept) in [("4/29", "04/29"), ("04 / 2029", "04/29"), ("01-27", "01/27"), ("١٢/٢٨", "12/28")] {
            assert_eq!(expiry(raw, now).as_deref(), Some(kept), "{raw}");
        }
        for raw in ["", "13/29", "0/29", "12/26", "1229", "12/1999", "aa/bb", "12/29/30"] {
            assert_eq!(expiry(raw, now), None, "{raw}");
        }
    }
}

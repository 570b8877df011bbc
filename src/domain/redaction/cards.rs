//! Numbers of payment cards: the digits of an issuer that exists, as many as it gives, with a right check digit, in groups as people and
//! cards write them.

use std::ops::Range;

use super::groups::{Group, groups, names, word_after, word_before};
use super::reading::JUNCTION;

const SHORTEST: usize = 12;
const LONGEST: usize = 19;

/// What people call a card in the languages of the window. Numbers that look like others (a Visa of 13 digits is also a German
/// article number, a telephone in Germany or a parcel) count only beside one of these.
pub(super) const WORDS: [&str; 27] = [
    "card",
    "cards",
    "credit",
    "debit",
    "visa",
    "mastercard",
    "maestro",
    "amex",
    "karte",
    "kreditkarte",
    "kartennummer",
    "carte",
    "carta",
    "tarjeta",
    "cartão",
    "cartao",
    "creditcard",
    "kaart",
    "kaartnummer",
    "karta",
    "karty",
    "kartę",
    "بطاقة",
    "البطاقة",
    "כרטיס",
    "カード",
    "卡",
];

/// Stretches of the plain form that are card numbers.
pub(super) fn find(plain: &str) -> Vec<Range<usize>> {
    let groups = groups(plain);
    let mut found = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        match longest_from(plain, &groups, first) {
            Some(last) => {
                found.push(groups[first].range.start..groups[last].range.end);
                first = last + 1;
            }
            None => first += 1,
        }
    }
    found
}

/// The last group of the longest card number that begins with this group.
fn longest_from(plain: &str, groups: &[Group], first: usize) -> Option<usize> {
    let mut digits = Vec::with_capacity(LONGEST);
    let mut longest = None;
    for (last, group) in groups.iter().enumerate().skip(first) {
        if (last > first && group.gap.is_none()) || digits.len() + group.len() > LONGEST {
            break;
        }
        digits.extend(plain[group.range.clone()].bytes().map(|byte| byte - b'0'));
        if digits.len() >= SHORTEST && is_card(plain, &groups[first..=last], &digits, groups.get(last + 1)) {
            longest = Some(last);
        }
    }
    longest
}

fn is_card(plain: &str, groups: &[Group], digits: &[u8], next: Option<&Group>) -> bool {
    let Some(need) = needs(digits) else { return false };
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return false };
    luhn(digits)
        && stands_alone(plain, first, last, groups.len(), next)
        && match (need, shape(plain, groups)) {
            (_, Shape::Odd) => false,
            (Need::Nothing, Shape::Usual) => true,
            (Need::Context, _) | (_, Shape::Unusual) => names(plain, &WORDS),
        }
}

/// What is needed to believe that digits of this issuer are a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Nothing,
    Context,
}

/// `None` where no issuer gives such numbers. The lengths are those of ISO/IEC 7812 as the networks use them.
fn needs(digits: &[u8]) -> Option<Need> {
    let prefix = |count: usize| digits.iter().take(count).fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    let length = digits.len();
    let (two, three, four, six) = (prefix(2), prefix(3), prefix(4), prefix(6));
    let plain = match (two, three, four, six) {
        // Visa
        (40..=49, ..) => match length {
            13 => return Some(Need::Context),
            16 | 19 => true,
            _ => false,
        },
        // American Express, and Diners Club with its older numbers
        (34 | 37, ..) => length == 15,
        (36, ..) | (_, 300..=305 | 309, ..) | (38 | 39, ..) => length == 14 || length == 16,
        // Mastercard
        (51..=55, ..) | (_, _, 2221..=2720, _) => length == 16,
        // JCB, Mir
        (_, _, 3528..=3589 | 2200..=2204, _) => (16..=19).contains(&length),
        // Maestro
        (_, _, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763, _) => match length {
            16..=19 => true,
            _ => return Some(Need::Context),
        },
        // Discover, UnionPay, RuPay, Troy, Verve
        (60 | 62 | 65 | 81, ..) | (_, 644..=649 | 508, ..) | (_, _, 9792, _) | (.., 506_099..=506_198 | 507_865..=507_964) => {
            (16..=19).contains(&length)
        }
        _ => false,
    };
    plain.then_some(Need::Nothing)
}

/// The check digit of ISO/IEC 7812-1, annex B.
#[must_use]
pub fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(*digit);
            if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

/// Not a piece of something longer: a telephone number, a fraction, a hash, an identifier of letters and digits.
fn stands_alone(plain: &str, first: &Group, last: &Group, count: usize, next: Option<&Group>) -> bool {
    let before = &plain[..first.range.start];
    if before.ends_with('+') || before.ends_with("(+") {
        return false;
    }
    let is_fraction = |sign| before.strip_suffix(sign).is_some_and(|head: &str| head.ends_with(|c: char| c.is_ascii_digit()));
    if count == 1 && (is_fraction('.') || is_fraction(',')) {
        return false;
    }
    let is_whole_part = next.and_then(|next| next.gap.as_ref()).is_some_and(|gap| &plain[gap.clone()] == "." && count == 1);
    if is_whole_part {
        return false;
    }
    let (head, tail) = (word_before(plain, first.range.start), word_after(plain, last.range.end));
    match (head.is_empty(), tail.is_empty()) {
        (true, true) => true,
        // "VISA4111…", "4111…exp": a word that lost its space.
        (false, true) => is_word(head),
        (true, false) => is_word(tail.trim_end_matches(|c: char| c.is_ascii_digit())),
        (false, false) => false,
    }
}

/// Letters alone, and other ones than a number in hexadecimal has.
fn is_word(word: &str) -> bool {
    word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) && !word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// As cards and people write them.
    Usual,
    Unusual,
    /// Dates, prices and coordinates that only happen to have as many digits.
    Odd,
}

fn shape(plain: &str, groups: &[Group]) -> Shape {
    let lengths: Vec<usize> = groups.iter().map(Group::len).collect();
    let gaps: Vec<&str> = groups.iter().skip(1).filter_map(|group| group.gap.clone()).map(|gap| &plain[gap]).collect();
    if let Some(at) = gaps.iter().position(|gap| gap.contains(JUNCTION)) {
        return across(plain, groups, &lengths, at + 1);
    }
    if gaps.iter().any(|gap| gap.contains('\n')) {
        return if is_printed(&lengths) { Shape::Usual } else { Shape::Odd };
    }
    let is_even = gaps.windows(2).all(|pair| pair[0] == pair[1]);
    match arrangement(&lengths) {
        Shape::Usual if !is_even && !is_printed(&lengths) => Shape::Unusual,
        other => other,
    }
}

/// As it is embossed on cards.
fn is_printed(lengths: &[usize]) -> bool {
    matches!(lengths, [4, 4, 4, 1..=4] | [4, 4, 4, 4, 1..=3] | [4, 6, 4 | 5] | [6, 10 | 13] | [8, 8])
}

fn arrangement(lengths: &[usize]) -> Shape {
    let (Some((last, others)), Some(least)) = (lengths.split_last(), lengths.iter().min()) else { return Shape::Odd };
    let is_alike = others.windows(2).all(|pair| pair[0] == pair[1]) && others.first().is_none_or(|first| last <= first);
    match others.len() {
        0 => Shape::Usual,
        _ if is_printed(lengths) || is_alike => Shape::Usual,
        _ if *least >= 3 || others.iter().all(|length| *length >= 3) => Shape::Unusual,
        _ => Shape::Odd,
    }
}

/// Two messages: what was typed first, and how it goes on. Each part has to look like a part of a number.
fn across(plain: &str, groups: &[Group], lengths: &[usize], split: usize) -> Shape {
    let whole = groups.first().map_or(0, |group| group.range.start)..groups.last().map_or(0, |group| group.range.end);
    let (before, after) = lengths.split_at(split);
    let (Some(ends), Some((begins, rest))) = (before.last(), after.split_first()) else { return Shape::Odd };
    // A message of nothing but digits is meant as them; a number inside a sentence has to be longer than a count of things.
    let is_bare = plain[..whole.start].trim().is_empty() || plain[whole.end..].trim().is_empty();
    let is_long = |part: &[usize]| part.iter().sum::<usize>() >= 4;
    let may_be = is_bare || is_long(before) && is_long(after);
    if !may_be {
        return Shape::Odd;
    }
    let mut joined: Vec<usize> = before[..before.len() - 1].to_vec();
    joined.push(ends + begins);
    joined.extend(rest);
    let apart = arrangement(before) != Shape::Odd && arrangement(after) != Shape::Odd;
    if is_printed(&joined) || is_printed(lengths) || arrangement(&joined) == Shape::Usual || apart {
        Shape::Usual
    } else {
        Shape::Odd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_card_is_found_however_it_is_grouped() {
        for card in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4111.1111.1111.1111",
            "4111/1111/1111/1111",
            "4111 - 1111 - 1111 - 1111",
            "4111\n1111\n1111\n1111",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "41 11 11 11 11 11 11 11",
            "411111 1111111111",
            "3782 822463 10005",
            "378282246310005",
            "30569309025904",
            "5555555555554444",
            "2223003122003222",
            "6011111111111117",
            "3530111333300000",
            "6200000000000005",
            "2200 0000 0000 0053",
        ] {
            assert_eq!(found(&format!("so {card}, thanks")), [card]);
        }
        assert_eq!(found("VISA4111111111111111"), ["4111111111111111"]);
        assert_eq!(found("4111111111111111exp12/29"), ["4111111111111111"]);
        assert_eq!(found("two: 4111 1111 1111 1111 5555 5555 5555 4444").len(), 2);
    }

    #[test]
    fn what_only_looks_like_a_card_stays() {
        for text in [
            "4111111111111112",
            "1111111111111117",
            "+4915112345674",
            "0.4111111111111111",
            "a4111111111111111f",
            "order 4111111111111111777777",
            "4222222222222",
            "2024-01-15 12:34:56",
            "490154203237518",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        assert_eq!(found("my card 4222222222222"), ["4222222222222"]);
    }
}

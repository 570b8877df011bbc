//! Social security numbers of the United States: three, two and four digits within the ranges that are given out. Nine digits are many
//! things, so they need the usual dashes or a word that says what they are.

use std::ops::Range;

use super::groups::{Group, groups, names, word_after, word_before};

const WORDS: [&str; 12] = [
    "ssn",
    "ssn's",
    "ssns",
    "social",
    "soc sec",
    "soc. sec",
    "social security",
    "social sec",
    "seguro social",
    "seguridad social",
    "sozialversicherungsnummer",
    "社会保障",
];
/// How far from such a word the number may stand, in bytes of the plain form.
const REACH: usize = 60;
/// Numbers that were printed in advertisements and on sample cards, and belong to nobody.
const SAMPLES: [(u32, u32, u32); 2] = [(78, 5, 1120), (219, 9, 9999)];

pub(super) fn find(plain: &str) -> Vec<Range<usize>> {
    let groups = groups(plain);
    let mut found = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        if let Some(three) = groups.get(at..at + 3).filter(|three| three.iter().map(Group::len).eq([3, 2, 4])) {
            if is_grouped(plain, &groups, at, three) {
                found.push(three[0].range.start..three[2].range.end);
            }
        } else if group.len() == 9
            && is_given_out(&plain[group.range.clone()])
            && stands_alone(plain, &group.range)
            && is_called_so(plain, &group.range)
        {
            found.push(group.range.clone());
        }
    }
    found
}

fn is_grouped(plain: &str, groups: &[Group], at: usize, three: &[Group]) -> bool {
    let gap = |group: &Group| group.gap.clone().map(|gap| &plain[gap]);
    let (Some(one), Some(two)) = (gap(&three[1]), gap(&three[2])) else { return false };
    let whole = three[0].range.start..three[2].range.end;
    // A longer row of groups with the same sign between them is another kind of number.
    let goes_on = groups.get(at + 3).and_then(gap).is_some_and(|next| next == two);
    let went_before = gap(&three[0]).is_some_and(|before| before == one);
    let digits: String = plain[whole.clone()].chars().filter(char::is_ascii_digit).collect();
    let is_usual = match one {
        "-" | " - " | "." | "/" => true,
        " " => plain.trim() == &plain[whole.clone()] || is_called_so(plain, &whole),
        _ => is_called_so(plain, &whole),
    };
    one == two && !goes_on && !went_before && is_usual && is_given_out(&digits) && stands_alone(plain, &whole)
}

fn is_given_out(digits: &str) -> bool {
    let number = |range: Range<usize>| digits.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let (area, group, serial) = (number(0..3), number(3..5), number(5..9));
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 && !SAMPLES.contains(&(area, group, serial))
}

fn stands_alone(plain: &str, whole: &Range<usize>) -> bool {
    let before = &plain[..whole.start];
    word_before(plain, whole.start).is_empty()
        && word_after(plain, whole.end).is_empty()
        && !before.ends_with(['+', '(', '#', '-'])
        && !plain[whole.end..].starts_with('-')
}

fn is_called_so(plain: &str, whole: &Range<usize>) -> bool {
    let mut from = whole.start.saturating_sub(REACH);
    while !plain.is_char_boundary(from) {
        from += 1;
    }
    let mut until = (whole.end + REACH).min(plain.len());
    while !plain.is_char_boundary(until) {
        until -= 1;
    }
    names(&plain[from..until], &WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_number_needs_its_dashes_or_its_name() {
        assert_eq!(found("it is 536-22-8145."), ["536-22-8145"]);
        assert_eq!(found("536 22 8145"), ["536 22 8145"]);
        assert_eq!(found("my SSN: 536228145"), ["536228145"]);
        assert_eq!(found("536228145 is my social security number"), ["536228145"]);
        assert_eq!(found("order 536228145"), [""; 0]);
        assert_eq!(found("call 536 22 8145 now"), [""; 0]);
    }

    #[test]
    fn ranges_that_nobody_has_are_something_else() {
        for text in ["000-12-3456", "666-12-3456", "900-12-3456", "536-00-8145", "536-22-0000", "078-05-1120"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        for text in ["536-22-8145-99", "12-536-22-8145", "A536-22-8145", "+536-22-8145"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}

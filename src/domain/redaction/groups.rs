//! Digits that stand together, and what stands between them: the shape in which people write numbers.

use std::ops::Range;

use super::reading::JUNCTION;

/// Characters that may stand between two groups of one number.
const GAPS: &str = " -._/|*,\n\t'";
/// How many of them.
const GAP_CHARS: usize = 3;

/// Digits without anything between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub range: Range<usize>,
    /// What stands between this one and the group before it, where both may be parts of one number.
    pub gap: Option<Range<usize>>,
}

impl Group {
    pub fn len(&self) -> usize {
        self.range.len()
    }
}

/// All groups of the plain form of a text.
pub(super) fn groups(plain: &str) -> Vec<Group> {
    let bytes = plain.as_bytes();
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            at += 1;
        }
        let gap = groups.last().map(|before| before.range.end..start).filter(|gap| is_gap(&plain[gap.clone()]));
        groups.push(Group { range: start..at, gap });
    }
    groups
}

fn is_gap(between: &str) -> bool {
    let bare = between.chars().filter(|c| *c != JUNCTION);
    // ", " is between numbers, "," may be inside of one.
    let is_list = between.contains(',') && between.len() > 1;
    !is_list
        && bare.clone().count() <= GAP_CHARS
        && bare.clone().all(|c| GAPS.contains(c))
        && between.matches(JUNCTION).count() <= 1
}

/// The letters and digits that stand right before a place, without anything between.
pub(super) fn word_before(plain: &str, at: usize) -> &str {
    let head = &plain[..at];
    let start = head.bytes().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |last| last + 1);
    &head[start..]
}

pub(super) fn word_after(plain: &str, at: usize) -> &str {
    let tail = &plain[at..];
    let end = tail.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(tail.len());
    &tail[..end]
}

/// Whether one of the words, which are in lower case, stands in the text.
pub(super) fn names(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let is_in_word = |c: Option<char>| word.is_ascii() && c.is_some_and(|c| c.is_ascii_alphabetic());
            !is_in_word(text[..at].chars().next_back()) && !is_in_word(text[at + word.len()..].chars().next())
        })
    })
}

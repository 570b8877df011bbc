//! How well the detectors do on what people write: precision and recall on the labelled set.

use super::*;

const SET: &str = include_str!("../../../tests/redaction/labelled.txt");

#[derive(Default)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Score {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred lines")]
    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "a few hundred lines")]
    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }
}

/// The text without its marks, what stands between them, and which bytes that is.
fn unmarked(line: &str) -> (String, Vec<std::ops::Range<usize>>) {
    let (mut text, mut marked, mut start) = (String::new(), Vec::new(), 0);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '⟦' => start = text.len(),
            '⟧' => marked.push(start..text.len()),
            '\\' => {
                if let Some(after) = rest.strip_prefix('n') {
                    text.push('\n');
                    rest = after;
                } else {
                    let (code, after) = rest.strip_prefix("u{").and_then(|code| code.split_once('}')).unwrap();
                    text.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
                    rest = after;
                }
            }
            c => text.push(c),
        }
    }
    (text, marked)
}

/// What was found in one line, and what stands there.
fn compare(detectors: &Detectors, line: &str) -> (Vec<Hit>, Vec<std::ops::Range<usize>>) {
    let Some((first, second)) = line.split_once('¦') else {
        let (text, marked) = unmarked(line);
        return (detectors.find(&text), marked);
    };
    let ((first, mut marked), (second, behind)) = (unmarked(first), unmarked(second));
    let mut hits = detectors.find(&first);
    hits.extend(detectors.find(&second));
    if marked.is_empty() {
        marked = behind;
    }
    let across = detectors.mask_across(&first, &second);
    let (found, is_right) = match &across {
        // Both parts have to be masked, or it counts as another hit.
        Some(Across { first: Some(part), second: rest }) => (part.found, rest.text.starts_with('•')),
        // What the first gives away: as many dots as there were digits.
        Some(Across { first: None, second: rest }) => {
            let dots = rest.text.chars().filter(|c| *c == '•').count();
            (rest.found, marked.first().is_some_and(|range| range.len() == dots))
        }
        None => (Found::default(), false),
    };
    let range = marked.first().cloned().filter(|_| is_right).unwrap_or(usize::MAX - 1..usize::MAX);
    hits.extend(found.kinds().map(|kind| Hit { kind, range: range.clone() }));
    (hits, marked)
}

#[test]
fn precision_and_recall_on_the_labelled_set() {
    let detectors = Detectors::new(&Redaction { cards: true, ssn: true, iban: true, patterns: Vec::new() });
    let mut scores: [Score; 5] = Default::default();
    let mut lines = 0;
    for line in SET.lines().filter(|line| !line.starts_with('#')) {
        let (label, text) = line.split_once('\t').unwrap();
        lines += 1;
        let (hits, marked) = compare(&detectors, text);
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == label);
        let is_it = |hit: &Hit, range: &std::ops::Range<usize>| Some(hit.kind) == kind && hit.range == *range;
        for hit in &hits {
            if marked.iter().any(|range| is_it(hit, range)) {
                scores[hit.kind as usize].right += 1;
            } else {
                println!("found {} where there is none: {text}", hit.kind.word());
                scores[hit.kind as usize].wrong += 1;
            }
        }
        if let Some(kind) = kind {
            let missed = marked.iter().filter(|range| !hits.iter().any(|hit| is_it(hit, range))).count();
            if missed > 0 {
                println!("missed {}: {text}", kind.word());
            }
            scores[kind as usize].missed += missed;
        }
    }
    println!("{lines} lines");
    for kind in [Kind::Card, Kind::Code, Kind::Ssn, Kind::Iban] {
        let score = &scores[kind as usize];
        let (precision, recall) = (score.precision(), score.recall());
        println!(
            "{:5} precision {precision:.3} recall {recall:.3} ({} right, {} wrong, {} missed)",
            kind.word(),
            score.right,
            score.wrong,
            score.missed
        );
        assert!(precision >= 0.97 && recall >= 0.97, "{}: {precision:.3}, {recall:.3}", kind.word());
    }
}

//! Reading the table: who stands in it, the groups, and one row a route, a word of the live channel, or a frame.

use std::collections::BTreeMap;

const TEXT: &str = include_str!("../access_matrix.txt");

pub struct Table {
    /// In the order of the columns of the groups.
    pub people: Vec<&'static str>,
    pub rows: Vec<Row>,
}

pub struct Row {
    /// `GET` and `POST` for routes, `SAY` for what a client says on the live channel, `HEAR` for what it is told there.
    pub kind: &'static str,
    pub what: &'static str,
    /// What each of the people gets.
    pub expected: Vec<&'static str>,
}

impl Table {
    pub fn read() -> Self {
        let mut people: Vec<&str> = Vec::new();
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut rows = Vec::new();
        for line in TEXT.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            match words.next().unwrap() {
                "people" => people = words.collect(),
                "group" => {
                    let name = words.next().unwrap();
                    let cells: Vec<_> = words.collect();
                    assert_eq!(cells.len(), people.len(), "one word for each of the people: {line}");
                    assert!(groups.insert(name, cells).is_none(), "a group stands twice: {line}");
                }
                kind @ ("GET" | "POST" | "SAY" | "HEAR") => {
                    let what = words.next().unwrap();
                    let group = words.next().unwrap_or_else(|| panic!("no group: {line}"));
                    let cells = groups.get(group).unwrap_or_else(|| panic!("there is no group {group}: {line}"));
                    rows.push(Row { kind, what, expected: expected(line, &people, cells, words) });
                }
                other => panic!("{other} begins no line: {line}"),
            }
        }
        Self { people, rows }
    }

    pub fn of<'a>(&'a self, kinds: &'a [&'a str]) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(|row| kinds.contains(&row.kind))
    }
}

fn expected(
    line: &'static str,
    people: &[&'static str],
    cells: &[&'static str],
    words: impl Iterator<Item = &'static str>,
) -> Vec<&'static str> {
    let mut ok = None;
    let mut but: BTreeMap<&str, &str> = BTreeMap::new();
    for word in words {
        match word.split_once('=') {
            Some((who, what)) => {
                assert!(people.contains(&who) || cells.contains(&who), "nobody and nothing of the group is called {who}: {line}");
                but.insert(who, what);
            }
            None => assert!(ok.replace(word).is_none(), "two answers for those who may: {line}"),
        }
    }
    let of = |(person, cell): (&&'static str, &&'static str)| match (but.get(person).or_else(|| but.get(cell)), *cell) {
        (Some(but), _) => *but,
        (None, "ok") => ok.unwrap_or_else(|| panic!("no answer for those who may: {line}")),
        (None, cell) => cell,
    };
    people.iter().zip(cells).map(of).collect()
}

/// What differs, for the message of a failed test.
#[derive(Default)]
pub struct Differences(Vec<String>);

impl Differences {
    pub fn note(&mut self, row: &Row, person: &str, got: &str, expected: &str) {
        if got != expected {
            self.0.push(format!("{} {}: {person} gets {got}, not {expected}", row.kind, row.what));
        }
    }

    #[track_caller]
    pub fn none(&self) {
        assert!(self.0.is_empty(), "who gets what is not as tests/it/access_matrix.txt says:\n  {}", self.0.join("\n  "));
    }
}

//! Judges a history: every acknowledged message is there exactly once, under its number and in order; nothing is there that
//! was refused, was never sent or was purged; what nobody can say is there whole or not at all, and stays as it was first seen.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Act, Answer, Entry, Seen};

/// What must be true by now.
#[derive(Clone, Default)]
pub struct Book {
    talks: BTreeMap<String, Talk>,
    asked: BTreeMap<u64, Asked>,
    /// Records of the house that were seen. None is ever changed or removed here.
    house: BTreeSet<String>,
    pub acknowledged: usize,
}

#[derive(Clone)]
struct Asked {
    act: Act,
    /// The highest number acknowledged in the talk when this was asked: what comes later gets a higher one.
    after: u32,
}

#[derive(Clone, Default)]
struct Talk {
    stands: Standing,
    closed: Certainty,
    texts: BTreeMap<String, Message>,
    highest: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Standing {
    /// It was begun, and nobody knows.
    #[default]
    Perhaps,
    There,
    /// A purge was asked for and not answered.
    Doomed,
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Certainty {
    #[default]
    No,
    Maybe,
    Yes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    MayStand,
    Stands(u32),
    MustNot,
}

impl Book {
    /// Takes an entry; a look is held against what must be true, and what it shows is true from then on.
    pub fn enter(&mut self, entry: Entry) -> Vec<String> {
        match entry {
            Entry::Asked { number, act } => self.ask(number, act),
            Entry::Answered { number, answer } => return self.answer(number, answer),
            Entry::Looked { talks, whole, house } => {
                let mut wrong = self.look(talks, whole);
                wrong.extend(self.look_at_house(house));
                return wrong;
            }
            Entry::Anew => *self = Self::default(),
            Entry::Aside | Entry::Back => {}
        }
        Vec::new()
    }

    /// What people wrote.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.talks.values().flat_map(|talk| talk.texts.keys().cloned())
    }

    /// Talks that are closed for sure and not purged.
    pub fn closed(&self) -> Vec<String> {
        let closed = |talk: &Talk| talk.closed == Certainty::Yes && talk.stands == Standing::There;
        self.talks.iter().filter(|(_, talk)| closed(talk)).map(|(name, _)| name.clone()).collect()
    }

    fn talk(&mut self, name: &str) -> &mut Talk {
        self.talks.entry(name.to_owned()).or_default()
    }

    fn ask(&mut self, number: u64, act: Act) {
        let mut after = 0;
        match &act {
            Act::Start { talk, text } | Act::Send { talk, text } => {
                let talk = self.talk(talk);
                after = talk.highest;
                let message = talk.texts.entry(text.clone()).or_insert(Message::MayStand);
                if *message == Message::MustNot {
                    // Sent again by somebody who never heard of the first.
                    *message = Message::MayStand;
                }
            }
            Act::Close { talk } => {
                let closed = &mut self.talk(talk).closed;
                if *closed == Certainty::No {
                    *closed = Certainty::Maybe;
                }
            }
            Act::Purge { talks } => {
                for talk in talks {
                    let stands = &mut self.talk(talk).stands;
                    if *stands != Standing::Gone {
                        *stands = Standing::Doomed;
                    }
                }
            }
        }
        self.asked.insert(number, Asked { act, after });
    }

    fn answer(&mut self, number: u64, answer: Answer) -> Vec<String> {
        let Some(Asked { act, after }) = self.asked.remove(&number) else {
            return vec![format!("{number} was answered and never asked")];
        };
        let mut wrong = Vec::new();
        match (act, answer) {
            (_, Answer::Unknown) => {}
            (Act::Start { talk: name, text }, Answer::Ok { seq }) | (Act::Send { talk: name, text }, Answer::Ok { seq }) => {
                let talk = self.talk(&name);
                let seq = seq.unwrap_or(0);
                match talk.texts.insert(text.clone(), Message::Stands(seq)) {
                    Some(Message::Stands(before)) if before != seq => {
                        wrong.push(format!("{name}: {} was number {before} and is acknowledged as {seq}", short(&text)));
                    }
                    Some(Message::MayStand) if seq <= after => {
                        wrong.push(format!("{name}: {} is number {seq} and was sent when {after} was there", short(&text)));
                    }
                    _ => {}
                }
                talk.highest = talk.highest.max(seq);
                if talk.stands == Standing::Perhaps {
                    talk.stands = Standing::There;
                }
                self.acknowledged += 1;
            }
            (Act::Start { talk, .. }, Answer::Failed) => self.talk(&talk).stands = Standing::Gone,
            (Act::Send { talk, text }, Answer::Failed) => {
                self.talk(&talk).texts.insert(text, Message::MustNot);
            }
            (Act::Close { talk }, Answer::Ok { .. }) => self.talk(&talk).closed = Certainty::Yes,
            (Act::Close { talk }, Answer::Failed) => self.talk(&talk).closed = Certainty::No,
            (Act::Purge { talks }, answer) => {
                let stands = if answer == Answer::Failed { Standing::There } else { Standing::Gone };
                for talk in talks {
                    self.talk(&talk).stands = stands;
                }
            }
        }
        wrong
    }

    fn look_at_house(&mut self, house: BTreeSet<String>) -> Vec<String> {
        if house.is_empty() {
            // Nobody looked, or nothing was made yet: an empty house after a full one has lost its talks too.
            return Vec::new();
        }
        let wrong = self.house.difference(&house).map(|record| format!("the house had {record}, and has it no more")).collect();
        self.house = house;
        wrong
    }

    fn look(&mut self, seen: Vec<Seen>, whole: bool) -> Vec<String> {
        // Whoever waited for an answer does not wait any more.
        self.asked.clear();
        let mut wrong = Vec::new();
        let mut shown = BTreeSet::new();
        for it in seen {
            if !shown.insert(it.talk.clone()) {
                wrong.push(format!("{} is listed twice", it.talk));
            }
            match self.talks.get_mut(&it.talk) {
                None => wrong.push(format!("{} was never started", it.talk)),
                Some(talk) => talk.look(&it, &mut wrong),
            }
        }
        for (name, talk) in self.talks.iter_mut().filter(|_| whole) {
            if !shown.contains(name) {
                if talk.stands == Standing::There {
                    let messages = talk.texts.values().filter(|it| matches!(it, Message::Stands(_))).count();
                    wrong.push(format!("{name} is not there, with {messages} acknowledged messages"));
                }
                talk.stands = Standing::Gone;
            }
        }
        wrong
    }
}

impl Talk {
    fn look(&mut self, seen: &Seen, wrong: &mut Vec<String>) {
        let name = &seen.talk;
        if self.stands == Standing::Gone {
            wrong.push(format!("{name} was purged or refused, and is there"));
        }
        self.stands = Standing::There;
        if seen.unreadable.is_some() {
            // Loud: the appliance said so. Whether it may be so is the campaign's to judge.
            return;
        }
        match (self.closed, seen.closed) {
            (Certainty::No, true) => wrong.push(format!("{name} is closed, and nobody closed it")),
            (Certainty::Yes, false) => wrong.push(format!("{name} was closed, and is open")),
            _ => {}
        }
        self.closed = if seen.closed { Certainty::Yes } else { Certainty::No };
        if let Some(((seq, _), wanted)) = seen.events.iter().zip(1..).find(|((seq, _), wanted)| seq != wanted) {
            wrong.push(format!("{name}: event {seq} stands where {wanted} should"));
        }
        let mut found: BTreeMap<&String, u32> = BTreeMap::new();
        for (seq, text) in &seen.events {
            let Some(text) = text else { continue };
            if let Some(before) = found.insert(text, *seq) {
                wrong.push(format!("{name}: {} stands there twice, as {before} and {seq}", short(text)));
            }
            if !self.texts.contains_key(text) {
                wrong.push(format!("{name}: {} as {seq} was never sent", short(text)));
            }
        }
        for (text, message) in &mut self.texts {
            let found = found.get(text).copied();
            match (&message, found) {
                (Message::Stands(seq), found) if found != Some(*seq) => {
                    wrong.push(format!("{name}: {} was acknowledged as {seq}, found {found:?}", short(text)));
                }
                (Message::MustNot, Some(seq)) => wrong.push(format!("{name}: {} was refused and stands as {seq}", short(text))),
                _ => {}
            }
            *message = found.map_or(Message::MustNot, Message::Stands);
            self.highest = self.highest.max(found.unwrap_or(0));
        }
    }
}

fn short(text: &str) -> String {
    format!("{:?}", text.chars().take(40).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(number: u64) -> Entry {
        Entry::Asked { number, act: Act::Start { talk: "t".to_owned(), text: "one".to_owned() } }
    }

    fn send(number: u64, text: &str) -> Entry {
        Entry::Asked { number, act: Act::Send { talk: "t".to_owned(), text: text.to_owned() } }
    }

    fn purge(number: u64) -> Entry {
        Entry::Asked { number, act: Act::Purge { talks: vec!["t".to_owned()] } }
    }

    fn ok(number: u64, seq: u32) -> Entry {
        Entry::Answered { number, answer: Answer::Ok { seq: Some(seq) } }
    }

    fn failed(number: u64) -> Entry {
        Entry::Answered { number, answer: Answer::Failed }
    }

    fn shows(texts: &[&str]) -> Entry {
        let events = (1..).zip(texts.iter().map(|text| Some((*text).to_owned()))).collect();
        Entry::Looked {
            talks: vec![Seen { talk: "t".to_owned(), closed: false, events, unreadable: None }],
            whole: true,
            house: BTreeSet::new(),
        }
    }

    fn nothing() -> Entry {
        Entry::Looked { talks: Vec::new(), whole: true, house: BTreeSet::new() }
    }

    #[track_caller]
    fn judged(entries: Vec<Entry>, pieces: &[&str]) {
        let mut book = Book::default();
        let wrong: Vec<String> = entries.into_iter().flat_map(|entry| book.enter(entry)).collect();
        assert_eq!(wrong.len(), pieces.len(), "{wrong:?}");
        for (wrong, piece) in wrong.iter().zip(pieces) {
            assert!(wrong.contains(piece), "{wrong:?} does not say {piece:?}");
        }
    }

    #[test]
    fn what_was_acknowledged_must_be_there_once_and_in_order() {
        let begun = || vec![start(1), ok(1, 1), send(2, "two"), ok(2, 2)];
        judged([begun(), vec![shows(&["one", "two"])]].concat(), &[]);
        judged([begun(), vec![shows(&["one"])]].concat(), &["acknowledged as 2, found None"]);
        judged([begun(), vec![shows(&["two", "one"])]].concat(), &["acknowledged as 1", "acknowledged as 2"]);
        judged([begun(), vec![shows(&["one", "two", "two"])]].concat(), &["twice", "found Some(3)"]);
        judged([begun(), vec![shows(&["one", "two", "three"])]].concat(), &["never sent"]);
        judged([begun(), vec![nothing()]].concat(), &["not there, with 2"]);
        judged(vec![start(1), ok(1, 1), send(2, "two"), ok(2, 1)], &["was sent when 1 was there"]);
    }

    #[test]
    fn what_was_not_answered_may_be_there_or_not_and_stays_so() {
        let begun = || vec![start(1), ok(1, 1), send(2, "two")];
        judged([begun(), vec![shows(&["one", "two"]), shows(&["one", "two"])]].concat(), &[]);
        judged([begun(), vec![shows(&["one"]), shows(&["one"])]].concat(), &[]);
        judged([begun(), vec![shows(&["one", "two"]), shows(&["one"])]].concat(), &["found None"]);
        judged([begun(), vec![shows(&["one"]), shows(&["one", "two"])]].concat(), &["was refused and stands"]);
        judged([begun(), vec![failed(2), shows(&["one", "two"])]].concat(), &["was refused and stands"]);
        judged([begun(), vec![shows(&["one"]), send(3, "two"), ok(3, 2), shows(&["one", "two"])]].concat(), &[]);
    }

    #[test]
    fn what_was_purged_stays_away_and_what_was_not_stays_whole() {
        let begun = || vec![start(1), ok(1, 1), purge(2)];
        judged([begun(), vec![nothing()]].concat(), &[]);
        judged([begun(), vec![shows(&["one"])]].concat(), &[]);
        judged([begun(), vec![nothing(), shows(&["one"])]].concat(), &["was purged"]);
        judged([begun(), vec![ok(2, 0), shows(&["one"])]].concat(), &["was purged"]);
        judged([begun(), vec![shows(&[])]].concat(), &["found None"]);
    }
}

//! What was asked of an appliance and what it answered, in the order in which the outside saw it: one JSON line each.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::checker::Book;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Somebody asked for something. The number is new in each history.
    Asked {
        number: u64,
        act: Act,
    },
    /// And was answered. What was never answered may have happened or not.
    Answered {
        number: u64,
        answer: Answer,
    },
    /// What the appliance shows after a start, while nobody asks for anything: every talk, or some; and what the house holds,
    /// a line for each record, if that was looked at.
    Looked {
        talks: Vec<Seen>,
        whole: bool,
        house: BTreeSet<String>,
    },
    /// What follows is about another installation.
    Anew,
    /// What follows happens to a copy, up to `Back`.
    Aside,
    Back,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A new talk with its first message.
    Start {
        talk: String,
        text: String,
    },
    Send {
        talk: String,
        text: String,
    },
    Close {
        talk: String,
    },
    Purge {
        talks: Vec<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Done for good; messages under this number.
    Ok { seq: Option<u32> },
    /// Not done, and never will be.
    Failed,
    /// Nobody can say.
    Unknown,
}

/// One talk as the appliance shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub talk: String,
    pub closed: bool,
    /// Every event by its number; those that are messages with their text.
    pub events: Vec<(u32, Option<String>)>,
    /// The appliance says that it cannot read this talk, and why.
    pub unreadable: Option<String>,
}

/// A history on its way into a file, judged as it grows.
pub struct History {
    file: File,
    pub path: PathBuf,
    pub book: Book,
    acknowledged: usize,
}

impl History {
    pub fn new(folder: &Path, campaign: &str, seed: u64) -> Self {
        let path = folder.join(format!("history-{campaign}-{seed}.jsonl"));
        Self { file: File::create(&path).unwrap(), path, book: Book::default(), acknowledged: 0 }
    }

    /// Notes an entry; what is wrong by it.
    pub fn note(&mut self, entry: Entry) -> Vec<String> {
        writeln!(self.file, "{}", serde_json::to_string(&entry).unwrap()).unwrap();
        self.book.enter(entry)
    }

    /// From here on it is about another installation.
    pub fn begin_anew(&mut self) {
        self.acknowledged += self.book.acknowledged;
        self.note(Entry::Anew);
    }

    /// Messages that were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged + self.book.acknowledged
    }
}

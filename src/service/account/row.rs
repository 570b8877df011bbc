//! Rows of a file: the same cells as a line of JSON or of CSV.

use std::borrow::Cow;
use std::fmt::Display;
use std::io;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Failure, Files, not_taken};
use crate::service::csv;

/// Bytes that a line is given at first: most are shorter.
const LINE_BYTES: usize = 4 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Lines,
    Csv,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Lines, Self::Csv];

    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Lines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// One cell.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Cell<'a> {
    None,
    Text(Cow<'a, str>),
    Number(u64),
    Flag(bool),
    /// Something with parts; in CSV it is JSON in a cell.
    Parts(Value),
}

impl<'a> Cell<'a> {
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub fn maybe(text: Option<&'a str>) -> Self {
        text.map_or(Self::None, Self::text)
    }

    /// What is written as `Display` writes it, such as ids and times.
    pub fn of(what: impl Display) -> Self {
        Self::Text(Cow::Owned(what.to_string()))
    }

    pub fn of_maybe(what: Option<impl Display>) -> Self {
        what.map_or(Self::None, Self::of)
    }

    fn spoken(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::None => String::new(),
            Self::Text(text) => text.clone().into_owned(),
            Self::Number(number) => number.to_string(),
            Self::Flag(is_so) => is_so.to_string(),
            Self::Parts(value) => value.to_string(),
        })
    }
}

/// In the order of the columns.
struct Object<'a>(&'a [&'static str], &'a [Cell<'a>]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, cell) in self.0.iter().zip(self.1) {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

/// Takes the rows of one file.
pub(super) struct Rows<'a> {
    out: &'a mut dyn Files,
    pub format: Format,
    pub columns: &'static [&'static str],
}

impl<'a> Rows<'a> {
    pub fn new(out: &'a mut dyn Files, format: Format, columns: &'static [&'static str]) -> Self {
        Self { out, format, columns }
    }

    /// The line with the names, where there is one.
    pub fn begin(&mut self) -> io::Result<()> {
        if self.format == Format::Csv {
            let mut line = String::new();
            csv::line(&mut line, self.columns);
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Failure> {
        let line = encoded(self.format, self.columns, cells);
        self.write(&line)
    }

    /// Lines that were made elsewhere.
    pub fn write(&mut self, lines: &[u8]) -> Result<(), Failure> {
        self.out.write_all(lines).map_err(not_taken)
    }
}

/// A line with its end. There is a cell for each column.
pub(super) fn encoded(format: Format, columns: &[&'static str], cells: &[Cell<'_>]) -> Zeroizing<Vec<u8>> {
    debug_assert_eq!(columns.len(), cells.len());
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
    match format {
        Format::Lines => {
            // Strings, numbers and lists of them always encode.
            let _ = serde_json::to_writer(&mut *line, &Object(columns, cells));
            line.push(b'\n');
        }
        Format::Csv => {
            let mut text = Zeroizing::new(String::with_capacity(LINE_BYTES));
            csv::line(&mut text, cells.iter().map(|cell| cell.spoken().to_string()));
            line.extend_from_slice(text.as_bytes());
        }
    }
    line
}

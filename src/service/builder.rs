//! What the builders of forms have in common: rows that are moved and removed, and options that are typed one a line.

use crate::domain::limits;
use crate::domain::text::Label;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    Up,
    Down,
    Away,
}

/// Moves one row, and gives back where it stands now; `None` when it is gone or never was.
pub(super) fn shift<T>(rows: &mut Vec<T>, row: usize, to: Shift) -> Option<usize> {
    let last = rows.len().checked_sub(1).filter(|last| row <= *last)?;
    let there = match to {
        Shift::Away => {
            rows.remove(row);
            return None;
        }
        Shift::Up => row.saturating_sub(1),
        Shift::Down => (row + 1).min(last),
    };
    rows.swap(row, there);
    Some(there)
}

/// One option a line; empty lines do not count, repetitions count once.
pub(super) fn options(text: &str) -> Result<Vec<Label>, String> {
    let mut options: Vec<Label> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let option = Label::parse(line).map_err(|error| error.to_string())?;
        if !options.contains(&option) {
            options.push(option);
        }
    }
    match options.len() {
        2..=limits::FIELD_OPTIONS => Ok(options),
        0..=1 => Err("Write at least two options, one a line.".to_owned()),
        _ => Err(format!("At most {} options fit.", limits::FIELD_OPTIONS)),
    }
}

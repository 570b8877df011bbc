//! What the builders of forms have in common. Every button sends the whole draft: to save it, or to have a row added, moved or removed and
//! the draft shown again. So they work without a script, and nothing is kept on the way.

use crate::domain::limits;
use crate::service::builder::Shift;
use crate::web::extract::Fields;

/// What the button wants that sent the draft; `K` is what can be added.
#[derive(Clone, Copy)]
pub enum Act<K> {
    Save,
    Add(Option<K>),
    Shift(usize, Shift),
}

/// What gets the focus when the draft is shown again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    Nothing,
    Row(usize),
    Adding,
}

impl<K> Act<K> {
    pub fn take(fields: &mut Fields, of_word: impl Fn(&str) -> Option<K>) -> Self {
        let act = fields.take("act");
        let shift = |row: &str, to| row.parse().map_or(Self::Save, |row| Self::Shift(row, to));
        match act.split_once('-') {
            Some(("up", row)) => shift(row, Shift::Up),
            Some(("down", row)) => shift(row, Shift::Down),
            Some(("remove", row)) => shift(row, Shift::Away),
            _ if act == "add" => Self::Add(of_word(&fields.take("adding"))),
            _ => Self::Save,
        }
    }
}

impl Focus {
    /// The row that was just added, as the last of so many.
    #[must_use]
    pub fn of_last(rows: usize) -> Self {
        rows.checked_sub(1).map_or(Self::Adding, Self::Row)
    }

    /// The row that was moved, where it stands now.
    #[must_use]
    pub fn of_shifted(row: Option<usize>) -> Self {
        row.map_or(Self::Adding, Self::Row)
    }
}

/// The rows as they were sent, each read by `row`, until one has no kind; one more than fit, so that too many are noticed.
pub fn take_rows<T>(fields: &mut Fields, row: impl Fn(&mut Fields, usize) -> T, kind: impl Fn(&T) -> &str) -> Vec<T> {
    (0..=limits::FORM_FIELDS).map_while(|n| Some(row(fields, n)).filter(|row| !kind(row).is_empty())).collect()
}

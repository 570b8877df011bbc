//! What stands on top of every page of the staff until an administrator has said that they have seen it.

use askama::Template;

use crate::domain::alert::Alert;
use crate::domain::id::AlertId;
use crate::domain::time::Timestamp;
use crate::store::House;
use crate::web::admin::alerts::words;

/// The latest alerts that nobody has seen yet.
#[derive(Template)]
#[template(path = "parts/_alerts.html")]
pub struct AlertsPartial {
    lines: Vec<Line>,
    more: usize,
    may_acknowledge: bool,
}

struct Line {
    id: AlertId,
    title: &'static str,
    words: String,
    last_at: Timestamp,
    count: u32,
}

/// How many stand there at once; a page is for working.
const SHOWN: usize = 3;

// It is HTML in which askama has escaped every field, so a page that prints it must not escape it again.
impl askama::filters::HtmlSafe for AlertsPartial {}

impl AlertsPartial {
    /// What was done on the machine itself is for everybody to see.
    #[must_use]
    pub fn new(house: &House, is_admin: bool) -> Self {
        let concerns = |alert: &&Alert| alert.acknowledged.is_none() && (is_admin || alert.kind.is_of_the_host());
        let mut open: Vec<&Alert> = house.alerts.values().map(AsRef::as_ref).filter(concerns).collect();
        open.sort_by_key(|alert| std::cmp::Reverse((alert.last_at, alert.id)));
        let more = open.len().saturating_sub(SHOWN);
        let lines = open.into_iter().take(SHOWN).map(|alert| Line::new(house, alert)).collect();
        Self { lines, more, may_acknowledge: is_admin }
    }
}

impl Line {
    fn new(house: &House, alert: &Alert) -> Self {
        let (title, words, _) = words(house, alert.kind);
        let Alert { id, last_at, count, .. } = *alert;
        Self { id, title, words, last_at, count }
    }
}

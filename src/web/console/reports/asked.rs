//! What somebody wants to know: which days, and of what. It stands in the address, so that a report can be kept as a bookmark.

use std::collections::BTreeSet;

use actix_web::HttpRequest;

use crate::domain::id::SiteId;
use crate::domain::limits;
use crate::domain::report::{Day, Question};
use crate::web::page::{self, Errors};

/// As typed.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub from: String,
    pub to: String,
    pub site: String,
    pub department: String,
    pub operator: String,
}

/// How many days a report is of when nobody says otherwise, today the last of them.
const USUAL_DAYS: i32 = 30;

impl Asked {
    pub fn of(request: &HttpRequest) -> Self {
        Self {
            from: page::query(request, "from"),
            to: page::query(request, "to"),
            site: page::query(request, "site"),
            department: page::query(request, "department"),
            operator: page::query(request, "operator"),
        }
    }

    /// What was typed, and what is wrong with it; days that were not given are filled in.
    pub fn question(&mut self, today: Day, errors: &mut Errors) -> Question {
        let last = self.day("to", today, errors);
        let first = self.day("from", last.plus(1 - USUAL_DAYS), errors);
        if first > last {
            errors.add("from", "The first day comes after the last. Exchange the two.");
        } else if last.number().saturating_sub(first.number()) >= limits::REPORT_DAYS {
            errors.add("from", format!("A report covers at most {} days. Choose a later first day.", limits::REPORT_DAYS));
        }
        let question = Question {
            first,
            last,
            site: chosen(&self.site, "site", errors),
            department: chosen(&self.department, "department", errors),
            operator: chosen(&self.operator, "operator", errors),
        };
        (self.from, self.to) = (first.to_string(), last.to_string());
        question
    }

    fn day(&self, field: &'static str, otherwise: Day, errors: &mut Errors) -> Day {
        let typed = if field == "from" { &self.from } else { &self.to };
        if typed.is_empty() {
            return otherwise;
        }
        Day::parse(typed).unwrap_or_else(|wrong| {
            errors.add(field, wrong.to_string());
            otherwise
        })
    }

    /// The same question as an address, of the page or of the file.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("from", &self.from).append_pair("to", &self.to);
        for (name, value) in [("site", &self.site), ("department", &self.department), ("operator", &self.operator)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// Spans that are often asked for: what each is called, and its address.
    pub fn shortcuts(&self, today: Day) -> Vec<(&'static str, String)> {
        let month = today.month();
        let spans = [
            ("7 days", today.plus(-6), today),
            ("30 days", today.plus(-29), today),
            ("This month", month, today),
            ("Last month", month.plus(-1).month(), month.plus(-1)),
            ("12 months", today.plus(-364), today),
        ];
        let address = |first: Day, last: Day| Self { from: first.to_string(), to: last.to_string(), ..self.clone() }.query();
        spans.into_iter().map(|(name, first, last)| (name, address(first, last))).collect()
    }
}

/// An id, or nothing when nothing was chosen.
fn chosen<T: std::str::FromStr>(typed: &str, field: &'static str, errors: &mut Errors) -> Option<T> {
    if typed.is_empty() {
        return None;
    }
    let id = typed.parse().ok();
    if id.is_none() {
        errors.add(field, "This is not here any more. Choose again.");
    }
    id
}

/// Whether a site may be chosen.
pub fn offers(sites: &BTreeSet<SiteId>, question: &Question) -> bool {
    question.site.is_none_or(|site| sites.contains(&site))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn ask(asked: &mut Asked) -> (Question, Vec<String>) {
        let mut errors = Errors::default();
        let question = asked.question(day("2026-11-22"), &mut errors);
        (question, errors.all().into_iter().map(|(field, _, _)| field.to_owned()).collect())
    }

    #[test]
    fn a_report_is_of_the_last_thirty_days_unless_somebody_says_otherwise() {
        let mut asked = Asked::default();
        let (question, wrong) = ask(&mut asked);
        assert_eq!((question.first, question.last, wrong.len()), (day("2026-10-24"), day("2026-11-22"), 0));
        assert_eq!(asked.query(), "from=2026-10-24&to=2026-11-22");
        let shortcuts = asked.shortcuts(day("2026-11-22"));
        assert_eq!(shortcuts[3], ("Last month", "from=2026-10-01&to=2026-10-31".to_owned()));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let asked = |from: &str, to: &str| Asked { from: from.to_owned(), to: to.to_owned(), ..Asked::default() };
        assert_eq!(ask(&mut asked("2026-11-23", "2026-11-22")).1, ["from"]);
        assert_eq!(ask(&mut asked("2020-01-01", "2026-11-22")).1, ["from"]);
        assert_eq!(ask(&mut asked("", "soon")).1, ["to"]);
        let mut wrong =
            Asked { site: "sit_x".to_owned(), department: "x".to_owned(), operator: "x".to_owned(), ..Asked::default() };
        assert_eq!(ask(&mut wrong).1, ["site", "department", "operator"]);
    }
}

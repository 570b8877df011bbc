//! `/console/closed/matches`: the closed chats in which some words stand. The words come in a form and are in no address, so they are
//! in no history and no log.

use askama::Template;

use crate::domain::event::EventKind;
use crate::domain::limits;
use crate::domain::search::{Query, Which};
use crate::domain::text::SearchWords;
use crate::live::partials::visitor_name;
use crate::service::search::{self, Match};
use crate::web::extract::{CsrfForm, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

/// Characters shown of a message, and how many of them before the words.
const EXCERPT_CHARS: usize = 200;
const CHARS_BEFORE: usize = 60;

pub struct Form {
    words: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { words: fields.take("words") }
    }
}

#[derive(Template)]
#[template(path = "console/matches.html")]
struct MatchesPage<'a> {
    chrome: Chrome,
    chats: Vec<Chat<'a>>,
    words: &'a str,
    errors: &'a Errors,
    limit: usize,
}

struct Chat<'a> {
    found: &'a Match,
    site: &'a str,
    excerpt: String,
}

pub async fn show(app: App, staff: Staff, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let mut errors = Errors::default();
    let mut found = Vec::new();
    match SearchWords::parse(&form.words) {
        Ok(words) => {
            let query = Query { words: Some(words), which: Which::Closed, ..Query::default() };
            found = staff.act(&app, move |ctx| search::search(ctx, &query, None)).await??.matches;
        }
        Err(error) => errors.add("words", error.to_string()),
    }
    let house = app.store.house();
    let chats = found
        .iter()
        .map(|found| Chat {
            found,
            site: house.sites.get(&found.conversation.site).map_or("", |site| site.name.as_str()),
            excerpt: match found.event.as_ref().map(|event| &event.kind) {
                Some(EventKind::Message(text)) => excerpt(text.as_str(), form.words.trim()),
                _ => String::new(),
            },
        })
        .collect();
    let chrome = Chrome::new(&app, &staff, "closed");
    let limit = limits::SEARCH_HITS;
    page::form(&MatchesPage { chrome, chats, words: &form.words, errors: &errors, limit }, &errors)
}

impl Chat<'_> {
    fn name(&self) -> &str {
        visitor_name(&self.found.conversation)
    }
}

/// What stands around the words, on one line.
fn excerpt(message: &str, words: &str) -> String {
    let small = |c: &char| c.to_lowercase().next();
    let (message, words): (Vec<char>, Vec<char>) = (message.chars().collect(), words.chars().collect());
    let is_here = |window: &[char]| window.iter().map(small).eq(words.iter().map(small));
    let at = message.windows(words.len().max(1)).position(is_here).unwrap_or(0);
    let from = at.saturating_sub(CHARS_BEFORE);
    let to = message.len().min(from + EXCERPT_CHARS);
    let shown: String = message[from..to].iter().map(|c| if c.is_whitespace() { ' ' } else { *c }).collect();
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < message.len() { "…" } else { "" });
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_words_and_what_is_around_them() {
        assert_eq!(excerpt("My foot\nhurts", "FOOT"), "My foot hurts");
        assert_eq!(excerpt("Short", "elsewhere"), "Short");
        let long = format!("{} Ärger {}", "a".repeat(300), "b".repeat(300));
        let shown = excerpt(&long, "ärger");
        assert!(shown.starts_with("…aaa") && shown.contains(" Ärger bbb") && shown.ends_with("b…"), "{shown}");
        assert_eq!(shown.chars().count(), EXCERPT_CHARS + 2);
    }
}

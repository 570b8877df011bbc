//! Papers as files: a page that loads nothing and is signed, a spreadsheet, or signed JSON. What stands in them is the service's.

use std::fmt::Display;
use std::str::FromStr;

use actix_web::HttpResponse;
use askama::Template;

use crate::service::Failure;
use crate::service::paper::{self, Document, Paper};
use crate::web::error::Error;
use crate::web::extract::Staff;
use crate::web::page;
use crate::web::{Answer, App};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Html,
    Csv,
    Json,
}

impl Format {
    /// The end of the file's name, which also stands in addresses and forms.
    const fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

impl FromStr for Format {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        [Self::Html, Self::Csv, Self::Json].into_iter().find(|it| it.ending() == text).ok_or(Failure::NotFound)
    }
}

/// A file that needs nothing beside it.
#[derive(Template)]
#[template(path = "paper/file.html")]
struct FilePage<'a> {
    paper: &'a Paper,
    installation: &'a str,
    public_key: &'a str,
}

/// Hands a paper out.
pub async fn hand_out(app: &App, staff: &Staff, document: Document, format: Format) -> Answer {
    let name = document.paper.file_name();
    let body = match format {
        Format::Csv => document.paper.csv(),
        Format::Json => paper::json(&document)?,
        Format::Html => {
            let view =
                FilePage { paper: &document.paper, installation: document.installation(), public_key: &document.public_key };
            let html = view.render().map_err(|_| Error::internal())?;
            staff.act(app, move |ctx| paper::seal_page(ctx, &html)).await??
        }
    };
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.ending());
    Ok(HttpResponse::Ok().content_type(format.content_type()).insert_header(("Content-Disposition", disposition)).body(body))
}

/// For the templates of papers: `2026-11-22T14:05:00.000Z` becomes `2026-11-22 14:05 UTC`, wherever it stands.
pub fn told(text: impl Display) -> String {
    let text = text.to_string();
    let mut said = String::with_capacity(text.len());
    for (n, word) in text.split(' ').enumerate() {
        if n > 0 {
            said.push(' ');
        }
        let bare = word.trim_end_matches([':', ',', ';', '.']);
        if is_time(bare) {
            said.push_str(&page::spoken(bare));
            said.push_str(&word[bare.len()..]);
        } else {
            said.push_str(word);
        }
    }
    said
}

/// As `Timestamp` writes it.
fn is_time(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() == 24 && bytes[10] == b'T' && bytes[23] == b'Z' && bytes[..4].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_wherever_they_stand() {
        assert_eq!(told("since 2026-11-22T14:05:09.123Z: 3 erased."), "since 2026-11-22 14:05 UTC: 3 erased.");
        assert_eq!(told("Hällo  x"), "Hällo  x");
        assert_eq!(told("2026-11-22T14:05:09.123ä"), "2026-11-22T14:05:09.123ä");
    }
}

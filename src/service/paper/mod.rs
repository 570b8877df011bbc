//! Papers: what the appliance writes about itself for people who check it, as sections of facts and tables. One value is shown as a page,
//! written into files, and signed. What stands in them is for those who write them: `evidence` and `records`.

use std::fmt::Write;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Ctx, Failure, csv, signing};
use crate::domain::access::Action;
use crate::store::StoreError;
use crate::vault::PublicKey;

mod check;

pub use check::{Checked, check};

/// The first line of what is signed, and what the signature is bound to.
const FORMAT: &str = "parlor paper 1";
const PURPOSE: &str = "paper";
/// The same of a page, whose last line is its signature.
const PAGE_PURPOSE: &str = "paper page";
const PAGE_SEAL: &str = "\n<!-- parlor paper page 1 ";
const PAGE_END: &str = " -->\n";

/// One paper. Its parts are texts as people read them; times are in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Which one it is, such as `evidence`.
    pub kind: String,
    pub title: String,
    pub organisation: String,
    pub made_at: String,
    /// Sentences that stand above everything.
    pub lead: Vec<String>,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub id: String,
    pub title: String,
    /// A sentence or two above the rows; may be empty.
    pub about: String,
    /// None: each row is a name and what it is.
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Said where there are no rows.
    pub none: String,
}

impl Section {
    /// Names and what they are.
    #[must_use]
    pub fn facts(id: &str, title: &str, about: &str) -> Self {
        Self { id: id.to_owned(), title: title.to_owned(), about: about.to_owned(), ..Self::default() }
    }

    #[must_use]
    pub fn table(id: &str, title: &str, about: &str, columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|it| (*it).to_owned()).collect(), ..Self::facts(id, title, about) }
    }

    #[must_use]
    pub fn or(self, none: &str) -> Self {
        Self { none: none.to_owned(), ..self }
    }

    pub fn fact(&mut self, name: &str, value: impl Into<String>) {
        self.rows.push(vec![name.to_owned(), value.into()]);
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    #[must_use]
    pub fn is_facts(&self) -> bool {
        self.columns.is_empty()
    }

    /// Each cell of a row under its heading.
    pub fn cells<'a>(&'a self, row: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.columns.iter().map(String::as_str).zip(row.iter().map(String::as_str))
    }
}

impl Paper {
    /// A paper of this installation at this moment, without its sections.
    #[must_use]
    pub fn new(ctx: &Ctx, kind: &str, title: &str) -> Self {
        let house = ctx.store.house();
        let organisation = house.organisation.as_ref().map_or("", |it| it.name.as_str());
        Self {
            kind: kind.to_owned(),
            title: title.to_owned(),
            organisation: organisation.to_owned(),
            made_at: ctx.now.to_string(),
            lead: Vec::new(),
            sections: Vec::new(),
        }
    }

    /// Section by section for a spreadsheet.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut file = String::new();
        csv::line(&mut file, [&self.title, &self.organisation, &self.made_at]);
        for sentence in &self.lead {
            csv::line(&mut file, [sentence]);
        }
        for section in &self.sections {
            csv::line(&mut file, [""]);
            csv::line(&mut file, [&section.title]);
            for sentence in [&section.about, &section.none].into_iter().filter(|it| !it.is_empty()) {
                // Why there are no rows is said only then.
                if section.rows.is_empty() || *sentence == section.about {
                    csv::line(&mut file, [sentence]);
                }
            }
            if !section.is_facts() && !section.rows.is_empty() {
                csv::line(&mut file, &section.columns);
            }
            for row in &section.rows {
                csv::line(&mut file, row);
            }
        }
        file
    }

    /// What begins the name of a file of it: `parlor-evidence-2026-11-22`.
    #[must_use]
    pub fn file_name(&self) -> String {
        let day: String = self.made_at.chars().take(10).collect();
        format!("parlor-{}-{day}", self.kind)
    }
}

/// A paper as a file: the paper, and the statement that is signed over it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    format: String,
    pub paper: Paper,
    /// What is signed: a line for what stands above the sections and one for each of them, with their hashes.
    statement: String,
    pub public_key: String,
    signature: String,
}

impl Document {
    /// A file that was written here.
    ///
    /// # Errors
    /// When it is no paper.
    pub fn read(json: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(json).map_err(|_| StoreError::Damaged("a paper that was kept does not read".to_owned()))
    }

    /// The installation that it says it is from.
    #[must_use]
    pub fn installation(&self) -> &str {
        self.statement.lines().find_map(|line| line.strip_prefix("installation ")).unwrap_or_default()
    }
}

/// Signs a paper.
///
/// # Errors
/// When there is no key and none can be made.
pub(super) fn sign(ctx: &Ctx, paper: Paper) -> Result<Document, Failure> {
    let key = signing::key(ctx)?;
    let mut lines = String::new();
    for section in &paper.sections {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{} {}", hash_of_section(section), section.id);
    }
    let statement = format!(
        "{FORMAT}\ninstallation {}\nmade {}\n{} {}\nsections {}\n{lines}",
        HEXLOWER.encode(&ctx.store.installation()),
        paper.made_at,
        hash_of_head(&paper),
        paper.kind,
        paper.sections.len(),
    );
    let signature = HEXLOWER.encode(&key.sign(PURPOSE, statement.as_bytes()));
    Ok(Document { format: FORMAT.to_owned(), paper, statement, public_key: key.public().to_string(), signature })
}

/// A document as it is kept, in as little room as it takes.
///
/// # Errors
/// When it is larger than memory.
pub(super) fn compact(document: &Document) -> Result<String, Failure> {
    Ok(serde_json::to_string(document).map_err(|_| StoreError::TooLarge)?)
}

/// The file of a document.
///
/// # Errors
/// When it is larger than memory.
pub fn json(document: &Document) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(document).map_err(|_| StoreError::TooLarge)?)
}

/// Puts the installation's signature behind a page that was drawn of a paper.
///
/// # Errors
/// `Denied` to those who may not read papers; when there is no key.
pub fn seal_page(ctx: &Ctx, html: &str) -> Result<String, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let key = signing::key(ctx)?;
    let page = html.trim_end();
    let signature = HEXLOWER.encode(&key.sign(PAGE_PURPOSE, page.as_bytes()));
    Ok(format!("{page}{PAGE_SEAL}{} {signature}{PAGE_END}", key.public()))
}

/// What others check papers with, for whoever shows one that is not signed yet.
///
/// # Errors
/// `Denied` to those who may not read papers.
pub fn public_key(ctx: &Ctx) -> Result<PublicKey, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    Ok(signing::key(ctx)?.public())
}

fn hash_of_section(section: &Section) -> String {
    // Texts and lists of them always encode, and always alike.
    HEXLOWER.encode(&Sha256::digest(serde_json::to_vec(section).unwrap_or_default()))
}

fn hash_of_head(paper: &Paper) -> String {
    let head = (&paper.kind, &paper.title, &paper.organisation, &paper.made_at, &paper.lead);
    HEXLOWER.encode(&Sha256::digest(serde_json::to_vec(&head).unwrap_or_default()))
}

#[cfg(test)]
mod tests;

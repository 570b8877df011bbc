//! The log as a file: CSV for a spreadsheet, or JSON with each row's record, signed, which `parlor verify log` checks anywhere. A file
//! names people by the names that they have on this day, and has no content in it, since the log has none.

use std::fmt::Write;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::told::details;
use super::{Filter, told, who};
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditActor, AuditEntry, Outcome};
use crate::domain::limits;
use crate::service::proof::{self, Line, Signed, Written};
use crate::service::{Ctx, Failure, csv, signing};
use crate::store::{AuditRow, House, StoreError};
use crate::vault::PublicKey;

/// The first line of what is signed, and what the signature is bound to.
const FORMAT: &str = "parlor audit 1";
const PURPOSE: &str = "audit";
const NOUN: &str = "rows";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
}

/// The file. What has to hold is in `record`, `statement` and `signature`; the statement covers the words beside each record too.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    rows: Vec<Row>,
    /// What is signed: a line for each row, with the hash of its record and of its words.
    statement: String,
    public_key: String,
    signature: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    row: u64,
    at: String,
    who: String,
    /// The id of the member of staff, if it was one.
    who_id: Option<String>,
    from: Option<String>,
    result: String,
    times: u32,
    what: String,
    details: Option<String>,
    about: Option<String>,
    about_id: Option<String>,
    /// Hash of the row before, whatever that is about.
    previous: String,
    /// The row itself, byte for byte as it stands in the chain.
    record: String,
}

/// What an export came to.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The file.
    pub text: String,
    pub rows: usize,
    /// The last row in it, when there are more behind it than one file takes.
    pub more_after: Option<u64>,
}

/// The rows above `after` that the filter lets through, oldest first.
///
/// # Errors
/// `Denied` to those who may not read the log; `ProofNeeded`; when a row does not read.
pub fn export(ctx: &Ctx, filter: &Filter, after: u64, format: Format) -> Result<Exported, Failure> {
    ctx.authorize(Action::ReadAudit)?;
    ctx.require_proof()?;
    let house = ctx.store.house();
    let begins = match filter.since {
        Some(since) => ctx.store.audit_row_before(since.minus(super::SLACK))?.unwrap_or(0).max(after),
        None => after,
    };
    let (mut found, mut more_after, mut last) = (Vec::new(), None, begins);
    for row in ctx.store.audit_rows_after(begins)? {
        let row = row?;
        if filter.lets_through(&row.entry) {
            if found.len() == limits::AUDIT_ROWS_EXPORTED {
                more_after = Some(last);
                break;
            }
            found.push(row);
        }
        last = found.last().map_or(last, |row: &AuditRow| row.entry.number);
    }
    let text = match format {
        Format::Csv => spreadsheet(&house, &found),
        Format::Json => signed(ctx, &house, &found, (begins, last))?,
    };
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::AuditExported { rows: u32::try_from(found.len()).unwrap_or(u32::MAX) });
    ctx.store.commit(batch).wait()?;
    Ok(Exported { text, rows: found.len(), more_after })
}

fn signed(ctx: &Ctx, house: &House, found: &[AuditRow], (after, last): (u64, u64)) -> Result<String, Failure> {
    let key = signing::key(ctx)?;
    let mut lines = String::new();
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let written = Row::new(house, row);
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{} {}", written.row, written.listed(&row.hash()));
        rows.push(written);
    }
    let statement = format!(
        "{FORMAT}\ninstallation {}\nmade {}\nbetween {} and {last}\n{NOUN} {}\n{lines}",
        HEXLOWER.encode(&ctx.store.installation()),
        ctx.now,
        after.saturating_add(1),
        rows.len(),
    );
    let signature = key.sign(PURPOSE, statement.as_bytes());
    let document = Document {
        format: FORMAT.to_owned(),
        rows,
        statement,
        public_key: key.public().to_string(),
        signature: HEXLOWER.encode(&signature),
    };
    Ok(serde_json::to_string_pretty(&document).map_err(|_| StoreError::TooLarge)?)
}

fn spreadsheet(house: &House, found: &[AuditRow]) -> String {
    let mut file = String::new();
    csv::line(
        &mut file,
        ["row", "time (UTC)", "who", "who (id)", "from", "what", "details", "about", "about (id)", "result", "times"],
    );
    for row in found {
        let it = Row::new(house, row);
        let or_empty = Option::unwrap_or_default;
        csv::line(
            &mut file,
            [
                it.row.to_string(),
                it.at,
                it.who,
                or_empty(it.who_id),
                or_empty(it.from),
                it.what,
                or_empty(it.details),
                or_empty(it.about),
                or_empty(it.about_id),
                it.result,
                it.times.to_string(),
            ],
        );
    }
    file
}

impl Row {
    fn new(house: &House, row: &AuditRow) -> Self {
        let entry: &AuditEntry = &row.entry;
        let said = told(&entry.action);
        let id = |actor: &AuditActor| match actor {
            AuditActor::Staff(id) => Some(id.to_string()),
            _ => None,
        };
        Self {
            row: entry.number,
            at: entry.at.to_string(),
            who: who(house, &entry.actor).to_owned(),
            who_id: id(&entry.actor),
            from: entry.from.map(|from| from.to_string()),
            result: match entry.outcome {
                Outcome::Done => "done",
                Outcome::Refused => "refused",
            }
            .to_owned(),
            times: entry.times,
            what: said.what.to_owned(),
            details: details(&entry.action),
            about: said.about.name(house).map(ToOwned::to_owned),
            about_id: said.about.id().map(|_| said.about.to_string()),
            previous: HEXLOWER.encode(&row.previous),
            record: HEXLOWER.encode(&row.bytes),
        }
    }

    /// What the statement lists for this row: the hash of its record, and of the words beside it.
    fn listed(&self, hash: &[u8; 32]) -> String {
        let mut words = Sha256::new();
        let texts = [
            Some(&self.at),
            Some(&self.who),
            self.who_id.as_ref(),
            self.from.as_ref(),
            Some(&self.result),
            Some(&self.what),
            self.details.as_ref(),
            self.about.as_ref(),
            self.about_id.as_ref(),
            Some(&self.previous),
        ];
        words.update(self.times.to_be_bytes());
        for text in texts {
            // Its length before each, so that no two rows share one encoding; none is told apart from an empty one.
            words.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
            words.update(text.map_or("", String::as_str));
        }
        format!("{} {}", HEXLOWER.encode(hash), HEXLOWER.encode(&words.finalize()))
    }
}

impl Written for Document {
    const WHAT: &'static str = "a file of the audit log";
    const FORMAT: &'static str = FORMAT;
    const PURPOSE: &'static str = PURPOSE;

    fn signed(&self) -> Signed<'_> {
        let Self { format, statement, public_key, signature, .. } = self;
        Signed { format, statement, public_key, signature }
    }
}

/// What a check of such a file found. The file holds when there is no fault.
#[derive(Debug, Default)]
pub struct Checked {
    pub rows: usize,
    /// The key that the file is signed with, if it names one.
    pub public_key: Option<PublicKey>,
    /// The lines of the statement before its rows, such as when it was made.
    pub about: Vec<String>,
    /// A sentence each.
    pub faults: Vec<String>,
}

/// Holds the file against its own hashes and its signature, and against `expected` if given: without that the check tells whether the
/// file is whole, and not from whom it is.
#[must_use]
pub fn check(json: &str, expected: Option<&PublicKey>) -> Checked {
    let mut found = Checked::default();
    match proof::read::<Document>(json) {
        Ok(document) => found.examine(&document, expected),
        Err(sentence) => found.faults.push(sentence),
    }
    found
}

impl Checked {
    fn examine(&mut self, document: &Document, expected: Option<&PublicKey>) {
        self.rows = document.rows.len();
        self.public_key = proof::signature(document, expected, &mut self.faults);
        let (about, stated) = proof::statement(&document.statement, NOUN, &mut self.faults);
        self.about = about;
        let lines: Vec<_> = document.rows.iter().map(|row| self.line(row)).collect();
        proof::rows(&lines, &stated, NOUN, &mut self.faults);
    }

    /// One row by itself: its record has to read, and to be of that row.
    fn line<'a>(&mut self, row: &'a Row) -> Line<'a> {
        let number = row.row;
        let none = Line { row: number, previous: &row.previous, hash: None, listed: None };
        let Ok(bytes) = HEXLOWER.decode(row.record.as_bytes()) else {
            self.faults.push(format!("Row {number}: its record is not hexadecimal."));
            return none;
        };
        match AuditRow::read(&bytes) {
            Ok(read) if read.entry.number != number || HEXLOWER.encode(&read.previous) != row.previous => {
                self.faults.push(format!("Row {number}: what stands beside its record is not what the record says."));
            }
            Ok(_) => {}
            Err(_) => self.faults.push(format!("Row {number}: its record does not read.")),
        }
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        Line { hash: Some(HEXLOWER.encode(&hash)), listed: Some(row.listed(&hash)), ..none }
    }
}

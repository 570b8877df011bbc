//! Checking a file of receipts without the data it came from. Everything that does not hold is named by its row; the check goes
//! on after a fault, so that one look tells all.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Document, FORMAT, PURPOSE, Receipt};
use crate::domain::audit::AuditAction;
use crate::service::proof::{self, Line, Signed, Written};
use crate::store::AuditRow;
use crate::vault::PublicKey;

const NOUN: &str = "receipts";

impl Written for Document {
    const WHAT: &'static str = "a file of receipts";
    const FORMAT: &'static str = FORMAT;
    const PURPOSE: &'static str = PURPOSE;

    fn signed(&self) -> Signed<'_> {
        let Self { format, statement, public_key, signature, .. } = self;
        Signed { format, statement, public_key, signature }
    }
}

/// What a check found. The file holds when there is no fault.
#[derive(Debug, Default)]
pub struct Checked {
    pub receipts: usize,
    /// Totals over all receipts that hold.
    pub drawers: u64,
    pub events: u64,
    /// The key that the file is signed with, if it names one.
    pub public_key: Option<PublicKey>,
    /// The lines of the statement before its receipts, such as when it was made.
    pub about: Vec<String>,
    /// A sentence each.
    pub faults: Vec<String>,
}

/// Holds the file against its own hashes and its signature, and against `expected` if given: without that the check tells
/// whether the file is whole, and not from whom it is.
#[must_use]
pub fn check(json: &str, expected: Option<&PublicKey>) -> Checked {
    let mut found = Checked::default();
    match proof::read::<Document>(json) {
        Ok(document) => found.examine(&document, expected),
        Err(sentence) => found.fault(sentence),
    }
    found
}

impl Checked {
    fn fault(&mut self, sentence: impl Into<String>) {
        self.faults.push(sentence.into());
    }

    fn examine(&mut self, document: &Document, expected: Option<&PublicKey>) {
        self.receipts = document.receipts.len();
        self.public_key = proof::signature(document, expected, &mut self.faults);
        let (about, stated) = proof::statement(&document.statement, NOUN, &mut self.faults);
        self.about = about;
        let hashes: Vec<_> = document.receipts.iter().map(|receipt| self.receipt(receipt)).collect();
        let lines: Vec<_> = document.receipts.iter().zip(hashes).map(|(receipt, hash)| line(receipt, hash)).collect();
        proof::rows(&lines, &stated, NOUN, &mut self.faults);
    }

    /// One receipt by itself: its record has to read, and to say what stands beside it. Yields the hash of the record.
    fn receipt(&mut self, receipt: &Receipt) -> Option<String> {
        let number = receipt.row;
        let Some(bytes) = HEXLOWER.decode(receipt.record.as_bytes()).ok() else {
            self.fault(format!("Row {number}: its record is not hexadecimal."));
            return None;
        };
        match AuditRow::read(&bytes) {
            Ok(row) => match &row.entry.action {
                AuditAction::Purged(purge) if Receipt::new(&row, purge) == *receipt => {
                    self.drawers += u64::from(purge.drawers);
                    self.events += purge.events;
                }
                AuditAction::Purged(_) => {
                    self.fault(format!("Row {number}: what stands beside its record is not what the record says."))
                }
                _ => self.fault(format!("Row {number}: its record is not a purge receipt.")),
            },
            Err(_) => self.fault(format!("Row {number}: its record does not read.")),
        }
        Some(HEXLOWER.encode(&Sha256::digest(&bytes)))
    }
}

fn line(receipt: &Receipt, hash: Option<String>) -> Line<'_> {
    Line { row: receipt.row, previous: &receipt.previous, listed: hash.clone(), hash }
}

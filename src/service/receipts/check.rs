//! Checking a file of receipts without the data it came from. Everything that does not hold is named by its row; the check goes
//! on after a fault, so that one look tells all.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Document, FORMAT, PURPOSE, Receipt};
use crate::domain::audit::AuditAction;
use crate::store::AuditRow;
use crate::vault::{PublicKey, SIGNATURE_BYTES};

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
    match serde_json::from_str::<Document>(json) {
        Ok(document) => found.examine(&document, expected),
        // The parser names lines and columns, and fields that do not belong there.
        Err(error) => found.fault(format!("This is not a file of receipts: {error}.")),
    }
    found
}

impl Checked {
    fn fault(&mut self, sentence: impl Into<String>) {
        self.faults.push(sentence.into());
    }

    fn examine(&mut self, document: &Document, expected: Option<&PublicKey>) {
        if document.format != FORMAT {
            return self.fault("The file is of a format that this version does not know.");
        }
        self.receipts = document.receipts.len();
        self.signature(document, expected);
        let stated = self.statement(&document.statement);
        let hashes: Vec<_> = document.receipts.iter().map(|receipt| self.receipt(receipt)).collect();
        self.order(&document.receipts);
        self.against_statement(&document.receipts, &hashes, &stated);
        self.links(&document.receipts, &hashes);
    }

    fn signature(&mut self, document: &Document, expected: Option<&PublicKey>) {
        self.public_key = PublicKey::parse(&document.public_key);
        let Some(key) = self.public_key else { return self.fault("The public key in the file is no key.") };
        if expected.is_some_and(|expected| *expected != key) {
            self.fault("The file is signed with another key than the one given: it is not from that installation.");
        }
        let signature = HEXLOWER.decode(document.signature.as_bytes()).ok();
        let signature = signature.and_then(|bytes| <[u8; SIGNATURE_BYTES]>::try_from(bytes).ok());
        if !signature.is_some_and(|signature| key.verifies(PURPOSE, document.statement.as_bytes(), &signature)) {
            self.fault("The signature does not fit the statement: the statement, the signature or the key was altered.");
        }
    }

    /// The rows that were signed, with their hashes, in order.
    fn statement(&mut self, statement: &str) -> Vec<(u64, String)> {
        const HEADER_LINES: usize = 5;
        let mut lines = statement.lines();
        self.about = lines.by_ref().take(HEADER_LINES).map(ToOwned::to_owned).collect();
        let row = |line: &str| {
            let (number, hash) = line.split_once(' ')?;
            Some((number.parse().ok()?, hash.to_owned()))
        };
        let stated: Option<Vec<_>> = lines.map(row).collect();
        let count = self.about.last().and_then(|line| line.strip_prefix("receipts ")).and_then(|count| count.parse().ok());
        if stated.is_none() || count != stated.as_ref().map(Vec::len) {
            self.fault("The statement does not list as many receipts as it says.");
        }
        stated.unwrap_or_default()
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

    fn order(&mut self, receipts: &[Receipt]) {
        let mut before = 0;
        for receipt in receipts {
            if receipt.row <= before {
                self.fault(format!("Row {} stands behind row {before}: the receipts were reordered or repeated.", receipt.row));
            }
            before = before.max(receipt.row);
        }
    }

    fn against_statement(&mut self, receipts: &[Receipt], hashes: &[Option<String>], stated: &[(u64, String)]) {
        let signed: BTreeMap<u64, &str> = stated.iter().map(|(number, hash)| (*number, hash.as_str())).collect();
        for (receipt, hash) in receipts.iter().zip(hashes) {
            match (signed.get(&receipt.row), hash) {
                (None, _) => self.fault(format!("Row {} was added: the statement does not list it.", receipt.row)),
                (Some(signed), Some(hash)) if signed == hash => {}
                (Some(_), _) => {
                    self.fault(format!("Row {} was altered: its record is not the one that was signed.", receipt.row))
                }
            }
        }
        let there: BTreeSet<u64> = receipts.iter().map(|receipt| receipt.row).collect();
        for (number, _) in stated.iter().filter(|(number, _)| !there.contains(number)) {
            self.fault(format!("Row {number} was removed: the statement lists it, and the file does not have it."));
        }
    }

    /// Where two receipts are neighbours in the audit log, the second holds the hash of the first.
    fn links(&mut self, receipts: &[Receipt], hashes: &[Option<String>]) {
        for (pair, hashes) in receipts.windows(2).zip(hashes.windows(2)) {
            let [first, second] = pair else { continue };
            if first.row.checked_add(1) == Some(second.row) && hashes[0].as_deref() != Some(second.previous.as_str()) {
                self.fault(format!("Row {} does not follow from row {} in the chain.", second.row, first.row));
            }
        }
    }
}

//! Files of rows of the audit log that others can check: a statement lists each row with its hash and is signed, and whatever does not
//! hold is named by its row. What the rows say is for those who write such files: `receipts` and `audit_log`.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use serde::de::DeserializeOwned;

use crate::vault::{PublicKey, SIGNATURE_BYTES};

/// Lines of a statement before its rows; the last of them says how many rows there are.
const HEADER_LINES: usize = 5;

/// A file with a statement that is signed.
pub(super) trait Written: DeserializeOwned {
    /// What a person calls it.
    const WHAT: &'static str;
    const FORMAT: &'static str;
    /// What the signature is bound to.
    const PURPOSE: &'static str;

    fn signed(&self) -> Signed<'_>;
}

/// What is signed, as the file has it.
pub(super) struct Signed<'a> {
    pub format: &'a str,
    pub statement: &'a str,
    pub public_key: &'a str,
    pub signature: &'a str,
}

/// The file, or a sentence that says why it is none of these.
pub(super) fn read<W: Written>(text: &str) -> Result<W, String> {
    match serde_json::from_str::<W>(text) {
        Ok(it) if it.signed().format == W::FORMAT => Ok(it),
        Ok(_) => Err("The file is of a format that this version does not know.".to_owned()),
        // The parser names lines and columns, and fields that do not belong there.
        Err(error) => Err(format!("This is not {}: {error}.", W::WHAT)),
    }
}

/// One row of the file.
pub(super) struct Line<'a> {
    pub row: u64,
    /// What it says is the hash of the row before.
    pub previous: &'a str,
    /// The hash of its record, where that reads.
    pub hash: Option<String>,
    /// What the statement should list for it.
    pub listed: Option<String>,
}

/// The key that the file is signed with, if it names one.
pub(super) fn signature<W: Written>(it: &W, expected: Option<&PublicKey>, faults: &mut Vec<String>) -> Option<PublicKey> {
    let signed = it.signed();
    let Some(key) = PublicKey::parse(signed.public_key) else {
        faults.push("The public key in the file is no key.".to_owned());
        return None;
    };
    if expected.is_some_and(|expected| *expected != key) {
        faults.push("The file is signed with another key than the one given: it is not from that installation.".to_owned());
    }
    let signature = HEXLOWER.decode(signed.signature.as_bytes()).ok();
    let signature = signature.and_then(|bytes| <[u8; SIGNATURE_BYTES]>::try_from(bytes).ok());
    if !signature.is_some_and(|signature| key.verifies(W::PURPOSE, signed.statement.as_bytes(), &signature)) {
        faults.push("The signature does not fit the statement: the statement, the signature or the key was altered.".to_owned());
    }
    Some(key)
}

/// The lines above the rows, and the rows that were signed with what is listed for each. `noun` is what the file calls them.
pub(super) fn statement(statement: &str, noun: &str, faults: &mut Vec<String>) -> (Vec<String>, Vec<(u64, String)>) {
    let mut lines = statement.lines();
    let about: Vec<_> = lines.by_ref().take(HEADER_LINES).map(ToOwned::to_owned).collect();
    let row = |line: &str| {
        let (number, listed) = line.split_once(' ')?;
        Some((number.parse().ok()?, listed.to_owned()))
    };
    let stated: Option<Vec<_>> = lines.map(row).collect();
    let count = about.last().and_then(|line| line.strip_prefix(noun)).and_then(|count| count.trim().parse().ok());
    if stated.is_none() || count != stated.as_ref().map(Vec::len) {
        faults.push(format!("The statement does not list as many {noun} as it says."));
    }
    (about, stated.unwrap_or_default())
}

/// Whether the rows are those that were signed, in their order, and follow each other where they are neighbours.
pub(super) fn rows(lines: &[Line], stated: &[(u64, String)], noun: &str, faults: &mut Vec<String>) {
    let mut before = 0;
    for Line { row, .. } in lines {
        if *row <= before {
            faults.push(format!("Row {row} stands behind row {before}: the {noun} were reordered or repeated."));
        }
        before = before.max(*row);
    }
    let signed: BTreeMap<u64, &str> = stated.iter().map(|(number, listed)| (*number, listed.as_str())).collect();
    for Line { row, listed, .. } in lines {
        match (signed.get(row), listed) {
            (None, _) => faults.push(format!("Row {row} was added: the statement does not list it.")),
            (Some(signed), Some(listed)) if signed == listed => {}
            (Some(_), _) => faults.push(format!("Row {row} was altered: its record is not the one that was signed.")),
        }
    }
    let there: BTreeSet<u64> = lines.iter().map(|line| line.row).collect();
    for (number, _) in stated.iter().filter(|(number, _)| !there.contains(number)) {
        faults.push(format!("Row {number} was removed: the statement lists it, and the file does not have it."));
    }
    for pair in lines.windows(2) {
        let [first, second] = pair else { continue };
        if first.row.checked_add(1) == Some(second.row) && first.hash.as_deref() != Some(second.previous) {
            faults.push(format!("Row {} does not follow from row {} in the chain.", second.row, first.row));
        }
    }
}

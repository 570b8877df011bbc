//! Purge receipts as a file: what an owner hands to somebody who wants proof that what was promised to be erased was erased.
//! The file names no person and quotes nothing; whoever has the installation's public key checks it without the data.
//! `list` shows them, `export` writes such a file, `check` holds one against itself. FORMAT.md describes the file.

use std::fmt::Write;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::{Ctx, Failure, signing};
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditActor, AuditEntry, PurgeReceipt, PurgeRule};
use crate::domain::limits;
use crate::domain::retention::RetentionClass;
use crate::store::AuditRow;
use crate::vault::PublicKey;

mod check;

pub use check::{Checked, check};

/// The first line of what is signed, and what the signature is bound to.
const FORMAT: &str = "parlor receipts 1";
const PURPOSE: &str = "receipts";

/// The file. What has to hold is in `record`, `statement` and `signature`; the other fields of a receipt say in words what its
/// record says, and are checked against it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    receipts: Vec<Receipt>,
    /// What is signed: a line for each receipt, see `statement`.
    statement: String,
    public_key: String,
    signature: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt {
    /// The row of the audit log.
    row: u64,
    at: String,
    by: String,
    site: String,
    rule: String,
    class: String,
    drawers: u64,
    events: u64,
    key_epoch: Option<u64>,
    /// Hash of the row before, whatever that is about.
    previous: String,
    /// The row itself, byte for byte as it stands in the chain.
    record: String,
}

/// One page of the list, newest first.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Each is an `AuditAction::Purged`.
    pub receipts: Vec<AuditEntry>,
    /// Where the list goes on: `before` of the next page, if there may be more.
    pub older: Option<u64>,
}

/// The receipts in rows below `before`, or the newest.
///
/// # Errors
/// `Denied` to those who do not manage privacy.
pub fn list(ctx: &Ctx, before: Option<u64>) -> Result<Listed, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let rows = ctx.store.audit_rows(before, limits::PURGE_LOG_SEARCH)?;
    let mut older = if rows.len() == limits::PURGE_LOG_SEARCH { rows.last().map(|row| row.number) } else { None };
    let mut receipts: Vec<_> = rows.into_iter().filter(|row| matches!(row.action, AuditAction::Purged(_))).collect();
    if receipts.len() > limits::PURGE_LOG_ROWS {
        receipts.truncate(limits::PURGE_LOG_ROWS);
        older = receipts.last().map(|row| row.number);
    }
    Ok(Listed { receipts, older })
}

/// What an export came to.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The file.
    pub json: String,
    pub receipts: usize,
    /// Row of the last receipt, when there are more behind it than one file takes.
    pub more_after: Option<u64>,
    pub public_key: PublicKey,
}

/// The receipts in rows above `after`, oldest first, signed.
///
/// # Errors
/// `Denied` to those who do not manage privacy; when a row of the audit log does not read.
pub fn export(ctx: &Ctx, after: u64) -> Result<Exported, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let key = signing::key(ctx)?;
    let mut receipts = Vec::new();
    let mut lines = String::new();
    let (mut last, mut more_after) = (after, None);
    for row in ctx.store.audit_rows_after(after)? {
        let row = row?;
        let AuditAction::Purged(purge) = &row.entry.action else {
            last = row.entry.number;
            continue;
        };
        if receipts.len() == limits::RECEIPTS_EXPORTED {
            more_after = Some(last);
            break;
        }
        last = row.entry.number;
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{last} {}", HEXLOWER.encode(&row.hash()));
        receipts.push(Receipt::new(&row, purge));
    }
    let statement = format!(
        "{FORMAT}\ninstallation {}\nmade {}\nrows {} to {last}\nreceipts {}\n{lines}",
        HEXLOWER.encode(&ctx.store.installation()),
        ctx.now,
        after.saturating_add(1),
        receipts.len(),
    );
    let signature = key.sign(PURPOSE, statement.as_bytes());
    let count = receipts.len();
    let document = Document {
        format: FORMAT.to_owned(),
        receipts,
        statement,
        public_key: key.public().to_string(),
        signature: HEXLOWER.encode(&signature),
    };
    let json = serde_json::to_string_pretty(&document).map_err(|_| crate::store::StoreError::TooLarge)?;
    Ok(Exported { json, receipts: count, more_after, public_key: key.public() })
}

/// The key that others need to check receipts and backups with; made if there is none yet.
///
/// # Errors
/// `Denied` to those who do not manage privacy.
pub fn public_key(ctx: &Ctx) -> Result<PublicKey, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    Ok(signing::key(ctx)?.public())
}

impl Receipt {
    /// The words that stand beside the record: the same here and when they are checked.
    fn new(row: &AuditRow, purge: &PurgeReceipt) -> Self {
        let by = match row.entry.actor {
            AuditActor::Host => "host",
            AuditActor::Timer => "timer",
            // Who it was is in the record as a random id, and as a name nowhere.
            AuditActor::Staff(_) => "staff",
            AuditActor::Unknown => "unknown",
        };
        Self {
            row: row.entry.number,
            at: row.entry.at.to_string(),
            by: by.to_owned(),
            site: purge.site.to_string(),
            rule: match purge.rule {
                PurgeRule::Policy => "policy",
                PurgeRule::ByHand => "by hand",
                PurgeRule::Tombstone => "again after a restore",
                PurgeRule::Order(_) => "purge rule",
                PurgeRule::Request => "the person asked for it",
                PurgeRule::Form => "as set for the form",
            }
            .to_owned(),
            class: match purge.class {
                RetentionClass::Transcripts => "transcripts",
                RetentionClass::Attachments => "attachments",
                RetentionClass::Reporting => "reporting",
                RetentionClass::Messages => "messages",
                RetentionClass::Submissions => "submissions",
                RetentionClass::Deliveries => "deliveries",
            }
            .to_owned(),
            drawers: purge.drawers.into(),
            events: purge.events,
            key_epoch: purge.epoch,
            previous: HEXLOWER.encode(&row.previous),
            record: HEXLOWER.encode(&row.bytes),
        }
    }
}

#[cfg(test)]
mod tests;

//! Holding the whole audit log against itself and against its head: every row that was altered, removed, put elsewhere or slipped in
//! is named. The same look for a start, for `parlor verify` and for a rescue.
//!
//! What vouches for a row is the row behind it, which has its hash; for the last one, the head does. So a link that does not hold
//! speaks against the earlier of the two rows, as long as the later one is vouched for itself.

use super::head::Head;
use super::{AuditRow, Chain};
use crate::domain::audit::AuditAction;
use crate::store::StoreError;

/// What the log is held against besides itself.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Against<'a> {
    /// Rows that a rescue has declared lost: the first and the last of each gap.
    pub gaps: &'a [(u64, u64)],
    pub head: Option<&'a Head>,
}

/// Holds rows, as they come in the order of their numbers, against each other.
pub(in crate::store) struct Check<'a> {
    against: Against<'a>,
    pub faults: Vec<String>,
    pub rows: u64,
    pub receipts: u64,
    /// Whoever begins at a row that is not the first of all.
    begins: Option<Beginning>,
    /// What the newest trim among the rows says of the beginning.
    trimmed: Option<(u64, [u8; 32])>,
    /// The row before, with its hash if it reads.
    last: Option<(u64, Option<[u8; 32]>)>,
    /// Two neighbours that do not belong together, until it is known whether the later one is vouched for.
    broken: Option<(u64, u64)>,
    /// Whether the row that the head names was seen with the hash that it has there.
    is_head_met: bool,
}

#[derive(Debug, Clone, Copy)]
struct Beginning {
    first: u64,
    /// Unknown where the first row does not read.
    previous: Option<[u8; 32]>,
}

impl<'a> Check<'a> {
    pub(in crate::store) fn new(against: Against<'a>) -> Self {
        Self {
            against,
            faults: Vec::new(),
            rows: 0,
            receipts: 0,
            begins: None,
            trimmed: None,
            last: None,
            broken: None,
            is_head_met: false,
        }
    }

    /// The next row, with the number under which it stands.
    pub(in crate::store) fn row(&mut self, number: u64, row: Result<AuditRow, StoreError>) {
        self.rows += 1;
        let row = match row {
            Ok(row) if row.entry.number != number => {
                self.fault(format!("Audit row {number} says that it is row {}.", row.entry.number));
                None
            }
            Ok(row) => Some(row),
            Err(error) => {
                self.fault(format!("Audit row {number} does not read: {error}."));
                None
            }
        };
        match self.last {
            None => self.begins = Some(Beginning { first: number, previous: row.as_ref().map(|row| row.previous) }),
            Some((last, _)) if number > last + 1 => self.hole(last + 1, number - 1),
            Some((last, Some(hash))) if row.as_ref().is_some_and(|row| row.previous != hash) => self.unlinked(last, number),
            // What stands here vouches for the row before, and is not yet vouched for itself.
            Some(_) => self.is_vouched_for(row.is_some()),
        }
        let hash = row.as_ref().map(AuditRow::hash);
        if let Some(row) = row {
            match row.entry.action {
                AuditAction::AuditTrimmed { up_to, hash, .. } => self.trimmed = Some((up_to, hash)),
                AuditAction::Purged(_) => self.receipts += 1,
                _ => {}
            }
        }
        if let (Some(head), Some(hash)) = (self.against.head, hash)
            && head.chain.last == number
        {
            self.is_head_met = head.chain.hash == hash;
            if !self.is_head_met {
                // What is said of the row before depended on this one.
                self.is_vouched_for(false);
                self.fault(format!(
                    "Audit row {number} is not the row that the head of the log vouches for: it was altered, or a row before it was \
                     and those behind that were chained anew."
                ));
            }
        }
        self.last = Some((number, hash));
    }

    /// All rows were seen. Where the chain ends, and how many rows stand behind a head that a crash has left behind.
    pub(in crate::store) fn finish(&mut self) -> (Chain, u64) {
        let chain = self.beginning();
        let (last, hash) = self.last.unwrap_or((chain.first - 1, Some(chain.before)));
        let chain = Chain { last, hash: hash.unwrap_or_default(), ..chain };
        let Some(head) = self.against.head else {
            self.is_vouched_for(false);
            return (chain, 0);
        };
        let promised = head.chain.last;
        self.is_vouched_for(self.is_head_met && last == promised);
        if last < promised {
            self.missing(last + 1, promised);
        } else if last > promised && head.is_closed {
            let rows = rows(promised + 1, last);
            self.fault(format!("{rows} behind the end of the log: added after Parlor had ended."));
        }
        (chain, last.saturating_sub(promised))
    }

    /// Whether the log begins where it should.
    fn beginning(&mut self) -> Chain {
        let head = self.against.head.map(|head| head.chain);
        // A trim that the head has not heard of came before a crash, and the row that tells of it is part of the chain.
        let trimmed = self.trimmed.filter(|(up_to, _)| head.is_none_or(|head| up_to + 1 > head.first));
        let (first, before) = match (trimmed, head) {
            (Some((up_to, hash)), _) => (up_to + 1, hash),
            (None, Some(head)) => (head.first, head.before),
            (None, None) => (1, [0; 32]),
        };
        let chain = Chain { first, before, ..Chain::default() };
        let Some(begins) = self.begins else { return chain };
        if begins.first > first {
            self.hole(first, begins.first - 1);
        } else if begins.first < first {
            let (whose, rows) = (if begins.first + 1 == first { "its" } else { "their" }, rows(begins.first, first - 1));
            self.fault(format!("{rows} there again, which had been removed when {whose} time was over."));
        } else if begins.previous.is_some_and(|previous| previous != before) {
            self.fault(format!("Audit row {first} was altered: it does not follow from what was before it."));
        }
        chain
    }

    fn hole(&mut self, first: u64, last: u64) {
        self.is_vouched_for(false);
        if !self.against.gaps.contains(&(first, last)) {
            self.missing(first, last);
        }
    }

    fn missing(&mut self, first: u64, last: u64) {
        self.fault(missing_rows(first, last));
    }

    fn unlinked(&mut self, earlier: u64, later: u64) {
        self.is_vouched_for(false);
        self.broken = Some((earlier, later));
    }

    /// Says which of two rows that do not belong together it is.
    fn is_vouched_for(&mut self, later_is: bool) {
        let Some((earlier, later)) = self.broken.take() else { return };
        self.fault(if later_is {
            format!("Audit row {earlier} was altered: it is not the one that row {later} follows.")
        } else {
            format!("Audit rows {earlier} and {later} do not belong together: one of them or both were altered.")
        });
    }

    fn fault(&mut self, sentence: String) {
        self.faults.push(sentence);
    }
}

fn rows(first: u64, last: u64) -> String {
    if first == last { format!("Audit row {first} is") } else { format!("Audit rows {first} to {last} are") }
}

pub(in crate::store) fn missing_rows(first: u64, last: u64) -> String {
    format!("{} missing.", rows(first, last))
}

/// Several faults as one.
pub(in crate::store) fn summed_up(faults: &[String]) -> Option<String> {
    const TOLD: usize = 5;
    let told: Vec<_> = faults.iter().take(TOLD).map(|fault| fault.trim_end_matches('.')).collect();
    match faults.len().saturating_sub(TOLD) {
        _ if faults.is_empty() => None,
        0 => Some(told.join("; ")),
        more => Some(format!("{}; and {more} more", told.join("; "))),
    }
}

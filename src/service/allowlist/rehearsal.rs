//! Whom lists would keep out, judged by who came in lately: before they are in force.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::ListsForm;
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::operator::Role;
use crate::domain::time::Timestamp;
use crate::service::{Ctx, Failure};

/// Rows of the audit log that are read at once.
const ROWS: usize = 1_000;

/// Somebody who came in from an address from which they could not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub operator: OperatorId,
    pub name: String,
    pub role: Role,
    pub address: IpAddr,
    /// How often they signed in from there in the last 30 days, and when last.
    pub times: u32,
    pub last_at: Timestamp,
}

/// The latest of them, and how many more there were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsed {
    pub refused: Vec<Refused>,
    pub more: usize,
}

/// Who of those who signed in during the last 30 days would be refused, the latest first. Who is not here any more is left out.
///
/// # Errors
/// `Denied` to those who do not manage the lists; `InvalidFields` for what is no network.
pub fn rehearse(ctx: &Ctx, form: &ListsForm) -> Result<Rehearsed, Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    let lists = form.parse()?;
    let house = ctx.store.house();
    let window = Duration::from_secs(limits::REHEARSAL_DAYS * 24 * 60 * 60);
    let mut found: HashMap<(OperatorId, IpAddr), Refused> = HashMap::new();
    let (mut before, mut read) = (None, 0);
    'rows: while read < limits::REHEARSAL_ROWS {
        let rows = ctx.store.audit_rows(before, ROWS)?;
        let Some(oldest) = rows.last() else { break };
        before = Some(oldest.number);
        read += rows.len();
        for row in &rows {
            if ctx.now.since(row.at) > window {
                break 'rows;
            }
            let (AuditActor::Staff(id), AuditAction::SignedIn | AuditAction::SignedInBy(_), Some(address)) =
                (&row.actor, &row.action, row.from)
            else {
                continue;
            };
            let Some(operator) = house.operators.get(id).filter(|it| it.is_active()) else { continue };
            if lists.permits_role(operator.role, address) {
                continue;
            }
            let (name, role) = (operator.name.as_str().to_owned(), operator.role);
            let first = Refused { operator: *id, name, role, address, times: 0, last_at: row.at };
            found.entry((*id, address)).or_insert(first).times += 1;
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|it| (std::cmp::Reverse(it.last_at), it.operator, it.address));
    let more = found.len().saturating_sub(limits::REHEARSAL_SHOWN);
    found.truncate(limits::REHEARSAL_SHOWN);
    Ok(Rehearsed { refused: found, more })
}

//! From where staff may come in. A list that would shut its own author out is tried for two minutes at most and then
//! reverts by itself, unless it was confirmed from an address that it allows.

use std::net::IpAddr;

use super::{Ctx, Failure};
use crate::domain::access::{Action, Actor, Denied};
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::network::{Allowlist, Network, Trial, parse_networks, permits as list_permits};
use crate::domain::news::News;
use crate::domain::time::Timestamp;
use crate::store::Store;

/// What to do with a list that does not contain the address of whoever saves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lockout {
    /// Change nothing and say so.
    Warn,
    /// They were warned and want it: put it on trial.
    Try,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    InForce,
    /// Nothing was changed: the list does not contain its author's address.
    WouldLockOut,
    /// It holds until then, unless it is confirmed from an address that it allows.
    OnTrial {
        until: Timestamp,
    },
}

/// Whether staff may come in from this address at this moment.
#[must_use]
pub fn permits(store: &Store, address: IpAddr, now: Timestamp) -> bool {
    store.house().allowlist.permits(address, now)
}

/// # Errors
/// `Denied` to those who do not manage it.
pub fn view(ctx: &Ctx) -> Result<Allowlist, Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    let mut list = ctx.store.house().allowlist.clone();
    // A trial that has run out may still stand in the record until the timer comes by.
    list.trial = list.trial.filter(|trial| ctx.now < trial.until);
    Ok(list)
}

/// Replaces the list; one network a line, an empty text means from anywhere.
///
/// # Errors
/// `Invalid` for the field `networks`.
pub fn replace(ctx: &Ctx, author: IpAddr, text: &str, lockout: Lockout) -> Result<Replaced, Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    let networks = parse_networks(text).map_err(|error| Failure::Invalid { field: "networks", message: error.to_string() })?;
    let _changing = ctx.memory.changing();
    if list_permits(&networks, author) {
        let action = AuditAction::AllowlistChanged { networks: count(&networks) };
        save(ctx, &Allowlist { networks, trial: None }, action)?;
        return Ok(Replaced::InForce);
    }
    if lockout == Lockout::Warn {
        return Ok(Replaced::WouldLockOut);
    }
    let until = ctx.now.plus(limits::ALLOWLIST_TRIAL);
    let action = AuditAction::AllowlistTried { networks: count(&networks) };
    let before = ctx.store.house().allowlist.networks.clone();
    save(ctx, &Allowlist { networks: before, trial: Some(Trial { networks, until }) }, action)?;
    Ok(Replaced::OnTrial { until })
}

/// Makes the list on trial the list, from an address that it allows.
///
/// # Errors
/// `Conflict` when nothing is on trial (any more), or the address is not on it.
pub fn confirm(ctx: &Ctx, from: IpAddr) -> Result<(), Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    let _changing = ctx.memory.changing();
    let trial = ctx.store.house().allowlist.trial.clone().filter(|trial| ctx.now < trial.until);
    let Some(trial) = trial else {
        return Err(Failure::Conflict("No list is on trial any more, so the one before holds.".to_owned()));
    };
    if !list_permits(&trial.networks, from) {
        return Err(Failure::Conflict("Confirm from an address that the new list allows.".to_owned()));
    }
    let action = AuditAction::AllowlistChanged { networks: count(&trial.networks) };
    save(ctx, &Allowlist { networks: trial.networks, trial: None }, action)
}

/// Lets staff in from anywhere again: the way back in for the owner of the host, and for nobody else.
///
/// # Errors
/// `Denied` to everybody but the host's command line.
pub fn reset(ctx: &Ctx) -> Result<(), Failure> {
    if *ctx.actor != Actor::Host {
        return Err(Failure::Denied(Denied));
    }
    let _changing = ctx.memory.changing();
    save(ctx, &Allowlist::default(), AuditAction::AllowlistReset)
}

/// Clears a trial that nobody confirmed. The list before holds from the second it ran out; this writes it down, and has the
/// sockets that came in under the trial looked at again.
///
/// # Errors
/// When the store does not write.
pub fn end_trial(ctx: &Ctx) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let list = ctx.store.house().allowlist.clone();
    if list.trial.is_none_or(|trial| ctx.now < trial.until) {
        return Ok(());
    }
    save(ctx, &Allowlist { networks: list.networks, trial: None }, AuditAction::AllowlistReverted)
}

fn save(ctx: &Ctx, list: &Allowlist, action: AuditAction) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    batch.put_allowlist(list);
    ctx.audit(&mut batch, action);
    batch.tell(News::Allowlist);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn count(networks: &[Network]) -> u32 {
    u32::try_from(networks.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "tests/allowlist.rs"]
mod tests;

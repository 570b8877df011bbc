//! From where staff may come in, all of them and those of some roles. Lists that would shut their own author out are tried for two
//! minutes at most and then revert by themselves, unless they were confirmed from an address that they allow.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::break_glass::only_on_the_host;
use super::fields::Fields;
use super::{Ctx, Failure, alerts, sessions};
use crate::domain::access::{Action, Actor};
use crate::domain::alert::AlertKind;
use crate::domain::allowlist::{Allowlist, Lists, Trial};
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::network::{Network, parse_networks};
use crate::domain::news::News;
use crate::domain::operator::Role;
use crate::domain::time::Timestamp;
use crate::store::{Batch, Store};

mod rehearsal;

pub use rehearsal::{Refused, Rehearsed, rehearse};

/// Lists as a form holds them, one network a line; an empty text means from anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListsForm {
    pub everybody: String,
    pub by_role: BTreeMap<Role, String>,
}

impl ListsForm {
    #[must_use]
    pub fn of(lists: &Lists) -> Self {
        let by_role = Role::ALL.into_iter().map(|role| (role, text_of(lists.of(role)))).collect();
        Self { everybody: text_of(&lists.everybody), by_role }
    }

    /// The field of everybody, or of a role.
    #[must_use]
    pub const fn field(role: Option<Role>) -> &'static str {
        match role {
            None => "networks",
            Some(Role::Admin) => "networks_admin",
            Some(Role::Supervisor) => "networks_supervisor",
            Some(Role::Operator) => "networks_operator",
            Some(Role::Auditor) => "networks_auditor",
            Some(Role::Client) => "networks_client",
        }
    }

    fn parse(&self) -> Result<Lists, Failure> {
        let mut fields = Fields::default();
        let everybody = fields.take(Self::field(None), parse_networks(&self.everybody)).unwrap_or_default();
        let mut by_role = BTreeMap::new();
        for (role, text) in &self.by_role {
            let networks = fields.take(Self::field(Some(*role)), parse_networks(text)).unwrap_or_default();
            if !networks.is_empty() {
                by_role.insert(*role, networks);
            }
        }
        fields.check()?;
        Ok(Lists { everybody, by_role })
    }
}

fn text_of(networks: &[Network]) -> String {
    networks.iter().map(Network::to_string).collect::<Vec<_>>().join("\n")
}

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

/// Whether anybody of the staff may come in from this address at this moment.
#[must_use]
pub fn permits(store: &Store, address: IpAddr, now: Timestamp) -> bool {
    store.house().allowlist.permits(address, now)
}

/// # Errors
/// `Denied` to those who do not manage it.
pub fn view(ctx: &Ctx) -> Result<Allowlist, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let mut list = ctx.store.house().allowlist.clone();
    // A trial that has run out may still stand in the record until the timer comes by.
    list.trial = list.trial.filter(|trial| ctx.now < trial.until);
    Ok(list)
}

/// Replaces the lists.
///
/// # Errors
/// `InvalidFields` for what is no network; `ProofNeeded`.
pub fn replace(ctx: &Ctx, author: IpAddr, form: &ListsForm, lockout: Lockout) -> Result<Replaced, Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    ctx.require_proof()?;
    let lists = form.parse()?;
    let _changing = ctx.memory.changing();
    if permits_author(ctx, &lists, author) {
        put_in_force(ctx, lists)?;
        return Ok(Replaced::InForce);
    }
    if lockout == Lockout::Warn {
        return Ok(Replaced::WouldLockOut);
    }
    let until = ctx.now.plus(limits::ALLOWLIST_TRIAL);
    let action = AuditAction::AllowlistTried { networks: count(&lists) };
    let before = ctx.store.house().allowlist.lists.clone();
    save(ctx, ctx.store.batch(), &Allowlist { lists: before, trial: Some(Trial { lists, until }) }, action)?;
    Ok(Replaced::OnTrial { until })
}

/// Whether somebody may confirm lists from this address, or save them without being locked out.
#[must_use]
pub fn permits_author(ctx: &Ctx, lists: &Lists, author: IpAddr) -> bool {
    match ctx.actor {
        Actor::Staff { role, .. } => lists.permits_role(*role, author),
        _ => lists.permits(author),
    }
}

/// From here on these lists hold. Sessions that began where nobody with their role may be any more are over.
fn put_in_force(ctx: &Ctx, lists: Lists) -> Result<(), Failure> {
    let action = AuditAction::AllowlistChanged { networks: count(&lists) };
    let house = ctx.store.house();
    let mut batch = ctx.store.batch();
    for (hash, session) in ctx.store.sessions()? {
        let role = house.operators.get(&session.operator).map(|operator| operator.role);
        if let (Some(role), Some(address)) = (role, session.address)
            && !lists.permits_role(role, address)
        {
            sessions::end_in(ctx, &mut batch, &hash);
        }
    }
    save(ctx, batch, &Allowlist { lists, trial: None }, action)
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
    if !permits_author(ctx, &trial.lists, from) {
        return Err(Failure::Conflict("Confirm from an address that the new list allows.".to_owned()));
    }
    put_in_force(ctx, trial.lists)
}

/// Lets staff in from anywhere again: the way back in for the owner of the host, and for nobody else.
///
/// # Errors
/// `Denied` to everybody but the host's command line.
pub fn reset(ctx: &Ctx) -> Result<(), Failure> {
    only_on_the_host(ctx)?;
    let _changing = ctx.memory.changing();
    let mut batch = ctx.store.batch();
    alerts::raise_in(ctx, &mut batch, AlertKind::AllowlistReset);
    save(ctx, batch, &Allowlist::default(), AuditAction::AllowlistReset)
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
    save(ctx, ctx.store.batch(), &Allowlist { lists: list.lists, trial: None }, AuditAction::AllowlistReverted)
}

fn save(ctx: &Ctx, mut batch: Batch, list: &Allowlist, action: AuditAction) -> Result<(), Failure> {
    batch.put_allowlist(list);
    ctx.audit(&mut batch, action);
    batch.tell(News::Allowlist);
    ctx.settle(batch)?;
    Ok(())
}

fn count(lists: &Lists) -> u32 {
    u32::try_from(lists.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "../tests/allowlist.rs"]
mod tests;

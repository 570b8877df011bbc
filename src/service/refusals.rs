//! Refusals on record, without letting whoever is refused fill the disk with them. The first of a kind from a network is a row at
//! once; what follows within the minute is counted, and is one row when the minute is over. Beyond a number of kinds and networks only
//! the kinds are counted. So a minute leaves a bounded number of rows, whatever comes.
//!
//! What was counted and not yet written is in memory alone: a crash costs the count of one minute, never the first row.

use std::mem::{discriminant, take};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use parking_lot::Mutex;

use super::{Ctx, Failure};
use crate::domain::audit::{AuditAction, AuditActor, AuditEvent};
use crate::domain::limits;
use crate::domain::network::canonical;

#[derive(Default)]
pub(super) struct Refusals(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    /// By kind, by who was refused and from which network.
    told: Vec<AuditEvent>,
    /// By kind alone, from wherever.
    beyond: Vec<AuditEvent>,
}

impl Refusals {
    /// Whether this one is to be a row of its own; otherwise it is counted.
    pub(super) fn is_row(&self, event: &AuditEvent) -> bool {
        let mut minute = self.0.lock();
        let from = event.from.map(network_of);
        let same = |told: &&mut AuditEvent| told.action == event.action && told.actor == event.actor && told.from == from;
        if let Some(told) = minute.told.iter_mut().find(same) {
            told.times = told.times.saturating_add(1);
            return false;
        }
        if minute.told.len() < limits::REFUSALS_TOLD {
            minute.told.push(AuditEvent { from, times: 0, ..event.clone() });
            return true;
        }
        let kind = discriminant(&event.action);
        match minute.beyond.iter_mut().find(|beyond| discriminant(&beyond.action) == kind) {
            Some(beyond) => beyond.times = beyond.times.saturating_add(1),
            None => minute.beyond.push(AuditEvent { actor: AuditActor::Unknown, from: None, times: 1, ..event.clone() }),
        }
        false
    }

    /// What was counted; a new minute begins.
    fn take(&self) -> impl Iterator<Item = AuditEvent> + use<> {
        let Minute { told, beyond } = take(&mut *self.0.lock());
        told.into_iter().chain(beyond).filter(|event| event.times > 0)
    }
}

/// Writes what was counted.
///
/// # Errors
/// When the store does not write; the counts are gone then.
pub fn flush(ctx: &Ctx) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    let mut rows = 0_usize;
    for event in ctx.memory.refusals.take() {
        batch.audit_event(AuditEvent { at: ctx.now, ..event });
        rows += 1;
    }
    if rows > 0 {
        ctx.store.commit(batch).wait()?;
    }
    Ok(())
}

/// Notes that the actor wanted this and did not get it, where nothing else is written. Nobody waits for the row.
pub fn note(ctx: &Ctx, action: AuditAction) {
    let mut batch = ctx.store.batch();
    ctx.audit_refused(&mut batch, action);
    let _not_waited_for = ctx.store.commit(batch);
}

/// What one customer, or one small office, has: a /64 of IPv6, a /24 of IPv4.
#[must_use]
pub fn network_of(address: IpAddr) -> IpAddr {
    match canonical(address) {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() >> 8 << 8)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Outcome;
    use crate::domain::time::Timestamp;

    fn refused(from: &str, action: AuditAction) -> AuditEvent {
        AuditEvent {
            at: Timestamp::default(),
            actor: AuditActor::Unknown,
            from: Some(from.parse().unwrap()),
            outcome: Outcome::Refused,
            times: 1,
            action,
        }
    }

    fn counted(refusals: &Refusals) -> Vec<(Option<String>, u32)> {
        refusals.take().map(|event| (event.from.map(|from| from.to_string()), event.times)).collect()
    }

    #[test]
    fn the_first_of_a_kind_and_network_is_told_and_the_rest_is_counted() {
        let refusals = Refusals::default();
        let sign_in = |from: &str| refusals.is_row(&refused(from, AuditAction::SignInRefused));
        assert!(sign_in("192.0.2.1"));
        assert!(!sign_in("192.0.2.200") && !sign_in("::ffff:192.0.2.1"));
        assert!(sign_in("192.0.3.1") && sign_in("2001:db8::1"));
        assert!(!sign_in("2001:db8::ffff"));
        assert!(refusals.is_row(&refused("192.0.2.1", AuditAction::SetUpRefused)), "another kind");
        assert_eq!(counted(&refusals), [(Some("192.0.2.0".to_owned()), 2), (Some("2001:db8::".to_owned()), 1)]);
        assert_eq!(counted(&refusals), []);
        assert!(sign_in("192.0.2.1"), "a new minute");
    }

    #[test]
    fn a_crowd_leaves_a_bounded_number_of_rows() {
        let refusals = Refusals::default();
        let told = (0..5_000_u32)
            .filter(|n| {
                let from = IpAddr::V4((n << 8).into()).to_string();
                refusals.is_row(&refused(&from, AuditAction::SignInRefused))
            })
            .count();
        assert_eq!(told, limits::REFUSALS_TOLD);
        assert_eq!(counted(&refusals), [(None, 5_000 - u32::try_from(limits::REFUSALS_TOLD).unwrap())]);
    }
}

//! Trying a password or a code. It counts before it is looked at, so that attempts side by side are counted too, and is given back
//! when it was right.
//!
//! Whoever guesses uses up the stock of the account and of their address. Its owner gets in all the same: a browser that has
//! signed in to this account before is known by its cookie and has a stock of its own, which no stranger can touch; and so has,
//! until a restart, the address from which the account was signed in to.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::stock::{Holder, micros};
use super::{AccountDigest, Throttle, Wanted, head, number, one, rate};
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;
use crate::service::suspicion::{self, Sign};
use crate::service::{Ctx, Failure};

/// A browser that has signed in to the account at hand before, by the digest of what its cookie proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceId(pub [u8; 32]);

/// An attempt that was let through and counted.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    limit: Limit,
    account: AccountDigest,
    address: IpAddr,
    wanted: [Wanted; Wanted::MOST],
    counted: usize,
    is_known: bool,
}

impl Attempt {
    /// From a device or place from which the account was signed in to before: it need not queue behind strangers.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.is_known
    }
}

/// Counts an attempt at a password.
///
/// # Errors
/// `TooMany` with the seconds to wait.
pub fn attempt(ctx: &Ctx, account: AccountDigest, address: IpAddr, known_device: Option<DeviceId>) -> Result<Attempt, Failure> {
    count(ctx, Limit::Passwords, account, address, known_device)
}

/// Counts an attempt at a code of a second factor, before the code is compared.
///
/// # Errors
/// `TooMany` with the seconds to wait.
pub fn code_attempt(
    ctx: &Ctx,
    account: AccountDigest,
    address: IpAddr,
    known_device: Option<DeviceId>,
) -> Result<Attempt, Failure> {
    count(ctx, Limit::Codes, account, address, known_device)
}

fn count(
    ctx: &Ctx,
    limit: Limit,
    account: AccountDigest,
    address: IpAddr,
    known_device: Option<DeviceId>,
) -> Result<Attempt, Failure> {
    let throttle = &ctx.memory.throttle;
    let of = |holder| Wanted::of(limit, holder, rate(ctx, limit));
    let [own, wide] = Wanted::of_address(Limit::Guesses, address, rate(ctx, Limit::Guesses));
    let is_place = known_device.is_none() && throttle.places.has(&account, address);
    let (first, counted) = match known_device {
        // Nothing that others do at the same address stands in its way.
        Some(DeviceId(device)) => (of(mixed(&account, &device)), 1),
        None if is_place => (of(mixed(&account, &Sha256::digest(number(one(address)).to_be_bytes()).into())), Wanted::MOST),
        None => (of(head(&account)), Wanted::MOST),
    };
    let wanted = [first, own, wide];
    throttle.take(&wanted[..counted], micros(ctx.now)).map_err(|seconds| Failure::TooMany { seconds })?;
    Ok(Attempt { limit, account, address, wanted, counted, is_known: is_place || known_device.is_some() })
}

fn mixed(account: &AccountDigest, what: &[u8; 32]) -> Holder {
    head(&Sha256::new().chain_update(account).chain_update(what).finalize().into())
}

/// The attempt was right: it does not count, and its place is known from now on.
pub fn succeeded(ctx: &Ctx, attempt: &Attempt) {
    give_back(ctx, attempt);
    ctx.memory.throttle.places.note(attempt.account, attempt.address, ctx.now);
}

/// The attempt was right, and something else is still to be shown: it does not count, and nothing more follows from it.
pub fn give_back(ctx: &Ctx, attempt: &Attempt) {
    ctx.memory.throttle.give_back(&attempt.wanted[..attempt.counted]);
    suspicion::forgive(ctx, attempt.address, &attempt.account);
}

/// The attempt was wrong. It has counted already; here somebody looks whether there are more of its kind. `whose`: the account that
/// there is by that name.
pub fn failed(ctx: &Ctx, attempt: &Attempt, whose: Option<OperatorId>) {
    match (attempt.limit, whose) {
        (Limit::Codes, Some(whose)) => suspicion::note(ctx, attempt.address, Sign::Code(whose)),
        _ => suspicion::note(ctx, attempt.address, Sign::Password { account: &attempt.account, whose }),
    }
}

impl Throttle {
    /// Whether somebody of the staff has signed in from there within that time.
    #[must_use]
    pub fn staff_came_from(&self, address: IpAddr, within: Duration, now: Timestamp) -> bool {
        self.places.staff_came_from(address, within, now)
    }
}

/// From where each account was signed in to lately. Only who has signed in is written here, so no stranger can fill it.
#[derive(Default)]
pub(super) struct Places(Mutex<HashMap<AccountDigest, VecDeque<(Holder, Timestamp)>>>);

impl Places {
    fn has(&self, account: &AccountDigest, address: IpAddr) -> bool {
        let place = number(one(address));
        self.0.lock().get(account).is_some_and(|known| known.iter().any(|(it, _)| *it == place))
    }

    fn note(&self, account: AccountDigest, address: IpAddr, now: Timestamp) {
        let place = number(one(address));
        let mut places = self.0.lock();
        let known = places.entry(account).or_default();
        known.retain(|(it, _)| *it != place);
        if known.len() >= limits::KNOWN_PLACES {
            known.pop_front();
        }
        known.push_back((place, now));
        if places.len() > limits::OPERATORS {
            // Accounts that are gone, or go by another address now.
            places.retain(|_, known| known.back().is_some_and(|(_, at)| now.since(*at) <= limits::STAFF_ADDRESS_LIFE));
        }
    }

    fn staff_came_from(&self, address: IpAddr, within: Duration, now: Timestamp) -> bool {
        let place = number(one(address));
        self.0.lock().values().flatten().any(|(it, at)| *it == place && now.since(*at) <= within)
    }
}

//! How often something may be done, kept in one place for all faces. An act says which limit it counts towards and for whom; what is
//! over is refused before any work is done, with the seconds to wait. Stocks come back with time, so nobody is ever locked out for
//! good, and a restart forgets them.
//!
//! Limits by address count one address (a /64 for IPv6) and, ten times as wide, the network around it (a /24, a /48), so that
//! whoever owns a network does not get a new stock with each of its addresses. Start reading at `take`; `attempt` is for passwords
//! and codes, where a device that is known has a stock of its own.

mod attempt;
mod hits;
mod settings;
mod stock;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::tokens::TokenHash;
use super::{Ctx, Failure};
use crate::domain::id::{OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::network::{Network, canonical};
use crate::domain::throttle::{Limit, Rate};
use crate::domain::visitor::Allowance;

pub use attempt::{Attempt, DeviceId, attempt, code_attempt, failed, give_back, succeeded};
pub use hits::Hits;
pub use settings::{BanForm, Listed, RateForm, change, change_bans, change_mails, list, reset};

use attempt::Places;
use stock::{Holder, Stocks, micros, seconds};

/// For whom something is counted.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    Address(IpAddr),
    /// A mail address that was typed, whether or not it is an account's.
    Account(&'a AccountDigest),
    Person(OperatorId),
    Session(&'a TokenHash),
    Visitor(SiteId, &'a [u8; 32]),
}

/// How an account is named here: a digest, so that typed addresses are neither kept nor unbounded.
pub type AccountDigest = [u8; 32];

#[must_use]
pub fn account(email: &str) -> AccountDigest {
    Sha256::digest(email.trim().to_lowercase().as_bytes()).into()
}

/// What is left of everybody's stocks. One value per appliance.
pub struct Throttle {
    counted: Mutex<Counted>,
    places: Places,
    /// Proxies, whose own address says nothing about who asks.
    proxies: Vec<Network>,
    /// What the settings file says of messages; everything else is as the domain says.
    messages: Rate,
}

struct Counted {
    /// Each limit's own, and those of the networks around.
    stocks: [[Stocks; 2]; Limit::ALL.len()],
    hits: [Hits; Limit::ALL.len()],
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new(Vec::new(), Limit::Messages.usual())
    }
}

impl Throttle {
    #[must_use]
    pub fn new(proxies: Vec<Network>, messages: Rate) -> Self {
        let counted = Counted { stocks: Default::default(), hits: std::array::from_fn(|_| Hits::default()) };
        Self { counted: Mutex::new(counted), places: Places::default(), proxies, messages }
    }

    /// What holds unless an administrator has changed it.
    #[must_use]
    pub fn usual(&self, limit: Limit) -> Rate {
        if limit == Limit::Messages { self.messages } else { limit.usual() }
    }

    /// This machine itself is its owner's, and what a proxy asks is nobody's; only guessing is counted there as everywhere.
    fn is_spared(&self, limit: Limit, address: IpAddr) -> bool {
        !limit.is_of_guessing() && (address.is_loopback() || self.proxies.iter().any(|proxy| proxy.contains(address)))
    }

    /// Takes one from each of these stocks, or from none.
    fn take(&self, wanted: &[Wanted], now: i64) -> Result<(), u32> {
        let mut counted = self.counted.lock();
        let mut full_at = [0; Wanted::MOST];
        for (full_at, it) in full_at.iter_mut().zip(wanted) {
            match counted.stocks[it.limit as usize][usize::from(it.is_wide)].look(it.holder, it.rate, now) {
                Ok(taken) => *full_at = taken,
                Err(wait) => {
                    counted.hits[it.limit as usize].note(now);
                    return Err(seconds(wait));
                }
            }
        }
        for (full_at, it) in full_at.into_iter().zip(wanted) {
            counted.stocks[it.limit as usize][usize::from(it.is_wide)].set(it.holder, full_at, now);
        }
        Ok(())
    }

    fn give_back(&self, wanted: &[Wanted]) {
        let mut counted = self.counted.lock();
        for it in wanted {
            counted.stocks[it.limit as usize][usize::from(it.is_wide)].give_back(it.holder, it.rate);
        }
    }
}

/// One of a stock.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    limit: Limit,
    holder: Holder,
    /// A network's stock rather than an address'.
    is_wide: bool,
    rate: Rate,
}

impl Wanted {
    /// Stocks that one act takes from.
    const MOST: usize = 3;

    fn of(limit: Limit, holder: Holder, rate: Rate) -> Self {
        Self { limit, holder, is_wide: false, rate }
    }

    /// The stocks of an address and of the network around it.
    fn of_address(limit: Limit, address: IpAddr, rate: Rate) -> [Self; 2] {
        let wider = Rate {
            burst: rate.burst.saturating_mul(limits::NETWORK_TIMES),
            per_hour: rate.per_hour.saturating_mul(limits::NETWORK_TIMES),
        };
        [
            Self { limit, holder: number(one(address)), is_wide: false, rate },
            Self { limit, holder: number(wide(address)), is_wide: true, rate: wider },
        ]
    }
}

/// Counts one towards a limit, before the work is done.
///
/// # Errors
/// `TooMany` with the seconds to wait.
pub fn take(ctx: &Ctx, limit: Limit, by: By) -> Result<(), Failure> {
    let throttle = &ctx.memory.throttle;
    let rate = rate(ctx, limit);
    let done = match by {
        By::Address(address) if throttle.is_spared(limit, address) => Ok(()),
        By::Address(address) => throttle.take(&Wanted::of_address(limit, address, rate), micros(ctx.now)),
        other => throttle.take(&[Wanted::of(limit, other.holder(), rate)], micros(ctx.now)),
    };
    done.map_err(|seconds| Failure::TooMany { seconds })
}

/// Counts one towards a limit for the address from which the act was asked for, if it came over the network.
///
/// # Errors
/// `TooMany` with the seconds to wait.
pub fn take_from(ctx: &Ctx, limit: Limit) -> Result<(), Failure> {
    ctx.asked.from.map_or(Ok(()), |from| take(ctx, limit, By::Address(from)))
}

/// A limit as it is in force.
#[must_use]
pub fn rate(ctx: &Ctx, limit: Limit) -> Rate {
    ctx.store.house().precautions.limits.get(&limit).copied().unwrap_or_else(|| ctx.memory.throttle.usual(limit))
}

/// A limit of what is counted with the chat itself.
#[must_use]
pub fn allowance(ctx: &Ctx, limit: Limit) -> Allowance {
    rate(ctx, limit).allowance()
}

/// A chat has refused something that is counted there.
pub fn note_refusal(ctx: &Ctx, limit: Limit) {
    ctx.memory.throttle.counted.lock().hits[limit as usize].note(micros(ctx.now));
}

impl By<'_> {
    fn holder(self) -> Holder {
        match self {
            Self::Address(address) => number(one(address)),
            Self::Account(digest) | Self::Session(digest) => head(digest),
            Self::Person(id) => Holder::from_be_bytes(*id.as_bytes()),
            Self::Visitor(site, index) => {
                head(&Sha256::new().chain_update(site.as_bytes()).chain_update(index).finalize().into())
            }
        }
    }
}

/// Half of a digest tells apart what has to be told apart here.
fn head(digest: &[u8; 32]) -> Holder {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Holder::from_be_bytes(bytes)
}

/// What one customer of a provider gets: an IPv4 address, a /64 of IPv6.
#[must_use]
pub fn one(address: IpAddr) -> IpAddr {
    masked(address, 32, 64)
}

/// The network around it, which a single owner may have as a whole.
#[must_use]
pub fn wide(address: IpAddr) -> IpAddr {
    masked(address, 24, 48)
}

fn masked(address: IpAddr, bits_of_v4: u32, bits_of_v6: u32) -> IpAddr {
    match canonical(address) {
        // This machine is no customer of anybody.
        loopback if loopback.is_loopback() => loopback,
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << (32 - bits_of_v4)))),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << (128 - bits_of_v6)))),
    }
}

fn number(address: IpAddr) -> Holder {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

#[cfg(test)]
#[path = "../tests/throttle.rs"]
mod tests;

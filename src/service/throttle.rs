//! Slows down guessing: by account, and by address (a /64 for IPv6, since that is what one customer gets). Each key has a
//! few attempts in stock, which come back with time, so nobody is ever locked out for good; and a place from which an
//! account has signed in before has a stock of its own, so that a stranger who guesses cannot keep its owner out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use parking_lot::Mutex;

use crate::domain::limits;
use crate::domain::network::canonical;
use crate::domain::time::Timestamp;

/// How an account is named here: a digest, so that typed addresses are neither kept nor unbounded.
pub(super) type AccountDigest = [u8; 32];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Account(AccountDigest),
    Place(AccountDigest, IpAddr),
}

/// How many attempts a full stock holds, and how long one takes to come back.
#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: u32,
    every: Duration,
}

impl Key {
    fn rate(self) -> Rate {
        match self {
            // An office shares one address: four times the stock.
            Self::Address(_) => Rate { burst: 4 * limits::SIGN_IN_BURST, every: Duration::from_secs(5) },
            Self::Account(_) | Self::Place(..) => Rate { burst: limits::SIGN_IN_BURST, every: Duration::from_secs(30) },
        }
    }
}

/// For each key, when its stock will be full again: all that has to be known of it. A known place is a key that is there.
#[derive(Default)]
pub(super) struct Throttle(Mutex<HashMap<Key, Timestamp>>);

/// An attempt that was let through and counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    account: AccountDigest,
    network: IpAddr,
    counted: [Key; 2],
}

impl Throttle {
    /// Counts an attempt before the password is looked at, so that attempts side by side are counted too.
    ///
    /// # Errors
    /// The seconds to wait when the stock is used up.
    pub fn attempt(&self, account: AccountDigest, address: IpAddr, now: Timestamp) -> Result<Attempt, u32> {
        let network = network(address);
        let mut full_at = self.0.lock();
        let place = Key::Place(account, network);
        let counted = [Key::Address(network), if full_at.contains_key(&place) { place } else { Key::Account(account) }];
        let taken = counted.map(|key| {
            let Rate { burst, every } = key.rate();
            // Never later than an empty stock takes to fill: a clock that was set back locks nobody out.
            let full = full_at.get(&key).map_or(now, |full| (*full).clamp(now, now.plus(every * burst)));
            full.plus(every)
        });
        for (key, taken) in counted.iter().zip(taken) {
            let Rate { burst, every } = key.rate();
            let wait = taken.since(now.plus(every * burst));
            if !wait.is_zero() {
                return Err(u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX));
            }
        }
        for (key, taken) in counted.into_iter().zip(taken) {
            make_room(&mut full_at, key, now);
            full_at.insert(key, taken);
        }
        Ok(Attempt { account, network, counted })
    }

    /// The attempt was right: it does not count, and its place is known from now on.
    pub fn succeeded(&self, attempt: Attempt, now: Timestamp) {
        let mut full_at = self.0.lock();
        for key in attempt.counted {
            if let Some(full) = full_at.get_mut(&key) {
                *full = now.plus(full.since(now).saturating_sub(key.rate().every));
            }
        }
        let place = Key::Place(attempt.account, attempt.network);
        make_room(&mut full_at, place, now);
        full_at.insert(place, now);
    }
}

fn network(address: IpAddr) -> IpAddr {
    match canonical(address) {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Forgets what is full again, then what will be soonest. Known places go last, since they are what keeps a person from
/// being shut out.
fn make_room(full_at: &mut HashMap<Key, Timestamp>, for_key: Key, now: Timestamp) {
    if full_at.len() < limits::REMEMBERED_ATTEMPTS || full_at.contains_key(&for_key) {
        return;
    }
    let is_place = |key: &Key| matches!(key, Key::Place(..));
    full_at.retain(|key, full| is_place(key) || now < *full);
    while full_at.len() >= limits::REMEMBERED_ATTEMPTS {
        let soonest = full_at.iter().min_by_key(|(key, full)| (is_place(key), **full)).map(|(key, _)| *key);
        let Some(soonest) = soonest else { return };
        full_at.remove(&soonest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: AccountDigest = [1; 32];

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn guessing_is_slowed_and_never_stopped_for_good() {
        let throttle = Throttle::default();
        for _ in 0..limits::SIGN_IN_BURST {
            assert!(throttle.attempt(ANNA, address("192.0.2.1"), at(0)).is_ok());
        }
        assert_eq!(throttle.attempt(ANNA, address("198.51.100.9"), at(0)).unwrap_err(), 30);
        assert_eq!(throttle.attempt(ANNA, address("198.51.100.9"), at(20)).unwrap_err(), 10);
        assert!(throttle.attempt(ANNA, address("198.51.100.9"), at(30)).is_ok());
        assert!(throttle.attempt([2; 32], address("198.51.100.9"), at(30)).is_ok(), "another account is not touched");
    }

    #[test]
    fn a_known_place_still_gets_in_while_strangers_guess() {
        let throttle = Throttle::default();
        let attempt = throttle.attempt(ANNA, address("2001:db8::1"), at(0)).unwrap();
        throttle.succeeded(attempt, at(0));
        for n in 0..100 {
            let _ = throttle.attempt(ANNA, address(&format!("198.51.100.{n}")), at(1));
        }
        assert!(throttle.attempt(ANNA, address("198.51.100.200"), at(1)).is_err());
        assert!(throttle.attempt(ANNA, address("2001:db8::ffff"), at(1)).is_ok(), "the same /64");
        assert!(throttle.attempt(ANNA, address("2001:db8:0:1::1"), at(1)).is_err(), "another /64");
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let throttle = Throttle::default();
        let tried = (0..200_u8).filter(|n| throttle.attempt([*n; 32], address("192.0.2.1"), at(0)).is_ok()).count();
        assert_eq!(tried, 20);
        assert!(
            throttle.attempt([250; 32], address("::ffff:192.0.2.1"), at(0)).is_err(),
            "the other spelling is the same address"
        );
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..(limits::REMEMBERED_ATTEMPTS as u32) {
            let _ = throttle.attempt([3; 32], IpAddr::V4(n.into()), at(i64::from(n) * 60));
            let _ = throttle.attempt(ANNA, IpAddr::V4(n.into()), at(0));
        }
        assert!(throttle.0.lock().len() <= limits::REMEMBERED_ATTEMPTS);
    }
}
